package hub

import (
	"context"
	"sync"

	"spika/internal/chat"
)

// Frame is what a listener reads at one place in the order of events. Seq is 0
// when it takes no place.
type Frame struct {
	Seq   int64
	Parts [][]byte // written one after the other; shared, not to be changed
}

// State tells how a listener stands.
type State int

// The states.
const (
	Open    State = iota
	Doubted       // the session may have ended: check it, then go on
	Cut           // too slow: it must come back and catch up
	Closed        // the hub has closed
)

// How much may wait for a slow reader before it is cut off.
const (
	maxWaiting      = 1_024
	maxWaitingBytes = 4 << 20
)

// Listener is one open stream of a person's device.
type Listener struct {
	hub          *Hub
	user, device int64

	// guarded by the hub's lock
	ready bool            // its rooms are known
	rooms map[int64]int64 // with the number of the first event that is for it

	wake chan struct{} // holds one signal: something waits, or the state changed

	mu      sync.Mutex
	state   State
	waiting []Frame
	bytes   int
	missed  int // how many of the waiting frames are what it missed: they do not count as slow
}

// Catchup is what a listener has to read before it goes live.
type Catchup struct {
	// Place is where the listener stands; the frames that wait come after it.
	Place int64
	// Replay says that events after From must first be read from the database,
	// and that waiting frames it covers must be dropped.
	Replay bool
	From   int64
}

// Listen opens a listener for a person's device. after is the last place the
// reader has read, negative for none. Close it when done.
func (h *Hub) Listen(ctx context.Context, user, device, after int64) (*Listener, Catchup, error) {
	l := &Listener{hub: h, user: user, device: device, rooms: map[int64]int64{}, wake: make(chan struct{}, 1)}
	h.enter(l)
	for {
		at, err := h.opts.Source.Replay(ctx, user, -1)
		if err != nil {
			l.Close()
			return nil, Catchup{}, err
		}
		if c, ok := h.join(l, at, after); ok {
			return l, c, nil
		}
	}
}

// enter makes the listener known, so that changes of its rooms reach it.
func (h *Hub) enter(l *Listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		l.end(Closed)
	}
	if h.users[l.user] == nil {
		h.users[l.user] = map[*Listener]struct{}{}
	}
	h.users[l.user][l] = struct{}{}
}

// join puts the listener into its rooms as of a place. It fails when the hub has
// seen one of them change since, so that they must be read again.
func (h *Hub) join(l *Listener, at chat.Replay, after int64) (Catchup, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.memberChangedSince(at.Seq) {
		return Catchup{}, false
	}
	l.ready = true
	for room, since := range at.Rooms {
		h.seat(l, room, since)
	}
	c := Catchup{Place: h.place}
	if after < 0 {
		return c, true
	}
	if frames, ok := h.recent.frames(l, after); ok && after <= h.place {
		c.Place = after
		l.catchUp(frames)
		return c, true
	}
	c.Replay, c.From = true, after
	return c, true
}

// memberChangedSince reports whether any room's members changed after a place.
func (h *Hub) memberChangedSince(seq int64) bool {
	for _, changed := range h.recent.changed {
		if changed > seq {
			return true
		}
	}
	return false
}

// audience reports whether an event is for the listener.
func (l *Listener) audience(e chat.Event) bool {
	switch {
	case e.ExceptDevice != 0 && e.ExceptDevice == l.device:
		return false
	case e.ToUser != 0:
		return e.ToUser == l.user
	case e.RoomID != 0:
		since, in := l.rooms[e.RoomID]
		return in && e.Seq >= since
	}
	return true
}

// Close takes the listener out of the hub.
func (l *Listener) Close() {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.users[l.user], l)
	if len(h.users[l.user]) == 0 {
		delete(h.users, l.user)
	}
	for room := range l.rooms {
		delete(h.rooms[room], l)
		if len(h.rooms[room]) == 0 {
			delete(h.rooms, room)
		}
	}
}

// catchUp lets what the reader missed wait for it.
func (l *Listener) catchUp(frames []Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(frames) > 0 {
		l.waiting, l.missed = frames, len(frames)
		l.signal()
	}
}

// push lets a frame wait for the reader, or cuts the reader off.
func (l *Listener) push(f Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state >= Cut {
		return
	}
	l.waiting = append(l.waiting, f)
	for _, p := range f.Parts {
		l.bytes += len(p)
	}
	if len(l.waiting)-l.missed > maxWaiting || l.bytes > maxWaitingBytes && len(l.waiting) > 1 {
		l.state, l.waiting = Cut, nil
	}
	l.signal()
}

func (l *Listener) end(s State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == Doubted && s > Doubted { // nobody checks any more whether it may be told what waits
		l.waiting = nil
	}
	l.state = max(l.state, s)
	l.signal()
}

func (l *Listener) doubt() { l.end(Doubted) }

func (l *Listener) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Wake gives a signal when Take has something to give.
func (l *Listener) Wake() <-chan struct{} { return l.wake }

// Take hands out what waits, and the state. A doubt is told once.
func (l *Listener) Take() ([]Frame, State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken, state := l.waiting, l.state
	l.waiting, l.bytes, l.missed = nil, 0, 0
	if state == Doubted {
		l.state = Open
	}
	return taken, state
}

// Place gives a number up to which every event was handed to its listeners: what
// of it a listener has not taken by now, waits.
func (h *Hub) Place() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.place
}
