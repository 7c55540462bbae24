package client

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"unicode/utf8"

	"spika/api"
)

const postPath = "/api/messaging/messages"

// Draft is a message to be posted: a text, or a file that was uploaded with the
// same token.
type Draft struct {
	RoomID int64
	// FileID is a file that is brought instead of a text; 0: none. FileType is
	// then the message's type, "image", "audio", "video" or "file"; empty:
	// "file". ThumbID is a small picture of it; 0: of an image, the server makes
	// one.
	FileID, ThumbID int64
	FileType        string
	// Text is 1 to 65,536 bytes, unless the operator chose another limit.
	Text string
	// Extra is kept and served beside the text; nil: nothing. Its key "text" is
	// of no effect beside a text.
	Extra map[string]any
	// ReplyID is the message of the room that this one answers; 0: none.
	ReplyID int64
	// LocalID is your own id of the message, 1 to 200 characters. Posting it
	// again, even much later and from another process, gives the message stored
	// first.
	LocalID string
	// IdempotencyKey does the same without showing up in the message, and goes
	// before LocalID. When both are empty one is drawn, so that a post that is
	// sent again because its answer got lost is stored once.
	IdempotencyKey string
}

// Posted is what a post with an API key stored.
type Posted struct {
	api.PostedMessage
	// Replayed says that a post with the same id stored it before.
	Replayed bool
}

// Post posts a message with an API key and returns once it is on the server's
// disk. It sends it again when no answer comes or the server has a fault, and
// the message is stored once all the same.
//
// It fails with an *Error: status 400 when the draft is wrong or the key does
// not open the room, 401 when the key is unknown or revoked, 403 when the room
// is deleted, 409 when the id was used for another message, 413 when the text
// is too large. It also fails when the text is not valid UTF-8. After any other
// failure it is not known whether the message was stored: call it with the same
// draft and id again.
func (c *Client) Post(ctx context.Context, d Draft) (Posted, error) {
	var out api.PostedData
	header, err := c.post(ctx, postPath, d, &out)
	return Posted{PostedMessage: out.Message, Replayed: replayed(header)}, err
}

// PostedByPerson is what a post with a session stored.
type PostedByPerson struct {
	api.Message
	// Replayed says that a post with the same id stored it before.
	Replayed bool
}

// PostMessage posts a message as the person the session token belongs to, in
// any of their rooms. It is otherwise like Post.
func (c *Client) PostMessage(ctx context.Context, d Draft) (PostedByPerson, error) {
	var out api.MessageData
	header, err := c.post(ctx, "/api/messenger/messages", d, &out)
	return PostedByPerson{Message: out.Message, Replayed: replayed(header)}, err
}

func replayed(h http.Header) bool { return h.Get(api.HeaderReplay) == "true" }

func (c *Client) post(ctx context.Context, path string, d Draft, out any) (http.Header, error) {
	if !utf8.ValidString(d.Text) { // encoding it would put other characters in their place
		return nil, errors.New("the text is not valid UTF-8")
	}
	return c.do(ctx, d.call(path), out)
}

func (d Draft) call(path string) call {
	out := call{method: http.MethodPost, path: path, safe: true, header: map[string]string{}}
	out.body = api.PostMessageRequest{RoomID: d.RoomID, Type: d.messageType(), Body: d.body(), LocalID: d.LocalID, ReplyID: d.ReplyID}
	switch {
	case d.IdempotencyKey != "":
		out.header[api.HeaderIdempotencyKey] = d.IdempotencyKey
	case d.LocalID == "":
		out.header[api.HeaderIdempotencyKey] = rand.Text()
	}
	return out
}

func (d Draft) messageType() string {
	if d.FileID == 0 {
		return api.TypeText
	}
	return cmp.Or(d.FileType, "file")
}

func (d Draft) body() any {
	switch {
	case d.FileID != 0 && len(d.Extra) == 0:
		return api.FileBody{FileID: d.FileID, ThumbID: d.ThumbID}
	case len(d.Extra) == 0:
		return api.TextBody{Text: d.Text}
	}
	body := maps.Clone(d.Extra)
	if d.FileID == 0 {
		body["text"] = d.Text
		return body
	}
	body["fileId"] = d.FileID
	if d.ThumbID != 0 {
		body["thumbId"] = d.ThumbID
	}
	return body
}

// Keys lists a room's API keys, oldest first, for who may manage them.
func (c *Client) Keys(ctx context.Context, roomID int64) ([]api.APIKey, error) {
	out, err := fetch[api.APIKeyList](ctx, c, get("/api/messenger/api-keys/roomId/%d", roomID))
	return out.APIKeys, err
}

// CreateKey makes an API key for a room, posting under displayName.
func (c *Client) CreateKey(ctx context.Context, roomID int64, displayName string) (api.APIKey, error) {
	out, err := fetch[api.APIKeyData](ctx, c, post(fmt.Sprintf("/api/messenger/api-keys/roomId/%d", roomID), api.APIKeyName{DisplayName: displayName}))
	return out.APIKey, err
}

// RenameKey gives a key another display name. Its token stays.
func (c *Client) RenameKey(ctx context.Context, id int64, displayName string) (api.APIKey, error) {
	out, err := fetch[api.APIKeyData](ctx, c, put(fmt.Sprintf("/api/messenger/api-keys/%d", id), api.APIKeyName{DisplayName: displayName}))
	return out.APIKey, err
}

// DeleteKey ends a key at once. Its messages stay.
func (c *Client) DeleteKey(ctx context.Context, id int64) error {
	_, err := fetch[json.RawMessage](ctx, c, remove("/api/messenger/api-keys/%d", id))
	return err
}
