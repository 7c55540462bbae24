package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"spika/api"
)

// EventOptions say where a stream of events starts.
type EventOptions struct {
	// After is the ID of the last event that was handled; empty: only what
	// happens from now on.
	After string
	// Quiet is how long nothing at all may arrive before the connection is
	// taken for dead; 0: 20 s. The server sends something every 5 s.
	Quiet time.Duration
}

// Event is one thing that happened. Ignore types you do not know. EventPing says
// that the stream is live, EventResync that events were lost because the place
// asked for is older than what is kept: fetch anew what you show.
type Event struct {
	// ID is the event's place in the order of all changes; empty for what has
	// none. It is what EventOptions.After takes.
	ID string
	api.Event
	// Data is the event as it came, for types that api.Event does not know.
	Data json.RawMessage
}

const defaultQuiet = 20 * time.Second

// Events gives what happens to the person the session token belongs to, each
// event once and in order. When the connection is lost it connects again and
// goes on where it was, for as long as ctx lives; it ends with an error when
// ctx ends or the server refuses, as when the session was signed out.
func (c *Client) Events(ctx context.Context, o EventOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := stream{client: c, quiet: o.Quiet, last: o.After}
		if s.quiet == 0 {
			s.quiet = defaultQuiet
		}
		for n := 1; ; n++ {
			live, err := s.read(ctx, func(e Event) bool { return yield(e, nil) })
			if errors.Is(err, errStopped) {
				return
			}
			if live {
				n = 1
			}
			if final(err) || !sleep(ctx, s.pause(err, n)) {
				yield(Event{}, cmp.Or(ctx.Err(), err))
				return
			}
		}
	}
}

// errStopped says that whoever reads the events wants no more.
var errStopped = errors.New("stopped")

// final reports whether connecting again cannot help.
func final(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && refused.Status < 500 && refused.Status != http.StatusTooManyRequests && refused.Status != http.StatusRequestTimeout
}

// stream is where a reader of events stands.
type stream struct {
	client *Client
	quiet  time.Duration
	last   string        // the place reached
	retry  time.Duration // how long the server wants us to stay away
	begun  bool          // the connection's first PING is over
	held   []Event       // events whose place is not reached yet: it comes with the last of them
}

// pause is how long to stay away after the nth failure in a row.
func (s *stream) pause(err error, n int) time.Duration {
	d := max(s.retry, backoff(n))
	if refused, ok := errors.AsType[*Error](err); ok {
		d = max(d, min(refused.RetryAfter, maxRetryAfter))
	}
	return d
}

// read connects once and hands on what comes. live reports whether anything
// came.
func (s *stream) read(ctx context.Context, yield func(Event) bool) (live bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(s.quiet, cancel)
	defer watch.Stop()
	body, err := s.connect(ctx)
	if err != nil {
		return false, err
	}
	defer body.Close()
	s.held, s.begun = nil, s.last == "" // what was held comes again
	frames := newFrameReader(watched{body, watch, s.quiet})
	for {
		f, err := frames.next()
		if err != nil {
			return live, s.client.unreachable(err)
		}
		live = true
		if f.retry > 0 {
			s.retry = min(f.retry, maxRetryAfter)
		}
		for _, e := range s.take(f) {
			if !yield(e) {
				return live, errStopped
			}
		}
	}
}

func (s *stream) connect(ctx context.Context) (io.ReadCloser, error) {
	req, err := s.client.request(ctx, get("/api/sse"), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	if s.last != "" {
		req.Header.Set(api.HeaderLastEventID, s.last)
	}
	resp, err := s.client.http.Do(req)
	if err != nil {
		return nil, s.client.unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, s.client.unreachable(err)
	}
	return nil, refusal(resp, reply)
}

// take gives the events that are complete with this frame. A change can be told
// in several frames of which the last has the place; when the connection is
// lost among them, all of them come again. So they are given out only together.
func (s *stream) take(f frame) []Event {
	e := newEvent(f)
	switch {
	case e.Type == api.EventMessageCounts && !f.hasID: // it says how things are, and needs no place
		return []Event{e}
	case !f.hasID:
		if e.Type != "" {
			s.held = append(s.held, e)
		}
		return nil
	}
	ready := s.held
	s.held = nil
	switch {
	case e.Type == api.EventPing && !s.begun: // what was missed may still be to come
		s.begun = true
		return append(ready, e)
	case e.Type == api.EventPing, e.Type == api.EventResync: // after a RESYNC, the order may have begun anew
	case !after(f.id, s.last):
		return nil
	}
	s.last = f.id
	if e.Type != "" {
		ready = append(ready, e)
	}
	return ready
}

// newEvent reads a frame. One that is not understood must not stop the stream:
// it keeps no type, and is left out.
func newEvent(f frame) Event {
	e := Event{ID: f.id, Data: f.data}
	if json.Unmarshal(f.data, &e.Event) != nil {
		e.Event = api.Event{}
	}
	return e
}

// after reports whether a place lies after another. Places that are not numbers
// cannot be told apart, and count as new.
func after(id, last string) bool {
	a, errA := strconv.ParseInt(id, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	return errA != nil || errB != nil || a > b
}

// watched is a stream that puts off the watch whenever something arrives.
type watched struct {
	io.Reader
	watch *time.Timer
	quiet time.Duration
}

func (w watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if n > 0 {
		w.watch.Reset(w.quiet)
	}
	return n, err
}
