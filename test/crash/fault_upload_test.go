package crash

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/api"
	"spika/internal/store/storetest"
)

// piece is the size of the chunks that these tests upload, in bytes.
const piece = 256 << 10

// upload is a file on its way to the server in chunks.
type upload struct {
	*fault
	id      string // clientId
	content []byte
}

// newUpload makes up a file of some chunks that no other file is like.
func (f *fault) newUpload(id string, chunks int) *upload {
	u := &upload{fault: f, id: id, content: make([]byte, chunks*piece)}
	var seed [32]byte
	copy(seed[:], id)
	if _, err := rand.NewChaCha8(seed).Read(u.content); err != nil {
		f.t.Fatal(err)
	}
	return u
}

func (u *upload) chunks() int { return len(u.content) / piece }

// hash is what the whole file is checked by.
func (u *upload) hash() string { return hashOf(u.content) }

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// send uploads one chunk. An error says that no whole answer came.
func (u *upload) send(ctx context.Context, n int) (reply, error) {
	return u.site.do(ctx, u.key, call{method: http.MethodPost, path: "/api/upload/files", body: map[string]any{
		"clientId": u.id, "offset": n, "chunk": base64.StdEncoding.EncodeToString(u.content[n*piece : (n+1)*piece]),
	}})
}

// finish makes the first chunks the file.
func (u *upload) finish(ctx context.Context, chunks int) (reply, error) {
	content := u.content[:chunks*piece]
	return u.site.do(ctx, u.key, call{method: http.MethodPost, path: "/api/upload/files/verify", body: map[string]any{
		"clientId": u.id, "total": chunks, "size": len(content), "mimeType": "application/octet-stream", "fileName": "a.bin",
		"type": "file", "fileHash": hashOf(content),
	}})
}

// here gives the chunks that the server says it has.
func (u *upload) here() []int64 {
	u.t.Helper()
	r, err := u.site.do(u.t.Context(), u.key, call{method: http.MethodGet, path: "/api/upload/files/check/" + u.id})
	if err != nil {
		u.t.Fatal(err)
	}
	if r.status == http.StatusNotFound {
		return nil
	}
	return u.must(r).UploadedChunks
}

// must fails the test unless a reply is a success.
func (u *upload) must(r reply) api.UploadedChunks {
	u.t.Helper()
	got, err := read[api.UploadedChunks](r)
	if err != nil {
		u.t.Fatalf("%s: %v", u.id, err)
	}
	return got
}

// resume sends what is not there, finishes, and reads the file back.
func (u *upload) resume() {
	u.t.Helper()
	have := u.here()
	for n := range u.chunks() {
		if slices.Contains(have, int64(n)) {
			continue
		}
		r, err := u.send(u.t.Context(), n)
		if err != nil {
			u.t.Fatal(err)
		}
		u.must(r)
	}
	r, err := u.finish(u.t.Context(), u.chunks())
	if err != nil {
		u.t.Fatal(err)
	}
	made, err := read[api.FileData](r)
	if err != nil {
		u.t.Fatalf("%s: %v", u.id, err)
	}
	resp, err := u.site.http.Get(fmt.Sprint(base, "/api/upload/files/", made.File.ID))
	if err != nil {
		u.t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, u.content) {
		u.t.Errorf("%s reads as %d other bytes than the %d sent: %v", u.id, len(got), len(u.content), err)
	}
}

// kept lists what is in the folder for files: names of blobs, and how many writes
// are not done.
func (f *fault) kept() (blobs []string, unfinished int) {
	f.t.Helper()
	root := filepath.Join(f.data, "files")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := strings.TrimPrefix(path, root+"/"); {
		case err != nil || d.IsDir() || strings.HasPrefix(name, "ballast"):
			return err
		case strings.HasPrefix(name, ".tmp/"):
			unfinished++
		default:
			blobs = append(blobs, name)
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return blobs, unfinished
}

// nothingHalf fails the test unless all that is kept are whole chunks of one upload,
// each of which the server knows.
func (u *upload) nothingHalf() {
	u.t.Helper()
	blobs, unfinished := u.kept()
	if have := u.here(); unfinished > 0 || len(blobs) != len(have) {
		u.t.Errorf("the folder keeps %d unfinished writes and %v; the server knows chunks %v", unfinished, blobs, have)
	}
}

// TestFullDiskOfFiles fills the disk that files are on, first while chunks are put
// together and then with chunks: what does not fit is refused in a clear sentence
// and leaves nothing, posting goes on, and the upload as soon as there is room.
func TestFullDiskOfFiles(t *testing.T) {
	f := prepare(t, storetest.SQLite(t))
	folder := filepath.Join(f.data, "files")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	mountSmall(t, folder, 8<<20)
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 6<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	f.start()
	u := f.newUpload("long", 12)
	sent := 0
	for ; sent < 5; sent++ { // more than half of what is free: no second copy fits
		if r, err := u.send(t.Context(), sent); err != nil || r.status != http.StatusOK {
			t.Fatalf("chunk %d: status %d: %s: %v", sent, r.status, r.message, err)
		}
	}
	r, err := u.finish(t.Context(), sent)
	if err != nil {
		t.Fatal(err)
	}
	f.refused(r, "The server has no room left for files: nothing was stored.")
	u.nothingHalf()
	for r.status = http.StatusOK; r.status == http.StatusOK; sent++ {
		if sent == u.chunks() {
			t.Fatal("the disk is never full")
		}
		if r, err = u.send(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
	}
	f.refused(r, "The server has no room left for files: nothing was stored.")
	u.nothingHalf()
	f.mustSay("meanwhile", "posts need no room for files")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	u.resume()
	f.check()
	f.gate.shut()
	f.end()
}

// killAfter kills the server when it has answered some chunks and is taking others,
// and starts another one. It gives the chunks that were answered.
func (u *upload) killAfter(answers int) []int64 {
	u.t.Helper()
	ctx, stop := context.WithCancel(u.t.Context())
	defer stop()
	answered := make(chan int64, u.chunks())
	var senders sync.WaitGroup
	for first := range 2 {
		senders.Go(func() {
			for n := first; n < u.chunks(); n += 2 {
				if r, err := u.send(ctx, n); err != nil || r.status != http.StatusOK {
					return
				}
				answered <- int64(n)
			}
		})
	}
	var out []int64
	for len(out) < answers {
		select {
		case n := <-answered:
			out = append(out, n)
		case <-time.After(patience):
			u.t.Fatalf("%d chunks were answered, and then no more", len(out))
		}
	}
	u.replace(func() {
		stop()
		senders.Wait()
	})
	close(answered)
	for n := range answered {
		out = append(out, n)
	}
	return out
}

// replace kills the server, and starts another one when clients have noticed.
func (f *fault) replace(noticed func()) {
	f.t.Helper()
	f.gate.shut()
	f.server.kill(f.t, false)
	noticed()
	f.start()
}

// killInFinish kills the server when it has been told to put a file together.
func (u *upload) killInFinish() {
	u.t.Helper()
	for n := range u.chunks() {
		r, err := u.send(u.t.Context(), n)
		if err != nil {
			u.t.Fatal(err)
		}
		u.must(r)
	}
	ctx, stop := context.WithCancel(u.t.Context())
	var asker sync.WaitGroup
	asker.Go(func() { _, _ = u.finish(ctx, u.chunks()) }) // answered or not: both are looked at later
	u.await("the file is being put together", func() bool {
		blobs, unfinished := u.kept()
		return unfinished > 0 || slices.ContainsFunc(blobs, func(b string) bool { return strings.Contains(b, u.hash()) })
	})
	u.replace(func() {
		stop()
		asker.Wait()
	})
}

// ageUnfinished makes writes that were cut off look as if that was long ago, and
// chunks of which nothing knows any more: those of a file that was put together
// right before a kill.
func (f *fault) ageUnfinished() {
	f.t.Helper()
	long := time.Now().Add(-48 * time.Hour)
	for _, folder := range []string{".tmp", "chunks"} {
		err := filepath.WalkDir(filepath.Join(f.data, "files", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return os.Chtimes(path, long, long)
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			f.t.Fatal(err)
		}
	}
}

// TestKillInUpload kills the server while chunks come, and while a file is put
// together from them: every chunk that was answered is there afterwards, the
// upload goes on from it, and nothing else stays but writes that were cut off,
// which go when they are old.
func TestKillInUpload(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			f := begin(t, db.url(t))
			for answers := range 5 {
				u := f.newUpload(fmt.Sprint("chunks-", answers), 8)
				answered, have := u.killAfter(answers), u.here()
				if missing := slices.DeleteFunc(answered, func(n int64) bool { return slices.Contains(have, n) }); len(missing) > 0 {
					t.Errorf("chunks %v were answered and are not there: %v are", missing, have)
				}
				u.resume()
			}
			for n := range 3 {
				u := f.newUpload(fmt.Sprint("whole-", n), 8)
				u.killInFinish()
				if len(u.here()) > 0 { // not done: it can be asked for again
					u.resume()
				}
			}
			f.gate.shut()
			f.end()
			f.ageUnfinished()
			f.start()
			f.await("only whole files are kept", func() bool {
				blobs, unfinished := f.kept()
				return unfinished == 0 && len(blobs) == 8 && !slices.ContainsFunc(blobs, func(b string) bool { return strings.HasPrefix(b, "chunks/") })
			})
			f.gate.shut()
			f.end()
		})
	}
}
