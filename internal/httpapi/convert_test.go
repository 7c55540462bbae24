package httpapi

import (
	"encoding/json"
	"strings"
	"testing"

	"spika/api"
	"spika/internal/chat"
)

// view is a message with everything set.
func view() chat.MessageView {
	return chat.MessageView{
		Message: chat.Message{
			ID: 7, RoomID: 5, N: 3, FromUser: 2, SenderName: "Build server", Type: "text",
			Body: []byte(`{"text":"a \"quoted\" <b>"}`), ReplyTo: 4, LocalID: chat.LocalID{Text: "a\"b"},
			Total: 9, Created: 1667553066416, Modified: 1667553066417,
		},
		Counts: chat.Counts{Delivered: 4, Seen: 3, Total: 9},
		Reply:  &chat.MessageView{Message: chat.Message{ID: 4, RoomID: 5, Type: "text", Body: []byte(`{"text":"see https://example.org"}`)}},
	}
}

func TestPostedByHandIsPostedByReflection(t *testing.T) {
	plain, deleted, number := view(), view(), view()
	plain.ReplyTo, plain.Reply, plain.LocalID = 0, nil, chat.LocalID{}
	deleted.Deleted = true
	number.LocalID = chat.LocalID{Text: "-5", IsInt: true}
	for _, v := range []chat.MessageView{view(), plain, deleted, number} {
		m := toPosted(v)
		var want strings.Builder
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(api.Success[api.PostedData]{Status: api.StatusSuccess, Data: api.PostedData{Message: m}}); err != nil {
			t.Fatal(err)
		}
		if got := string(appendPosted(nil, m)) + "\n"; got != want.String() {
			t.Errorf("got  %s\nwant %s", got, want.String())
		}
	}
}
