package hub

import "spika/internal/chat"

// recent keeps the newest events as they were told, so that listeners who were
// cut off together do not all ask the database.
type recent struct {
	since   int64 // events up to this number are not kept
	entries []entry
	next    int             // where the next entry goes once the ring is full
	changed map[int64]int64 // rooms whose members changed, and when
	missed  map[int64]miss  // people to whom something was told while they did not listen
}

// miss is the newest event for one person that none of their devices read.
type miss struct {
	seq    int64
	except int64 // the device that none of them was for; 0: there is no such device
}

type entry struct {
	event  chat.Event
	told   Rendering
	unread bool // nobody listened, so it was not rendered
}

func newRecent(place int64, size int) recent {
	return recent{since: place, entries: make([]entry, 0, size), changed: map[int64]int64{}, missed: map[int64]miss{}}
}

func (r *recent) add(e chat.Event, told Rendering) { r.put(entry{event: e, told: told}) }

// addUnread notes an event that nobody listened to. What was for one person
// takes no place among the others: in a large room, each of its people makes
// such events all the time.
func (r *recent) addUnread(e chat.Event) {
	if e.ToUser == 0 || e.Kind == chat.RoomLeft {
		r.put(entry{event: e, unread: true})
		return
	}
	now := miss{e.Seq, e.ExceptDevice}
	if before := r.missed[e.ToUser]; before.seq > r.since && before.except != now.except {
		now.except = 0
	}
	if len(r.missed) >= maxMissed {
		r.forget(e.Seq)
	}
	r.missed[e.ToUser] = now
}

// outdate has the messages of an event's room, as they were told, read anew from
// the database: one of them was changed or deleted, and may stand in others that
// answer it.
func (r *recent) outdate(e chat.Event) {
	for i := range r.entries {
		old := &r.entries[i]
		if old.event.RoomID == e.RoomID && old.event.MessageID != 0 {
			old.told, old.unread = Rendering{}, true
		}
	}
}

// forget starts over from a place.
func (r *recent) forget(seq int64) {
	r.since, r.entries, r.next = seq, r.entries[:0], 0
	clear(r.missed)
}

// maxMissed is how many people who missed something are remembered.
const maxMissed = 10_000

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
	if m := r.missed[l.user]; m.seq > after && (m.except == 0 || m.except != l.device) {
		return nil, false
	}
	var out []Frame
	for i := range r.entries {
		e := &r.entries[(r.next+i)%len(r.entries)]
		switch {
		case e.event.Seq <= after:
		case e.event.Kind == chat.RoomDeleted: // who was in the room then may not be any more
			return nil, false
		case !l.audience(e.event):
		case e.unread || e.told.One != nil || e.event.Kind == chat.RoomLeft || e.event.Kind == chat.MessageHidden:
			return nil, false
		case e.told.All != nil:
			out = append(out, Frame{Seq: e.event.Seq, Parts: [][]byte{e.told.All}})
		}
	}
	return out, true
}
