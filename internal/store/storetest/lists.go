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
		{"rooms that were left are listed with the changed ones", leftRoomsAreListed},
		{"unread messages are counted by room", unreadIsCounted},
		{"muted and pinned rooms are listed", markedStaysAreListed},
		{"group rooms are listed by name", groupsAreListed},
		{"rooms of a type are listed by newest message", recentRoomsAreListed},
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
	list := func(user chat.User, since chat.Time, p chat.Part) []int64 {
		r.Helper()
		return each(got[[]chat.RoomStay](r)(entries(r.s.RoomsChanged(r.ctx, user.ID, since, p))), stayRoom)
	}
	all := chat.Part{Limit: 10}
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
	same(r, list(ana, since, all), []int64{changed.ID, deleted.ID, muted.ID}) // by when that was
	same(r, list(bob, since, all), []int64{deleted.ID})
	same(r, list(ana, 0, chat.Part{Limit: 2, Offset: 1}), []int64{changed.ID, deleted.ID})
	same(r, list(ana, 0, all)[0], quiet.ID)
}

func leftRoomsAreListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	left, back, twice, in := r.room("1", ana, bob), r.room("2", ana, bob), r.room("3", ana, bob), r.room("4", ana, bob)
	_, since, err := r.s.Now(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	leave := func(room chat.Room) {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			m, err := tx.Member(ctx, room.ID, ana.ID)
			if err != nil {
				return err
			}
			m.Left, m.LeftSeq, m.Changed = true, tx.NextSeq(), tx.Stamp()
			return tx.UpdateMember(ctx, m)
		})
	}
	list := func(since chat.Time) []chat.RoomStay {
		r.Helper()
		return got[[]chat.RoomStay](r)(entries(r.s.RoomsChanged(r.ctx, ana.ID, since, chat.Part{Limit: 10})))
	}
	leave(left)
	leave(back)
	r.enter(back, ana)
	leave(twice)
	r.enter(twice, ana)
	leave(twice)
	stays := list(since)
	same(r, each(stays, stayRoom), []int64{left.ID, twice.ID}) // coming back did not touch the room here
	for _, st := range stays {
		is(r, st.Member)(r.s.Member(r.ctx, st.Room.ID, ana.ID)) // the newest stay
	}
	same(r, each(list(stays[0].Member.Changed), stayRoom), []int64{twice.ID})
	same(r, list(stays[1].Member.Changed), nil)
	same(r, each(list(0), stayRoom), []int64{back.ID, in.ID})
}

func unreadIsCounted(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	ops, dev, seen, left, deleted := r.room("1", ana, bob), r.room("2", ana), r.room("3", ana), r.room("4", ana), r.room("5", ana)
	for _, room := range []chat.Room{ops, dev, dev, dev, seen, left, deleted} {
		r.post(room, bob, "x")
	}
	stand := func(room chat.Room, seen, skip int64) {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			m, err := tx.Member(ctx, room.ID, ana.ID)
			if err != nil {
				return err
			}
			m.SeenN, m.Skip = seen, skip
			return tx.UpdateMember(ctx, m)
		})
	}
	stand(dev, 1, 1)
	stand(seen, 1, 0)
	r.leave(left, ana)
	deleted = got[chat.Room](r)(r.s.Room(r.ctx, deleted.ID))
	deleted.Deleted = true
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateRoom(ctx, deleted) })
	want := []chat.UnreadCount{{RoomID: ops.ID, Unread: 1}, {RoomID: dev.ID, Unread: 1}}
	is(r, want)(r.s.UnreadCounts(r.ctx, ana.ID))
	is(r, want[:1])(r.s.UnreadCounts(r.ctx, bob.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error { // also of what is just being posted
		if _, err := tx.AppendMessage(ctx, message(ops, bob, "y")); err != nil {
			return err
		}
		counts, err := tx.UnreadCounts(ctx, ana.ID)
		if err != nil {
			return err
		}
		return differ(counts[0].Unread, int64(2))
	})
}

func markedStaysAreListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	muted, pinned, left := r.room("1", ana, bob), r.room("2", ana, bob), r.room("3", ana, bob)
	r.room("4", ana, bob)
	for _, room := range []chat.Room{muted, pinned, left} {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			m, err := tx.Member(ctx, room.ID, ana.ID)
			if err != nil {
				return err
			}
			m.Muted, m.Pinned = room.ID != pinned.ID, room.ID == pinned.ID
			return tx.UpdateMember(ctx, m)
		})
	}
	r.leave(left, ana)
	stays := got[[]chat.Member](r)(r.s.MarkedStays(r.ctx, ana.ID))
	same(r, each(stays, func(m chat.Member) int64 { return m.RoomID }), []int64{muted.ID, pinned.ID})
	is(r, stays[0])(r.s.Member(r.ctx, muted.ID, ana.ID))
	is(r, []chat.Member(nil))(r.s.MarkedStays(r.ctx, bob.ID))
}

func groupsAreListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	b, a, twin := r.room("beta", ana), r.room("Alpha", ana), r.room("BETA", ana)
	r.roomOf(chat.Room{Type: chat.Private, Name: "private"}, "", ana, bob)
	r.roomOf(chat.Room{Type: chat.Group, Name: "deleted", Deleted: true}, "", ana)
	left := r.room("left", ana)
	r.leave(left, ana)
	r.room("another's", bob)
	list := func(keyword string, from int64, limit int) []int64 {
		r.Helper()
		return each(got[[]chat.RoomStay](r)(r.s.GroupsByName(r.ctx, ana.ID, keyword, from, limit)), stayRoom)
	}
	same(r, list("", 0, 10), []int64{a.ID, b.ID, twin.ID})
	same(r, list("", 0, 2), []int64{a.ID, b.ID})
	same(r, list("", b.ID, 10), []int64{b.ID, twin.ID})
	same(r, list("", 1<<40, 10), nil) // a place that is none is not the first one: clients would begin anew
	same(r, list("ETA", 0, 10), []int64{b.ID, twin.ID})
	same(r, list("%", 0, 10), nil)
	is(r, int64(3))(r.s.GroupCount(r.ctx, ana.ID, ""))
	is(r, int64(2))(r.s.GroupCount(r.ctx, ana.ID, "eta"))
}

func recentRoomsAreListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	a, b, late := r.room("a", ana), r.room("b", ana), r.room("late", bob)
	pair := r.roomOf(chat.Room{Type: chat.Private}, "", ana, bob)
	r.room("silent", ana)
	for _, room := range []chat.Room{b, pair, a, late} {
		r.post(room, bob, "x")
	}
	r.enter(late, ana) // and sees nothing in it yet
	list := func(t chat.RoomType, limit int) []int64 {
		r.Helper()
		return each(got[[]chat.RoomStay](r)(r.s.RecentRooms(r.ctx, ana.ID, t, limit)), stayRoom)
	}
	same(r, list(chat.Group, 10), []int64{a.ID, b.ID})
	same(r, list(chat.Group, 1), []int64{a.ID})
	same(r, list(chat.Private, 10), []int64{pair.ID})
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
