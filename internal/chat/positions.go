package chat

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// positionCache remembers where the people of rooms stand, for telling counts
// live: each new receipt tells its message's counts, and reading a thousand
// positions for that would make a room's receipts cost the square of its size.
// It follows the events, in their order.
type positionCache struct {
	mu    sync.Mutex
	seq   int64                          // of the newest event it has seen
	rooms map[int64]map[int64][]Position // by room and user: one for each stay
}

const maxPositionRooms = 1_000

// observe takes in committed events, in order.
func (c *positionCache) observe(events []Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range events {
		c.seq = e.Seq
		switch e.Kind {
		case RoomMade, RoomChanged, RoomLeft:
			delete(c.rooms, e.RoomID)
		case ReceiptMade:
			c.advance(e)
		}
	}
}

// advance moves a person's newest stay on.
func (c *positionCache) advance(e Event) {
	stays := c.rooms[e.RoomID][e.UserID]
	if len(stays) == 0 {
		return
	}
	data, err := e.Receipts()
	if err != nil {
		delete(c.rooms, e.RoomID)
		return
	}
	if data.Own { // it moves no position
		return
	}
	newest := &stays[len(stays)-1]
	if data.Kind == Seen {
		newest.SeenN = max(newest.SeenN, data.ToN)
	} else {
		newest.DeliveredN = max(newest.DeliveredN, data.ToN)
	}
}

// get gives a copy of a room's positions.
func (c *positionCache) get(room int64) ([]Position, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	users, ok := c.rooms[room]
	var out []Position
	for _, stays := range users {
		out = append(out, stays...)
	}
	return out, ok
}

// put keeps a room's positions as of an event, unless newer events have been
// seen meanwhile.
func (c *positionCache) put(room, seq int64, list []Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if seq < c.seq {
		return
	}
	if c.rooms == nil || len(c.rooms) >= maxPositionRooms {
		c.rooms = map[int64]map[int64][]Position{}
	}
	users := map[int64][]Position{}
	slices.SortFunc(list, olderStay)
	for _, p := range list {
		users[p.UserID] = append(users[p.UserID], p)
	}
	c.rooms[room] = users
}

// olderStay orders one person's stays. Who left and came back without a message
// in between has two from the same number on, of which the ended one is empty.
func olderStay(a, b Position) int {
	return cmp.Or(cmp.Compare(a.JoinN, b.JoinN), cmp.Compare(a.DeliveredN, b.DeliveredN), cmp.Compare(a.SeenN, b.SeenN))
}

// over gives a reader that knows the positions remembered here.
func (c *positionCache) over(r Reader) Reader { return knowing{r, c} }

type knowing struct {
	Reader
	cache *positionCache
}

// Positions implements Reader. It gives those of everyone in the room.
func (k knowing) Positions(ctx context.Context, room, _ int64) ([]Position, error) {
	if list, ok := k.cache.get(room); ok {
		return list, nil
	}
	seq, _, err := k.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := k.Reader.Positions(ctx, room, 0)
	if err == nil {
		k.cache.put(room, seq, list)
	}
	return list, err
}
