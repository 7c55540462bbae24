package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"spika/internal/chat"
)

func orderTests() []test {
	return []test{
		{"numbers, stamps and commits have one order", oneOrder},
		{"a clock that jumps does no harm", jumpingClock},
		{"two processes with different clocks have one order", differentClocks},
		{"two transactions never share a millisecond", millisecondsAreNotShared},
		{"numbers have no gaps", numbersHaveNoGaps},
		{"a change that stores nothing leaves no trace", nothingLeavesNoTrace},
	}
}

// checkOrder checks that messages and events so far are in one order: ids,
// events and stamps rise together, and each room's numbers have no gap.
func (r *rig) checkOrder(rooms ...chat.Room) {
	r.Helper()
	byID := map[int64]chat.Message{}
	first := int64(1 << 62)
	for _, room := range rooms {
		for i, m := range r.messages(room) {
			if m.N != int64(i+1) {
				r.Fatalf("message %d of room %d has number %d", i+1, room.ID, m.N)
			}
			byID[m.ID] = m
			first = min(first, m.ID)
		}
	}
	var last chat.Event
	lastID := first - 1
	for _, e := range r.events(0) {
		if e.Seq <= last.Seq || e.At < last.At {
			r.Fatalf("event %+v comes after %+v", e, last)
		}
		last = e
		if e.Kind != chat.MessagePosted {
			continue
		}
		m, ok := byID[e.MessageID]
		if !ok || m.ID != lastID+1 || m.Created != e.At {
			r.Fatalf("event %+v is about message %+v, after message %d", e, m, lastID)
		}
		lastID = m.ID
	}
	if announced := lastID - first + 1; announced != int64(len(byID)) {
		r.Fatalf("%d messages were announced, %d are stored", announced, len(byID))
	}
}

func oneOrder(r *rig) {
	ana := r.person("Ana")
	rooms := []chat.Room{r.room("a", ana), r.room("b", ana), r.room("c", ana)}
	r.together(90, func(i int) error {
		_, err := update(r, posting(rooms[i%3], ana, fmt.Sprint(i)))
		return err
	})
	r.checkOrder(rooms...)
}

// steppedClock is a clock a test sets.
type steppedClock struct{ ms atomic.Int64 }

func (c *steppedClock) now() time.Time { return time.UnixMilli(c.ms.Load()) }

func jumpingClock(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	clock := &steppedClock{}
	r.s = r.open(r, clock.now)
	_, last, err := r.s.Now(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	const hour = 3_600_000
	for _, jump := range []int64{0, 1, 5 - hour, -hour, -2 * hour, 2, hour, hour} {
		now := int64(last) + jump
		clock.ms.Store(now)
		m := r.post(room, ana, "x")
		if m.Created <= last {
			r.Fatalf("the stamp %d was given out after %d", m.Created, last)
		}
		if now > int64(last) && int64(m.Created) != now {
			r.Fatalf("at %d the stamp is %d", now, m.Created)
		}
		last = m.Created
	}
	r.checkOrder(room)
}

func differentClocks(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	behind := r.open(r, func() time.Time { return time.Now().Add(-time.Hour) })
	ahead := r.open(r, func() time.Time { return time.Now().Add(time.Second) })
	stores := []Store{r.s, behind, ahead}
	r.together(30, func(i int) error {
		return stores[i%3].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			_, err := posting(room, ana, fmt.Sprint(i))(ctx, tx)
			return err
		})
	})
	r.checkOrder(room)
}

// millisecondsAreNotShared: a reader that has seen one transaction's stamp asks
// for what is later, and would miss a second transaction with the same stamp
// that became visible after.
func millisecondsAreNotShared(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	at := time.Now().Add(time.Minute)
	stores := []Store{r.open(r, func() time.Time { return at }), r.open(r, func() time.Time { return at })}
	var since chat.Time
	for i := range 6 {
		r.s = stores[i/2%2]
		m := r.post(room, ana, "x")
		is(r, []chat.Message{m})(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{Since: since}, chat.Part{Limit: 10})))
		since = m.Modified
	}
}

func numbersHaveNoGaps(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	first := r.say(chat.Event{Kind: chat.UserChanged})
	for i := range 20 {
		err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			if _, err := posting(room, ana, "x")(ctx, tx); err != nil {
				return err
			}
			if i%2 == 1 {
				return chat.Errorf(chat.Invalid, "refused")
			}
			return nil
		})
		if (err != nil) != (i%2 == 1) {
			r.Fatal(err)
		}
	}
	r.checkOrder(room)
	events := r.events(first - 1)
	for i, e := range events {
		if e.Seq != first+int64(i) {
			r.Fatalf("event %d is followed by %d", e.Seq-1, e.Seq)
		}
	}
	same(r, len(events), 11)
}

func nothingLeavesNoTrace(r *rig) {
	ana := r.person("Ana")
	seq, ms, err := r.s.Now(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return isNow(ana)(tx.User(ctx, ana.ID)) })
	if err := r.s.Update(r.ctx, func(_ context.Context, tx chat.Tx) error {
		tx.Emit(chat.Event{Kind: chat.UserChanged})
		return chat.Errorf(chat.Conflict, "refused")
	}); chat.CodeOf(err) != chat.Conflict {
		r.Fatal(err)
	}
	seq2, ms2, err := r.s.Now(r.ctx)
	same(r, []any{seq2, ms2, err}, []any{seq, ms, nil})
}
