package chat

import (
	"context"
	"io"
	"regexp"
	"strings"
	"time"
)

// Blobs keeps the bytes of files, each under a name that CheckBlobName passes.
// What the bytes are, whose they are and who may see them it does not know. All
// its methods may be called at once; those that fail because the store is full
// or away fail with Unavailable.
type Blobs interface {
	// Put stores content, which must have exactly size bytes, in place of what
	// the name had. Once it gives nil the blob is whole and outlives a loss of
	// power; until then, and when it fails, the name has what it had before.
	// Invalid when content is shorter or longer.
	Put(ctx context.Context, name string, content io.Reader, size int64) error

	// Open gives what is under a name, NotFound when nothing is. What it reads
	// is one blob to its end, also when the name is put or deleted meanwhile,
	// or else reading fails: never a mixture. Reads end with ctx.
	Open(ctx context.Context, name string) (Blob, error)

	// Delete removes what is under a name. Nothing there is no failure.
	Delete(ctx context.Context, name string) error

	// List calls each for every blob whose name begins with prefix, in no
	// order, until each fails: that is its failure then. Those put or deleted
	// meanwhile may be among them or not.
	List(ctx context.Context, prefix string, each func(BlobInfo) error) error
}

// Sweeper is a store in which a process that is killed can leave something behind
// that is no blob.
type Sweeper interface {
	// Sweep removes what is too old to be of a write that goes on.
	Sweep() error
}

// Blob is an open blob. Its reads and seeks are for one goroutine at a time,
// and it must be closed.
type Blob interface {
	io.ReadSeekCloser

	// Size is in bytes.
	Size() int64
}

// BlobInfo says what a list says of a blob.
type BlobInfo struct {
	Name     string
	Size     int64     // bytes
	Modified time.Time // when it was put, by the store's clock
}

const (
	maxBlobParts = 4
	maxBlobPart  = 128 // bytes
)

// blobPart is of letters, digits and what cannot begin a hidden or a parent folder. How
// long it may be is not said here: counting would make a big expression.
var blobPart = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// CheckBlobName passes names like "files/<SHA-256 in hex>" or
// "chunks/<upload>/<index>-<copy>": up to four parts, each of 1 to 128 letters, digits,
// ".", "_" and "-", beginning with a letter, a digit or "_". Others are
// Invalid.
func CheckBlobName(name string) error {
	parts := 0
	for part := range strings.SplitSeq(name, "/") {
		if parts++; parts > maxBlobParts || len(part) > maxBlobPart || !blobPart.MatchString(part) {
			return Errorf(Invalid, "this is no name a file can be kept under")
		}
	}
	return nil
}

// Thumbnailer makes small pictures of big ones.
type Thumbnailer interface {
	// Thumbnail gives content as a JPEG that is at most 256 pixels wide,
	// upright, and the width and height of the picture itself in pixels,
	// upright too. Invalid when content is no picture it knows, is broken, has
	// more pixels than it takes on or takes too long; Unavailable when it has
	// too much to do. It ends with ctx.
	Thumbnail(ctx context.Context, content io.ReadSeeker) (jpeg []byte, width, height int, err error)
}
