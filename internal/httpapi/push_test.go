package httpapi

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"spika/internal/chat"
)

func pushed(text string) chat.PushNote {
	body, _ := json.Marshal(map[string]string{"text": text})
	return chat.PushNote{
		Delivery: chat.Delivery{RoomID: 5, MessageID: 9}, Unread: 3,
		Room: chat.Room{ID: 5, Type: chat.Group, Name: "Releases", AvatarID: 8},
		Message: chat.MessageView{
			Message: chat.Message{ID: 9, RoomID: 5, N: 1, FromUser: 2, SenderName: "Ana", Type: chat.TextType, Body: body, Total: 4, Created: 100, Modified: 100},
			Counts:  chat.Counts{Total: 4},
		},
	}
}

func asJSON(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestAppPush(t *testing.T) {
	private := pushed("Hello")
	private.Room.Type, private.Room.Name, private.Muted = chat.Private, "", true
	const message = `{"id":9,"roomId":5,"fromUserId":2,"totalUserCount":4,"deliveredCount":0,"seenCount":0,"type":"text",
		"createdAt":100,"localId":null,"replyId":null,"deleted":false,"isForwarded":false,"hasLink":false,"senderName":"Ana","fromUserName":"Ana",`
	for name, row := range map[string]struct {
		note                      chat.PushNote
		preview                   bool
		message, attributes, room string
	}{
		"a group": {
			pushed("Hello"), true, message + `"modifiedAt":100,"body":{"text":"Hello"},"groupName":"Releases","muted":false}`,
			`{"fromUserName":"Ana","groupName":"Releases"}`, `{"unreadCount":3,"muted":false,"avatarFileId":8}`,
		},
		"private and muted": {
			private, true, message + `"modifiedAt":100,"body":{"text":"Hello"},"groupName":"","muted":true}`,
			`{"fromUserName":"Ana"}`, `{"unreadCount":3,"muted":true,"avatarFileId":8}`,
		},
		"without previews": {
			pushed("Hello"), false, message + `"modifiedAt":0,"body":{"text":"New message"},"groupName":"Releases","muted":false}`,
			`{"fromUserName":"Ana","groupName":"Releases"}`, `{"unreadCount":3,"muted":false,"avatarFileId":8}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := PushText{Preview: row.preview}.App(row.note)
			if err != nil || len(data) != 3 {
				t.Fatalf("%v, %v", data, err)
			}
			for key, want := range map[string]string{"message": row.message, "messageAttributes": row.attributes, "roomAttributes": row.room} {
				if diff := cmp.Diff(asJSON(t, want), asJSON(t, data[key])); diff != "" {
					t.Errorf("%s (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}

// A push that is too large would not be delivered at all.
func TestAppPushFits(t *testing.T) {
	answering := pushed("short")
	target := pushed(strings.Repeat("long ", 2_000)).Message
	answering.Message.Reply = &target
	for name, n := range map[string]chat.PushNote{
		"long": pushed(strings.Repeat("x", chat.MaxText)), "wide": pushed(strings.Repeat("👩🏽‍💻", 3_000)),
		"escaped": pushed(strings.Repeat("\x01\"", 3_000)), "answering": answering,
	} {
		n.Room.Name, n.Message.SenderName = strings.Repeat("\"", 100), strings.Repeat("👋", 100)
		data, err := PushText{Preview: true}.App(n)
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for key, value := range data {
			size += len(key) + len(value)
		}
		m := asJSON(t, data["message"]).(map[string]any)
		text := m["body"].(map[string]any)["text"].(string)
		if size > 4_096 || m["modifiedAt"] != 0.0 || text == "" || !utf8.ValidString(text) {
			t.Errorf("%s: %d bytes, modifiedAt %v, text %q", name, size, m["modifiedAt"], text)
		}
	}
}

func TestWebPush(t *testing.T) {
	picture, private := pushed(""), pushed(strings.Repeat("ü", 300))
	picture.Message.Type, picture.Message.Body = "image", []byte(`{"fileId":3}`)
	private.Room.Type = chat.Private
	for name, row := range map[string]struct {
		note    chat.PushNote
		preview bool
		want    string
	}{
		"a text":           {pushed(" Hello "), true, `{"title":"Ana · Releases","body":"Hello","roomId":5,"messageId":9}`},
		"a picture":        {picture, true, `{"title":"Ana · Releases","body":"Sent a picture","roomId":5,"messageId":9}`},
		"a long one":       {private, true, `{"title":"Ana","body":"` + strings.Repeat("ü", 200) + `…","roomId":5,"messageId":9}`},
		"without previews": {pushed("Hello"), false, `{"title":"Ana · Releases","body":"New message","roomId":5,"messageId":9}`},
	} {
		got, err := PushText{Preview: row.preview}.Web(row.note)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(asJSON(t, row.want), asJSON(t, string(got))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzPushText(f *testing.F) {
	f.Add([]byte(`{"text":"a","referenceMessage":{}}`), "image", true)
	f.Add([]byte(`{"text":5,"fileId":{"x":[1]}}`), "text", false)
	f.Fuzz(func(t *testing.T, body []byte, kind string, preview bool) {
		var object map[string]any
		if json.Unmarshal(body, &object) != nil || object == nil || !utf8.Valid(body) || !utf8.ValidString(kind) {
			t.Skip() // nothing else is stored
		}
		n := pushed("")
		n.Message.Body, n.Message.Type = body, kind[:min(len(kind), 20)]
		if !utf8.ValidString(n.Message.Type) {
			t.Skip()
		}
		p := PushText{Preview: preview}
		data, err := p.App(n)
		if err == nil && len(data["message"])+len(data["messageAttributes"])+len(data["roomAttributes"]) > 4_096 {
			t.Errorf("too large: %s", data)
		}
		if text, err := p.Web(n); err == nil && len(text) > 3_000 {
			t.Errorf("too large: %s", text)
		}
	})
}
