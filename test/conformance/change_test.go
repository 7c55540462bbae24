package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

func changeChecks() []check {
	return []check{
		{"edit", changesEdit},
		{"edit, refusals", changesEditRefusals},
		{"delete for all", changesDeleteForAll},
		{"delete for oneself", changesDeleteForOne},
		{"delete many", changesDeleteMany},
		{"delete, refusals", changesDeleteRefusals},
		{"unread", changesUnread},
		{"events", changesEvents},
		{"replay", changesReplay},
		{"sync modified", changesSyncModified},
		{"a new device", changesNewDevice},
		{"an answered message", changesAnswered},
	}
}

func messagePath(id int64) string { return fmt.Sprint("/messages/", id) }

// edit changes a message's text.
func (p person) edit(t testing.TB, id int64, text string) api.Message {
	t.Helper()
	return data[api.MessageData](t, p.put(t, messagePath(id), object{"text": text})).Message
}

// erase deletes a message for all or for the user.
func (p person) erase(t testing.TB, id int64, target string) api.Message {
	t.Helper()
	return data[api.MessageData](t, p.delete(t, "/messages/%d?target=%s", id, target)).Message
}

// textOf gives the text in a message's body.
func textOf(t testing.TB, m api.Message) string {
	t.Helper()
	return parse[api.TextBody](t, m.Body).Text
}

// isDeleted checks that nothing is left of a message but that it was one.
func isDeleted(t testing.TB, m api.Message) {
	t.Helper()
	if !m.Deleted || m.Type != "text" || string(m.Body) != `{"text":"Deleted message"}` || m.ReplyID != nil || m.HasLink || m.ModifiedAt <= m.CreatedAt {
		t.Errorf("a deleted message is %+v with the body %s", m, m.Body)
	}
}

func changesEdit(t *testing.T, s *target) {
	c := s.chat(t)
	first := c.ann.say(t, c.room, "Who?")
	m := data[api.MessageData](t, c.ben.post(t, "/messages", object{
		"roomId": c.room, "type": "text", "replyId": first.ID, "localId": "l-1",
		"body": object{"text": "See https://example.org", "localId": "l-1", "big": 9007199254740993, "a<b": []any{1, nil, "x"}, "thumbnailData": object{"title": "T"}},
	})).Message
	r := c.ben.put(t, messagePath(m.ID), object{"text": "Me \"<&>\" 🦊"})
	golden(t, "editMessage", r, map[string]any{"message": m, "first": first})
	edited := data[api.MessageData](t, r).Message
	if edited.ModifiedAt <= m.ModifiedAt || edited.CreatedAt != m.CreatedAt {
		t.Errorf("the message was made at %d and changed at %d, before that at %d", edited.CreatedAt, edited.ModifiedAt, m.ModifiedAt)
	}
	if got := c.ann.messages(t, c.room).List[0]; textOf(t, got.Message) != "Me \"<&>\" 🦊" || got.ModifiedAt != edited.ModifiedAt {
		t.Errorf("Ann sees %+v", got)
	}
	s.sub(t, "a link and its preview", func(t *testing.T) {
		put := func(body object) api.Message {
			return data[api.MessageData](t, c.ben.put(t, messagePath(m.ID), body)).Message
		}
		preview := func(m api.Message) string {
			return parse[struct {
				ThumbnailData struct{ Title string }
			}](t, m.Body).ThumbnailData.Title
		}
		got := put(object{"text": "www.example.org", "hasLink": true, "thumbnailData": object{"title": "New"}})
		if !got.HasLink || preview(got) != "New" {
			t.Errorf("got %+v, %s", got, got.Body)
		}
		got = put(object{"text": "no link", "thumbnailData": nil})
		if got.HasLink || preview(got) != "New" {
			t.Errorf("got %+v, %s", got, got.Body)
		}
		got = put(object{"text": "no link", "hasLink": false})
		if got.HasLink || preview(got) != "" {
			t.Errorf("got %+v, %s", got, got.Body)
		}
		got = put(object{"text": "http://example.org", "hasLink": false})
		if !got.HasLink {
			t.Errorf("got %+v, %s", got, got.Body)
		}
	})
	s.sub(t, "as a form", func(t *testing.T) {
		c.ben.form(t, "PUT", messagePath(m.ID), "text=by+form&hasLink=false").ok(t)
		if got := c.ann.messages(t, c.room).List[0]; textOf(t, got.Message) != "by form" {
			t.Errorf("Ann sees %s", got.Body)
		}
	})
	s.sub(t, "the same post again", func(t *testing.T) { // gives the message as it is now
		again := data[api.MessageData](t, c.ben.post(t, "/messages", object{
			"roomId": c.room, "type": "text", "replyId": first.ID, "localId": "l-1",
			"body": object{"text": "See https://example.org", "localId": "l-1", "big": 9007199254740993, "a<b": []any{1, nil, "x"}, "thumbnailData": object{"title": "T"}},
		})).Message
		if again.ID != m.ID || textOf(t, again) != "by form" {
			t.Errorf("got %+v, %s", again, again.Body)
		}
	})
}

func changesEditRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	mine := c.ben.say(t, c.room, "mine")
	gone := c.ben.say(t, c.room, "gone")
	c.ben.erase(t, gone.ID, "all")
	hidden := c.ben.say(t, c.room, "hidden")
	c.ben.erase(t, hidden.ID, "user")
	byBot := c.bot.say(t, "by a bot")
	for _, row := range []struct {
		name   string
		who    person
		id     any
		body   any
		status int
		begins string
	}{
		{"no text", c.ben, mine.ID, object{}, 400, "Text is required"},
		{"an empty text", c.ben, mine.ID, object{"text": ""}, 400, "Text is required"},
		{"a null", c.ben, mine.ID, object{"text": nil}, 400, "Text is required"},
		{"a number", c.ben, mine.ID, object{"text": 5}, 400, "Text is required"},
		{"an object", c.ben, mine.ID, object{"text": object{"a": 1}}, 400, "Text is required"},
		{"a text too long", c.ben, mine.ID, object{"text": repeat(maxText + 1)}, 400, "text is too long"},
		{"NUL in it", c.ben, mine.ID, `{"text":"\u0000"}`, 400, "Invalid params: the body holds a NUL"},
		{"NUL in the preview", c.ben, mine.ID, `{"text":"a","thumbnailData":{"x":"\u0000"}}`, 400, "Invalid params: the body holds a NUL"},
		{"a preview that is none", c.ben, mine.ID, object{"text": "a", "thumbnailData": "x"}, 400, "Invalid params: thumbnailData must be an object"},
		{"hasLink a string", c.ben, mine.ID, object{"text": "a", "hasLink": "x"}, 400, "Invalid params: hasLink must be true or false"},
		{"no JSON", c.ben, mine.ID, `{`, 400, "Invalid params: the body is not valid JSON"},
		{"no id", c.ben, "x", object{"text": "a"}, 400, "id must be number"},
		{"no message", c.ben, 1 << 30, object{"text": "a"}, 404, "Not found"},
		{"a huge id", c.ben, "99999999999999999999", object{"text": "a"}, 404, "Not found"},
		{"another's", c.ann, mine.ID, object{"text": "a"}, 403, "User can't edit messages that he is not owner"},
		{"a bot's", c.ann, byBot.ID, object{"text": "a"}, 403, "User can't edit messages that he is not owner"},
		{"a stranger", sue, mine.ID, object{"text": "a"}, 403, "User can't edit messages that he is not owner"},
		{"a deleted one", c.ben, gone.ID, object{"text": "a"}, 400, "Deleted messages can't be edited"},
		{"one deleted for oneself", c.ben, hidden.ID, object{"text": "a"}, 400, "Deleted messages can't be edited"},
		{"a body too large", c.ben, mine.ID, object{"text": repeat(maxBody)}, 413, "The request's body is too large"},
		{"no session", person{s: s}, mine.ID, object{"text": "a"}, 401, "No access token"},
		{"an API key", person{s: s, Token: c.bot.Token}, byBot.ID, object{"text": "a"}, 401, "Invalid access token"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			row.who.put(t, fmt.Sprint("/messages/", row.id), row.body).fails(t, row.status, row.begins)
		})
	}
	s.sub(t, "after leaving", func(t *testing.T) {
		c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
		c.ben.put(t, messagePath(mine.ID), object{"text": "a"}).fails(t, http.StatusForbidden, "User can't edit messages from room that he is not in")
	})
	s.sub(t, "changed nothing", func(t *testing.T) {
		for _, m := range c.ann.messages(t, c.room).List {
			if m.ID == mine.ID && (textOf(t, m.Message) != "mine" || m.ModifiedAt != m.CreatedAt) {
				t.Errorf("the message is %+v", m)
			}
		}
	})
}

func changesDeleteForAll(t *testing.T, s *target) {
	c := s.chat(t)
	first := c.ann.say(t, c.room, "Hello")
	m := data[api.MessageData](t, c.ben.post(t, "/messages", withReply(withLocalID(textPost(c.room, "See http://secret.example"), 7), first.ID))).Message
	c.ann.post(t, "/message-records", object{"messageId": m.ID, "reaction": "👍"}).ok(t)
	r := c.ben.delete(t, "/messages/%d?target=all", m.ID)
	golden(t, "deleteMessage", r, map[string]any{"message": m})
	deleted := data[api.MessageData](t, r).Message
	isDeleted(t, deleted)
	for _, p := range []person{c.ann, c.ben} {
		got := p.messages(t, c.room).List[0]
		isDeleted(t, got.Message)
		if got.ID != m.ID || len(got.MessageRecords) != 0 {
			t.Errorf("%s sees %+v", p.Name, got)
		}
		last := data[api.HistoryItem](t, p.get(t, "/history/roomId/%d", c.room)).LastMessage
		isDeleted(t, *last)
	}
	s.sub(t, "again", func(t *testing.T) {
		if again := c.ben.erase(t, m.ID, "all"); again.ModifiedAt != deleted.ModifiedAt {
			t.Errorf("deleted at %d, again at %d", deleted.ModifiedAt, again.ModifiedAt)
		}
		isDeleted(t, c.ann.erase(t, m.ID, "user"))
	})
	s.sub(t, "the same post again", func(t *testing.T) {
		again := data[api.MessageData](t, c.ben.post(t, "/messages", withReply(withLocalID(textPost(c.room, "See http://secret.example"), 7), first.ID))).Message
		isDeleted(t, again)
		if again.ID != m.ID {
			t.Errorf("posted %d again as %d", m.ID, again.ID)
		}
	})
	s.sub(t, "sync", func(t *testing.T) {
		list := data[api.SyncMessages](t, c.ann.get(t, "/messages/sync/%d", m.ModifiedAt)).List
		if len(list) != 1 || list[0].ID != m.ID {
			t.Fatalf("sync gives %+v", list)
		}
		isDeleted(t, list[0])
	})
	s.sub(t, "records stay", func(t *testing.T) {
		for _, record := range data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records", m.ID)).MessageRecords {
			if record.Type == api.RecordReaction {
				t.Errorf("the reaction %+v is left", record)
			}
		}
	})
}

func changesDeleteForOne(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	deleted := c.ben.erase(t, m.ID, "user")
	isDeleted(t, deleted)
	isDeleted(t, c.ben.messages(t, c.room).List[0].Message)
	isDeleted(t, *data[api.HistoryItem](t, c.ben.get(t, "/history/roomId/%d", c.room)).LastMessage)
	list := data[api.SyncMessages](t, c.ben.get(t, "/messages/sync/%d", m.ModifiedAt)).List
	if len(list) != 1 || list[0].ID != m.ID || list[0].ModifiedAt != deleted.ModifiedAt {
		t.Fatalf("sync gives %+v", list)
	}
	isDeleted(t, list[0])
	if ids, _ := c.ben.syncMessages(t, deleted.ModifiedAt); len(ids) != 0 {
		t.Errorf("sync after that gives %v", ids)
	}
	if got := c.ann.messages(t, c.room).List[0]; got.Deleted || textOf(t, got.Message) != "Hello" || got.ModifiedAt != m.ModifiedAt {
		t.Errorf("Ann sees %+v", got)
	}
	if ids, _ := c.ann.syncMessages(t, m.ModifiedAt); len(ids) != 0 {
		t.Errorf("sync gives Ann %v", ids)
	}
	s.sub(t, "again", func(t *testing.T) {
		if again := c.ben.erase(t, m.ID, "user"); again.ModifiedAt != deleted.ModifiedAt {
			t.Errorf("deleted at %d, again at %d", deleted.ModifiedAt, again.ModifiedAt)
		}
	})
	s.sub(t, "then edited by its sender", func(t *testing.T) {
		c.ann.edit(t, m.ID, "Hello again")
		got := c.ben.messages(t, c.room).List[0]
		isDeleted(t, got.Message)
	})
	s.sub(t, "what happened to it since, told to who comes back", func(t *testing.T) {
		st := c.ben.listen(t)
		begin := st.last()
		st.close()
		c.ann.edit(t, m.ID, "Hello once more")
		c.ann.react(t, m.ID, "👍")
		for _, told := range c.ben.listen(t, place{after: begin}).told(t, s.mark(t)) {
			t.Errorf("Ben is told %s", told)
		}
		if list, _ := c.ben.syncRecords(t, 0); slices.ContainsFunc(list, func(r api.SyncedRecord) bool { return r.Type == api.RecordReaction }) {
			t.Errorf("sync gives Ben %v", inShort(list))
		}
	})
	s.sub(t, "one's own", func(t *testing.T) {
		own := c.ben.say(t, c.room, "mine")
		isDeleted(t, c.ben.erase(t, own.ID, "user"))
		if got := c.ann.messages(t, c.room).List[0]; got.Deleted {
			t.Errorf("Ann sees %+v", got)
		}
		isDeleted(t, c.ben.erase(t, own.ID, "all"))
		isDeleted(t, c.ann.messages(t, c.room).List[0].Message)
	})
	s.sub(t, "a bot's", func(t *testing.T) {
		isDeleted(t, c.ben.erase(t, c.bot.say(t, "Hi").ID, "user"))
	})
}

func changesDeleteMany(t *testing.T, s *target) {
	c := s.chat(t)
	first, second, third := c.ben.say(t, c.room, "1"), c.ben.say(t, c.room, "2"), c.ann.say(t, c.room, "3")
	r := c.ben.post(t, "/messages/delete-many?target=all", object{"messageIds": []int64{second.ID, first.ID, second.ID}})
	golden(t, "deleteMessages", r, map[string]any{"first": first, "second": second})
	s.sub(t, "all or none", func(t *testing.T) {
		fourth := c.ben.say(t, c.room, "4")
		c.ben.post(t, "/messages/delete-many?target=all", object{"messageIds": []int64{fourth.ID, third.ID}}).
			fails(t, http.StatusForbidden, "User can't delete another users message")
		c.ben.post(t, "/messages/delete-many?target=all", object{"messageIds": []int64{fourth.ID, 1 << 30}}).
			fails(t, http.StatusNotFound, "Not found")
		if got := c.ann.messages(t, c.room).List[0]; got.Deleted {
			t.Errorf("got %+v", got)
		}
		c.ben.post(t, "/messages/delete-many?target=user", object{"messageIds": []int64{fourth.ID, third.ID}}).ok(t)
		for _, m := range c.ben.messages(t, c.room).List {
			isDeleted(t, m.Message)
		}
	})
	for name, body := range map[string]any{
		"none": object{}, "an empty list": object{"messageIds": []int64{}}, "too many": object{"messageIds": make([]int64, 101)},
	} {
		s.sub(t, name, func(t *testing.T) {
			c.ben.post(t, "/messages/delete-many?target=all", body).fails(t, http.StatusBadRequest, "messageIds must name 1 to 100 messages")
		})
	}
	path := "/messages/delete-many"
	c.ben.post(t, path, object{"messageIds": []int64{first.ID}}).fails(t, http.StatusBadRequest, "Invalid target query param")
	c.ben.post(t, path+"?target=all", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	person{s: s}.post(t, path+"?target=all", object{"messageIds": []int64{first.ID}}).fails(t, http.StatusUnauthorized, "No access token")
}

func changesDeleteRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	m, byBot := c.ann.say(t, c.room, "Hello"), c.bot.say(t, "Hi")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{sue.ID}})
	for _, row := range []struct {
		name, path string
		who        person
		status     int
		begins     string
	}{
		{"no target", messagePath(m.ID), c.ann, 400, "Invalid target query param"},
		{"another target", messagePath(m.ID) + "?target=ALL", c.ann, 400, "Invalid target query param"},
		{"no id", "/messages/x?target=all", c.ann, 400, "id must be number"},
		{"no message", "/messages/1073741824?target=all", c.ann, 404, "Not found"},
		{"a huge id", "/messages/65000000000000000?target=user", c.ann, 404, "Not found"},
		{"another's for all", messagePath(m.ID) + "?target=all", c.ben, 403, "User can't delete another users message"},
		{"a bot's for all", messagePath(byBot.ID) + "?target=all", c.ann, 403, "User can't delete another users message"},
		{"from before one joined", messagePath(m.ID) + "?target=user", sue, 404, "Not found"},
		{"a stranger", messagePath(m.ID) + "?target=user", s.person(t, "Tom"), 403, "User can't delete messages from room that he is not in"},
		{"no session", messagePath(m.ID) + "?target=all", person{s: s}, 401, "No access token"},
	} {
		s.sub(t, row.name, func(t *testing.T) { row.who.delete(t, "%s", row.path).fails(t, row.status, row.begins) })
	}
	// Of two targets, one would have to be guessed.
	c.ann.delete(t, "%s?target=user&target=all", messagePath(m.ID)).fails(t, http.StatusBadRequest, "Invalid target query param")
	s.sub(t, "after leaving", func(t *testing.T) {
		own := c.ben.say(t, c.room, "mine")
		c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
		for _, target := range []string{"all", "user"} {
			c.ben.delete(t, "/messages/%d?target=%s", own.ID, target).fails(t, http.StatusForbidden, "User can't delete messages from room that he is not in")
		}
	})
}

// A message that one has deleted for oneself is not unread.
func changesUnread(t *testing.T, s *target) {
	c := s.chat(t)
	var all []int64
	for i := range 5 {
		all = append(all, c.bot.say(t, fmt.Sprint(i)).ID)
	}
	unread := func(want int64) {
		t.Helper()
		if got := c.ben.getRoom(t, c.room).UnreadCount; got != want {
			t.Errorf("%d messages are unread, want %d", got, want)
		}
	}
	seen := func(id int64) {
		t.Helper()
		c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{"messageId": id}).ok(t)
	}
	unread(5)
	c.ben.erase(t, all[4], "user")
	unread(4)
	c.ben.erase(t, all[1], "user")
	c.ben.erase(t, all[1], "user")
	unread(3)
	seen(all[0])
	unread(2)
	seen(all[2])
	unread(1)
	c.ben.erase(t, all[0], "user") // was seen
	unread(1)
	c.ben.say(t, c.room, "mine")
	own := c.ben.say(t, c.room, "mine, too")
	c.ben.erase(t, own.ID, "user")
	unread(1)
	seen(all[3])
	unread(0)
	c.bot.say(t, "6")
	unread(1)
	if got := c.ann.getRoom(t, c.room).UnreadCount; got != 8 {
		t.Errorf("Ann has %d unread messages, want 8", got)
	}
}

func changesEvents(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	m, other := c.ann.say(t, c.room, "Hello"), c.ann.say(t, c.room, "Hi")
	e := ears{s: s, open: map[string]*stream{
		"Ann": c.ann.listen(t), "Ann's other": c.ann.device(t).listen(t),
		"Ben": c.ben.listen(t), "Ben's other": c.ben.device(t).listen(t), "Sue": sue.listen(t),
	}}
	ann, ben := []string{"Ann", "Ann's other"}, []string{"Ben", "Ben's other"}
	members := slices.Concat(ann, ben)
	s.sub(t, "edited", func(t *testing.T) {
		c.ann.edit(t, m.ID, "Hello again")
		e.hear(t, heard{}.by(members, about(api.EventUpdateMessage, m.ID)))
	})
	s.sub(t, "deleted for oneself", func(t *testing.T) {
		c.ben.erase(t, m.ID, "user")
		e.hear(t, heard{}.by(ben, about(api.EventDeleteMessage, m.ID)))
	})
	s.sub(t, "edited after that", func(t *testing.T) {
		c.ann.edit(t, m.ID, "Hello once more")
		e.hear(t, heard{}.by(ann, about(api.EventUpdateMessage, m.ID)))
	})
	s.sub(t, "an answer to it", func(t *testing.T) { // whoever deleted it does not read it there
		listen := c.ben.listen(t)
		reply := data[api.MessageData](t, c.ann.post(t, "/messages", withReply(textPost(c.room, "see above"), m.ID))).Message
		e.hear(t, heard{}.by(members[1:], about(api.EventNewMessage, reply.ID)).by(members, ownNoted(reply.ID, c.ann.ID, 2)...))
		told := listen.next(t, "the answer", is(api.EventNewMessage)).event.Message
		answered := parse[api.TextBody](t, told.Body).ReferenceMessage
		isDeleted(t, *answered)
		if got := *parse[api.TextBody](t, c.ben.messages(t, c.room).List[0].Body).ReferenceMessage; !got.Deleted {
			t.Errorf("Ben's list shows %s", got.Body)
		}
		if got := *parse[api.TextBody](t, c.ann.messages(t, c.room).List[0].Body).ReferenceMessage; textOf(t, got) != "Hello once more" {
			t.Errorf("Ann's list shows %s", got.Body)
		}
		e.hear(t, heard{}.by(members, noted("delivered", m.ID, c.ben.ID, "2/1/2"), noted("delivered", other.ID, c.ben.ID, "2/1/2"), noted("delivered", reply.ID, c.ben.ID, "2/1/2"))) // by listing
	})
	s.sub(t, "deleted for all", func(t *testing.T) {
		st := c.ben.listen(t)
		c.ann.erase(t, other.ID, "all")
		e.hear(t, heard{}.by(members, about(api.EventDeleteMessage, other.ID)))
		isDeleted(t, *st.next(t, "the deletion", is(api.EventDeleteMessage)).event.Message)
	})
	s.sub(t, "several", func(t *testing.T) {
		c.ann.post(t, "/messages/delete-many?target=all", object{"messageIds": []int64{m.ID, other.ID}}).ok(t)
		e.hear(t, heard{}.by(members, about(api.EventDeleteMessage, m.ID)))
	})
	s.sub(t, "refusals and repeats", func(t *testing.T) {
		c.ann.erase(t, m.ID, "all")
		c.ben.erase(t, m.ID, "user")
		c.ann.put(t, messagePath(m.ID), object{"text": "x"}).fails(t, 400, "Deleted")
		sue.delete(t, "/messages/%d?target=user", m.ID).fails(t, 403, "User can't")
		e.hear(t, nil)
	})
}

// What is told again later is told as it is then.
func changesReplay(t *testing.T, s *target) {
	c := s.chat(t)
	here := c.ben.listen(t) // it hears all of it, so that the server remembers it as it was told
	from := place{after: here.last()}
	gone, hidden, answered := c.ann.say(t, c.room, "secret 1"), c.ann.say(t, c.room, "secret 2"), c.ann.say(t, c.room, "secret 3")
	c.ann.post(t, "/messages", withReply(textPost(c.room, "an answer"), answered.ID)).ok(t)
	edited := c.ann.say(t, c.room, "secret 4")
	here.next(t, "the last post", func(f frame) bool { return f.event.Type == api.EventNewMessage && f.event.Message.ID == edited.ID })
	replayed := func(secrets ...string) []string {
		t.Helper()
		mark := s.mark(t)
		here.next(t, "the mark", mark)
		var told []string
		for _, f := range c.ben.listen(t, from).until(t, patience, "the mark", mark) {
			for _, secret := range secrets {
				if strings.Contains(string(f.data), secret) {
					t.Errorf("the replay tells %s", f.data)
				}
			}
			if m := f.event.Message; m != nil {
				told = append(told, about(f.event.Type, m.ID))
			}
		}
		return told
	}
	c.ann.erase(t, gone.ID, "all")
	c.ann.erase(t, answered.ID, "all")
	c.ann.edit(t, edited.ID, "open")
	told := replayed("secret 1", "secret 3", "secret 4")
	for _, want := range []string{about(api.EventDeleteMessage, gone.ID), about(api.EventDeleteMessage, answered.ID), about(api.EventUpdateMessage, edited.ID)} {
		if !slices.Contains(told, want) {
			t.Errorf("the replay tells %q, without %q", told, want)
		}
	}
	c.ben.erase(t, hidden.ID, "user")
	if told, want := replayed("secret"), about(api.EventDeleteMessage, hidden.ID); !slices.Contains(told, want) {
		t.Errorf("the replay tells %q, without %q", told, want)
	}
}

func changesSyncModified(t *testing.T, s *target) {
	c := s.chat(t)
	first, second, third := c.ann.say(t, c.room, "1"), c.ann.say(t, c.room, "2"), c.ann.say(t, c.room, "3")
	edited := c.ann.edit(t, second.ID, "2, edited")
	golden(t, "syncModifiedMessages", c.ben.get(t, "/messages/sync/modified/%d", first.CreatedAt-1), map[string]any{"message": edited})
	c.ann.erase(t, first.ID, "all")
	c.ben.erase(t, third.ID, "user")
	list := data[api.SyncMessages](t, c.ben.get(t, "/messages/sync/modified/%d?page=1", edited.ModifiedAt)).List
	if len(list) != 2 || list[0].ID != first.ID || list[1].ID != third.ID || !list[0].Deleted || !list[1].Deleted {
		t.Errorf("got %+v", list)
	}
	s.sub(t, "refusals", func(t *testing.T) { refusesPlaces(t, c.ben, "/messages/sync/modified/", "lastUpdate") })
	person{s: s}.get(t, "/messages/sync/modified/0").fails(t, http.StatusUnauthorized, "No access token")
}

// A device that comes later is not sent what was there before; the room's list
// has it.
func changesNewDevice(t *testing.T, s *target) {
	c := s.chat(t)
	old := c.ann.say(t, c.room, "before")
	device := c.ben.device(t)
	fresh := c.ann.say(t, c.room, "after")
	if ids, _ := device.syncMessages(t, 0); !slices.Equal(ids, []int64{fresh.ID}) {
		t.Errorf("sync gives the new device %v, want %d", ids, fresh.ID)
	}
	if ids, _ := c.ben.syncMessages(t, 0); !slices.Equal(ids, []int64{old.ID, fresh.ID}) {
		t.Errorf("sync gives the old device %v", ids)
	}
	if got := device.messages(t, c.room); len(got.List) != 2 {
		t.Errorf("the list gives the new device %+v", got.List)
	}
	c.ann.edit(t, old.ID, "before, edited")
	if ids, _ := device.syncMessages(t, fresh.ModifiedAt); len(ids) != 0 {
		t.Errorf("sync gives the new device %v", ids)
	}
}

// An answer shows what it answers as that is now.
func changesAnswered(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Question")
	c.ben.post(t, "/messages", withReply(textPost(c.room, "Answer"), m.ID)).ok(t)
	answered := func() api.Message {
		t.Helper()
		return *parse[api.TextBody](t, c.ben.messages(t, c.room).List[0].Body).ReferenceMessage
	}
	c.ann.edit(t, m.ID, "Question?")
	if got := answered(); textOf(t, got) != "Question?" {
		t.Errorf("the answer shows %s", got.Body)
	}
	c.ann.erase(t, m.ID, "all")
	isDeleted(t, answered())
	c.ben.post(t, "/messages", withReply(textPost(c.room, "Another"), m.ID)).ok(t)
	isDeleted(t, answered())
}
