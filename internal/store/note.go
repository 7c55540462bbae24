package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

func toNote(n gen.Note) chat.Note {
	return chat.Note{
		ID: n.ID, RoomID: n.RoomID, Title: n.Title, Content: n.Content,
		Created: chat.Time(n.CreatedMs), Modified: chat.Time(n.ModifiedMs),
	}
}

// Note implements chat.Reader.
func (r reader) Note(ctx context.Context, id int64) (chat.Note, error) {
	n, err := r.at(ctx).Note(ctx, id)
	return toNote(n), notFound(err, "note")
}

// Notes implements chat.Reader.
func (r reader) Notes(ctx context.Context, room int64, limit int) ([]chat.Note, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).Notes(ctx, room, n)
	return each(list, failed(err, "notes"), toNote)
}

// NoteCount implements chat.Reader.
func (r reader) NoteCount(ctx context.Context, room int64) (int64, error) {
	n, err := r.at(ctx).NoteCount(ctx, room)
	return n, failed(err, "notes")
}

// CreateNote implements chat.Tx.
func (t *txn) CreateNote(ctx context.Context, n chat.Note) (chat.Note, error) {
	n.Created, n.Modified = t.Stamp(), t.Stamp()
	id, err := t.write(ctx).CreateNote(ctx, gen.CreateNoteParams{
		RoomID: n.RoomID, Title: n.Title, Content: n.Content, CreatedMs: int64(n.Created), ModifiedMs: int64(n.Modified),
	})
	n.ID = id
	return n, t.stored(err, "note")
}

// UpdateNote implements chat.Tx.
func (t *txn) UpdateNote(ctx context.Context, n chat.Note) error {
	return t.stored(t.write(ctx).UpdateNote(ctx, n.ID, n.Title, n.Content, int64(n.Modified)), "note")
}

// DeleteNote implements chat.Tx.
func (t *txn) DeleteNote(ctx context.Context, id int64) error {
	return t.stored(t.write(ctx).DeleteNote(ctx, id), "note")
}
