package chat_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"spika/internal/chat"
)

// fill has a bot post into a room.
func (tm *team) fill(room int64, n int) []int64 {
	tm.Helper()
	var out []int64
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		out = nil
		bot, err := tx.CreateUser(ctx, chat.User{Kind: chat.Bot, Name: "CI"})
		for i := 0; i < n && err == nil; i++ {
			var m chat.Message
			m, err = tx.AppendMessage(ctx, chat.Message{RoomID: room, FromUser: bot.ID, Type: chat.TextType, Body: []byte("{}"), Total: 1})
			out = append(out, m.ID)
		}
		return err
	}))
	return out
}

func listed(list []chat.MessageView) (out []int64) {
	for _, v := range list {
		out = append(out, v.ID)
	}
	return out
}

// newestFirst gives ids[from..to], counted from 0, backwards.
func newestFirst(ids []int64, from, to int) (out []int64) {
	for i := to; i >= from; i-- {
		out = append(out, ids[i])
	}
	return out
}

func TestMessagesAreReadPageByPage(t *testing.T) {
	tm := newTeam(t)
	posts := tm.fill(tm.general, 120)
	req := chat.MessagePageRequest{RoomID: tm.general}
	page := must(tm.svc.Messages(tm.ctx, tm.owner, req))(t)
	same(t, listed(page.List), newestFirst(posts, 70, 119))
	same(t, []int64{page.Count, page.Next}, []int64{120, posts[70]})
	req.From = page.Next
	page = must(tm.svc.Messages(tm.ctx, tm.owner, req))(t)
	same(t, listed(page.List), newestFirst(posts, 20, 70)) // begins with the last one's end
	req.From = page.Next
	page = must(tm.svc.Messages(tm.ctx, tm.owner, req))(t)
	same(t, listed(page.List), newestFirst(posts, 0, 20))
	same(t, page.Next, 0)
	page = must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general, Target: posts[5]}))(t)
	same(t, listed(page.List), newestFirst(posts, 5, 119))
	page = must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general, Target: 1 << 40}))(t)
	same(t, len(page.List), chat.MessagePage)
	other := tm.fill(tm.room(tm.owner), 1)[0]
	for _, from := range []int64{1 << 40, other} {
		_, err := tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general, From: from})
		tm.fails(err, chat.Invalid, "cursor")
	}
}

func TestAFullPageThatIsAllHasNoNext(t *testing.T) {
	tm := newTeam(t)
	tm.fill(tm.general, chat.MessagePage)
	same(t, must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general}))(t).Next, 0)
}

func TestReadingReceives(t *testing.T) {
	tm := newTeam(t)
	posts := tm.fill(tm.general, 3)
	page := must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general}))(t)
	for _, v := range page.List {
		same(t, v.Counts, chat.Counts{Delivered: 1, Total: 1})
	}
	place := tm.place()
	must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general}))(t)
	same(t, tm.place(), place) // reading again changes nothing
	same(t, tm.counts(posts[0]), chat.Counts{Delivered: 1, Total: 1})
}

func TestMembersReadWhatWasPostedInTheirTime(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner)
	early := tm.fill(ops, 2)
	_, err := tm.svc.Messages(tm.ctx, bob, chat.MessagePageRequest{RoomID: ops})
	tm.fails(err, chat.NotFound, "No room found")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(bob)}))(t)
	same(t, must(tm.svc.RoomHistory(tm.ctx, bob, ops))(t).Last, nil)
	seen := tm.fill(ops, 2)
	for _, req := range []chat.MessagePageRequest{{RoomID: ops}, {RoomID: ops, Target: early[0]}} {
		page := must(tm.svc.Messages(tm.ctx, bob, req))(t)
		same(t, listed(page.List), newestFirst(seen, 0, 1))
		same(t, page.Count, 2)
	}
	page := must(tm.svc.Messages(tm.ctx, bob, chat.MessagePageRequest{RoomID: ops, From: early[1]}))(t)
	same(t, listed(page.List), nil)
	must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t)
	_, err = tm.svc.Messages(tm.ctx, bob, chat.MessagePageRequest{RoomID: ops})
	tm.fails(err, chat.NotFound)
	synced := must(tm.svc.SyncMessages(tm.ctx, bob, 0, false, 0))(t)
	same(t, listed(synced.List), seen)
}

func TestSyncIsReadPageByPage(t *testing.T) {
	tm := newTeam(t)
	posts := tm.fill(tm.general, 2*chat.SyncPage+1)
	var got []int64
	for page := 0; ; page++ {
		list := must(tm.svc.SyncMessages(tm.ctx, tm.owner, 0, false, page))(t)
		got = append(got, listed(list.List)...)
		if !list.More {
			break
		}
	}
	same(t, got, posts)
	last := must(tm.svc.MessageFor(tm.ctx, 0, posts[0]))(t).Modified
	same(t, must(tm.svc.SyncMessages(tm.ctx, tm.owner, last, false, 0))(t).List, nil)
	users := must(tm.svc.SyncUsers(tm.ctx, tm.owner, tm.owner.User.Modified-1, 0))(t)
	same(t, users.List[0].ID, tm.owner.User.ID)
	rooms := must(tm.svc.SyncRooms(tm.ctx, tm.owner, 0, 0))(t)
	same(t, []int64{int64(len(rooms.List)), rooms.List[0].ID}, []int64{1, tm.general})
}

func TestHistoryHasRoomsWithNewMessagesFirst(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	private := tm.private(tm.owner, bob)
	ops := tm.room(tm.owner)
	tm.post(by(tm.owner), ops, "1")
	last := tm.post(by(bob), private, "2")
	list := must(tm.svc.History(tm.ctx, tm.owner, "", 0))(t)
	same(t, list.Count, 2)
	same(t, []int64{list.List[0].RoomID, list.List[0].Unread, list.List[0].Last.ID, list.List[1].RoomID}, []int64{private, 1, last.ID, ops})
	same(t, must(tm.svc.History(tm.ctx, tm.owner, "BO", 0))(t).List[0].RoomID, private)
	same(t, must(tm.svc.History(tm.ctx, tm.owner, "", 1))(t).List, nil)
	_, err := tm.svc.RoomHistory(tm.ctx, bob, ops)
	tm.fails(err, chat.NotFound)
}

func TestReplay(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	start := tm.place()
	now := must(tm.svc.Replay(tm.ctx, bob.User.ID, -1))(t)
	since := must(tm.store.Member(tm.ctx, ops, bob.User.ID))(t).JoinSeq
	same(t, now, chat.Replay{Seq: start, Rooms: map[int64]int64{ops: since}})
	key, other := tm.key(tm.owner, ops, "CI"), tm.key(tm.owner, tm.general, "CI")
	start = tm.place()
	for i := range 3 {
		tm.post(byKey(key), ops, fmt.Sprint(i))
		tm.post(byKey(other), tm.general, "not Bob's")
	}
	replay := must(tm.svc.Replay(tm.ctx, bob.User.ID, start))(t)
	same(t, len(replay.Events), 3)
	same(t, []any{replay.Seq, replay.More, replay.Lost}, []any{tm.place(), false, false})
	same(t, must(tm.svc.Replay(tm.ctx, bob.User.ID, tm.place()+1))(t).Lost, true) // a place that never was
}

func TestReplayIsReadInSteps(t *testing.T) {
	tm := newTeam(t)
	start := tm.place()
	const n = 1_200
	tm.ok(tm.store.Update(tm.ctx, func(_ context.Context, tx chat.Tx) error {
		for range n {
			tx.Emit(chat.Event{Kind: chat.UserChanged})
		}
		return nil
	}))
	got, steps := 0, 0
	for after := start; ; steps++ {
		replay := must(tm.svc.Replay(tm.ctx, tm.owner.User.ID, after))(t)
		for _, e := range replay.Events {
			if got++; e.Seq != start+int64(got) {
				t.Fatalf("event %d comes as the %dth", e.Seq, got)
			}
		}
		if after = replay.Seq; !replay.More {
			same(t, after, tm.place())
			break
		}
	}
	same(t, []int{got, steps}, []int{n, 2})
}

// Somebody for whom there is nothing among many events goes past them step by step.
func TestReplayOfOthersEvents(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	start := tm.place()
	tm.ok(tm.store.Update(tm.ctx, func(_ context.Context, tx chat.Tx) error {
		for range 25_000 {
			tx.Emit(chat.Event{Kind: chat.UserChanged, ToUser: tm.owner.User.ID})
		}
		tx.Emit(chat.Event{Kind: chat.UserChanged, ToUser: bob.User.ID})
		return nil
	}))
	got, steps := 0, 0
	for after, more := start, true; more; steps++ {
		replay := must(tm.svc.Replay(tm.ctx, bob.User.ID, after))(t)
		if replay.Seq > after+10_000 {
			t.Fatalf("a step goes from %d to %d", after, replay.Seq)
		}
		got, after, more = got+len(replay.Events), replay.Seq, replay.More
	}
	same(t, []int{got, steps}, []int{1, 3})
}

func TestOldEventsAreDropped(t *testing.T) {
	tm := newTeam(t)
	tm.fillEvents(2_500)
	old := tm.place()
	tm.clock.pass(4 * 24 * time.Hour)
	tm.fillEvents(10)
	tm.ok(tm.svc.DropOldEvents(tm.ctx))
	same(t, must(tm.store.Forgotten(tm.ctx))(t), 0)
	tm.clock.pass(4 * 24 * time.Hour)
	tm.ok(tm.svc.DropOldEvents(tm.ctx))
	same(t, must(tm.store.Forgotten(tm.ctx))(t), old)
	same(t, len(tm.events(0)), 10)
	same(t, must(tm.svc.Replay(tm.ctx, tm.owner.User.ID, old-1))(t).Lost, true)
	same(t, must(tm.svc.Replay(tm.ctx, tm.owner.User.ID, old))(t).Lost, false)
}

func (tm *team) fillEvents(n int) {
	tm.Helper()
	tm.ok(tm.store.Update(tm.ctx, func(_ context.Context, tx chat.Tx) error {
		for range n {
			tx.Emit(chat.Event{Kind: chat.UserChanged})
		}
		return nil
	}))
}
