package httpapi

import (
	"bytes"
	"errors"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

// postRequest is a message to be posted as it comes over the wire.
type postRequest struct {
	RoomID  int64          `json:"roomId"`
	Type    string         `json:"type"`
	Body    jsontext.Value `json:"body"`    // an object, or a string that holds one
	LocalID jsontext.Value `json:"localId"` // a string or an integer
	ReplyID *int64         `json:"replyId"`
	HasLink jsontext.Value `json:"hasLink"` // of people's clients; else it means nothing
}

// draft reads a message to be posted from the request, which must be JSON.
func (c *call) draft() (chat.Draft, error) { return c.draftFrom(c.withBody, readDraft) }

// anyDraft is draft for people's clients, which may send a form, and may say
// whether there is a link.
func (c *call) anyDraft() (chat.Draft, error) {
	return c.draftFrom(func(use func(body []byte) error) error {
		return c.withObject(reflect.TypeFor[postRequest](), use)
	}, readPersonsDraft)
}

func (c *call) draftFrom(
	read func(use func(body []byte) error) error, understand func(body []byte, maxText int64, d *chat.Draft) error,
) (chat.Draft, error) {
	key, err := idempotencyKey(c.r.Header[api.HeaderIdempotencyKey])
	if err != nil {
		return chat.Draft{}, err
	}
	d := chat.Draft{IdempotencyKey: key}
	err = read(func(body []byte) error { return understand(body, c.api.maxText, &d) })
	return d, err
}

// idempotencyKey checks the header's values.
func idempotencyKey(values []string) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if n := utf8.RuneCountInString(key); len(values) > 1 || n < 1 || n > chat.MaxClientID || !utf8.ValidString(key) {
		return "", invalid("the header Idempotency-Key must be given once and have 1 to %d characters of UTF-8", chat.MaxClientID)
	}
	return key, nil
}

// readDraft reads a post's JSON into d, whose idempotency key is set.
func readDraft(body []byte, maxText int64, d *chat.Draft) error {
	var req postRequest
	if err := decodeInto(body, &req); err != nil {
		return err
	}
	return req.read(maxText, d)
}

// readPersonsDraft is readDraft that minds hasLink.
func readPersonsDraft(body []byte, maxText int64, d *chat.Draft) error {
	var req postRequest
	if err := decodeInto(body, &req); err != nil {
		return err
	}
	if req.HasLink.Kind() != jsontext.KindInvalid {
		var hasLink looseBool
		if err := hasLink.UnmarshalJSON(req.HasLink); err != nil {
			return invalid("hasLink %v", err)
		}
		d.HasLink = bool(hasLink)
	}
	return req.read(maxText, d)
}

func (req postRequest) read(maxText int64, d *chat.Draft) error {
	d.RoomID, d.Type = req.RoomID, req.Type
	if d.RoomID < 1 {
		return invalid("roomId must be the number of a room, 1 or more")
	}
	if d.Type == "" {
		return invalid("type must be given: text, image, audio, video or file")
	}
	if req.ReplyID != nil {
		if d.ReplyTo = *req.ReplyID; d.ReplyTo < 1 {
			return invalid("replyId must be the number of a message, 1 or more")
		}
	}
	var err error
	if d.LocalID, err = readLocalID(req.LocalID); err != nil {
		return err
	}
	return readContent(req.Body, maxText, d)
}

// readContent reads the body of a message whose type is in d. A type that is not
// known and a text that is not there are the draft's fault, not the request's.
func readContent(body jsontext.Value, maxText int64, d *chat.Draft) error {
	content, err := readObject(body)
	if err != nil {
		return err
	}
	switch {
	case d.Type == chat.TextType:
		return readText(content, maxText, d)
	case chat.BringsFile(d.Type):
		return readFileContent(content, d)
	case d.ReplyTo != 0: // an answer must have a text, whatever else is wrong with it
		if err := readText(content, maxText, d); err != nil || d.Fault != nil {
			return err
		}
	}
	d.Fault = chat.Errorf(chat.Invalid, "Invalid type: it must be text, image, audio, video or file")
	return nil
}

// readLocalID reads a local id; nothing and null are none.
func readLocalID(v jsontext.Value) (chat.LocalID, error) {
	var id chat.LocalID
	switch v.Kind() {
	case jsontext.KindInvalid, jsontext.KindNull:
		return id, nil
	case jsontext.KindNumber:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return id, invalid("localId must be a string or a whole number, without fraction or exponent")
		}
		return chat.LocalID{Text: strconv.FormatInt(n, 10), IsInt: true}, nil
	case jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, v)
		if n := utf8.RuneCount(text); err != nil || n < 1 || n > chat.MaxClientID {
			return id, invalid("localId must have 1 to %d characters", chat.MaxClientID)
		}
		return chat.LocalID{Text: string(text)}, nil
	}
	return id, invalid("localId must be a string or a whole number, not %s", kindName(v.Kind()))
}

// readObject gives a message's body, which is an object or a string that holds
// the JSON of one.
func readObject(v jsontext.Value) (jsontext.Value, error) {
	switch v.Kind() {
	case jsontext.KindBeginObject:
		return v, nil
	case jsontext.KindInvalid, jsontext.KindNull:
		return nil, invalid("body must be given: an object like {\"text\":\"Hello\"}")
	case jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return nil, explain(err)
		}
		held := jsontext.Value(text)
		if err := inspect(held); err != nil {
			return nil, err
		}
		if !held.IsValid() || held.Kind() != jsontext.KindBeginObject {
			return nil, invalid("body is a string that does not hold a JSON object like {\"text\":\"Hello\"} without duplicate keys")
		}
		return held, nil
	}
	return nil, invalid("body must be an object or a string that holds one, not %s", kindName(v.Kind()))
}

// referenceKey is the key under which the server shows the message that is
// answered.
const referenceKey = "referenceMessage"

// textContent is the body of a text message. Whatever else the sender put into
// it is kept.
type textContent struct {
	Text      string         `json:"text"`
	Reference jsontext.Value `json:"referenceMessage,omitzero"` // the server's own, like the next two; nobody can send them
	File      jsontext.Value `json:"file,omitzero"`
	Thumb     jsontext.Value `json:"thumb,omitzero"`
	Rest      jsontext.Value `json:",embed"`
}

// readText reads the body of a text message into d.
func readText(body jsontext.Value, maxText int64, d *chat.Draft) error {
	var content textContent
	if err := json.Unmarshal(body, &content); err != nil {
		var wrong *json.SemanticError
		if !errors.As(err, &wrong) {
			return explain(err)
		}
		d.Fault = chat.Errorf(chat.Invalid, "Text is missing: body.text must be a string")
		return nil
	}
	switch {
	case content.Text == "":
		d.Fault = chat.Errorf(chat.Invalid, "Text is missing: body.text must be a string that is not empty")
		return nil
	case int64(len(content.Text)) > maxText:
		return chat.Errorf(chat.Invalid, "body.text is too long: it has %d bytes, at most %d are taken", len(content.Text), maxText)
	}
	d.Text = content.Text
	if len(content.Rest) == 0 { // what is the server's own goes with it
		d.Body, _ = jsontext.AppendQuote([]byte(`{"text":`), content.Text) // fails for invalid UTF-8 only
		d.Body = append(d.Body, '}')
		return nil
	}
	return readRich(body, content, d)
}

// readRich reads a body with more than a text in it.
func readRich(body jsontext.Value, content textContent, d *chat.Draft) error {
	if err := checkKeys(body, new(textKeys)); err != nil {
		return err
	}
	if content.Reference != nil || content.File != nil || content.Thumb != nil {
		content.Reference, content.File, content.Thumb = nil, nil, nil
		var err error
		if body, err = json.Marshal(content); err != nil {
			return err
		}
	}
	return keepBody(body, d)
}

// keepBody puts a body into d as it is stored, and with what it means if that is
// to be told from others.
func keepBody(body jsontext.Value, d *chat.Draft) error {
	if err := body.Format(); err != nil { // whitespace and needless escapes are not kept
		return explain(err)
	}
	d.Body = body
	if d.ClientID() != "" {
		d.Meaning = bytes.Clone(body)
		return (*jsontext.Value)(&d.Meaning).Canonicalize(jsontext.CanonicalizeRawInts(false))
	}
	return nil
}
