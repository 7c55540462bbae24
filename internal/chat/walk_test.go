package chat_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"spika/internal/chat"
)

// list is something that devices sync: entries have a name each.
type list struct {
	size  int
	names []string                                                                  // of all that there is, by the time of their change
	page  func(who chat.Session, since chat.Time, n int) (page []string, more bool) // from 0
	touch func(i int)                                                               // changes names[i]
}

// lists are the five, each two pages long and a bit. They are filled once whoever
// looks at them has signed in: devices begin with what comes then.
var lists = map[string]func(tm *team) list{
	"messages": func(tm *team) list { return tm.messageList(false) },
	"edited":   func(tm *team) list { return tm.messageList(true) },
	"users":    (*team).userList, "contacts": (*team).userList, "rooms": (*team).roomList, "records": (*team).recordList,
}

// many are the numbers 0 to 2*size+5.
func many(size int) []int64 {
	out := make([]int64, 2*size+6)
	for i := range out {
		out[i] = int64(i)
	}
	return out
}

func nameAll[T any](list []T, id func(T) int64) (out []string) {
	for _, v := range list {
		out = append(out, fmt.Sprint(id(v)))
	}
	return out
}

// writes runs a change for each of a list, all in one moment.
func writes[T any](tm *team, list []T, change func(ctx context.Context, tx chat.Tx, v T) error) {
	tm.Helper()
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		for _, v := range list {
			if err := change(ctx, tx, v); err != nil {
				return err
			}
		}
		return nil
	}))
}

func itself(id int64) int64 { return id }

func (tm *team) messageList(edited bool) list {
	posts := tm.fill(tm.general, len(many(chat.SyncPage)))
	edit := func(ctx context.Context, tx chat.Tx, id int64) error {
		m, err := tx.Message(ctx, id)
		if err != nil {
			return err
		}
		m.Modified = tx.Stamp()
		return tx.UpdateMessage(ctx, m)
	}
	if edited {
		writes(tm, posts, edit)
	}
	return list{
		size: chat.SyncPage, names: nameAll(posts, itself),
		page: func(who chat.Session, since chat.Time, n int) ([]string, bool) {
			got := must(tm.svc.SyncMessages(tm.ctx, who, since, edited, n))(tm)
			return nameAll(got.List, func(v chat.MessageView) int64 { return v.ID }), got.More
		},
		touch: func(i int) { writes(tm, posts[i:i+1], edit) },
	}
}

func (tm *team) userList() list {
	old := must(tm.store.UsersChanged(tm.ctx, 0, chat.Part{Limit: 100}))(tm)
	var users []chat.User
	writes(tm, old[1:], func(ctx context.Context, tx chat.Tx, c chat.Changed[chat.User]) error { // all but the owner make room
		c.Entry.Verified = false
		return tx.UpdateUser(ctx, c.Entry)
	})
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		users = []chat.User{old[0].Entry}
		var ids []int64
		for range len(many(chat.SyncPage)) - 1 {
			u, err := tx.CreateUser(ctx, chat.User{Kind: chat.Bot, Name: "CI", Verified: true})
			if err != nil {
				return err
			}
			users, ids = append(users, u), append(ids, u.ID)
		}
		return tx.ConfirmContacts(ctx, tm.owner.User.ID, ids)
	}))
	return list{
		size: chat.SyncPage, names: nameAll(users, func(u chat.User) int64 { return u.ID }),
		page: func(who chat.Session, since chat.Time, n int) ([]string, bool) {
			got := must(tm.svc.SyncUsers(tm.ctx, who, since, n))(tm)
			return nameAll(got.List, func(u chat.User) int64 { return u.ID }), got.More
		},
		touch: func(i int) {
			writes(tm, users[i:i+1], func(ctx context.Context, tx chat.Tx, u chat.User) error {
				u.Modified = tx.Stamp()
				return tx.UpdateUser(ctx, u)
			})
		},
	}
}

func (tm *team) roomList() list {
	rooms := []int64{tm.general}
	for range len(many(chat.SyncPage)) - 1 {
		rooms = append(rooms, tm.room(tm.owner))
	}
	return list{
		size: chat.SyncPage, names: nameAll(rooms, itself),
		page: func(who chat.Session, since chat.Time, n int) ([]string, bool) {
			got := must(tm.svc.SyncRooms(tm.ctx, who, since, n))(tm)
			return nameAll(got.List, func(v chat.RoomView) int64 { return v.ID }), got.More
		},
		touch: func(i int) {
			name := "renamed"
			must(tm.svc.UpdateRoom(tm.ctx, tm.owner, rooms[i], chat.RoomChange{Name: &name}))(tm)
		},
	}
}

func (tm *team) recordList() list {
	posts := tm.fill(tm.general, len(many(chat.RecordPage)))
	react := func(ctx context.Context, tx chat.Tx, id int64) error {
		return tx.PutReaction(ctx, chat.Reaction{
			MessageID: id, RoomID: tm.general, UserID: tm.owner.User.ID, Emoji: "👍", Created: tx.Stamp(), Modified: tx.Stamp(),
		})
	}
	writes(tm, posts, react)
	return list{
		size: chat.RecordPage, names: nameAll(posts, itself),
		page: func(who chat.Session, since chat.Time, n int) ([]string, bool) {
			got := must(tm.svc.SyncRecords(tm.ctx, who, since, n))(tm)
			return nameAll(got.List, func(c chat.RecordChange) int64 { return c.Message.ID }), got.More
		},
		touch: func(i int) { writes(tm, posts[i:i+1], react) },
	}
}

// eachList runs a test with every list and two devices of the person who sees it.
func eachList(t *testing.T, run func(tm *team, l list, other chat.Session)) {
	for name, fill := range lists {
		t.Run(name, func(t *testing.T) {
			tm := newTeam(t, func(o *chat.Options) { o.ContactsOnly = name == "contacts" })
			other := tm.signsIn("Ada").Session
			run(tm, fill(tm), other)
		})
	}
}

// pageOf is a page that has to have another one after it, or not.
func (l list) pageOf(tm *team, who chat.Session, n int, more bool) []string {
	tm.Helper()
	page, got := l.page(who, 0, n)
	if got != more || more && len(page) != l.size {
		tm.Fatalf("page %d has %d entries and another one after it: %v", n, len(page), got)
	}
	return page
}

// TestSyncMissesNothingThatChangesMeanwhile: what is changed between two pages moves
// behind the others, which must not make them slip past.
func TestSyncMissesNothingThatChangesMeanwhile(t *testing.T) {
	eachList(t, func(tm *team, l list, _ chat.Session) {
		got := l.pageOf(tm, tm.owner, 0, true)
		l.touch(3)
		got = append(got, l.pageOf(tm, tm.owner, 1, true)...)
		l.touch(l.size)           // the second page's first
		l.touch(l.size + 7)       // one of its middle
		l.touch(2*l.size - 1)     // its last
		l.touch(len(l.names) - 1) // one that is still to come
		got = append(got, l.pageOf(tm, tm.owner, 2, false)...)
		same(tm, got, slices.Concat(l.names[:len(l.names)-1], []string{
			l.names[3], l.names[l.size], l.names[l.size+7], l.names[2*l.size-1], l.names[len(l.names)-1],
		}))
	})
}

// TestSyncGivesAPageAgain: a reply can be lost.
func TestSyncGivesAPageAgain(t *testing.T) {
	eachList(t, func(tm *team, l list, _ chat.Session) {
		l.pageOf(tm, tm.owner, 0, true)
		l.touch(0)
		second := l.pageOf(tm, tm.owner, 1, true)
		same(tm, second, l.names[l.size:2*l.size])
		l.touch(1)
		same(tm, l.pageOf(tm, tm.owner, 1, true), second)
		l.touch(l.size) // the page's first: the rest moves up, and nothing comes from before
		moved := append(slices.Clone(second[1:]), l.names[2*l.size])
		same(tm, l.pageOf(tm, tm.owner, 1, true), moved)
		last := slices.Concat(l.names[2*l.size+1:], []string{l.names[0], l.names[1], l.names[l.size]})
		for range 2 {
			same(tm, l.pageOf(tm, tm.owner, 2, false), last)
		}
		anew := slices.Concat(l.names[2:l.size], l.names[l.size+1:l.size+3])
		same(tm, l.pageOf(tm, tm.owner, 0, true), anew)
	})
}

// TestSyncCountsToPagesThatItDidNotComeTo: there is no telling where they began.
func TestSyncCountsToPagesThatItDidNotComeTo(t *testing.T) {
	eachList(t, func(tm *team, l list, _ chat.Session) {
		last := l.names[2*l.size:]
		same(tm, l.pageOf(tm, tm.owner, 2, false), last)
		l.pageOf(tm, tm.owner, 0, true)
		same(tm, l.pageOf(tm, tm.owner, 2, false), last)
		same(tm, l.pageOf(tm, tm.owner, 9, false), nil)
		l.touch(0)
		same(tm, l.pageOf(tm, tm.owner, 1, true), l.names[l.size:2*l.size]) // the walk goes on where it was
		page, _ := l.page(tm.owner, 1, 1)                                   // that of another moment does not
		same(tm, page, l.names[l.size+1:2*l.size+1])
		l.touch(1)
		page, _ = l.page(tm.owner, 1, 2) // it goes on from where it was counted to
		same(tm, page, slices.Concat(l.names[2*l.size+1:], []string{l.names[0], l.names[1]}))
	})
}

// TestDevicesSyncOnTheirOwn also with another node, and with nothing that a process
// remembers.
func TestDevicesSyncOnTheirOwn(t *testing.T) {
	eachList(t, func(tm *team, l list, other chat.Session) {
		l.pageOf(tm, tm.owner, 0, true)
		l.touch(0)
		same(tm, l.pageOf(tm, other, 0, true), l.names[1:l.size+1])
		tm.svc = tm.node()
		l.touch(1)
		same(tm, l.pageOf(tm, tm.owner, 1, true), l.names[l.size:2*l.size])
		same(tm, l.pageOf(tm, other, 1, true), l.names[l.size+1:2*l.size+1])
	})
}

// TestSyncOnlyReads: unless another page follows that it has not told before.
func TestSyncOnlyReads(t *testing.T) {
	eachList(t, func(tm *team, l list, _ chat.Session) {
		_, last, err := tm.store.Now(tm.ctx)
		tm.ok(err)
		l.page(tm.owner, last, 0)
		l.pageOf(tm, tm.owner, 2, false)
		_, now, err := tm.store.Now(tm.ctx)
		tm.ok(err)
		same(tm, now, last)
		l.pageOf(tm, tm.owner, 0, true)
		_, last, err = tm.store.Now(tm.ctx)
		tm.ok(err)
		if last <= now {
			tm.Error("where the second page begins is kept nowhere")
		}
		l.pageOf(tm, tm.owner, 0, true)
		_, now, err = tm.store.Now(tm.ctx)
		tm.ok(err)
		same(tm, now, last)
	})
}

// TestSyncGoesOnWithNewContacts: who is new in the address book may not have changed
// for long.
func TestSyncGoesOnWithNewContacts(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.ContactsOnly = true })
	bob := tm.joins("Bob")
	l := tm.userList()
	writes(tm, []chat.User{bob.User}, func(ctx context.Context, tx chat.Tx, u chat.User) error { return tx.UpdateUser(ctx, u) })
	l.pageOf(tm, tm.owner, 0, true)
	l.pageOf(tm, tm.owner, 1, true)
	writes(tm, ids(bob), func(ctx context.Context, tx chat.Tx, id int64) error {
		return tx.ConfirmContacts(ctx, tm.owner.User.ID, []int64{id})
	})
	same(tm, l.pageOf(tm, tm.owner, 2, false), append(l.names[2*l.size:], fmt.Sprint(bob.User.ID)))
}

// TestSyncCutsWithinReceipts: one range can be longer than a page.
func TestSyncCutsWithinReceipts(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, tm.general, chat.RoomChange{AddUsers: ids(bob)}))(t)
	posts := tm.fill(tm.general, chat.RecordPage+10)
	must(tm.svc.Receive(tm.ctx, bob, posts[len(posts)-1], chat.Seen))(t)
	record := func(message int64, kind chat.ReceiptKind) string { return fmt.Sprintf("%d of %d", kind, message) }
	var got []string
	for page := range 3 {
		for _, c := range must(tm.svc.SyncRecords(tm.ctx, tm.owner, 0, page))(t).List {
			got = append(got, record(c.Message.ID, c.Receipt.Kind))
		}
		must(tm.svc.React(tm.ctx, bob, posts[page], "👍"))(t)
	}
	var want []string
	for _, kind := range []chat.ReceiptKind{chat.Delivered, chat.Seen} {
		for _, id := range posts {
			want = append(want, record(id, kind))
		}
	}
	same(t, got, append(want, record(posts[0], 0), record(posts[1], 0)))
}

func TestOldWalksAreDropped(t *testing.T) {
	tm := newTeam(t)
	l := tm.messageList(false)
	keeps := func(want bool) {
		t.Helper()
		tm.ok(tm.svc.DropOldWalks(tm.ctx))
		w := must(tm.store.Walk(tm.ctx, tm.owner, chat.WalkMessages))(t)
		same(t, w.Kind, map[bool]chat.WalkKind{true: chat.WalkMessages, false: ""}[want])
	}
	l.pageOf(tm, tm.owner, 0, true)
	tm.clock.pass(7 * 24 * time.Hour)
	keeps(true)
	tm.clock.pass(time.Second)
	keeps(false)
}
