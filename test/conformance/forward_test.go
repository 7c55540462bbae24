package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func forwardChecks() []check {
	return []check{
		{"forward", forwardOne},
		{"forward, many", forwardMany},
		{"forward, refusals", forwardRefusals},
		{"forward, blocks", forwardBlocks},
		{"share", forwardShare},
		{"share, refusals", forwardShareRefusals},
		{"events", forwardEvents},
	}
}

// forwards posts messages once more.
func (p person) forwards(t testing.TB, body object) api.ForwardedData {
	t.Helper()
	return data[api.ForwardedData](t, p.post(t, "/messages/forward", body))
}

// said lists what is said in a room, oldest first.
func (p person) said(t testing.TB, room int64) []string {
	t.Helper()
	out := []string{}
	for _, m := range p.messages(t, room).List {
		out = append(out, textOf(t, m.Message))
	}
	slices.Reverse(out)
	return out
}

func forwardOne(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	room := ann.room(t, "From", ben)
	first := ann.say(t, room, "question")
	m := data[api.MessageData](t, ben.post(t, "/messages", object{"roomId": room, "type": "text", "replyId": first.ID, "localId": "7",
		"body": object{"text": "see https://example.org", "localId": "7", "more": object{"a": []int{1}}, "thumbnailData": object{"title": "x"}}})).Message
	r := ann.post(t, "/messages/forward", object{"messageIds": []int64{m.ID}, "userIds": []int64{cy.ID}})
	golden(t, "forwardMessages", r, object{"ann": ann, "cy": cy})
	made := data[api.ForwardedData](t, r)
	list := cy.messages(t, made.NewRooms[0].ID).List
	if len(list) != 1 || list[0].ID != made.Messages[0].ID || !list[0].IsForwarded || list[0].FromUserID != ann.ID || list[0].SenderName != "Ann" {
		t.Errorf("Cy's list is %+v", list)
	}
	ann.put(t, messagePath(list[0].ID), object{"text": "other"}).fails(t, http.StatusBadRequest, "Forwarded messages can't be edited")
	if got := cy.getRoom(t, made.NewRooms[0].ID).UnreadCount; got != 1 {
		t.Errorf("%d messages are unread", got)
	}
	again := cy.forwards(t, object{"messageIds": []int64{list[0].ID}, "userIds": []int64{ann.ID}})
	if len(again.NewRooms) != 0 || again.Messages[0].RoomID != made.NewRooms[0].ID || !again.Messages[0].IsForwarded {
		t.Errorf("back to Ann: %+v", again)
	}
	ann.erase(t, list[0].ID, "all")
	if got := ben.said(t, room); !slices.Equal(got, []string{"question", "see https://example.org"}) {
		t.Errorf("the room it came from says %q", got)
	}
}

// Several messages come in the order in which they were named, in each place
// once.
func forwardMany(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	from, to := ann.room(t, "From", ben), ann.room(t, "To", cy)
	var said []int64
	for i := range 4 {
		said = append(said, ben.say(t, from, fmt.Sprint(i)).ID)
	}
	private := ann.private(t, ben)
	got := ann.forwards(t, object{
		"messageIds": []int64{said[2], said[0], said[3], said[2]}, "roomIds": []any{to, private, fmt.Sprint(to)}, "userIds": []int64{cy.ID, ben.ID, cy.ID},
	})
	if len(got.NewRooms) != 1 || got.NewRooms[0].Type != "private" || len(got.Messages) != 9 {
		t.Fatalf("got %d messages and the rooms %+v", len(got.Messages), got.NewRooms)
	}
	for i, room := range []int64{to, private, got.NewRooms[0].ID} {
		for j, want := range []string{"2", "0", "3"} {
			if m := got.Messages[3*i+j]; m.RoomID != room || textOf(t, m) != want {
				t.Errorf("message %d is %+v", 3*i+j, m)
			}
		}
		if said := ann.said(t, room); !slices.Equal(said, []string{"2", "0", "3"}) {
			t.Errorf("room %d says %q", room, said)
		}
	}
	if item := data[api.HistoryItem](t, cy.get(t, "/history/roomId/%d", to)); item.UnreadCount != 3 || textOf(t, *item.LastMessage) != "3" {
		t.Errorf("Cy's history has %+v", item)
	}
	if ids, _ := cy.syncMessages(t, 0); len(ids) != 6 {
		t.Errorf("sync gives Cy %v", ids)
	}
	r := ann.form(t, "POST", "/messages/forward", fmt.Sprintf("messageIds=%d&messageIds=%d&roomIds=%d", said[0], said[1], to))
	if got := data[api.ForwardedData](t, r); len(got.Messages) != 2 {
		t.Errorf("by a form: %+v", got)
	}
}

func forwardRefusals(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Sue")
	ann, ben, sue := p[0], p[1], p[2]
	room, to, dead, others := ann.room(t, "From", ben), ann.room(t, "To", ben), ann.room(t, "Dead"), sue.room(t, "Sue's")
	m, gone, mine := ben.say(t, room, "a"), ben.say(t, room, "b"), ben.say(t, room, "c")
	hers := sue.say(t, others, "hers")
	ben.erase(t, gone.ID, "all")
	ann.erase(t, mine.ID, "user")
	ann.delete(t, "/rooms/%d", dead).ok(t)
	before := ann.said(t, to)
	many := make([]int64, 101)
	for i := range many {
		many[i] = int64(i + 1)
	}
	one := []int64{m.ID}
	for _, row := range []struct {
		name   string
		status int
		body   object
		begins string
	}{
		{"no messages", 400, object{"roomIds": []int64{to}}, "messageIds must name 1 to 100 messages"},
		{"too many messages", 400, object{"messageIds": many, "roomIds": []int64{to}}, "messageIds must name 1 to 100 messages"},
		{"no places", 400, object{"messageIds": one}, "roomIds and userIds must name 1 to 100"},
		{"too many places", 400, object{"messageIds": one, "roomIds": many}, "roomIds and userIds must name 1 to 100"},
		{"too much at once", 400, object{"messageIds": many[:11], "roomIds": many[:91]}, "that makes 1001 messages"},
		{"no array", 400, object{"messageIds": true, "roomIds": []int64{to}}, "Invalid params: messageIds must be an array"},
		{"no such message", 404, object{"messageIds": []int64{m.ID, 1 << 40}, "roomIds": []int64{to}}, "Message not found"},
		{"a message out of sight", 404, object{"messageIds": []int64{hers.ID}, "roomIds": []int64{to}}, "Message not found"},
		{"a deleted message", 404, object{"messageIds": []int64{gone.ID}, "roomIds": []int64{to}}, "Message not found"},
		{"a message deleted for oneself", 404, object{"messageIds": []int64{mine.ID}, "roomIds": []int64{to}}, "Message not found"},
		{"no such room", 400, object{"messageIds": one, "roomIds": []int64{to, 1 << 40}}, fmt.Sprintf("Room with id %d does not exist", int64(1)<<40)},
		{"another's room", 400, object{"messageIds": one, "roomIds": []int64{to, others}}, fmt.Sprintf("Room with id %d does not exist", others)},
		{"a deleted room", 403, object{"messageIds": one, "roomIds": []int64{to, dead}}, "Room is deleted"},
		{"no such person", 400, object{"messageIds": one, "roomIds": []int64{to}, "userIds": []int64{1 << 40}}, "Users doesn't exist, ids: 1099511627776"},
		{"oneself", 400, object{"messageIds": one, "roomIds": []int64{to}, "userIds": []int64{ann.ID}}, "userIds must name other people"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			ann.post(t, "/messages/forward", row.body).fails(t, row.status, row.begins)
		})
	}
	if after := ann.said(t, to); !slices.Equal(before, after) {
		t.Errorf("after what was refused, the room says %q", after)
	}
	ann.get(t, "/rooms/users/%d", sue.ID).fails(t, http.StatusNotFound, "Room not found")
	ann.post(t, "/messages/forward", object{"messageIds": one, "roomIds": []int64{dead}, "userIds": []int64{sue.ID}}).fails(t, http.StatusForbidden, "Room is deleted")
	ann.get(t, "/rooms/users/%d", sue.ID).fails(t, http.StatusNotFound, "Room not found") // nothing is made for what fails later
	person{s: s}.post(t, "/messages/forward", object{}).fails(t, http.StatusUnauthorized, "No access token")
	ann.post(t, "/messages/forward", object{"messageIds": one, "more": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
}

func forwardBlocks(t *testing.T, s *target) {
	p := s.pair(t)
	room := p.ann.room(t, "Both", p.ben)
	m := p.ann.say(t, room, "Hello")
	p.ann.block(t, p.ben)
	body := func(other person) object { return object{"messageIds": []int64{m.ID}, "userIds": []int64{other.ID}} }
	p.ann.post(t, "/messages/forward", body(p.ben)).fails(t, http.StatusForbidden, "Room is blocked")
	got := p.ben.forwards(t, body(p.ann)).Messages[0]
	if got.RoomID != p.room || got.TotalUserCount != 1 {
		t.Errorf("Ben's message is %+v", got)
	}
	if list := p.ann.messages(t, p.room).List; len(list) != 0 {
		t.Errorf("Ann is given %+v", list)
	}
	p.ann.post(t, "/messages/forward", object{"messageIds": []int64{got.ID}, "roomIds": []int64{room}}).fails(t, http.StatusNotFound, "Message not found")
}

func forwardShare(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	room := ann.room(t, "To", ben)
	r := ann.post(t, "/messages/share", object{"userIds": []int64{cy.ID}, "roomIds": []int64{}, "messages": []object{
		{"type": "text", "body": object{"text": "1", "more": true}},
	}})
	golden(t, "shareMessages", r, object{"ann": ann, "cy": cy})
	got := data[api.ForwardedData](t, ann.post(t, "/messages/share", object{"roomIds": []int64{room}, "userIds": []int64{cy.ID}, "messages": []object{
		{"type": "text", "body": object{"text": "2"}}, {"type": "text", "body": `{"text":"https://example.org"}`},
	}}))
	if len(got.Messages) != 4 || len(got.NewRooms) != 0 || got.Messages[0].HasLink || !got.Messages[1].HasLink {
		t.Errorf("got %+v", got)
	}
	if said := ben.said(t, room); !slices.Equal(said, []string{"2", "https://example.org"}) {
		t.Errorf("Ben is told %q", said)
	}
	if said := cy.said(t, got.Messages[3].RoomID); !slices.Equal(said, []string{"1", "2", "https://example.org"}) {
		t.Errorf("Cy is told %q", said)
	}
	ann.edit(t, got.Messages[0].ID, "it is not forwarded") // so that it can be edited
}

func forwardShareRefusals(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben")
	ann := p[0]
	room := ann.room(t, "To")
	text := object{"type": "text", "body": object{"text": "a"}}
	for _, row := range []struct {
		name   string
		places []int64
		list   any
		status int
		begins string
	}{
		{"none", []int64{room}, []object{}, 400, "messages must hold 1 to 100 messages"},
		{"too many", []int64{room}, slices.Repeat([]object{text}, 101), 400, "messages must hold 1 to 100 messages"},
		{"no array", []int64{room}, text, 400, "Invalid params: messages must be an array"},
		{"no text", []int64{room}, []object{text, {"type": "text", "body": object{}}}, 400, "Invalid message: messages[1]: Text is missing"},
		{"no body", []int64{room}, []object{{"type": "text"}}, 400, "Invalid message: messages[0]: Invalid params: body must be given"},
		{"no type", []int64{room}, []object{{"body": object{"text": "a"}}}, 400, "Invalid message: messages[0]: Invalid type"},
		{"another type", []int64{room}, []object{text, text, {"type": "system", "body": object{"text": "a"}}}, 400, "Invalid message: messages[2]: Invalid type"},
		{"a text too long", []int64{room}, []object{{"type": "text", "body": object{"text": repeat(maxText + 1)}}}, 400, "Invalid message: messages[0]: body.text is too long"},
		{"no places", nil, []object{text}, 400, "roomIds and userIds must name 1 to 100"},
		{"no such room", []int64{room, 1 << 40}, []object{text}, 400, "Room with id 1099511627776 does not exist"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			ann.post(t, "/messages/share", object{"roomIds": row.places, "messages": row.list}).fails(t, row.status, row.begins)
		})
	}
	if said := ann.said(t, room); len(said) != 0 {
		t.Errorf("after what was refused, the room says %q", said)
	}
	dead := ann.room(t, "Dead")
	ann.delete(t, "/rooms/%d", dead).ok(t)
	ann.post(t, "/messages/share", object{"roomIds": []int64{dead}, "messages": []object{text}}).fails(t, http.StatusForbidden, "Room is deleted")
	person{s: s}.post(t, "/messages/share", object{}).fails(t, http.StatusUnauthorized, "No access token")
	ann.post(t, "/messages/share", object{"more": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
}

func forwardEvents(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	from, to := ann.room(t, "From"), ann.room(t, "To", ben)
	m := ann.say(t, from, "Hello")
	e := ears{s: s, open: map[string]*stream{
		"Ann": ann.listen(t), "Ann's other": ann.device(t).listen(t), "Ben": ben.listen(t), "Cy": cy.listen(t),
	}}
	got := ann.forwards(t, object{"messageIds": []int64{m.ID}, "roomIds": []int64{to}, "userIds": []int64{cy.ID}})
	first, second, made := got.Messages[0].ID, got.Messages[1].ID, got.NewRooms[0].ID
	want := heard{}.by([]string{"Ann", "Ann's other", "Cy"}, about(api.EventNewRoom, made))
	want.by([]string{"Ann's other", "Ben"}, about(api.EventNewMessage, first)).by([]string{"Ann", "Ann's other", "Ben"}, ownNoted(first, ann.ID, 2)...)
	want.by([]string{"Ann's other", "Cy"}, about(api.EventNewMessage, second)).by([]string{"Ann", "Ann's other", "Cy"}, ownNoted(second, ann.ID, 2)...)
	e.hear(t, want)
	ann.post(t, "/messages/forward", object{"messageIds": []int64{m.ID}, "roomIds": []int64{to, 1 << 40}}).fails(t, 400, "Room with id")
	e.hear(t, nil)
}
