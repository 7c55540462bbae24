package chat

import (
	"bytes"
	"context"
	"fmt"
)

// NewChunk is a part of a file that comes in.
type NewChunk struct {
	ClientID string
	N        int64 // its place among the chunks, from 0
	Content  []byte
}

func (c NewChunk) check() error {
	switch {
	case c.N < 0 || c.N >= MaxChunks:
		return Errorf(Invalid, "offset is the number of the chunk, 0 to %d", MaxChunks-1)
	case len(c.Content) == 0 || len(c.Content) > MaxChunk:
		return Errorf(Invalid, "chunk must have 1 to %d bytes before it is encoded", MaxChunk)
	}
	return checkUploadID(c.ClientID)
}

// errFileExists says that an upload was finished before.
func errFileExists(code Code) *Error { return Errorf(code, "File with that clientId already exists") }

func errUploadMoved() *Error {
	e := Errorf(Unavailable, "This upload was finished or dropped just now: ask which chunks are here, and send the rest")
	e.RetryAfter = 1
	return e
}

// PutChunk keeps a part of a file and gives the numbers of all that are here, in
// order. Chunks can come in any order and again. Each uploader has their own
// client ids. Fails with Invalid when the upload is finished already, and with
// TooLarge when it is beyond what a file, the uploader or everyone may have.
func (s *Service) PutChunk(ctx context.Context, user int64, c NewChunk) ([]int64, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	blobs, err := s.blobs()
	if err != nil {
		return nil, err
	}
	up, err := s.openUpload(ctx, user, c)
	if err != nil {
		return nil, err
	}
	if err := blobs.Put(ctx, chunkBlob(up.ID, c.N), bytes.NewReader(c.Content), int64(len(c.Content))); err != nil {
		return nil, fmt.Errorf("keep a chunk: %w", err)
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) ([]int64, error) { return s.keepChunk(ctx, tx, up, c) })
}

// blobs gives where bytes are kept.
func (s *Service) blobs() (Blobs, error) {
	if s.opts.Files.Blobs == nil {
		return nil, Errorf(Unavailable, "Files are not kept by this server")
	}
	return s.opts.Files.Blobs, nil
}

func chunkBlob(upload, n int64) string { return fmt.Sprintf("chunks/%d/%d", upload, n) }

func fileBlob(hash string) string { return "files/" + hash }

// openUpload finds the upload a chunk belongs to, or begins it.
func (s *Service) openUpload(ctx context.Context, user int64, c NewChunk) (Upload, error) {
	up, err := s.store.Upload(ctx, user, c.ClientID)
	if err == nil {
		return up, s.checkFits(up.Bytes)
	}
	if !IsNotFound(err) {
		return Upload{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Upload, error) {
		up, err := tx.Upload(ctx, user, c.ClientID)
		if !IsNotFound(err) {
			return up, err
		}
		if _, err := tx.FileByClientID(ctx, user, c.ClientID); !IsNotFound(err) {
			return Upload{}, errFileExists(Invalid).unless(err)
		}
		n, err := tx.UploadCount(ctx, user)
		if err != nil {
			return Upload{}, err
		}
		if n >= maxUploads {
			return Upload{}, Errorf(TooMany, "Too many uploads: finish some of the %d that you have begun first", maxUploads).after(60)
		}
		if err := s.checkQuota(ctx, tx, user, int64(len(c.Content))); err != nil {
			return Upload{}, err
		}
		return tx.CreateUpload(ctx, Upload{UserID: user, ClientID: c.ClientID})
	})
}

// after sets after how many seconds to try again.
func (e *Error) after(seconds int) *Error {
	e.RetryAfter = seconds
	return e
}

func (s *Service) checkFits(size int64) error {
	if size > s.opts.Files.MaxSize {
		return Errorf(TooLarge, "The file is too large: at most %d bytes are taken", s.opts.Files.MaxSize)
	}
	return nil
}

// checkQuota refuses more bytes than the uploader or everyone may have.
func (s *Service) checkQuota(ctx context.Context, r Reader, user, more int64) error {
	if quota := s.opts.Files.Quota; quota > 0 {
		used, err := r.BytesOf(ctx, user)
		if err != nil {
			return err
		}
		if used+more > quota {
			return Errorf(TooLarge, "You have uploaded %d bytes of the %d that one can: delete messages with files first", used, quota)
		}
	}
	if quota := s.opts.Files.QuotaOfAll; quota > 0 {
		used, err := r.BytesOfAll(ctx)
		if err != nil {
			return err
		}
		if used+more > quota {
			return Errorf(TooLarge, "All files together have reached the %d bytes that this server takes: ask who runs it", quota)
		}
	}
	return nil
}

// keepChunk notes that a chunk is here.
func (s *Service) keepChunk(ctx context.Context, tx Tx, up Upload, c NewChunk) ([]int64, error) {
	now, err := tx.Upload(ctx, up.UserID, up.ClientID)
	if err != nil || now.ID != up.ID {
		if IsNotFound(err) {
			if _, err := tx.FileByClientID(ctx, up.UserID, up.ClientID); !IsNotFound(err) {
				return nil, errFileExists(Invalid).unless(err)
			}
		}
		return nil, errUploadMoved().unless(err)
	}
	chunks, err := tx.Chunks(ctx, up.ID)
	if err != nil {
		return nil, err
	}
	if now.Bytes = sizeOf(without(chunks, c.N)) + int64(len(c.Content)); now.Bytes > s.opts.Files.MaxSize {
		return nil, s.checkFits(now.Bytes)
	}
	if err := tx.PutChunk(ctx, Chunk{UploadID: up.ID, N: c.N, Size: int64(len(c.Content))}); err != nil {
		return nil, err
	}
	if err := tx.UpdateUpload(ctx, now); err != nil {
		return nil, err
	}
	chunks, err = tx.Chunks(ctx, up.ID)
	return numbers(chunks), err
}

func sizeOf(chunks []Chunk) int64 {
	size := int64(0)
	for _, c := range chunks {
		size += c.Size
	}
	return size
}

// without gives the chunks but the one numbered n.
func without(chunks []Chunk, n int64) []Chunk {
	var out []Chunk
	for _, c := range chunks {
		if c.N != n {
			out = append(out, c)
		}
	}
	return out
}

func numbers(chunks []Chunk) []int64 {
	out := make([]int64, len(chunks))
	for i, c := range chunks {
		out[i] = c.N
	}
	return out
}

// UploadedChunks gives the numbers of the chunks that are here, in order. Fails
// with NotFound when there is no unfinished upload with that client id.
func (s *Service) UploadedChunks(ctx context.Context, user int64, clientID string) ([]int64, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]int64, error) {
		up, err := r.Upload(ctx, user, clientID)
		if err != nil {
			return nil, Errorf(NotFound, "Not found").unless(err)
		}
		chunks, err := r.Chunks(ctx, up.ID)
		return numbers(chunks), err
	})
}
