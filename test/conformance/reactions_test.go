package conformance

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

func reactionChecks() []check {
	return []check{
		{"react", reactionsMake},
		{"take back", reactionsTakeBack},
		{"refusals", reactionsRefusals},
		{"seen and delivered", reactionsReceipts},
		{"records by type", reactionsByType},
		{"events", reactionsEvents},
	}
}

// react has a person react to a message.
func (p person) react(t testing.TB, id int64, emoji string) api.MessageRecord {
	t.Helper()
	return data[api.RecordData](t, p.post(t, "/message-records", object{"messageId": id, "type": "reaction", "reaction": emoji})).MessageRecord
}

// reactions gives the reactions in the list of a room, of its newest message.
func (p person) reactions(t testing.TB, room int64) []string {
	t.Helper()
	out := []string{}
	for _, r := range p.messages(t, room).List[0].MessageRecords {
		out = append(out, *r.Reaction)
	}
	return out
}

func reactionsMake(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	r := c.ben.post(t, "/message-records", object{"messageId": m.ID, "type": "reaction", "reaction": "👍"})
	golden(t, "createMessageRecord", r, map[string]any{"message": m.ID, "room": c.room, "ben": c.ben.ID})
	first := data[api.RecordData](t, r).MessageRecord
	want := func(list ...string) {
		t.Helper()
		if got := c.ann.reactions(t, c.room); !slices.Equal(got, list) {
			t.Errorf("the list shows %q, want %q", got, list)
		}
	}
	want("👍")
	s.sub(t, "the same again", func(t *testing.T) {
		if again := c.ben.react(t, m.ID, "👍"); again.ModifiedAt != first.ModifiedAt || again.ID != first.ID {
			t.Errorf("got %+v, first %+v", again, first)
		}
	})
	s.sub(t, "another one", func(t *testing.T) { // without a type, as newer clients send it
		got := data[api.RecordData](t, c.ben.post(t, "/message-records", object{"messageId": m.ID, "reaction": "👩🏽‍👩🏽‍👧🏽‍👦🏽"})).MessageRecord
		if got.ID != first.ID || got.ModifiedAt <= first.ModifiedAt || got.CreatedAt != first.CreatedAt || *got.Reaction != "👩🏽‍👩🏽‍👧🏽‍👦🏽" || got.IsDeleted {
			t.Errorf("got %+v, first %+v", got, first)
		}
		want("👩🏽‍👩🏽‍👧🏽‍👦🏽")
	})
	s.sub(t, "by others", func(t *testing.T) {
		own := c.ann.react(t, m.ID, "🎉")
		if own.ID == first.ID {
			t.Errorf("two reactions have the id %d", own.ID)
		}
		want("👩🏽‍👩🏽‍👧🏽‍👦🏽", "🎉")
	})
	s.sub(t, "is no change of the message", func(t *testing.T) {
		if got := c.ann.messages(t, c.room).List[0]; got.ModifiedAt != m.ModifiedAt {
			t.Errorf("the message was changed at %d", got.ModifiedAt)
		}
	})
	s.sub(t, "to a bot's message", func(t *testing.T) {
		c.ben.react(t, c.bot.say(t, "Hi").ID, "👋")
		want("👋")
	})
}

func reactionsTakeBack(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	first := c.ben.react(t, m.ID, "👍")
	r := c.ben.delete(t, "/message-records/%d", first.ID)
	golden(t, "deleteMessageRecord", r, map[string]any{"record": first})
	gone := data[api.RecordData](t, r).MessageRecord
	if gone.ModifiedAt <= first.ModifiedAt {
		t.Errorf("taken back at %d, made at %d", gone.ModifiedAt, first.ModifiedAt)
	}
	if got := c.ann.reactions(t, c.room); len(got) != 0 {
		t.Errorf("the list shows %q", got)
	}
	for _, record := range data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records", m.ID)).MessageRecords {
		if record.Type == api.RecordReaction {
			t.Errorf("the records have %+v", record)
		}
	}
	s.sub(t, "again", func(t *testing.T) {
		if again := data[api.RecordData](t, c.ben.delete(t, "/message-records/%d", first.ID)).MessageRecord; again.ModifiedAt != gone.ModifiedAt {
			t.Errorf("got %+v, first %+v", again, gone)
		}
	})
	s.sub(t, "and made once more", func(t *testing.T) {
		back := c.ben.react(t, m.ID, "👍")
		if back.ID != first.ID || back.IsDeleted || back.ModifiedAt <= gone.ModifiedAt {
			t.Errorf("got %+v", back)
		}
		if got := c.ann.reactions(t, c.room); !slices.Equal(got, []string{"👍"}) {
			t.Errorf("the list shows %q", got)
		}
	})
	s.sub(t, "refusals", func(t *testing.T) {
		c.ann.delete(t, "/message-records/%d", first.ID).fails(t, http.StatusNotFound, "Not found")
		for _, record := range data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records?type=seen", m.ID)).MessageRecords {
			c.ann.delete(t, "/message-records/%d", record.ID).fails(t, http.StatusNotFound, "Only reactions can be deleted")
		}
		for _, id := range []string{"1", "9007199254740991", "65000000000000000", "99999999999999999999"} {
			c.ben.delete(t, "/message-records/%s", id).fails(t, http.StatusNotFound, "Not found")
		}
		c.ben.delete(t, "/message-records/x").fails(t, http.StatusBadRequest, "id must be number")
		person{s: s}.delete(t, "/message-records/%d", first.ID).fails(t, http.StatusUnauthorized, "No access token")
		s.do(t, request{method: "DELETE", path: "/api/messenger/message-records/1", header: []string{"Cookie: spika_session=" + c.ben.Token, "Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site"}}).
			fails(t, http.StatusForbidden, "")
	})
	s.sub(t, "after leaving", func(t *testing.T) {
		c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
		c.ben.delete(t, "/message-records/%d", first.ID).fails(t, http.StatusNotFound, "Not found")
	})
}

func reactionsRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	gone := c.ann.say(t, c.room, "gone")
	c.ann.erase(t, gone.ID, "all")
	sue := s.person(t, "Sue")
	reaction := func(id any) object { return object{"messageId": id, "type": "reaction", "reaction": "👍"} }
	for _, row := range []struct {
		name   string
		who    person
		body   any
		status int
		begins string
	}{
		{"no message", c.ben, object{"type": "reaction", "reaction": "👍"}, 400, "Invalid params: messageId"},
		{"message 0", c.ben, reaction(0), 400, "Invalid params: messageId"},
		{"a string", c.ben, reaction("1"), 400, "Invalid params: messageId must be a number"},
		{"no type", c.ben, object{"messageId": m.ID}, 400, "Invalid type, allowed: seen,delivered,reaction"},
		{"another type", c.ben, object{"messageId": m.ID, "type": "read"}, 400, "Invalid type, allowed: seen,delivered,reaction"},
		{"no reaction", c.ben, object{"messageId": m.ID, "type": "reaction"}, 400, "reaction field is required when type='reaction'"},
		{"an empty one", c.ben, object{"messageId": m.ID, "type": "reaction", "reaction": ""}, 400, "reaction field is required when type='reaction'"},
		{"one too long", c.ben, object{"messageId": m.ID, "type": "reaction", "reaction": strings.Repeat("👍", 65)}, 400, "reaction field is required when type='reaction'"},
		{"a number", c.ben, object{"messageId": m.ID, "type": "reaction", "reaction": 1}, 400, "Invalid params: reaction must be a string"},
		{"an unknown message", c.ben, reaction(1 << 30), 404, "Message not found"},
		{"a huge one", c.ben, reaction(65_000_000_000_000_000), 404, "Message not found"},
		{"a huge one, seen", c.ben, object{"messageId": 65_000_000_000_000_000, "type": "seen"}, 404, "Message not found"},
		{"a deleted one", c.ben, reaction(gone.ID), 404, "Message not found"},
		{"a stranger", sue, reaction(m.ID), 404, "Message not found"},
		{"a stranger, seen", sue, object{"messageId": m.ID, "type": "seen"}, 404, "Message not found"},
		{"a body too large", c.ben, object{"messageId": m.ID, "reaction": repeat(maxBody)}, 413, "The request's body is too large"},
		{"no session", person{s: s}, reaction(m.ID), 401, "No access token"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			row.who.post(t, "/message-records", row.body).fails(t, row.status, row.begins)
		})
	}
	if got := c.ann.messages(t, c.room).List[1].MessageRecords; len(got) != 0 {
		t.Errorf("the refused reactions are %+v", got)
	}
}

// The types seen and delivered do as their own routes do.
func reactionsReceipts(t *testing.T, s *target) {
	c := s.chat(t)
	first, second, third := c.bot.say(t, "1"), c.bot.say(t, "2"), c.bot.say(t, "3")
	report := func(p person, id int64, kind string) api.MessageRecord {
		t.Helper()
		return data[api.RecordData](t, p.post(t, "/message-records", object{"messageId": id, "type": kind})).MessageRecord
	}
	delivered := report(c.ben, second.ID, "delivered")
	c.ann.counts(t, c.room, "1/0/2", "2/0/2", "2/0/2")
	seen := report(c.ben, second.ID, "seen")
	c.ann.counts(t, c.room, "1/0/2", "2/1/2", "2/1/2")
	if delivered.ID == seen.ID || seen.Type != api.RecordSeen || delivered.Type != api.RecordDelivered || seen.MessageID != second.ID || seen.UserID != c.ben.ID {
		t.Errorf("got %+v and %+v", delivered, seen)
	}
	if got := c.ben.getRoom(t, c.room).UnreadCount; got != 1 {
		t.Errorf("%d messages are unread, want 1", got)
	}
	for range 2 { // a repeat
		if again := report(c.ben, second.ID, "seen"); again != seen {
			t.Errorf("got %+v, first %+v", again, seen)
		}
		if before := report(c.ben, first.ID, "seen"); before.MessageID != first.ID || before.CreatedAt != seen.CreatedAt {
			t.Errorf("the one before is %+v", before)
		}
	}
	report(c.ben, third.ID, "seen")
	c.ann.counts(t, c.room, "2/1/2", "2/1/2", "2/1/2")
	own := c.ben.say(t, c.room, "mine")
	if got := report(c.ben, own.ID, "seen"); got.CreatedAt != own.CreatedAt || got.Type != api.RecordSeen {
		t.Errorf("the own message's record is %+v", got)
	}
	list := data[api.MessageRecordList](t, c.ben.get(t, "/messages/%d/message-records", second.ID)).MessageRecords
	if !slices.ContainsFunc(list, func(r api.MessageRecord) bool { return r.ID == seen.ID && r.CreatedAt == seen.CreatedAt }) {
		t.Errorf("%+v is not among %+v", seen, list)
	}
}

func reactionsByType(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	c.ben.seen(t, c.room).ok(t)
	c.ben.react(t, m.ID, "👍")
	for kind, want := range map[string]int{"": 5, "seen": 2, "delivered": 2, "reaction": 1} {
		got := data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records?type=%s", m.ID, kind)).MessageRecords
		if len(got) != want {
			t.Errorf("of type %q there are %+v", kind, got)
		}
	}
	c.ann.get(t, "/messages/%d/message-records?type=read", m.ID).fails(t, http.StatusBadRequest, "Invalid type, allowed: seen,delivered,reaction")
}

func reactionsEvents(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	sue := s.person(t, "Sue")
	e := ears{s: s, open: map[string]*stream{"Ann": c.ann.listen(t), "Ben": c.ben.listen(t), "Ben's other": c.ben.device(t).listen(t), "Sue": sue.listen(t)}}
	members := []string{"Ann", "Ben", "Ben's other"}
	told := noted("reaction", m.ID, c.ben.ID, "1/1/2")
	st := c.ann.listen(t)
	from := place{after: st.last()}
	record := c.ben.react(t, m.ID, "👍")
	e.hear(t, heard{}.by(members, told))
	goldenJSON(t, "reaction_event", st.next(t, "the reaction", is(api.EventNewRecord)).data, map[string]any{"type": "NEW_MESSAGE_RECORD", "record": record, "reaction": "👍", "deleted": false})
	c.ben.react(t, m.ID, "👍")
	e.hear(t, nil)
	c.ben.react(t, m.ID, "🎉")
	e.hear(t, heard{}.by(members, told))
	c.ben.delete(t, "/message-records/%d", record.ID).ok(t)
	e.hear(t, heard{}.by(members, "DELETE_MESSAGE_RECORD of "+strings.TrimPrefix(strings.TrimSuffix(told, ": 1/1/2"), "reaction of ")))
	goldenJSON(t, "reaction_event", st.next(t, "that it is gone", is(api.EventDeleteRecord)).data, map[string]any{"type": "DELETE_MESSAGE_RECORD", "record": record, "reaction": "Deleted reaction", "deleted": true})
	c.ben.delete(t, "/message-records/%d", record.ID).ok(t)
	e.hear(t, nil)
	c.ben.react(t, m.ID, "🎉")
	mark := s.mark(t)
	last := ""
	for _, f := range c.ann.listen(t, from).until(t, patience, "the mark", mark) { // in the end it is as it is
		if f.event.MessageRecord != nil {
			last = string(f.event.Type) + *f.event.MessageRecord.Reaction
		}
	}
	if last != "NEW_MESSAGE_RECORD🎉" {
		t.Errorf("the replay ends with %s", last)
	}
}
