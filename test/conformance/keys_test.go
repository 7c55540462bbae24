package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func keyChecks() []check {
	return []check{
		{"create", keysCreate},
		{"list", keysList},
		{"rename", keysRename},
		{"delete", keysDelete},
		{"access", keysAccess},
		{"private room", keysPrivateRoom},
		{"team admins", keysTeamAdmins},
		{"refusals", keysRefusals},
		{"deleted room", keysDeletedRoom},
		{"last used", keysLastUsed},
		{"made by command", keysByCommand},
		{"hidden", keysHidden},
	}
}

func keysPath(room int64) string { return fmt.Sprintf("/api-keys/roomId/%d", room) }

func keyPath(key int64) string { return fmt.Sprintf("/api-keys/%d", key) }

// keysOfRoom lists a room's keys.
func (p person) keysOfRoom(t testing.TB, room int64) []api.APIKey {
	t.Helper()
	return data[api.APIKeyList](t, p.get(t, "/api-keys/roomId/%d", room)).APIKeys
}

func keysCreate(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	room := ann.room(t, "Releases", ben)
	r := ann.post(t, keysPath(room), object{"displayName": "  Build server "})
	golden(t, "createApiKey", r, map[string]any{"room": room})
	key := data[api.APIKeyData](t, r).APIKey
	s.secrets.add(key.Token)
	bots := botsOf(t, ben, room)
	if len(bots) != 1 || bots[0].IsAdmin || *bots[0].User.DisplayName != "Build server" {
		t.Fatalf("the room's bots are %+v", bots)
	}
	contact := data[api.UserData](t, ben.get(t, "/users/%d", bots[0].UserID)).User
	if !contact.IsBot || !contact.Verified {
		t.Errorf("the bot is %+v", contact)
	}
	b := bot{s: s, Token: key.Token, Room: room}
	if m := b.say(t, "Hello"); m.FromUserID != bots[0].UserID {
		t.Errorf("the key posts as %d, the bot is %d", m.FromUserID, bots[0].UserID)
	}
	other := data[api.APIKeyData](t, ann.post(t, keysPath(room), object{"displayName": "Build server"})).APIKey
	if other.ID == key.ID || other.Token == key.Token {
		t.Error("a second key of the same name is the first one")
	}
}

// botsOf gives the bots that are in a room.
func botsOf(t testing.TB, p person, room int64) []api.RoomUser {
	t.Helper()
	users := data[api.RoomData](t, p.get(t, "/rooms/%d", room)).Room.Users
	return slices.DeleteFunc(users, func(u api.RoomUser) bool { return !u.User.IsBot })
}

func keysList(t *testing.T, s *target) {
	c := s.chat(t)
	second := c.ann.bot(t, c.room, "Deployer")
	elsewhere := c.ann.room(t, "Other")
	c.ann.bot(t, elsewhere, "Not of this room")
	golden(t, "listApiKeys", c.ann.get(t, "/api-keys/roomId/%d", c.room), map[string]any{"first": c.bot, "second": second})
	if got := c.ann.keysOfRoom(t, c.ann.room(t, "Empty")); got == nil || len(got) != 0 {
		t.Errorf("a room without keys lists %v", got)
	}
}

func keysRename(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.bot.say(t, "under the first name")
	before := c.ann.keysOfRoom(t, c.room)[0]
	renamed := c.bot
	renamed.Name = "Deployer"
	r := c.ann.put(t, keyPath(c.bot.Key), object{"displayName": "Deployer"})
	golden(t, "renameApiKey", r, renamed)
	if got := data[api.APIKeyData](t, r).APIKey; got.CreatedAt != before.CreatedAt || got.ModifiedAt < before.ModifiedAt {
		t.Errorf("after the renaming, the times are %d and %d, before %d and %d", got.CreatedAt, got.ModifiedAt, before.CreatedAt, before.ModifiedAt)
	}
	if bot := data[api.UserData](t, c.ben.get(t, "/users/%d", c.bot.UserID)).User; *bot.DisplayName != "Deployer" {
		t.Errorf("the bot is called %q", *bot.DisplayName)
	}
	now := c.bot.say(t, "under the second name")
	names := map[int64]string{m.ID: "Build server", now.ID: "Deployer"}
	for _, listed := range c.ben.messages(t, c.room).List {
		if listed.SenderName != names[listed.ID] {
			t.Errorf("message %d has the sender name %q, want %q", listed.ID, listed.SenderName, names[listed.ID])
		}
	}
}

func keysDelete(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.bot.say(t, "stays")
	golden(t, "deleteApiKey", c.ann.delete(t, "/api-keys/%d", c.bot.Key), map[string]any{"room": c.room})
	if bots := botsOf(t, c.ben, c.room); len(bots) != 0 {
		t.Errorf("the room still has the bots %+v", bots)
	}
	if keys := c.ann.keysOfRoom(t, c.room); len(keys) != 0 {
		t.Errorf("the room still has the keys %+v", keys)
	}
	if got := c.ben.messages(t, c.room).List; len(got) != 1 || got[0].ID != m.ID {
		t.Errorf("the messages are %+v", got)
	}
	bot := data[api.UserData](t, c.ben.get(t, "/users/%d", c.bot.UserID)).User
	if *bot.DisplayName != c.bot.Name || !bot.IsBot {
		t.Errorf("the bot is %+v", bot)
	}
	c.bot.post(t, textPost(c.room, "a")).fails(t, http.StatusUnauthorized, "Invalid access token")
	c.ann.delete(t, "/api-keys/%d", c.bot.Key).fails(t, http.StatusNotFound, "Not found")
	c.ann.put(t, keyPath(c.bot.Key), object{"displayName": "a"}).fails(t, http.StatusNotFound, "Not found")
}

const noKeyAccess = "User is not in room or he is not admin in this room"

// touchKeys tries all that can be done with a room's keys.
func touchKeys(t testing.TB, p person, room, key int64) map[string]reply {
	t.Helper()
	return map[string]reply{
		"create": p.post(t, keysPath(room), object{"displayName": "a"}),
		"list":   p.get(t, "/api-keys/roomId/%d", room),
		"rename": p.put(t, keyPath(key), object{"displayName": "a"}),
		"delete": p.delete(t, "/api-keys/%d", key),
	}
}

func keysAccess(t *testing.T, s *target) {
	c := s.chat(t)
	stranger, left := s.person(t, "Sue"), s.person(t, "Lea")
	admin := s.person(t, "Abe")
	c.ann.put(t, fmt.Sprintf("/rooms/%d", c.room), object{"action": "addGroupUsers", "userIds": []int64{left.ID}}).ok(t)
	left.post(t, fmt.Sprintf("/rooms/%d/leave", c.room), nil).ok(t)
	admin.room(t, "Elsewhere")
	for name, who := range map[string]person{"a member": c.ben, "a stranger": stranger, "one who left": left, "another room's admin": admin} {
		s.sub(t, name, func(t *testing.T) {
			for _, r := range touchKeys(t, who, c.room, c.bot.Key) {
				r.fails(t, http.StatusForbidden, noKeyAccess)
			}
		})
	}
	s.sub(t, "no room", func(t *testing.T) {
		c.ann.post(t, keysPath(1<<40), object{"displayName": "a"}).fails(t, http.StatusForbidden, noKeyAccess)
		c.ann.get(t, "/api-keys/roomId/%d", 1<<40).fails(t, http.StatusForbidden, noKeyAccess)
	})
	s.sub(t, "no session", func(t *testing.T) {
		for _, r := range touchKeys(t, person{s: s}, c.room, c.bot.Key) {
			r.fails(t, http.StatusUnauthorized, "No access token")
		}
	})
	s.sub(t, "a new admin", func(t *testing.T) {
		c.ann.put(t, fmt.Sprintf("/rooms/%d", c.room), object{"action": "addGroupAdmins", "userIds": []int64{c.ben.ID}}).ok(t)
		if got := c.ben.keysOfRoom(t, c.room); len(got) != 1 || got[0].Token != c.bot.Token {
			t.Errorf("a new admin is shown %+v", got)
		}
	})
}

func keysPrivateRoom(t *testing.T, s *target) {
	ann, ben, sue := s.person(t, "Ann"), s.person(t, "Ben"), s.person(t, "Sue")
	room := ann.private(t, ben)
	for _, p := range []person{ann, ben} {
		b := p.bot(t, room, "Helper of "+p.Name)
		b.say(t, "Hello")
		p.put(t, keyPath(b.Key), object{"displayName": "Another name"}).ok(t)
	}
	for _, p := range []person{ann, ben} {
		if got := p.keysOfRoom(t, room); len(got) != 2 {
			t.Errorf("%s is shown %d keys, want 2", p.Name, len(got))
		}
	}
	first := ben.keysOfRoom(t, room)[0]
	for _, r := range touchKeys(t, sue, room, first.ID) {
		r.fails(t, http.StatusForbidden, noKeyAccess)
	}
	ben.delete(t, "/api-keys/%d", first.ID).ok(t)
}

// The team's owner and admins manage every room's keys.
func keysTeamAdmins(t *testing.T, s *target) {
	c := s.chat(t)
	owner := s.people.owner()
	for what, r := range touchKeys(t, owner, c.room, c.bot.Key) {
		if r.ok(t); what == "create" {
			s.secrets.add(data[api.APIKeyData](t, r).APIKey.Token)
		}
	}
}

func keysRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	for _, row := range []struct{ name, body, begins string }{
		{"no displayName", `{}`, "displayName must not be empty"},
		{"displayName null", `{"displayName":null}`, "displayName must not be empty"},
		{"displayName empty", `{"displayName":""}`, "displayName must not be empty"},
		{"displayName blank", `{"displayName":" \t "}`, "displayName must not be empty"},
		{"displayName a number", `{"displayName":5}`, "Invalid params: displayName must be a string"},
		{"displayName too long", `{"displayName":"` + repeat(101) + `"}`, "displayName must be at most 100 characters"},
		{"displayName with a control", `{"displayName":"a\nb"}`, "displayName must be UTF-8 without control"},
		{"displayname", `{"displayname":"a"}`, "displayName must not be empty"},
		{"not JSON", `displayName=a`, "Invalid params: the body is not valid JSON"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.ann.post(t, keysPath(c.room), row.body).fails(t, http.StatusBadRequest, row.begins)
			c.ann.put(t, keyPath(c.bot.Key), row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a path that is no id", func(t *testing.T) {
		for _, id := range []string{"x", "0", "-1", "1.5", "1e3"} {
			c.ann.get(t, "/api-keys/roomId/%s", id).fails(t, http.StatusBadRequest, "roomId must be number")
			c.ann.post(t, "/api-keys/roomId/"+id, object{"displayName": "a"}).fails(t, http.StatusBadRequest, "roomId must be number")
			c.ann.put(t, "/api-keys/"+id, object{"displayName": "a"}).fails(t, http.StatusBadRequest, "id must be number")
			c.ann.delete(t, "/api-keys/%s", id).fails(t, http.StatusBadRequest, "id must be number")
		}
	})
	s.sub(t, "an unknown key", func(t *testing.T) {
		for _, id := range []string{"1099511627776", "65000000000000000", "99999999999999999999"} {
			c.ann.put(t, "/api-keys/"+id, object{"displayName": "a"}).fails(t, http.StatusNotFound, "Not found")
			c.ann.delete(t, "/api-keys/%s", id).fails(t, http.StatusNotFound, "Not found")
		}
	})
	s.sub(t, "a body too large", func(t *testing.T) {
		large := object{"displayName": "a", "x": repeat(maxBody)}
		c.ann.post(t, keysPath(c.room), large).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
		c.ann.put(t, keyPath(c.bot.Key), large).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "changed nothing", func(t *testing.T) {
		keys := c.ann.keysOfRoom(t, c.room)
		if len(keys) != 1 || keys[0].DisplayName != c.bot.Name {
			t.Errorf("the keys are %+v", keys)
		}
	})
	s.sub(t, "the longest displayName", func(t *testing.T) {
		b := c.ann.bot(t, c.room, fmt.Sprint(repeat(99), "ü"))
		b.say(t, "Hello")
	})
}

func keysDeletedRoom(t *testing.T, s *target) {
	c := s.chat(t)
	c.ann.delete(t, "/rooms/%d", c.room).ok(t)
	c.ann.post(t, keysPath(c.room), object{"displayName": "a"}).fails(t, http.StatusForbidden, "Room is deleted")
	if got := c.ann.keysOfRoom(t, c.room); len(got) != 1 {
		t.Errorf("the deleted room lists %d keys, want 1", len(got))
	}
	c.ann.delete(t, "/api-keys/%d", c.bot.Key).ok(t)
}

func keysLastUsed(t *testing.T, s *target) {
	c := s.chat(t)
	if got := c.ann.keysOfRoom(t, c.room)[0].LastUsedAt; got != nil {
		t.Errorf("a new key was last used at %d", *got)
	}
	m := c.bot.say(t, "Hello")
	within(t, patience, "lastUsedAt tells of the post", func() bool {
		at := c.ann.keysOfRoom(t, c.room)[0].LastUsedAt
		return at != nil && *at >= m.CreatedAt-1000
	})
}

func keysByCommand(t *testing.T, s *target) {
	cli := s.needCommands(t)
	c := s.chat(t)
	key := parse[struct {
		ID         int64
		Token, URL string
	}](t, cli.run(t, "", "key", "add", "--room", fmt.Sprint(c.room), "--name", "From the shell"))
	s.secrets.add(key.Token)
	if s.local != nil && key.URL != s.url+postPath {
		t.Errorf("the POST URL is %s, want %s", key.URL, s.url+postPath)
	}
	b := bot{s: s, Key: key.ID, Token: key.Token, Room: c.room}
	b.say(t, "Hello")
	keys := c.ann.keysOfRoom(t, c.room)
	if len(keys) != 2 || keys[1].Token != key.Token || keys[1].ID != key.ID || keys[1].DisplayName != "From the shell" {
		t.Errorf("the room's keys are %+v", keys)
	}
	listed := parse[struct{ Keys []struct{ ID, RoomID int64 } }](t, cli.run(t, "", "key", "list", "--room", fmt.Sprint(c.room)))
	if len(listed.Keys) != 2 || listed.Keys[1].ID != key.ID || listed.Keys[1].RoomID != c.room {
		t.Errorf("\"key list\" gives %+v", listed)
	}
	sent := parse[struct{ ID, RoomID int64 }](t, cli.run(t, "", "send",
		"--url", s.url, "--key", key.Token, "--room", fmt.Sprint(c.room), "from \"send\""))
	if got := c.ann.messages(t, c.room).List[0]; got.ID != sent.ID || got.SenderName != "From the shell" {
		t.Errorf("\"send\" says it made message %d, the newest is %+v", sent.ID, got)
	}
}

// An operator can have keys shown only when they are made.
func keysHidden(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t, "--hide-keys")
	ann := s.person(t, "Ann")
	room := ann.room(t, "Releases")
	b := ann.bot(t, room, "Build server")
	if !secretForm.MatchString(b.Token) {
		t.Errorf("the new key is %q", b.Token)
	}
	if got := ann.keysOfRoom(t, room)[0].Token; got != "" {
		t.Error("the key is shown again")
	}
	if got := data[api.APIKeyData](t, ann.put(t, keyPath(b.Key), object{"displayName": "a"})).APIKey.Token; got != "" {
		t.Error("the key is shown again when it is renamed")
	}
	b.say(t, "works all the same")
}
