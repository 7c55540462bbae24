package httpapi

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spika/api"
	"spika/internal/chat"
)

const oneChunk = `{"chunk":"SGVsbG8=","offset":0,"clientId":"1"}`

// fill takes all of the intake's room for others.
func (r *rig) fill() (give []func()) {
	r.t.Helper()
	for i := range int64(intakeBodies) {
		g, err := r.api.intake.take(r.t.Context(), 1_000+i/intakeOfOne, r.api.intake.largest)
		if err != nil {
			r.t.Fatal(err)
		}
		give = append(give, g)
	}
	return give
}

// sent counts the chunks of the upload that is tried here.
func (r *rig) sent() int {
	r.t.Helper()
	here, err := r.svc.UploadedChunks(r.t.Context(), r.owner.User.ID, "1")
	if err != nil && !chat.IsNotFound(err) {
		r.t.Fatal(err)
	}
	return len(here)
}

// TestChunksWithoutRoomAreSentAgain: they are told when, nothing of them is read or
// stored, and once there is room they are taken.
func TestChunksWithoutRoomAreSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		give, begun := r.fill(), time.Now()
		body := &watched{Reader: strings.NewReader(oneChunk)}
		req := httptest.NewRequest("POST", "/api/upload/files", body)
		req.Header = http.Header{"Accesstoken": {r.owner.Token}, "Content-Type": {"application/json"}}
		got := r.serve(req)
		wantError(t, got, http.StatusServiceUnavailable, "Too many chunks are coming in just now")
		if after := got.header.Get("Retry-After"); after != "5" {
			t.Errorf("it may come again after %q seconds", after)
		}
		if waited := time.Since(begun); waited != intakeWait || body.read || r.sent() != 0 {
			t.Errorf("after %v, read %v, %d chunks are here", waited, body.read, r.sent())
		}
		give[0]()
		same := data[api.UploadedChunks](t, r.as("POST", "/api/upload/files", oneChunk)).UploadedChunks
		if len(same) != 1 || r.sent() != 1 {
			t.Errorf("the chunks %v are here", same)
		}
	})
}

// watched is a body that notes whether anybody reads it.
type watched struct {
	io.Reader
	read bool
}

func (w *watched) Read(p []byte) (int, error) {
	w.read = true
	return w.Reader.Read(p)
}

// TestTricklingChunksGiveTheirRoomBack: whoever never sends the end of one is cut
// off.
func TestTricklingChunksGiveTheirRoomBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		client, conn := net.Pipe()
		l := &pipes{closed: make(chan struct{}), conns: make(chan net.Conn, 1)}
		l.conns <- conn
		server := &http.Server{Handler: r.api}
		var serving, reading sync.WaitGroup
		serving.Go(func() { _ = server.Serve(l) })
		var answer []byte
		reading.Go(func() { answer, _ = io.ReadAll(client) })
		fmt.Fprintf(client, "POST /api/upload/files HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\naccesstoken: %s\r\nContent-Length: %d\r\n\r\n{",
			r.owner.Token, r.api.intake.largest)
		begun := time.Now()
		for synctest.Wait(); len(r.api.intake.users()) > 0; synctest.Wait() {
			time.Sleep(time.Second) // of the bubble's clock, which does not wait
			_, _ = client.Write([]byte(" "))
		}
		if took := time.Since(begun); took < chunkTimeout-time.Second || took > chunkTimeout+time.Second {
			t.Errorf("its room was given back after %v", took)
		}
		reading.Wait() // until the connection is closed
		if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
			t.Errorf("it is answered %q", answer)
		}
		_ = server.Close()
		serving.Wait()
	})
}

// users are those who have room or wait for some.
func (in *intake) users() []int64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Collect(maps.Keys(in.ofs))
}

// TestChunksWaitForRoom: a short crowd is not noticed.
func TestChunksWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		give := r.fill()
		time.AfterFunc(intakeWait/2, give[3])
		data[api.UploadedChunks](t, r.as("POST", "/api/upload/files", oneChunk))
	})
}

// TestNobodysChunksKeepOthersOut: one uploader has a share of the room, however
// slowly they send.
func TestNobodysChunksKeepOthersOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newIntake(6 << 20)
		var give []func()
		for range intakeOfOne {
			g, err := in.take(t.Context(), 1, -1)
			if err != nil {
				t.Fatal(err)
			}
			give = append(give, g)
		}
		_, err := in.take(t.Context(), 1, 10)
		if chat.CodeOf(err) != chat.TooMany || !strings.HasPrefix(err.Error(), "You are sending too many chunks at once") {
			t.Errorf("one more is answered %v", err)
		}
		other, err := in.take(t.Context(), 2, 1<<40) // it is refused for its size later
		if err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := in.take(gone, 1, 10); chat.CodeOf(err) == chat.Unavailable || err == nil {
			t.Errorf("one who is gone is answered %v", err)
		}
		for _, g := range append(give, other) {
			g()
		}
		if len(in.ofs) != 0 || !in.all.TryAcquire(intakeBodies*in.largest) {
			t.Errorf("room is not given back: %v", in.ofs)
		}
	})
}

// TestKeysShareTheirRoom: anyone can make a room with as many keys as they like.
func TestKeysShareTheirRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		ended := r.slowChunks(intakeOfKeys)
		got := r.do("POST", "/api/upload/files", oneChunk, "accesstoken: "+r.keys(1)[0], "Content-Type: application/json")
		wantError(t, got, http.StatusTooManyRequests, "You are sending too many chunks at once")
		data[api.UploadedChunks](t, r.as("POST", "/api/upload/files", oneChunk))
		ended()
	})
}

// keys makes that many API keys, and gives their secrets.
func (r *rig) keys(n int) (secrets []string) {
	r.t.Helper()
	for i := range n {
		key, err := r.svc.CreateKey(r.t.Context(), r.owner.Session, r.room.ID, fmt.Sprintf("Key %d", i))
		if err != nil {
			r.t.Fatal(err)
		}
		secrets = append(secrets, key.Secret)
	}
	return secrets
}

// slowChunks begins a chunk of unknown length with each of that many new keys.
// Their ends come when what it gives is called.
func (r *rig) slowChunks(n int) (end func()) {
	r.t.Helper()
	var under sync.WaitGroup
	var bodies []*io.PipeWriter
	for _, secret := range r.keys(n) {
		body, w := io.Pipe()
		bodies = append(bodies, w)
		req := httptest.NewRequest("POST", "/api/upload/files", body)
		req.ContentLength = -1
		req.Header = http.Header{"Accesstoken": {secret}, "Content-Type": {"application/json"}}
		under.Go(func() { r.serve(req) })
	}
	synctest.Wait()
	return func() {
		for _, w := range bodies {
			_ = w.Close()
		}
		under.Wait()
	}
}

// TestSmallChunksComeInByTheHundred: phones on slow networks take minutes for each.
func TestSmallChunksComeInByTheHundred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newIntake(6 << 20)
		for i := range int64(600) {
			if _, err := in.take(t.Context(), i/4, 100<<10); err != nil { // of 72 KiB, as browsers send
				t.Fatalf("after %d: %v", i, err)
			}
		}
	})
}
