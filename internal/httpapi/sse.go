package httpapi

import (
	"context"
	"errors"
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
)

// stream is an open event stream.
type stream struct {
	api      *API
	w        http.ResponseWriter
	ctl      *http.ResponseController
	token    string
	who      chat.Session
	listener *hub.Listener
	place    int64 // the number of the newest event the reader has
	frames   []hub.Frame
	checked  time.Time // when the session was last found alive
}

// stream serves GET /api/sse.
func (a *API) stream(c *call) error {
	by := c.streamCredentials()
	who, err := a.authenticate(c, by)
	if err != nil {
		return err
	}
	after, known := lastEventID(c.r)
	listener, catchup, err := a.hub.Listen(c.r.Context(), who.User.ID, who.Device.ID, after)
	if err != nil {
		return err
	}
	defer listener.Close()
	s := &stream{
		api: a, w: c.w, ctl: http.NewResponseController(c.w), token: by.token, who: who,
		listener: listener, place: catchup.Place, checked: time.Now(),
	}
	c.status = http.StatusOK
	s.head()
	err = s.catchUp(c.r.Context(), catchup, known)
	if err == nil {
		err = s.live(c.r.Context())
	}
	if errors.Is(err, errReaderGone) || c.r.Context().Err() != nil {
		return nil
	}
	return err
}

// errReaderGone says that nobody reads the stream any more.
var errReaderGone = errors.New("the reader is gone")

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

func (s *stream) head() {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Connection", "keep-alive")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	s.w.WriteHeader(http.StatusOK)
}

// catchUp tells the reader where it stands, and what it missed as far as that
// must come from the database.
func (s *stream) catchUp(ctx context.Context, c hub.Catchup, known bool) error {
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
		r, err := s.api.svc.Replay(ctx, s.who.User.ID, s.place)
		if err != nil {
			return err
		}
		for _, e := range r.Events {
			if err := s.tell(ctx, e); err != nil {
				return err
			}
		}
		s.place, more = r.Seq, r.More
		if r.Lost {
			if err := s.signal(api.EventResync); err != nil {
				return err
			}
		}
		if err := s.flush(); err != nil {
			return err
		}
	}
	return nil
}

// tell renders one event for this reader.
func (s *stream) tell(ctx context.Context, e chat.Event) error {
	if e.ExceptDevice != 0 && e.ExceptDevice == s.who.Device.ID {
		return nil
	}
	r, err := s.api.renderer.Event(ctx, e)
	parts := [][]byte{r.All}
	if err == nil && r.One != nil {
		parts, err = r.One(ctx, s.who.User.ID)
	}
	if chat.IsNotFound(err) { // gone by now
		return nil
	}
	if err != nil {
		return err
	}
	return s.write(parts)
}

// live tells what happens until the reader goes, its session ends, it is too
// slow or the server stops.
func (s *stream) live(ctx context.Context) error {
	defer func() { _ = s.ctl.SetWriteDeadline(time.Time{}) }() // the connection may serve other requests
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return errReaderGone
		case <-s.listener.Wake():
			if goOn, err := s.take(ctx); err != nil || !goOn {
				return err
			}
		case <-ping.C:
			if !s.alive(ctx, recheckEvery) {
				return nil
			}
			place := s.api.hub.Place() // before taking: what comes after it still waits then
			if goOn, err := s.take(ctx); err != nil || !goOn {
				return err
			}
			s.place = max(s.place, place)
			if err := s.signal(api.EventPing); err != nil {
				return err
			}
		}
	}
}

// take writes what waits. It reports false when the stream is over.
func (s *stream) take(ctx context.Context) (bool, error) {
	frames, state := s.listener.Take(s.frames)
	s.frames = frames
	for _, f := range frames {
		if f.Seq != 0 && f.Seq <= s.place { // it was in what was read from the database
			continue
		}
		if err := s.write(f.Parts); err != nil {
			return false, err
		}
		s.place = max(s.place, f.Seq)
	}
	clear(frames)
	if len(frames) > keepFrames {
		s.frames = nil
	}
	switch state {
	case hub.Doubted:
		if !s.alive(ctx, 0) {
			return false, nil
		}
	case hub.Closed:
		return false, errors.Join(s.write([][]byte{[]byte("retry: 500\n\n")}), s.flush())
	case hub.Cut:
		return false, nil
	case hub.Open:
	}
	return true, s.flush()
}

// keepFrames is how much room for frames a quiet stream keeps.
const keepFrames = 16

// alive reports whether the session still stands, asking again only when the
// last answer is older than maxAge or the session was to end by now.
func (s *stream) alive(ctx context.Context, maxAge time.Duration) bool {
	now := time.Now()
	expires := s.who.Device.Expires
	if now.Sub(s.checked) < maxAge && (expires == 0 || chat.TimeOf(now) < expires) {
		return true
	}
	who, err := s.api.svc.Authenticate(ctx, s.token)
	if chat.CodeOf(err) == chat.Unauthorized {
		return false
	}
	if err == nil { // else the database is away: the session is asked for again
		s.who, s.checked = who, now
	}
	return true
}

// signal writes a frame that says something about the stream itself.
func (s *stream) signal(kind api.EventType) error {
	frame, err := appendFrame(nil, s.place, api.SignalEvent{Type: kind})
	if err != nil {
		return err
	}
	return errors.Join(s.write([][]byte{frame}), s.flush())
}

func (s *stream) write(parts [][]byte) error {
	if err := s.ctl.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := s.w.Write(p); err != nil {
			return errReaderGone
		}
	}
	return nil
}

func (s *stream) flush() error {
	if s.ctl.Flush() != nil {
		return errReaderGone
	}
	return nil
}
