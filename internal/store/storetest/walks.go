package storetest

import (
	"context"
	"slices"

	"spika/internal/chat"
)

func walkTests() []test {
	return []test{
		{"changed messages go on after each one", messagesGoOn},
		{"changed users go on after each one", usersGoOn},
		{"changed rooms go on after each one", roomsGoOn},
		{"records go on after each one", recordsGoOn},
		{"what changes moves to the end", changesMoveToTheEnd},
		{"a walk is kept", walkIsKept},
		{"a walk goes with its device", walkGoesWithDevice},
		{"old walks are dropped", oldWalksAreDropped},
	}
}

// goesOn checks that a list of n entries is the same when it is read bit by bit, and
// gives it.
func goesOn[T any](r *rig, n int, read func(p chat.Part) ([]chat.Changed[T], error)) []T {
	r.Helper()
	all := got[[]chat.Changed[T]](r)(read(chat.Part{Limit: 100}))
	if len(all) != n {
		r.Fatalf("the list has %d entries, want %d: %+v", len(all), n, all)
	}
	for _, size := range []int{1, 2, 3} {
		var parts []chat.Changed[T]
		for p := (chat.Part{Limit: size}); ; p.After = parts[len(parts)-1].Cut {
			part := got[[]chat.Changed[T]](r)(read(p))
			if len(part) == 0 {
				break
			}
			parts = append(parts, part...)
		}
		same(r, parts, all)
	}
	for i, c := range all {
		c.Cut.ID-- // right before it
		same(r, got[[]chat.Changed[T]](r)(read(chat.Part{After: c.Cut, Limit: 100})), all[i:])
	}
	return got[[]T](r)(entries(all, nil))
}

func messagesGoOn(r *rig) {
	ana := r.person("Ana")
	ops, dev := r.room("Ops", ana), r.room("Dev", ana)
	var all []chat.Message
	for range 4 {
		all = append(all, r.post(dev, ana, "x"), r.post(ops, ana, "x"))
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { // of one moment: some changed, some hidden
		for i, m := range all[1:7] {
			m.Modified = tx.Stamp()
			if err := tx.UpdateMessage(ctx, m); err != nil {
				return err
			}
			if i%2 == 0 {
				continue
			}
			h := chat.Hidden{UserID: ana.ID, MessageID: m.ID, RoomID: m.RoomID, N: m.N, Kind: chat.DeletedForOne, At: tx.Stamp()}
			if err := tx.Hide(ctx, h); err != nil {
				return err
			}
		}
		return nil
	})
	r.hide(ana, all[0], chat.DeletedForOne)
	list := goesOn(r, len(all), func(p chat.Part) ([]chat.Changed[chat.Message], error) {
		return r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{}, p)
	})
	want := slices.Concat(all[7:], all[1:7], all[:1])
	same(r, each(list, messageID), each(want, messageID))
}

func usersGoOn(r *rig) {
	all := []chat.User{r.person("A"), r.person("B"), r.person("C"), r.person("D"), r.person("E")}
	r.confirm(all[2], all[4], all[1], all[0])
	r.change(func(ctx context.Context, tx chat.Tx) error { // of one moment: some changed, one became a contact
		for _, u := range []chat.User{all[1], all[2]} {
			u.Modified = tx.Stamp()
			if err := tx.UpdateUser(ctx, u); err != nil {
				return err
			}
		}
		return tx.ConfirmContacts(ctx, all[2].ID, []int64{all[3].ID})
	})
	for name, want := range map[string]struct {
		read func(p chat.Part) ([]chat.Changed[chat.User], error)
		list []chat.User
	}{
		"everyone": {
			func(p chat.Part) ([]chat.Changed[chat.User], error) { return r.s.UsersChanged(r.ctx, 0, p) },
			[]chat.User{all[0], all[3], all[4], all[1], all[2]},
		},
		"contacts": {
			func(p chat.Part) ([]chat.Changed[chat.User], error) {
				return r.s.OwnUsersChanged(r.ctx, all[2].ID, 0, p)
			},
			[]chat.User{all[0], all[4], all[1], all[2], all[3]},
		},
	} {
		r.Log(name)
		same(r, each(goesOn(r, 5, want.read), userID), each(want.list, userID))
	}
}

func roomsGoOn(r *rig) {
	ana := r.person("Ana")
	_, since, err := r.s.Now(r.ctx)
	r.Check(err)
	var all []chat.Room
	for range 6 {
		all = append(all, r.room("Ops", ana))
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { // of one moment: changed for all, for her, and left
		for i, room := range all[1:5] {
			m, err := tx.Member(ctx, room.ID, ana.ID)
			if err != nil {
				return err
			}
			switch i % 3 {
			case 0:
				room.Modified = tx.Stamp()
				err = tx.UpdateRoom(ctx, room)
			case 1:
				m.Muted, m.Changed = true, tx.Stamp()
				err = tx.UpdateMember(ctx, m)
			default:
				m.Left, m.LeftSeq, m.Changed = true, tx.NextSeq(), tx.Stamp()
				err = tx.UpdateMember(ctx, m)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	list := goesOn(r, 6, func(p chat.Part) ([]chat.Changed[chat.RoomStay], error) {
		return r.s.RoomsChanged(r.ctx, ana.ID, since, p)
	})
	want := []chat.Room{all[0], all[5], all[1], all[2], all[3], all[4]}
	same(r, each(list, stayRoom), each(want, func(room chat.Room) int64 { return room.ID }))
	goesOn(r, 5, func(p chat.Part) ([]chat.Changed[chat.RoomStay], error) { return r.s.RoomsChanged(r.ctx, ana.ID, 0, p) })
}

func recordsGoOn(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	bot := r.user(chat.User{Kind: chat.Bot, Name: "CI"})
	ops, dev := r.room("Ops", ana, bob, cy, bot), r.room("Dev", ana, bob)
	for range 4 {
		r.post(ops, bot, "x")
		r.post(dev, bot, "x")
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { // of one moment
		m, err := tx.AppendMessage(ctx, message(ops, bob, "mine"))
		if err != nil {
			return err
		}
		for _, seen := range []chat.ReceiptRange{
			{RoomID: ops.ID, UserID: cy.ID, FromN: 1, ToN: 2}, {RoomID: ops.ID, UserID: cy.ID, FromN: 3, ToN: m.N},
			{RoomID: ops.ID, UserID: bob.ID, FromN: 1, ToN: m.N}, // his own message is in it, too
			{RoomID: dev.ID, UserID: bob.ID, FromN: 1, ToN: 4},
		} {
			seen.Kind, seen.At = chat.Seen, tx.Stamp()
			if err := tx.AddReceipts(ctx, seen); err != nil {
				return err
			}
		}
		return tx.PutReaction(ctx, chat.Reaction{MessageID: m.ID, RoomID: ops.ID, UserID: bob.ID, Emoji: "👍", Created: tx.Stamp(), Modified: tx.Stamp()})
	})
	r.advance(ops, ana, 5, 3)
	goesOn(r, 5+5+4+2+1+5+3, func(p chat.Part) ([]chat.Changed[chat.RecordPlace], error) {
		return r.s.RecordsChanged(r.ctx, ana.ID, chat.Changes{}, p)
	})
}

func changesMoveToTheEnd(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	var all []chat.Message
	for range 5 {
		all = append(all, r.post(room, ana, "x"))
	}
	first := got[[]chat.Changed[chat.Message]](r)(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{}, chat.Part{Limit: 2}))
	all[0] = r.alter(all[0])
	after := chat.Part{After: first[1].Cut, Limit: 100}
	is(r, append(all[2:], all[0]))(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{}, after)))
}

// aWalk has another value in each field.
func aWalk() chat.Walk {
	return chat.Walk{
		Kind: chat.WalkRecords, Since: 1, Page: 2,
		From: chat.Cut{At: 3, RoomID: 4, UserID: 5, Rank: 6, ID: 7}, Next: chat.Cut{At: 8, RoomID: 9, UserID: 10, Rank: 11, ID: 12},
	}
}

// walks keeps a walk for a new device of somebody.
func (r *rig) walks(u chat.User) chat.Session {
	r.Helper()
	who := chat.Session{User: u, Device: r.device(chat.Device{UserID: u.ID})}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.SetWalk(ctx, who, aWalk()) })
	return who
}

func walkIsKept(r *rig) {
	ana := r.person("Ana")
	who, other := r.walks(ana), chat.Session{User: ana, Device: r.device(chat.Device{UserID: ana.ID})}
	want := aWalk()
	is(r, want)(r.s.Walk(r.ctx, who, chat.WalkRecords))
	is(r, chat.Walk{})(r.s.Walk(r.ctx, who, chat.WalkUsers))
	is(r, chat.Walk{})(r.s.Walk(r.ctx, other, chat.WalkRecords))
	want.Since, want.Page, want.From, want.Next = 2, 3, want.Next, want.From
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.SetWalk(ctx, who, want) })
	is(r, want)(r.s.Walk(r.ctx, who, chat.WalkRecords))
}

func walkGoesWithDevice(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	who, single, stays := r.walks(ana), r.walks(bob), r.walks(bob)
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.DeleteDevices(ctx, ana.ID); err != nil {
			return err
		}
		return tx.DeleteDevice(ctx, single.Device.ID)
	})
	for _, gone := range []chat.Session{who, single, {User: bob}} { // who asked meanwhile keeps none
		r.change(func(ctx context.Context, tx chat.Tx) error { return tx.SetWalk(ctx, gone, aWalk()) })
		is(r, chat.Walk{})(r.s.Walk(r.ctx, gone, chat.WalkRecords))
	}
	is(r, aWalk())(r.s.Walk(r.ctx, stays, chat.WalkRecords))
	mine := chat.Session{User: r.person("Cy"), Device: stays.Device}
	mine.Device.UserID = mine.User.ID
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateDevice(ctx, mine.Device) })
	is(r, chat.Walk{})(r.s.Walk(r.ctx, mine, chat.WalkRecords)) // the device changed hands
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.SetWalk(ctx, mine, aWalk()) })
	is(r, aWalk())(r.s.Walk(r.ctx, mine, chat.WalkRecords))
	is(r, chat.Walk{})(r.s.Walk(r.ctx, stays, chat.WalkRecords))
}

func oldWalksAreDropped(r *rig) {
	ana := r.person("Ana")
	old, again := r.walks(ana), r.walks(ana)
	var now chat.Time
	r.change(func(ctx context.Context, tx chat.Tx) error {
		now = tx.Stamp()
		return tx.SetWalk(ctx, again, aWalk())
	})
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropWalks(ctx, now) })
	is(r, chat.Walk{})(r.s.Walk(r.ctx, old, chat.WalkRecords))
	is(r, aWalk())(r.s.Walk(r.ctx, again, chat.WalkRecords))
}
