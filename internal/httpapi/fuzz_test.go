package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"spika/api"
	"spika/internal/chat"
)

// No request, whatever is in it, may panic, fail for the server's fault or get
// anything but an envelope; nor may anything reach the domain that a database
// cannot keep.

// send asks the rig with a method and target that need not be well formed.
func (r *rig) send(t *testing.T, method, path, query string, body []byte, headers http.Header) reply {
	t.Helper()
	req := httptest.NewRequest(method, "/", bytes.NewReader(body))
	req.URL = &url.URL{Path: path, RawQuery: query}
	req.Header = headers
	w := httptest.NewRecorder()
	r.api.ServeHTTP(w, req)
	got := reply{w.Code, w.Header(), w.Body.String()}
	wellFormed(t, got)
	return got
}

// wellFormed checks that a reply is an envelope and no fault of the server.
func wellFormed(t *testing.T, got reply) {
	t.Helper()
	var e struct {
		Status  string          `json:"status"`
		Data    json.RawMessage `json:"data"`
		Message string          `json:"message"`
	}
	dec := json.NewDecoder(strings.NewReader(got.body))
	dec.DisallowUnknownFields()
	err := dec.Decode(&e)
	success := got.status == http.StatusOK && e.Status == api.StatusSuccess && e.Data != nil && e.Message == ""
	failure := got.status >= 400 && got.status < 500 && e.Status == api.StatusError && e.Data == nil && e.Message != ""
	holdsNUL := strings.Contains(strings.ReplaceAll(got.body, `\\`, ""), `\u0000`)
	if err != nil || !success && !failure || holdsNUL || !utf8.ValidString(got.body) {
		t.Fatalf("got %d %q (%v)", got.status, got.body, err)
	}
}

func FuzzPost(f *testing.F) {
	r := newRig(f)
	for _, seed := range []string{
		r.text("Hello"),
		`{"roomId":1,"type":"text","body":"{\"text\":\"Hello\"}","localId":5,"replyId":null}`,
		`{"roomId":1,"type":"text","body":{"text":"x","referenceMessage":{},"a":[1,{"b":2.50}]},"localId":"ä"}`,
		`{"roomId":1e0,"type":"text","body":{"text":"\ud83d\ude00"}}`,
		`{"roomId":1,"roomId":1}`, `[`, `"`, `{"body":"\u0000"}`, `{"body":"{\"text\":\"\\u0000\"}"}`, "{\"a\":\"\xff\"}", `9223372036854775808`,
	} {
		f.Add([]byte(seed), "application/json", "")
	}
	f.Add([]byte(r.text("Hello")), "application/json; charset=utf-8", "key")
	f.Fuzz(func(t *testing.T, body []byte, contentType, key string) {
		headers := http.Header{"Accesstoken": {r.key.Secret}, "Content-Type": {contentType}}
		if key != "" {
			headers["Idempotency-Key"] = []string{key}
		}
		got := r.send(t, "POST", "/api/messaging/messages", "", body, headers)
		if got.status != http.StatusOK {
			return
		}
		m := data[api.PostedData](t, got).Message
		var content api.TextBody
		if err := json.Unmarshal(m.Body, &content); err != nil || content.Text == "" || m.RoomID != r.room.ID || m.Type != "text" {
			t.Errorf("stored %s", got.body)
		}
	})
}

// FuzzDraft checks that reading a post is stable: what was read, sent again,
// reads the same and means the same.
func FuzzDraft(f *testing.F) {
	f.Add([]byte(`{"roomId":1,"type":"text","body":{"text":"x","b":1,"a":[]},"localId":5}`))
	f.Add([]byte(`{"roomId":1,"type":"text","body":"{\"text\":\"\\/\"}","localId":"a","replyId":7}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var first, again chat.Draft
		err := readDraft(body, chat.MaxText, &first)
		if err != nil {
			if chat.CodeOf(err) != chat.Invalid {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if first.Fault != nil { // nothing of it is stored
			return
		}
		if !utf8.Valid(first.Body) || !json.Valid(first.Body) || strings.Contains(first.Text+first.LocalID.Text, "\x00") {
			t.Fatalf("%q: body %q, local id %q", body, first.Body, first.LocalID.Text)
		}
		written := fmt.Sprintf(`{"roomId":%d,"type":"text","body":%s,"localId":%s}`, first.RoomID, first.Body, toLocalID(first.LocalID))
		if err := readDraft([]byte(written), chat.MaxText, &again); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if !bytes.Equal(first.Body, again.Body) || !bytes.Equal(first.Meaning, again.Meaning) || first.LocalID != again.LocalID || first.Text != again.Text {
			t.Fatalf("first %+v, again %+v", first, again)
		}
	})
}

// FuzzEdit checks that reading an edit gives nothing that cannot be stored.
func FuzzEdit(f *testing.F) {
	f.Add([]byte(`{"text":"x","hasLink":true,"thumbnailData":{"a":[1,{"b":"\u00e9<"}]}}`))
	f.Add([]byte(`{"text":"\ud83d\ude00","hasLink":null,"thumbnailData":null}`))
	f.Add([]byte(`{"text":5}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var edit chat.Edit
		if err := readEdit(body, chat.MaxText, &edit); err != nil {
			if chat.CodeOf(err) != chat.Invalid {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if edit.Text == "" || !isText(edit.Text) || edit.Thumbnail != nil && (!json.Valid(edit.Thumbnail) || edit.Thumbnail[0] != '{' || !utf8.Valid(edit.Thumbnail)) {
			t.Fatalf("%q: %+v", body, edit)
		}
	})
}

// FuzzBody sends bodies to every route that reads one.
func FuzzBody(f *testing.F) {
	r := newRig(f, func(o *Options) { o.SignInLimit = 1 << 30 })
	r.api.tokens = newLimiter(1<<30, 1)
	routes := bodyRoutes(r)
	for i := range routes {
		for _, seed := range []string{
			`{}`, `{"displayName":"x","emailAddress":"x@example.org","password":"correct horse","token":"x","role":"admin"}`,
			`{"name":"x","userIds":[1],"adminUserIds":null,"action":"addGroupUsers","avatarFileId":-1,"messageIds":[1],"messageId":1}`,
			`{"userIds":[9223372036854775807,0,-1],"expiresInHours":-1,"roomIds":[5]}`, `{"messageIds":[1,"2"],"roomIds":[1],"userIds":[1],"messages":[{"type":"text","body":"{\"text\":\"x\"}"}]}`, `null`, `{"displayName":null}`,
			`{"displayName":"x","telephoneNumber":385911234567,"avatarFileId":"5","verified":"true","verificationCode":1}`,
			`{"userId":"1","deviceId":5,"type":"group","osName":"x","appVersion":1,"name":"x","deleted":"false"}`,
		} {
			f.Add(uint8(i), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		to := routes[int(which)%len(routes)]
		id := "1"
		if strings.HasPrefix(to.path, "/api/management") { // never the owner and the room, which the others need
			id = "2"
		}
		r.send(t, to.method, strings.NewReplacer("{id}", id, "{roomId}", id).Replace(to.path), "", body,
			http.Header{"Accesstoken": {r.owner.Token}, "Admin-Accesstoken": {r.admin}, "Content-Type": {"application/json"}})
	})
}

// bodyRoutes are the routes that read a body, but for what ends the session or
// the room that the others need.
func bodyRoutes(r *rig) []route {
	var out []route
	for _, to := range r.api.routes() {
		last := to.path[strings.LastIndex(to.path, "/")+1:]
		if (to.method == "POST" || to.method == "PUT") && last != "logout" && last != "leave" {
			out = append(out, to)
		}
	}
	return out
}

// FuzzPath asks for any path with any query.
func FuzzPath(f *testing.F) {
	r := newRig(f)
	for _, to := range r.api.routes() {
		if to.method == "GET" && to.path != "/api/sse" {
			for _, id := range []string{"1", "0", "-1", "x", "99999999999999999999", "\x00", "\xff"} {
				path, _, has := strings.Cut(to.path, "{")
				if has {
					_, rest, _ := strings.Cut(to.path, "}")
					path += id + rest
				}
				f.Add(path, "page=1&keyword=aaa&cursor=1&targetMessageId=1&searchTerm=a&userId=1&roomId=1&start=1&end=2&itemsPerBatch=2&date=2026-01-31")
			}
		}
	}
	for _, q := range []string{"page=0", "page=99999999999999999999", "keyword=%00", "keyword=%ff", "keyword=%", "cursor=-1", "keyword=%25_\\", "date=-1", "cursorUp=1", "cursorDown=9", "itemsPerBatch=0", ";", "a;b"} {
		f.Add("/api/messenger/contacts", q)
		f.Add("/api/messenger/history", q)
		f.Add("/api/messenger/rooms", q)
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		if bare := strings.TrimSuffix(path, "/"); strings.EqualFold(bare, "/api/sse") || strings.EqualFold(bare, "/api/management/auth") {
			t.Skip("a stream is no envelope, nor is a bare text")
		}
		if !strings.HasPrefix(path, "/api/management/") {
			path = "/api/messenger/" + strings.TrimPrefix(path, "/api/messenger/")
		}
		r.send(t, "GET", path, query, nil, http.Header{"Accesstoken": {r.owner.Token}, "Admin-Accesstoken": {r.admin}})
	})
}

// FuzzCredentials sends any credentials from anywhere.
func FuzzCredentials(f *testing.F) {
	r := newRig(f, func(o *Options) { o.SignInLimit = 1 << 30 })
	f.Add("token", "Bearer token", "spika_session=x", "https://elsewhere.example", "192.0.2.1:1")
	f.Add("", "bearer", "spika_session=\"x\"; spika_session=y", "null", "not an address")
	f.Fuzz(func(t *testing.T, token, authorization, cookie, origin, forwarded string) {
		headers := http.Header{
			"Accesstoken": {token}, "Authorization": {authorization}, "Cookie": {cookie}, "Origin": {origin},
			"X-Forwarded-For": {forwarded}, "Content-Type": {"application/json"}, "Device-Name": {token}, "Os-Name": {cookie},
		}
		if got := r.send(t, "PUT", m+"/me", "", []byte(`{}`), headers); got.status == http.StatusOK {
			t.Errorf("let in: %v", headers)
		}
		r.send(t, "POST", m+"/session", "", []byte(`{"emailAddress":"ada@example.org","password":"correct horse"}`), headers)
	})
}

// FuzzReply checks that no text of a message or a local id breaks a reply.
func FuzzReply(f *testing.F) {
	f.Add("Hello", "5", true)
	f.Add("\"\\\u2028<>&\x7f", "\"", false)
	f.Fuzz(func(t *testing.T, text, id string, deleted bool) {
		if !isText(text) || !isText(id) || text == "" {
			t.Skip("nothing else comes in")
		}
		body, err := json.Marshal(api.TextBody{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		v := chat.MessageView{Message: chat.Message{ID: 1, Type: "text", Body: body, LocalID: chat.LocalID{Text: id}, Deleted: deleted}}
		v.Reply = &chat.MessageView{Message: v.Message}
		w := httptest.NewRecorder()
		c := &call{api: &API{}, w: w}
		c.api.buffers.New = func() any { return new(bytes.Buffer) }
		if err := c.okPosted(v); err != nil {
			t.Fatal(err)
		}
		res := w.Result()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, reply{res.StatusCode, res.Header, string(raw)})
	})
}
