package storetest

import (
	"context"

	"spika/internal/chat"
)

func noteTests() []test {
	return []test{
		{"a note is kept whole, changed and deleted", notesAreKept},
		{"notes are listed by room, oldest first", notesAreListed},
		{"a webhook is kept whole, changed and deleted", webhooksAreKept},
		{"webhooks are listed by room, oldest first", webhooksAreListed},
	}
}

func (r *rig) note(room chat.Room, title string) chat.Note {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Note, error) {
		return tx.CreateNote(ctx, chat.Note{RoomID: room.ID, Title: title, Content: `Ops "🚨" \ %_` + "\r\n"})
	})
}

func notesAreKept(r *rig) {
	room := r.room("Ops")
	n, other := r.note(room, "Plan"), r.note(room, "Other")
	if n.ID == 0 || n.Created == 0 || n.Created != n.Modified {
		r.Fatalf("a new note is %+v", n)
	}
	is(r, n)(r.s.Note(r.ctx, n.ID))
	n.Title, n.Content, n.Modified = "New plan", "none", n.Modified+1
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateNote(ctx, n); err != nil {
			return err
		}
		return isNow(n)(tx.Note(ctx, n.ID))
	})
	is(r, n)(r.s.Note(r.ctx, n.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteNote(ctx, n.ID) })
	_, err := r.s.Note(r.ctx, n.ID)
	missing(r, err)
	is(r, other)(r.s.Note(r.ctx, other.ID))
	_, err = r.s.Note(r.ctx, 1<<62)
	missing(r, err)
}

func notesAreListed(r *rig) {
	room, empty := r.room("Ops"), r.room("Dev")
	a, b := r.note(room, "b"), r.note(room, "a")
	is(r, []chat.Note{a, b})(r.s.Notes(r.ctx, room.ID, 10))
	is(r, []chat.Note{a})(r.s.Notes(r.ctx, room.ID, 1))
	is(r, int64(2))(r.s.NoteCount(r.ctx, room.ID))
	is(r, []chat.Note(nil))(r.s.Notes(r.ctx, empty.ID, 10))
	is(r, int64(0))(r.s.NoteCount(r.ctx, empty.ID))
}

func (r *rig) webhook(room chat.Room, url string, sealed []byte) chat.Webhook {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Webhook, error) {
		return tx.CreateWebhook(ctx, chat.Webhook{RoomID: room.ID, URL: url, Sealed: sealed})
	})
}

func webhooksAreKept(r *rig) {
	room := r.room("Ops")
	w, other := r.webhook(room, "a.example", nil), r.webhook(room, "b.example", []byte{0, 255})
	if w.ID == 0 || w.Created == 0 || w.Created != w.Modified {
		r.Fatalf("a new webhook is %+v", w)
	}
	is(r, w)(r.s.Webhook(r.ctx, w.ID))
	w.URL, w.Sealed, w.Modified = "https://c.example", []byte{1, 0, 2}, w.Modified+1
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateWebhook(ctx, w); err != nil {
			return err
		}
		return isNow(w)(tx.Webhook(ctx, w.ID))
	})
	is(r, w)(r.s.Webhook(r.ctx, w.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteWebhook(ctx, w.ID) })
	_, err := r.s.Webhook(r.ctx, w.ID)
	missing(r, err)
	is(r, other)(r.s.Webhook(r.ctx, other.ID))
}

func webhooksAreListed(r *rig) {
	room, empty := r.room("Ops"), r.room("Dev")
	a, b := r.webhook(room, "b.example", nil), r.webhook(room, "a.example", nil)
	is(r, []chat.Webhook{a, b})(r.s.Webhooks(r.ctx, room.ID, 10))
	is(r, []chat.Webhook{a})(r.s.Webhooks(r.ctx, room.ID, 1))
	is(r, int64(2))(r.s.WebhookCount(r.ctx, room.ID))
	is(r, []chat.Webhook(nil))(r.s.Webhooks(r.ctx, empty.ID, 10))
	is(r, int64(0))(r.s.WebhookCount(r.ctx, empty.ID))
}
