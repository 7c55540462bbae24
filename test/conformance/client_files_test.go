package conformance

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"spika/api"
)

// largestFile is what the server of the clients' tests takes, in bytes.
const largestFile = 3 << 20

// clientFile is a file as a client describes it.
type clientFile struct {
	name, mime, kind, content string
	meta                      object // nil: none
}

// uploads is how a client uploads files.
type uploads struct {
	chunk  int  // bytes
	atOnce bool // the chunks go at the same time, else one after the other
	eager  bool // every reply that says that all chunks are there makes it ask for the file
	newID  func() string
	base64 func(chunk string) string
	finish func(f clientFile) object // what it says of a file beside what every client says
	encode func(body object) any     // writes JSON; nil: as it comes
}

// post sends to an upload route.
func (u uploads) post(t testing.TB, c *client, path string, body object) reply {
	t.Helper()
	if u.encode != nil {
		return c.send(t, "POST", "/upload"+path, u.encode(body))
	}
	return c.send(t, "POST", "/upload"+path, body)
}

func (u uploads) put(t testing.TB, c *client, id string, n int, chunk string) reply {
	t.Helper()
	return u.post(t, c, "/files", object{"chunk": u.base64(chunk), "offset": n, "clientId": id})
}

func (u uploads) verify(t testing.TB, c *client, id string, f clientFile, change object) reply {
	t.Helper()
	end := with(object{
		"total": len(pieces(f.content, u.chunk)), "size": len(f.content), "mimeType": f.mime, "fileName": f.name, "fileHash": hashOf(f.content), "clientId": id,
	}, u.finish(f))
	return u.post(t, c, "/files/verify", with(end, change))
}

// chunks sends all chunks of a file and gives the replies.
func (u uploads) chunks(t testing.TB, c *client, id string, f clientFile) []reply {
	t.Helper()
	chunks := pieces(f.content, u.chunk)
	replies := make([]reply, len(chunks))
	var all sync.WaitGroup
	for n, chunk := range chunks {
		send := func() { replies[n] = u.put(t, c, id, n, chunk) }
		if !u.atOnce {
			send()
			continue
		}
		all.Go(send)
	}
	all.Wait()
	return replies
}

// send uploads a file and gives what the server says of it.
func (u uploads) send(t testing.TB, c *client, f clientFile) value {
	t.Helper()
	id, whole := u.newID(), 0
	replies := u.chunks(t, c, id, f)
	for n, r := range replies {
		there := len(dataOf(t, r).get("uploadedChunks").list())
		if there == len(replies) {
			whole++
		}
		if !u.atOnce && there != n+1 { // which is the progress that it shows
			t.Errorf("after chunk %d, %d are there", n, there)
		}
	}
	if whole == 0 {
		t.Fatal("no reply says that all chunks are there, so that it waits for ever")
	}
	file := dataOf(t, u.verify(t, c, id, f, nil)).get("file")
	for range whole - 1 {
		if u.eager {
			u.verify(t, c, id, f, nil).fails(t, http.StatusConflict, "File with that clientId already exists")
		}
	}
	said := u.finish(f)
	for key, want := range map[string]any{
		"fileName": f.name, "mimeType": f.mime, "size": len(f.content), "type": said["type"], "relationId": said["relationId"], "clientId": id,
		"path": "/uploads/files/" + id,
	} {
		if got := file.get(key); show(got.v) != show(want) {
			t.Errorf("%s is %s, want %s", got.at, show(got.v), show(want))
		}
	}
	for _, key := range []string{"width", "height", "duration"} {
		want := int64(0)
		if given, ok := f.meta[key]; ok {
			want = int64(toFloat(t, given))
		}
		if got := file.get("metaData", key).number(); got != want {
			t.Errorf("the %s of %s is %d, want %d", key, f.name, got, want)
		}
	}
	return file
}

func toFloat(t testing.TB, v any) float64 {
	t.Helper()
	switch v := v.(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	t.Fatalf("%v is no number", v)
	return 0
}

// faults is what goes wrong with a client's uploads, and that it can go on.
func (u uploads) faults(t *testing.T, c *client, f clientFile) {
	t.Helper()
	id := u.newID()
	u.verify(t, c, id, f, nil).fails(t, http.StatusGone, "Not all chunks are uploaded") // an upload that is unknown
	chunks := pieces(f.content, u.chunk)
	for range 2 { // it had no answer, and sends again
		if there := dataOf(t, u.put(t, c, id, 0, chunks[0])).get("uploadedChunks").list(); len(there) != 1 || there[0].number() != 0 {
			t.Errorf("of a chunk sent twice there are %v", there)
		}
	}
	u.verify(t, c, id, f, nil).fails(t, http.StatusGone, "Not all chunks are uploaded")
	u.put(t, c, id, 1, "broken"+chunks[1][6:]).ok(t)
	for n, chunk := range chunks[2:] {
		u.put(t, c, id, n+2, chunk).ok(t)
	}
	u.verify(t, c, id, f, nil).fails(t, http.StatusLengthRequired, "Hash doesn't match")
	u.verify(t, c, id, f, object{"fileHash": hashOf("another file")}).fails(t, http.StatusLengthRequired, "Hash doesn't match")
	u.put(t, c, id, 1, chunks[1]).ok(t)
	file := dataOf(t, u.verify(t, c, id, f, nil)).get("file", "id").number()
	c.reads(t, file, f.content, "application/octet-stream")
	u.put(t, c, id, 0, chunks[0]).fails(t, http.StatusBadRequest, "File with that clientId already exists")
	u.verify(t, c, id, f, nil).fails(t, http.StatusConflict, "File with that clientId already exists")
	u.tooLarge(t, c)
}

// tooLarge sends a file that the server does not take.
func (u uploads) tooLarge(t *testing.T, c *client) {
	t.Helper()
	f := clientFile{name: "large.bin", mime: "application/octet-stream", kind: "file", content: bytesOf(largestFile + u.chunk)}
	id, refused := u.newID(), 0
	for _, r := range u.chunks(t, c, id, f) {
		if r.status != http.StatusOK {
			r.fails(t, http.StatusRequestEntityTooLarge, "The file is too large: at most 3145728 bytes are taken")
			refused++
		}
	}
	if refused == 0 {
		t.Error("all chunks of a file that is too large are taken")
	}
	u.verify(t, c, id, f, nil).fails(t, http.StatusRequestEntityTooLarge, "The file is too large: at most 3145728 bytes are taken")
}

// reads reads a file as pages and apps do: without any headers, with its own, and
// parts of it.
func (c *client) reads(t testing.TB, id int64, content, kind string) {
	t.Helper()
	at := path("/upload/files/%d", id)
	bare := func(header ...string) reply {
		t.Helper()
		return c.s.do(t, request{method: "GET", path: "/api" + at, header: header})
	}
	plain := bare().ok(t)
	for what, r := range map[string]reply{"without headers": plain, "with its own": c.send(t, "GET", at, nil)} {
		r.ok(t).hasHeaders(t, map[string]string{"Content-Type": kind, "Content-Length": fmt.Sprint(len(content)), "Accept-Ranges": "bytes"})
		if string(r.body) != content {
			t.Errorf("%s, the file reads as %d bytes of %d", what, len(r.body), len(content))
		}
	}
	tag, middle := plain.header.Get("ETag"), len(content)/2
	for _, part := range []struct {
		header   []string
		from, to int
	}{
		{[]string{"Range: bytes=0-1"}, 0, 2}, // by which players find out whether they can seek
		{[]string{"Range: bytes=0-"}, 0, len(content)},
		{[]string{fmt.Sprintf("Range: bytes=%d-", middle), "If-Range: " + tag}, middle, len(content)}, // a download goes on
		{[]string{fmt.Sprintf("Range: bytes=%d-", middle), "If-Match: " + tag}, middle, len(content)},
	} {
		r := bare(part.header...)
		want := fmt.Sprintf("bytes %d-%d/%d", part.from, part.to-1, len(content))
		if r.status != http.StatusPartialContent || string(r.body) != content[part.from:part.to] || r.header.Get("Content-Range") != want {
			t.Errorf("%v: %d, %d bytes, Content-Range %q, want %q", part.header, r.status, len(r.body), r.header.Get("Content-Range"), want)
		}
	}
	if r := bare("If-None-Match: " + tag); r.status != http.StatusNotModified {
		t.Errorf("what a cache has is answered %d", r.status)
	}
}

// told waits until a client is told of a new message and gives that.
func (c *client) told(t testing.TB, message int64) value {
	t.Helper()
	f := c.stream.next(t, path("message %d", message), func(f frame) bool { return is(api.EventNewMessage)(f) && f.event.Message.ID == message })
	return value{t, "NEW_MESSAGE", decoded(f.data)}.get("message")
}

// noFiles checks that files are gone.
func (c *client) noFiles(t testing.TB, ids ...int64) {
	t.Helper()
	for _, id := range ids {
		c.send(t, "GET", path("/upload/files/%d", id), nil).fails(t, http.StatusNotFound, "Not found")
	}
}

// brings checks that a message shows a file as it was uploaded, and a small
// picture of it, unless there is none.
func (v value) brings(t testing.TB, kind string, file, thumb value) {
	t.Helper()
	if got := v.get("type").text(); got != kind {
		t.Errorf("%s brings %q, want %q", v.at, got, kind)
	}
	body := v.get("body")
	for key, want := range map[string]value{"file": file, "thumb": thumb} {
		if want.v == nil {
			if body.has(key) || body.has(key+"Id") {
				t.Errorf("%s has a %s: %s", v.at, key, show(body.v))
			}
			continue
		}
		for _, field := range []string{"id", "fileName", "mimeType", "size", "metaData"} {
			if got := body.get(key, field); show(got.v) != show(want.get(field).v) {
				t.Errorf("%s is %s, want %s", got.at, show(got.v), show(want.get(field).v))
			}
		}
		if got := body.get(key + "Id").number(); got != want.get("id").number() {
			t.Errorf("%s has the %sId %d", v.at, key, got)
		}
	}
}

// refusesFiles posts files that are not there, or not the client's to send.
func refusesFiles(t *testing.T, c *client, room, own, theirs int64) {
	t.Helper()
	for _, row := range []struct {
		body   object
		begins string
	}{
		{object{"text": ""}, "FileID is missing"},
		{object{"fileId": 1}, "Invalid fileId"},
		{object{"fileId": theirs}, "Invalid fileId"},
		{object{"fileId": own, "thumbId": 1}, "Invalid thumbId"},
		{object{"fileId": own, "thumbId": theirs}, "Invalid thumbId"},
	} {
		c.send(t, "POST", "/messenger/messages", filePost(room, "image", row.body)).fails(t, http.StatusBadRequest, row.begins)
	}
}

// bytesOf gives a file's content, unlike any other.
func bytesOf(n int) string {
	b := make([]byte, n)
	seed := rand.Uint64()
	for i := range b {
		b[i] = byte(seed >> (8 * (i % 8)))
		if i%8 == 7 {
			seed = seed*6364136223846793005 + 1442695040888963407
		}
	}
	return string(b)
}

// pieces cuts a file into chunks.
func pieces(content string, size int) (out []string) {
	for ; len(content) > size; content = content[size:] {
		out = append(out, content[:size])
	}
	return append(out, content)
}

// jpegOf is a picture of a size in pixels, unlike any other, with n bytes behind
// it that say nothing.
func jpegOf(t testing.TB, width, height, n int) string {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return out.String() + bytesOf(n+8)
}

// filmOf begins as a film of MPEG-4 does.
func filmOf(n int) string { return "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytesOf(n) }

// brokenLines is base64 as Android writes it: lines of 76 letters, each with a
// line break behind.
func brokenLines(chunk string) string {
	var out strings.Builder
	for _, line := range pieces(base64.StdEncoding.EncodeToString([]byte(chunk)), 76) {
		out.WriteString(line + "\n")
	}
	return out.String()
}

func oneLine(chunk string) string { return base64.StdEncoding.EncodeToString([]byte(chunk)) }
