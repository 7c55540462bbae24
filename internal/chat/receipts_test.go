package chat_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"spika/internal/chat"
)

// counts gives a message's counts as they are now.
func (tm *team) counts(id int64) chat.Counts {
	tm.Helper()
	return must(tm.svc.MessageFor(tm.ctx, 0, id))(tm).Counts
}

func (tm *team) unread(who chat.Session, room int64) int64 {
	tm.Helper()
	return must(tm.svc.RoomHistory(tm.ctx, who, room))(tm).Unread
}

func TestCountsMoveAsPeopleReceiveAndSee(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops := tm.room(tm.owner, bob, eve)
	key := tm.key(tm.owner, ops, "CI")
	first, second := tm.post(byKey(key), ops, "1"), tm.post(byKey(key), ops, "2")
	tm.ok(tm.svc.Deliver(tm.ctx, bob, []int64{second.ID})) // and so the first
	same(t, tm.counts(first.ID), chat.Counts{Delivered: 1, Total: 3})
	tm.ok(tm.svc.See(tm.ctx, eve, ops, first.ID)) // and so it is received
	same(t, tm.counts(first.ID), chat.Counts{Delivered: 2, Seen: 1, Total: 3})
	same(t, tm.counts(second.ID), chat.Counts{Delivered: 1, Total: 3})
	place := tm.place()
	tm.ok(tm.svc.Deliver(tm.ctx, eve, []int64{first.ID}))
	tm.ok(tm.svc.See(tm.ctx, eve, ops, first.ID))
	same(t, tm.kinds(place), nil) // nothing new
	tm.ok(tm.svc.See(tm.ctx, tm.owner, ops, 0))
	tm.ok(tm.svc.See(tm.ctx, bob, ops, 0))
	tm.ok(tm.svc.See(tm.ctx, eve, ops, 0))
	same(t, tm.counts(second.ID), chat.Counts{Delivered: 3, Seen: 3, Total: 3})
	same(t, must(tm.store.Message(tm.ctx, first.ID))(t).Modified, first.Modified)
}

func TestCountsOutliveLeaving(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops := tm.room(tm.owner, bob, eve)
	m := tm.post(by(tm.owner), ops, "x")
	tm.ok(tm.svc.See(tm.ctx, bob, ops, 0))
	must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t)
	same(t, tm.counts(m.ID), chat.Counts{Delivered: 2, Seen: 2, Total: 3})
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(bob)}))(t)
	tm.ok(tm.svc.See(tm.ctx, bob, ops, m.ID)) // which Bob cannot see any more
	same(t, tm.counts(m.ID), chat.Counts{Delivered: 2, Seen: 2, Total: 3})
	same(t, tm.post(by(tm.owner), ops, "y").Counts.Total, 3)
	tm.fails(tm.svc.See(tm.ctx, tm.joins("Out"), ops, 0), chat.Invalid)
}

func TestWhatCannotBeReceived(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops, other := tm.room(tm.owner, bob), tm.room(tm.owner)
	m, hidden := tm.post(by(tm.owner), ops, "x"), tm.post(by(tm.owner), other, "y")
	place := tm.place()
	for _, c := range []struct {
		ids  []int64
		says string
	}{
		{nil, "No messages with given ids found"}, {make([]int64, chat.MaxReceiptIDs+1), "at most 1000"}, {[]int64{98, 99}, "No messages with given ids found"},
		{[]int64{m.ID, 98, 99}, "Messages with ids: 98,99 not found"}, {[]int64{m.ID, hidden.ID}, "not part of"},
	} {
		tm.fails(tm.svc.Deliver(tm.ctx, bob, c.ids), chat.Invalid, c.says)
	}
	tm.fails(tm.svc.See(tm.ctx, bob, other, 0), chat.Invalid, "user is not in this room")
	tm.fails(tm.svc.See(tm.ctx, bob, 99, 0), chat.Invalid, "user is not in this room")
	tm.fails(tm.svc.See(tm.ctx, bob, ops, hidden.ID), chat.Invalid, "messageId")
	tm.fails(tm.svc.See(tm.ctx, bob, ops, 99), chat.Invalid, "messageId")
	tm.fails(tm.svc.See(tm.ctx, bob, other, hidden.ID), chat.Invalid, "user is not in this room")
	same(t, tm.kinds(place), nil) // nothing of it was stored
	same(t, tm.counts(m.ID), chat.Counts{Delivered: 1, Seen: 1, Total: 2})
}

func TestUnreadCountsWhatOthersPosted(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	key := tm.key(tm.owner, ops, "CI")
	tm.post(by(tm.owner), ops, "1")
	tm.post(by(bob), ops, "2")
	third := tm.post(byKey(key), ops, "3")
	tm.post(by(bob), ops, "4")
	same(t, []int64{tm.unread(bob, ops), tm.unread(tm.owner, ops)}, []int64{2, 3})
	tm.ok(tm.svc.Deliver(tm.ctx, bob, []int64{third.ID}))
	same(t, tm.unread(bob, ops), 2) // received is not read
	tm.ok(tm.svc.See(tm.ctx, tm.owner, ops, third.ID))
	same(t, tm.unread(tm.owner, ops), 1)
	tm.ok(tm.svc.See(tm.ctx, bob, ops, 0))
	same(t, tm.unread(bob, ops), 0)
	tm.post(by(bob), ops, "5")
	same(t, []int64{tm.unread(bob, ops), tm.unread(tm.owner, ops)}, []int64{0, 2})
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{RemoveUsers: ids(bob)}))(t)
	tm.post(byKey(key), ops, "6")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(bob)}))(t)
	same(t, tm.unread(bob, ops), 0) // what came meanwhile is not Bob's
}

// looking is a store that notes how many messages are looked at to learn which
// of them are never unread.
type looking struct {
	chat.Store
	at int64
}

func (l *looking) Update(ctx context.Context, change func(ctx context.Context, tx chat.Tx) error) error {
	return l.Store.Update(ctx, func(ctx context.Context, tx chat.Tx) error { return change(ctx, lookingTx{tx, l}) })
}

type lookingTx struct {
	chat.Tx
	l *looking
}

func (tx lookingTx) SkippedWithin(ctx context.Context, room, user, after, to int64) (int64, error) {
	tx.l.at += to - after
	return tx.Tx.SkippedWithin(ctx, room, user, after, to)
}

// unreadOf counts one by one what is after a number and news to a member: not
// their own, nor the server's, nor hidden.
func (tm *team) unreadOf(user, room, after int64) (n int64) {
	tm.Helper()
	list := must(tm.store.Messages(tm.ctx, room, after+1, 1<<40, 1_000))(tm)
	var ids []int64
	for _, m := range list {
		ids = append(ids, m.ID)
		if m.FromUser != user && m.Type != chat.SystemType {
			n++
		}
	}
	for _, h := range must(tm.store.HiddenAmong(tm.ctx, user, ids))(tm) {
		if m := list[slices.Index(ids, h.MessageID)]; m.FromUser != user && m.Type != chat.SystemType {
			n--
		}
	}
	return n
}

// However somebody reads on among messages of all kinds, what is unread stays
// right, and each step looks at no more than what it passes or what it leaves.
func TestReadingOnCountsWhatIsPassed(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.SystemMessages = true })
	store := &looking{Store: tm.store}
	svc := chat.NewService(store, tm.clock.now, tm.passwords, must(chat.NewSealer(make([]byte, chat.MasterKeyLen)))(t), tm.opts)
	bob := tm.joins("Bob")
	room := tm.private(tm.owner, bob)
	key := tm.key(tm.owner, room, "CI")
	block := func() { must(svc.Block(tm.ctx, bob, tm.owner.User.ID))(t) }
	unblock := func() { tm.ok(svc.UnblockUser(tm.ctx, bob, tm.owner.User.ID)) }
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same course each time
	var all []chat.Posted
	post := func(from chat.Sender) { all = append(all, must(svc.Post(tm.ctx, from, text(room, "x")))(t)) }
	var looked, steps int64
	for range 400 {
		switch random.IntN(8) {
		case 0, 1:
			post(byKey(key))
		case 2:
			post(by(tm.owner))
		case 3:
			post(by(bob))
		case 4:
			block()
			post(by(tm.owner))
			unblock()
		case 5:
			must(svc.CreateNote(tm.ctx, tm.owner, chat.Note{RoomID: room, Title: "t", Content: "c"}))(t)
		case 6:
			if len(all) > 0 { // withheld ones are not found
				_, err := svc.DeleteMessages(tm.ctx, bob, []int64{all[random.IntN(len(all))].ID}, false)
				if err != nil && !chat.IsNotFound(err) {
					t.Fatal(err)
				}
			}
		case 7:
			before := must(tm.store.Member(tm.ctx, room, bob.User.ID))(t).SeenN
			last := must(tm.store.Room(tm.ctx, room))(t).LastN
			later := slices.IndexFunc(all, func(m chat.Posted) bool { return m.N > before })
			if later < 0 {
				continue
			}
			n := all[later+random.IntN(min(5, len(all)-later))]
			store.at = 0
			tm.ok(svc.See(tm.ctx, bob, room, n.ID))
			if store.at > min(n.N-before, last-n.N) {
				t.Fatalf("from %d to %d of %d messages looks at %d", before, n.N, last, store.at)
			}
			looked, steps = looked+store.at, steps+1
		}
		seen := must(tm.store.Member(tm.ctx, room, bob.User.ID))(t).SeenN
		same(t, tm.unread(bob, room), tm.unreadOf(bob.User.ID, room, seen))
	}
	if looked == 0 || steps < 10 {
		t.Errorf("%d steps looked at %d messages", steps, looked)
	}
}

func TestReceiptsOfAMessage(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops := tm.room(tm.owner, bob)
	m := tm.post(by(tm.owner), ops, "x")
	tm.clock.pass(time.Second)
	tm.ok(tm.svc.See(tm.ctx, bob, ops, 0))
	list := must(tm.svc.RecordsOf(tm.ctx, bob, m.ID))(t).Receipts
	seen := chat.TimeOf(tm.clock.now())
	want := []chat.Receipt{
		{MessageID: m.ID, RoomID: ops, UserID: tm.owner.User.ID, Kind: chat.Delivered, At: m.Created},
		{MessageID: m.ID, RoomID: ops, UserID: tm.owner.User.ID, Kind: chat.Seen, At: m.Created},
		{MessageID: m.ID, RoomID: ops, UserID: bob.User.ID, Kind: chat.Delivered, At: seen},
		{MessageID: m.ID, RoomID: ops, UserID: bob.User.ID, Kind: chat.Seen, At: seen},
	}
	same(t, list, want)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(eve)}))(t)
	for _, who := range []chat.Session{eve, tm.joins("Out")} { // it was posted before, and to nobody
		_, err := tm.svc.RecordsOf(tm.ctx, who, m.ID)
		tm.fails(err, chat.NotFound, "No message found")
	}
	_, err := tm.svc.RecordsOf(tm.ctx, bob, 99)
	tm.fails(err, chat.NotFound)
	byBot := tm.post(byKey(tm.key(tm.owner, ops, "CI")), ops, "y")
	same(t, must(tm.svc.RecordsOf(tm.ctx, bob, byBot.ID))(t).Receipts, nil) // a bot reads nothing
}

func TestRecordIDsAreNumbersOfJavaScript(t *testing.T) {
	seen := map[int64]bool{}
	for _, message := range []int64{1, 2, 1<<31 - 1} {
		for _, user := range []int64{1, 2, 1<<20 - 1} {
			for _, kind := range []chat.ReceiptKind{chat.Delivered, chat.Seen} {
				id := chat.Receipt{MessageID: message, UserID: user, Kind: kind}.RecordID()
				if id <= 0 || id >= 1<<53 || seen[id] {
					t.Errorf("message %d, user %d, kind %d have the record id %d", message, user, kind, id)
				}
				seen[id] = true
			}
		}
	}
}

// TestReceiptsAreToldToMembers: one event stands for all new ones.
func TestReceiptsAreToldToMembers(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	first, own, third := tm.post(by(tm.owner), ops, "1"), tm.post(by(bob), ops, "2"), tm.post(by(tm.owner), ops, "3")
	place := tm.place()
	tm.ok(tm.svc.See(tm.ctx, bob, ops, 0))
	same(t, tm.kinds(place), []chat.EventKind{chat.ReceiptMade, chat.ReceiptMade, chat.RoomSeen})
	events := tm.events(place)
	tm.svc.Observe(events)
	for i, kind := range []chat.ReceiptKind{chat.Delivered, chat.Seen} {
		e := events[i]
		same(t, []int64{e.RoomID, e.ToUser, e.UserID}, []int64{ops, 0, bob.User.ID})
		var want []chat.ReceiptView
		for _, m := range []chat.Posted{first, third} {
			want = append(want, chat.ReceiptView{
				Receipt: chat.Receipt{MessageID: m.ID, RoomID: ops, UserID: bob.User.ID, Kind: kind, At: e.At},
				Counts:  chat.Counts{Delivered: 2, Seen: 2, Total: 2},
			})
		}
		same(t, must(tm.svc.NewReceipts(tm.ctx, e))(t), want)
	}
	same(t, []int64{events[2].ToUser, events[2].ExceptDevice}, []int64{bob.User.ID, bob.Device.ID})
	same(t, own.N, 2)
}

// TestReceiptsOfALongAbsenceAreCut: a person who comes back to a room that a
// program filled must not have all of it read and told.
func TestReceiptsOfALongAbsenceAreCut(t *testing.T) {
	tm := newTeam(t)
	const n = 800
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		bot, err := tx.CreateUser(ctx, chat.User{Kind: chat.Bot, Name: "CI"})
		for i := 0; i < n && err == nil; i++ {
			_, err = tx.AppendMessage(ctx, chat.Message{RoomID: tm.general, FromUser: bot.ID, Type: chat.TextType, Body: []byte("{}"), Total: 1})
		}
		return err
	}))
	place := tm.place()
	tm.ok(tm.svc.See(tm.ctx, tm.owner, tm.general, 0))
	list := must(tm.svc.NewReceipts(tm.ctx, tm.events(place)[0]))(t)
	newest := must(tm.store.Room(tm.ctx, tm.general))(t).LastMessage
	if len(list) != 500 || list[499].MessageID != newest || list[0].MessageID != newest-499 {
		t.Errorf("%d receipts are told, of messages %d to %d", len(list), list[0].MessageID, list[len(list)-1].MessageID)
	}
}

// TestReceiptsInALargeRoom are told to the senders and to the reader's other
// devices only.
func TestReceiptsInALargeRoom(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	n := chat.NewRoom{Name: "Everyone", UserIDs: ids(bob, eve)}
	for i := range chat.LargeRoom - 2 {
		n.UserIDs = append(n.UserIDs, must(tm.svc.CreatePerson(tm.ctx, person(fmt.Sprint("P", i)), false))(t).ID)
	}
	room := must(tm.svc.CreateRoom(tm.ctx, tm.owner, n))(t)
	same(t, room.People, chat.LargeRoom+1)
	key := tm.key(tm.owner, room.ID, "CI")
	tm.post(byKey(key), room.ID, "1")
	second := tm.post(by(bob), room.ID, "2")
	tm.post(by(eve), room.ID, "3")
	place := tm.place()
	tm.ok(tm.svc.Deliver(tm.ctx, eve, []int64{second.ID}))
	events := tm.events(place)
	same(t, len(events), 2)
	same(t, []int64{events[0].ToUser, events[0].ExceptDevice}, []int64{eve.User.ID, eve.Device.ID})
	same(t, []int64{events[1].ToUser, events[1].ExceptDevice}, []int64{bob.User.ID, 0})
	told := must(tm.svc.NewReceipts(tm.ctx, events[1]))(t)
	same(t, len(told), 1) // of Bob's message, not of the bot's
	same(t, told[0].MessageID, second.ID)
	tm.post(byKey(key), room.ID, "4")
	tm.ok(tm.svc.See(tm.ctx, bob, room.ID, 0))
	place = tm.place()
	tm.post(byKey(key), room.ID, "5")
	tm.ok(tm.svc.See(tm.ctx, bob, room.ID, 0)) // only a bot's message
	same(t, tm.kinds(place), []chat.EventKind{chat.MessagePosted, chat.ReceiptMade, chat.ReceiptMade, chat.RoomSeen})
}
