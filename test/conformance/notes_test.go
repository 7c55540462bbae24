package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spika/api"
)

func noteChecks() []check {
	return []check{
		{"keep", notesKeep},
		{"refusals", notesRefusals},
		{"access", notesAccess},
		{"deleted room", notesDeletedRoom},
	}
}

func notesPath(room int64) string { return fmt.Sprintf("/notes/roomId/%d", room) }

func notePath(note int64) string { return fmt.Sprintf("/notes/%d", note) }

// note adds a note to a room.
func (p person) note(t testing.TB, room int64, title string) api.Note {
	t.Helper()
	return data[api.NoteData](t, p.post(t, notesPath(room), object{"title": title, "content": "see there"})).Note
}

// Any member makes, reads, changes and deletes them.
func notesKeep(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	room := ann.room(t, "Releases", ben)
	values := map[string]any{"room": room, "title": "Links", "content": "https://ci.example.org\n<b>bold</b>"}
	r := ben.post(t, notesPath(room), object{"title": "Links", "content": values["content"], "more": 1})
	golden(t, "createNote", r, values)
	made := data[api.NoteData](t, r).Note
	if made.CreatedAt != made.ModifiedAt {
		t.Errorf("createdAt %d differs from modifiedAt %d", made.CreatedAt, made.ModifiedAt)
	}
	golden(t, "getNote", ann.get(t, "/notes/%d", made.ID), values)
	golden(t, "listNotes", ann.get(t, "/notes/roomId/%d", room), values)
	values["title"], values["content"] = "New links", "none"
	r = ann.put(t, notePath(made.ID), object{"title": "New links", "content": "none"})
	golden(t, "updateNote", r, values)
	if got := data[api.NoteData](t, r).Note; got.ID != made.ID || got.CreatedAt != made.CreatedAt || got.ModifiedAt <= made.ModifiedAt {
		t.Errorf("changed, the note is %+v, before %+v", got, made)
	}
	second := ann.note(t, room, "Second")
	list := data[api.NoteList](t, ben.get(t, "/notes/roomId/%d", room)).Notes
	if len(list) != 2 || list[0].ID != made.ID || list[1] != second {
		t.Errorf("the notes are %+v", list)
	}
	golden(t, "deleteNote", ben.delete(t, "/notes/%d", made.ID), nil)
	ann.get(t, "/notes/%d", made.ID).fails(t, http.StatusNotFound, "Not found")
	ann.put(t, notePath(made.ID), object{"title": "x", "content": "x"}).fails(t, http.StatusNotFound, "Not found")
	ann.delete(t, "/notes/%d", made.ID).fails(t, http.StatusNotFound, "Not found")
	ann.delete(t, "/notes/%d", second.ID).ok(t)
	if list := data[api.NoteList](t, ben.get(t, "/notes/roomId/%d", room)).Notes; list == nil || len(list) != 0 {
		t.Errorf("the notes are %+v", list)
	}
}

func notesRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	room := ann.room(t, "Releases")
	note := ann.note(t, room, strings.Repeat("ä", 135))
	for _, row := range []struct{ name, body, begins string }{
		{"no title", `{"content":"x"}`, "title must have 1 to 135 characters"},
		{"an empty title", `{"title":"","content":"x"}`, "title must have 1 to 135 characters"},
		{"a title too long", `{"title":"` + repeat(136) + `","content":"x"}`, "title must have 1 to 135 characters"},
		{"a title that is a number", `{"title":5,"content":"x"}`, "Invalid params: title must be a string"},
		{"no content", `{"title":"x"}`, "content must have 1 to 65536 bytes"},
		{"an empty content", `{"title":"x","content":""}`, "content must have 1 to 65536 bytes"},
		{"a content too long", `{"title":"x","content":"` + repeat(65_537) + `"}`, "content must have 1 to 65536 bytes"},
		{"a content that is a list", `{"title":"x","content":["x"]}`, "Invalid params: content must be a string"},
		{"no JSON", `{`, "Invalid params: the body is not valid JSON"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			ann.post(t, notesPath(room), row.body).fails(t, http.StatusBadRequest, row.begins)
			ann.put(t, notePath(note.ID), row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a body too large", func(t *testing.T) {
		ann.post(t, notesPath(room), object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
		ann.put(t, notePath(note.ID), object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "no id", func(t *testing.T) {
		ann.post(t, "/notes/roomId/x", object{}).fails(t, http.StatusBadRequest, "roomId must be number")
		ann.get(t, "/notes/roomId/0").fails(t, http.StatusBadRequest, "roomId must be number")
		ann.get(t, "/notes/x").fails(t, http.StatusBadRequest, "id must be number")
		ann.put(t, "/notes/x", object{}).fails(t, http.StatusBadRequest, "id must be number")
		ann.delete(t, "/notes/-1").fails(t, http.StatusBadRequest, "id must be number")
	})
	s.sub(t, "changed nothing", func(t *testing.T) {
		if list := data[api.NoteList](t, ann.get(t, "/notes/roomId/%d", room)).Notes; len(list) != 1 || list[0] != note {
			t.Errorf("the notes are %+v", list)
		}
	})
}

func notesAccess(t *testing.T, s *target) {
	c := s.chat(t)
	note := c.ann.note(t, c.room, "Links")
	text := object{"title": "x", "content": "x"}
	left := s.person(t, "Cy")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{left.ID}})
	left.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	for name, who := range map[string]person{"a stranger": s.person(t, "Sue"), "who has left": left, "the team's owner": s.people.owner()} {
		s.sub(t, name, func(t *testing.T) {
			who.post(t, notesPath(c.room), text).fails(t, http.StatusForbidden, "User must be in room")
			who.get(t, "/notes/roomId/%d", c.room).fails(t, http.StatusForbidden, "User must be in room")
			who.get(t, "/notes/%d", note.ID).fails(t, http.StatusForbidden, "User must be in room")
			who.put(t, notePath(note.ID), text).fails(t, http.StatusForbidden, "User must be in room")
			who.delete(t, "/notes/%d", note.ID).fails(t, http.StatusForbidden, "User must be in room")
		})
	}
	s.sub(t, "no room or note", func(t *testing.T) {
		c.ann.post(t, notesPath(1<<40), text).fails(t, http.StatusForbidden, "User must be in room")
		c.ann.get(t, "/notes/roomId/65000000000000000").fails(t, http.StatusForbidden, "User must be in room")
		c.ann.get(t, "/notes/99999999999999999999").fails(t, http.StatusNotFound, "Not found")
		c.ann.put(t, notePath(1<<40), text).fails(t, http.StatusNotFound, "Not found")
		c.ann.delete(t, "/notes/65000000000000000").fails(t, http.StatusNotFound, "Not found")
	})
	s.sub(t, "no session", func(t *testing.T) {
		nobody := person{s: s}
		nobody.post(t, notesPath(c.room), text).fails(t, http.StatusUnauthorized, "No access token")
		nobody.get(t, "/notes/roomId/%d", c.room).fails(t, http.StatusUnauthorized, "No access token")
		nobody.get(t, "/notes/%d", note.ID).fails(t, http.StatusUnauthorized, "No access token")
		nobody.put(t, notePath(note.ID), text).fails(t, http.StatusUnauthorized, "No access token")
		nobody.delete(t, "/notes/%d", note.ID).fails(t, http.StatusUnauthorized, "No access token")
	})
	s.sub(t, "another origin", func(t *testing.T) {
		crossOriginRefused(t, s, c.ann, "POST", notesPath(c.room))
		crossOriginRefused(t, s, c.ann, "PUT", notePath(note.ID))
		crossOriginRefused(t, s, c.ann, "DELETE", notePath(note.ID))
	})
}

func notesDeletedRoom(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	room := ann.room(t, "Releases")
	note := ann.note(t, room, "Links")
	ann.delete(t, "/rooms/%d", room).ok(t)
	ann.get(t, "/notes/%d", note.ID).ok(t)
	text := object{"title": "x", "content": "x"}
	ann.post(t, notesPath(room), text).fails(t, http.StatusForbidden, "Room is deleted")
	ann.put(t, notePath(note.ID), text).fails(t, http.StatusForbidden, "Room is deleted")
	ann.delete(t, "/notes/%d", note.ID).fails(t, http.StatusForbidden, "Room is deleted")
}
