package chat_test

import (
	"strings"
	"testing"

	"spika/internal/chat"
)

func TestMembersKeepNotes(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops := tm.room(tm.owner, bob)
	note := must(tm.svc.CreateNote(tm.ctx, tm.owner, chat.Note{RoomID: ops, Title: "Plan", Content: "none"}))(t)
	same(t, must(tm.svc.Note(tm.ctx, bob, note.ID))(t), note)
	changed := must(tm.svc.UpdateNote(tm.ctx, bob, chat.Note{ID: note.ID, RoomID: 99, Title: "New", Content: "some"}))(t)
	if changed.Modified <= note.Modified {
		t.Errorf("the change was at %d, the note made at %d", changed.Modified, note.Modified)
	}
	note.Title, note.Content, note.Modified = "New", "some", changed.Modified
	same(t, changed, note)
	same(t, must(tm.svc.Notes(tm.ctx, tm.owner, ops))(t), []chat.Note{note})
	for _, who := range []chat.Session{eve, tm.admin("Zoe")} { // managing the team is not being in the room
		tm.refusesNotes(who, note)
	}
	must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t)
	tm.refusesNotes(bob, note)
	tm.ok(tm.svc.DeleteNote(tm.ctx, tm.owner, note.ID))
	tm.fails(tm.svc.DeleteNote(tm.ctx, tm.owner, note.ID), chat.NotFound, "Not found")
	_, err := tm.svc.Note(tm.ctx, tm.owner, note.ID)
	tm.fails(err, chat.NotFound, "Not found")
	_, err = tm.svc.UpdateNote(tm.ctx, tm.owner, note)
	tm.fails(err, chat.NotFound, "Not found")
}

// refusesNotes checks that who is not in a note's room can do nothing with it.
func (tm *team) refusesNotes(who chat.Session, note chat.Note) {
	tm.Helper()
	_, err := tm.svc.CreateNote(tm.ctx, who, note)
	tm.fails(err, chat.Forbidden, "User must be in room")
	_, err = tm.svc.Notes(tm.ctx, who, note.RoomID)
	tm.fails(err, chat.Forbidden, "User must be in room")
	_, err = tm.svc.Note(tm.ctx, who, note.ID)
	tm.fails(err, chat.Forbidden, "User must be in room")
	_, err = tm.svc.UpdateNote(tm.ctx, who, note)
	tm.fails(err, chat.Forbidden, "User must be in room")
	tm.fails(tm.svc.DeleteNote(tm.ctx, who, note.ID), chat.Forbidden, "User must be in room")
}

func TestNotesHaveLimits(t *testing.T) {
	tm := newTeam(t)
	ops := tm.room(tm.owner)
	for _, n := range []chat.Note{
		{Title: "", Content: "x"}, {Title: "x", Content: ""}, {Title: strings.Repeat("ä", chat.MaxNoteTitle+1), Content: "x"},
		{Title: "x", Content: strings.Repeat("x", chat.MaxNoteContent+1)},
	} {
		n.RoomID = ops
		_, err := tm.svc.CreateNote(tm.ctx, tm.owner, n)
		tm.fails(err, chat.Invalid, "must have 1 to")
		_, err = tm.svc.UpdateNote(tm.ctx, tm.owner, n)
		tm.fails(err, chat.Invalid, "must have 1 to")
	}
	n := chat.Note{RoomID: ops, Title: strings.Repeat("ä", chat.MaxNoteTitle), Content: strings.Repeat("x", chat.MaxNoteContent)}
	must(tm.svc.CreateNote(tm.ctx, tm.owner, n))(t)
	n.Content = "x"
	for range chat.MaxNotes - 1 {
		must(tm.svc.CreateNote(tm.ctx, tm.owner, n))(t)
	}
	_, err := tm.svc.CreateNote(tm.ctx, tm.owner, n)
	tm.fails(err, chat.Invalid, "at most 500 notes")
	same(t, len(must(tm.svc.Notes(tm.ctx, tm.owner, ops))(t)), chat.MaxNotes)
}

func TestNotesOfADeletedRoomCanBeRead(t *testing.T) {
	tm := newTeam(t)
	ops := tm.room(tm.owner)
	note := must(tm.svc.CreateNote(tm.ctx, tm.owner, chat.Note{RoomID: ops, Title: "Plan", Content: "none"}))(t)
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, ops))(t)
	same(t, must(tm.svc.Notes(tm.ctx, tm.owner, ops))(t), []chat.Note{note})
	_, err := tm.svc.CreateNote(tm.ctx, tm.owner, note)
	tm.fails(err, chat.Forbidden, "Room is deleted")
	_, err = tm.svc.UpdateNote(tm.ctx, tm.owner, note)
	tm.fails(err, chat.Forbidden, "Room is deleted")
	tm.fails(tm.svc.DeleteNote(tm.ctx, tm.owner, note.ID), chat.Forbidden, "Room is deleted")
}
