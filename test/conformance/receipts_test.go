package conformance

import (
	"fmt"
	"net/http"
	"testing"

	"spika/api"
)

func receiptChecks() []check {
	return []check{
		{"delivered", receiptsDelivered},
		{"delivered, refusals", receiptsDeliveredRefusals},
		{"seen", receiptsSeen},
		{"seen, refusals", receiptsSeenRefusals},
		{"records", receiptsRecords},
		{"all seen", receiptsAllSeen},
		{"counts never fall", receiptsNeverFall},
	}
}

// counts checks the counts of the newest messages of a room, newest first, as
// "delivered/seen/total". Asking reports nothing about the asker but what is
// delivered.
func (p person) counts(t testing.TB, room int64, want ...string) {
	t.Helper()
	list := p.messages(t, room).List
	for i, w := range want {
		if got := fmt.Sprintf("%d/%d/%d", list[i].DeliveredCount, list[i].SeenCount, list[i].TotalUserCount); got != w {
			t.Errorf("message %d has the counts %s, want %s", list[i].ID, got, w)
		}
	}
}

func (p person) seen(t testing.TB, room int64) reply {
	t.Helper()
	return p.post(t, fmt.Sprintf("/messages/%d/seen", room), nil)
}

// three is a chat with one more person. Ann's own look at the messages is done:
// they are delivered to her.
func (s *target) three(t testing.TB) (chat, person) {
	t.Helper()
	c := s.chat(t)
	cy := s.person(t, "Cy")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{cy.ID}})
	return c, cy
}

func receiptsDelivered(t *testing.T, s *target) {
	c, cy := s.three(t)
	first, second, third := c.bot.say(t, "1"), c.bot.say(t, "2"), c.bot.say(t, "3")
	golden(t, "reportDelivered", c.ben.post(t, "/messages/delivered", object{"messageIds": []int64{second.ID}}), nil)
	c.ann.counts(t, c.room, "1/0/3", "2/0/3", "2/0/3") // with it come those before it
	for _, row := range []struct {
		name, want string
		body       object
	}{
		{"again", "1/0/3", object{"messageIds": []int64{first.ID, second.ID, second.ID}}},
		{"the other spelling", "2/0/3", object{"messagesIds": []int64{third.ID}}},
		{"ids in strings", "2/0/3", object{"messagesIds": []string{fmt.Sprint(third.ID)}}},
		{"a list in a string", "2/0/3", object{"messageIds": fmt.Sprintf("[%d]", third.ID)}},
		{"both spellings", "2/0/3", object{"messageIds": []int64{first.ID}, "messagesIds": []int64{1 << 30}}},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.ben.post(t, "/messages/delivered", row.body).ok(t)
			c.ann.counts(t, c.room, row.want)
		})
	}
	s.sub(t, "of several rooms", func(t *testing.T) {
		other := c.ann.room(t, "Other", cy)
		m := c.ann.say(t, other, "Hello")
		cy.post(t, "/messages/delivered", object{"messageIds": []int64{m.ID, third.ID}}).ok(t)
		c.ann.counts(t, c.room, "3/0/3", "3/0/3", "3/0/3")
		c.ann.counts(t, other, "2/1/2")
	})
	s.sub(t, "does not touch modifiedAt", func(t *testing.T) {
		for _, m := range c.ann.messages(t, c.room).List {
			if m.ModifiedAt != m.CreatedAt {
				t.Errorf("message %d was made at %d and changed at %d", m.ID, m.CreatedAt, m.ModifiedAt)
			}
		}
	})
	s.sub(t, "leaves it unread", func(t *testing.T) {
		if got := cy.getRoom(t, c.room).UnreadCount; got != 3 {
			t.Errorf("%d messages are unread, want 3", got)
		}
	})
}

func receiptsDeliveredRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.bot.say(t, "Hello")
	elsewhere := c.ann.say(t, c.ann.room(t, "Other"), "elsewhere")
	tooMany := make([]int64, 1_001)
	for i := range tooMany {
		tooMany[i] = int64(i + 1)
	}
	for _, row := range []struct {
		name, begins string
		body         any
	}{
		{"no ids", "No messages with given ids found", object{}},
		{"an empty list", "No messages with given ids found", object{"messageIds": []int64{}}},
		{"too many", "messageIds must name at most 1000 messages", object{"messageIds": tooMany}},
		{"unknown ones", "No messages with given ids found", object{"messageIds": []int64{1 << 30, 1<<30 + 1}}},
		{"a huge one", "No messages with given ids found", object{"messageIds": []int64{65_000_000_000_000_000}}},
		{"some unknown", fmt.Sprintf("Messages with ids: %d not found", 1<<30), object{"messageIds": []int64{m.ID, 1 << 30}}},
		{"another room's", "One or more message is from room that user is not part of", object{"messageIds": []int64{m.ID, elsewhere.ID}}},
		{"text", "Invalid params: messageIds must be an array of numbers", `{"messageIds":["x"]}`},
		{"no list", "Invalid params: messageIds must be an array", `{"messageIds":1}`},
		{"none that can be one", "No messages with given ids found", `{"messageIds":[0,-1]}`},
		{"no JSON", "Invalid params: the body is not valid JSON", `{"messageIds":[1]`},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.ben.post(t, "/messages/delivered", row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a body too large", func(t *testing.T) {
		c.ben.post(t, "/messages/delivered", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "no session", func(t *testing.T) {
		person{s: s}.post(t, "/messages/delivered", object{"messageIds": []int64{m.ID}}).fails(t, http.StatusUnauthorized, "No access token")
	})
	s.sub(t, "noted nothing", func(t *testing.T) { c.ann.counts(t, c.room, "1/0/2") }) // Ann's own, who asks
}

func receiptsSeen(t *testing.T, s *target) {
	c, cy := s.three(t)
	first := c.bot.say(t, "1")
	c.bot.say(t, "2")
	s.sub(t, "up to a message", func(t *testing.T) {
		golden(t, "reportSeen", c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{"messageId": first.ID}), nil)
		c.ann.counts(t, c.room, "1/0/3", "2/1/3")
		if got := c.ben.getRoom(t, c.room).UnreadCount; got != 1 {
			t.Errorf("%d messages are unread, want 1", got)
		}
	})
	s.sub(t, "all", func(t *testing.T) {
		c.ben.seen(t, c.room).ok(t)
		c.ann.counts(t, c.room, "2/1/3", "2/1/3")
		if got := c.ben.getRoom(t, c.room).UnreadCount; got != 0 {
			t.Errorf("%d messages are unread, want none", got)
		}
	})
	s.sub(t, "again", func(t *testing.T) {
		c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{}).ok(t)
		c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{"messageId": first.ID}).ok(t)
		c.ann.counts(t, c.room, "2/1/3", "2/1/3")
	})
	s.sub(t, "by everyone", func(t *testing.T) {
		cy.seen(t, c.room).ok(t)
		c.ann.seen(t, c.room).ok(t)
		c.ann.counts(t, c.room, "3/3/3", "3/3/3")
	})
	s.sub(t, "before one joined", func(t *testing.T) {
		dan := s.person(t, "Dan")
		c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{dan.ID}})
		dan.seen(t, c.room).ok(t)
		dan.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{"messageId": first.ID}).ok(t)
		c.ann.counts(t, c.room, "3/3/3", "3/3/3")
	})
	s.sub(t, "own posts in between", func(t *testing.T) {
		m := c.bot.say(t, "3")
		c.ben.say(t, c.room, "4")
		c.bot.say(t, "5")
		if got := c.ben.getRoom(t, c.room).UnreadCount; got != 2 {
			t.Errorf("%d messages are unread, want 2", got)
		}
		c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{"messageId": m.ID}).ok(t)
		if got := c.ben.getRoom(t, c.room).UnreadCount; got != 1 {
			t.Errorf("%d messages are unread, want 1", got)
		}
	})
}

func receiptsSeenRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	elsewhere := c.ben.say(t, c.ben.room(t, "Other"), "elsewhere")
	path := fmt.Sprintf("/messages/%d/seen", c.room)
	c.bot.say(t, "Hello")
	for _, row := range []struct {
		name, path, begins string
		who                person
		body               any
	}{
		{"a stranger", path, "user is not in this room", sue, nil},
		{"no room", "/messages/1099511627776/seen", "user is not in this room", c.ben, nil},
		{"a huge room", "/messages/65000000000000000/seen", "user is not in this room", c.ben, nil},
		{"no id", "/messages/x/seen", "roomId must be number", c.ben, nil},
		{"another room's message", path, "messageId must be the id of a message of this room", c.ben, object{"messageId": elsewhere.ID}},
		{"no message", path, "messageId must be the id of a message of this room", c.ben, object{"messageId": 1 << 30}},
		{"message 0", path, "Invalid params: messageId must be an id", c.ben, object{"messageId": 0}},
		{"text", path, "Invalid params: messageId must be a number", c.ben, `{"messageId":"1"}`},
		{"no JSON", path, "Invalid params: the body is not valid JSON", c.ben, `{`},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			row.who.post(t, row.path, row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a body too large", func(t *testing.T) {
		c.ben.post(t, path, object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "no session", func(t *testing.T) {
		person{s: s}.post(t, path, nil).fails(t, http.StatusUnauthorized, "No access token")
	})
	s.sub(t, "noted nothing", func(t *testing.T) {
		if got := c.ben.getRoom(t, c.room).UnreadCount; got != 1 {
			t.Errorf("%d messages are unread, want 1", got)
		}
	})
}

func receiptsRecords(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	c.ben.seen(t, c.room).ok(t)
	r := c.ben.get(t, "/messages/%d/message-records", m.ID)
	golden(t, "listMessageRecords", r, map[string]any{"message": m.ID, "room": c.room, "ann": c.ann.ID, "ben": c.ben.ID})
	ids := map[int64]bool{}
	for _, record := range data[api.MessageRecordList](t, r).MessageRecords {
		ids[record.ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("the four records have %d ids", len(ids))
	}
	s.sub(t, "a bot has none of its own", func(t *testing.T) {
		posted := c.bot.say(t, "Hi")
		if got := data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records", posted.ID)).MessageRecords; len(got) != 0 {
			t.Errorf("got %+v", got)
		}
		c.ben.post(t, "/messages/delivered", object{"messageIds": []int64{posted.ID}}).ok(t)
		got := data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records", posted.ID)).MessageRecords
		if len(got) != 1 || got[0].UserID != c.ben.ID || got[0].Type != "delivered" {
			t.Errorf("got %+v", got)
		}
	})
	s.sub(t, "they stay the same", func(t *testing.T) {
		c.ben.seen(t, c.room).ok(t)
		again := c.ben.get(t, "/messages/%d/message-records", m.ID)
		for _, d := range compare("", decodeAny(t, r.body), decodeAny(t, again.body)) {
			t.Error(d)
		}
	})
	s.sub(t, "refusals", func(t *testing.T) {
		sue := s.person(t, "Sue")
		sue.get(t, "/messages/%d/message-records", m.ID).fails(t, http.StatusNotFound, "No message found")
		c.ann.get(t, "/messages/1099511627776/message-records").fails(t, http.StatusNotFound, "No message found")
		c.ann.get(t, "/messages/99999999999999999999/message-records").fails(t, http.StatusNotFound, "No message found")
		c.ann.get(t, "/messages/x/message-records").fails(t, http.StatusBadRequest, "id must be number")
		person{s: s}.get(t, "/messages/%d/message-records", m.ID).fails(t, http.StatusUnauthorized, "No access token")
	})
}

// Everyone who can see a message can have seen it, the sender included.
func receiptsAllSeen(t *testing.T, s *target) {
	c, cy := s.three(t)
	c.ann.say(t, c.room, "Hello")
	c.ann.counts(t, c.room, "1/1/3")
	c.ben.seen(t, c.room).ok(t)
	c.ann.counts(t, c.room, "2/2/3")
	cy.seen(t, c.room).ok(t)
	c.ann.counts(t, c.room, "3/3/3")
}

// Who has left stays in the counts.
func receiptsNeverFall(t *testing.T, s *target) {
	c, cy := s.three(t)
	c.bot.say(t, "Hello")
	c.ben.seen(t, c.room).ok(t)
	c.ann.counts(t, c.room, "2/1/3")
	c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	c.ann.counts(t, c.room, "2/1/3")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{c.ben.ID}})
	c.ben.seen(t, c.room).ok(t)
	c.ann.counts(t, c.room, "2/1/3")
	c.ann.change(t, c.room, object{"action": "removeGroupUsers", "userIds": []int64{c.ben.ID, cy.ID}})
	c.ann.counts(t, c.room, "2/1/3")
}
