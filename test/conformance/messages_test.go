package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"spika/api"
)

func messageChecks() []check {
	return []check{
		{"post", messagesPost},
		{"post, with a link", messagesPostLink},
		{"post, refusals", messagesPostRefusals},
		{"list", messagesList},
		{"pages", messagesPages},
		{"visibility", messagesVisibility},
		{"list, refusals", messagesListRefusals},
		{"sync", messagesSync},
		{"sync, pages", messagesSyncPages},
		{"sync, changed between pages", messagesSyncChanged},
	}
}

func messagesPost(t *testing.T, s *target) {
	c := s.chat(t)
	r := c.ann.post(t, "/messages", object{"roomId": c.room, "type": "text", "body": object{"text": "Hello", "localId": "7"}, "localId": 7})
	golden(t, "postMessage", r, map[string]any{"room": c.room, "ann": c.ann})
	m := data[api.MessageData](t, r).Message
	if m.CreatedAt != m.ModifiedAt {
		t.Errorf("createdAt %d differs from modifiedAt %d", m.CreatedAt, m.ModifiedAt)
	}
	s.sub(t, "the body as a string", func(t *testing.T) {
		got := data[api.MessageData](t, c.ben.post(t, "/messages", object{"roomId": c.room, "type": "text", "body": `{"text":"Hi"}`})).Message
		if string(got.Body) != `{"text":"Hi"}` {
			t.Errorf("the body is %s", got.Body)
		}
	})
	s.sub(t, "a reply", func(t *testing.T) {
		got := data[api.MessageData](t, c.ben.post(t, "/messages", withReply(textPost(c.room, "Hi"), m.ID))).Message
		answered := parse[api.TextBody](t, got.Body).ReferenceMessage
		if got.ReplyID == nil || *got.ReplyID != m.ID || answered == nil || answered.ID != m.ID || answered.FromUserID != c.ann.ID {
			t.Errorf("the reply is %+v with the body %s", got, got.Body)
		}
	})
	s.sub(t, "in a private room", func(t *testing.T) {
		room := c.ann.private(t, c.ben)
		if got := c.ann.say(t, room, "Psst"); got.TotalUserCount != 2 || got.RoomID != room {
			t.Errorf("got %+v", got)
		}
	})
	s.sub(t, "with an Idempotency-Key", func(t *testing.T) {
		post := func() reply {
			return s.do(t, request{method: "POST", path: "/api/messenger/messages", token: c.ann.Token,
				header: []string{"Idempotency-Key: p-1"}, body: textPost(c.room, "once")})
		}
		first := data[api.MessageData](t, post()).Message
		if second := data[api.MessageData](t, post()).Message; second.ID != first.ID || second.LocalID != nil {
			t.Errorf("got %+v, first %+v", second, first)
		}
	})
}

// A client may say that there is a link where the server sees none.
func messagesPostLink(t *testing.T, s *target) {
	c := s.chat(t)
	post := func(text string, hasLink any) reply {
		body := textPost(c.room, text)
		body["hasLink"] = hasLink
		return c.ann.post(t, "/messages", body)
	}
	for _, row := range []struct {
		text          string
		hasLink, want any
	}{
		{"example.org", true, true}, {"example.org", "true", true}, {"example.org", false, false}, {"example.org", nil, false}, {"https://example.org", false, true},
	} {
		if got := data[api.MessageData](t, post(row.text, row.hasLink)).Message.HasLink; got != row.want {
			t.Errorf("%s with hasLink %v: %v", row.text, row.hasLink, got)
		}
	}
	post("a", "yes").fails(t, http.StatusBadRequest, "Invalid params: hasLink must be true or false")
	post("a", object{}).fails(t, http.StatusBadRequest, "Invalid params: hasLink must be true or false")
	r := c.ann.form(t, "POST", "/messages", fmt.Sprintf("roomId=%d&type=text&hasLink=true&body=%%7B%%22text%%22%%3A%%22a%%22%%7D", c.room))
	if !data[api.MessageData](t, r).Message.HasLink {
		t.Error("by a form: no link")
	}
	fromCode := textPost(c.room, "a")
	fromCode["hasLink"] = "anything" // which the Messaging API does not know
	c.bot.post(t, fromCode).ok(t)
	if c.ann.messages(t, c.room).List[0].HasLink {
		t.Error("from code: a link")
	}
}

// The form of a post is read by the same code as the Messaging API's, whose
// refusals are tested one by one.
func messagesPostRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	other := c.ann.room(t, "Other", c.ben)
	elsewhere := c.ann.say(t, other, "elsewhere")
	for _, row := range []struct {
		name   string
		who    person
		status int
		body   any
		begins string
	}{
		{"a stranger", sue, 400, textPost(c.room, "a"), "Room user not found"},
		{"no room", c.ben, 400, textPost(1<<40, "a"), "Room user not found"},
		{"no text", c.ben, 400, object{"roomId": c.room, "type": "text", "body": object{}}, "Text is missing"},
		{"another type", c.ben, 400, object{"roomId": c.room, "type": "poem", "body": object{"text": "x"}}, "Invalid type"},
		{"another room's message", c.ben, 400, withReply(textPost(c.room, "a"), elsewhere.ID), "there is no message with replyId"},
		{"no message", c.ben, 400, withReply(textPost(c.room, "a"), 1<<30), "there is no message with replyId"},
		{"a string for roomId", c.ben, 400, object{"roomId": fmt.Sprint(c.room), "type": "text", "body": object{"text": "a"}}, "Invalid params: roomId must be a number"},
		{"a text too long", c.ben, 400, textPost(c.room, repeat(maxText+1)), "body.text is too long"},
		{"a body too large", c.ben, 413, textPost(c.room, repeat(maxBody)), "The request's body is too large"},
		{"no session", person{s: s}, 401, textPost(c.room, "a"), "No access token"},
		{"an API key", person{s: s, Token: c.bot.Token}, 401, textPost(c.room, "a"), "Invalid access token"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, row.status, row.begins, func() reply { return row.who.post(t, "/messages", row.body) })
		})
	}
	s.sub(t, "a message from before one joined", func(t *testing.T) {
		c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{sue.ID}})
		early := c.ann.say(t, other, "early")
		c.ann.change(t, other, object{"action": "addGroupUsers", "userIds": []int64{sue.ID}})
		sue.post(t, "/messages", withReply(textPost(other, "a"), early.ID)).fails(t, http.StatusBadRequest, "there is no message with replyId")
	})
}

func messagesList(t *testing.T, s *target) {
	c := s.chat(t)
	first := c.ann.say(t, c.room, "Who broke it?")
	second := data[api.PostedData](t, c.bot.post(t, withReply(withLocalID(textPost(c.room, "I did"), 5), first.ID))).Message
	golden(t, "listMessages", c.ben.get(t, "/messages/roomId/%d", c.room), map[string]any{
		"room": c.room, "first": first, "second": second,
	})
	if got := c.ann.messages(t, c.room).List[1]; got.DeliveredCount != 2 || got.SeenCount != 1 {
		t.Errorf("after Ben has listed it, the message is delivered to %d and seen by %d, want 2 and 1", got.DeliveredCount, got.SeenCount)
	}
}

// postMany posts n messages, several at a time, and gives their ids, newest
// first.
func (b bot) postMany(t testing.TB, n int) []int64 {
	t.Helper()
	const atOnce = 8
	replies := make([]reply, n)
	var posting sync.WaitGroup
	for first := range min(n, atOnce) {
		posting.Go(func() {
			for i := first; i < n; i += atOnce {
				replies[i] = b.post(t, textPost(b.Room, "Hello"))
			}
		})
	}
	posting.Wait()
	var out []int64
	for _, r := range replies {
		out = append(out, data[api.PostedData](t, r).Message.ID)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

func messagesPages(t *testing.T, s *target) {
	c := s.chat(t)
	all := c.bot.postMany(t, 120)
	page := func(t *testing.T, query string) ([]int64, api.MessageList) {
		t.Helper()
		got := data[api.MessageList](t, c.ben.get(t, "/messages/roomId/%d%s", c.room, query))
		if got.Count != 120 {
			t.Errorf("count is %d, want 120", got.Count)
		}
		var ids []int64
		for _, m := range got.List {
			ids = append(ids, m.ID)
		}
		return ids, got
	}
	s.sub(t, "one after the other", func(t *testing.T) {
		var seen []int64
		query := ""
		for range 5 {
			ids, got := page(t, query)
			if query != "" { // a page begins with the message that the last one ended with
				if ids[0] != seen[len(seen)-1] {
					t.Errorf("the page begins with %d, the last one ended with %d", ids[0], seen[len(seen)-1])
				}
				ids = ids[1:]
			}
			seen = append(seen, ids...)
			if got.NextCursor == nil {
				break
			}
			if *got.NextCursor != seen[len(seen)-1] {
				t.Errorf("nextCursor is %d, the page ends with %d", *got.NextCursor, seen[len(seen)-1])
			}
			query = fmt.Sprint("?cursor=", *got.NextCursor)
		}
		if !slices.Equal(seen, all) {
			t.Errorf("the pages hold %v, want %v", seen, all)
		}
	})
	for _, row := range []struct {
		name, query string
		want        []int64
		next        bool
	}{
		{"the first", "", all[:50], true},
		{"an empty cursor", "?cursor=&targetMessageId=", all[:50], true},
		{"from a message on", fmt.Sprint("?cursor=", all[100]), all[100:], false},
		{"from the oldest", fmt.Sprint("?cursor=", all[119]), all[119:], false},
		{"to a target", fmt.Sprint("?targetMessageId=", all[90]), all[:91], true},
		{"to a target on the first page", fmt.Sprint("?targetMessageId=", all[10]), all[:50], true},
		{"to the oldest", fmt.Sprint("?targetMessageId=", all[119]), all, false},
		{"to a target that is not there", "?targetMessageId=1099511627776", all[:50], true},
		{"from a message to a target", fmt.Sprintf("?cursor=%d&targetMessageId=%d", all[20], all[100]), all[20:101], true},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			ids, got := page(t, row.query)
			if !slices.Equal(ids, row.want) || (got.NextCursor != nil) != row.next {
				t.Errorf("got %d messages from %v on, nextCursor %v; want %d", len(ids), ids[0], got.NextCursor, len(row.want))
			}
		})
	}
}

// One sees what was posted after one joined.
func messagesVisibility(t *testing.T, s *target) {
	c := s.chat(t)
	early := c.bot.say(t, "before Cy is there")
	cy := s.person(t, "Cy")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{cy.ID}})
	if got := cy.messages(t, c.room); got.Count != 0 || len(got.List) != 0 || got.NextCursor != nil {
		t.Errorf("Cy sees %+v", got)
	}
	late := c.bot.say(t, "when Cy is there")
	if got := cy.messages(t, c.room); got.Count != 1 || len(got.List) != 1 || got.List[0].ID != late.ID {
		t.Errorf("Cy sees %+v", got)
	}
	got := data[api.MessageList](t, cy.get(t, "/messages/roomId/%d?targetMessageId=%d", c.room, early.ID))
	if len(got.List) != 1 {
		t.Errorf("asked for an earlier message, Cy sees %+v", got)
	}
	from := data[api.MessageList](t, cy.get(t, "/messages/roomId/%d?cursor=%d", c.room, early.ID))
	if len(from.List) != 0 {
		t.Errorf("from an earlier message on, Cy sees %+v", from)
	}
	cy.get(t, "/messages/%d/message-records", early.ID).fails(t, http.StatusNotFound, "No message found")
	synced := data[api.SyncMessages](t, cy.get(t, "/messages/sync/0"))
	if len(synced.List) != 1 || synced.List[0].ID != late.ID {
		t.Errorf("sync gives Cy %+v", synced.List)
	}
}

func messagesListRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	other := c.ann.say(t, c.ann.room(t, "Other"), "elsewhere")
	sue.get(t, "/messages/roomId/%d", c.room).fails(t, http.StatusNotFound, "No room found")
	for _, id := range []string{"1099511627776", "99999999999999999999"} {
		c.ann.get(t, "/messages/roomId/%s", id).fails(t, http.StatusNotFound, "No room found")
	}
	for _, id := range []string{"x", "0", "-1"} {
		c.ann.get(t, "/messages/roomId/%s", id).fails(t, http.StatusBadRequest, "roomId must be number")
	}
	for _, query := range []string{"cursor=x", "cursor=0", "cursor=-1", "targetMessageId=x", "cursor=1.5"} {
		name, _, _ := strings.Cut(query, "=")
		c.ann.get(t, "/messages/roomId/%d?%s", c.room, query).fails(t, http.StatusBadRequest, "Invalid params: "+name+" must be an id")
	}
	for _, cursor := range []int64{other.ID, 1 << 40} {
		c.ann.get(t, "/messages/roomId/%d?cursor=%d", c.room, cursor).fails(t, http.StatusBadRequest, "cursor must be the id of a message of this room")
	}
	person{s: s}.get(t, "/messages/roomId/%d", c.room).fails(t, http.StatusUnauthorized, "No access token")
}

// syncMessages follows the messages from a moment on, as a phone does, and
// gives their ids and the largest modifiedAt.
func (p person) syncMessages(t testing.TB, since int64) (ids []int64, last int64) {
	t.Helper()
	last = since
	for page := 1; ; page++ {
		got := data[api.SyncMessages](t, p.get(t, "/messages/sync/%d?page=%d", since, page))
		for _, m := range got.List {
			ids, last = append(ids, m.ID), max(last, m.ModifiedAt)
		}
		if !got.HasNext {
			return ids, last
		}
	}
}

func messagesSync(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.bot.say(t, "Hello")
	golden(t, "syncMessages", c.ben.get(t, "/messages/sync/%d", m.CreatedAt-1), map[string]any{"message": m})
	sue := s.person(t, "Sue")
	sue.room(t, "Sue's")
	if ids, _ := sue.syncMessages(t, 0); len(ids) != 0 {
		t.Errorf("a stranger is given %v", ids)
	}
	ids, place := c.ben.syncMessages(t, 0)
	if !slices.Equal(ids, []int64{m.ID}) || place != m.ModifiedAt {
		t.Errorf("sync from the beginning gives %v up to %d", ids, place)
	}
	s.sub(t, "nothing new", func(t *testing.T) {
		if ids, _ := c.ben.syncMessages(t, place); len(ids) != 0 {
			t.Errorf("got %v", ids)
		}
	})
	s.sub(t, "counts are no change", func(t *testing.T) {
		c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), nil).ok(t)
		if ids, _ := c.ben.syncMessages(t, place); len(ids) != 0 {
			t.Errorf("got %v", ids)
		}
	})
	s.sub(t, "each message once", func(t *testing.T) { // posts in one millisecond must not be lost between two polls
		const posts = 100
		var got, want []int64
		var posting sync.WaitGroup
		defer posting.Wait()
		posting.Go(func() {
			for range posts {
				if t.Failed() { // nobody looks at the rest
					return
				}
				r := c.bot.post(t, textPost(c.room, "a"))
				var v api.Success[api.PostedData]
				if decode(r.body, &v) == nil {
					want = append(want, v.Data.Message.ID)
				}
			}
		})
		at := place
		within(t, 3*patience, "sync gives all that was posted", func() bool {
			var more []int64
			more, at = c.ben.syncMessages(t, at)
			got = append(got, more...)
			return len(got) >= posts
		})
		posting.Wait()
		if !slices.Equal(got, want) {
			t.Errorf("sync gave %v, posted were %v", got, want)
		}
	})
	s.sub(t, "refusals", func(t *testing.T) { refusesPlaces(t, c.ben, "/messages/sync/", "lastUpdate") })
	s.sub(t, "no session", func(t *testing.T) {
		person{s: s}.get(t, "/messages/sync/0").fails(t, http.StatusUnauthorized, "No access token")
	})
}

func messagesSyncPages(t *testing.T, s *target) {
	c := s.chat(t)
	all := c.bot.postMany(t, 101)
	slices.Reverse(all)
	page := func(n int) api.SyncMessages {
		return data[api.SyncMessages](t, c.ben.get(t, "/messages/sync/0?page=%d", n))
	}
	first, second, third := page(1), page(2), page(3)
	if len(first.List) != 100 || first.Count != 100 || first.Limit != 100 || !first.HasNext || first.List[0].ID != all[0] {
		t.Errorf("page 1 has %d messages, count %d, limit %d, hasNext %v", len(first.List), first.Count, first.Limit, first.HasNext)
	}
	if len(second.List) != 1 || second.HasNext || second.List[0].ID != all[100] || len(third.List) != 0 || third.HasNext {
		t.Errorf("pages 2 and 3 have %d and %d messages", len(second.List), len(third.List))
	}
}

// What moves behind the others while a client goes from page to page must not make
// one slip past.
func messagesSyncChanged(t *testing.T, s *target) {
	c := s.chat(t)
	edited := c.ann.say(t, c.room, "before")
	want := c.bot.postMany(t, 120)
	slices.Reverse(want)
	page := func(n int) (ids []int64) {
		for _, m := range data[api.SyncMessages](t, c.ben.get(t, "/messages/sync/0?page=%d", n)).List {
			ids = append(ids, m.ID)
		}
		return ids
	}
	want = append(append([]int64{edited.ID}, want...), edited.ID)
	got := page(1)
	c.ann.edit(t, edited.ID, "after")
	second := page(2)
	if got = append(got, second...); !slices.Equal(got, want) {
		t.Errorf("the pages have %v, want %v", got, want)
	}
	s.sub(t, "a page again", func(t *testing.T) {
		c.ann.edit(t, edited.ID, "again")
		if again := page(2); !slices.Equal(again, second) {
			t.Errorf("the page has %v, before %v", again, second)
		}
	})
}
