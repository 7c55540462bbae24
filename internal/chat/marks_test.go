package chat_test

import (
	"testing"

	"spika/internal/chat"
)

func TestMarks(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops, dev := tm.room(tm.owner, bob), tm.room(tm.owner, bob)
	before := must(tm.svc.Room(tm.ctx, bob, dev))(t)
	place := tm.place()
	muted := must(tm.svc.SetMark(tm.ctx, bob, dev, chat.Mute, true))(t)
	same(t, []bool{muted.Muted, muted.Pinned}, []bool{true, false})
	if muted.Modified <= before.Modified {
		t.Errorf("to who muted it, the room was modified at %d, before at %d", muted.Modified, before.Modified)
	}
	pinned := must(tm.svc.SetMark(tm.ctx, bob, ops, chat.Pin, true))(t)
	same(t, []bool{pinned.Muted, pinned.Pinned}, []bool{false, true})
	must(tm.svc.SetMark(tm.ctx, bob, dev, chat.Pin, true))(t)
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomMarked, chat.RoomMarked, chat.RoomMarked})
	for _, e := range tm.events(place) {
		same(t, e.ToUser, bob.User.ID)
	}
	marks := must(tm.svc.Marks(tm.ctx, bob))(t)
	for i, want := range []chat.RoomMark{
		{RoomID: ops, Mark: chat.Pin}, {RoomID: dev, Mark: chat.Mute, Since: muted.Modified}, {RoomID: dev, Mark: chat.Pin},
	} {
		if want.UserID = bob.User.ID; want.Since == 0 {
			want.Since = marks[i].Since
		}
		same(t, marks[i], want)
	}
	same(t, len(marks), 3)
	same(t, must(tm.svc.Marks(tm.ctx, tm.owner))(t), nil)
	same(t, must(tm.svc.Room(tm.ctx, tm.owner, dev))(t).Muted, false)
}

// TestMarksTwice: what is so already changes nothing.
func TestMarksTwice(t *testing.T) {
	tm := newTeam(t)
	ops := tm.room(tm.owner)
	place := tm.place()
	for _, mark := range []chat.Mark{chat.Mute, chat.Pin} {
		room := must(tm.svc.SetMark(tm.ctx, tm.owner, ops, mark, false))(t) // was not set
		same(t, []bool{room.Muted, room.Pinned}, []bool{false, false})
	}
	same(t, tm.kinds(place), nil)
	first := must(tm.svc.SetMark(tm.ctx, tm.owner, ops, chat.Mute, true))(t)
	place = tm.place()
	same(t, must(tm.svc.SetMark(tm.ctx, tm.owner, ops, chat.Mute, true))(t).Modified, first.Modified)
	same(t, tm.kinds(place), nil)
	must(tm.svc.SetMark(tm.ctx, tm.owner, ops, chat.Mute, false))(t)
	same(t, must(tm.svc.Marks(tm.ctx, tm.owner))(t), nil)
}

func TestWhoMarks(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	must(tm.svc.SetMark(tm.ctx, bob, ops, chat.Mute, true))(t) // not only admins
	must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t)
	same(t, must(tm.svc.Marks(tm.ctx, bob))(t), nil)
	_, err := tm.svc.SetMark(tm.ctx, bob, ops, chat.Mute, false)
	tm.fails(err, chat.NotFound, "User is not the member of the room.")
	_, err = tm.svc.SetMark(tm.ctx, tm.joins("Eve"), ops, chat.Pin, true)
	tm.fails(err, chat.NotFound, "User is not the member of the room.")
	_, err = tm.svc.SetMark(tm.ctx, bob, 99, chat.Pin, true)
	tm.fails(err, chat.NotFound, "Room not found")
}

func TestUnreadCounts(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops, dev, deleted := tm.room(tm.owner, bob), tm.room(tm.owner, bob), tm.room(tm.owner, bob)
	for _, room := range []int64{ops, dev, dev, deleted} {
		tm.post(by(tm.owner), room, "news")
	}
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, deleted))(t)
	same(t, must(tm.svc.UnreadCounts(tm.ctx, bob))(t), []chat.UnreadCount{{RoomID: ops, Unread: 1}, {RoomID: dev, Unread: 2}})
	same(t, must(tm.svc.UnreadCounts(tm.ctx, tm.owner))(t), nil)
}

// TestSyncTellsOfRoomsThatWereLeft: once, without what happened in them since,
// and not to a client that begins.
func TestSyncTellsOfRoomsThatWereLeft(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops, back := tm.room(tm.owner, bob), tm.room(tm.owner, bob)
	sync := func(since chat.Time) []chat.RoomView {
		return must(tm.svc.SyncRooms(tm.ctx, bob, since, 0))(t).List
	}
	known := sync(0)
	place := known[len(known)-1].Modified
	same(t, sync(place), nil)
	must(tm.svc.LeaveRoom(tm.ctx, bob, back, nil))(t)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, back, chat.RoomChange{AddUsers: ids(bob)}))(t)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{RemoveUsers: ids(bob)}))(t)
	name := "What Bob must not know"
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{Name: &name}))(t)
	got := sync(place)
	same(t, len(got), 2)
	same(t, []any{got[0].ID, got[0].Deleted}, []any{back, false})
	same(t, []any{got[1].ID, got[1].Deleted, got[1].Name, len(got[1].Members)}, []any{ops, true, "", 0})
	same(t, sync(got[1].Modified), nil)
	for _, room := range sync(0) {
		if room.ID == ops {
			t.Error("a client that begins is told of a room that was left")
		}
	}
}
