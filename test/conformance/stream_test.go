package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/api"
)

// frame is one frame of an event stream.
type frame struct {
	id    int64 // 0: none
	event api.Event
	data  []byte
}

func (f frame) String() string { return fmt.Sprintf("id %d: %s", f.id, clip(f.data)) }

// is makes a match of a type.
func is(kind api.EventType) func(frame) bool {
	return func(f frame) bool { return f.event.Type == kind }
}

// stream is an open event stream. A goroutine reads it and holds every frame
// against the description.
type stream struct {
	s      *target
	header http.Header
	close  context.CancelFunc

	mu     sync.Mutex
	frames []frame
	read   int           // frames that the test has looked at
	more   chan struct{} // closed when something new came
	ended  bool
	wrong  []string // what broke the format
}

// place says where a stream begins.
type place struct {
	after string // Last-Event-ID; empty: none
	// query and header carry the token in place of the header accesstoken; empty:
	// they do not.
	query, header string
	path          string // empty: /api/sse
}

// listen opens a person's event stream. Unless it begins at a place, it is live
// then: it has told all that happened before.
func (p person) listen(t testing.TB, at ...place) *stream {
	t.Helper()
	st := p.open(t, at...)
	st.next(t, "the first PING", is(api.EventPing))
	if len(at) == 0 || at[0].after == "" {
		st.next(t, "the mark", p.s.mark(t))
	}
	return st
}

// open opens a person's event stream.
func (p person) open(t testing.TB, at ...place) *stream {
	t.Helper()
	q := request{method: "GET", path: "/api/sse", token: p.Token}
	for _, at := range at {
		if at.path != "" {
			q.path = at.path
		}
		if at.after != "" {
			q.header = append(q.header, "Last-Event-ID: "+at.after)
		}
		if at.query != "" {
			q.path += "?" + at.query
		}
		if at.header != "" {
			q.header = append(q.header, at.header)
		}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	req, err := p.s.newRequest(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	waiting := time.AfterFunc(patience, cancel)
	resp, err := p.s.http.Do(req)
	if err != nil {
		t.Fatalf("GET /api/sse: %v", err)
	}
	waiting.Stop()
	r := reply{what: "GET /api/sse", status: resp.StatusCode, header: resp.Header, op: p.s.spec.find("GET", "/api/sse")}
	p.s.checkHead(t, r)
	if err := p.s.spec.validate(r.op, r.status, r.header, nil); err != nil || r.status != http.StatusOK {
		t.Fatalf("GET /api/sse: %d, %v", r.status, err)
	}
	st := &stream{s: p.s, header: resp.Header, close: cancel, more: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		st.take(resp.Body)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		resp.Body.Close()
		for _, w := range st.wrong {
			t.Errorf("event stream: %s", w)
		}
	})
	return st
}

// take reads the stream to its end.
func (st *stream) take(body io.Reader) {
	lines := bufio.NewReaderSize(body, 1<<20)
	var f frame
	var text []string // the lines of the frame so far
	last := int64(0)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			st.add(func() { st.ended = true })
			return
		}
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			text = append(text, line)
			continue
		}
		complaint := f.parse(text, st.s.spec)
		if f.event.Type == api.EventResync { // the order may have begun anew
			last = 0
		}
		if complaint == "" && f.id != 0 && (f.id < last || f.id == last && f.event.Type != api.EventPing && f.event.Type != api.EventResync) {
			complaint = fmt.Sprintf("the place goes from %d to %d", last, f.id)
		}
		last = max(last, f.id)
		got := f
		st.add(func() {
			if complaint != "" {
				st.wrong = append(st.wrong, fmt.Sprintf("%s in %q", complaint, text))
			}
			if got.data != nil {
				st.frames = append(st.frames, got)
			}
		})
		f, text = frame{}, nil
	}
}

func (st *stream) add(change func()) {
	st.mu.Lock()
	defer st.mu.Unlock()
	change()
	close(st.more)
	st.more = make(chan struct{})
}

// parse reads the lines of a frame and says what is wrong with them.
func (f *frame) parse(lines []string, s *spec) string {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case name == "id" && f.id == 0 && f.data == nil:
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				return "not a place"
			}
			f.id = n
		case name == "data" && f.data == nil:
			f.data = []byte(value)
		case name == "retry" && len(lines) == 1:
			return ""
		default:
			return "a line that is not expected"
		}
	}
	if err := json.Unmarshal(f.data, &f.event); err != nil {
		return err.Error()
	}
	schema, ok := s.events[string(f.event.Type)]
	if !ok {
		return "a type that is not described"
	}
	if err := validateJSON(schema, f.data); err != nil {
		return err.Error()
	}
	return strings.Join(eventFaults(decoded(f.data)), "; ")
}

// next waits for the first frame that matches among those that were not looked
// at yet, and passes over the others.
func (st *stream) next(t testing.TB, what string, match func(frame) bool) frame {
	t.Helper()
	frames := st.until(t, patience, what, match)
	return frames[len(frames)-1]
}

// until gives the frames that were not looked at yet, up to the first that
// matches.
func (st *stream) until(t testing.TB, d time.Duration, what string, match func(frame) bool) []frame {
	t.Helper()
	end := time.After(d)
	for {
		st.mu.Lock()
		frames, ended, more := st.frames[st.read:], st.ended, st.more
		i := slices.IndexFunc(frames, match)
		if i >= 0 {
			st.read += i + 1
		}
		st.mu.Unlock()
		switch {
		case i >= 0:
			return frames[:i+1]
		case ended:
			t.Fatalf("the stream ended without %s; it had %v", what, frames)
		}
		select {
		case <-more:
		case <-end:
			t.Fatalf("not within %v: %s; there is %v", d, what, frames)
		}
	}
}

// end waits until the server ends the stream and gives the frames that were not
// looked at yet.
func (st *stream) end(t testing.TB, within time.Duration) []frame {
	t.Helper()
	end := time.After(within)
	for {
		st.mu.Lock()
		frames, ended, more := st.frames[st.read:], st.ended, st.more
		st.mu.Unlock()
		if ended {
			return frames
		}
		select {
		case <-more:
		case <-end:
			t.Fatalf("the stream is still open after %v", within)
		}
	}
}

// last gives the newest place the stream has told.
func (st *stream) last() string {
	st.mu.Lock()
	defer st.mu.Unlock()
	out := int64(0)
	for _, f := range st.frames {
		out = max(out, f.id)
	}
	return strconv.FormatInt(out, 10)
}

// named reports whether an event is about a user with a name.
func (f frame) named(name string) bool {
	return f.event.User != nil && f.event.User.DisplayName != nil && *f.event.User.DisplayName == name
}

// mark makes something happen that everyone is told and that never happens
// again, so that a stream which tells it has told all that came before. It gives
// the match of it.
func (s *target) mark(t testing.TB) func(frame) bool {
	t.Helper()
	owner := s.people.owner()
	room := s.marks.of(t, owner)
	key := data[api.APIKeyData](t, owner.post(t, keysPath(room), object{"displayName": "mark"})).APIKey
	name := fmt.Sprint("mark ", key.ID)
	owner.put(t, keyPath(key.ID), object{"displayName": name}).ok(t)
	return func(f frame) bool { return f.event.Type == api.EventUserUpdate && f.named(name) }
}

// markRoom is a room that only the owner is in.
type markRoom struct {
	mu sync.Mutex
	id int64 // 0: not made yet
}

// of gives the room, and makes it first where there is none: also after an attempt
// that failed, which is no failure of what comes later.
func (m *markRoom) of(t testing.TB, owner person) int64 {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.id == 0 {
		m.id = owner.room(t, "Marks")
	}
	return m.id
}

// told gives what a stream has told since it was looked at last, up to a mark,
// without what is told to everyone or says nothing.
func (st *stream) told(t testing.TB, mark func(frame) bool) []string {
	t.Helper()
	out := []string{}
	for _, f := range st.until(t, patience, "the mark", mark) {
		if text := brief(f); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// sameTold checks what was told, in order.
func sameTold(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the stream told %q, want %q", got, want)
	}
}

// brief says in short what a frame tells.
func brief(f frame) string {
	e := f.event
	switch e.Type {
	case api.EventNewMessage, api.EventUpdateMessage, api.EventDeleteMessage:
		return fmt.Sprintf("%s %d", e.Type, e.Message.ID)
	case api.EventDeleteRecord:
		return fmt.Sprintf("%s of %d by %d", e.Type, e.MessageRecord.MessageID, e.MessageRecord.UserID)
	case api.EventNewRecord:
		r := e.MessageRecord
		return fmt.Sprintf("%s of %d by %d: %d/%d/%d", r.Type, r.MessageID, r.UserID, e.DeliveredCount, e.SeenCount, e.TotalUserCount)
	case api.EventNewRoom, api.EventUpdateRoom, api.EventDeleteRoom:
		return fmt.Sprintf("%s %d", e.Type, e.Room.ID)
	case api.EventSeenRoom, api.EventRemovedFromRoom, api.EventAPIKeysChanged, api.EventMessageCounts:
		return fmt.Sprintf("%s %d", e.Type, e.RoomID)
	case api.EventUserUpdate, api.EventPing:
		return ""
	}
	return string(e.Type)
}
