package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"spika/api"
	"spika/internal/chat"
	"spika/internal/hub"
)

const (
	pingEvery = 5 * time.Second
	// recheckEvery is how often an open stream proves that its session lives;
	// that also counts as using it.
	recheckEvery = time.Minute
	// writeWithin is how long a reader may take to accept what is sent.
	writeWithin = 10 * time.Second
	// readWithin is how long the database may take for a step of catching up.
	readWithin = 30 * time.Second
)

const streamType = "text/event-stream"

// stream is an open event stream. It must stay small.
type stream struct {
	api          *API
	conn         net.Conn
	chunked      bool // HTTP/1.1; else the stream ends with the connection
	token        string
	user, device int64
	expires      chat.Time
	listener     *hub.Listener
	place        int64 // the number of the newest event the reader has
	checked      time.Time
}

// Why a stream ends early without anybody's fault.
var (
	errReaderGone = errors.New("the reader is gone")
	errOver       = errors.New("the session has ended, or the server stops")
)

// comeBack has a reader come back soon: another server, or this one started anew,
// will be there.
const comeBack = "retry: 500\n\n"

// head writes down the reply's first part, with the headers that every reply
// has.
func (s *stream) head(h http.Header) []byte {
	h.Set("Content-Type", streamType)
	h.Set("Connection", "keep-alive")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	if s.chunked {
		h.Set("Transfer-Encoding", "chunked")
	} else {
		h.Set("Connection", "close")
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	return b.Bytes()
}

// run tells the reader what it missed and then what happens.
func (s *stream) run(head []byte, c hub.Catchup, known bool) error {
	if err := s.send(head); err != nil {
		return err
	}
	if err := s.catchUp(c, known); err != nil {
		return err
	}
	return s.live()
}

func (s *stream) failed(err error) {
	if !errors.Is(err, errReaderGone) && !errors.Is(err, errOver) {
		s.api.log.Error("an event stream ended early", slog.Any("cause", err))
	}
}

// catchUp tells the reader where it stands, and what it missed as far as that
// must come from the database. A reader that missed a lot would keep the server
// from stopping, so that ends it.
func (s *stream) catchUp(c hub.Catchup, known bool) error {
	if c.Replay {
		s.place = c.From
	}
	if err := s.signal(api.EventPing); err != nil {
		return err
	}
	if !known {
		return s.signal(api.EventResync)
	}
	for more := c.Replay; more; {
		var err error
		if more, err = s.replay(); err != nil {
			if s.api.hub.Context().Err() != nil && !errors.Is(err, errReaderGone) {
				return s.stop()
			}
			return err
		}
	}
	return nil
}

// stop ends a stream whose reader has not caught up. What waits for it is not
// sent: it comes after what was not read any more.
func (s *stream) stop() error {
	out := s.api.takeBuffer()
	defer s.api.giveBuffer(out)
	out.WriteString(comeBack)
	if err := s.flush(out); err != nil {
		return err
	}
	return errOver
}

// replay tells a step of what the reader missed and whether there is more. Each
// step asks whether the session still stands, since there can be many.
func (s *stream) replay() (bool, error) {
	ctx, cancel := context.WithTimeout(s.api.hub.Context(), readWithin)
	defer cancel()
	r, err := s.api.svc.Replay(ctx, s.user, s.place)
	if err != nil {
		return false, err
	}
	out := s.api.takeBuffer()
	defer s.api.giveBuffer(out)
	for _, e := range r.Events {
		if err := s.tell(ctx, out, e); err != nil {
			return false, err
		}
	}
	if alive, err := s.alive(0); err != nil || !alive {
		return false, cmp.Or(err, errOver)
	}
	s.place = r.Seq
	switch {
	case r.Lost:
		appendSignal(out, s.place, api.EventResync)
	case r.More: // who is cut off now goes on from here
		appendSignal(out, s.place, api.EventPing)
	}
	return r.More, s.flush(out)
}

// tell renders one event for this reader.
func (s *stream) tell(ctx context.Context, out *bytes.Buffer, e chat.Event) error {
	if e.ExceptDevice != 0 && e.ExceptDevice == s.device {
		return nil
	}
	r, err := s.api.renderer.Event(ctx, e)
	parts := [][]byte{r.All}
	if err == nil && r.One != nil {
		parts, err = r.One(ctx, s.user)
	}
	if chat.IsNotFound(err) { // gone by now
		return nil
	}
	for _, p := range parts {
		out.Write(p)
	}
	return err
}

// live tells what happens until the reader goes, its session ends, it is too
// slow or the server stops.
func (s *stream) live() error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var goOn bool
		var err error
		select {
		case <-s.listener.Wake():
			goOn, err = s.take()
		case <-ping.C:
			goOn, err = s.ping()
		}
		if err != nil || !goOn {
			return err
		}
	}
}

// ping says that the stream is alive and where it stands. It reports false when
// the stream is over.
func (s *stream) ping() (bool, error) {
	if alive, err := s.alive(recheckEvery); err == nil && !alive { // without an answer, it is asked again
		return false, nil
	}
	place := s.api.hub.Place() // before taking: whatever comes after it still waits then
	if goOn, err := s.take(); err != nil || !goOn {
		return goOn, err
	}
	s.place = max(s.place, place)
	return true, s.signal(api.EventPing)
}

// take writes what waits. It reports false when the stream is over.
func (s *stream) take() (bool, error) {
	frames, state := s.listener.Take()
	if state == hub.Doubted { // some of it may have happened since
		if alive, err := s.alive(0); err != nil || !alive { // who was doubted for nothing comes back
			return false, nil
		}
	}
	out := s.api.takeBuffer()
	defer s.api.giveBuffer(out)
	for _, f := range frames {
		if f.Seq != 0 && f.Seq <= s.place { // it was in what was read from the database
			continue
		}
		for _, p := range f.Parts {
			out.Write(p)
		}
		s.place = max(s.place, f.Seq)
	}
	if state == hub.Closed {
		out.WriteString(comeBack)
	}
	if err := s.flush(out); err != nil {
		return false, err
	}
	return state < hub.Cut, nil
}

// alive reports whether the session still stands, asking again only when the
// last answer is older than maxAge or the session was to end by now. It fails when
// the database is away or the server stops.
func (s *stream) alive(maxAge time.Duration) (bool, error) {
	now := time.Now()
	if now.Sub(s.checked) < maxAge && (s.expires == 0 || chat.TimeOf(now) < s.expires) {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(s.api.hub.Context(), readWithin)
	defer cancel()
	who, err := s.api.svc.Authenticate(ctx, s.token)
	if chat.CodeOf(err) == chat.Unauthorized {
		return false, nil
	}
	if err == nil {
		s.expires, s.checked = who.Device.Expires, now
	}
	return err == nil, err
}

// signal writes a frame that says something about the stream itself.
func (s *stream) signal(kind api.EventType) error {
	out := s.api.takeBuffer()
	defer s.api.giveBuffer(out)
	appendSignal(out, s.place, kind)
	return s.flush(out)
}

func appendSignal(out *bytes.Buffer, place int64, kind api.EventType) {
	b := out.AvailableBuffer()
	if place >= 0 {
		b = strconv.AppendInt(append(b, "id: "...), place, 10)
		b = append(b, '\n')
	}
	b = append(append(append(b, `data: {"type":"`...), kind...), "\"}\n\n"...)
	out.Write(b)
}

// flush sends what was written, in one piece. There is never a last chunk: a
// client that saw one would take the connection, which then closes, for free and
// send its next request into it.
func (s *stream) flush(out *bytes.Buffer) error {
	if out.Len() == 0 {
		return nil
	}
	if !s.chunked {
		return s.send(out.Bytes())
	}
	chunk := s.api.takeBuffer()
	defer s.api.giveBuffer(chunk)
	chunk.Write(append(strconv.AppendInt(chunk.AvailableBuffer(), int64(out.Len()), 16), "\r\n"...))
	chunk.Write(out.Bytes())
	chunk.WriteString("\r\n")
	return s.send(chunk.Bytes())
}

func (s *stream) send(b []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return errReaderGone
	}
	if _, err := s.conn.Write(b); err != nil {
		return errReaderGone
	}
	return nil
}
