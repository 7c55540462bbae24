package conformance

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strconv"
	"testing"
)

// The clients of others that people use, each played through a day: their own
// calls in their own order, with their headers, and what they do with what they
// get. They read JSON by hand, as those clients do.

func clientChecks() []check {
	return []check{
		{"web", clientWeb},
		{"Android", clientAndroid},
		{"iOS", clientIOS},
	}
}

// forClients starts a server that lets anyone in who has a phone.
func (s *target) forClients(t *testing.T) *target {
	t.Helper()
	l := s.needLocal(t)
	own, _ := l.peopled(t, l.sms.flags("--phone-sign-in", "open", "--max-file", strconv.Itoa(largestFile))...)
	return own
}

// client is someone else's client on a device.
type client struct {
	s          *target
	header     []string // of every request
	token      string
	number, id string // of the phone, and of the device
	user       int64
	stream     *stream
}

func newClient(s *target, header ...string) *client {
	return &client{s: s, header: header, number: newPhone(), id: rand.Text()}
}

// value is something in a reply, with the path it stands at.
type value struct {
	t  testing.TB
	at string
	v  any
}

// get gives what is under keys, one in the other; a client would crash without.
func (v value) get(keys ...string) value {
	v.t.Helper()
	for _, key := range keys {
		fields, _ := v.v.(map[string]any)
		inner, ok := fields[key]
		if !ok {
			v.t.Fatalf("%s has no %s: %s", v.at, key, show(v.v))
		}
		v.at, v.v = v.at+"."+key, inner
	}
	return v
}

func (v value) has(key string) bool {
	fields, _ := v.v.(map[string]any)
	_, ok := fields[key]
	return ok
}

func (v value) isNull() bool { return v.v == nil }

func (v value) text() string {
	v.t.Helper()
	s, ok := v.v.(string)
	if !ok {
		v.t.Fatalf("%s is no string: %s", v.at, show(v.v))
	}
	return s
}

func (v value) number() int64 {
	v.t.Helper()
	n, ok := integer(v.v)
	if !ok {
		v.t.Fatalf("%s is no number: %s", v.at, show(v.v))
	}
	return n
}

func (v value) truth() bool {
	v.t.Helper()
	b, ok := v.v.(bool)
	if !ok {
		v.t.Fatalf("%s is not true or false: %s", v.at, show(v.v))
	}
	return b
}

func (v value) list() []value {
	v.t.Helper()
	items, ok := v.v.([]any)
	if !ok {
		v.t.Fatalf("%s is no list: %s", v.at, show(v.v))
	}
	out := make([]value, len(items))
	for i, item := range items {
		out[i] = value{v.t, fmt.Sprintf("%s[%d]", v.at, i), item}
	}
	return out
}

// find gives the item whose number under a key is n.
func (v value) find(key string, n int64) (value, bool) {
	v.t.Helper()
	for _, item := range v.list() {
		if item.get(key).number() == n {
			return item, true
		}
	}
	return value{}, false
}

// send sends a request of the client's; path is what follows /api.
func (c *client) send(t testing.TB, method, path string, body any, header ...string) reply {
	t.Helper()
	return c.s.do(t, request{method: method, path: "/api" + path, token: c.token, body: body, header: append(header, c.header...)})
}

// call sends a request to the messenger and gives the data of its success.
func (c *client) call(t testing.TB, method, path string, body any) value {
	t.Helper()
	return dataOf(t, c.send(t, method, "/messenger"+path, body))
}

// form is call with a form for a body.
func (c *client) form(t testing.TB, path string, fields url.Values) value {
	t.Helper()
	r := c.send(t, "POST", "/messenger"+path, []byte(fields.Encode()), "Content-Type: application/x-www-form-urlencoded")
	return dataOf(t, r)
}

func dataOf(t testing.TB, r reply) value {
	t.Helper()
	envelope := value{t, r.what, decoded(r.ok(t).body)}
	if envelope.get("status").text() != "success" {
		t.Fatalf("%s: %s", r.what, clip(r.body))
	}
	return envelope.get("data")
}

// signIn asks for a code and gives it back.
func (c *client) signIn(t testing.TB, extra object) (sent, in value) {
	t.Helper()
	body := with(object{"telephoneNumber": c.number, "deviceId": c.id}, extra)
	sent = c.call(t, "POST", "/auth", body)
	if sent.has("browserDeviceId") { // the web client goes on with this one
		c.id = sent.get("browserDeviceId").text()
	}
	in = c.call(t, "POST", "/auth/verify", object{"code": c.s.code(t, c.number), "deviceId": c.id})
	c.token, c.user = in.get("device", "token").text(), in.get("user", "id").number()
	c.s.secrets.add(c.token)
	return sent, in
}

// event waits for the next event of a type and gives it.
func (c *client) event(t testing.TB, kind string) value {
	t.Helper()
	f := c.stream.next(t, kind, func(f frame) bool { return string(f.event.Type) == kind })
	return value{t, kind, decoded(f.data)}
}

// gone checks that the session has ended: any client then shows its sign-in.
func (c *client) gone(t testing.TB) {
	t.Helper()
	c.send(t, "GET", "/messenger/me", nil).fails(t, 401, "Invalid access token")
}

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// standing is where a mobile app stands: the largest times it has seen.
type standing struct{ rooms, users, messages, records int64 }

// sync asks for what is new, as both mobile apps do whenever their stream opens,
// page by page, and gives the items by kind.
func (c *client) sync(t testing.TB, at *standing) map[string][]value {
	t.Helper()
	out := map[string][]value{}
	for _, of := range []struct {
		what, moment string
		from         *int64
	}{
		{"users", "modifiedAt", &at.users}, {"rooms", "modifiedAt", &at.rooms}, {"messages", "modifiedAt", &at.messages}, {"message-records", "createdAt", &at.records},
	} {
		since := *of.from
		for page := 1; ; page++ {
			got := c.call(t, "GET", path("/%s/sync/%d?page=%s", of.what, since, strconv.Itoa(page)), nil)
			for _, item := range got.get("list").list() {
				*of.from = max(*of.from, item.get(of.moment).number())
				out[of.what] = append(out[of.what], item)
			}
			if int64(len(got.get("list").list())) > got.get("limit").number() {
				t.Errorf("%s: the page is longer than its limit", got.at)
			}
			if !got.get("hasNext").truth() {
				break
			}
		}
	}
	return out
}

// one finds the item with an id among those that were synced, or fails.
func one(t testing.TB, items []value, what string, id int64) value {
	t.Helper()
	for _, item := range items {
		if item.get("id").number() == id {
			return item
		}
	}
	t.Fatalf("sync does not have the %s %d", what, id)
	return value{}
}

// unread gives how many messages of a room are unread, as apps ask for it.
func (c *client) unread(t testing.TB, room int64) int64 {
	t.Helper()
	counts := c.call(t, "GET", "/rooms/unread-count", nil).get("unreadCounts")
	if of, ok := counts.find("roomId", room); ok {
		return of.get("unreadCount").number()
	}
	return 0
}

// hashes are what address books are sent as.
func hashes(numbers ...string) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = hashed(n)
	}
	return out
}

// dedupe passes over what a page repeats of the one before, as clients do.
func dedupe(seen map[int64]bool, items []value) (out []value) {
	for _, item := range items {
		if id := item.get("id").number(); !seen[id] {
			seen[id] = true
			out = append(out, item)
		}
	}
	return out
}
