package chat

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// File is what somebody uploaded. Its bytes are kept as a blob, which all files
// of the same content share.
type File struct {
	ID       int64  // drawn at random from 1 to MaxFileID
	UserID   int64  // who uploaded it: a person, or the bot of an API key
	ClientID string // the uploader's own id of it; empty: the server made it
	Name     string
	Mime     string // its type, as the uploader said
	Shown    string // the type under which it is shown; empty: it is only downloaded
	Type     string // what the uploader calls its kind
	Size     int64  // bytes
	Hash     string // SHA-256 of its bytes, in hex
	Relation int64  // a number of the uploader's own; 0: none
	Meta     FileMeta
	ThumbID  int64 // the small picture that the server made of it; 0: none
	Created  Time

	// Link is where it can be read for some hours without any credentials, below
	// the interface's own path.
	Link string
}

// FileMeta is what the uploader says about a recording, video or picture; 0:
// nothing.
type FileMeta struct {
	Duration      int64 // seconds
	Width, Height int64 // pixels
}

// Limits of files.
const (
	MaxFileID   = 1<<31 - 1 // apps keep ids in 32 bits
	MaxFileName = 255       // characters
	MaxFileWord = 200       // characters of a type, kind or client id
	MaxFileMeta = 1<<31 - 1 // apps keep these in 32 bits, too
	MaxChunk    = 4 << 20   // bytes
	MaxChunks   = 65_536    // of one file
	maxUploads  = 50        // that one person or key has unfinished at a time
)

// FileOptions are what files are kept in and how many there may be.
type FileOptions struct {
	Blobs      Blobs
	Thumbnails Thumbnailer // nil: no small pictures are made
	MaxSize    int64       // bytes of one file
	// Quota is how many bytes one person or API key may have uploaded, QuotaOfAll
	// how many all together; 0: any number. What one has uploaded twice counts
	// twice.
	Quota, QuotaOfAll int64
}

// Upload is a file that comes in by chunks.
type Upload struct {
	ID       int64
	UserID   int64
	ClientID string // the uploader's own id of it
	Bytes    int64  // of the chunks that are here
	Hash     string // of the file it is being put together to; empty: of none yet
	Created  Time
	Modified Time
}

// Chunk is a part of an upload.
type Chunk struct {
	UploadID int64
	N        int64 // its place among the chunks, from 0
	Size     int64 // bytes
	// Copy is drawn at random for every request that brings the chunk, and part
	// of the name its bytes have: those of different requests are never taken for
	// each other. 0: an earlier version of the program kept them.
	Copy int64
}

// blob names what a chunk's bytes are kept under.
func (c Chunk) blob() string {
	if c.Copy == 0 {
		return fmt.Sprintf("chunks/%d/%d", c.UploadID, c.N)
	}
	return fmt.Sprintf("chunks/%d/%d-%d", c.UploadID, c.N, c.Copy)
}

// chunkAt gives whose bytes a blob below "chunks/" has; false: no chunk's.
func chunkAt(place string) (Chunk, bool) {
	var c Chunk
	_, _ = fmt.Sscanf(place, "%d/%d-%d", &c.UploadID, &c.N, &c.Copy) // the last is not always there
	return c, c.blob() == "chunks/"+place
}

// checkFileWord refuses what is not 1 to most printable characters.
func checkFileWord(what, word string, most int) error {
	if n := utf8.RuneCountInString(word); n < 1 || n > most || !utf8.ValidString(word) || strings.ContainsFunc(word, unicode.IsControl) {
		return Errorf(Invalid, "%s must have 1 to %d characters of UTF-8 without control characters", what, most)
	}
	return nil
}

// checkUploadID refuses a client id that is none, or that could be taken for a
// path.
func checkUploadID(id string) error {
	if err := checkFileWord("clientId", id, MaxFileWord); err != nil {
		return err
	}
	if strings.ContainsAny(id, `/\`) || strings.Trim(id, ".") == "" {
		return Errorf(Invalid, "clientId must not hold slashes or be made of dots only")
	}
	return nil
}
