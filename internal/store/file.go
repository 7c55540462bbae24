package store

import (
	"context"
	"database/sql"
	"errors"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

func toFile(f gen.File) chat.File {
	return chat.File{
		ID: f.ID, UserID: f.UserID, ClientID: f.ClientID.String, Name: f.Name, Mime: f.Mime, Shown: f.Shown, Type: f.Type,
		Size: f.Size, Hash: f.Hash, Relation: f.RelationID,
		Meta:    chat.FileMeta{Duration: f.Duration, Width: f.Width, Height: f.Height},
		ThumbID: f.ThumbID, Created: chat.Time(f.CreatedMs),
	}
}

func toUpload(u gen.Upload) chat.Upload {
	return chat.Upload{
		ID: u.ID, UserID: u.UserID, ClientID: u.ClientID, Bytes: u.Bytes, Hash: u.Hash,
		Created: chat.Time(u.CreatedMs), Modified: chat.Time(u.ModifiedMs),
	}
}

func toChunk(c gen.Chunk) chat.Chunk { return chat.Chunk(c) }

// File implements chat.Reader.
func (r reader) File(ctx context.Context, id int64) (chat.File, error) {
	f, err := r.at(ctx).File(ctx, id)
	return toFile(f), notFound(err, "file")
}

// Files implements chat.Reader.
func (r reader) Files(ctx context.Context, ids []int64) ([]chat.File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r.at(ctx)
	rows, err := list(ctx, r.hand, r.hand.files, []any{r.hand.d.ids(ids)}, scanFile)
	return each(rows, failed(err, "files"), toFile)
}

// FileByClientID implements chat.Reader.
func (r reader) FileByClientID(ctx context.Context, user int64, clientID string) (chat.File, error) {
	f, err := r.at(ctx).FileByClientID(ctx, user, text(clientID))
	return toFile(f), notFound(err, "file")
}

// FileUsed implements chat.Reader.
func (r reader) FileUsed(ctx context.Context, id int64) (bool, error) {
	used, err := r.at(ctx).FileUsed(ctx, id)
	return used, failed(err, "file")
}

// FileShownTo implements chat.Reader.
func (r reader) FileShownTo(ctx context.Context, id, user int64) (bool, error) {
	shown, err := r.at(ctx).FileShownTo(ctx, id, user)
	return shown, failed(err, "file")
}

// FileIsFace implements chat.Reader.
func (r reader) FileIsFace(ctx context.Context, id int64) (bool, error) {
	is, err := r.at(ctx).FileIsFace(ctx, id)
	return is, failed(err, "file")
}

// UnusedFiles implements chat.Reader.
func (r reader) UnusedFiles(ctx context.Context, before chat.Time, after int64, limit int) ([]chat.File, error) {
	n, _ := limits(chat.Page{Limit: limit})
	rows, err := r.at(ctx).UnusedFiles(ctx, int64(before), after, n)
	return each(rows, failed(err, "files"), toFile)
}

// BytesOf implements chat.Reader.
func (r reader) BytesOf(ctx context.Context, user int64) (int64, error) {
	n, err := r.at(ctx).StoredBytes(ctx, user)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, failed(err, "stored bytes")
}

// everyone is whose bytes are those of all users together.
const everyone = 0

// BytesOfAll implements chat.Reader.
func (r reader) BytesOfAll(ctx context.Context) (int64, error) { return r.BytesOf(ctx, everyone) }

// HashUsed implements chat.Reader.
func (r reader) HashUsed(ctx context.Context, hash string) (bool, error) {
	used, err := r.at(ctx).HashUsed(ctx, hash)
	return used, failed(err, "files")
}

// DroppedBlob implements chat.Reader.
func (r reader) DroppedBlob(ctx context.Context, hash string) (chat.Time, error) {
	due, err := r.at(ctx).DroppedBlob(ctx, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return chat.Time(due), failed(err, "dropped blob")
}

// Upload implements chat.Reader.
func (r reader) Upload(ctx context.Context, user int64, clientID string) (chat.Upload, error) {
	u, err := r.at(ctx).Upload(ctx, user, clientID)
	return toUpload(u), notFound(err, "upload")
}

// UploadCount implements chat.Reader.
func (r reader) UploadCount(ctx context.Context, user int64) (int64, error) {
	n, err := r.at(ctx).UploadCount(ctx, user)
	return n, failed(err, "uploads")
}

// StaleUploads implements chat.Reader.
func (r reader) StaleUploads(ctx context.Context, before chat.Time, limit int) ([]chat.Upload, error) {
	n, _ := limits(chat.Page{Limit: limit})
	rows, err := r.at(ctx).StaleUploads(ctx, int64(before), n)
	return each(rows, failed(err, "uploads"), toUpload)
}

// Chunk implements chat.Reader.
func (r reader) Chunk(ctx context.Context, upload, n int64) (chat.Chunk, error) {
	c, err := r.at(ctx).Chunk(ctx, upload, n)
	return toChunk(c), notFound(err, "chunk")
}

// Chunks implements chat.Reader.
func (r reader) Chunks(ctx context.Context, upload int64) ([]chat.Chunk, error) {
	rows, err := r.at(ctx).Chunks(ctx, upload)
	return each(rows, failed(err, "chunks"), toChunk)
}

// addBytes counts bytes of a user, or takes them off, in the transaction that
// stores or deletes what has them.
func (t *txn) addBytes(ctx context.Context, user, bytes int64) error {
	if bytes == 0 {
		return nil
	}
	return t.stored(t.write(ctx).AddStoredBytes(ctx, user, bytes), "stored bytes")
}

// CreateFile implements chat.Tx.
func (t *txn) CreateFile(ctx context.Context, f chat.File) (chat.File, error) {
	f.Created = t.Stamp()
	err := t.stored(t.write(ctx).CreateFile(ctx, gen.CreateFileParams{
		ID: f.ID, UserID: f.UserID, ClientID: text(f.ClientID), Name: f.Name, Mime: f.Mime, Shown: f.Shown, Type: f.Type,
		Size: f.Size, Hash: f.Hash, RelationID: f.Relation, Duration: f.Meta.Duration, Width: f.Meta.Width, Height: f.Meta.Height,
		ThumbID: f.ThumbID, CreatedMs: int64(f.Created),
	}), "file")
	if err != nil {
		return f, err
	}
	return f, t.addBytes(ctx, f.UserID, f.Size)
}

// SetThumb implements chat.Tx.
func (t *txn) SetThumb(ctx context.Context, f chat.File) error {
	return t.stored(t.write(ctx).SetThumb(ctx, f.ID, f.ThumbID, f.Meta.Width, f.Meta.Height), "file")
}

// DeleteFile implements chat.Tx.
func (t *txn) DeleteFile(ctx context.Context, id int64) error {
	was, err := t.write(ctx).DeleteFile(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err := t.stored(err, "file"); err != nil {
		return err
	}
	return t.addBytes(ctx, was.UserID, -was.Size)
}

// CreateUpload implements chat.Tx.
func (t *txn) CreateUpload(ctx context.Context, u chat.Upload) (chat.Upload, error) {
	u.Created, u.Modified = t.Stamp(), t.Stamp()
	id, err := t.write(ctx).CreateUpload(ctx, gen.CreateUploadParams{
		UserID: u.UserID, ClientID: u.ClientID, Bytes: u.Bytes, Hash: u.Hash, CreatedMs: int64(u.Created), ModifiedMs: int64(u.Modified),
	})
	u.ID = id
	if err := t.stored(err, "upload"); err != nil {
		return u, err
	}
	return u, t.addBytes(ctx, u.UserID, u.Bytes)
}

// UpdateUpload implements chat.Tx.
func (t *txn) UpdateUpload(ctx context.Context, u chat.Upload) error {
	was, err := t.write(ctx).UploadBytes(ctx, u.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = t.q.UpdateUpload(ctx, u.ID, u.Bytes, u.Hash, int64(t.Stamp()))
	}
	if err := t.stored(err, "upload"); err != nil {
		return err
	}
	return t.addBytes(ctx, was.UserID, u.Bytes-was.Bytes)
}

// DeleteUpload implements chat.Tx.
func (t *txn) DeleteUpload(ctx context.Context, id int64) ([]chat.Chunk, error) {
	rows, err := t.write(ctx).DeleteChunks(ctx, id)
	chunks, err := each(rows, t.stored(err, "chunks"), toChunk)
	if err != nil {
		return nil, err
	}
	was, err := t.q.DeleteUpload(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err := t.stored(err, "upload"); err != nil {
		return nil, err
	}
	return chunks, t.addBytes(ctx, was.UserID, -was.Bytes)
}

// PutChunk implements chat.Tx.
func (t *txn) PutChunk(ctx context.Context, c chat.Chunk) error {
	return t.stored(t.write(ctx).PutChunk(ctx, c.UploadID, c.N, c.Size, c.Copy), "chunk")
}

// DeleteChunk implements chat.Tx.
func (t *txn) DeleteChunk(ctx context.Context, upload, n int64) error {
	return t.stored(t.write(ctx).DeleteChunk(ctx, upload, n), "chunk")
}

// DropBlob implements chat.Tx.
func (t *txn) DropBlob(ctx context.Context, hash string) error {
	return t.stored(t.write(ctx).DropBlob(ctx, hash, int64(t.Stamp())), "dropped blob")
}

// LeaseDropped implements chat.Tx.
func (t *txn) LeaseDropped(ctx context.Context, until chat.Time, limit int) ([]string, error) {
	n, _ := limits(chat.Page{Limit: limit})
	hashes, err := t.write(ctx).LeaseDropped(ctx, int64(until), int64(t.Stamp()), n)
	return hashes, t.stored(err, "dropped blobs")
}

// ForgetDropped implements chat.Tx.
func (t *txn) ForgetDropped(ctx context.Context, hash string) error {
	return t.stored(t.write(ctx).ForgetDropped(ctx, hash), "dropped blob")
}
