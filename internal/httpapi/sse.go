package httpapi

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"spika/internal/chat"
)

// An event stream lives for hours and there are thousands of them, so it takes
// its connection over from the HTTP server: that leaves one small goroutine
// where the server would keep the request, two goroutines and three buffers.

// stream serves GET /api/sse.
func (a *API) stream(c *call) error {
	by := c.streamCredentials()
	who, err := a.authenticate(c, by)
	if err != nil {
		return err
	}
	if c.r.Method == http.MethodHead { // there is a stream; it is not begun
		return c.sendAs(http.StatusOK, []string{streamType}, nil)
	}
	after, known := lastEventID(c.r)
	listener, catchup, err := a.hub.Listen(c.r.Context(), who.User.ID, who.Device.ID, after)
	if err != nil {
		return err
	}
	conn, err := c.takeOver()
	if err != nil {
		listener.Close()
		return err
	}
	s := &stream{
		api: a, conn: conn, chunked: c.r.ProtoAtLeast(1, 1), token: by.token,
		user: who.User.ID, device: who.Device.ID, expires: who.Device.Expires,
		listener: listener, place: catchup.Place,
		// Those who came at once, after a restart, need not all ask at once.
		checked: time.Now().Add(-rand.N(recheckEvery)),
	}
	head := s.head(c.w.Header())
	c.status = http.StatusOK
	begun := a.streams.begin(conn, func() {
		defer listener.Close()
		if err := s.run(head, catchup, known); err != nil {
			s.failed(err)
		}
	})
	if !begun {
		listener.Close()
	}
	return nil
}

// takeOver takes the connection from the HTTP server.
func (c *call) takeOver() (net.Conn, error) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return nil, chat.Errorf(chat.Invalid, "An event stream needs HTTP/1.1")
	}
	return conn, conn.SetDeadline(time.Time{})
}

// lastEventID gives the place a returning reader has reached, -1 when it is
// none. It reports false when what the reader sent is no place.
func lastEventID(r *http.Request) (int64, bool) {
	sent := r.Header.Get("Last-Event-ID")
	if sent == "" {
		return -1, true
	}
	n, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || n < 0 {
		return -1, false
	}
	return n, true
}

// openStreams are the event streams that there are.
type openStreams struct {
	running sync.WaitGroup

	mu    sync.Mutex
	ended bool // none begins any more
	conns map[net.Conn]struct{}
}

// begin has a stream run on a connection, which is closed at its end. When no
// stream begins any more, it only closes the connection, and reports false.
func (o *openStreams) begin(conn net.Conn, run func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		_ = conn.Close() // nothing was sent
		return false
	}
	if o.conns == nil {
		o.conns = map[net.Conn]struct{}{}
	}
	o.conns[conn] = struct{}{}
	o.running.Go(func() {
		run()
		_ = conn.Close() // what matters was flushed
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.conns, conn)
	})
	return true
}

func (o *openStreams) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
}

// cut closes the connections of all streams.
func (o *openStreams) cut() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for conn := range o.conns {
		_ = conn.Close() // its stream notices
	}
}

// EndStreams waits until every event stream has ended, which closing the hub
// makes them do, and cuts off those that have not when ctx ends: their readers
// take nothing. No stream begins any more.
func (a *API) EndStreams(ctx context.Context) {
	a.streams.end()
	cut := context.AfterFunc(ctx, a.streams.cut)
	defer cut()
	a.streams.running.Wait()
}
