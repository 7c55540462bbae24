package conformance

import (
	"crypto/rand"
	"net/http"
	"testing"
)

// browserHeader is what the web client sends with every request.
var browserHeader = []string{"device-type: browser", "os-name: Mac OS", "os-version: 10.15.7", "device-name: Chrome", "app-version: 0.0.1"}

// clientWeb is a day with the web client of 2023.
func clientWeb(t *testing.T, s *target) {
	s = s.forClients(t)
	ann, ben := newClient(s, browserHeader...), newClient(s, browserHeader...)
	for c, name := range map[*client]string{ann: "Ann", ben: "Ben"} {
		webSignsIn(t, c, name)
		webOpens(t, c)
	}
	room := webFindsContact(t, ann, ben)
	webTalks(t, ann, ben, room)
	webPages(t, ann, ben, room)
	webFiles(t, s, ann, ben, room)
	group := webGroup(t, ann, ben)
	webDetails(t, ann, group)
	webHistory(t, ann)
	webBlocks(t, ann, ben, room)
	webSignsOut(t, ann)
}

func webSignsIn(t *testing.T, c *client, name string) {
	t.Helper()
	c.send(t, "GET", "/messenger/me", nil).fails(t, http.StatusUnauthorized, "No access token") // which it takes for being signed out
	sent, in := c.signIn(t, object{"telephoneNumberHashed": hashed(c.number), "countryCode": "385"})
	if !sent.get("isNewUser").truth() || sent.get("user", "telephoneNumber").text() != c.number || in.get("user", "id").number() == 0 {
		t.Errorf("signing in gives %s", show(sent.v))
	}
	me := c.call(t, "PUT", "/me", object{"displayName": name, "avatarFileId": 0}).get("user")
	if me.get("displayName").text() != name || me.get("avatarFileId").number() != 0 {
		t.Errorf("the profile is %s", show(me.v))
	}
	before := *c
	if sent, _ = c.signIn(t, nil); sent.get("isNewUser").truth() || sent.get("browserDeviceId").text() != before.id {
		t.Errorf("signing in again gives %s", show(sent.v))
	}
	before.gone(t) // one browser, one session
}

// webOpens is what happens when the page is loaded.
func webOpens(t *testing.T, c *client) {
	t.Helper()
	me := c.call(t, "GET", "/me", nil).get("user")
	device := c.call(t, "GET", "/device", nil).get("device")
	if me.get("id").number() != c.user || device.get("token").text() != c.token || !device.get("pushToken").isNull() {
		t.Errorf("it is %s on %s", show(me.v), show(device.v))
	}
	if n := len(c.call(t, "GET", "/me/settings", nil).get("settings").list()); n != 0 {
		t.Errorf("there are %d settings", n)
	}
	token := c.call(t, "PUT", "/device", object{"pushToken": "a token of Firebase"}).get("device", "pushToken")
	if token.text() != "a token of Firebase" {
		t.Errorf("the push token is %q", token.text())
	}
	c.s.secrets.add("a token of Firebase")
	c.stream = person{s: c.s}.listen(t, place{query: "accesstoken=" + device.get("token").text()})
}

// webFindsContact looks for someone and opens the room with them, which is made
// when asking for it fails.
func webFindsContact(t *testing.T, c, other *client) int64 {
	t.Helper()
	seen := map[int64]bool{}
	var found []value
	for cursor := ""; ; {
		got := c.call(t, "GET", "/contacts?keyword="+cursor, nil)
		found = append(found, dedupe(seen, got.get("list").list())...)
		if got.get("nextCursor").isNull() {
			if int64(len(found)) != got.get("count").number() {
				t.Errorf("%d contacts were loaded of %d", len(found), got.get("count").number())
			}
			break
		}
		cursor = path("&cursor=%d", got.get("nextCursor").number())
	}
	one(t, found, "contact", other.user)
	if got := c.call(t, "GET", "/contacts?keyword=BE", nil).get("list").list(); len(got) != 1 || got[0].get("isBot").truth() || got[0].get("displayName").text() != "Ben" {
		t.Errorf("looking for Ben finds %d", len(got))
	}
	if r := c.send(t, "GET", path("/messenger/rooms/users/%d", other.user), nil); r.status < 400 || r.status >= 500 {
		t.Fatalf("a room there is not: %d %s", r.status, clip(r.body))
	}
	made := c.call(t, "POST", "/rooms", object{"name": "", "avatarFileId": 0, "type": "private", "userIds": []int64{other.user}}).get("room")
	if other.event(t, "NEW_ROOM").get("room", "id").number() != made.get("id").number() || made.get("type").text() != "private" {
		t.Errorf("the room is %s", show(made.v))
	}
	again := c.call(t, "GET", path("/rooms/users/%d", other.user), nil).get("room")
	return again.get("id").number()
}

// webPosts posts as the page does, and gives the message.
func webPosts(t *testing.T, c *client, room int64, text string, more object) value {
	t.Helper()
	local := rand.Text()
	body := object{"roomId": room, "type": "text", "localId": local, "body": object{"text": text, "localId": local}}
	m := c.call(t, "POST", "/messages/", with(body, more)).get("message")
	if m.get("localId").text() != local || m.get("createdAt").number() != m.get("modifiedAt").number() {
		t.Errorf("posted %s", show(m.v)) // else the page shows it as edited
	}
	return m
}

func webTalks(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	if block := ann.call(t, "GET", path("/blocks/rooms/%d", room), nil).get("block"); !block.isNull() {
		t.Errorf("there is a block: %s", show(block.v))
	}
	first := webPosts(t, ann, room, "Hello", nil).get("id").number()
	if got := ben.event(t, "NEW_MESSAGE").get("message"); got.get("id").number() != first || got.get("body", "text").text() != "Hello" {
		t.Errorf("the event is %s", show(got.v))
	}
	// Ben's page is elsewhere, and then opens the room.
	ben.call(t, "POST", "/messages/delivered", object{"messagesIds": []int64{first}}).get("messageRecords").list()
	item := ben.call(t, "GET", path("/history/roomId/%d", room), nil)
	if item.get("unreadCount").number() != 1 || item.get("lastMessage", "id").number() != first {
		t.Errorf("the row is %s", show(item.v))
	}
	ben.call(t, "POST", path("/messages/%d/seen", room), nil)
	webCounts(t, ann, ben, first)
	answer := webPosts(t, ben, room, "Hi", object{"replyId": first, "body": object{"text": "Hi", "referenceMessage": object{"id": first}}})
	if got := ann.event(t, "NEW_MESSAGE").get("message"); got.get("replyId").number() != first || got.get("body", "referenceMessage", "body", "text").text() != "Hello" {
		t.Errorf("the answer is %s", show(got.v))
	}
	ben.call(t, "PUT", path("/messages/%d", answer.get("id").number()), object{"text": "Hi there"})
	if got := ann.event(t, "UPDATE_MESSAGE").get("message"); got.get("modifiedAt").number() <= got.get("createdAt").number() || got.get("body", "text").text() != "Hi there" {
		t.Errorf("the edited message is %s", show(got.v))
	}
	ann.call(t, "POST", "/message-records", object{"messageId": answer.get("id").number(), "type": "reaction", "reaction": "👍"})
	reaction := func(c *client) {
		t.Helper()
		c.stream.next(t, "the reaction", func(f frame) bool {
			return f.event.MessageRecord != nil && f.event.MessageRecord.Reaction != nil && *f.event.MessageRecord.Reaction == "👍"
		})
	}
	reaction(ann) // it shows its own when it is told, too
	reaction(ben)
	last := webPosts(t, ann, room, "Oops", nil).get("id").number()
	ann.call(t, "DELETE", path("/messages/%d?target=all", last), nil)
	if got := ben.event(t, "DELETE_MESSAGE").get("message"); got.get("id").number() != last || !got.get("deleted").truth() || got.get("body", "text").text() != "Deleted message" {
		t.Errorf("the deleted message is %s", show(got.v))
	}
	ben.call(t, "DELETE", path("/messages/%d?target=user", first), nil)
	ben.event(t, "DELETE_MESSAGE")
}

// webCounts adds one to what it shows for each record it is told of. In the end
// that must be what the server says.
func webCounts(t *testing.T, ann, ben *client, message int64) {
	t.Helper()
	told := map[string]int64{}
	for told["seen"] < 2 {
		r := ann.event(t, "NEW_MESSAGE_RECORD").get("messageRecord")
		if r.get("messageId").number() == message {
			told[r.get("type").text()]++
		}
	}
	records := map[string]int64{}
	for _, r := range ann.call(t, "GET", path("/messages/%d/message-records", message), nil).get("messageRecords").list() {
		records[r.get("type").text()]++
		if user := r.get("userId").number(); user != ann.user && user != ben.user || r.get("createdAt").number() == 0 {
			t.Errorf("a record is %s", show(r.v))
		}
	}
	if told["delivered"] != 2 || records["delivered"] != 2 || records["seen"] != 2 {
		t.Errorf("told %v, records %v", told, records)
	}
}

// webPages scrolls up to the first message. Whatever answers another must hold
// it, or the page is blank.
func webPages(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	for i := range 60 {
		webPosts(t, ben, room, path("message %d", i), nil)
	}
	seen := map[int64]bool{}
	var all []value
	for cursor := ""; ; {
		got := ann.call(t, "GET", path("/messages/roomId/%d?cursor=%s", room, cursor), nil)
		all = append(all, dedupe(seen, got.get("list").list())...)
		if got.get("nextCursor").isNull() {
			if n := got.get("count").number(); int64(len(all)) != n {
				t.Errorf("all is loaded with %d messages of %d", len(all), n)
			}
			break
		}
		cursor = path("%d", got.get("nextCursor").number())
	}
	for i, m := range all {
		if !m.get("replyId").isNull() {
			m.get("body", "referenceMessage", "body")
		}
		m.get("body", "text").text()
		m.get("messageRecords").list()
		if i > 0 && m.get("createdAt").number() > all[i-1].get("createdAt").number() {
			t.Errorf("message %d is newer than the one before it", i)
		}
	}
	target := all[len(all)-1].get("id").number()
	list := ann.call(t, "GET", path("/messages/roomId/%d?targetMessageId=%d&cursor=", room, target), nil).get("list")
	if _, ok := list.find("id", target); !ok {
		t.Errorf("the page does not reach message %d", target)
	}
}

// webGroup makes a group and replaces who is in it.
func webGroup(t *testing.T, ann, ben *client) int64 {
	t.Helper()
	made := ann.call(t, "POST", "/rooms", object{"name": "Releases", "avatarFileId": 0, "type": "group", "userIds": []int64{ben.user}, "adminUserIds": []int64{}}).get("room")
	id := made.get("id").number()
	me, ok := made.get("users").find("userId", ann.user)
	if !ok || !me.get("isAdmin").truth() || made.get("muted").truth() || made.get("pinned").truth() {
		t.Errorf("the group is %s", show(made.v))
	}
	users := func(body object) int {
		t.Helper()
		room := ann.call(t, "PUT", path("/rooms/%d", id), body).get("room")
		if told := ann.event(t, "UPDATE_ROOM").get("room"); len(told.get("users").list()) != len(room.get("users").list()) {
			t.Errorf("told %s", show(told.v))
		}
		return len(room.get("users").list())
	}
	if n := users(object{"userIds": []int64{ann.user}}); n != 1 {
		t.Errorf("without Ben the group has %d members", n)
	}
	if n := users(object{"userIds": []int64{ann.user, ben.user}, "adminUserIds": []int64{ann.user, ben.user}}); n != 2 {
		t.Errorf("with Ben the group has %d members", n)
	}
	if n := users(object{"name": "Shipping", "avatarFileId": 0}); n != 2 {
		t.Errorf("renamed, the group has %d members", n)
	}
	return id
}

// webDetails goes through what a room's details hold.
func webDetails(t *testing.T, ann *client, room int64) {
	t.Helper()
	for _, mark := range []struct{ on, off, key, flag string }{{"mute", "unmute", "mute_%d", "muted"}, {"pin", "unpin", "pin_%d", "pinned"}} {
		if !ann.call(t, "POST", path("/rooms/%d/%s", room, mark.on), object{}).get("room", mark.flag).truth() {
			t.Errorf("it is not %s", mark.flag)
		}
		settings := ann.call(t, "GET", "/me/settings", nil).get("settings").list()
		if len(settings) != 1 || settings[0].get("key").text() != path(mark.key, room) || settings[0].get("value").text() != "true" {
			t.Errorf("settings are %v", settings)
		}
		if ann.call(t, "POST", path("/rooms/%d/%s", room, mark.off), object{}).get("room", mark.flag).truth() {
			t.Errorf("it is still %s", mark.flag)
		}
	}
	note := ann.call(t, "POST", path("/notes/roomId/%d", room), object{"title": "Plan", "content": "https://example.org"}).get("note")
	ann.call(t, "PUT", path("/notes/%d", note.get("id").number()), object{"title": "Plan B", "content": "x"})
	if notes := ann.call(t, "GET", path("/notes/roomId/%d", room), nil).get("notes").list(); len(notes) != 1 || notes[0].get("title").text() != "Plan B" {
		t.Errorf("notes are %v", notes)
	}
	if !ann.call(t, "DELETE", path("/notes/%d", note.get("id").number()), nil).get("deleted").truth() {
		t.Error("the note is not deleted")
	}
	hook := ann.call(t, "POST", path("/webhooks/roomId/%d", room), object{"url": "https://example.org/hook"}).get("webhook")
	ann.s.secrets.add(hook.get("verifySignature").text())
	if hooks := ann.call(t, "GET", path("/webhooks/roomId/%d", room), nil).get("webhooks").list(); hooks[0].get("url").text() != "https://example.org/hook" {
		t.Errorf("webhooks are %v", hooks)
	}
	ann.call(t, "DELETE", path("/webhooks/%d", hook.get("id").number()), nil)
	ann.call(t, "POST", path("/api-keys/roomId/%d", room), object{"displayName": "ci"})
	key := ann.call(t, "GET", path("/api-keys/roomId/%d", room), nil).get("apiKeys").list()[0]
	ann.s.secrets.add(key.get("token").text())
	ann.s.do(t, request{method: "POST", path: postPath, token: key.get("token").text(), body: textPost(room, "from code")}).ok(t)
	ann.stream.next(t, "what was posted by code", func(f frame) bool { return f.event.Message != nil && f.event.Message.RoomID == room })
	ann.call(t, "PUT", path("/api-keys/%d", key.get("id").number()), object{"displayName": "build"})
	ann.call(t, "DELETE", path("/api-keys/%d", key.get("id").number()), nil)
	ann.call(t, "POST", path("/rooms/%d/leave", room), object{})
}

// webHistory loads the list of rooms until it has as many as there are, and for
// each its room.
func webHistory(t *testing.T, c *client) {
	t.Helper()
	for i := range 25 {
		room := c.call(t, "POST", "/rooms", object{"name": path("Room %d", i), "type": "group", "userIds": []int64{}}).get("room", "id").number()
		webPosts(t, c, room, "Hello", nil)
	}
	rows := map[int64]bool{}
	for page := int64(1); ; page++ {
		got := c.call(t, "GET", path("/history?page=%d&keyword=", page), nil)
		if got.get("page").number() != page {
			t.Errorf("page %d says it is %d", page, got.get("page").number())
		}
		for _, item := range got.get("list").list() {
			rows[item.get("roomId").number()] = true
			item.get("unreadCount").number()
			item.get("pinned").truth()
			if last := item.get("lastMessage"); last.get("type").text() == "text" {
				last.get("body", "text").text()
			}
		}
		if page*20 >= got.get("count").number() { // then it asks for no more
			if int64(len(rows)) != got.get("count").number() {
				t.Errorf("it stops with %d of %d rows", len(rows), got.get("count").number())
			}
			break
		}
	}
	for id := range rows {
		room := c.call(t, "GET", path("/rooms/%d", id), nil).get("room")
		for _, key := range []string{"type", "users", "muted", "pinned"} {
			room.get(key)
		}
	}
}

// webBlocks blocks Ben, whose messages then have nothing to show.
func webBlocks(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	ann.call(t, "POST", "/blocks", object{"blockedId": ben.user})
	block := ann.call(t, "GET", path("/blocks/rooms/%d", room), nil).get("block")
	if block.get("blockedId").number() != ben.user || block.get("userId").number() != ann.user {
		t.Errorf("the block is %s", show(block.v))
	}
	withheld := webPosts(t, ben, room, "Are you there?", nil).get("id").number()
	if _, there := ann.call(t, "GET", path("/messages/roomId/%d", room), nil).get("list").find("id", withheld); there {
		t.Error("she reads what was withheld from her")
	}
	users := ann.call(t, "GET", "/blocks", nil).get("blockedUsers").list()
	if len(users) != 1 || users[0].get("displayName").text() != "Ben" {
		t.Errorf("blocked are %v", users)
	}
	if !ann.call(t, "DELETE", path("/blocks/userId/%d", ben.user), nil).get("deleted").truth() {
		t.Error("the block stays")
	}
}

func webSignsOut(t *testing.T, c *client) {
	t.Helper()
	if n := len(dataOf(t, c.send(t, "GET", "/confcall/participants/1", nil)).list()); n != 0 {
		t.Errorf("%d people are in a call", n)
	}
	if !c.call(t, "POST", "/auth/logout", object{}).get("device", "token").isNull() {
		t.Error("the session stays")
	}
	c.stream.end(t, patience)
	c.gone(t)
}
