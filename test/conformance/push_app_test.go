package conformance

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"spika/api"
	"spika/internal/job/jobtest"
)

// withGoogle starts a server that pushes to apps through a made-up Firebase.
func (s *target) withGoogle(t *testing.T) (*target, *jobtest.Google) {
	t.Helper()
	g := jobtest.NewGoogle(t)
	own, _ := s.needLocal(t).peopled(t, "--fcm-credentials", g.CredentialsFile(t), "--fcm-url", g.URL)
	return own, g
}

// pushToken gives the token of a person's device to the server.
func (p person) pushToken(t testing.TB, token string) person {
	t.Helper()
	p.put(t, "/device", object{"pushToken": token}).ok(t)
	p.s.secrets.add(token)
	return p
}

// app is someone on one more device, whose app says what it runs on.
func (p person) app(t testing.TB, os, token string) person {
	t.Helper()
	p = p.device(t)
	p.s.do(t, request{method: "PUT", path: "/api/messenger/device", token: p.Token, header: []string{"os-name: " + os}, body: object{"pushToken": token}}).ok(t)
	p.s.secrets.add(token)
	return p
}

// unpacked gives a push with the JSON in its texts in their place. It checks that
// an app can read the message.
func unpacked(t testing.TB, push string) (token string, whole []byte) {
	t.Helper()
	body, _ := decoded([]byte(push)).(map[string]any)
	message, _ := body["message"].(map[string]any)
	texts, _ := message["data"].(map[string]any)
	for key, text := range texts {
		s, ok := text.(string)
		if !ok {
			t.Fatalf("data.%s is no string in %s", key, push)
		}
		texts[key] = decoded([]byte(s))
	}
	if faults := eventFaults(texts); len(faults) > 0 || texts["message"] == nil {
		t.Errorf("apps cannot read the push: %q", faults)
	}
	token, _ = message["token"].(string)
	return token, []byte(show(body))
}

// await waits for the newest of so many pushes.
func awaitPush(t testing.TB, g *jobtest.Google, n int) string {
	t.Helper()
	within(t, patience, "the push", func() bool { return len(g.Got()) >= n })
	return g.Got()[n-1]
}

func pushToApps(t *testing.T, s *target) {
	s, g := s.withGoogle(t)
	c := s.chat(t)
	phone := c.ben.app(t, "ios", "bens phone")
	n := 0
	pushed := func(m int64, changes object) {
		t.Helper()
		n++
		token, whole := unpacked(t, awaitPush(t, g, n))
		goldenJSON(t, "FCM", whole, with(object{
			"token": token, "message": m, "room": c.room, "from": c.ann.ID, "name": "Ann", "group": "Releases", "muted": false, "unread": n, "total": 2, "seen": 1,
			"sender": "Ann",
		}, changes))
		if token != "bens phone" {
			t.Errorf("the push goes to %q", token)
		}
	}
	pushed(c.ann.say(t, c.room, "Hello").ID, nil)
	pushed(c.bot.say(t, "Hello").ID, object{"from": c.bot.UserID, "name": "Build server", "seen": 0})
	phone.post(t, roomPath(c.room)+"/mute", nil).ok(t)
	pushed(c.ann.say(t, c.room, "Hello").ID, object{"muted": true})
	private := c.ann.private(t, c.ben)
	pushed(c.ann.say(t, private, "Hello").ID, object{"room": private, "group": "", "unread": 1})
	phone.post(t, "/auth/logout", nil).ok(t)
	c.ann.pushToken(t, "sending device")
	c.ann.app(t, "ios", "anns ios")
	c.ann.app(t, "android", "anns android")
	c.ann.say(t, c.room, "Hello")
	token, _ := unpacked(t, awaitPush(t, g, n+1))
	c.bot.say(t, "the last") // everyone but who signed out
	within(t, patience, "the last pushes", func() bool { return len(g.Got()) >= n+4 })
	if token != "anns android" || len(g.Got()) != n+4 || strings.Contains(strings.Join(g.Got()[n:], ""), "bens phone") {
		t.Errorf("own devices: the first push goes to %q, then %q", token, g.Got()[n+1:])
	}
}

// A token that Firebase does not know any more is forgotten, and no other.
func pushDeadToken(t *testing.T, s *target) {
	s, g := s.withGoogle(t)
	c := s.chat(t)
	c.ben.pushToken(t, "a token that lives")
	dead := c.ben.device(t).pushToken(t, "a token that is dead")
	g.Answer(func(w http.ResponseWriter, token string) {
		if token == "a token that is dead" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"error":{"code":404,"status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"UNREGISTERED"}]}}`)
		}
	})
	token := func(p person) *string { return data[api.DeviceData](t, p.get(t, "/device")).Device.PushToken }
	c.ann.say(t, c.room, "Hello")
	within(t, patience, "the dead token is forgotten", func() bool { return token(dead) == nil })
	if kept := token(c.ben); kept == nil || *kept != "a token that lives" {
		t.Errorf("the other token is %v", kept)
	}
	dead.get(t, "/me").ok(t) // the session stays
}
