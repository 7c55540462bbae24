package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/api"
)

func messagingChecks() []check {
	return []check{
		{"reply", messagingReply},
		{"counts people only", messagingCountsPeople},
		{"sender", messagingSender},
		{"body", messagingBody},
		{"localId", messagingLocalID},
		{"credentials", messagingCredentials},
		{"refusals", messagingRefusals},
		{"content types", messagingContentTypes},
		{"rooms", messagingRooms},
		{"deleted room", messagingDeletedRoom},
		{"the first fault", messagingFirstFault},
		{"replies", messagingReplies},
		{"sizes", messagingSizes},
		{"broken connections", messagingBrokenConnections},
		{"methods", messagingMethods},
		{"arrives", messagingArrives},
		{"order", messagingOrder},
		{"once", messagingOnce},
		{"once, racing", messagingRacing},
		{"once, for each key", messagingOnceForEachKey},
		{"once, replay is current", messagingReplayIsCurrent},
		{"revoked key", messagingRevokedKey},
		{"key revoked by command", messagingRevokedByCommand},
	}
}

// seedKeys are the keys of the message in the reply, in the order of the
// documented sample, with replyId behind localId.
var seedKeys = []string{
	"id", "roomId", "fromUserId", "totalUserCount", "deliveredCount", "seenCount",
	"type", "body", "modifiedAt", "createdAt", "localId", "replyId", "deleted",
}

func messagingReply(t *testing.T, s *target) {
	c := s.chat(t)
	r := c.bot.post(t, `{"roomId":`+fmt.Sprint(c.room)+`,"type":"text","body":{"text":"Hello"},"localId":5}`)
	golden(t, "postFromCode", r, map[string]any{"room": c.room, "bot": c.bot.UserID, "localId": 5})
	if got := keysOf(t, r.body, "data", "message"); !slices.Equal(got, seedKeys) {
		t.Errorf("the message has the keys %q, want %q", got, seedKeys)
	}
	m := data[api.PostedData](t, r).Message
	if m.CreatedAt != m.ModifiedAt {
		t.Errorf("createdAt %d differs from modifiedAt %d", m.CreatedAt, m.ModifiedAt)
	}
	if got := r.header.Get("Idempotent-Replay"); got != "" {
		t.Errorf("a first post has the header Idempotent-Replay: %s", got)
	}
	if got := keysOf(t, r.body); !slices.Equal(got, []string{"status", "data"}) {
		t.Errorf("the envelope has the keys %q", got)
	}
}

// keysOf gives the keys of an object within a JSON text, in order.
func keysOf(t *testing.T, text []byte, path ...string) []string {
	t.Helper()
	for _, key := range path {
		text = parse[map[string]json.RawMessage](t, text)[key]
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	var keys []string
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

func messagingCountsPeople(t *testing.T, s *target) {
	c := s.chat(t)
	c.ann.bot(t, c.room, "Another")
	if m := c.bot.say(t, "to two people and two bots"); m.TotalUserCount != 2 || m.DeliveredCount != 0 || m.SeenCount != 0 {
		t.Errorf("counts are %d/%d/%d, want 0/0/2", m.DeliveredCount, m.SeenCount, m.TotalUserCount)
	}
	cy := s.person(t, "Cy")
	c.ann.put(t, fmt.Sprintf("/rooms/%d", c.room), object{"action": "addGroupUsers", "userIds": []int64{cy.ID}}).ok(t)
	if m := c.bot.say(t, "to three"); m.TotalUserCount != 3 {
		t.Errorf("totalUserCount is %d after one more joined, want 3", m.TotalUserCount)
	}
	cy.post(t, fmt.Sprintf("/rooms/%d/leave", c.room), nil).ok(t)
	if m := c.bot.say(t, "to two again"); m.TotalUserCount != 2 {
		t.Errorf("totalUserCount is %d after one left, want 2", m.TotalUserCount)
	}
}

func messagingSender(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.bot.say(t, "from the bot")
	if m.FromUserID != c.bot.UserID {
		t.Errorf("fromUserId is %d, the bot is %d", m.FromUserID, c.bot.UserID)
	}
	bot := data[api.UserData](t, c.ben.get(t, "/users/%d", m.FromUserID)).User
	if !bot.IsBot || *bot.DisplayName != "Build server" {
		t.Errorf("the sender is %+v", bot)
	}
	if got := c.ben.messages(t, c.room).List[0]; got.SenderName != "Build server" || got.ID != m.ID {
		t.Errorf("people see %+v", got)
	}
}

func messagingBody(t *testing.T, s *target) {
	c := s.chat(t)
	for _, row := range []struct{ name, body, want string }{
		{"an object", `{"text":"Hello"}`, `{"text":"Hello"}`},
		{"a string", `"{\"text\":\"Hello\"}"`, `{"text":"Hello"}`},
		{"a string with space", `" {\n\"text\" : \"Hello\"} "`, `{"text":"Hello"}`},
		{"further keys are kept", `{"build":{"n":812,"ok":true,"tags":["a",null]},"text":"Hi","localId":"x"}`,
			`{"build":{"n":812,"ok":true,"tags":["a",null]},"text":"Hi","localId":"x"}`},
		{"further keys in a string", `"{\"text\":\"Hi\",\"n\":1}"`, `{"text":"Hi","n":1}`},
		{"numbers as they are", `{"text":"n","big":9007199254740993,"real":0.1}`, `{"text":"n","big":9007199254740993,"real":0.1}`},
		{"any script", `{"text":"Grüße 東京 👩‍🚀 שלום"}`, `{"text":"Grüße 東京 👩‍🚀 שלום"}`},
		{"escapes", `{"text":"Gr\u00fc\u00dfe \ud83d\ude80 a\/b"}`, `{"text":"Grüße 🚀 a/b"}`},
		{"lines and controls", `{"text":"a\nb\tc\u0007d"}`, `{"text":"a\nb\tc\u0007d"}`},
		{"markup", `{"text":"<b>&\u2028\"</b>"}`, `{"text":"<b>&\u2028\"</b>"}`},
		{"only space", `{"text":" "}`, `{"text":" "}`},
		{"nobody sends a referenceMessage", `{"text":"a","referenceMessage":{"id":1}}`, `{"text":"a"}`},
		{"an explicit null for what is optional", `{"text":"a"},"localId":null,"replyId":null`, `{"text":"a"}`},
		{"unknown keys around it", `{"text":"a"},"more":[1],"fromUserId":7`, `{"text":"a"}`},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			r := c.bot.post(t, fmt.Sprintf(`{"roomId":%d,"type":"text","body":%s}`, c.room, row.body))
			got := data[api.PostedData](t, r).Message
			listed := c.ann.messages(t, c.room).List[0]
			for _, d := range slices.Concat(
				compare("body", decodeAny(t, []byte(row.want)), decodeAny(t, got.Body)),
				compare("listed body", decodeAny(t, []byte(row.want)), decodeAny(t, listed.Body)),
			) {
				t.Error(d)
			}
			if got.ID != listed.ID || got.FromUserID != c.bot.UserID {
				t.Errorf("the reply is about %+v, the newest message is %d", got, listed.ID)
			}
		})
	}
}

func messagingLocalID(t *testing.T, s *target) {
	c := s.chat(t)
	stream := c.ben.listen(t)
	for _, row := range []struct{ name, sent, echo, elsewhere string }{
		{"an integer", `12345`, `12345`, "12345"},
		{"a string", `"build-812"`, `"build-812"`, "build-812"},
		{"digits in a string", `"677"`, `"677"`, "677"},
		{"zero", `0`, `0`, "0"},
		{"a negative integer", `-3`, `-3`, "-3"},
		{"the largest integer", `9223372036854775807`, `9223372036854775807`, "9223372036854775807"},
		{"any characters", `"a\"b ü<>"`, `"a\"b ü<>"`, `a"b ü<>`},
		{"200 characters", `"` + strings.Repeat("ü", 200) + `"`, `"` + strings.Repeat("ü", 200) + `"`, strings.Repeat("ü", 200)},
		{"null", `null`, `null`, ""},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			r := c.bot.post(t, fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"a"},"localId":%s}`, c.room, row.sent))
			got := data[api.PostedData](t, r).Message
			for _, d := range compare("localId", decodeAny(t, []byte(row.echo)), decodeAny(t, got.LocalID)) {
				t.Error(d)
			}
			live := stream.next(t, "the message", is(api.EventNewMessage)).event.Message
			synced := data[api.SyncMessages](t, c.ben.get(t, "/messages/sync/%d", got.CreatedAt-1)).List
			for where, m := range map[string]api.Message{
				"list": c.ben.messages(t, c.room).List[0].Message, "event": *live, "sync": synced[len(synced)-1],
			} {
				if id := orEmpty(m.LocalID); m.ID != got.ID || id != row.elsewhere || (m.LocalID == nil) != (row.elsewhere == "") {
					t.Errorf("in the %s, localId is %q, want %q", where, id, row.elsewhere)
				}
			}
		})
	}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func messagingCredentials(t *testing.T, s *target) {
	c := s.chat(t)
	post := func(token string, header ...string) reply {
		return s.do(t, request{method: "POST", path: postPath, token: token, header: header, body: textPost(c.room, "a")})
	}
	for _, row := range []struct {
		name string
		send func() reply
	}{
		{"accesstoken", func() reply { return post(c.bot.Token) }},
		{"Bearer", func() reply { return post("", "Authorization: Bearer "+c.bot.Token) }},
		{"bearer", func() reply { return post("", "Authorization: bearer "+c.bot.Token) }},
		{"accesstoken goes before Bearer", func() reply { return post(c.bot.Token, "Authorization: Bearer other") }},
		{"from a page of another origin", func() reply { return post(c.bot.Token, "Origin: https://ci.example.org", "Sec-Fetch-Site: cross-site") }},
	} {
		s.sub(t, row.name, func(t *testing.T) { row.send().ok(t) })
	}
	unknown := repeat(43)
	for _, row := range []struct {
		name, begins string
		send         func() reply
	}{
		{"none", "No access token", func() reply { return post("") }},
		{"an empty one", "No access token", func() reply { return post("", "accesstoken: ") }},
		{"another scheme", "No access token", func() reply { return post("", "Authorization: Basic "+c.bot.Token) }},
		{"in the query", "No access token", func() reply {
			return s.do(t, request{method: "POST", path: postPath + "?accesstoken=" + c.bot.Token, body: textPost(c.room, "a")})
		}},
		{"in a cookie", "No access token", func() reply { return post("", "Cookie: spika_session="+c.bot.Token) }},
		{"an unknown one", "Invalid access token", func() reply { return post(unknown) }},
		{"an unknown Bearer", "Invalid access token", func() reply { return post("", "Authorization: Bearer "+unknown) }},
		{"a short one", "Invalid access token", func() reply { return post("x") }},
		{"a long one", "Invalid access token", func() reply { return post(repeat(8_000)) }},
		{"the key cut short", "Invalid access token", func() reply { return post(c.bot.Token[:42]) }},
		{"the key in capitals", "Invalid access token", func() reply { return post(strings.ToUpper(c.bot.Token)) }},
		{"a session", "Invalid access token", func() reply { return post(c.ann.Token) }},
		{"before the body is read", "No access token", func() reply {
			return s.do(t, request{method: "POST", path: postPath, body: "no JSON"})
		}},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, http.StatusUnauthorized, row.begins, row.send)
		})
	}
	s.sub(t, "a key is no session", func(t *testing.T) {
		s.do(t, request{method: "GET", path: "/api/messenger/me", token: c.bot.Token}).fails(t, 401, "Invalid access token")
	})
}

func messagingMethods(t *testing.T, s *target) {
	c := s.chat(t)
	for _, method := range []string{"GET", "PUT", "DELETE", "PATCH"} {
		s.sub(t, method, func(t *testing.T) {
			c.refuses(t, http.StatusMethodNotAllowed, "Method not allowed", func() reply {
				r := s.do(t, request{method: method, path: postPath, token: c.bot.Token, body: textPost(c.room, "a")})
				if got := strings.Split(r.header.Get("Allow"), ", "); !slices.Contains(got, "POST") {
					t.Errorf("Allow is %q", got)
				}
				return r
			})
		})
	}
	for _, path := range []string{"/api/messaging", "/api/messaging/message", postPath + "/5", "/api"} {
		s.sub(t, "POST "+path, func(t *testing.T) {
			c.refuses(t, http.StatusNotFound, "Not found", func() reply {
				return s.do(t, request{method: "POST", path: path, token: c.bot.Token, body: textPost(c.room, "a")})
			})
		})
	}
}

// A post reaches the people of the room in every way there is.
func messagingArrives(t *testing.T, s *target) {
	c := s.chat(t)
	stream := c.ben.listen(t)
	m := c.bot.say(t, "See https://example.org/build/812")
	values := map[string]any{"message": m, "name": c.bot.Name}
	live := stream.next(t, "the message", is(api.EventNewMessage))
	goldenJSON(t, "NEW_MESSAGE", live.data, values)
	golden(t, "getHistoryItem", c.ben.get(t, "/history/roomId/%d", c.room), values)
	if got := data[api.RoomData](t, c.ben.get(t, "/rooms/%d", c.room)).Room.UnreadCount; got != 1 {
		t.Errorf("the room has %d unread messages, want 1", got)
	}
	synced := data[api.SyncMessages](t, c.ben.get(t, "/messages/sync/%d", m.CreatedAt-1))
	if len(synced.List) != 1 || synced.List[0].ID != m.ID || !synced.List[0].HasLink {
		t.Errorf("sync gives %+v", synced.List)
	}
}

// Posts that are answered one after the other stand in that order.
func messagingOrder(t *testing.T, s *target) {
	c := s.chat(t)
	other := c.ann.bot(t, c.room, "Another")
	var mu sync.Mutex
	after := map[int64][]int64{} // message -> what was answered before it was sent
	var answered []int64
	var posting sync.WaitGroup
	for i := range 8 {
		posting.Go(func() {
			from := []bot{c.bot, other}[i%2]
			for range 8 {
				mu.Lock()
				before := slices.Clone(answered)
				mu.Unlock()
				r := from.post(t, textPost(c.room, "a"))
				mu.Lock()
				var v api.Success[api.PostedData]
				if json.Unmarshal(r.body, &v) == nil {
					answered = append(answered, v.Data.Message.ID)
					after[v.Data.Message.ID] = before
				}
				mu.Unlock()
			}
		})
	}
	posting.Wait()
	list := data[api.MessageList](t, c.ann.get(t, "/messages/roomId/%d?targetMessageId=%d", c.room, slices.Min(answered))).List
	if len(list) != 64 || len(after) != 64 {
		t.Fatalf("the room lists %d messages, %d posts were answered, want 64", len(list), len(after))
	}
	for i, m := range list[1:] {
		if newer := list[i]; m.ID >= newer.ID || m.CreatedAt > newer.CreatedAt {
			t.Errorf("message %d of %d stands behind %d of %d", m.ID, m.CreatedAt, newer.ID, newer.CreatedAt)
		}
	}
	for id, before := range after {
		if len(before) > 0 && slices.Max(before) > id {
			t.Errorf("message %d was sent after %d was answered, and stands before it", id, slices.Max(before))
		}
	}
}

func messagingRevokedKey(t *testing.T, s *target) {
	c := s.chat(t)
	c.bot.say(t, "while it works")
	c.ann.delete(t, "/api-keys/%d", c.bot.Key).ok(t)
	c.refuses(t, http.StatusUnauthorized, "Invalid access token", func() reply { return c.bot.post(t, textPost(c.room, "a")) })
	if got := c.ben.messages(t, c.room).List[0]; got.SenderName != c.bot.Name || got.FromUserID != c.bot.UserID {
		t.Errorf("after the key was deleted, its message is %+v", got)
	}
}

// revokedWithin is how long a key may go on after it was revoked: a second is
// promised, and a busy machine may take longer.
const revokedWithin = 10 * time.Second

func messagingRevokedByCommand(t *testing.T, s *target) {
	cli := s.needCommands(t)
	c := s.chat(t)
	c.bot.say(t, "while it works")
	cli.run(t, "", "key", "revoke", fmt.Sprint(c.bot.Key))
	within(t, revokedWithin, "the revoked key stops", func() bool {
		return c.bot.post(t, textPost(c.room, "a")).status == http.StatusUnauthorized
	})
	c.refuses(t, http.StatusUnauthorized, "Invalid access token", func() reply { return c.bot.post(t, textPost(c.room, "a")) })
}
