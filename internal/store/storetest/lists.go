package storetest

import (
	"context"
	"fmt"

	"spika/internal/chat"
)

func listTests() []test {
	return []test{
		{"rooms are listed oldest first, page by page", roomsArePaged},
		{"rooms are found by part of their name", roomsAreFoundByName},
		{"only current, open rooms are listed", endedStaysAreNotListed},
		{"changed rooms are listed by time", changedRoomsAreListed},
		{"the history has the newest message first", historyIsOrdered},
		{"the history is found by the other person's name", historyIsFoundByName},
		{"the history holds what the user can see", historyIsVisible},
	}
}

func roomsArePaged(r *rig) {
	ana := r.person("Ana")
	var want []int64
	for i := range 7 {
		want = append(want, r.room(fmt.Sprint("Room ", 9-i), ana).ID)
	}
	r.room("another's", r.person("Bob"))
	is(r, int64(7))(r.s.RoomCount(r.ctx, ana.ID, ""))
	for i := range 4 {
		stays := got[[]chat.RoomStay](r)(r.s.RoomsOf(r.ctx, ana.ID, "", chat.Page{Limit: 3, Offset: 3 * i}))
		same(r, each(stays, stayRoom), want[min(3*i, 7):min(3*i+3, 7)])
		for _, st := range stays {
			is(r, st.Room)(r.s.Room(r.ctx, st.Room.ID))
			is(r, st.Member)(r.s.Member(r.ctx, st.Room.ID, ana.ID))
		}
	}
}

func roomsAreFoundByName(r *rig) {
	ana := r.person("Ana")
	ids := map[string]int64{}
	for _, name := range []string{"100% Ops", "1000 Ops", "ÜBER ops", "a_b", "aXb"} {
		ids[name] = r.room(name, ana).ID
	}
	for keyword, names := range map[string][]string{
		"OPS": {"100% Ops", "1000 Ops", "ÜBER ops"}, "0%": {"100% Ops"}, "über": {"ÜBER ops"}, "A_B": {"a_b"}, "zzz": nil,
	} {
		want := each(names, func(n string) int64 { return ids[n] })
		stays := got[[]chat.RoomStay](r)(r.s.RoomsOf(r.ctx, ana.ID, keyword, chat.Page{Limit: 10}))
		same(r, each(stays, stayRoom), want)
		is(r, int64(len(want)))(r.s.RoomCount(r.ctx, ana.ID, keyword))
	}
}

func endedStaysAreNotListed(r *rig) {
	ana := r.person("Ana")
	in, left, back, deleted := r.room("in", ana), r.room("left", ana), r.room("back", ana), r.room("deleted", ana)
	r.leave(left, ana)
	r.leave(back, ana)
	r.enter(back, ana)
	deleted.Deleted = true
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateRoom(ctx, deleted) })
	stays := got[[]chat.RoomStay](r)(r.s.RoomsOf(r.ctx, ana.ID, "", chat.Page{Limit: 10}))
	same(r, each(stays, stayRoom), []int64{in.ID, back.ID})
	is(r, int64(2))(r.s.RoomCount(r.ctx, ana.ID, ""))
}

func changedRoomsAreListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	quiet, changed, muted, left, deleted := r.room("1", ana), r.room("2", ana), r.room("3", ana), r.room("4", ana), r.room("5", ana, bob)
	r.leave(left, ana)
	_, since, err := r.s.Now(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	list := func(user chat.User, since chat.Time, p chat.Page) []int64 {
		r.Helper()
		return each(got[[]chat.RoomStay](r)(r.s.RoomsChanged(r.ctx, user.ID, since, p)), stayRoom)
	}
	all := chat.Page{Limit: 10}
	same(r, list(ana, since, all), nil)
	touch := func(room chat.Room) {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			room.Modified = tx.Stamp()
			return tx.UpdateRoom(ctx, room)
		})
	}
	touch(changed)
	touch(left)
	deleted.Deleted = true
	touch(deleted)
	r.change(func(ctx context.Context, tx chat.Tx) error {
		m, err := tx.Member(ctx, muted.ID, ana.ID)
		m.Muted, m.Changed = true, tx.Stamp()
		if err != nil {
			return err
		}
		return tx.UpdateMember(ctx, m)
	})
	same(r, list(ana, since, all), []int64{muted.ID, changed.ID, deleted.ID}) // by when the room was modified
	same(r, list(bob, since, all), []int64{deleted.ID})
	same(r, list(ana, 0, chat.Page{Limit: 2, Offset: 1}), []int64{muted.ID, changed.ID})
	same(r, list(ana, 0, all)[0], quiet.ID)
}

func historyIsOrdered(r *rig) {
	ana := r.person("Ana")
	a, b, c := r.room("a", ana), r.room("b", ana), r.room("c", ana)
	r.room("silent", ana)
	for _, room := range []chat.Room{a, b, c, a} {
		r.post(room, ana, "x")
	}
	stays := got[[]chat.RoomStay](r)(r.s.History(r.ctx, ana.ID, "", chat.Page{Limit: 10}))
	same(r, each(stays, stayRoom), []int64{a.ID, c.ID, b.ID})
	is(r, int64(3))(r.s.HistoryCount(r.ctx, ana.ID, ""))
	is(r, stays[1:2])(r.s.History(r.ctx, ana.ID, "", chat.Page{Limit: 1, Offset: 1}))
	is(r, stays[0].Room)(r.s.Room(r.ctx, a.ID))
}

func historyIsFoundByName(r *rig) {
	ana, bob := r.person("Ana"), r.person("Böb_")
	private := r.roomOf(chat.Room{Type: chat.Private}, chat.PairKey(ana.ID, bob.ID), ana, bob)
	group := r.room("Team Böb", ana, bob)
	other := r.room("Others", ana, bob)
	for _, room := range []chat.Room{private, group, other} {
		r.post(room, ana, "x")
	}
	for keyword, want := range map[string][]int64{
		"bÖB": {group.ID, private.ID}, "b_": {private.ID}, "ana": nil, "OTH": {other.ID}, "%": nil,
	} {
		stays := got[[]chat.RoomStay](r)(r.s.History(r.ctx, ana.ID, keyword, chat.Page{Limit: 10}))
		same(r, each(stays, stayRoom), want)
		is(r, int64(len(want)))(r.s.HistoryCount(r.ctx, ana.ID, keyword))
	}
}

func historyIsVisible(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana)
	r.post(room, ana, "before Bob")
	r.enter(room, bob)
	list := func() []int64 {
		r.Helper()
		stays := got[[]chat.RoomStay](r)(r.s.History(r.ctx, bob.ID, "", chat.Page{Limit: 10}))
		is(r, int64(len(stays)))(r.s.HistoryCount(r.ctx, bob.ID, ""))
		return each(stays, stayRoom)
	}
	same(r, list(), nil)
	r.post(room, ana, "for Bob")
	same(r, list(), []int64{room.ID})
	r.leave(room, bob)
	same(r, list(), nil)
	r.enter(room, bob)
	same(r, list(), nil)
	r.post(room, ana, "for Bob again")
	same(r, list(), []int64{room.ID})
}
