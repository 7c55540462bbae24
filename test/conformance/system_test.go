package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func systemChecks() []check {
	return []check{
		{"what is told", systemTold},
		{"switched off", systemOff},
		{"never unread", systemUnread},
		{"no message to change", systemFixed},
		{"nobody else's", systemOwn},
		{"events", systemEvents},
		{"notes in a private room", systemPrivate},
	}
}

// telling gives a server that tells in rooms what was changed.
func (s *target) telling(t *testing.T) *target {
	t.Helper()
	alone, _ := s.needLocal(t).peopled(t, "--system-messages")
	return alone
}

// notices lists the system messages of a room, oldest first.
func (p person) notices(t testing.TB, room int64) []string {
	t.Helper()
	out := []string{}
	for _, m := range p.messages(t, room).List {
		if m.Type != api.TypeSystem {
			continue
		}
		body := parse[api.SystemBody](t, m.Body)
		if m.FromUserID != body.SubjectID || m.SenderName != body.Subject || len(body.Objects) != len(body.ObjectIDs) || m.CreatedAt != m.ModifiedAt {
			t.Errorf("a system message is %+v with the body %s", m, m.Body)
		}
		out = append(out, body.Type+": "+body.Text)
	}
	slices.Reverse(out)
	return out
}

func systemTold(t *testing.T, s *target) {
	s = s.telling(t)
	p := s.persons(t, "Ann", "Ben", "Cy", "Dan")
	ann, ben, cy, dan := p[0], p[1], p[2], p[3]
	room := ann.room(t, "Ops", ben)
	want := []string{"created_group: Ann created the group Ops"}
	tell := func(line string) {
		t.Helper()
		want = append(want, line)
		if got := ann.notices(t, room); !slices.Equal(got, want) {
			t.Fatalf("the room is told %q, want %q", got, want)
		}
	}
	act := func(action string, others ...person) {
		ann.change(t, room, object{"action": action, "userIds": ids(others)})
	}
	ann.change(t, room, object{"action": "changeGroupName", "name": "Dev"})
	tell("updated_group_name: Ann renamed the group to Dev")
	ann.change(t, room, object{"action": "changeGroupAvatar", "avatarFileId": ann.file(t, "a.png", "image/png", onePixel).ID})
	tell("updated_group_avatar: Ann changed the picture of the group Dev")
	act("addGroupUsers", cy, dan)
	tell("added_group_members: Ann added Cy and Dan")
	act("addGroupAdmins", ben)
	tell("added_group_admins: Ann made Ben an admin")
	act("removeGroupAdmins", ben)
	tell("removed_group_admins: Ann took the admin rights of Ben")
	act("removeGroupUsers", ben)
	tell("removed_group_members: Ann removed Ben")
	cy.post(t, roomPath(room)+"/leave", nil).ok(t)
	tell("user_left_group: Cy left the group Dev")
	note := dan.note(t, room, "Plan")
	tell("created_note: Dan wrote the note Plan")
	dan.put(t, fmt.Sprint("/notes/", note.ID), object{"title": "Plan B", "content": "x"}).ok(t)
	tell("updated_note: Dan changed the note Plan B")
	dan.delete(t, "/notes/%d", note.ID).ok(t)
	tell("deleted_note: Dan deleted the note Plan B")
	ann.change(t, room, object{"action": "changeGroupName", "name": "Dev"}) // which is no change
	ann.change(t, room, object{"name": "All", "userIds": ids([]person{dan, ben})})
	want = append(want, "updated_group_name: Ann renamed the group to All")
	tell("added_group_members: Ann added Ben")
	golden(t, "systemMessage", dan.get(t, "/messages/roomId/%d/target-message-batch?itemsPerBatch=1&targetMessageId=%d", room, ann.messages(t, room).List[8].ID),
		object{"room": room, "ann": ann, "ben": ben})
	if got := dan.notices(t, room); !slices.Equal(got, want[3:]) { // who is added sees that
		t.Errorf("Dan is told %q", got)
	}
}

func systemOff(t *testing.T, s *target) {
	c := s.chat(t)
	c.ann.change(t, c.room, object{"action": "changeGroupName", "name": "Dev"})
	c.ann.note(t, c.room, "Plan")
	if got := c.ann.messages(t, c.room); got.Count != 0 {
		t.Errorf("the room has %+v", got.List)
	}
}

func systemUnread(t *testing.T, s *target) {
	s = s.telling(t)
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	room := ann.room(t, "Ops", ben)
	unread := func(step string, want int64) {
		t.Helper()
		item := data[api.HistoryItem](t, ben.get(t, "/history/roomId/%d", room))
		if got := ben.getRoom(t, room).UnreadCount; got != want || item.UnreadCount != want {
			t.Errorf("%s: %d messages are unread, in the history %d, want %d", step, got, item.UnreadCount, want)
		}
	}
	unread("a new room", 0)
	first := ann.say(t, room, "1")
	ann.note(t, room, "Plan")
	unread("a message and a note", 1)
	ann.say(t, room, "2")
	ann.change(t, room, object{"action": "addGroupUsers", "userIds": ids([]person{cy})})
	unread("two messages", 2)
	ben.post(t, fmt.Sprintf("/messages/%d/seen", room), object{"messageId": first.ID}).ok(t)
	unread("one is seen", 1)
	ben.erase(t, ben.messages(t, room).List[0].ID, "user") // a system message
	unread("one is deleted", 1)
	ben.seen(t, room).ok(t)
	unread("all is seen", 0)
	ann.note(t, room, "Plan B")
	if got := cy.getRoom(t, room).UnreadCount; got != 0 {
		t.Errorf("Cy, who was added, has %d unread", got)
	}
	if last := data[api.HistoryItem](t, cy.get(t, "/history/roomId/%d", room)).LastMessage; last == nil || last.Type != api.TypeSystem || last.TotalUserCount != 3 {
		t.Errorf("the last message is %+v", last)
	}
}

func systemFixed(t *testing.T, s *target) {
	s = s.telling(t)
	p := s.persons(t, "Ann", "Ben")
	room := p[0].room(t, "Ops", p[1])
	m := p[0].messages(t, room).List[0]
	p[0].put(t, messagePath(m.ID), object{"text": "a"}).fails(t, http.StatusBadRequest, "Only messages with type text can be edited")
	p[0].delete(t, "/messages/%d?target=all", m.ID).fails(t, http.StatusForbidden, "User can't delete system messages for everyone")
	p[0].post(t, "/messages/delete-many?target=all", object{"messageIds": []int64{m.ID}}).fails(t, http.StatusForbidden, "User can't delete system messages for everyone")
	p[0].post(t, "/messages/forward", object{"messageIds": []int64{m.ID}, "userIds": ids(p[1:])}).fails(t, http.StatusBadRequest, "Messages with type system can't be forwarded")
	p[1].erase(t, m.ID, "user")
	if got := p[1].notices(t, room); len(got) != 0 {
		t.Errorf("Ben, who deleted it, sees %q", got)
	}
	if got := p[0].notices(t, room); len(got) != 1 {
		t.Errorf("Ann sees %q", got)
	}
}

// Only the server posts system messages.
func systemOwn(t *testing.T, s *target) {
	c := s.chat(t)
	body := object{"roomId": c.room, "type": "system", "body": object{"text": "a", "type": "created_group"}}
	c.ann.post(t, "/messages", body).fails(t, http.StatusBadRequest, "Invalid type")
	c.bot.post(t, body).fails(t, http.StatusBadRequest, "Invalid type")
	share := object{"roomIds": []int64{c.room}, "messages": []object{{"type": "system", "body": object{"text": "a"}}}}
	c.ann.post(t, "/messages/share", share).fails(t, http.StatusBadRequest, "Invalid message: messages[0]: Invalid type")
}

func systemEvents(t *testing.T, s *target) {
	s = s.telling(t)
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	room := ann.room(t, "Ops", ben, cy)
	e := ears{s: s, open: map[string]*stream{"Ann": ann.listen(t), "Ben": ben.listen(t), "Cy": cy.listen(t)}}
	newest := func() int64 { return data[api.HistoryItem](t, ann.get(t, "/history/roomId/%d", room)).LastMessage.ID }
	receives := func(m int64, by person, counts string) string { return noted("delivered", m, by.ID, counts) }

	ann.change(t, room, object{"action": "changeGroupName", "name": "Dev"})
	told := []string{"Ann", "Ben", "Cy"}
	m := newest()
	e.hear(t, heard{}.by(told, append([]string{about(api.EventUpdateRoom, room), about(api.EventNewMessage, m)}, ownNoted(m, ann.ID, 3)...)...))

	cy.post(t, roomPath(room)+"/leave", nil).ok(t)
	m = newest()
	left := append([]string{about(api.EventNewMessage, m)}, ownNoted(m, cy.ID, 3)...)
	e.hear(t, heard{}.by(told, left...).by(told[:2], about(api.EventUpdateRoom, room)).by(told[2:], about(api.EventRemovedFromRoom, room)))
	ann.messages(t, room) // which she has received then
	e.hear(t, heard{}.by(told[:2], receives(m, ann, "2/1/3")))
	if ids, _ := ben.syncMessages(t, 0); !slices.Contains(ids, m) {
		t.Errorf("sync gives Ben %v, without %d", ids, m)
	}
}

func systemPrivate(t *testing.T, s *target) {
	s = s.telling(t)
	p := s.pair(t)
	p.ann.note(t, p.room, "Plan")
	want := []string{"created_note: Ann wrote the note Plan"}
	if got := p.ben.notices(t, p.room); !slices.Equal(got, want) {
		t.Errorf("Ben is told %q", got)
	}
	p.ann.block(t, p.ben)
	p.ben.note(t, p.room, "Plea")
	if got := p.ann.notices(t, p.room); !slices.Equal(got, want) {
		t.Errorf("Ann is told %q", got)
	}
	if got := p.ann.getRoom(t, p.room).UnreadCount; got != 0 {
		t.Errorf("Ann has %d unread", got)
	}
	p.ben.say(t, p.room, "Hello?")
	if got := p.ann.getRoom(t, p.room).UnreadCount; got != 0 {
		t.Errorf("Ann has %d unread", got)
	}
}
