package chat

import "context"

// FileReader asks about files and uploads.
type FileReader interface {
	File(ctx context.Context, id int64) (File, error)
	// Files finds those of ids that exist, in no particular order.
	Files(ctx context.Context, ids []int64) ([]File, error)
	// FileByClientID finds a file by its uploader's id of it.
	FileByClientID(ctx context.Context, user int64, clientID string) (File, error)
	// FileUsed reports whether a message, person, room or other file refers to a
	// file.
	FileUsed(ctx context.Context, id int64) (bool, error)
	// FileShownTo reports whether a message that the user can see refers to a file.
	FileShownTo(ctx context.Context, id, user int64) (bool, error)
	// FileIsFace reports whether a file is the picture of a person or room.
	FileIsFace(ctx context.Context, id int64) (bool, error)
	// UnusedFiles lists files stored before a moment that nothing refers to, by
	// id, from after on.
	UnusedFiles(ctx context.Context, before Time, after int64, limit int) ([]File, error)
	// BytesOf gives how much a user has uploaded, unfinished uploads included;
	// BytesOfAll: everyone.
	BytesOf(ctx context.Context, user int64) (int64, error)
	BytesOfAll(ctx context.Context) (int64, error)
	// HashUsed reports whether a file has bytes with this hash, or an upload is
	// being put together to them.
	HashUsed(ctx context.Context, hash string) (bool, error)
	// DroppedBlob gives when bytes that no file has are due to be removed, 0 when
	// they are not to be.
	DroppedBlob(ctx context.Context, hash string) (Time, error)

	Upload(ctx context.Context, user int64, clientID string) (Upload, error)
	// UploadCount counts a user's unfinished uploads.
	UploadCount(ctx context.Context, user int64) (int64, error)
	// StaleUploads lists uploads not touched since a moment, oldest first.
	StaleUploads(ctx context.Context, before Time, limit int) ([]Upload, error)
	Chunk(ctx context.Context, upload, n int64) (Chunk, error)
	// Chunks lists an upload's chunks by their numbers.
	Chunks(ctx context.Context, upload int64) ([]Chunk, error)
}

// FileWriter changes files and uploads.
type FileWriter interface {
	// CreateFile stores a file under the id it has.
	CreateFile(ctx context.Context, f File) (File, error)
	// SetThumb stores a file's small picture, width and height.
	SetThumb(ctx context.Context, f File) error
	DeleteFile(ctx context.Context, id int64) error

	CreateUpload(ctx context.Context, u Upload) (Upload, error)
	// UpdateUpload stores an upload's bytes and hash, and that it was touched.
	UpdateUpload(ctx context.Context, u Upload) error
	// DeleteUpload forgets an upload and its chunks, and gives those, in no
	// particular order.
	DeleteUpload(ctx context.Context, id int64) ([]Chunk, error)
	// PutChunk stores that a chunk is here, in place of the one there was.
	PutChunk(ctx context.Context, c Chunk) error
	DeleteChunk(ctx context.Context, upload, n int64) error

	// DropBlob notes that bytes are to be removed, from now on.
	DropBlob(ctx context.Context, hash string) error
	// LeaseDropped takes up to limit of the bytes due now to remove them; nobody
	// else gets them until a moment.
	LeaseDropped(ctx context.Context, until Time, limit int) ([]string, error)
	// ForgetDropped notes that bytes are gone, or needed again.
	ForgetDropped(ctx context.Context, hash string) error
}
