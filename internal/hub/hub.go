// Package hub tells live listeners what happens: it knows who listens and which
// rooms they are in, gives each event to its audience, and lets a listener that
// was away catch up. The events table is the truth; what is kept here only saves
// reading it. It knows nothing of HTTP or of how an event is written down.
package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"spika/internal/chat"
)

// Source is what the hub asks of the domain; *chat.Service is one.
type Source interface {
	// Replay gives a person's events after a place, and their rooms.
	Replay(ctx context.Context, user, after int64) (chat.Replay, error)
	// RoomPeople gives the people who are in a room now, with the number of the
	// first event in it that is for them: what is asked may be ahead of what is told.
	RoomPeople(ctx context.Context, room int64) (map[int64]int64, error)
}

// Renderer writes events down as listeners read them.
type Renderer interface {
	// Event renders an event as things are now.
	Event(ctx context.Context, e chat.Event) (Rendering, error)
	// Counts renders the counts of a room's messages numbered from..to; nil when
	// there is nothing to tell.
	Counts(ctx context.Context, room, from, to int64) ([]byte, error)
}

// Rendering is an event as its audience reads it: alike for all, or for each
// one by one, or, when both are nil, not at all.
type Rendering struct {
	All []byte
	One func(ctx context.Context, user int64) ([][]byte, error)
}

// Options say what a hub works with.
type Options struct {
	Source   Source
	Renderer Renderer
	Logger   *slog.Logger
	// CountsEvery is the least time between two tellings of a large room's
	// counts; 0: half a second.
	CountsEvery time.Duration
	// Remember is how many of the newest events are kept for listeners that come
	// back; 0: 4,096.
	Remember int
}

// Hub gives events to listeners. It is safe for concurrent use.
type Hub struct {
	opts   Options
	ctx    context.Context // ends with Close
	stop   context.CancelFunc
	ticker sync.WaitGroup

	mu     sync.Mutex
	closed bool
	place  int64 // number of the newest event that was given out
	users  map[int64]map[*Listener]struct{}
	rooms  map[int64]map[*Listener]struct{}
	recent recent
	counts map[int64]span // large rooms whose counts moved
}

// span is a range of message numbers.
type span struct{ from, to int64 }

const (
	defaultCountsEvery = 500 * time.Millisecond
	defaultRemember    = 4_096
)

// New makes a hub that stands at the given place in the order of events.
func New(place int64, o Options) *Hub {
	if o.CountsEvery == 0 {
		o.CountsEvery = defaultCountsEvery
	}
	if o.Remember == 0 {
		o.Remember = defaultRemember
	}
	h := &Hub{
		opts: o, place: place,
		users:  map[int64]map[*Listener]struct{}{},
		rooms:  map[int64]map[*Listener]struct{}{},
		counts: map[int64]span{},
		recent: newRecent(place, o.Remember),
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.ticker.Go(h.tellCounts)
	return h
}

// Close ends all listeners and what runs in the background.
func (h *Hub) Close() {
	h.stop()
	h.ticker.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, of := range h.users {
		for l := range of {
			l.end(Closed)
		}
	}
}

// Context ends when the hub closes. What is read for a listener is read under it.
func (h *Hub) Context() context.Context { return h.ctx }

// Listeners counts who listens now.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, of := range h.users {
		n += len(of)
	}
	return n
}

// Publish gives committed events to their audiences. It must be called with
// every event, in order, by one goroutine at a time.
func (h *Hub) Publish(events []chat.Event) {
	for i, e := range events {
		if e.Kind == chat.RoomChanged && changesAgain(events[i+1:], e.RoomID) {
			h.pass(e) // the later event tells the same room as it is now
			continue
		}
		h.give(e)
	}
}

// changesAgain reports whether the same room's change is told once more.
func changesAgain(later []chat.Event, room int64) bool {
	for _, e := range later {
		if e.Kind == chat.RoomChanged && e.RoomID == room {
			return true
		}
	}
	return false
}

// pass moves on over an event that nobody is told.
func (h *Hub) pass(e chat.Event) {
	h.follow(e)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent.add(e, Rendering{})
	h.place = e.Seq
}

// give tells one event.
func (h *Hub) give(e chat.Event) {
	h.follow(e)
	if h.passUnheard(e) {
		return
	}
	r, err := h.opts.Renderer.Event(h.ctx, e)
	if err != nil && !chat.IsNotFound(err) {
		h.putOff(e, err)
		return
	}
	if r.One != nil {
		h.giveEach(e, r)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent.add(e, r)
	h.place = e.Seq
	if r.All != nil {
		h.eachOf(e, func(l *Listener) { l.push(Frame{Seq: e.Seq, Parts: [][]byte{r.All}}) })
	}
}

// putOff cuts off those for whom an event is that cannot be told now, be it that
// the database is away or that the hub is about to close: they come back and read
// it there. Told a later event, they would never ask for this one again.
func (h *Hub) putOff(e chat.Event, cause error) {
	h.failed(e, cause)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent.addUnread(e)
	h.place = e.Seq
	h.eachOf(e, func(l *Listener) { l.end(Cut) })
}

// passUnheard moves on over an event that nobody listens to, and reports whether
// it did. Whoever joins after that reads it in the database.
func (h *Hub) passUnheard(e chat.Event) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := false
	h.eachOf(e, func(*Listener) { heard = true })
	if !heard {
		h.recent.addUnread(e)
		h.place = e.Seq
	}
	return !heard
}

// giveEach tells an event that each person reads in their own way. Rendering
// asks the database, so it is done without the lock, and again for those who
// join meanwhile.
func (h *Hub) giveEach(e chat.Event, r Rendering) {
	readers := map[int64][][]byte{}
	for asking := 0; ; asking++ {
		users := h.giveRendered(e, r, readers, asking == maxAsking)
		if len(users) == 0 {
			return
		}
		for user := range users {
			parts, err := r.One(h.ctx, user)
			if err != nil && !chat.IsNotFound(err) {
				h.putOff(e, err)
				return
			}
			readers[user] = parts
		}
	}
}

// maxAsking is how often an event is written down for those who have joined
// since the last time. After that they are cut off: they come back and read it in
// the database.
const maxAsking = 10

// giveRendered tells an event, if it is written down for everyone it is for or
// the last of those are to be cut off. Else it gives those that are missing.
func (h *Hub) giveRendered(e chat.Event, r Rendering, readers map[int64][][]byte, last bool) map[int64]struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	missing := map[int64]struct{}{}
	h.eachOf(e, func(l *Listener) {
		if _, asked := readers[l.user]; !asked {
			missing[l.user] = struct{}{}
		}
	})
	if len(missing) > 0 && !last {
		return missing
	}
	h.recent.add(e, r)
	h.place = e.Seq
	h.eachOf(e, func(l *Listener) {
		switch parts, asked := readers[l.user]; {
		case !asked:
			l.end(Cut)
		case parts != nil:
			l.push(Frame{Seq: e.Seq, Parts: parts})
		}
	})
	return nil
}

// eachOf calls do for every listener in an event's audience.
func (h *Hub) eachOf(e chat.Event, do func(*Listener)) {
	tell := func(l *Listener) {
		if e.ExceptDevice == 0 || l.device != e.ExceptDevice {
			do(l)
		}
	}
	switch {
	case e.ToUser != 0:
		for l := range h.users[e.ToUser] {
			tell(l)
		}
	case e.RoomID != 0:
		for l := range h.rooms[e.RoomID] {
			if e.Seq >= l.rooms[e.RoomID] {
				tell(l)
			}
		}
	default:
		for _, of := range h.users {
			for l := range of {
				tell(l)
			}
		}
	}
}

// follow keeps up with what an event changes about the listeners themselves.
func (h *Hub) follow(e chat.Event) {
	switch e.Kind {
	case chat.RoomMade, chat.RoomChanged:
		h.rereadRoom(e)
	case chat.RoomLeft:
		h.leaveRoom(e)
	case chat.AccessChanged:
		h.mu.Lock()
		defer h.mu.Unlock()
		for l := range h.users[e.UserID] {
			l.doubt()
		}
	case chat.ReceiptMade:
		h.noteCounts(e)
	case chat.MessageChanged, chat.MessageDeleted, chat.RoomDeleted: // with a room, its messages may be gone
		h.mu.Lock()
		defer h.mu.Unlock()
		h.recent.outdate(e)
	}
}

// rereadRoom brings the room's listeners up to date with its members.
func (h *Hub) rereadRoom(e chat.Event) {
	people, err := h.opts.Source.RoomPeople(h.ctx, e.RoomID)
	if err != nil {
		h.failed(e, err)
		h.cutAll() // each comes back and is read anew
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent.changed[e.RoomID] = e.Seq
	h.setRoom(e.RoomID, people)
}

// leaveRoom takes the listeners of who left out of the room. It asks nobody: a
// thousand can leave at once.
func (h *Hub) leaveRoom(e chat.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent.changed[e.RoomID] = e.Seq
	for l := range h.users[e.ToUser] {
		delete(l.rooms, e.RoomID)
		delete(h.rooms[e.RoomID], l)
	}
	if len(h.rooms[e.RoomID]) == 0 {
		delete(h.rooms, e.RoomID)
	}
}

// setRoom puts the listeners of people into a room, each from an event on, and
// takes all others out.
func (h *Hub) setRoom(room int64, people map[int64]int64) {
	for l := range h.rooms[room] {
		delete(l.rooms, room)
	}
	delete(h.rooms, room)
	for user, since := range people {
		for l := range h.users[user] {
			if l.ready {
				h.seat(l, room, since)
			}
		}
	}
}

func (h *Hub) seat(l *Listener, room, since int64) {
	if h.rooms[room] == nil {
		h.rooms[room] = map[*Listener]struct{}{}
	}
	h.rooms[room][l] = struct{}{}
	l.rooms[room] = since
}

// cutAll cuts every listener off, as if it had been too slow.
func (h *Hub) cutAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, of := range h.users {
		for l := range of {
			l.end(Cut)
		}
	}
}

func (h *Hub) failed(e chat.Event, err error) {
	if h.ctx.Err() == nil {
		h.opts.Logger.Error("an event cannot be told now; its listeners are cut off and read it when they are back", slog.Int64("event", e.Seq), slog.String("kind", string(e.Kind)), slog.Any("cause", err))
	}
}
