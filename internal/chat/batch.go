package chat

import (
	"context"
	"slices"
	"sort"
)

// How many messages a batch holds.
const (
	BatchSize    = MessagePage // unless the asker says otherwise
	MaxBatchSize = 200
)

// BatchRequest says which messages of a room are wanted: those older than one,
// those newer than one, those around one, or the newest.
type BatchRequest struct {
	RoomID int64
	Older  int64 // id of the message that the wanted ones are older than; 0: see Newer
	Newer  int64 // id of the message that the wanted ones are newer than; 0: see Target
	Target int64 // id of the message in the middle; 0, or one the asker cannot see: the newest
	Limit  int   // messages wanted; more than MaxBatchSize are not given
}

// Batch is a stretch of a room's messages, newest first, and what is beyond it.
type Batch struct {
	List         []MessageView
	Up, Down     int64 // ids to ask for older and newer messages with; 0: there are none
	Older, Newer bool  // whether there are any
}

// Batch gives messages around a place in a room, and notes like Messages that
// the asker has received what there is. Fails with NotFound when the asker is not
// a member, Invalid when a place is named that is not in the room.
func (s *Service) Batch(ctx context.Context, who Session, req BatchRequest) (Batch, error) {
	if req.Older != 0 && req.Newer != 0 {
		return Batch{}, Errorf(Invalid, "cursorUp and cursorDown exclude each other: one goes to older messages, the other to newer ones")
	}
	member, room, err := s.currentMember(ctx, req.RoomID, who.User.ID)
	if err != nil {
		return Batch{}, err
	}
	if member.DeliveredN < room.LastN {
		if err := s.receiveSoon(ctx, who, place{room.ID, room.LastN}); err != nil {
			return Batch{}, err
		}
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (Batch, error) {
		sight, err := sightOf(ctx, r, req.RoomID, who.User.ID)
		if err != nil {
			return Batch{}, err
		}
		return sight.batch(ctx, r, req)
	})
}

// sight is what a member can see of a room: the messages first..last that were not
// withheld.
type sight struct{ room, user, first, last int64 }

// sightOf gives what a member sees, NotFound when the user is none.
func sightOf(ctx context.Context, r Reader, roomID, user int64) (sight, error) {
	member, err := r.Member(ctx, roomID, user)
	if err != nil || member.Left {
		return sight{}, Errorf(NotFound, "No room found").unless(err)
	}
	room, err := r.Room(ctx, roomID)
	return sight{roomID, user, member.JoinN + 1, room.LastN}, err
}

// before gives the newest messages up to number n, newest first.
func (g sight) before(ctx context.Context, r Reader, n int64, limit int) ([]Message, error) {
	return r.MessagesFor(ctx, g.user, Stretch{RoomID: g.room, From: g.first, To: min(n, g.last), Limit: limit})
}

// after gives the oldest messages from number n on, oldest first.
func (g sight) after(ctx context.Context, r Reader, n int64, limit int) ([]Message, error) {
	return r.MessagesFor(ctx, g.user, Stretch{RoomID: g.room, From: max(n, g.first), To: g.last, Limit: limit, Up: true})
}

// number gives the number of a message of the room.
func (g sight) number(ctx context.Context, r Reader, id int64, name string) (int64, error) {
	m, err := r.Message(ctx, id)
	if err != nil && !IsNotFound(err) {
		return 0, err
	}
	if err != nil || m.RoomID != g.room {
		return 0, Errorf(Invalid, "%s must be the id of a message of this room", name)
	}
	return m.N, nil
}

func (g sight) batch(ctx context.Context, r Reader, req BatchRequest) (Batch, error) {
	var found span
	var err error
	limit := min(max(req.Limit, 1), MaxBatchSize)
	switch {
	case req.Older != 0:
		found, err = g.olderThan(ctx, r, req.Older, limit)
	case req.Newer != 0:
		found, err = g.newerThan(ctx, r, req.Newer, limit)
	default:
		found, err = g.around(ctx, r, req.Target, limit)
	}
	if err != nil {
		return Batch{}, err
	}
	out := Batch{Older: found.older, Newer: found.newer}
	if out.Older {
		out.Up = found.oldest()
	}
	if out.Newer {
		out.Down = found.newest()
	}
	out.List, err = listed(ctx, r, g.user, found.msgs)
	return out, err
}

// span are neighbouring messages, newest first, and whether there are more.
type span struct {
	msgs         []Message
	older, newer bool
	cursor       int64 // id of the message they were asked for with; 0: none
}

func (v span) newest() int64 {
	if len(v.msgs) == 0 {
		return v.cursor
	}
	return v.msgs[0].ID
}

func (v span) oldest() int64 {
	if len(v.msgs) == 0 {
		return v.cursor
	}
	return v.msgs[len(v.msgs)-1].ID
}

// olderThan gives the messages before one, which itself is newer than they are.
func (g sight) olderThan(ctx context.Context, r Reader, id int64, limit int) (span, error) {
	n, err := g.number(ctx, r, id, "cursorUp")
	if err != nil {
		return span{}, err
	}
	msgs, err := g.before(ctx, r, n-1, limit+1)
	return span{msgs[:min(len(msgs), limit)], len(msgs) > limit, n >= g.first, id}, err
}

// newerThan gives the messages after one.
func (g sight) newerThan(ctx context.Context, r Reader, id int64, limit int) (span, error) {
	n, err := g.number(ctx, r, id, "cursorDown")
	if err != nil {
		return span{}, err
	}
	msgs, err := g.after(ctx, r, n+1, limit+1)
	more := len(msgs) > limit
	msgs = msgs[:min(len(msgs), limit)]
	slices.Reverse(msgs)
	return span{msgs, n >= g.first, more, id}, err
}

// around gives a message with as many older as newer ones, or the newest messages
// when the user cannot see it.
func (g sight) around(ctx context.Context, r Reader, id int64, limit int) (span, error) {
	top, newer := g.last, span{}
	if id != 0 {
		m, _, err := seenMessage(ctx, r, g.user, id)
		if err != nil && !IsNotFound(err) {
			return span{}, err
		}
		if err == nil && m.RoomID == g.room {
			top = m.N
			half := (limit - 1) / 2
			if newer, err = g.newerThan(ctx, r, id, half); err != nil {
				return span{}, err
			}
		}
	}
	limit -= len(newer.msgs)
	msgs, err := g.before(ctx, r, top, limit+1)
	older := len(msgs) > limit
	return span{slices.Concat(newer.msgs, msgs[:min(len(msgs), limit)]), older, newer.newer, 0}, err
}

// FirstSince gives the id of the first message of a room that the asker can see
// and that was stored at a moment or later; 0: there is none. Fails with NotFound
// when the asker is not a member.
func (s *Service) FirstSince(ctx context.Context, who Session, room int64, at Time) (int64, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (int64, error) {
		g, err := sightOf(ctx, r, room, who.User.ID)
		if err != nil {
			return 0, err
		}
		var found int64
		// Numbers and times grow together, so that a few looks find the place.
		sort.Search(int(max(0, g.last-g.first+1)), func(i int) bool {
			if err != nil {
				return true
			}
			var next []Message
			next, err = g.after(ctx, r, g.first+int64(i), 1)
			if err != nil || len(next) == 0 {
				return true
			}
			if next[0].Created < at {
				return false
			}
			found = next[0].ID
			return true
		})
		return found, err
	})
}

// OldestMessage gives when the first message of a room that the asker can see was
// stored; 0: there is none. Fails with NotFound when the asker is not a member.
func (s *Service) OldestMessage(ctx context.Context, who Session, room int64) (Time, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (Time, error) {
		g, err := sightOf(ctx, r, room, who.User.ID)
		if err != nil {
			return 0, err
		}
		first, err := g.after(ctx, r, g.first, 1)
		if err != nil || len(first) == 0 {
			return 0, err
		}
		return first[0].Created, nil
	})
}
