package conformance

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"spika/api"
	"spika/internal/job/jobtest"
)

func pushChecks() []check {
	return []check{
		{"key", pushKey},
		{"subscription", pushSubscription},
		{"refusals", pushRefusals},
		{"to a browser", pushToBrowser},
		{"nobody else's business", pushEnds},
		{"without previews", pushWithoutPreviews},
		{"switched off", pushOff},
		{"addresses inside", pushInside},
		{"to apps", pushToApps},
		{"to apps, dead tokens", pushDeadToken},
	}
}

const (
	subscriptionPath = "/push/subscription"
	// A browser's keys, from the examples of RFC 8291.
	exampleKey  = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	exampleAuth = "BTBZMqHH6r4Tts7J_aSIgg"
)

func subscriptionAt(endpoint, key, auth string) object {
	return object{"endpoint": endpoint, "keys": object{"p256dh": key, "auth": auth}, "expirationTime": nil}
}

func pushKey(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	reply := ann.get(t, "/push/key")
	first := data[api.PushKey](t, reply).PublicKey
	again := data[api.PushKey](t, ben.get(t, "/push/key")).PublicKey
	if first == nil || again == nil || len(*first) != 87 || *first != *again {
		t.Fatalf("the keys are %v and %v", first, again)
	}
	golden(t, "getPushKey", reply, map[string]any{"key": *first})
	person{s: s}.get(t, "/push/key").fails(t, http.StatusUnauthorized, "No access token")
}

func pushSubscription(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	sub := subscriptionAt("https://push.example.org/a/"+ann.Email, exampleKey, exampleAuth)
	golden(t, "subscribe", ann.put(t, subscriptionPath, sub), nil)
	golden(t, "subscribe", ann.put(t, subscriptionPath, sub), nil)
	golden(t, "unsubscribe", ann.delete(t, subscriptionPath), nil)
	golden(t, "unsubscribe", ann.delete(t, subscriptionPath), nil)
	padded := subscriptionAt("https://push.example.org/b/"+ann.Email, exampleKey+"=", exampleAuth+"==")
	golden(t, "subscribe", ann.put(t, subscriptionPath, padded), nil)
}

func pushRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	const good = "https://push.example.org/x"
	for name, row := range map[string]struct {
		body   any
		begins string
	}{
		"nothing":              {object{}, "Invalid params: endpoint must be"},
		"endpoint no address":  {subscriptionAt("x", exampleKey, exampleAuth), "Invalid params: endpoint must be"},
		"endpoint a file":      {subscriptionAt("file:///etc/passwd", exampleKey, exampleAuth), "Invalid params: endpoint must be"},
		"endpoint a password":  {subscriptionAt("https://a:b@example.org/", exampleKey, exampleAuth), "Invalid params: endpoint must be"},
		"endpoint too long":    {subscriptionAt(good+repeat(2100), exampleKey, exampleAuth), "Invalid params: endpoint must be"},
		"no key":               {subscriptionAt(good, "", exampleAuth), "Invalid params: keys.p256dh must be"},
		"key not on the curve": {subscriptionAt(good, exampleKey[:86]+"A", exampleAuth), "Invalid params: keys.p256dh must be"},
		"secret too short":     {subscriptionAt(good, exampleKey, "BTBZ"), "Invalid params: keys.auth must be"},
		"keys a string":        {object{"endpoint": good, "keys": "x"}, "Invalid params: keys must be an object"},
		"not JSON":             {"x", "Invalid params: the body is not valid JSON"},
	} {
		s.sub(t, name, func(t *testing.T) {
			ann.put(t, subscriptionPath, row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "no session", func(t *testing.T) {
		person{s: s}.put(t, subscriptionPath, object{}).fails(t, http.StatusUnauthorized, "No access token")
		person{s: s}.delete(t, subscriptionPath).fails(t, http.StatusUnauthorized, "No access token")
	})
	s.sub(t, "another origin", func(t *testing.T) {
		for _, method := range []string{"PUT", "DELETE"} {
			s.do(t, request{method: method, path: "/api/messenger" + subscriptionPath, body: object{}, header: []string{
				"Cookie: spika_session=" + ann.Token, "Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site",
			}}).fails(t, http.StatusForbidden, "Forbidden")
		}
	})
	s.sub(t, "a body too large", func(t *testing.T) {
		ann.put(t, subscriptionPath, object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
}

// browser subscribes a person's session through a made-up browser.
func (p person) browser(t *testing.T) *jobtest.Browser {
	t.Helper()
	b := jobtest.NewBrowser(t)
	p.put(t, subscriptionPath, subscriptionAt(b.Endpoint(), b.P256dh(), b.Auth())).ok(t)
	return b
}

// reachable starts a server that may push to this machine.
func (s *target) reachable(t *testing.T, flags ...string) *target {
	t.Helper()
	s, _ = s.needLocal(t).peopled(t, append(flags, "--allowed-networks", "127.0.0.0/8", "--push-contact", "ops@example.org")...)
	return s
}

// shown gives what a browser was pushed.
func shown(t *testing.T, b *jobtest.Browser) []api.WebPush {
	t.Helper()
	var out []api.WebPush
	for _, p := range b.Got() {
		out = append(out, parse[api.WebPush](t, []byte(p.Text)))
	}
	return out
}

func pushToBrowser(t *testing.T, s *target) {
	s = s.reachable(t)
	c := s.chat(t)
	ann, ben := c.ann.browser(t), c.ben.browser(t)
	m := c.ann.say(t, c.room, "Hello *Ben*")
	within(t, patience, "Ben's browser is pushed", func() bool { return len(ben.Got()) == 1 })
	goldenJSON(t, "WebPush", []byte(ben.Got()[0].Text), map[string]any{"room": c.room, "message": m.ID})
	key := data[api.PushKey](t, c.ben.get(t, "/push/key")).PublicKey
	if p := ben.Got()[0]; p.Public != *key || p.Subject != "mailto:ops@example.org" || p.TTL != "86400" || p.Topic == "" {
		t.Errorf("the push is %+v, the server's key %s", p, *key)
	}
	bot := c.bot.say(t, "from code")
	within(t, patience, "both browsers are pushed", func() bool { return len(ben.Got()) == 2 && len(ann.Got()) == 1 })
	if got := shown(t, ann); got[0].MessageID != bot.ID {
		t.Errorf("the sender's own browser was pushed %+v", got)
	}
}

func pushEnds(t *testing.T, s *target) {
	s = s.reachable(t)
	c := s.chat(t)
	stays, leaves, stops, out := c.ben, s.person(t, "Lea"), s.person(t, "Stan"), s.person(t, "Otto")
	c.ann.put(t, roomPath(c.room), object{"action": "addGroupUsers", "userIds": []int64{leaves.ID, stops.ID, out.ID}}).ok(t)
	var browsers []*jobtest.Browser
	for _, p := range []person{stays, leaves, stops, out} {
		browsers = append(browsers, p.browser(t))
	}
	c.bot.say(t, "first")
	within(t, patience, "all are pushed", func() bool {
		return !slices.ContainsFunc(browsers, func(b *jobtest.Browser) bool { return len(b.Got()) != 1 })
	})
	leaves.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	stops.delete(t, subscriptionPath).ok(t)
	out.post(t, "/auth/logout", nil).ok(t)
	browsers[0].Answer(http.StatusGone)
	c.bot.say(t, "second")
	within(t, patience, "the one who stays is pushed", func() bool { return len(browsers[0].Got()) == 2 })
	browsers[0].Answer(http.StatusCreated)
	again := stays.browser(t) // a new address in place of the one that is gone
	c.bot.say(t, "third")
	within(t, patience, "the new address is pushed", func() bool { return len(again.Got()) == 1 })
	for i, want := range []int{2, 1, 1, 1} {
		if got := len(browsers[i].Got()); got != want {
			t.Errorf("browser %d was pushed %d times, want %d", i, got, want)
		}
	}
}

func pushWithoutPreviews(t *testing.T, s *target) {
	s = s.reachable(t, "--push-preview=false")
	c := s.chat(t)
	ben := c.ben.browser(t)
	c.ann.say(t, c.room, "the secret plan")
	within(t, patience, "Ben's browser is pushed", func() bool { return len(ben.Got()) == 1 })
	if got := shown(t, ben)[0]; got.Body != "New message" || got.Title != "Ann · Releases" {
		t.Errorf("the push says %+v", got)
	}
}

func pushOff(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t, "--web-push=false")
	ann := s.person(t, "Ann")
	golden(t, "noPushKey", ann.get(t, "/push/key"), nil)
	ann.put(t, subscriptionPath, subscriptionAt("https://push.example.org/", exampleKey, exampleAuth)).
		fails(t, http.StatusForbidden, "Push to browsers is switched off on this server")
}

// A push address that a browser names is no way into the server's own network.
func pushInside(t *testing.T, s *target) {
	s, server := s.needLocal(t).peopled(t)
	c := s.chat(t)
	inside := c.ben.browser(t)
	c.bot.say(t, "knock")
	within(t, patience, "the try", func() bool { return strings.Contains(server.log.text(), "a push failed") })
	if got := inside.Got(); len(got) != 0 {
		t.Errorf("the address inside was called: %+v", got)
	}
	if strings.Contains(server.log.text(), inside.Endpoint()) {
		t.Error("the log shows the address")
	}
}
