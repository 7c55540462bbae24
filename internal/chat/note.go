package chat

import (
	"context"
	"unicode/utf8"
)

// Note is a text that a room's members keep together: any of them can change it
// or delete it.
type Note struct {
	ID       int64
	RoomID   int64
	Title    string
	Content  string
	Created  Time
	Modified Time
}

// Limits of notes.
const (
	MaxNoteTitle   = 135    // characters
	MaxNoteContent = 65_536 // bytes
	MaxNotes       = 500    // in one room
)

// check refuses what is no note's text.
func (n Note) check() error {
	switch title := utf8.RuneCountInString(n.Title); {
	case title < 1 || title > MaxNoteTitle:
		return Errorf(Invalid, "title must have 1 to %d characters, this has %d", MaxNoteTitle, title)
	case n.Content == "" || len(n.Content) > MaxNoteContent:
		return Errorf(Invalid, "content must have 1 to %d bytes, this has %d", MaxNoteContent, len(n.Content))
	}
	return nil
}

// noteRoom finds a room whose notes the asker may read.
func noteRoom(ctx context.Context, r Reader, who Session, id int64) (Room, error) {
	member, err := r.Member(ctx, id, who.User.ID)
	if err != nil || member.Left {
		return Room{}, Errorf(Forbidden, "User must be in room").unless(err)
	}
	return r.Room(ctx, id)
}

// writableNotes is noteRoom for changing them.
func writableNotes(ctx context.Context, r Reader, who Session, id int64) (Room, error) {
	room, err := noteRoom(ctx, r, who, id)
	if err == nil && room.Deleted {
		err = Errorf(Forbidden, "Room is deleted: its notes can only be read")
	}
	return room, err
}

// CreateNote adds a note to a room. Fails with Invalid when title or content are
// empty or too long, or the room has MaxNotes, Forbidden when the asker is not
// in the room or it is deleted.
func (s *Service) CreateNote(ctx context.Context, who Session, n Note) (Note, error) {
	if err := n.check(); err != nil {
		return Note{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Note, error) {
		if _, err := writableNotes(ctx, tx, who, n.RoomID); err != nil {
			return Note{}, err
		}
		count, err := tx.NoteCount(ctx, n.RoomID)
		if err != nil {
			return Note{}, err
		}
		if count >= MaxNotes {
			return Note{}, Errorf(Invalid, "a room can have at most %d notes: delete one first", MaxNotes)
		}
		n, err := tx.CreateNote(ctx, n)
		if err != nil {
			return Note{}, err
		}
		return n, s.tell(ctx, tx, who, n.RoomID, aboutNote(createdNote, n))
	})
}

// Notes lists a room's notes, oldest first. Fails with Forbidden when the asker
// is not in the room.
func (s *Service) Notes(ctx context.Context, who Session, room int64) ([]Note, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]Note, error) {
		if _, err := noteRoom(ctx, r, who, room); err != nil {
			return nil, err
		}
		return r.Notes(ctx, room, MaxNotes)
	})
}

// Note gives a note. Fails with NotFound when there is none, Forbidden when the
// asker is not in its room.
func (s *Service) Note(ctx context.Context, who Session, id int64) (Note, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (Note, error) {
		n, err := r.Note(ctx, id)
		if err != nil {
			return Note{}, Errorf(NotFound, "Not found").unless(err)
		}
		_, err = noteRoom(ctx, r, who, n.RoomID)
		return n, err
	})
}

// UpdateNote gives the note n.ID the title and content of n. Fails like
// CreateNote, and with NotFound when there is no such note.
func (s *Service) UpdateNote(ctx context.Context, who Session, n Note) (Note, error) {
	if err := n.check(); err != nil {
		return Note{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Note, error) {
		now, err := changeableNote(ctx, tx, who, n.ID)
		if err != nil {
			return Note{}, err
		}
		now.Title, now.Content, now.Modified = n.Title, n.Content, tx.Stamp()
		if err := tx.UpdateNote(ctx, now); err != nil {
			return Note{}, err
		}
		return now, s.tell(ctx, tx, who, now.RoomID, aboutNote(updatedNote, now))
	})
}

// DeleteNote deletes a note for good. Fails with NotFound when there is none,
// Forbidden when the asker is not in its room or it is deleted.
func (s *Service) DeleteNote(ctx context.Context, who Session, id int64) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		n, err := changeableNote(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteNote(ctx, id); err != nil {
			return err
		}
		return s.tell(ctx, tx, who, n.RoomID, aboutNote(deletedNote, n))
	})
}

func changeableNote(ctx context.Context, tx Tx, who Session, id int64) (Note, error) {
	n, err := tx.Note(ctx, id)
	if err != nil {
		return Note{}, Errorf(NotFound, "Not found").unless(err)
	}
	_, err = writableNotes(ctx, tx, who, n.RoomID)
	return n, err
}
