package conformance

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// androidHeader is what the Android app sends: it does not say what type of
// device it is on.
var androidHeader = []string{"os-name: android", "os-version: 34", "device-name: Pixel 8", "app-version: 1.2.1", "lang: en"}

// clientAndroid is a day with the Android app of 2025.
func clientAndroid(t *testing.T, s *target) {
	s = s.forClients(t)
	ann, ben := newClient(s, androidHeader...), newClient(s, androidHeader...)
	for c, name := range map[*client]string{ann: "Ann", ben: "Ben"} {
		androidSignsIn(t, c, name)
	}
	androidContacts(t, ann, ben)
	at := new(standing)
	ann.sync(t, at)
	ann.stream = person{s: s}.listen(t, place{query: "accesstoken=" + ann.token})
	group := appGroup(t, ann, ben)
	androidTalks(t, ann, ben, group)
	androidFiles(t, s, ann, ben, group)
	appAway(t, ann, ben, group, at)
	appRoomDetails(t, ann, ben, group)
	androidLeaves(t, ann, ben, group)
}

func androidSignsIn(t *testing.T, c *client, name string) {
	t.Helper()
	_, in := c.signIn(t, object{"telephoneNumberHashed": hashed(c.number), "countryCode": "385"})
	if device := in.get("device"); device.get("osName").text() != "android" || device.get("appVersion").text() != "1.2.1" || !device.get("type").isNull() {
		t.Errorf("the device is %s", show(device.v))
	}
	c.s.smsAsAndroidReadsIt(t, c.number)
	if got := c.call(t, "PUT", "/me", object{"displayName": name}).get("user"); got.get("displayName").text() != name {
		t.Errorf("the profile is %s", show(got.v))
	}
	c.call(t, "PUT", "/device", object{"pushToken": "the token of " + name}).get("device")
	c.s.secrets.add("the token of " + name)
	c.call(t, "GET", "/me/settings", nil).get("settings").list()
	if !c.call(t, "GET", "/settings", nil).get("teamMode").truth() {
		t.Error("this is no team")
	}
}

// smsAsAndroidReadsIt checks that the app finds the code in its text message by
// itself: the system hands over messages that end in the app's hash.
func (s *target) smsAsAndroidReadsIt(t testing.TB, number string) {
	t.Helper()
	texts := s.sms.messages(number)
	if last := texts[len(texts)-1]; len(last) < len(smsHash) || last[len(last)-len(smsHash):] != smsHash {
		t.Errorf("the text message is %q", last)
	}
}

// androidContacts sends the address book as a form, with the same key again for
// each hash.
func androidContacts(t *testing.T, ann, ben *client) {
	t.Helper()
	pages := [][]string{hashes("+15550101", ben.number), hashes("+15550102")}
	found := 0
	for i, page := range pages {
		last := "false"
		if i == len(pages)-1 {
			last = "true"
		}
		got := ann.form(t, "/contacts", url.Values{"contacts": page, "isLastPage": {last}})
		for _, u := range got.get("list").list() {
			if u.get("id").number() != ben.user || u.get("telephoneNumberHashed").text() != hashed(ben.number) {
				t.Errorf("found %s", show(u.v))
			}
			found++
		}
		got.get("count").number()
	}
	if found != 1 {
		t.Errorf("found %d contacts", found)
	}
}

// appGroup makes a group and changes it one thing at a time, as both apps do.
func appGroup(t *testing.T, ann, ben *client) int64 {
	t.Helper()
	made := ann.call(t, "POST", "/rooms", object{"name": "Releases", "avatarFileId": 0, "type": "group", "userIds": []int64{}}).get("room")
	id := made.get("id").number()
	ann.event(t, "NEW_ROOM")
	change := func(body object) value {
		t.Helper()
		room := ann.call(t, "PUT", path("/rooms/%d", id), body).get("room")
		ann.event(t, "UPDATE_ROOM")
		return room
	}
	only := []int64{ben.user}
	for _, step := range []struct {
		action       string
		there, admin bool
	}{
		{"addGroupUsers", true, false}, {"addGroupAdmins", true, true}, {"removeGroupAdmins", true, false}, {"removeGroupUsers", false, false}, {"addGroupUsers", true, false},
	} {
		member, there := change(object{"action": step.action, "userIds": only}).get("users").find("userId", ben.user)
		if there != step.there || there && member.get("isAdmin").truth() != step.admin {
			t.Errorf("%s: Ben is there: %t, %s", step.action, there, show(member.v))
		}
	}
	if got := change(object{"action": "changeGroupName", "name": "Shipping"}); got.get("name").text() != "Shipping" {
		t.Errorf("the room is %s", show(got.v))
	}
	change(object{"action": "changeGroupAvatar", "avatarFileId": 0})
	ann.send(t, "PUT", path("/messenger/rooms/%d", id), object{"action": ""}).fails(t, http.StatusNotFound, "Action field is required.")
	return id
}

// appPosts posts as both apps do, and gives the message.
func appPosts(t *testing.T, c *client, room int64, text string, more object) value {
	t.Helper()
	local := rand.Text()
	m := c.call(t, "POST", "/messages", with(object{"roomId": room, "type": "text", "body": object{"text": text}, "localId": local}, more)).get("message")
	if m.get("localId").text() != local || m.get("fromUserId").number() != c.user { // by which the app finds its own
		t.Errorf("posted %s", show(m.v))
	}
	return m
}

func androidTalks(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	first := appPosts(t, ben, room, "See https://example.org", object{"hasLink": true}).get("id").number()
	got := ann.event(t, "NEW_MESSAGE").get("message")
	if got.get("id").number() != first || !got.get("hasLink").truth() {
		t.Errorf("told %s", show(got.v))
	}
	ann.call(t, "POST", "/messages/delivered", object{"messageIds": []int64{first}}).get("messageRecords").list()
	if n := ann.unread(t, room); n != 1 {
		t.Errorf("%d messages are unread", n)
	}
	ann.call(t, "POST", path("/messages/%d/seen", room), nil).get("messageRecords").list()
	if n := ann.unread(t, room); n != 0 {
		t.Errorf("still %d messages are unread", n)
	}
	ann.send(t, "GET", "/messenger/messages/get-thumbnail?url="+url.QueryEscape("http://127.0.0.1:1/"), nil).fails(t, http.StatusNotFound, "No thumbnail found")
	answer := appPosts(t, ann, room, "Thanks", object{"replyId": first}).get("id").number()
	edited := ann.call(t, "PUT", path("/messages/%d", answer), object{"text": "Thank you"}).get("message")
	if edited.get("body", "referenceMessage", "id").number() != first || edited.get("modifiedAt").number() <= edited.get("createdAt").number() {
		t.Errorf("edited it is %s", show(edited.v))
	}
	appReacts(t, ann, first)
	appForwards(t, ann, ben, room, first)
	ann.call(t, "DELETE", path("/messages/%d?target=user", first), nil)
	deleted := ann.call(t, "DELETE", path("/messages/%d?target=all", answer), nil).get("message")
	if !deleted.get("deleted").truth() {
		t.Errorf("deleted it is %s", show(deleted.v))
	}
}

// appForwards sends a message on, to a room and to a person with whom there is no
// room yet.
func appForwards(t *testing.T, c, other *client, room, message int64) {
	t.Helper()
	got := c.call(t, "POST", "/messages/forward", object{"messageIds": []int64{message}, "roomIds": []int64{room}, "userIds": []int64{other.user}})
	if rooms := got.get("newRooms").list(); len(rooms) != 1 || rooms[0].get("type").text() != "private" {
		t.Errorf("new rooms are %v", rooms)
	}
	for _, m := range got.get("messages").list() {
		if !m.get("isForwarded").truth() || m.get("fromUserId").number() != c.user {
			t.Errorf("forwarded %s", show(m.v))
		}
		c.send(t, "PUT", path("/messenger/messages/%d", m.get("id").number()), object{"text": "x"}).fails(t, http.StatusBadRequest, "Forwarded messages can't be edited")
	}
}

// appReacts reacts without a type, again, and takes it back.
func appReacts(t *testing.T, c *client, message int64) {
	t.Helper()
	react := func(emoji string) value {
		t.Helper()
		return c.call(t, "POST", "/message-records", object{"messageId": message, "reaction": emoji, "type": "reaction"}).get("messageRecord")
	}
	first, second := react("👍"), react("❤️")
	if first.get("id").number() != second.get("id").number() || second.get("reaction").text() != "❤️" {
		t.Errorf("the reactions are %s and %s", show(first.v), show(second.v))
	}
	back := c.call(t, "DELETE", path("/message-records/%d", second.get("id").number()), nil).get("messageRecord")
	if !back.get("isDeleted").truth() || back.get("id").number() != first.get("id").number() {
		t.Errorf("taken back it is %s", show(back.v))
	}
	told := c.event(t, "DELETE_MESSAGE_RECORD").get("messageRecord")
	if told.get("id").number() != first.get("id").number() {
		t.Errorf("told %s", show(told.v))
	}
}

// appAway is what an app learns that was in a drawer: everything, once, and
// nothing when it asks again.
func appAway(t *testing.T, ann, ben *client, room int64, at *standing) {
	t.Helper()
	ann.sync(t, at)
	ann.syncsNothing(t, at)
	ann.stream.close()
	missed := appPosts(t, ben, room, "While you were away", nil).get("id").number()
	changed := appPosts(t, ben, room, "Typo", nil).get("id").number()
	ben.call(t, "PUT", path("/messages/%d", changed), object{"text": "Type"})
	ben.call(t, "POST", "/message-records", object{"messageId": missed, "reaction": "🎉", "type": "reaction"})
	ben.call(t, "PUT", "/me", object{"displayName": "Benjamin"})
	got := ann.sync(t, at)
	if m := one(t, got["messages"], "message", missed); m.get("fromUserId").number() != ben.user {
		t.Errorf("missed %s", show(m.v))
	}
	if m := one(t, got["messages"], "message", changed); m.get("body", "text").text() != "Type" {
		t.Errorf("changed %s", show(m.v))
	}
	if u := one(t, got["users"], "user", ben.user); u.get("displayName").text() != "Benjamin" {
		t.Errorf("Ben is %s", show(u.v))
	}
	if !slices.ContainsFunc(got["message-records"], func(r value) bool {
		return r.get("messageId").number() == missed && r.get("type").text() == "reaction" && r.get("message", "roomId").number() == room
	}) {
		t.Error("the reaction is not synced")
	}
	if n := ann.unread(t, room); n != 2 {
		t.Errorf("%d messages are unread", n)
	}
	ann.syncsNothing(t, at)
	ann.stream = person{s: ann.s, Token: ann.token}.listen(t)
}

// syncsNothing checks that sync has nothing that the app does not know. Records
// that were changed later than the app has seen any made come again, which is how
// it hears of reactions that were taken back.
func (c *client) syncsNothing(t testing.TB, at *standing) {
	t.Helper()
	for what, items := range c.sync(t, at) {
		for _, item := range items {
			if what != "message-records" || item.get("modifiedAt").number() == item.get("createdAt").number() {
				t.Errorf("asked again, sync has the %s %s", what, show(item.v))
			}
		}
	}
}

// appRoomDetails mutes, pins, notes and blocks.
func appRoomDetails(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	for _, mark := range []string{"mute", "pin", "unmute", "unpin", "unpin"} {
		ann.call(t, "POST", path("/rooms/%d/%s", room, mark), nil).get("room")
	}
	note := ann.call(t, "POST", path("/notes/roomId/%d", room), object{"title": "Plan", "content": "x"}).get("note", "id").number()
	ann.call(t, "PUT", path("/notes/%d", note), object{"title": "Plan", "content": "y"})
	if notes := ann.call(t, "GET", path("/notes/roomId/%d", room), nil).get("notes").list(); len(notes) != 1 || notes[0].get("modifiedAt").number() == 0 {
		t.Errorf("notes are %v", notes)
	}
	ann.call(t, "DELETE", path("/notes/%d", note), nil)
	ann.call(t, "POST", "/blocks", object{"blockedId": ben.user})
	if users := ann.call(t, "GET", "/blocks", nil).get("blockedUsers").list(); len(users) != 1 || users[0].get("id").number() != ben.user {
		t.Errorf("blocked are %v", users)
	}
	ann.call(t, "DELETE", path("/blocks/userId/%d", ben.user), nil)
	ann.call(t, "GET", path("/rooms/users/%d", ben.user), nil).get("room", "id").number() // forwarding has made it
	again := object{"name": "", "avatarFileId": 0, "type": "private", "userIds": []int64{ben.user}}
	ann.send(t, "POST", "/messenger/rooms", again).fails(t, http.StatusConflict, "Room already exists")
}

// androidLeaves leaves a group and deletes the account.
func androidLeaves(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	ben.call(t, "POST", path("/rooms/%d/leave", room), nil)
	ann.call(t, "GET", "/rooms", nil).get("list").list()
	if !ann.call(t, "DELETE", path("/rooms/%d", room), nil).get("room", "deleted").truth() {
		t.Error("the room is not deleted")
	}
	if !ann.call(t, "DELETE", "/me", nil).get("deleted").truth() {
		t.Error("the account is not deleted")
	}
	ann.gone(t)
}
