package chat

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// NewFile is what an upload is finished with.
type NewFile struct {
	ClientID string
	Name     string
	Mime     string
	Type     string
	Size     int64 // bytes, as the uploader says
	Total    int64 // how many chunks it has
	Hash     string
	Relation int64
	Meta     FileMeta
}

func (f NewFile) check() error {
	switch {
	case f.Size < 1:
		return Errorf(Invalid, "size must be a number of bytes, 1 or more")
	case f.Total < 1 || f.Total > MaxChunks:
		return Errorf(Invalid, "total must be the number of chunks, 1 to %d", MaxChunks)
	case f.Relation < 0:
		return Errorf(Invalid, "relationId must be 0 or more")
	case f.Hash == "":
		return Errorf(Invalid, "fileHash must be given: the SHA-256 of the file in hex")
	}
	for what, n := range map[string]int64{"duration": f.Meta.Duration, "width": f.Meta.Width, "height": f.Meta.Height} {
		if n < 0 || n > MaxFileMeta {
			return Errorf(Invalid, "metaData.%s must be 0 to %d", what, MaxFileMeta)
		}
	}
	if err := checkFileWord("fileName", f.Name, MaxFileName); err != nil {
		return err
	}
	if err := checkFileWord("mimeType", f.Mime, MaxFileWord); err != nil {
		return err
	}
	if err := checkFileWord("type", f.Type, MaxFileWord); err != nil {
		return err
	}
	return checkUploadID(f.ClientID)
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func errIncomplete() *Error { return Errorf(Incomplete, "Not all chunks are uploaded") }

func errMismatch() *Error { return Errorf(Mismatch, "Hash doesn't match") }

// FinishUpload makes a file of an upload. Its size is that of its chunks,
// whatever the uploader said. Fails with Conflict when there is a file with that
// client id already, Incomplete when chunks are missing, Mismatch when the file
// has another hash; after the last two, chunks can be sent and the upload
// finished again. Of several that finish the same upload, one does.
func (s *Service) FinishUpload(ctx context.Context, user int64, f NewFile) (File, error) {
	if err := f.check(); err != nil {
		return File{}, err
	}
	if err := s.checkFits(f.Size); err != nil {
		return File{}, err
	}
	blobs, err := s.blobs()
	if err != nil {
		return File{}, err
	}
	f.Hash = strings.ToLower(f.Hash)
	parts, err := s.beginFinish(ctx, user, f)
	if err != nil {
		return File{}, err
	}
	head, err := s.assemble(ctx, blobs, parts, f.Hash)
	if err != nil {
		return File{}, err
	}
	done, err := update(ctx, s, func(ctx context.Context, tx Tx) (finished, error) {
		return s.endFinish(ctx, tx, parts.upload, File{
			UserID: user, ClientID: f.ClientID, Name: f.Name, Mime: f.Mime, Shown: shownType(f.Mime, head), Type: f.Type,
			Size: parts.size, Hash: f.Hash, Relation: f.Relation, Meta: f.Meta,
		})
	})
	if err != nil {
		return File{}, err
	}
	s.removeChunks(ctx, blobs, done.chunks...)
	return done.file, nil
}

// parts are the chunks of an upload that make a file.
type parts struct {
	upload Upload
	chunks []Chunk // numbered from 0 on, without gaps
	size   int64
}

// beginFinish finds the chunks, and has the bytes they make kept from being
// removed.
func (s *Service) beginFinish(ctx context.Context, user int64, f NewFile) (parts, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (parts, error) {
		if _, err := tx.FileByClientID(ctx, user, f.ClientID); !IsNotFound(err) {
			return parts{}, errFileExists(Conflict).unless(err)
		}
		up, err := tx.Upload(ctx, user, f.ClientID)
		if err != nil {
			return parts{}, errIncomplete().unless(err)
		}
		all, err := tx.Chunks(ctx, up.ID) // those of a former try among them
		if err != nil {
			return parts{}, err
		}
		if int64(len(all)) < f.Total || all[f.Total-1].N != f.Total-1 {
			return parts{}, errIncomplete()
		}
		p := parts{chunks: all[:f.Total], size: sizeOf(all[:f.Total])}
		if !hashForm.MatchString(f.Hash) {
			return parts{}, errMismatch()
		}
		if err := s.checkQuota(ctx, tx, user, 0); err != nil {
			return parts{}, err
		}
		if err := rescue(ctx, tx, f.Hash); err != nil {
			return parts{}, err
		}
		up.Hash = f.Hash
		p.upload = up
		return p, tx.UpdateUpload(ctx, up)
	})
}

// rescue keeps bytes from being removed. Fails with Unavailable while that is
// being done.
func rescue(ctx context.Context, tx Tx, hash string) error {
	due, err := tx.DroppedBlob(ctx, hash)
	switch {
	case err != nil || due == 0:
		return err
	case due > tx.Stamp():
		return Errorf(Unavailable, "A file with the same content is being removed just now: try again").after(1)
	}
	return tx.ForgetDropped(ctx, hash)
}

// assemble puts the chunks together under their hash and gives how they begin.
func (s *Service) assemble(ctx context.Context, blobs Blobs, p parts, hash string) ([]byte, error) {
	content := newHashing(&chunkReader{ctx: ctx, blobs: blobs, parts: p}, hash, p.size)
	defer content.close()
	var err error
	if kept(ctx, blobs, hash, p.size) { // the same content was uploaded before
		_, err = io.Copy(io.Discard, content)
	} else {
		err = blobs.Put(ctx, fileBlob(hash), content, p.size)
	}
	switch gone := content.chunks.missing; {
	case gone != nil:
		return nil, s.missedChunk(ctx, p.upload, *gone)
	case content.differs, CodeOf(err) == Invalid: // the latter: bytes of a chunk have another length than they had
		return nil, errMismatch()
	case err != nil:
		return nil, fmt.Errorf("keep a file: %w", err)
	}
	return content.head, nil
}

// kept reports whether bytes with a hash are there already.
func kept(ctx context.Context, blobs Blobs, hash string, size int64) bool {
	b, err := blobs.Open(ctx, fileBlob(hash))
	if err != nil {
		return false
	}
	defer b.Close()
	return b.Size() == size
}

// missedChunk has a chunk sent again whose bytes are not there, unless another
// copy of it came meanwhile.
func (s *Service) missedChunk(ctx context.Context, up Upload, c Chunk) error {
	again, err := update(ctx, s, func(ctx context.Context, tx Tx) (bool, error) {
		now, err := tx.Chunk(ctx, c.UploadID, c.N)
		switch {
		case IsNotFound(err):
			return false, nil
		case err != nil || now.Copy != c.Copy:
			return true, err
		}
		return false, forgetChunk(ctx, tx, up, c)
	})
	if err != nil {
		return err
	}
	if again {
		return Errorf(Unavailable, "A chunk of this upload came again just now: finish it again").after(1)
	}
	return errIncomplete()
}

// forgetChunk notes that a chunk's bytes are not there, so that it is sent again.
func forgetChunk(ctx context.Context, tx Tx, up Upload, c Chunk) error {
	now, err := tx.Upload(ctx, up.UserID, up.ClientID)
	if err != nil {
		return err
	}
	if err := tx.DeleteChunk(ctx, c.UploadID, c.N); err != nil {
		return err
	}
	now.Bytes -= c.Size
	return tx.UpdateUpload(ctx, now)
}

// finished is a file with the chunks that it was made of, or that came with them.
type finished struct {
	file   File
	chunks []Chunk
}

// endFinish stores the file in place of the upload.
func (s *Service) endFinish(ctx context.Context, tx Tx, up Upload, f File) (finished, error) {
	if _, err := tx.FileByClientID(ctx, f.UserID, f.ClientID); !IsNotFound(err) {
		return finished{}, errFileExists(Conflict).unless(err)
	}
	now, err := tx.Upload(ctx, f.UserID, f.ClientID)
	if err != nil || now.ID != up.ID || now.Hash != f.Hash {
		return finished{}, errUploadMoved().unless(err)
	}
	if err := s.checkQuota(ctx, tx, f.UserID, f.Size-now.Bytes); err != nil {
		return finished{}, err
	}
	chunks, err := tx.DeleteUpload(ctx, up.ID)
	if err != nil {
		return finished{}, err
	}
	f, err = createFile(ctx, tx, f)
	return finished{f, chunks}, err
}

// createFile stores a file under a free id.
func createFile(ctx context.Context, tx Tx, f File) (File, error) {
	for {
		f.ID = drawFileID()
		_, err := tx.File(ctx, f.ID)
		if IsNotFound(err) {
			return tx.CreateFile(ctx, f)
		}
		if err != nil {
			return File{}, err
		}
	}
}

// drawCopy draws what tells the bytes of a chunk from others.
func drawCopy() int64 {
	var b [8]byte
	rand.Read(b[:])                                    // never fails
	return int64(binary.BigEndian.Uint64(b[:])>>1 | 1) // 0 has a meaning of its own
}

// drawFileID draws one of 1 to MaxFileID.
func drawFileID() int64 {
	var b [8]byte
	for {
		rand.Read(b[:]) // never fails
		if id := int64(binary.BigEndian.Uint64(b[:]) % (MaxFileID + 1)); id != 0 {
			return id
		}
	}
}

// removeWithin is how long what is not needed any more is removed before that is
// left to the sweeper.
const removeWithin = 10 * time.Second

// removeChunks removes the bytes of chunks that nobody needs any more. What
// stays is swept later.
func (s *Service) removeChunks(ctx context.Context, blobs Blobs, chunks ...Chunk) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeWithin)
	defer cancel()
	for _, c := range chunks {
		if blobs.Delete(ctx, c.blob()) != nil {
			return
		}
	}
}
