package httpapi

import (
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

// forEveryone reads for whom a message is to be deleted.
func (c *call) forEveryone() (bool, error) {
	q, err := c.query()
	if err != nil {
		return false, err
	}
	if given := q["target"]; len(given) == 1 { // of two, one would have to be guessed
		switch given[0] {
		case "all":
			return true, nil
		case "user":
			return false, nil
		}
	}
	return false, chat.Errorf(chat.Invalid, "Invalid target query param: target must be all or user")
}

func (a *API) deleteMessage(c *call, who chat.Session, id int64) error {
	forAll, err := c.forEveryone()
	if err != nil {
		return err
	}
	deleted, err := a.svc.DeleteMessages(c.r.Context(), who, []int64{id}, forAll)
	if err != nil {
		return err
	}
	return c.ok(api.MessageData{Message: toMessage(deleted[0])})
}

func (a *API) deleteMessages(c *call, who chat.Session) error {
	forAll, err := c.forEveryone()
	if err != nil {
		return err
	}
	req, err := decode[struct {
		MessageIDs looseInts `json:"messageIds"`
	}](c)
	if err != nil {
		return err
	}
	deleted, err := a.svc.DeleteMessages(c.r.Context(), who, req.MessageIDs, forAll)
	if err != nil {
		return err
	}
	return c.ok(api.MessagesData{Messages: all(deleted, toMessage)})
}

// editRequest is api.EditMessageRequest as it comes over the wire.
type editRequest struct {
	Text          jsontext.Value `json:"text"`
	HasLink       *bool          `json:"hasLink"`
	ThumbnailData jsontext.Value `json:"thumbnailData"`
}

func (a *API) editMessage(c *call, who chat.Session, id int64) error {
	var edit chat.Edit
	err := c.withObject(reflect.TypeFor[editRequest](), func(body []byte) error { return readEdit(body, a.maxText, &edit) })
	if err != nil {
		return err
	}
	edited, err := a.svc.EditMessage(c.r.Context(), who, id, edit)
	if err != nil {
		return err
	}
	return c.ok(api.MessageData{Message: toMessage(edited)})
}

// readEdit reads what is to change in a message.
func readEdit(body []byte, maxText int64, edit *chat.Edit) error {
	var req editRequest
	if err := decodeInto(body, &req); err != nil {
		return err
	}
	if req.Text.Kind() != jsontext.KindString {
		return errTextRequired()
	}
	text, err := jsontext.AppendUnquote(nil, req.Text)
	switch {
	case err != nil:
		return explain(err)
	case len(text) == 0:
		return errTextRequired()
	case int64(len(text)) > maxText:
		return chat.Errorf(chat.Invalid, "text is too long: it has %d bytes, at most %d are taken", len(text), maxText)
	}
	edit.Text, edit.HasLink = string(text), req.HasLink
	switch req.ThumbnailData.Kind() {
	case jsontext.KindInvalid, jsontext.KindNull:
	case jsontext.KindBeginObject:
		var preview struct {
			Of clientPreview `json:"thumbnailData"`
		}
		if err := json.Unmarshal(body, &preview); err != nil {
			return explain(err)
		}
		thumbnail := req.ThumbnailData.Clone()
		if err := thumbnail.Format(); err != nil {
			return explain(err)
		}
		edit.Thumbnail = thumbnail
	default:
		return invalid("thumbnailData must be an object, not %s", kindName(req.ThumbnailData.Kind()))
	}
	return nil
}

func errTextRequired() error {
	return chat.Errorf(chat.Invalid, "Text is required: text must be a string that is not empty")
}
