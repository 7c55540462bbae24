package httpapi

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

// PushText writes pushes down as apps and browsers read them.
type PushText struct {
	// Preview says that they carry what the message says, not only that there is
	// one.
	Preview bool
}

const (
	// maxAppPush bounds what an app is pushed, in bytes: Firebase Cloud Messaging
	// takes 4,096.
	maxAppPush = 4_000
	// newMessage stands for a text that is not told.
	newMessage = "New message"
)

// App gives what an app is told. A message that is too large for that is
// shortened; its modifiedAt is then 0, so that an app that asks for what changed
// since gets it whole.
func (p PushText) App(n chat.PushNote) (map[string]string, error) {
	group := ""
	if n.Room.Type == chat.Group {
		group = n.Room.Name
	}
	pushed := api.PushedMessage{Message: toMessage(n.Message), FromUserName: n.Message.SenderName, GroupName: group, Muted: n.Muted}
	attributes, err := encode(api.PushMessageAttributes{FromUserName: n.Message.SenderName, GroupName: group})
	if err != nil {
		return nil, err
	}
	room, err := encode(api.PushRoomAttributes{UnreadCount: n.Unread, Muted: n.Muted, AvatarFileID: n.Room.AvatarID})
	if err != nil {
		return nil, err
	}
	data := map[string]string{"messageAttributes": attributes, "roomAttributes": room, "message": ""}
	left := maxAppPush
	for key, value := range data {
		left -= len(key) + len(value)
	}
	data["message"], err = p.fit(pushed, left)
	return data, err
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// fit writes a message down in at most so many bytes.
func (p PushText) fit(m api.PushedMessage, limit int) (string, error) {
	whole, err := encode(m)
	if err != nil || p.Preview && len(whole) <= limit {
		return whole, err
	}
	m.ModifiedAt = 0
	for keep := 2_048; ; keep /= 2 {
		if m.Body, err = p.shorten(m.Body, keep); err != nil {
			return "", err
		}
		text, err := encode(m)
		if err != nil || len(text) <= limit || keep == 0 {
			return text, err
		}
	}
}

// keptKeys are what stays of a body that is shortened.
var keptKeys = []string{"fileId", "thumbId"}

// shorten gives a body with at most so many bytes of its text.
func (p PushText) shorten(body []byte, keep int) ([]byte, error) {
	var old map[string]jsontext.Value
	if err := json.Unmarshal(body, &old); err != nil {
		return nil, fmt.Errorf("stored body: %w", err)
	}
	text := newMessage
	if p.Preview {
		text = cut(textOf(old), keep)
	}
	out := map[string]any{"text": text}
	for _, key := range keptKeys {
		if v, ok := old[key]; ok && len(v) < 32 {
			out[key] = v
		}
	}
	return json.Marshal(out, json.Deterministic(true))
}

func textOf(body map[string]jsontext.Value) string {
	var text string
	_ = json.Unmarshal(body["text"], &text) // none, or none that is a text
	return text
}

// cut gives at most so many bytes of a text, whole letters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "…"
}

// maxWebText is how much of a message a browser is told, in bytes. Browsers show
// less.
const maxWebText = 400

// Web gives what a browser is told.
func (p PushText) Web(n chat.PushNote) ([]byte, error) {
	out := api.WebPush{Title: n.Message.SenderName, Body: newMessage, RoomID: n.RoomID, MessageID: n.MessageID}
	if n.Room.Type == chat.Group && n.Room.Name != "" {
		out.Title += " · " + n.Room.Name
	}
	if p.Preview {
		out.Body = summary(n.Message)
	}
	return json.Marshal(out)
}

// summary says in a line what a message is.
func summary(m chat.MessageView) string {
	var body map[string]jsontext.Value
	_ = json.Unmarshal(m.Body, &body) // stored bodies are objects
	if text := strings.TrimSpace(textOf(body)); text != "" {
		return cut(text, maxWebText)
	}
	switch m.Type {
	case "image":
		return "Sent a picture"
	case "video":
		return "Sent a video"
	case "audio":
		return "Sent a recording"
	case "file":
		return "Sent a file"
	}
	return newMessage
}
