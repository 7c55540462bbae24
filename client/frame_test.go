package client

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// frames reads a whole stream.
func frames(r io.Reader, limit int) ([]frame, error) {
	fr := newFrameReader(r)
	fr.max = limit
	var out []frame
	for {
		f, err := fr.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, f)
	}
}

func TestFrames(t *testing.T) {
	tests := []struct {
		name, in string
		want     []frame
	}{
		{"one", "id: 7\ndata: {}\n\n", []frame{{data: []byte("{}"), id: "7", hasID: true}}},
		{"no space", "data:{}\n\n", []frame{{data: []byte("{}")}}},
		{"one space goes", "data:  x\n\n", []frame{{data: []byte(" x")}}},
		{"lines are joined", "data: a\ndata\ndata: b\n\n", []frame{{data: []byte("a\n\nb")}}},
		{"CR and CRLF", "data: a\r\rdata: b\r\n\r\ndata: c\n\n", []frame{{data: []byte("a")}, {data: []byte("b")}, {data: []byte("c")}}},
		{"comments and unknown fields", ": hello\nevent: x\nother: y\ndata: a\n\n", []frame{{data: []byte("a")}}},
		{"empty heartbeat", "data: \n\n\n\ndata: a\n\n", []frame{{data: []byte("a")}}},
		{"unfinished", "data: a\n\ndata: b\n", []frame{{data: []byte("a")}}},
		{"byte order mark", "\uFEFFdata: a\n\n", []frame{{data: []byte("a")}}},
		{"empty id", "id\ndata: a\n\n", []frame{{data: []byte("a"), hasID: true}}},
		{"id with NUL", "id: 1\x002\ndata: a\n\n", []frame{{data: []byte("a")}}},
		{"retry", "retry: 1500\n\nretry: 1.5\ndata: a\n\n", []frame{{retry: 1500 * time.Millisecond}, {data: []byte("a")}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := frames(strings.NewReader(test.in), 100)
			if err != nil || !equal(got, test.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

// equal takes an absent byte slice for an empty one.
func equal(a, b []frame) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if string(x.data) != string(y.data) {
			return false
		}
		x.data, y.data = nil, nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

func TestFrameLimit(t *testing.T) {
	for _, in := range []string{
		"data: " + strings.Repeat("a", 100) + "\n\n",
		strings.Repeat("data: aaaa\n", 20) + "\n",
		strings.Repeat("a", 101),
	} {
		if _, err := frames(strings.NewReader(in), 100); !errors.Is(err, errFrameTooLarge) {
			t.Errorf("%.20q...: error %v, want %v", in, err, errFrameTooLarge)
		}
	}
	if got, err := frames(strings.NewReader(strings.Repeat("data: aaaa\n\n", 20)), 100); err != nil || len(got) != 20 {
		t.Errorf("small frames give %d, %v: the limit is not one frame's", len(got), err)
	}
}

// A frame must be given as soon as its last byte is there.
func TestFrameDoesNotWait(t *testing.T) {
	for _, in := range []string{"data: a\n\n", "data: a\r\n\r", "data: a\r\r"} {
		r, w := io.Pipe()
		go w.Write([]byte(in)) //nolint:errcheck // the reader tells
		f, err := newFrameReader(r).next()
		if err != nil || string(f.data) != "a" {
			t.Errorf("%q gives %q, %v", in, f.data, err)
		}
		w.Close()
	}
}

// However a stream is cut into pieces, and whichever line ends it uses, it says
// the same; and what it says is never longer than the limit.
func FuzzFrames(f *testing.F) {
	f.Add("id: 1\ndata: {\"type\":\"PING\"}\n\n")
	f.Add(": c\n\rdata:a\r\ndata\r\n\r\n\nretry: 10\n\n")
	f.Add("\uFEFFid: \x00\ndata: x\n\n\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		const limit = 200
		whole, err := frames(strings.NewReader(in), limit)
		bytewise, err2 := frames(iotest.OneByteReader(strings.NewReader(in)), limit)
		if !equal(whole, bytewise) || !errors.Is(err2, err) {
			t.Errorf("read at once: %+v, %v; byte by byte: %+v, %v", whole, err, bytewise, err2)
		}
		for _, f := range whole {
			if len(f.data) > limit || len(f.id) > limit {
				t.Errorf("a frame of %d and %d bytes is over the limit", len(f.data), len(f.id))
			}
		}
		if strings.Contains(in, "\r") {
			return
		}
		crlf, err3 := frames(strings.NewReader(strings.ReplaceAll(in, "\n", "\r\n")), limit)
		if !equal(whole, crlf) || !errors.Is(err3, err) {
			t.Errorf("with LF: %+v, %v; with CRLF: %+v, %v", whole, err, crlf, err3)
		}
	})
}
