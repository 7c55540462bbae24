package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// chunkReader reads the chunks of an upload one after the other.
type chunkReader struct {
	ctx     context.Context
	blobs   Blobs
	parts   parts
	next    int  // of the chunk to be opened
	open    Blob // nil: none
	missing *Chunk
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for {
		if r.open == nil {
			if r.next == len(r.parts.chunks) {
				return 0, io.EOF
			}
			if err := r.advance(); err != nil {
				return 0, err
			}
		}
		n, err := r.open.Read(p)
		if errors.Is(err, io.EOF) {
			err = r.open.Close()
			r.open = nil
		}
		if n > 0 || err != nil {
			return n, r.miss(r.parts.chunks[r.next-1], err)
		}
	}
}

// advance opens the next chunk.
func (r *chunkReader) advance() error {
	c := r.parts.chunks[r.next]
	b, err := r.blobs.Open(r.ctx, c.blob())
	if err != nil {
		return r.miss(c, err)
	}
	r.open, r.next = b, r.next+1
	return nil
}

// miss notes that a chunk's bytes are not there, if that is what is wrong.
func (r *chunkReader) miss(c Chunk, err error) error {
	if IsNotFound(err) {
		r.missing = &c
	}
	return err
}

func (r *chunkReader) close() {
	if r.open != nil {
		_ = r.open.Close() // what was read of it is not used
	}
}

// sniffed is how many of a file's first bytes tell its type.
const sniffed = 512

// hashing passes content on up to its last byte, which comes only when all of it
// has the hash it should have: whoever stores it cannot store another one.
type hashing struct {
	chunks  *chunkReader
	sum     hash.Hash
	want    string
	left    int64  // bytes still to come
	head    []byte // the first bytes
	differs bool
}

func newHashing(chunks *chunkReader, want string, size int64) *hashing {
	return &hashing{chunks: chunks, sum: sha256.New(), want: want, left: size}
}

func (h *hashing) close() { h.chunks.close() }

var errOtherHash = errors.New("the content has another hash")

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.chunks.Read(p)
	h.sum.Write(p[:n])
	h.head = append(h.head, p[:min(n, sniffed-len(h.head))]...)
	h.left -= int64(n)
	switch {
	case n > 0 && h.left <= 0 && hex.EncodeToString(h.sum.Sum(nil)) != h.want:
		h.differs = true
		return n - 1, errOtherHash
	case errors.Is(err, io.EOF) && h.left != 0: // some chunk has not the length that is noted
		h.differs = true
		return n, errOtherHash
	}
	return n, err
}
