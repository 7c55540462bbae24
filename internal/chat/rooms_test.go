package chat_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"spika/internal/chat"
)

func TestNewRoomHasATypeAndAName(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	for _, c := range []struct {
		n    chat.NewRoom
		typ  chat.RoomType
		name string
	}{
		{chat.NewRoom{}, chat.Private, "Private room"},
		{chat.NewRoom{UserIDs: ids(bob)}, chat.Private, ""},
		{chat.NewRoom{UserIDs: ids(bob, eve)}, chat.Group, "Untitled room"},
		{chat.NewRoom{Type: chat.Group}, chat.Group, "Private room"},
		{chat.NewRoom{Type: chat.Group, UserIDs: ids(bob)}, chat.Group, ""},
		{chat.NewRoom{Type: chat.Private, UserIDs: ids(bob, eve)}, chat.Group, "Untitled room"},
		{chat.NewRoom{Type: chat.Private}, chat.Private, "Private room"},
		{chat.NewRoom{Type: chat.Group, Name: " Ops "}, chat.Group, "Ops"},
	} {
		room := must(tm.svc.CreateRoom(tm.ctx, tm.owner, c.n))(t)
		same(t, []any{room.Type, room.Name}, []any{c.typ, c.name})
	}
	_, err := tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{Name: "two\nlines"})
	tm.fails(err, chat.Invalid)
}

func TestNewRoomHasMembersAndAdmins(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	picture := tm.file(tm.owner, "face").ID
	place := tm.place()
	room := must(tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{
		Name: "Ops", UserIDs: []int64{bob.User.ID, bob.User.ID, tm.owner.User.ID}, AdminIDs: ids(eve), AvatarID: picture,
	}))(t)
	all, admins := tm.members(room.ID)
	same(t, all, ids(tm.owner, bob, eve))
	same(t, admins, ids(tm.owner, eve))
	same(t, []int64{room.People, room.AvatarID, int64(len(room.Members))}, []int64{3, picture, 3})
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomMade})
	for _, who := range []chat.Session{tm.owner, bob, eve} { // all hear of it
		replay := must(tm.svc.Replay(tm.ctx, who.User.ID, place))(t)
		same(t, len(replay.Events), 1)
	}
}

func TestNewRoomRefusesWhoIsNotThere(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob").User
	bob.Deleted = true
	tm.ok(tm.store.Update(tm.ctx, updateUser(bob)))
	_, err := tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{UserIDs: []int64{98, bob.ID, 97, tm.owner.User.ID}})
	tm.fails(err, chat.Invalid, fmt.Sprintf("Users doesn't exist, ids: %d,97,98", bob.ID))
	_, err = tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{AdminIDs: []int64{98}})
	tm.fails(err, chat.Invalid, "Admin users doesn't exist, ids: 98")
}

// TestBotsStayInTheirRoom: a bot belongs to its key's room. In another one it
// could not post, and would never leave.
func TestBotsStayInTheirRoom(t *testing.T) {
	tm := newTeam(t)
	bot := tm.key(tm.owner, tm.general, "CI").BotID
	_, err := tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{UserIDs: []int64{bot}})
	tm.fails(err, chat.Invalid, fmt.Sprint(bot))
	_, err = tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{AdminIDs: []int64{bot}})
	tm.fails(err, chat.Invalid, fmt.Sprint(bot))
	ops := tm.room(tm.owner)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: []int64{bot}, AddAdmins: []int64{bot}}))(t)
	all, _ := tm.members(ops)
	same(t, all, ids(tm.owner))
}

func TestTwoPeopleShareOnePrivateRoom(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	_, err := tm.svc.PrivateRoom(tm.ctx, tm.owner, bob.User.ID)
	tm.fails(err, chat.NotFound)
	sessions := []chat.Session{tm.owner, bob}
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			_, errs[i] = tm.svc.CreateRoom(tm.ctx, sessions[i%2], chat.NewRoom{UserIDs: ids(sessions[1-i%2])})
		})
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			tm.fails(err, chat.Conflict, "Room already exists")
		}
	}
	same(t, made, 1)
	a, b := must(tm.svc.PrivateRoom(tm.ctx, tm.owner, bob.User.ID))(t), must(tm.svc.PrivateRoom(tm.ctx, bob, tm.owner.User.ID))(t)
	same(t, a.ID, b.ID)
}

func TestRoomsHaveALimit(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.MaxMembers = 3 })
	bob, eve, mia := tm.joins("Bob"), tm.joins("Eve"), tm.joins("Mia")
	_, err := tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{UserIDs: ids(bob, eve, mia)})
	tm.fails(err, chat.Invalid, "at most 3")
	ops := tm.room(tm.owner, bob)
	_, err = tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(eve, mia)})
	tm.fails(err, chat.Invalid, "at most 3")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: append(ids(eve), 97, 98, 99)}))(t) // unknown ones do not count
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(mia), RemoveUsers: ids(eve)}))(t)
}

func TestWhoUpdatesRooms(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops, private, deleted := tm.room(tm.owner, bob), tm.private(tm.owner, bob), tm.room(tm.owner)
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, deleted))(t)
	name := "New"
	for _, c := range []struct {
		who  chat.Session
		room int64
		want chat.Code
		says string
	}{
		{bob, ops, chat.Forbidden, "Forbidden"}, {eve, ops, chat.Forbidden, "Forbidden"}, {tm.owner, private, chat.Forbidden, "private"},
		{eve, private, chat.Forbidden, "private"}, {tm.owner, deleted, chat.NotFound, "Not found"}, {tm.owner, 99, chat.NotFound, "Not found"},
	} {
		place := tm.place()
		_, err := tm.svc.UpdateRoom(tm.ctx, c.who, c.room, chat.RoomChange{Name: &name})
		tm.fails(err, c.want, c.says)
		_, err = tm.svc.DeleteRoom(tm.ctx, c.who, c.room)
		tm.fails(err, c.want, c.says)
		same(t, tm.kinds(place), nil)
	}
}

// TestRoomLists: whole lists, as they are given without an action.
func TestRoomLists(t *testing.T) {
	tm := newTeam(t)
	bob, eve, mia := tm.joins("Bob"), tm.joins("Eve"), tm.joins("Mia")
	ada := tm.owner
	for name, c := range map[string]struct {
		change      chat.RoomChange
		all, admins []int64 // without the bot; before: Ada and Eve, admins, and Bob
	}{
		"nothing":                       {chat.RoomChange{}, ids(ada, bob, eve), ids(ada, eve)},
		"members, unknown ones ignored": {chat.RoomChange{UserIDs: append(ids(mia, bob), 99)}, ids(ada, bob, eve, mia), ids(ada, eve)},
		"members without some":          {chat.RoomChange{UserIDs: ids(mia)}, ids(ada, eve, mia), ids(ada, eve)},
		"no members":                    {chat.RoomChange{UserIDs: []int64{}}, ids(ada, eve), ids(ada, eve)},
		"admins":                        {chat.RoomChange{AdminIDs: ids(bob)}, ids(ada, bob, eve), ids(ada, bob)},
		"admins who join":               {chat.RoomChange{AdminIDs: ids(mia, eve)}, ids(ada, bob, eve, mia), ids(ada, eve, mia)},
		"no admins":                     {chat.RoomChange{AdminIDs: []int64{}}, ids(ada, bob, eve), ids(ada)},
		"members and admins":            {chat.RoomChange{UserIDs: ids(mia), AdminIDs: ids(mia)}, ids(ada, eve, mia), ids(ada, mia)},
	} {
		room := must(tm.svc.CreateRoom(tm.ctx, ada, chat.NewRoom{Name: "Ops", UserIDs: ids(bob), AdminIDs: ids(eve)}))(t)
		bot := tm.key(ada, room.ID, "CI").BotID
		view, err := tm.svc.UpdateRoom(tm.ctx, ada, room.ID, c.change)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all, admins := tm.members(room.ID)
		t.Log(name)
		same(t, sorted(all), sorted(append(c.all, bot))) // a bot leaves with its key
		same(t, sorted(admins), sorted(c.admins))
		same(t, view.People, int64(len(c.all)))
	}
}

// TestRoomActions: one thing at a time.
func TestRoomActions(t *testing.T) {
	tm := newTeam(t)
	bob, eve, mia := tm.joins("Bob"), tm.joins("Eve"), tm.joins("Mia")
	ada := tm.owner
	for name, c := range map[string]struct {
		change      chat.RoomChange
		all, admins []int64 // before: Ada and Eve, admins, and Bob
	}{
		"add members":                     {chat.RoomChange{AddUsers: append(ids(mia, bob), 99)}, ids(ada, bob, eve, mia), ids(ada, eve)},
		"remove members":                  {chat.RoomChange{RemoveUsers: append(ids(bob, mia), 99)}, ids(ada, eve), ids(ada, eve)},
		"remove admins from the room":     {chat.RoomChange{RemoveUsers: ids(eve)}, ids(ada, bob), ids(ada)},
		"nobody removes themselves":       {chat.RoomChange{RemoveUsers: ids(bob, ada)}, ids(ada, eve), ids(ada, eve)},
		"add admins":                      {chat.RoomChange{AddAdmins: append(ids(bob, mia), 99)}, ids(ada, bob, eve, mia), ids(ada, bob, eve, mia)},
		"remove admins":                   {chat.RoomChange{RemoveAdmins: ids(ada)}, ids(ada, bob, eve), ids(eve)},
		"hand over to who is there":       {chat.RoomChange{AddAdmins: ids(bob), RemoveAdmins: ids(ada, eve)}, ids(ada, bob, eve), ids(bob)},
		"hand over to who joins by it":    {chat.RoomChange{AddAdmins: ids(mia), RemoveAdmins: ids(ada, eve)}, ids(ada, bob, eve, mia), ids(mia)},
		"remove the other, and be an one": {chat.RoomChange{RemoveAdmins: ids(eve, bob)}, ids(ada, bob, eve), ids(ada)},
	} {
		room := must(tm.svc.CreateRoom(tm.ctx, ada, chat.NewRoom{Name: "Ops", UserIDs: ids(bob), AdminIDs: ids(eve)}))(t)
		if _, err := tm.svc.UpdateRoom(tm.ctx, ada, room.ID, c.change); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all, admins := tm.members(room.ID)
		t.Log(name)
		same(t, sorted(all), sorted(c.all))
		same(t, sorted(admins), sorted(c.admins))
	}
}

func TestRoomKeepsAnAdmin(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	for _, c := range []chat.RoomChange{
		{RemoveAdmins: ids(tm.owner)},
		{RemoveAdmins: ids(tm.owner), AddAdmins: []int64{99}},
	} {
		_, err := tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, c)
		tm.fails(err, chat.Invalid, "At least one admin")
	}
	_, admins := tm.members(ops)
	same(t, admins, ids(tm.owner))
}

// TestLastAdminIsNotReplacedByABot: a bot is never made an admin, so it does not
// count as the one who stays.
func TestLastAdminIsNotReplacedByABot(t *testing.T) {
	tm := newTeam(t)
	bot := tm.key(tm.owner, tm.general, "CI").BotID
	_, err := tm.svc.UpdateRoom(tm.ctx, tm.owner, tm.general, chat.RoomChange{AddAdmins: []int64{bot}, RemoveAdmins: ids(tm.owner)})
	tm.fails(err, chat.Invalid, "At least one admin")
	_, admins := tm.members(tm.general)
	same(t, admins, ids(tm.owner))
}

func TestRoomProfile(t *testing.T) {
	tm := newTeam(t)
	ops := tm.room(tm.owner)
	name, empty, bad, avatar, none := " Dev ", "", "two\nlines", tm.file(tm.owner, "face").ID, int64(0)
	room := must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{Name: &name, AvatarID: &avatar}))(t)
	same(t, []any{room.Name, room.AvatarID}, []any{"Dev", avatar})
	room = must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{Name: &empty, AvatarID: &none}))(t)
	same(t, []any{room.Name, room.AvatarID}, []any{"Dev", int64(0)})
	_, err := tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{Name: &bad})
	tm.fails(err, chat.Invalid)
	if now := must(tm.svc.Room(tm.ctx, tm.owner, ops))(t); now.Modified != room.Modified || now.Modified <= now.Created {
		t.Errorf("the room was modified at %d, said %d", now.Modified, room.Modified)
	}
}

func TestRemovedMemberIsTold(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	place := tm.place()
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{RemoveUsers: ids(bob)}))(t)
	replay := must(tm.svc.Replay(tm.ctx, bob.User.ID, place))(t)
	same(t, len(replay.Events), 1)
	same(t, []any{replay.Events[0].Kind, replay.Events[0].RoomID}, []any{chat.RoomLeft, ops})
	same(t, len(replay.Rooms), 0)
	replay = must(tm.svc.Replay(tm.ctx, tm.owner.User.ID, place))(t)
	same(t, len(replay.Events), 1)
	same(t, replay.Events[0].Kind, chat.RoomChanged)
	_, err := tm.svc.Room(tm.ctx, bob, ops)
	tm.fails(err, chat.NotFound)
}

// TestDemotedAdminIsTold: before the room is, so that a client which drops it at
// that has it back.
func TestDemotedAdminIsTold(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := must(tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{Type: chat.Group, AdminIDs: ids(bob)}))(t).ID
	place := tm.place()
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{RemoveAdmins: ids(bob)}))(t)
	same(t, tm.kinds(place), []chat.EventKind{chat.AdminEnded, chat.RoomChanged})
	same(t, tm.events(place)[0].ToUser, bob.User.ID)
	place = tm.place()
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{RemoveAdmins: ids(bob)}))(t)
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomChanged})
}

func TestAloneInAPrivateRoom(t *testing.T) {
	tm := newTeam(t)
	room := must(tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{}))(t)
	_, err := tm.svc.Room(tm.ctx, tm.owner, room.ID)
	tm.fails(err, chat.NotFound, "Room not found")
	tm.key(tm.owner, room.ID, "CI") // somebody to read
	must(tm.svc.Room(tm.ctx, tm.owner, room.ID))(t)
}

// TestDeletedPairIsFree: a private room that was closed, as the team's managers
// can, does not keep its people from making another.
func TestDeletedPairIsFree(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	first := must(tm.store.Room(tm.ctx, tm.private(tm.owner, bob)))(t)
	first.Deleted = true
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.UpdateRoom(ctx, first) }))
	_, err := tm.svc.PrivateRoom(tm.ctx, bob, tm.owner.User.ID)
	tm.fails(err, chat.NotFound)
	if second := tm.private(bob, tm.owner); second == first.ID {
		t.Error("the deleted room was made again")
	}
}

// TestMembersBeyondTheLimitAreNotNamed: naming new admins brings people in.
func TestMembersBeyondTheLimitAreNotNamed(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.MaxMembers = 3 })
	bob, eve, mia, zoe := tm.joins("Bob"), tm.joins("Eve"), tm.joins("Mia"), tm.joins("Zoe")
	ops := tm.room(tm.owner, bob)
	_, err := tm.svc.LeaveRoom(tm.ctx, tm.owner, ops, ids(eve, mia, zoe))
	tm.fails(err, chat.Invalid, "at most 3")
	must(tm.svc.LeaveRoom(tm.ctx, tm.owner, ops, ids(bob, eve, mia)))(t) // one leaves
}
