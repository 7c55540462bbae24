package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

// Tests of what holds for every route of the description, without knowing what
// any of them is for.

func genericChecks() []check {
	return []check{
		{"paths in any case", genericPaths},
		{"OPTIONS", genericOptions},
		{"ids that are nobody's", genericIDs},
		{"parameters that are no numbers", genericParameters},
		{"queries", genericQueries},
		{"bodies", genericBodies},
		{"forms", genericForms},
	}
}

// Every path is the same in any case and with a slash at its end. Routes are
// asked without credentials, so that nothing changes.
func genericPaths(t *testing.T, s *target) {
	for _, op := range s.spec.operations {
		plain := s.do(t, request{method: op.method, path: fill(op.path), header: closing(op)})
		for _, path := range []string{strings.ToUpper(fill(op.path)), fill(op.path) + "/", strings.ToUpper(fill(op.path)) + "/"} {
			r := s.do(t, request{method: op.method, path: path, header: closing(op)})
			if r.status != plain.status {
				t.Errorf("%s is answered %d, and %s %d %s", plain.what, plain.status, path, r.status, clip(r.body))
			}
		}
	}
}

// closing makes a request to an event stream fail: it would not end.
func closing(op *operation) []string {
	if strings.HasPrefix(op.replies[http.StatusOK].contentType, "text/event-stream") {
		return []string{"accesstoken: none"}
	}
	return nil
}

// Any OPTIONS is answered before any credentials, with leave for every origin.
func genericOptions(t *testing.T, s *target) {
	for _, op := range s.spec.operations {
		r := s.do(t, request{method: "OPTIONS", path: fill(op.path), header: []string{"Origin: https://app.example.org"}})
		if r.status != http.StatusOK || string(r.body) != "OK" {
			t.Errorf("OPTIONS %s: %d %s", op.path, r.status, clip(r.body))
		}
	}
}

// nobodys are ids that nothing has: 2^31 is beyond what apps can hold, others
// are beyond what databases can.
var nobodys = []string{"2147483647", "2147483648", "65000000000000000", "9223372036854775807", "9223372036854775808", "99999999999999999999999"}

// quiet are operations that answer 200 where there is nothing: what they are
// asked for is a moment, or that something is gone.
func quiet(op *operation) bool {
	for _, name := range []string{"{lastUpdate}", "{timestamp}", "{lastupdate}", "/blocks/"} {
		if strings.Contains(op.path, name) {
			return true
		}
	}
	return false
}

// An id that nobody has is a thing that is not found, never the server's fault.
func genericIDs(t *testing.T, s *target) {
	for _, op := range s.spec.operations {
		if !strings.Contains(op.path, "{") {
			continue
		}
		for _, id := range nobodys {
			r := s.ask(t, op, id)
			known := []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}
			if !slices.Contains(known, r.status) && (r.status != http.StatusOK || !quiet(op)) {
				t.Errorf("%s with the id %s: %d %s", r.what, id, r.status, clip(r.body))
			}
		}
	}
}

// What should be a number and is none is a bad request or not found.
func genericParameters(t *testing.T, s *target) {
	for _, op := range s.spec.operations {
		if !strings.Contains(op.path, "{") {
			continue
		}
		for _, value := range []string{"-1", "abc", "1.5", "1e3", "%20", "%F0%9F%98%80", "%27", "0x1"} {
			r := s.ask(t, op, value)
			if r.status != http.StatusBadRequest && r.status != http.StatusNotFound && r.status != http.StatusForbidden && !byText(op) {
				t.Errorf("%s with %s: %d %s", r.what, value, r.status, clip(r.body))
			}
		}
	}
}

// byText are operations whose parameter is a text of the client's own.
func byText(op *operation) bool { return strings.Contains(op.path, "{clientId}") }

// No number in a query is the server's fault: that is checked with every reply.
func genericQueries(t *testing.T, s *target) {
	sue := s.person(t, "Sue")
	asked := 0
	for _, op := range s.spec.operations {
		for _, name := range op.numbers {
			for _, value := range append([]string{"", "0", "-1", "abc", "1.5", "%00", "%F0%9F%98%80"}, nobodys...) {
				s.do(t, request{method: op.method, path: fill(op.path) + "?" + name + "=" + value, token: sue.Token, header: closing(op)})
				asked++
			}
		}
	}
	if asked == 0 {
		t.Error("no operation has a number in its query")
	}
}

// idKey are the keys in bodies that name something by its id. Pictures of people
// and rooms are not looked for.
var idKey = regexp.MustCompile(`^(\w+I|i)ds?$`)

// mentionsIDs puts another id in for those of a body, and tells whether there are
// any.
func mentionsIDs(body map[string]any, id json.Number) bool {
	found := false
	for key, value := range body {
		if !idKey.MatchString(key) || strings.HasSuffix(key, "FileId") {
			continue
		}
		switch value.(type) {
		case json.Number:
			body[key], found = id, true
		case []any:
			body[key], found = []any{id}, true
		}
	}
	return found
}

// An id that nobody has is refused wherever it stands in a body.
func genericBodies(t *testing.T, s *target) {
	sue := s.person(t, "Sue")
	asked := 0
	for _, op := range s.spec.operations {
		if op.example == nil {
			continue
		}
		body, ok := decodeAny(t, op.example).(map[string]any)
		if !ok {
			t.Errorf("the example of %s is %s", op.id, op.example)
			continue
		}
		for _, id := range nobodys {
			if !mentionsIDs(body, json.Number(id)) {
				break
			}
			r := s.do(t, request{method: op.method, path: fill(op.path), token: sue.Token, body: body})
			if r.status < http.StatusBadRequest {
				t.Errorf("%s with the id %s: %d %s", r.what, id, r.status, clip(r.body))
			}
			asked++
		}
	}
	if asked == 0 {
		t.Error("no example of a body names an id")
	}
}

// Forms are taken wherever JSON is, but by the Messaging API.
func genericForms(t *testing.T, s *target) {
	sue := s.person(t, "Sue")
	for _, op := range s.spec.operations {
		if !op.takesJSON {
			continue
		}
		r := s.do(t, request{
			method: op.method, path: fill(op.path), token: sue.Token, body: strings.NewReader("unknown=1"),
			header: []string{"Content-Type: application/x-www-form-urlencoded"},
		})
		refused := strings.Contains(string(r.body), "must be JSON")
		if refused && op.id != "postFromCode" {
			t.Errorf("%s takes no form: %d %s", r.what, r.status, clip(r.body))
		}
	}
}

// ask sends a request with one value for all parameters of the path and, where
// the operation takes a body, its example, or an empty object.
func (s *target) ask(t *testing.T, op *operation, value string) reply {
	t.Helper()
	var path []string
	for segment := range strings.SplitSeq(op.path, "/") {
		if isParameter(segment) {
			segment = value
		}
		path = append(path, segment)
	}
	q := request{method: op.method, path: strings.Join(path, "/"), token: s.people.owner().Token}
	if op.method == "POST" || op.method == "PUT" {
		if q.body = op.example; op.example == nil {
			q.body = object{}
		}
	}
	return s.do(t, q)
}

func probeChecks() []check {
	return []check{
		{"texts", probeTexts},
		{"session", probeSession},
		{"key", probeKey},
		{"errors", probeErrors},
		{"calls", probeCalls},
		{"raw files", probeRawFiles},
		{"description", probeDescription},
	}
}

func probeTexts(t *testing.T, s *target) {
	for _, path := range []string{"/api/test", "/api/upload/test", "/api/uploads/test"} {
		if r := s.do(t, request{method: "GET", path: path}).ok(t); string(r.body) != "test" {
			t.Errorf("GET %s: %q", path, r.body)
		}
	}
	golden(t, "probeMessenger", s.do(t, request{method: "GET", path: "/api/messenger/test"}), nil)
	golden(t, "probeMessaging", s.do(t, request{method: "GET", path: "/api/messaging/test"}), nil)
}

func probeSession(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	golden(t, "probeSession", ann.get(t, "/test/auth"), object{"id": ann.ID, "email": ann.Email, "lang": "en"})
	r := s.do(t, request{method: "GET", path: "/api/messenger/test/auth", token: ann.Token, header: []string{"lang: JA"}})
	golden(t, "probeSession", r, object{"id": ann.ID, "email": ann.Email, "lang": "ja"})
}

// probeRawFiles: nothing is served where the path of a file points, and not the web
// app's page either, which is no file.
func probeRawFiles(t *testing.T, s *target) {
	file := s.person(t, "Ann").file(t, "a.txt", "text/plain", "what is in it")
	for _, path := range []string{file.Path, "/Uploads", "/uploads/files/nobody-has-this"} {
		s.do(t, request{method: "GET", path: path}).fails(t, 404, "Not found: files are read from GET /api/upload/files/:id")
	}
}

func probeKey(t *testing.T, s *target) {
	c := s.chat(t)
	path := "/api/messaging/test/auth"
	golden(t, "probeKey", s.do(t, request{method: "GET", path: path, token: c.bot.Token}), c.bot)
	s.do(t, request{method: "GET", path: path}).fails(t, 401, "No access token")
	s.do(t, request{method: "GET", path: path, token: c.ann.Token}).fails(t, 401, "Invalid access token")
}

func probeErrors(t *testing.T, s *target) {
	for _, path := range []string{"/api/messenger/test/error", "/api/messaging/test/error"} {
		s.do(t, request{method: "GET", path: path}).fails(t, 400, "Error happens")
		s.do(t, request{method: "GET", path: path, header: []string{"lang: en"}}).fails(t, 400, "Error happens")
		if message := s.do(t, request{method: "GET", path: path, header: []string{"lang: ja"}}).message(t); strings.Contains(message, "Error") {
			t.Errorf("GET %s in Japanese: %q", path, message)
		}
	}
}

func probeCalls(t *testing.T, s *target) {
	c := s.chat(t)
	calls := func(method, path, token string) reply {
		t.Helper()
		return s.do(t, request{method: method, path: "/api/confcall" + path, token: token})
	}
	golden(t, "listCallers", calls("GET", fmt.Sprintf("/participants/%d", c.room), c.ann.Token), nil)
	calls("GET", fmt.Sprintf("/participants/%d", c.room), "").fails(t, 401, "No access token")
	calls("GET", fmt.Sprintf("/participants/%d", c.room), s.person(t, "Eve").Token).fails(t, 404, "Not found")
	calls("GET", "/participants/x", c.ann.Token).fails(t, 400, "roomId must be number")
	for _, q := range [][2]string{
		{"POST", "/%d/join"}, {"POST", "/%d/leave"}, {"GET", "/mediasoup/%d/join"}, {"GET", "/mediasoup/%d/leave"},
		{"POST", "/mediasoup/%d/transportConnect"}, {"POST", "/mediasoup/%d/startConsuming"},
	} {
		r := calls(q[0], fmt.Sprintf(q[1], c.room), c.ann.Token)
		r.fails(t, 404, "Not found")
		var e api.Error
		if err := json.Unmarshal(r.body, &e); err != nil || !strings.Contains(e.Message, "calls") {
			t.Errorf("%s does not say that calls are not served: %s", r.what, r.body)
		}
	}
}

func probeDescription(t *testing.T, s *target) {
	doc := parse[struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}](t, s.do(t, request{method: "GET", path: "/api/openapi.json"}).ok(t).body)
	if doc.OpenAPI != "3.1.0" || doc.Paths["/api/messaging/messages"]["post"] == nil {
		t.Errorf("the description is OpenAPI %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	for _, path := range []string{"/api/docs", "/api/docs/"} {
		r := s.do(t, request{method: "GET", path: path}).ok(t)
		policy := r.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || !strings.Contains(string(r.body), s.url+"/api/messaging/messages") {
			t.Errorf("GET %s: policy %q, %d bytes", path, policy, len(r.body))
		}
	}
}
