package chat_test

import (
	"testing"
	"time"

	"spika/internal/chat"
)

func TestWhoManagesKeys(t *testing.T) {
	tm := newTeam(t)
	bob, eve, mia := tm.joins("Bob"), tm.joins("Eve"), tm.admin("Mia")
	ops := tm.room(bob, eve) // Bob is its admin
	private := tm.private(bob, eve)
	left := tm.room(bob, eve)
	must(tm.svc.UpdateRoom(tm.ctx, bob, left, chat.RoomChange{AddAdmins: ids(eve)}))(t)
	must(tm.svc.LeaveRoom(tm.ctx, eve, left, nil))(t)
	for _, c := range []struct {
		name string
		who  chat.Session
		room int64
		may  bool
	}{
		{"the room's admin", bob, ops, true}, {"a plain member", eve, ops, false}, {"nobody of the room", tm.joins("Ted"), ops, false},
		{"one person of two", bob, private, true}, {"the other person", eve, private, true}, {"a third person", tm.signsIn("Ted").Session, private, false},
		{"an admin of the team", mia, ops, true}, {"the owner", tm.owner, private, true}, {"who was an admin and left", eve, left, false},
		{"anybody, of no room", bob, 99, false}, {"the owner, of no room", tm.owner, 99, false},
	} {
		t.Log(c.name)
		key, err := tm.svc.CreateKey(tm.ctx, c.who, c.room, "CI")
		if c.may {
			tm.ok(err)
			must(tm.svc.Keys(tm.ctx, c.who, c.room))(t)
			must(tm.svc.RenameKey(tm.ctx, c.who, key.ID, "CD"))(t)
			must(tm.svc.DeleteKey(tm.ctx, c.who, key.ID))(t)
			continue
		}
		tm.fails(err, chat.Forbidden, "User is not in room or he is not admin in this room")
		_, err = tm.svc.Keys(tm.ctx, c.who, c.room)
		tm.fails(err, chat.Forbidden)
		if c.room == 99 {
			continue
		}
		key = tm.key(tm.owner, c.room, "CI")
		_, err = tm.svc.RenameKey(tm.ctx, c.who, key.ID, "CD")
		tm.fails(err, chat.Forbidden)
		_, err = tm.svc.DeleteKey(tm.ctx, c.who, key.ID)
		tm.fails(err, chat.Forbidden)
	}
	_, err := tm.svc.RenameKey(tm.ctx, bob, 99, "CD")
	tm.fails(err, chat.NotFound, "Not found")
	_, err = tm.svc.DeleteKey(tm.ctx, bob, 99)
	tm.fails(err, chat.NotFound, "Not found")
}

func TestKeyOpensItsRoom(t *testing.T) {
	tm := newTeam(t)
	place := tm.place()
	key := tm.key(tm.owner, tm.general, " CI ")
	if len(key.Secret) != chat.SecretLen || key.Name != "CI" || key.RoomID != tm.general || key.ID == 0 {
		t.Errorf("the key is %+v", key)
	}
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomChanged, chat.KeysChanged})
	bot := must(tm.svc.User(tm.ctx, key.BotID))(t)
	same(t, []any{bot.Kind, bot.Name, bot.Role, bot.Verified}, []any{chat.Bot, "CI", chat.Plain, true})
	same(t, must(tm.store.Room(tm.ctx, tm.general))(t).People, 1) // bots are not counted
	found := must(tm.svc.AuthenticateKey(tm.ctx, key.Secret))(t)
	same(t, []int64{found.ID, found.BotID, found.RoomID}, []int64{key.ID, key.BotID, tm.general})
	for _, secret := range []string{"", "x", key.Secret[1:], key.Secret + "x"} {
		_, err := tm.svc.AuthenticateKey(tm.ctx, secret)
		tm.fails(err, chat.Unauthorized)
	}
	posted := tm.post(byKey(key), tm.general, "Build 812 passed")
	same(t, []any{posted.FromUser, posted.SenderName, posted.RoomID}, []any{key.BotID, "CI", tm.general})
	ops := tm.room(tm.owner)
	_, err := tm.svc.Post(tm.ctx, byKey(key), text(ops, "x"))
	tm.fails(err, chat.Invalid, "Room user not found")
	_, err = tm.svc.Post(tm.ctx, byKey(key), text(99, "x"))
	tm.fails(err, chat.Invalid, "Room user not found")
	for _, name := range []string{"", "two\nlines"} {
		_, err = tm.svc.CreateKey(tm.ctx, tm.owner, tm.general, name)
		tm.fails(err, chat.Invalid, "displayName")
		_, err = tm.svc.RenameKey(tm.ctx, tm.owner, key.ID, name)
		tm.fails(err, chat.Invalid, "displayName")
	}
}

func TestKeysAreShownAgain(t *testing.T) {
	tm := newTeam(t)
	a, b := tm.key(tm.owner, tm.general, "Z"), tm.key(tm.owner, tm.general, "A")
	list := must(tm.svc.Keys(tm.ctx, tm.owner, tm.general))(t)
	same(t, []string{list[0].Secret, list[1].Secret}, []string{a.Secret, b.Secret})
	renamed := must(tm.svc.RenameKey(tm.ctx, tm.owner, a.ID, "Y"))(t)
	same(t, []string{renamed.Name, renamed.Secret}, []string{"Y", a.Secret})
	otherKey := make([]byte, chat.MasterKeyLen)
	otherKey[0] = 1
	sealer := must(chat.NewSealer(otherKey))(t)
	moved := chat.NewService(tm.store, tm.clock.now, tm.passwords, sealer, tm.opts) // with another server key
	list = must(moved.Keys(tm.ctx, tm.owner, tm.general))(t)
	same(t, []string{list[0].Secret, list[1].Secret}, []string{"", ""})
	must(moved.AuthenticateKey(tm.ctx, a.Secret))(t) // it still works
}

func TestHiddenKeysAreShownOnce(t *testing.T) {
	tm := newTeam(t)
	before := tm.key(tm.owner, tm.general, "CI")
	tm.opts.HideKeys = true
	tm.svc = tm.node()
	key := tm.key(tm.owner, tm.general, "CD")
	same(t, len(key.Secret), chat.SecretLen)
	for _, k := range must(tm.svc.Keys(tm.ctx, tm.owner, tm.general))(t) {
		same(t, k.Secret, "")
	}
	same(t, must(tm.svc.RenameKey(tm.ctx, tm.owner, before.ID, "CE"))(t).Secret, "")
	must(tm.svc.AuthenticateKey(tm.ctx, key.Secret))(t)
	tm.opts.HideKeys = false
	list := must(tm.node().Keys(tm.ctx, tm.owner, tm.general))(t)
	same(t, []string{list[0].Secret, list[1].Secret}, []string{before.Secret, ""}) // it was never sealed
}

// TestRenamedKeyDoesNotRewriteHistory: messages keep the name they were posted
// under.
func TestRenamedKeyDoesNotRewriteHistory(t *testing.T) {
	tm := newTeam(t)
	key := tm.key(tm.owner, tm.general, "CI")
	old := tm.post(byKey(key), tm.general, "x")
	place := tm.place()
	must(tm.svc.RenameKey(tm.ctx, tm.owner, key.ID, "CD"))(t)
	same(t, tm.kinds(place), []chat.EventKind{chat.UserChanged, chat.RoomChanged, chat.KeysChanged})
	now := tm.post(byKey(key), tm.general, "y")
	list := must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general}))(t).List
	same(t, []string{list[1].SenderName, list[0].SenderName}, []string{"CI", "CD"})
	same(t, []int64{list[1].ID, list[0].ID, list[1].FromUser, list[0].FromUser}, []int64{old.ID, now.ID, key.BotID, key.BotID})
	same(t, list[1].Modified, old.Modified)
	same(t, must(tm.svc.User(tm.ctx, key.BotID))(t).Name, "CD")
	must(tm.svc.AuthenticateKey(tm.ctx, key.Secret))(t)
}

func TestDeletedKeyStopsAndItsMessagesStay(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	key, other := tm.key(tm.owner, ops, "CI"), tm.key(tm.owner, ops, "CD")
	posted := tm.post(byKey(key), ops, "x")
	elsewhere := tm.node()
	must(elsewhere.AuthenticateKey(tm.ctx, key.Secret))(t)
	place := tm.place()
	must(tm.svc.DeleteKey(tm.ctx, tm.owner, key.ID))(t)
	same(t, tm.kinds(place), []chat.EventKind{chat.RoomChanged, chat.KeysChanged})
	_, err := tm.svc.AuthenticateKey(tm.ctx, key.Secret)
	tm.fails(err, chat.Unauthorized, "revoked")
	must(elsewhere.AuthenticateKey(tm.ctx, key.Secret))(t) // it was not told yet, and yet:
	_, err = elsewhere.Post(tm.ctx, byKey(key), text(ops, "y"))
	tm.fails(err, chat.Unauthorized, "revoked")
	all, _ := tm.members(ops)
	same(t, sorted(all), sorted(append(ids(tm.owner, bob), other.BotID)))
	list := must(tm.svc.Messages(tm.ctx, bob, chat.MessagePageRequest{RoomID: ops}))(t).List
	same(t, len(list), 1)
	same(t, []any{list[0].ID, list[0].SenderName}, []any{posted.ID, "CI"})
	same(t, must(tm.svc.User(tm.ctx, key.BotID))(t).Name, "CI")
	tm.post(byKey(other), ops, "z")
	_, err = tm.svc.DeleteKey(tm.ctx, tm.owner, key.ID)
	tm.fails(err, chat.NotFound)
}

func TestLastUseIsShownAndKept(t *testing.T) {
	tm := newTeam(t)
	key := tm.key(tm.owner, tm.general, "CI")
	lastUse := func(s *chat.Service) chat.Time {
		return must(s.Keys(tm.ctx, tm.owner, tm.general))(t)[0].LastUsed
	}
	same(t, lastUse(tm.svc), 0)
	tm.clock.pass(time.Minute)
	tm.svc.KeyUsed(key.ID)
	used := chat.TimeOf(tm.clock.now())
	same(t, lastUse(tm.svc), used)
	same(t, lastUse(tm.node()), 0) // not written yet
	tm.ok(tm.svc.FlushKeyUses(tm.ctx))
	tm.ok(tm.svc.FlushKeyUses(tm.ctx))
	same(t, lastUse(tm.svc), used)
	same(t, lastUse(tm.node()), used)
}

// TestRenamedKeyKeepsItsLastUse: what was written down after the key was read for
// a post.
func TestRenamedKeyKeepsItsLastUse(t *testing.T) {
	tm := newTeam(t)
	key := tm.key(tm.owner, tm.general, "CI")
	tm.post(byKey(key), tm.general, "x")
	tm.svc.KeyUsed(key.ID)
	tm.ok(tm.svc.FlushKeyUses(tm.ctx))
	renamed := must(tm.svc.RenameKey(tm.ctx, tm.owner, key.ID, "CD"))(t)
	same(t, renamed.LastUsed, chat.TimeOf(tm.clock.now()))
}

func TestOperatorManagesKeysAndRooms(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	room := must(tm.svc.CreateRoomFor(tm.ctx, "Ops", "BOB@example.org", []string{"ada@example.org"}))(t)
	all, admins := tm.members(room.ID)
	same(t, sorted(all), ids(tm.owner, bob))
	same(t, admins, ids(bob))
	same(t, room.Type, chat.Group)
	for _, c := range []struct {
		name, admin string
		members     []string
		want        chat.Code
		says        string
	}{
		{"", "bob@example.org", nil, chat.Invalid, "name"}, {"x", "nobody", nil, chat.Invalid, "emailAddress"},
		{"x", "eve@example.org", nil, chat.NotFound, "eve@example.org"}, {"x", "bob@example.org", []string{"eve@example.org"}, chat.NotFound, "eve@example.org"},
	} {
		_, err := tm.svc.CreateRoomFor(tm.ctx, c.name, c.admin, c.members)
		tm.fails(err, c.want, c.says)
	}
	a := must(tm.svc.CreateRoomKey(tm.ctx, room.ID, "CI"))(t)
	b := must(tm.svc.CreateRoomKey(tm.ctx, tm.general, "CD"))(t)
	tm.post(byKey(a), room.ID, "x")
	_, err := tm.svc.CreateRoomKey(tm.ctx, 99, "CI")
	tm.fails(err, chat.NotFound, "no room 99")
	_, err = tm.svc.RoomKeys(tm.ctx, 99)
	tm.fails(err, chat.NotFound, "no room 99")
	same(t, keyIDs(must(tm.svc.RoomKeys(tm.ctx, room.ID))(t)), []int64{a.ID})
	same(t, keyIDs(must(tm.svc.RoomKeys(tm.ctx, 0))(t)), []int64{b.ID, a.ID})
	must(tm.svc.RevokeKey(tm.ctx, a.ID))(t)
	_, err = tm.svc.RevokeKey(tm.ctx, a.ID)
	tm.fails(err, chat.NotFound, "no API key")
}

func keyIDs(keys []chat.APIKey) (out []int64) {
	for _, k := range keys {
		out = append(out, k.ID)
	}
	return out
}
