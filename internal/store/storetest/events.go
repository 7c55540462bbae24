package storetest

import (
	"context"

	"spika/internal/chat"
)

func eventTests() []test {
	return []test{
		{"an event is kept whole", eventIsKeptWhole},
		{"events are listed in order, from a place to a place", eventsAreListed},
		{"an event's audience is who was there", audienceIsWhoWasThere},
		{"one person's events are that person's", onePersonsEvents},
		{"old events are forgotten, oldest first", oldEventsAreForgotten},
	}
}

func eventIsKeptWhole(r *rig) {
	seq := r.seq()
	want := chat.Event{
		Kind: chat.ReceiptMade, RoomID: 1, ToUser: 2, UserID: 3, ExceptDevice: 4, MessageID: 5, Data: []byte(`{"k":1,"é":"🎉"}`),
	}
	want.At = stored(r, func(_ context.Context, tx chat.Tx) (chat.Time, error) {
		tx.Emit(want)
		return tx.Stamp(), nil
	})
	want.Seq = seq + 1
	same(r, r.events(seq), []chat.Event{want})
}

func eventsAreListed(r *rig) {
	start := r.seq()
	for range 3 {
		r.change(func(_ context.Context, tx chat.Tx) error {
			tx.Emit(chat.Event{Kind: chat.UserChanged})
			tx.Emit(chat.Event{Kind: chat.UserChanged})
			return nil
		})
	}
	seqs := func(after, upTo int64, limit int) []int64 {
		r.Helper()
		return each(got[[]chat.Event](r)(r.s.Events(r.ctx, start+after, start+upTo, limit)), func(e chat.Event) int64 { return e.Seq - start })
	}
	same(r, seqs(0, 99, 99), []int64{1, 2, 3, 4, 5, 6})
	same(r, seqs(2, 5, 99), []int64{3, 4, 5})
	same(r, seqs(1, 99, 2), []int64{2, 3})
	same(r, seqs(6, 99, 99), nil)
	same(r, seqs(4, 3, 99), nil)
}

// say emits one event and gives its number.
func (r *rig) say(e chat.Event) int64 {
	r.Helper()
	return stored(r, func(_ context.Context, tx chat.Tx) (int64, error) {
		tx.Emit(e)
		return tx.NextSeq() - 1, nil
	})
}

func (r *rig) heard(u chat.User, after int64) []int64 {
	r.Helper()
	return each(got[[]chat.Event](r)(r.s.EventsFor(r.ctx, u.ID, after, 1<<40, 1<<20)), eventSeq)
}

func audienceIsWhoWasThere(r *rig) {
	ana, bob, out := r.person("Ana"), r.person("Bob"), r.person("Out")
	room := r.room("Ops", ana)
	start := r.seq()
	inRoom := chat.Event{Kind: chat.RoomChanged, RoomID: room.ID}
	before := r.say(inRoom)
	r.enter(room, bob) // its event is the first Bob hears
	joined := r.seq()
	during := r.say(inRoom)
	r.leave(room, bob) // its event is the first Bob does not hear
	left := r.seq()
	after := r.say(inRoom)
	r.enter(room, bob)
	back := r.seq()
	again := r.say(inRoom)
	everyone := r.say(chat.Event{Kind: chat.UserChanged, UserID: bob.ID})
	same(r, r.heard(ana, start), []int64{before, joined, during, left, after, back, again, everyone})
	same(r, r.heard(bob, start), []int64{joined, during, back, again, everyone})
	same(r, r.heard(out, start), []int64{everyone})
	same(r, r.heard(bob, during), []int64{back, again, everyone})
	list := got[[]chat.Event](r)(r.s.EventsFor(r.ctx, bob.ID, start, again, 2))
	same(r, each(list, eventSeq), []int64{joined, during})
	list = got[[]chat.Event](r)(r.s.EventsFor(r.ctx, bob.ID, during, again, 99))
	same(r, each(list, eventSeq), []int64{back, again})
}

func onePersonsEvents(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana)
	start := r.seq()
	toAna := r.say(chat.Event{Kind: chat.RoomSeen, RoomID: room.ID, ToUser: ana.ID})
	toBob := r.say(chat.Event{Kind: chat.RoomLeft, RoomID: room.ID, ToUser: bob.ID}) // who is not in the room
	same(r, r.heard(ana, start), []int64{toAna})
	same(r, r.heard(bob, start), []int64{toBob})
}

func oldEventsAreForgotten(r *rig) {
	is(r, int64(0))(r.s.Forgotten(r.ctx))
	var at []chat.Time
	for range 5 {
		at = append(at, stored(r, func(_ context.Context, tx chat.Tx) (chat.Time, error) {
			tx.Emit(chat.Event{Kind: chat.UserChanged})
			return tx.Stamp(), nil
		}))
	}
	all := r.events(0)
	drop := func(before chat.Time, limit int) int64 {
		r.Helper()
		return stored(r, func(ctx context.Context, tx chat.Tx) (int64, error) { return tx.DropEvents(ctx, before, limit) })
	}
	same(r, drop(at[0], 10), int64(0))
	is(r, int64(0))(r.s.Forgotten(r.ctx))
	same(r, drop(at[3], 2), int64(2))
	same(r, r.events(0), all[2:])
	is(r, all[1].Seq)(r.s.Forgotten(r.ctx))
	same(r, drop(at[3], 2), int64(1))
	same(r, drop(at[4]+1, 10), int64(2))
	same(r, r.events(0), nil)
	is(r, all[4].Seq)(r.s.Forgotten(r.ctx))
	if next := r.say(chat.Event{Kind: chat.UserChanged}); next <= all[4].Seq {
		r.Fatalf("number %d was given out again", next)
	}
}
