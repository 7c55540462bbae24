package crash

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
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

// dial opens a connection to the server that the test drives byte by byte.
func (f *fault) dial() net.Conn {
	f.t.Helper()
	conn, err := f.gate.dial(f.t.Context(), "tcp", "")
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = conn.Close() }) // may be closed already
	if err := conn.SetDeadline(time.Now().Add(2 * patience)); err != nil {
		f.t.Fatal(err)
	}
	return conn
}

// descriptors counts what the server has open, apart from its database: it opens
// that more often when it has more to do at once, and keeps it open.
func (f *fault) descriptors() int {
	f.t.Helper()
	folder := fmt.Sprintf("/proc/%d/fd", f.server.cmd.Process.Pid)
	list, err := os.ReadDir(folder)
	if err != nil {
		f.t.Fatal(err)
	}
	count := 0
	for _, d := range list {
		to, err := os.Readlink(filepath.Join(folder, d.Name()))
		if err == nil && !strings.Contains(filepath.Base(to), ".db") { // an error: closed meanwhile
			count++
		}
	}
	return count
}

// holds reports whether the other end of a connection on this machine still has it
// open. Until what it sent is read, this end cannot tell.
func holds(t *testing.T, conn net.Conn) bool {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	port := func(a net.Addr) string {
		at, ok := a.(*net.TCPAddr)
		if !ok {
			t.Fatalf("%v is no TCP address", a)
		}
		return fmt.Sprintf(":%04X", at.Port)
	}
	for line := range strings.Lines(string(table)) {
		const local, remote, inode = 1, 2, 9 // columns; the inode is 0 once no process has the socket
		f := strings.Fields(line)
		if strings.HasSuffix(f[local], port(conn.RemoteAddr())) && strings.HasSuffix(f[remote], port(conn.LocalAddr())) {
			return f[inode] != "0"
		}
	}
	return false
}

// hangUp sends a request whose body ends too early, and is gone.
func (f *fault) hangUp(path, body string) {
	f.t.Helper()
	conn := f.dial()
	_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: spika.test\r\naccesstoken: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, f.key.token, len(body)+100, body)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// TestClientGone has clients hang up in the middle of a request: nothing of it is
// stored, and the server keeps nothing open for them.
func TestClientGone(t *testing.T) {
	f := begin(t, storetest.SQLite(t))
	f.mustSay("before", "before")
	before := f.descriptors()
	post := fmt.Sprintf(`{"roomId":%d,"type":"text","localId":"cut","body":{"text":"half a sent`, f.room)
	chunk := `{"clientId":"cut","offset":0,"chunk":"` + strings.Repeat("AAAA", piece/4)
	for range 25 {
		f.hangUp("/api/messaging/messages", post)
		f.hangUp("/api/upload/files", chunk)
	}
	f.await("the server has let go of them", func() bool { return f.descriptors() <= before })
	f.check()
	if blobs, unfinished := f.kept(); len(blobs) > 0 || unfinished > 0 {
		t.Errorf("of half a chunk, there are %v and %d unfinished writes", blobs, unfinished)
	}
	f.mustSay("cut", "a whole sentence")
	f.newUpload("cut", 2).resume()
	f.check()
	f.gate.shut()
	f.end()
}

// TestSlowReader has a listener stop reading while much is posted: it is cut off
// instead of holding anything up, another one is told everything meanwhile, and
// the slow one gets the rest when it comes back, each message once.
func TestSlowReader(t *testing.T) {
	f := begin(t, storetest.SQLite(t))
	quick := f.hear()
	slow := f.dial()
	listen := func(conn io.Writer, after string) {
		t.Helper()
		if _, err := fmt.Fprintf(conn, "GET /api/sse HTTP/1.1\r\nHost: spika.test\r\naccesstoken: %s\r\nLast-Event-ID: %s\r\n\r\n", f.person.token, after); err != nil {
			t.Fatal(err)
		}
	}
	f.mustSay("first", "first")
	f.told(quick)
	listen(slow, "0")
	reader := bufio.NewReader(slow)
	if _, err := reader.Peek(1); err != nil { // it listens, and reads no further
		t.Fatal(err)
	}
	long := strings.Repeat("x", 60_000)
	var posting sync.WaitGroup
	for n := range 8 {
		posting.Go(func() {
			for m := range 50 { // more than buffers and the queue of a listener hold
				id := fmt.Sprint("message ", n, "/", m)
				if r, err := f.say(t.Context(), id, id+long); err != nil || r.status != http.StatusOK {
					t.Errorf("%s: status %d: %s: %v", id, r.status, r.message, err)
				}
			}
		})
	}
	posting.Wait()
	f.told(quick)
	f.await("the slow listener is cut off", func() bool { return !holds(t, slow) })
	ids, place, err := readEvents(t, reader, 0)
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		t.Fatalf("the slow listener was not cut off: %v", err)
	}
	want := f.answered()
	if len(ids) >= len(want) {
		t.Fatal("the slow listener got everything: it was not slow")
	}
	again := f.dial()
	listen(again, place)
	rest, _, err := readEvents(t, bufio.NewReader(again), len(want)-len(ids))
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Concat(ids, rest); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the slow listener was told %v, and posted were %v", got, want)
	}
	f.check()
	f.gate.shut()
	f.end()
}

// readEvents reads an event stream to its end, or until so many new messages came
// (0: to its end). It gives their ids and the last event's id.
func readEvents(t *testing.T, r *bufio.Reader, messages int) (ids []int64, place string, err error) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil) // closing its body would read on to the end of a stream that has none
	if err != nil {
		return nil, "", err
	}
	lines := bufio.NewReader(resp.Body)
	for begun, id := time.Now(), ""; time.Since(begun) < patience; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return ids, place, err
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
		case "id":
			id = value
		case "data":
			var e api.Event
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				t.Fatalf("%v: %.100q", err, value)
			}
			if e.Type == api.EventNewMessage {
				ids = append(ids, e.Message.ID)
			}
			if e.Type == api.EventResync {
				t.Fatal("events are said to be lost")
			}
		case "":
			place = id
			if messages > 0 && len(ids) == messages {
				return ids, place, nil
			}
		}
	}
	return ids, place, errors.New("the stream goes on and on")
}
