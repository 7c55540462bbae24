package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"spika/internal/chat"
	"spika/internal/hub"
)

// pipes is a listener whose connections hold nothing back: what a server writes,
// its client has read.
type pipes struct {
	net.Listener
	closed chan struct{}
	conns  chan net.Conn
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.closed)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// missed is how many events a reader who comes back to openReplay has missed:
// more than are told in two steps.
const missed = 1_200

// openReplay has the owner come back to a's event stream, of which the database
// must be asked, and reads up to the first event.
func openReplay(r *rig, a *API) *bufio.Reader {
	r.t.Helper()
	err := r.store.Update(r.t.Context(), func(_ context.Context, tx chat.Tx) error {
		for range missed {
			tx.Emit(chat.Event{Kind: chat.RoomSeen, RoomID: r.room.ID, ToUser: r.owner.User.ID})
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return bufio.NewReader(dialStream(r, a, "Last-Event-ID: 0\r\n"))
}

// dialStream opens the owner's event stream, with more headers.
func dialStream(r *rig, a *API, headers string) net.Conn {
	r.t.Helper()
	l := &pipes{closed: make(chan struct{}), conns: make(chan net.Conn, 1)}
	server := &http.Server{Handler: a}
	go func() { _ = server.Serve(l) }() // until it is closed
	r.t.Cleanup(func() { server.Close() })
	client, conn := net.Pipe()
	r.t.Cleanup(func() { client.Close() })
	l.conns <- conn
	if _, err := fmt.Fprintf(client, "GET /api/sse HTTP/1.1\r\nHost: x\r\naccesstoken: %s\r\n%s\r\n", r.owner.Token, headers); err != nil {
		r.t.Fatal(err)
	}
	return client
}

// readEvent reads up to a replayed event.
func readEvent(t *testing.T, in *bufio.Reader) {
	t.Helper()
	for line := ""; !strings.Contains(line, `"SEEN_ROOM"`); {
		var err error
		if line, err = in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

// restOf reads the rest of a stream and counts the events in it.
func restOf(t *testing.T, in io.Reader) (string, int) {
	t.Helper()
	rest, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(rest), strings.Count(string(rest), `"SEEN_ROOM"`)
}

// rememberingNothing makes a hub that knows no event, so that whoever comes back is told
// from the database.
func rememberingNothing(t *testing.T, svc *chat.Service) *hub.Hub {
	h := hub.New(1<<40, hub.Options{Source: svc, Renderer: NewRenderer(svc)})
	t.Cleanup(h.Close)
	return h
}

// TestReplayEndsWithTheSession: who was signed out while they were told what they
// had missed used to be told all of it.
func TestReplayEndsWithTheSession(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Hub = rememberingNothing(t, o.Service) })
	in := openReplay(r, r.api)
	readEvent(t, in) // the rest of its step waits for us
	if _, err := r.svc.SignOut(t.Context(), r.owner.Session); err != nil {
		t.Fatal(err)
	}
	if _, told := restOf(t, in); told > missed/2 {
		t.Errorf("%d events were told after the session had ended", told)
	}
}

// oneByOne reads a byte at a time, so that whoever writes waits for each.
type oneByOne struct{ io.Reader }

func (o oneByOne) Read(b []byte) (int, error) { return o.Reader.Read(b[:1]) }

// TestNothingIsToldAfterTheSession: what waited for a slow reader used to be told
// though the session had ended before it happened.
func TestNothingIsToldAfterTheSession(t *testing.T) {
	for name, besides := range map[string]func(r *rig, h *hub.Hub){
		"nothing else happens": func(*rig, *hub.Hub) {},
		"the server stops":     func(_ *rig, h *hub.Hub) { h.Close() },
		"the database is away": func(r *rig, _ *hub.Hub) { _ = r.store.(io.Closer).Close() },
	} {
		t.Run(name, func(t *testing.T) {
			var h *hub.Hub
			r := newRig(t, func(o *Options) {
				h = rememberingNothing(t, o.Service)
				o.Hub = h
			})
			conn := dialStream(r, r.api, "")
			if err := conn.SetReadDeadline(time.Now().Add(writeWithin)); err != nil { // else a stream that goes on is read for ever
				t.Fatal(err)
			}
			in := bufio.NewReaderSize(oneByOne{conn}, 16)
			for line := ""; !strings.Contains(line, "PING"); {
				var err error
				if line, err = in.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			seen := chat.Event{Kind: chat.RoomSeen, RoomID: r.room.ID, ToUser: r.owner.User.ID, Seq: 1<<40 + 1}
			h.Publish([]chat.Event{seen})
			if _, err := in.ReadString('d'); err != nil { // of "id": the rest of it waits for us
				t.Fatal(err)
			}
			if _, err := r.svc.SignOut(t.Context(), r.owner.Session); err != nil {
				t.Fatal(err)
			}
			later := seen
			later.Seq += 2
			h.Publish([]chat.Event{{Kind: chat.AccessChanged, UserID: r.owner.User.ID, Seq: seen.Seq + 1}, later})
			besides(r, h)
			if rest, told := restOf(t, in); told != 1 {
				t.Errorf("the rest is %q", rest)
			}
		})
	}
}

// TestReplayEndsWithTheServer: a reader that had missed a lot used to be told all
// of it before the server could stop.
func TestReplayEndsWithTheServer(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Hub = rememberingNothing(t, o.Service) })
	in := openReplay(r, r.api)
	readEvent(t, in)
	r.api.hub.Close()
	rest, told := restOf(t, in)
	if told > missed/2 || !strings.Contains(rest, comeBack) {
		t.Errorf("%d events were told, and the end is %q", told, rest[max(0, len(rest)-100):])
	}
	r.api.EndStreams(t.Context())
}

// stuck is a store that finds no events until whoever asks gives up.
type stuck struct {
	chat.Store
	asked chan struct{}
}

func (s stuck) View(ctx context.Context, read func(context.Context, chat.Reader) error) error {
	return s.Store.View(ctx, func(ctx context.Context, r chat.Reader) error { return read(ctx, stuckReader{r, s}) })
}

type stuckReader struct {
	chat.Reader
	of stuck
}

func (r stuckReader) EventsFor(ctx context.Context, _, _, _ int64, _ int) ([]chat.Event, error) {
	r.of.asked <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestReplayReadsNoLongerThanTheServerRuns: stopping used to wait half a minute for
// a database that does not answer.
func TestReplayReadsNoLongerThanTheServerRuns(t *testing.T) {
	r := newRig(t)
	o, asked := r.with, make(chan struct{}, 1)
	o.Service = chat.NewService(stuck{r.store, asked}, time.Now, plainPasswords{}, nil, chat.Options{SessionLife: time.Hour})
	o.Hub = rememberingNothing(t, o.Service)
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	in := openReplay(r, a)
	rest := make(chan string, 1)
	go func() {
		all, err := io.ReadAll(in)
		rest <- fmt.Sprint(string(all), err)
	}()
	<-asked
	o.Hub.Close()
	select {
	case got := <-rest:
		if !strings.Contains(got, comeBack) {
			t.Errorf("the stream ends with %q", got)
		}
	case <-time.After(readWithin / 2):
		t.Fatal("it goes on reading")
	}
	a.EndStreams(t.Context())
}

// TestStreamsAreCutOff: a reader that takes nothing keeps nobody waiting for longer
// than they want to.
func TestStreamsAreCutOff(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Hub = rememberingNothing(t, o.Service) })
	in := openReplay(r, r.api)
	readEvent(t, in)
	r.api.hub.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("no time left"))
	begun := time.Now()
	r.api.EndStreams(ctx)
	if took := time.Since(begun); took > writeWithin/2 {
		t.Errorf("it took %s", took)
	}
	if _, told := restOf(t, in); told > missed/2 {
		t.Errorf("%d events were told", told)
	}
	if rest, _ := restOf(t, openReplay(r, r.api)); rest != "" {
		t.Errorf("a stream begins after the end with %q", rest)
	}
}
