package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"
)

// maxFrame bounds one frame, in bytes: more than the largest room's description
// takes.
const maxFrame = 64 << 20

var errFrameTooLarge = errors.New("the server sent an event that is too large")

// frame is one server-sent event (WHATWG HTML, section 9.2).
type frame struct {
	data  []byte
	id    string
	hasID bool          // the frame itself has an id
	retry time.Duration // how long to wait before connecting again; 0: not said
}

// frameReader cuts a stream into frames.
type frameReader struct {
	r       *bufio.Reader
	max     int // bytes of one frame
	skipLF  bool
	started bool
	line    []byte
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, 16<<10), max: maxFrame}
}

// next gives the next frame that says anything. It fails with io.EOF at the end
// of the stream, where an unfinished frame is dropped, as the standard wants it.
func (r *frameReader) next() (frame, error) {
	var f frame
	size := 0
	for {
		line, err := r.readLine(r.max - size)
		if err != nil {
			return frame{}, err
		}
		if len(line) > 0 {
			size += len(line)
			f.add(line)
			continue
		}
		f.data = bytes.TrimSuffix(f.data, []byte("\n"))
		if len(f.data) > 0 || f.hasID || f.retry > 0 {
			return f, nil
		}
		f, size = frame{}, 0
	}
}

// add takes one line in.
func (f *frame) add(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) { // no name: a comment
	case "data":
		f.data = append(append(f.data, value...), '\n')
	case "id":
		if bytes.IndexByte(value, 0) < 0 {
			f.id, f.hasID = string(value), true
		}
	case "retry":
		if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
			f.retry = time.Duration(ms) * time.Millisecond
		}
	}
}

// readLine gives a line of at most limit bytes without its end, which is LF, CR
// or both. What it gives is valid until the next call. It never waits for what
// comes after a CR: that may be long in coming.
func (r *frameReader) readLine(limit int) ([]byte, error) {
	r.line = r.line[:0]
	for {
		b, err := r.r.ReadByte()
		if err != nil {
			return nil, err
		}
		skip := r.skipLF && b == '\n'
		r.skipLF = b == '\r'
		switch {
		case skip:
		case b == '\n' || b == '\r':
			if !r.started {
				r.started = true
				return bytes.TrimPrefix(r.line, []byte("\uFEFF")), nil
			}
			return r.line, nil
		case len(r.line) >= limit:
			return nil, errFrameTooLarge
		default:
			r.line = append(r.line, b)
		}
	}
}
