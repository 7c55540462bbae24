package storetest

import (
	"context"

	"spika/internal/chat"
)

func roomTests() []test {
	return []test{
		{"a room is kept whole", roomIsKeptWhole},
		{"a changed room keeps its messages' place", changedRoomKeepsItsPlace},
		{"a pair has one private room", pairHasOneRoom},
		{"a pair whose room is over can have another", pairIsFreed},
		{"a stay is kept whole", stayIsKeptWhole},
		{"coming back opens a new stay", comingBackOpensANewStay},
		{"an ended stay does not change", endedStayDoesNotChange},
		{"a user is in a room once", userIsInARoomOnce},
		{"members are listed by joining", membersAreListed},
		{"the first room is the oldest open group", firstRoom},
		{"rooms and members that are not there are not found", absentRooms},
	}
}

func roomIsKeptWhole(r *rig) {
	want := chat.Room{
		Type: chat.Group, Name: `Ops "🚨" \ %_`, AvatarID: 3, People: 4, LastN: 5, LastMessage: 6, LastMs: 7, Deleted: true,
	}
	made := r.roomOf(want, "")
	if made.ID == 0 || made.Created == 0 || made.Created != made.Modified {
		r.Fatalf("a new room is %+v", made)
	}
	want.ID, want.Created, want.Modified = made.ID, made.Created, made.Modified
	same(r, made, want)
	is(r, want)(r.s.Room(r.ctx, made.ID))
}

func changedRoomKeepsItsPlace(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	m := r.post(room, ana, "one")
	want := got[chat.Room](r)(r.s.Room(r.ctx, room.ID))
	want.Type, want.Name, want.AvatarID, want.People, want.Modified, want.Deleted = chat.Private, "Dev", 9, 17, room.Modified+1, true
	stale := want
	stale.LastN, stale.LastMessage, stale.LastMs = 0, 0, 0 // not UpdateRoom's to change
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateRoom(ctx, stale); err != nil {
			return err
		}
		return isNow(want)(tx.Room(ctx, room.ID))
	})
	is(r, want)(r.s.Room(r.ctx, room.ID))
	if want.LastN != 1 || want.LastMessage != m.ID || want.LastMs != m.Created {
		r.Fatalf("after message %+v the room is %+v", m, want)
	}
}

func pairHasOneRoom(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	_, err := r.s.PrivateRoom(r.ctx, ana.ID, bob.ID)
	missing(r, err)
	pair := chat.PairKey(bob.ID, ana.ID)
	room := r.roomOf(chat.Room{Type: chat.Private}, pair, ana, bob)
	r.roomOf(chat.Room{Type: chat.Private}, "", ana)
	room = got[chat.Room](r)(r.s.Room(r.ctx, room.ID))
	is(r, room)(r.s.PrivateRoom(r.ctx, ana.ID, bob.ID))
	is(r, room)(r.s.PrivateRoom(r.ctx, bob.ID, ana.ID))
	err = r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.CreateRoom(ctx, chat.Room{Type: chat.Private}, pair)
		return err
	})
	if err == nil {
		r.Fatal("two people got a second private room")
	}
}

func pairIsFreed(r *rig) {
	ana, bob, eve := r.person("Ana"), r.person("Bob"), r.person("Eve")
	for _, end := range []func(*chat.Room){
		func(room *chat.Room) { room.Deleted = true }, func(room *chat.Room) { room.Type = chat.Group },
	} {
		pair := chat.PairKey(ana.ID, bob.ID)
		room := r.roomOf(chat.Room{Type: chat.Private}, pair, ana, bob)
		other := r.roomOf(chat.Room{Type: chat.Private}, chat.PairKey(ana.ID, eve.ID), ana, eve)
		r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateRoom(ctx, other) }) // still theirs
		is(r, other)(r.s.PrivateRoom(r.ctx, ana.ID, eve.ID))
		for _, gone := range []chat.Room{room, other} {
			end(&gone)
			r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateRoom(ctx, gone) })
		}
		_, err := r.s.PrivateRoom(r.ctx, bob.ID, ana.ID)
		missing(r, err)
	}
}

func stayIsKeptWhole(r *rig) {
	room, ana := r.room("Ops"), r.person("Ana")
	m := chat.Member{
		RoomID: room.ID, UserID: ana.ID, JoinSeq: 4, JoinN: 5, Admin: true, IsPerson: true, DeliveredN: 6, SeenN: 7,
		Skip: 8, Muted: true, Pinned: true, MutedAt: 16, PinnedAt: 17, Changed: 9, Joined: 10,
	}
	write := func(save func(tx chat.Tx) error) {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			if err := save(tx); err != nil {
				return err
			}
			return isNow(m)(tx.Member(ctx, room.ID, ana.ID))
		})
		is(r, m)(r.s.Member(r.ctx, room.ID, ana.ID))
	}
	write(func(tx chat.Tx) error { return tx.AddMember(r.ctx, m) })
	m.Admin, m.DeliveredN, m.SeenN, m.Skip, m.Muted, m.Pinned, m.Changed = false, 11, 12, 13, false, false, 14
	m.MutedAt, m.PinnedAt = 18, 19
	write(func(tx chat.Tx) error { return tx.UpdateMember(r.ctx, m) })
	m.Left, m.LeftSeq, m.LeftN = true, 15, 0 // left when there was no message yet
	write(func(tx chat.Tx) error { return tx.UpdateMember(r.ctx, m) })
}

func comingBackOpensANewStay(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	r.post(room, ana, "1")
	r.leave(room, bob)
	first := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, bob.ID))
	if !first.Left || first.LeftN != 1 {
		r.Fatalf("the ended stay is %+v", first)
	}
	is(r, map[int64]int64{})(r.s.JoinedRooms(r.ctx, bob.ID))
	r.post(room, ana, "2")
	r.enter(room, bob)
	second := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, bob.ID))
	if second.Left || second.JoinN != 2 || second.JoinSeq <= first.LeftSeq {
		r.Fatalf("the new stay is %+v, after %+v", second, first)
	}
	is(r, map[int64]int64{room.ID: second.JoinSeq})(r.s.JoinedRooms(r.ctx, bob.ID))
	anas := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, ana.ID))
	is(r, map[int64]int64{ana.ID: anas.JoinSeq, bob.ID: second.JoinSeq})(r.s.JoinedPeople(r.ctx, room.ID))
}

func endedStayDoesNotChange(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	old := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, ana.ID))
	r.leave(room, ana)
	r.enter(room, ana)
	now := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, ana.ID))
	old.Muted = true
	err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.UpdateMember(ctx, old) })
	if err == nil {
		r.Error("an ended stay was changed")
	}
	is(r, now)(r.s.Member(r.ctx, room.ID, ana.ID))
	err = r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		return tx.UpdateMember(ctx, chat.Member{RoomID: room.ID, UserID: ana.ID + 1})
	})
	missing(r, err)
}

func userIsInARoomOnce(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		return tx.AddMember(ctx, chat.Member{RoomID: room.ID, UserID: ana.ID, JoinSeq: tx.NextSeq()})
	})
	if err == nil {
		r.Fatal("a user is in a room twice")
	}
}

func membersAreListed(r *rig) {
	ana, bob, eve := r.person("Ana"), r.person("Bob"), r.person("Eve")
	room := r.room("Ops", bob, ana) // together: by id
	dev := r.room("Dev", eve)
	bot := r.user(chat.User{Kind: chat.Bot, Name: "CI", Verified: true})
	r.enter(room, bot)
	r.enter(room, eve)
	r.leave(room, ana)
	r.enter(room, ana)
	members := got[[]chat.RoomMember](r)(r.s.RoomMembers(r.ctx, room.ID))
	same(r, each(members, func(m chat.RoomMember) chat.User { return m.User }), []chat.User{bob, bot, eve, ana})
	admin := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, eve.ID))
	admin.Admin = true
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateMember(ctx, admin) })
	members = got[[]chat.RoomMember](r)(r.s.RoomMembers(r.ctx, room.ID))
	same(r, members[2], chat.RoomMember{Admin: true, Joined: admin.Joined, User: eve})
	is(r, []chat.RoomMember(nil))(r.s.RoomMembers(r.ctx, 1<<62))
	is(r, map[int64][]chat.RoomMember{
		room.ID: members, dev.ID: got[[]chat.RoomMember](r)(r.s.RoomMembers(r.ctx, dev.ID)),
	})(r.s.MembersOf(r.ctx, []int64{dev.ID, room.ID, 1 << 62}))
	is(r, map[int64][]chat.RoomMember(nil))(r.s.MembersOf(r.ctx, nil))
}

func firstRoom(r *rig) {
	_, err := r.s.FirstRoom(r.ctx)
	missing(r, err)
	r.roomOf(chat.Room{Type: chat.Private}, "")
	r.roomOf(chat.Room{Type: chat.Group, Name: "gone", Deleted: true}, "")
	want := r.room("General")
	r.room("Ops")
	is(r, want)(r.s.FirstRoom(r.ctx))
}

func absentRooms(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops")
	_, err := r.s.Room(r.ctx, 1<<62)
	missing(r, err)
	_, err = r.s.Member(r.ctx, room.ID, ana.ID)
	missing(r, err)
	err = r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.AppendMessage(ctx, message(chat.Room{ID: 1 << 62}, ana, "to nowhere"))
		return err
	})
	missing(r, err)
	is(r, []chat.RoomStay(nil))(r.s.RoomsOf(r.ctx, ana.ID, "", chat.Page{Limit: 10}))
	is(r, []chat.RoomStay(nil))(r.s.History(r.ctx, ana.ID, "", chat.Page{Limit: 10}))
}
