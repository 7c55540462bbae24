package chat_test

import (
	"fmt"
	"testing"

	"spika/internal/chat"
)

func TestGroupsAreReadPageByPage(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	var want []int64
	for i := range chat.GroupPage + 5 {
		room := must(tm.svc.CreateRoom(tm.ctx, bob, chat.NewRoom{Type: chat.Group, Name: fmt.Sprintf("Room %02d", i)}))(t)
		want = append(want, room.ID)
	}
	tm.private(bob, tm.owner)
	first := must(tm.svc.Groups(tm.ctx, bob, "ROOM", 0))(t)
	same(t, roomIDs(first.List), want[:chat.GroupPage])
	same(t, []int64{first.Count, first.Next}, []int64{int64(len(want)), want[chat.GroupPage-1]})
	second := must(tm.svc.Groups(tm.ctx, bob, "ROOM", first.Next))(t)
	same(t, roomIDs(second.List), want[chat.GroupPage-1:]) // from the room that ended the first page
	same(t, second.Next, 0)
	same(t, roomIDs(must(tm.svc.Groups(tm.ctx, bob, "room 07", 0))(t).List), want[7:8])
}

func roomIDs(rooms []chat.RoomView) (out []int64) {
	for _, r := range rooms {
		out = append(out, r.ID)
	}
	return out
}

func TestRecentChats(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops, dev := tm.room(tm.owner, bob), tm.room(tm.owner, bob)
	tm.room(tm.owner) // nothing was posted in it
	one, other := tm.private(tm.owner, eve), tm.private(bob, tm.owner)
	tm.key(tm.owner, one, "CI")
	for _, room := range []int64{dev, one, ops, other} {
		tm.post(by(tm.owner), room, "news")
	}
	people := func() (out []int64) {
		for _, u := range must(tm.svc.RecentChats(tm.ctx, tm.owner))(t).People {
			out = append(out, u.ID)
		}
		return out
	}
	same(t, roomIDs(must(tm.svc.RecentChats(tm.ctx, tm.owner))(t).Groups), []int64{ops, dev})
	same(t, people(), ids(bob, eve))
	tm.ok(tm.svc.DeleteMe(tm.ctx, bob)) // to whom nothing can be forwarded any more
	same(t, people(), ids(eve))
}
