package chat

import (
	"context"
	"time"
)

// Cut is a place in a list by time of change: right after one entry. The zero Cut
// is before all.
type Cut struct {
	At                   Time  // of the entry's change
	RoomID, UserID, Rank int64 // of records only; the rank tells a person's records of one room apart by kind
	ID                   int64 // the entry's; of records the number of the message
}

// before is the place right before the entry that the cut is after.
func (c Cut) before() Cut {
	c.ID--
	return c
}

// Changed is an entry of a list by time of change.
type Changed[T any] struct {
	Entry T
	Cut   Cut // right after it
}

// Part is a part of a list by time of change: at most Limit of the entries after a
// cut, without the first Offset of them.
type Part struct {
	After         Cut
	Limit, Offset int
}

// WalkKind tells apart what a device walks through.
type WalkKind string

// The kinds of walks.
const (
	WalkMessages WalkKind = "messages"
	WalkEdited   WalkKind = "edited" // messages changed since they were stored
	WalkUsers    WalkKind = "users"
	WalkContacts WalkKind = "contacts" // users, where everyone sees only theirs
	WalkRooms    WalkKind = "rooms"
	WalkRecords  WalkKind = "records"
)

// Walk is where a device is in the pages of something it syncs. An entry that is
// changed meanwhile moves to the end; the others stay after the same cuts, so that
// none is missed, which counting them would do.
type Walk struct {
	Kind       WalkKind
	Since      Time
	Page       int // the last one given that another one follows; from 0
	From, Next Cut // where it began, and where the next one begins
}

// cut gives where a page begins; false: the walk did not come there.
func (w Walk) cut(since Time, page int) (Cut, bool) {
	switch {
	case w.Kind == "" || w.Since != since:
		return Cut{}, false
	case page == w.Page:
		return w.From, true
	default:
		return w.Next, page == w.Page+1
	}
}

// walker is a device that asks for a page.
type walker struct {
	who   Session
	kind  WalkKind
	since Time
	page  int // from 0
}

// walked is a list that is walked through, and how what is read of it is shown.
type walked[T, V any] struct {
	size int
	read func(ctx context.Context, r Reader, p Part) ([]Changed[T], error)
	show func(ctx context.Context, r Reader, list []T) ([]V, error)
}

// step is what a walker comes to.
type step[V any] struct {
	list []V
	more bool
	walk Walk
	news bool // the walk is not kept like that yet
}

// walk gives a page and whether there is another one. Where that one begins is on
// disk before the page is answered; the last page, as most are, is only read. A
// page that the device's walk did not come to, the first one among them, is
// counted from the beginning.
func walk[T, V any](ctx context.Context, s *Service, w walker, l walked[T, V]) ([]V, bool, error) {
	out, err := view(ctx, s, func(ctx context.Context, r Reader) (step[V], error) { return l.step(ctx, r, w) })
	if err == nil && out.news {
		err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.SetWalk(ctx, w.who, out.walk) })
	}
	return out.list, out.more, err
}

// step reads a page, shows it and finds where the next one begins.
func (l walked[T, V]) step(ctx context.Context, r Reader, w walker) (step[V], error) {
	part, err := w.part(ctx, r, l.size)
	if err != nil {
		return step[V]{}, err
	}
	list, err := l.read(ctx, r, part)
	if err != nil {
		return step[V]{}, err
	}
	out := step[V]{more: len(list) > l.size}
	if out.more {
		list = list[:l.size]
		out.walk = Walk{Kind: w.kind, Since: w.since, Page: w.page, From: list[0].Cut.before(), Next: list[l.size-1].Cut}
		kept, err := r.Walk(ctx, w.who, w.kind)
		if err != nil {
			return step[V]{}, err
		}
		out.news = kept != out.walk
	}
	var entries []T
	for _, c := range list {
		entries = append(entries, c.Entry)
	}
	out.list, err = l.show(ctx, r, entries)
	return out, err
}

// part gives what to read for a page and to know whether another one follows.
func (w walker) part(ctx context.Context, r Reader, size int) (Part, error) {
	counted := Part{Limit: size + 1, Offset: w.page * size}
	if w.page == 0 {
		return counted, nil
	}
	kept, err := r.Walk(ctx, w.who, w.kind)
	if after, ok := kept.cut(w.since, w.page); ok {
		return Part{Limit: size + 1, After: after}, err
	}
	return counted, err
}

// walksKeptDays is how long a device can take to ask for its next page.
const walksKeptDays = 7

// DropOldWalks forgets the walks that nobody went on with.
func (s *Service) DropOldWalks(ctx context.Context) error {
	before := s.now().Add(-walksKeptDays * 24 * time.Hour)
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.DropWalks(ctx, before) })
}
