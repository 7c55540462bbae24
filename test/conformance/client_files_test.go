package conformance

import (
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
)

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

// chunk sends a chunk and gives the distinct ones that the server says it has.
func (c *client) chunk(t testing.TB, id string, n int, encoded string) []value {
	t.Helper()
	return dataOf(t, c.send(t, "POST", "/upload/files", object{"chunk": encoded, "offset": n, "clientId": id})).get("uploadedChunks").list()
}

// fileIsWhole looks at a file that was made and reads it as pages do: without
// any headers.
func (c *client) fileIsWhole(t testing.TB, file value, content string) int64 {
	t.Helper()
	id := file.get("id").number()
	if file.get("size").number() != int64(len(content)) || file.get("path").text() == "" {
		t.Errorf("the file is %s", show(file.v))
	}
	if r := c.s.do(t, request{method: "GET", path: path("/api/upload/files/%d", id)}).ok(t); string(r.body) != content {
		t.Errorf("the file reads as %d bytes of %d", len(r.body), len(content))
	}
	return id
}

// webUploads sends chunks of 72 KiB at the same time, and asks for the file once
// as many are there as it has.
func webUploads(t *testing.T, c *client) {
	t.Helper()
	content, id := bytesOf(400<<10), newClientID()
	chunks := pieces(content, 72<<10)
	var all sync.WaitGroup
	var mu sync.Mutex
	whole := 0
	for n, chunk := range chunks {
		all.Go(func() {
			there := c.chunk(t, id, n, base64.StdEncoding.EncodeToString([]byte(chunk)))
			mu.Lock()
			defer mu.Unlock()
			if len(there) == len(chunks) {
				whole++
			}
		})
	}
	all.Wait()
	if whole == 0 {
		t.Fatal("no reply says that all chunks are there, so that the page waits for ever")
	}
	file := dataOf(t, c.send(t, "POST", "/upload/files/verify", object{
		"total": len(chunks), "size": len(content), "mimeType": "video/mp4", "fileName": "film.mp4", "type": "video", "fileHash": hashOf(content),
		"relationId": 1, "clientId": id, "metaData": object{"width": 640, "height": 480, "duration": 12.7},
	})).get("file")
	c.fileIsWhole(t, file, content)
	if meta := file.get("metaData"); meta.get("width").number() != 640 || meta.get("duration").number() < 12 {
		t.Errorf("the film is %s", show(meta.v))
	}
	avatar, id := string(pngOf(t)), newClientID()
	c.chunk(t, id, 0, base64.StdEncoding.EncodeToString([]byte(avatar)))
	file = dataOf(t, c.send(t, "POST", "/upload/files/verify", object{
		"total": 1, "size": len(avatar), "mimeType": "image/png", "fileName": "me.png", "type": "avatar", "fileHash": hashOf(avatar), "clientId": id, "metaData": nil,
	})).get("file")
	picture := c.fileIsWhole(t, file, avatar)
	if got := c.call(t, "PUT", "/me", object{"avatarFileId": picture}).get("user", "avatarFileId").number(); got != picture {
		t.Errorf("the picture is %d, not %d", got, picture)
	}
	// It asks for the picture of who has none, and shows initials at the failure.
	c.s.do(t, request{method: "GET", path: "/api/upload/files/0"}).fails(t, http.StatusBadRequest, "Invalid id")
}

// pngOf is a small picture.
func pngOf(t testing.TB) []byte {
	t.Helper()
	text := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mobileUploads sends chunks of 1 MiB one after the other. write is how the app
// writes base64, and more is what it sends with the hash.
func mobileUploads(t *testing.T, c *client, write func(chunk string) string, more object) {
	t.Helper()
	content, id := bytesOf(2<<20+12_345), newClientID()
	chunks := pieces(content, 1<<20)
	for n, chunk := range chunks {
		if there := c.chunk(t, id, n, write(chunk)); len(there) != n+1 {
			t.Errorf("after chunk %d, %d are there", n, len(there))
		}
	}
	end := object{
		"total": len(chunks), "size": len(content), "mimeType": "application/pdf", "fileName": "plan.pdf", "type": "file", "fileHash": hashOf(content), "clientId": id,
		"metaData": object{"width": 0, "height": 0, "duration": 0},
	}
	file := dataOf(t, c.send(t, "POST", "/upload/files/verify", with(end, more))).get("file")
	c.fileIsWhole(t, file, content)
}

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
