package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func withheldChecks() []check {
	return []check{
		{"the blocker", withheldBlocker},
		{"the blocked", withheldBlocked},
		{"lists", withheldLists},
		{"events", withheldEvents},
		{"after unblocking", withheldAfter},
		{"group rooms", withheldGroups},
	}
}

// pair is two people with their private room, in which Ann blocks Ben.
type pair struct {
	ann, ben person
	room     int64
}

func (s *target) pair(t testing.TB) pair {
	t.Helper()
	p := s.persons(t, "Ann", "Ben")
	return pair{p[0], p[1], p[0].private(t, p[1])}
}

// Who has blocked the other cannot post, edit or react in their room.
func withheldBlocker(t *testing.T, s *target) {
	p := s.pair(t)
	own, other := p.ann.say(t, p.room, "Hello"), p.ben.say(t, p.room, "Hi")
	p.ann.block(t, p.ben)
	p.ann.post(t, "/messages", textPost(p.room, "a")).fails(t, http.StatusForbidden, "Room is blocked")
	p.ann.put(t, messagePath(own.ID), object{"text": "a"}).fails(t, http.StatusForbidden, "Room is blocked")
	for _, kind := range []string{"reaction", "seen", "delivered"} {
		p.ann.post(t, "/message-records", object{"messageId": other.ID, "type": kind, "reaction": "👍"}).fails(t, http.StatusForbidden, "Room is blocked")
	}
	p.ann.post(t, "/message-records", object{"messageId": other.ID, "type": "reaction"}).fails(t, http.StatusForbidden, "Room is blocked")
	p.ann.seen(t, p.room).ok(t)
	p.ann.erase(t, own.ID, "all")
	p.ann.erase(t, other.ID, "user")
	p.ann.delete(t, "/blocks/userId/%d", p.ben.ID).ok(t)
	p.ann.say(t, p.room, "Hello again")
}

// Who is blocked does not notice.
func withheldBlocked(t *testing.T, s *target) {
	p := s.pair(t)
	first := p.ben.say(t, p.room, "before")
	p.ann.block(t, p.ben)
	m := p.ben.say(t, p.room, "Hello?")
	if m.TotalUserCount != 1 {
		t.Errorf("the message is for %d people", m.TotalUserCount)
	}
	p.ben.edit(t, m.ID, "Hello??")
	p.ben.react(t, m.ID, "👍")
	p.ann.seen(t, p.room).ok(t)
	p.ann.messages(t, p.room)
	p.ben.counts(t, p.room, "1/1/1", "2/2/2")
	for _, r := range data[api.MessageRecordList](t, p.ben.get(t, "/messages/%d/message-records", m.ID)).MessageRecords {
		if r.UserID == p.ann.ID {
			t.Errorf("Ann has the record %+v", r)
		}
	}
	list, _ := p.ben.syncRecords(t, 0)
	for _, r := range list {
		if r.UserID == p.ann.ID && r.MessageID == m.ID {
			t.Errorf("sync gives %+v", r)
		}
	}
	if !slices.ContainsFunc(list, func(r api.SyncedRecord) bool { return r.UserID == p.ann.ID && r.MessageID == first.ID }) {
		t.Errorf("sync gives %q", inShort(list))
	}
	p.ben.erase(t, m.ID, "all")
}

// What was withheld is nowhere to be found.
func withheldLists(t *testing.T, s *target) {
	p := s.pair(t)
	first := p.ben.say(t, p.room, "before")
	p.ann.seen(t, p.room).ok(t)
	p.ann.block(t, p.ben)
	m := p.ben.say(t, p.room, "Hello?")
	reply := data[api.MessageData](t, p.ben.post(t, "/messages", withReply(textPost(p.room, "Hello??"), m.ID))).Message
	list := p.ann.messages(t, p.room)
	if len(list.List) != 1 || list.List[0].ID != first.ID || list.Count != 1 || list.NextCursor != nil {
		t.Errorf("Ann's list is %+v", list)
	}
	if ids, _ := p.ann.syncMessages(t, 0); !slices.Equal(ids, []int64{first.ID}) {
		t.Errorf("sync gives Ann %v", ids)
	}
	p.ben.edit(t, m.ID, "Hello???")
	if ids, _ := p.ann.syncMessages(t, first.ModifiedAt); len(ids) != 0 {
		t.Errorf("sync gives Ann %v", ids)
	}
	item := data[api.HistoryItem](t, p.ann.get(t, "/history/roomId/%d", p.room))
	if item.LastMessage == nil || item.LastMessage.ID != first.ID || item.UnreadCount != 0 {
		t.Errorf("Ann's history has %+v", item)
	}
	if got := p.ann.history(t); !slices.Equal(got, []string{fmt.Sprintf("%d: 0", p.room)}) {
		t.Errorf("Ann's history is %q", got)
	}
	if got := p.ann.getRoom(t, p.room).UnreadCount; got != 0 {
		t.Errorf("%d messages are unread", got)
	}
	p.ann.get(t, "/messages/%d/message-records", m.ID).fails(t, http.StatusNotFound, "No message found")
	p.ann.delete(t, "/messages/%d?target=user", m.ID).fails(t, http.StatusNotFound, "Not found")
	records, _ := p.ann.syncRecords(t, 0)
	for _, r := range records {
		if r.MessageID != first.ID {
			t.Errorf("sync gives Ann %+v", r)
		}
	}
	p.ann.delete(t, "/blocks/userId/%d", p.ben.ID).ok(t)
	p.ann.post(t, "/messages", withReply(textPost(p.room, "What?"), m.ID)).fails(t, http.StatusBadRequest, "there is no message with replyId")
	p.ann.post(t, "/message-records", object{"messageId": reply.ID, "reaction": "👍"}).fails(t, http.StatusNotFound, "Message not found")
	after := data[api.MessageData](t, p.ben.post(t, "/messages", withReply(textPost(p.room, "after"), m.ID))).Message
	got := p.ann.messages(t, p.room).List[0]
	if got.ID != after.ID {
		t.Fatalf("Ann's list begins with %+v", got)
	}
	isDeleted(t, *parse[api.TextBody](t, got.Body).ReferenceMessage)
}

func withheldEvents(t *testing.T, s *target) {
	p := s.pair(t)
	first := p.ben.say(t, p.room, "before")
	e := ears{s: s, open: map[string]*stream{"Ann": p.ann.listen(t), "Ben": p.ben.listen(t), "Ben's other": p.ben.device(t).listen(t)}}
	from := place{after: e.open["Ann"].last()}
	ben := []string{"Ben", "Ben's other"}
	p.ann.block(t, p.ben)
	m := p.ben.say(t, p.room, "Hello?")
	e.hear(t, heard{}.by(ben[1:], about(api.EventNewMessage, m.ID)).by(ben, ownNoted(m.ID, p.ben.ID, 1)...))
	p.ben.edit(t, m.ID, "Hello??")
	e.hear(t, heard{}.by(ben, about(api.EventUpdateMessage, m.ID)))
	p.ben.react(t, first.ID, "👍")
	e.hear(t, heard{}.by(ben, noted("reaction", first.ID, p.ben.ID, "1/1/2")))
	p.ann.seen(t, p.room).ok(t) // of what she can see
	both := []string{"Ben", "Ben's other", "Ann"}
	e.hear(t, heard{}.by(both, noted("delivered", first.ID, p.ann.ID, "2/2/2"), noted("seen", first.ID, p.ann.ID, "2/2/2")))
	p.ben.erase(t, m.ID, "all")
	e.hear(t, heard{}.by(ben, about(api.EventDeleteMessage, m.ID)))
	p.ben.edit(t, first.ID, "before, edited")
	e.hear(t, heard{}.by(both, about(api.EventUpdateMessage, first.ID)))
	mark := s.mark(t)
	for _, f := range p.ann.listen(t, from).until(t, patience, "the mark", mark) {
		if f.event.Message != nil && f.event.Message.ID == m.ID || f.event.MessageRecord != nil && f.event.MessageRecord.MessageID == m.ID {
			t.Errorf("a replay tells Ann %s", f.data)
		}
	}
}

// What was withheld stays so; what comes after unblocking arrives.
func withheldAfter(t *testing.T, s *target) {
	p := s.pair(t)
	p.ann.block(t, p.ben)
	p.ben.say(t, p.room, "1")
	p.ben.say(t, p.room, "2")
	if item := data[api.HistoryItem](t, p.ann.get(t, "/history/roomId/%d", p.room)); item.LastMessage != nil || item.UnreadCount != 0 {
		t.Errorf("Ann's history has %+v", item)
	}
	p.ann.delete(t, "/blocks/userId/%d", p.ben.ID).ok(t)
	third, fourth := p.ben.say(t, p.room, "3"), p.ben.say(t, p.room, "4")
	if got := p.ann.getRoom(t, p.room).UnreadCount; got != 2 {
		t.Errorf("%d messages are unread, want 2", got)
	}
	p.ann.post(t, fmt.Sprintf("/messages/%d/seen", p.room), object{"messageId": third.ID}).ok(t)
	if got := p.ann.getRoom(t, p.room).UnreadCount; got != 1 {
		t.Errorf("%d messages are unread, want 1", got)
	}
	list := p.ann.messages(t, p.room)
	if len(list.List) != 2 || list.List[0].ID != fourth.ID || list.Count != 2 {
		t.Errorf("Ann's list is %+v", list)
	}
	if third.TotalUserCount != 2 {
		t.Errorf("the message is for %d people", third.TotalUserCount)
	}
}

// A block is about the private room only.
func withheldGroups(t *testing.T, s *target) {
	p := s.pair(t)
	room := p.ann.room(t, "Both", p.ben)
	p.ann.block(t, p.ben)
	m := p.ben.say(t, room, "Hello")
	if got := p.ann.messages(t, room).List; len(got) != 1 || got[0].ID != m.ID {
		t.Errorf("Ann's list is %+v", got)
	}
	p.ann.react(t, m.ID, "👍")
	p.ann.say(t, room, "Hi")
	b := p.ben.bot(t, p.room, "Helper") // and about whom it is of
	b.say(t, "Hello")
	if got := p.ann.messages(t, p.room).List; len(got) != 1 || got[0].FromUserID != b.UserID {
		t.Errorf("Ann's private list is %+v", got)
	}
}
