package conformance

import (
	"testing"
)

// iosHeader is what the iOS app sends: it does not say what type of device it is
// on.
var iosHeader = []string{"os-name: iOS", "os-version: 18.1", "device-name: iPhone", "app-version: 1.3.0", "lang: en-US"}

// clientIOS is a day with the iOS app of 2025. It drops a whole reply when one
// thing in it is not as it wants it, which every request here looks for.
func clientIOS(t *testing.T, s *target) {
	s = s.forClients(t)
	ann, ben := newClient(s, iosHeader...), newClient(s, iosHeader...)
	for c, name := range map[*client]string{ann: "Ann", ben: "Ben"} {
		iosSignsIn(t, c, name)
	}
	iosContacts(t, ann, ben)
	at := new(standing)
	iosOpens(t, ann, at)
	group := appGroup(t, ann, ben)
	iosTalks(t, ann, ben, group)
	iosFiles(t, s, ann, ben, group)
	appAway(t, ann, ben, group, at)
	appRoomDetails(t, ann, ben, group)
	iosGoes(t, ann, ben, group)
}

func iosSignsIn(t *testing.T, c *client, name string) {
	t.Helper()
	_, in := c.signIn(t, object{"telephoneNumberHashed": hashed(c.number), "countryCode": "+385"})
	if device := in.get("device"); device.get("osName").text() != "iOS" || !device.get("type").isNull() {
		t.Errorf("the device is %s", show(device.v))
	}
	c.call(t, "PUT", "/me", object{"displayName": name, "avatarFileId": 0}).get("user")
	c.call(t, "PUT", "/device", object{"pushToken": "the token of " + name}).get("device")
	c.s.secrets.add("the token of " + name)
	if got := c.call(t, "GET", "/me", nil).get("user"); got.get("displayName").text() != name {
		t.Errorf("the profile is %s", show(got.v))
	}
	c.call(t, "GET", "/settings", nil).get("teamMode").truth()
}

// iosContacts sends the address book, 40 numbers at a time, and lists contacts by
// pages.
func iosContacts(t *testing.T, ann, ben *client) {
	t.Helper()
	var numbers []string
	for i := range 99 {
		numbers = append(numbers, path("+1555%07d", i))
	}
	numbers = append(numbers, ben.number)
	found := int64(0)
	for from := 0; from < len(numbers); from += 40 {
		page := hashes(numbers[from:min(from+40, len(numbers))]...)
		got := ann.call(t, "POST", "/contacts", object{"contacts": page, "isLastPage": from+40 >= len(numbers)})
		found += got.get("count").number()
	}
	if found != 1 {
		t.Errorf("found %d contacts", found)
	}
	if _, ok := ann.call(t, "GET", "/contacts?page=1", nil).get("list").find("id", ben.user); !ok {
		t.Error("Ben is no contact")
	}
}

// iosOpens syncs, and opens the stream with a slash at the end of its address.
func iosOpens(t *testing.T, c *client, at *standing) {
	t.Helper()
	c.sync(t, at)
	c.stream = person{s: c.s, Token: c.token}.listen(t, place{path: "/api/sse/"})
	c.call(t, "GET", "/rooms/unread-count", nil).get("unreadCounts").list()
	c.call(t, "GET", "/blocks", nil).get("blockedUsers").list()
}

func iosTalks(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	first := appPosts(t, ben, room, "Hello", nil).get("id").number()
	told := ann.event(t, "NEW_MESSAGE").get("message")
	if told.get("id").number() != first || told.get("isForwarded").truth() {
		t.Errorf("told %s", show(told.v))
	}
	ann.call(t, "GET", path("/rooms/%d", room), nil).get("room", "unreadCount").number() // of a room it does not know
	ann.call(t, "POST", "/messages/delivered", object{"messageIds": []int64{first}})
	tablet := ann.onAnother(t)
	ann.call(t, "POST", path("/messages/%d/seen", room), nil)
	if got := tablet.event(t, "SEEN_ROOM").get("roomId").number(); got != room {
		t.Errorf("seen is room %d", got)
	}
	record := ann.event(t, "NEW_MESSAGE_RECORD")
	for _, key := range []string{"deliveredCount", "seenCount", "totalUserCount"} {
		record.get(key).number()
	}
	answer := appPosts(t, ann, room, "Hi", object{"replyId": first}).get("id").number()
	ann.call(t, "PUT", path("/messages/%d", answer), object{"text": "Hi!"})
	appReacts(t, ann, first)
	appForwards(t, ann, ben, room, first)
	iosShares(t, ann, ben, room)
	ann.call(t, "GET", path("/messages/%d/message-records", first), nil).get("messageRecords").list()
	ann.call(t, "DELETE", path("/messages/%d?target=all", answer), nil)
}

// iosShares sends what another app gave, from the system's share sheet. The app
// does not read the reply.
func iosShares(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	ann.call(t, "POST", "/messages/share", object{
		"roomIds": []int64{room}, "userIds": []int64{ben.user}, "messages": []object{{"type": "text", "body": object{"text": "https://example.org/shared"}}},
	})
	for _, m := range ben.sync(t, new(standing))["messages"] {
		if m.get("body", "text").text() == "https://example.org/shared" && m.get("roomId").number() == room {
			return
		}
	}
	t.Error("what was shared is not in the room")
}

// onAnother signs the same person in on one more device, whose stream is open.
// The first one stays signed in.
func (c *client) onAnother(t testing.TB) *client {
	t.Helper()
	other := &client{s: c.s, header: c.header, number: c.number, id: c.id + "-2"}
	other.signIn(t, nil)
	other.stream = person{s: c.s, Token: other.token}.listen(t)
	c.call(t, "GET", "/me", nil)
	return other
}

// iosGoes is removed from a group, which the app hears of, and signs out by
// taking its push token back and forgetting its session.
func iosGoes(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	ben.stream = person{s: ben.s, Token: ben.token}.listen(t, place{path: "/api/sse/"})
	ann.call(t, "PUT", path("/rooms/%d", room), object{"action": "removeGroupUsers", "userIds": []int64{ben.user}})
	if got := ben.event(t, "REMOVED_FROM_ROOM").get("roomId").number(); got != room {
		t.Errorf("removed from room %d", got)
	}
	ann.call(t, "POST", path("/rooms/%d/leave", room), object{"adminUserIds": []int64{ben.user}})
	ann.call(t, "PUT", "/device", object{"pushToken": ""})
	if !ann.call(t, "GET", "/device", nil).get("device", "pushToken").isNull() {
		t.Error("the push token stays")
	}
	ann.call(t, "POST", "/auth/logout", nil)
	ann.gone(t)
}
