package chat_test

import (
	"slices"
	"testing"

	"spika/internal/chat"
)

func sorted(list []int64) []int64 { return slices.Sorted(slices.Values(list)) }

func TestWhoLeavesRooms(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops, private, deleted := tm.room(tm.owner, bob), tm.private(tm.owner, bob), tm.room(tm.owner, bob)
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, deleted))(t)
	for _, c := range []struct {
		who  chat.Session
		room int64
		want chat.Code
		says string
	}{
		{eve, ops, chat.NotFound, "Not found"}, {bob, 99, chat.NotFound, "Not found"}, {bob, deleted, chat.NotFound, "Not found"},
		{bob, private, chat.Forbidden, "Can't leave private room"}, {tm.owner, ops, chat.Invalid, "New admin(s) must be defined"},
	} {
		_, err := tm.svc.LeaveRoom(tm.ctx, c.who, c.room, nil)
		tm.fails(err, c.want, c.says)
	}
	place := tm.place()
	view := must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t)
	same(t, []int64{view.People, int64(len(view.Members)), view.Members[0].User.ID}, []int64{1, 1, tm.owner.User.ID})
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomChanged, chat.RoomLeft})
	_, err := tm.svc.LeaveRoom(tm.ctx, bob, ops, nil)
	tm.fails(err, chat.NotFound)
}

func TestLastAdminNamesAnother(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops := tm.room(tm.owner, bob)
	bot := tm.key(tm.owner, ops, "CI").BotID
	for _, named := range [][]int64{nil, {99}, {bot}, ids(tm.owner)} {
		_, err := tm.svc.LeaveRoom(tm.ctx, tm.owner, ops, named)
		tm.fails(err, chat.Invalid, "New admin(s)")
	}
	must(tm.svc.LeaveRoom(tm.ctx, tm.owner, ops, append(ids(bob, eve), 99)))(t) // Eve was no member
	all, admins := tm.members(ops)
	same(t, all, []int64{bob.User.ID, bot, eve.User.ID})
	same(t, admins, ids(bob, eve))
	must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t) // another admin stays
	_, admins = tm.members(ops)
	same(t, admins, ids(eve))
	same(t, must(tm.store.Room(tm.ctx, ops))(t).People, 1)
}

func TestDeletedRoomIsOver(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	key := tm.key(tm.owner, ops, "CI")
	draft := text(ops, "stored")
	draft.IdempotencyKey = "id"
	stored := must(tm.svc.Post(tm.ctx, byKey(key), draft))(t)
	place := tm.place()
	view := must(tm.svc.DeleteRoom(tm.ctx, tm.owner, ops))(t)
	same(t, view.Deleted, true)
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomDeleted})
	for _, from := range []chat.Sender{byKey(key), by(bob)} {
		_, err := tm.svc.Post(tm.ctx, from, text(ops, "x"))
		tm.fails(err, chat.Forbidden, "Room is deleted")
	}
	again := must(tm.svc.Post(tm.ctx, byKey(key), draft))(t) // what was stored is still answered for
	same(t, []any{again.Replayed, again.ID}, []any{true, stored.ID})
	_, err := tm.svc.CreateKey(tm.ctx, tm.owner, ops, "CD")
	tm.fails(err, chat.Forbidden, "Room is deleted")
	same(t, must(tm.svc.Room(tm.ctx, bob, ops))(t).Deleted, true)
	same(t, must(tm.svc.Rooms(tm.ctx, bob, "", 0))(t).Count, 0)
	same(t, must(tm.svc.History(tm.ctx, bob, "", 0))(t).Count, 0)
	synced := must(tm.svc.SyncRooms(tm.ctx, bob, view.Modified-1, 0))(t)
	same(t, len(synced.List), 1)
	_, err = tm.svc.DeleteRoom(tm.ctx, tm.owner, ops)
	tm.fails(err, chat.NotFound)
}

func TestRoomsAreReadPageByPage(t *testing.T) {
	tm := newTeam(t)
	want := []int64{tm.general}
	for range chat.RoomPage + 1 {
		want = append(want, tm.room(tm.owner))
	}
	var got []int64
	for page := range 3 {
		list := must(tm.svc.Rooms(tm.ctx, tm.owner, "", page))(t)
		same(t, list.Count, int64(len(want)))
		for _, r := range list.List {
			got = append(got, r.ID)
		}
	}
	same(t, got, want)
	same(t, must(tm.svc.Rooms(tm.ctx, tm.owner, "GENER", 0))(t).Count, 1)
}
