package chat

import (
	"bytes"
	"context"
	"fmt"
	"slices"
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
// order. Chunks can come in any order and again: of several with the same number,
// the one noted last is kept, whole and by itself. Each uploader has their own
// client ids. Fails with Invalid when the upload is finished already, and with
// TooLarge when it is beyond what a file, the uploader or everyone may have: that
// is looked at before the bytes are stored and when they are noted, and nothing
// of what is refused stays. A crash in between leaves bytes that no row knows,
// which are swept.
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
	chunk := Chunk{UploadID: up.ID, N: c.N, Size: int64(len(c.Content)), Copy: drawCopy()}
	if err := blobs.Put(ctx, chunk.blob(), bytes.NewReader(c.Content), chunk.Size); err != nil {
		return nil, fmt.Errorf("keep a chunk: %w", err)
	}
	replaced, err := update(ctx, s, func(ctx context.Context, tx Tx) ([]Chunk, error) { return s.keepChunk(ctx, tx, up, chunk) })
	if err != nil {
		s.removeRefused(ctx, blobs, chunk)
		return nil, err
	}
	s.removeChunks(ctx, blobs, replaced...)
	return s.chunksWith(ctx, up.ID, c.N)
}

// blobs gives where bytes are kept.
func (s *Service) blobs() (Blobs, error) {
	if s.opts.Files.Blobs == nil {
		return nil, Errorf(Unavailable, "Files are not kept by this server")
	}
	return s.opts.Files.Blobs, nil
}

func fileBlob(hash string) string { return "files/" + hash }

// openUpload finds the upload a chunk belongs to, or begins it, if the chunk can
// be kept as things are now.
func (s *Service) openUpload(ctx context.Context, user int64, c NewChunk) (Upload, error) {
	fits := func(ctx context.Context, r Reader, up Upload) error {
		before, err := chunkOf(ctx, r, up.ID, c.N)
		if err == nil {
			_, err = s.grow(ctx, r, up, int64(len(c.Content))-sizeOf(before))
		}
		return err
	}
	up, err := view(ctx, s, func(ctx context.Context, r Reader) (Upload, error) {
		up, err := r.Upload(ctx, user, c.ClientID)
		if err == nil {
			err = fits(ctx, r, up)
		}
		return up, err
	})
	if !IsNotFound(err) {
		return up, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Upload, error) {
		up, err := tx.Upload(ctx, user, c.ClientID)
		if IsNotFound(err) {
			up, err = beginUpload(ctx, tx, user, c.ClientID)
		}
		if err == nil {
			err = fits(ctx, tx, up)
		}
		return up, err
	})
}

func beginUpload(ctx context.Context, tx Tx, user int64, clientID string) (Upload, error) {
	if _, err := tx.FileByClientID(ctx, user, clientID); !IsNotFound(err) {
		return Upload{}, errFileExists(Invalid).unless(err)
	}
	n, err := tx.UploadCount(ctx, user)
	if err != nil {
		return Upload{}, err
	}
	if n >= maxUploads {
		return Upload{}, Errorf(TooMany, "Too many uploads: finish some of the %d that you have begun first", maxUploads).after(60)
	}
	return tx.CreateUpload(ctx, Upload{UserID: user, ClientID: clientID})
}

// chunkOf gives the chunk that has a number, if there is one.
func chunkOf(ctx context.Context, r Reader, upload, n int64) ([]Chunk, error) {
	c, err := r.Chunk(ctx, upload, n)
	if IsNotFound(err) {
		return nil, nil
	}
	return []Chunk{c}, err
}

// grow gives an upload with so many bytes more, or less. Fails with TooLarge when
// those are more than a file, the uploader or everyone may have.
func (s *Service) grow(ctx context.Context, r Reader, up Upload, more int64) (Upload, error) {
	if up.Bytes += more; more <= 0 {
		return up, nil
	}
	if err := s.checkFits(up.Bytes); err != nil {
		return Upload{}, err
	}
	return up, s.checkQuota(ctx, r, up.UserID, more)
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

// keepChunk notes that a chunk is here, and gives the one whose place it takes.
func (s *Service) keepChunk(ctx context.Context, tx Tx, up Upload, c Chunk) ([]Chunk, error) {
	now, err := tx.Upload(ctx, up.UserID, up.ClientID)
	if err != nil || now.ID != up.ID {
		if IsNotFound(err) {
			if _, err := tx.FileByClientID(ctx, up.UserID, up.ClientID); !IsNotFound(err) {
				return nil, errFileExists(Invalid).unless(err)
			}
		}
		return nil, errUploadMoved().unless(err)
	}
	before, err := chunkOf(ctx, tx, up.ID, c.N)
	if err != nil {
		return nil, err
	}
	if now, err = s.grow(ctx, tx, now, c.Size-sizeOf(before)); err != nil {
		return nil, err
	}
	if err := tx.PutChunk(ctx, c); err != nil {
		return nil, err
	}
	return before, tx.UpdateUpload(ctx, now)
}

// removeRefused removes the bytes of a chunk that was not noted, even when whoever
// sent it is gone, so that nobody fills the disk with what is refused. What cannot
// be removed is swept.
func (s *Service) removeRefused(ctx context.Context, blobs Blobs, c Chunk) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeWithin)
	defer cancel()
	// It is noted after all where only the answer to a commit was lost. That is
	// asked in a transaction that waits for those before it.
	noted, err := update(ctx, s, func(ctx context.Context, tx Tx) (bool, error) {
		now, err := tx.Chunk(ctx, c.UploadID, c.N)
		if IsNotFound(err) {
			return false, nil
		}
		return now.Copy == c.Copy, err
	})
	if err == nil && !noted {
		s.removeChunks(ctx, blobs, c)
	}
}

// chunksWith gives the numbers of the chunks that are here, the one just kept
// among them. It reads beside what is written: there can be MaxChunks of them.
func (s *Service) chunksWith(ctx context.Context, upload, n int64) ([]int64, error) {
	chunks, err := s.store.Chunks(ctx, upload)
	if err != nil {
		return nil, err
	}
	list := numbers(chunks)
	if _, here := slices.BinarySearch(list, n); !here {
		return nil, errUploadMoved()
	}
	return list, nil
}

func sizeOf(chunks []Chunk) int64 {
	size := int64(0)
	for _, c := range chunks {
		size += c.Size
	}
	return size
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
