package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spika/api"
)

// transport answers requests without a network, so that a test's waits are over
// at once.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string, header ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i+1 < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

const stored = `{"status":"success","data":{"message":{"id":5,"roomId":1,"fromUserId":2,"totalUserCount":3,"type":"text","body":{"text":"hi"},"createdAt":9,"modifiedAt":9,"localId":null,"replyId":null,"deleted":false}}}`

func newClient(t *testing.T, f transport) *Client {
	t.Helper()
	c, err := New(Options{URL: "http://spika.test", Token: "KEY", HTTP: &http.Client{Transport: f}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://chat.example.org":                          "https://chat.example.org",
		"https://chat.example.org/":                         "https://chat.example.org",
		" http://127.0.0.1:8080/spika/ ":                    "http://127.0.0.1:8080/spika",
		"https://chat.example.org/api":                      "https://chat.example.org",
		"https://chat.example.org/x/api/messaging/messages": "https://chat.example.org/x",
		"https://chat.example.org/api/messaging/messages/":  "https://chat.example.org",
		"chat.example.org":                                  "",
		"":                                                  "",
		"ftp://chat.example.org":                            "",
		"https://user:secret@chat.example.org":              "",
		"https://chat.example.org/api/messaging/messages?accesstoken=": "",
	} {
		c, err := New(Options{URL: in})
		if want == "" {
			if err == nil {
				t.Errorf("%q is taken for a URL", in)
			}
			continue
		}
		if err != nil || c.URL() != want {
			t.Errorf("%q gives %v, %v, want %s", in, c, err, want)
		}
	}
}

func TestPostSendsWhatTheAPIWants(t *testing.T) {
	var got *http.Request
	var body []byte
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		got = r
		body, _ = io.ReadAll(r.Body)
		return answer(200, stored, api.HeaderReplay, "true"), nil
	})
	posted, err := c.Post(t.Context(), Draft{RoomID: 1, Text: "hi", Extra: map[string]any{"run": 7, "text": "no"}, ReplyID: 4, LocalID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if posted.ID != 5 || posted.TotalUserCount != 3 || !posted.Replayed {
		t.Errorf("got %+v", posted)
	}
	if got.Method != "POST" || got.URL.String() != "http://spika.test/api/messaging/messages" ||
		got.Header.Get("accesstoken") != "KEY" || got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Idempotency-Key") != "" {
		t.Errorf("the request is %s %s %v", got.Method, got.URL, got.Header)
	}
	if want := `{"roomId":1,"type":"text","body":{"run":7,"text":"hi"},"localId":"a","replyId":4}`; string(body) != want {
		t.Errorf("the body is %s, want %s", body, want)
	}
}

// A post without an id gets one, the same in each try and another in each post.
func TestPostIsExactlyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var keys []string
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			if !bytes.Contains(body, []byte(`"hi"`)) {
				t.Errorf("a try sends %s", body)
			}
			keys = append(keys, r.Header.Get("Idempotency-Key"))
			if len(keys) < 4 {
				return nil, errors.New("connection reset")
			}
			return answer(200, stored), nil
		})
		begin := time.Now()
		for range 2 {
			if _, err := c.Post(t.Context(), Draft{RoomID: 1, Text: "hi"}); err != nil {
				t.Fatal(err)
			}
		}
		if len(keys) != 5 || keys[0] == "" || keys[1] != keys[0] || keys[3] != keys[0] || keys[4] == keys[0] {
			t.Errorf("the ids sent are %q", keys)
		}
		if d := time.Since(begin); d < 700*time.Millisecond || d > 1400*time.Millisecond {
			t.Errorf("three tries more took %v", d)
		}
	})
}

func TestPostRefusesWhatItCannotSend(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("the text was sent, with other characters in place of what is not valid")
		return answer(200, stored), nil
	})
	if _, err := c.Post(t.Context(), Draft{RoomID: 1, Text: "a\xffb"}); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("error %v", err)
	}
}

func TestRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			tries++
			return answer(503, `{"status":"error","message":"busy"}`, "Retry-After", "1"), nil
		})
		_, err := c.Post(t.Context(), Draft{})
		refused, ok := errors.AsType[*Error](err)
		if !ok || refused.Status != 503 || refused.Message != "busy" || refused.RetryAfter != time.Second || tries != defaultTries {
			t.Errorf("after %d tries: %v", tries, err)
		}
		tries = 0
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		if _, err := c.Post(ctx, Draft{}); err == nil || tries != 3 || time.Since(begin) > 2500*time.Millisecond {
			t.Errorf("%d tries within 2.5 s, for %v: %v", tries, time.Since(begin), err)
		}
	})
}

func TestUnsafeRequestsAreSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			tries++
			return nil, errors.New("connection reset")
		})
		if _, err := c.CreateRoom(t.Context(), api.CreateRoomRequest{}); err == nil || tries != 1 {
			t.Errorf("a room is made in %d tries: %v", tries, err)
		}
		tries = 0
		if _, err := c.Me(t.Context()); err == nil || tries != defaultTries {
			t.Errorf("reading takes %d tries: %v", tries, err)
		}
	})
}

func TestTryTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c.tries = 2
		begin := time.Now()
		_, err := c.Me(t.Context())
		if d := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || d < 2*defaultTimeout || d > 2*defaultTimeout+time.Second {
			t.Errorf("after %v: %v", d, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		resp *http.Response
		want string
	}{
		{"an envelope", answer(400, `{"status":"error","message":"Room user not found"}`), "Room user not found (HTTP status 400)"},
		{"a proxy's page", answer(404, "<html>"), "Not Found without a message: is the URL that of a Spika server? (HTTP status 404)"},
		{"a redirect", answer(301, "", "Location", "https://spika.test/"), "a redirect to https://spika.test/: use that address (HTTP status 301)"},
		{"another server", answer(200, "<html>"), "http://spika.test does not answer like a Spika server"},
		{"an error called 200", answer(200, `{"status":"error","message":"no"}`), "does not answer like a Spika server"},
		{"other data", answer(200, `{"status":"success","data":{"user":7}}`), "is not understood"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newClient(t, func(*http.Request) (*http.Response, error) { return test.resp, nil })
			if _, err := c.Me(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// A redirect must not carry the token to another host.
func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	c, err := New(Options{URL: server.URL, Token: "KEY"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Post(t.Context(), Draft{Text: "hi"})
	if refused, ok := errors.AsType[*Error](err); !ok || refused.Status != http.StatusTemporaryRedirect || followed {
		t.Errorf("followed: %v, error %v", followed, err)
	}
}

func TestUnreachable(t *testing.T) {
	server := httptest.NewServer(nil)
	address := server.URL
	server.Close()
	c, err := New(Options{URL: address, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Settings(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "cannot reach "+address+": ") || strings.Contains(err.Error(), "/api/") {
		t.Errorf("error %v", err)
	}
}

// Each method asks for what docs/api/openapi.yaml describes.
func TestRequests(t *testing.T) {
	ctx := t.Context()
	tests := []struct {
		want string
		do   func(*Client) error
	}{
		{"POST /api/messenger/messages", func(c *Client) error { _, err := c.PostMessage(ctx, Draft{}); return err }},
		{"GET /api/messenger/api-keys/roomId/3", func(c *Client) error { _, err := c.Keys(ctx, 3); return err }},
		{`POST /api/messenger/api-keys/roomId/3 {"displayName":"ci"}`, func(c *Client) error { _, err := c.CreateKey(ctx, 3, "ci"); return err }},
		{`PUT /api/messenger/api-keys/3 {"displayName":"ci"}`, func(c *Client) error { _, err := c.RenameKey(ctx, 3, "ci"); return err }},
		{"DELETE /api/messenger/api-keys/3", func(c *Client) error { return c.DeleteKey(ctx, 3) }},
		{"GET /api/messenger/setup", func(c *Client) error { _, err := c.SetUpNeeded(ctx); return err }},
		{"POST /api/messenger/auth/logout", func(c *Client) error { return c.SignOut(ctx) }},
		{`POST /api/messenger/links/inspect {"token":"t"}`, func(c *Client) error { _, err := c.InspectLink(ctx, "t"); return err }},
		{"GET /api/messenger/settings", func(c *Client) error { _, err := c.Settings(ctx); return err }},
		{`PUT /api/messenger/me {"displayName":"Ada"}`, func(c *Client) error {
			name := "Ada"
			_, err := c.UpdateMe(ctx, api.UpdateMeRequest{DisplayName: &name})
			return err
		}},
		{"GET /api/messenger/people", func(c *Client) error { _, err := c.People(ctx); return err }},
		{"GET /api/messenger/users/3", func(c *Client) error { _, err := c.User(ctx, 3); return err }},
		{"GET /api/messenger/rooms/3", func(c *Client) error { _, err := c.Room(ctx, 3); return err }},
		{"GET /api/messenger/rooms/sync/7?page=2", func(c *Client) error { _, err := c.SyncRooms(ctx, 7, 2); return err }},
		{"GET /api/messenger/messages/sync/7?page=1", func(c *Client) error { _, err := c.SyncMessages(ctx, 7, 1); return err }},
		{"GET /api/messenger/device", func(c *Client) error { _, err := c.Device(ctx); return err }},
		{`PUT /api/messenger/people/3 {"role":"admin"}`, func(c *Client) error { _, err := c.SetRole(ctx, 3, api.RoleAdmin); return err }},
		{"POST /api/messenger/people/3/reset-link", func(c *Client) error { _, err := c.CreateResetLink(ctx, 3); return err }},
		{"GET /api/messenger/invites", func(c *Client) error { _, err := c.Invites(ctx); return err }},
		{`POST /api/messenger/invites {"expiresInHours":2}`, func(c *Client) error {
			_, err := c.CreateInvite(ctx, api.CreateInviteRequest{ExpiresInHours: 2})
			return err
		}},
		{"DELETE /api/messenger/invites/3", func(c *Client) error { return c.DeleteInvite(ctx, 3) }},
		{"GET /api/messenger/contacts?cursor=3&keyword=a%26b", func(c *Client) error { _, err := c.Contacts(ctx, "a&b", 3); return err }},
		{"GET /api/messenger/users/sync/7?page=1", func(c *Client) error { _, err := c.SyncUsers(ctx, 7, 1); return err }},
		{"GET /api/messenger/rooms?page=2", func(c *Client) error { _, err := c.Rooms(ctx, "", 2); return err }},
		{"GET /api/messenger/rooms/users/3", func(c *Client) error { _, err := c.PrivateRoom(ctx, 3); return err }},
		{`PUT /api/messenger/rooms/3 {"userIds":[4]}`, func(c *Client) error {
			_, err := c.UpdateRoom(ctx, 3, api.UpdateRoomRequest{UserIDs: []int64{4}})
			return err
		}},
		{"DELETE /api/messenger/rooms/3", func(c *Client) error { return c.DeleteRoom(ctx, 3) }},
		{`POST /api/messenger/rooms/3/leave {"adminUserIds":[4]}`, func(c *Client) error { return c.LeaveRoom(ctx, 3, 4) }},
		{"GET /api/messenger/history?keyword=g&page=1", func(c *Client) error { _, err := c.History(ctx, "g", 1); return err }},
		{"GET /api/messenger/history/roomId/3", func(c *Client) error { _, err := c.HistoryItem(ctx, 3); return err }},
		{"GET /api/messenger/messages/roomId/3", func(c *Client) error { _, err := c.Messages(ctx, 3, 0); return err }},
		{"GET /api/messenger/messages/roomId/3?cursor=9", func(c *Client) error { _, err := c.Messages(ctx, 3, 9); return err }},
		{`POST /api/messenger/messages/delivered {"messageIds":[5,6]}`, func(c *Client) error { return c.Delivered(ctx, 5, 6) }},
		{`POST /api/messenger/messages/3/seen {"messageId":5}`, func(c *Client) error { return c.Seen(ctx, 3, 5) }},
		{"POST /api/messenger/messages/3/seen {}", func(c *Client) error { return c.Seen(ctx, 3, 0) }},
		{"GET /api/messenger/messages/5/message-records", func(c *Client) error { _, err := c.Records(ctx, 5); return err }},
	}
	for _, test := range tests {
		var got string
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			got = r.Method + " " + r.URL.RequestURI()
			if r.Body != nil && test.want != "POST /api/messenger/messages" {
				body, _ := io.ReadAll(r.Body)
				got += " " + string(body)
			}
			return answer(200, `{"status":"success","data":{}}`), nil
		})
		if err := test.do(c); err != nil || got != test.want {
			t.Errorf("got %s, %v, want %s", got, err, test.want)
		}
	}
}

func TestSignIn(t *testing.T) {
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/api/messenger/session" {
			var in api.SignInRequest
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Cookie == nil || *in.Cookie || in.Password != "pw" {
				t.Errorf("signs in with %+v, %v", in, err)
			}
			return answer(200, `{"status":"success","data":{"user":{"id":1},"device":{"id":1,"token":"SESSION"}}}`), nil
		}
		if got := r.Header.Get("accesstoken"); got != "SESSION" {
			t.Errorf("goes on with the token %q", got)
		}
		return answer(200, `{"status":"success","data":{"user":{"id":1}}}`), nil
	})
	me, err := c.SignIn(t.Context(), "a@example.org", "pw")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := me.Me(t.Context()); err != nil || u.ID != 1 {
		t.Errorf("got %+v, %v", u, err)
	}
	if c.token != "KEY" {
		t.Error("signing in changed the client that did it")
	}
}
