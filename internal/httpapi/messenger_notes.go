package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) listNotes(c *call, who chat.Session, room int64) error {
	list, err := a.svc.Notes(c.r.Context(), who, room)
	if err != nil {
		return err
	}
	return c.ok(api.NoteList{Notes: all(list, toNote)})
}

func (a *API) createNote(c *call, who chat.Session, room int64) error {
	req, err := decode[api.NoteText](c)
	if err != nil {
		return err
	}
	return c.note(a.svc.CreateNote(c.r.Context(), who, chat.Note{RoomID: room, Title: req.Title, Content: req.Content}))
}

// note replies with a note, if there is one.
func (c *call) note(n chat.Note, err error) error {
	if err != nil {
		return err
	}
	return c.ok(api.NoteData{Note: toNote(n)})
}

func (a *API) getNote(c *call, who chat.Session, id int64) error {
	return c.note(a.svc.Note(c.r.Context(), who, id))
}

func (a *API) updateNote(c *call, who chat.Session, id int64) error {
	req, err := decode[api.NoteText](c)
	if err != nil {
		return err
	}
	return c.note(a.svc.UpdateNote(c.r.Context(), who, chat.Note{ID: id, Title: req.Title, Content: req.Content}))
}

func (a *API) deleteNote(c *call, who chat.Session, id int64) error {
	if err := a.svc.DeleteNote(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok(api.Deleted{Deleted: true})
}
