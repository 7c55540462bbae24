package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// Edit is what is to change in a message.
type Edit struct {
	Text    string
	HasLink *bool // what the client says; nil: nothing
	// Thumbnail is the preview of a link, a JSON object. It replaces the one there
	// is; nil leaves that, unless there is no link any more.
	Thumbnail []byte
}

// EditMessage changes the text of the asker's own message. Fails with NotFound
// when there is no such message, Forbidden when it is another's, or the asker not
// in its room, or the room blocked or deleted, and Invalid when it is not a text
// that can be edited.
func (s *Service) EditMessage(ctx context.Context, who Session, id int64, e Edit) (MessageView, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (MessageView, error) {
		m, err := editable(ctx, tx, who, id)
		if err != nil {
			return MessageView{}, err
		}
		if m.Body, err = e.apply(m.Body); err != nil {
			return MessageView{}, err
		}
		m.HasLink = e.HasLink != nil && *e.HasLink || holdsLink(m.Body)
		m.Modified = tx.Stamp()
		if err := tx.UpdateMessage(ctx, m); err != nil {
			return MessageView{}, err
		}
		tx.Emit(Event{Kind: MessageChanged, RoomID: m.RoomID, UserID: who.User.ID, MessageID: m.ID})
		views, err := viewMessages(ctx, tx, who.User.ID, []Message{m})
		if err != nil {
			return MessageView{}, err
		}
		return views[0], nil
	})
}

func editable(ctx context.Context, tx Tx, who Session, id int64) (Message, error) {
	m, err := tx.Message(ctx, id)
	if err != nil {
		return Message{}, Errorf(NotFound, "Not found").unless(err)
	}
	if m.FromUser != who.User.ID {
		return Message{}, Errorf(Forbidden, "User can't edit messages that he is not owner of")
	}
	seen, _, err := seenMessage(ctx, tx, who.User.ID, id)
	switch {
	case IsNotFound(err):
		return Message{}, Errorf(Forbidden, "User can't edit messages from room that he is not in")
	case err != nil:
		return Message{}, err
	case seen.Deleted:
		return Message{}, Errorf(Invalid, "Deleted messages can't be edited")
	case m.Type != TextType:
		return Message{}, Errorf(Invalid, "Only messages with type text can be edited")
	case m.Forwarded:
		return Message{}, Errorf(Invalid, "Forwarded messages can't be edited")
	}
	_, err = openIn(ctx, tx, m, who.User.ID)
	return m, err
}

// apply gives a body with the edit in it. Everything else in it stays.
func (e Edit) apply(body []byte) ([]byte, error) {
	content := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &content); err != nil {
		return nil, fmt.Errorf("read a stored body: %w", err)
	}
	var err error
	if content["text"], err = marshal(e.Text); err != nil {
		return nil, err
	}
	switch {
	case e.Thumbnail != nil:
		content["thumbnailData"] = e.Thumbnail
	case e.HasLink != nil && !*e.HasLink:
		delete(content, "thumbnailData")
	}
	return marshal(content)
}

// marshal encodes without escapes that only HTML needs: bodies are kept without.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode a body: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// holdsLink reports whether a body has a web address in it.
func holdsLink(body []byte) bool {
	return bytes.Contains(body, []byte("http://")) || bytes.Contains(body, []byte("https://"))
}
