package hub

import "spika/internal/chat"

// recent keeps the newest events as they were told, so that listeners who were
// cut off together do not all ask the database.
type recent struct {
	since   int64 // events up to this number are not kept
	entries []entry
	next    int             // where the next entry goes once the ring is full
	changed map[int64]int64 // rooms whose members changed, and when
}

type entry struct {
	event  chat.Event
	told   Rendering
	unread bool // nobody listened, so it was not rendered
}

func newRecent(place int64, size int) recent {
	return recent{since: place, entries: make([]entry, 0, size), changed: map[int64]int64{}}
}

func (r *recent) add(e chat.Event, told Rendering) { r.put(entry{event: e, told: told}) }

func (r *recent) addUnread(e chat.Event) { r.put(entry{event: e, unread: true}) }

func (r *recent) put(e entry) {
	e.event.Message = nil // it is in what was told
	if len(r.entries) < cap(r.entries) {
		r.entries = append(r.entries, e)
		return
	}
	oldest := &r.entries[r.next]
	r.since = oldest.event.Seq
	if room := oldest.event.RoomID; r.changed[room] == r.since {
		delete(r.changed, room)
	}
	*oldest = e
	r.next = (r.next + 1) % len(r.entries)
}

// frames gives what l missed after a place, or false when only the database can
// tell: it is too long ago, l's rooms changed meanwhile, or an event is told to
// each reader in their own way.
func (r *recent) frames(l *Listener, after int64) ([]Frame, bool) {
	if after < r.since {
		return nil, false
	}
	for room := range l.rooms {
		if r.changed[room] > after {
			return nil, false
		}
	}
	var out []Frame
	for i := range r.entries {
		e := &r.entries[(r.next+i)%len(r.entries)]
		switch {
		case e.event.Seq <= after || !l.audience(e.event):
		case e.unread || e.told.One != nil || e.event.Kind == chat.RoomLeft:
			return nil, false
		case e.told.All != nil:
			out = append(out, Frame{Seq: e.event.Seq, Parts: [][]byte{e.told.All}})
		}
	}
	return out, true
}
