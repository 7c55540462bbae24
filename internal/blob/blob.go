// Package blob keeps the bytes of files, in a folder or in an S3-compatible
// store, and makes small pictures of big ones. It knows nothing of who a file
// belongs to, and where its stores are is told to it.
package blob

import (
	"errors"
	"fmt"
	"io"

	"spika/internal/chat"
)

// The sentences for whoever asks while files cannot be kept or read. What the
// store itself says is for the log, and never holds a secret.
const (
	full = "The server has no room left for files: nothing was stored. Its operator must make room; then send the same request again"
	gone = "The server's store for files cannot be reached: send the same request again in a while"
	swap = "The file was replaced while it was read: ask for it again"
)

// retryAfter is how many seconds callers are asked to wait for a store that
// cannot do its work.
const retryAfter = 5

// unavailable marks what went wrong as Unavailable, with a sentence for the
// asker.
func unavailable(sentence string, cause error) error {
	e := chat.Errorf(chat.Unavailable, "%s", sentence)
	e.RetryAfter = retryAfter
	return fmt.Errorf("%w: %w", e, cause)
}

func notFound(name string) error { return chat.Errorf(chat.NotFound, "there is no file %s", name) }

// exact reads content of exactly size bytes. The last bytes come only when
// nothing is behind them, so that a store that is given a reader and a size can
// never take in the beginning of something longer. It remembers why it failed:
// what went wrong with the content is no failure of the store.
type exact struct {
	ctx     interface{ Err() error }
	content io.Reader
	left    int64
	err     error
}

func (e *exact) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	n, err := e.read(p)
	e.err = err
	return n, err
}

func (e *exact) read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	if len(p) == 0 && e.left > 0 {
		return 0, nil
	}
	n, err := io.ReadFull(e.content, p)
	e.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return 0, chat.Errorf(chat.Invalid, "the file is %d bytes shorter than it was said to be", e.left)
	case err != nil:
		return 0, err
	case e.left > 0:
		return n, nil
	}
	switch more, err := io.ReadFull(e.content, make([]byte, 1)); {
	case more > 0:
		return 0, chat.Errorf(chat.Invalid, "the file is longer than it was said to be")
	case !errors.Is(err, io.EOF):
		return 0, err
	}
	return n, io.EOF
}

// broke gives what went wrong with the content, nil when nothing did.
func (e *exact) broke() error {
	if errors.Is(e.err, io.EOF) {
		return nil
	}
	return e.err
}

// seek gives the place that Seek is asked for in something of a size.
func seek(at, size, offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += at
	case io.SeekEnd:
		offset += size
	default:
		return at, fmt.Errorf("seek from %d: no such place", whence)
	}
	if offset < 0 {
		return at, errors.New("seek before the beginning")
	}
	return offset, nil
}
