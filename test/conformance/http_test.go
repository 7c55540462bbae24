package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

func httpChecks() []check {
	return []check{
		{"CORS", httpCORS},
		{"paths", httpPaths},
		{"unknown routes", httpUnknownRoutes},
		{"methods", httpMethods},
		{"HEAD", httpHead},
		{"no session", httpNoSession},
		{"outside the API", httpOutside},
		{"forms", httpForms},
	}
}

// Any OPTIONS is answered before any credentials; that every reply lets any
// origin in is checked with each of them.
func httpCORS(t *testing.T, s *target) {
	for _, path := range []string{postPath, "/api/messenger/rooms/5", "/api/sse", "/api/messenger/no/such/route", "/api/", "/api"} {
		r := s.do(t, request{method: "OPTIONS", path: path, header: []string{
			"Origin: https://app.example.org", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: accesstoken, content-type",
		}})
		if r.status != http.StatusOK {
			t.Errorf("OPTIONS %s: %d %s", path, r.status, r.body)
		}
	}
	allowed := s.do(t, request{method: "OPTIONS", path: postPath}).header.Get("Access-Control-Allow-Headers")
	if !strings.Contains(allowed, "Idempotency-Key") {
		t.Errorf("pages of other origins may not send Idempotency-Key: %s", allowed)
	}
}

func httpPaths(t *testing.T, s *target) {
	c := s.chat(t)
	for _, path := range []string{
		"/API/Messenger/ME", "/api/messenger/me/", "/api/messenger/ROOMS/", fmt.Sprintf("/api/messenger/rooms/%d/", c.room),
		fmt.Sprintf("/api/messenger/API-KEYS/roomid/%d", c.room), "/api/messenger/rooms/SYNC/0", "/Api/Messenger/History/",
	} {
		s.do(t, request{method: "GET", path: path, token: c.ann.Token}).ok(t)
	}
	for _, path := range []string{"/api/messaging/messages/", "/API/MESSAGING/Messages"} {
		s.do(t, request{method: "POST", path: path, token: c.bot.Token, body: textPost(c.room, "a")}).ok(t)
	}
	s.do(t, request{method: "POST", path: "/api/messenger/messages/", token: c.ann.Token, body: textPost(c.room, "a")}).ok(t)
}

func httpUnknownRoutes(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for _, path := range []string{
		"/api", "/api/", "/api/nothing", "/api/messenger", "/api/messenger/", "/api/messenger/nothing", "/api/messenger//me",
		"/api/messenger/me//", "/api/messenger/rooms/1/2/3", "/api/messenger/../messenger/me", "/api/messenger/%2e%2e/me", "/api/ßse", "/api/messenger/rooms/%00",
		"//api/messenger/me", "//API/test", "///api",
	} {
		r := s.do(t, request{method: "GET", path: path, token: ann.Token})
		if r.status != http.StatusNotFound && r.status != http.StatusBadRequest {
			t.Errorf("GET %s: %d %s", path, r.status, clip(r.body))
		}
	}
}

func httpMethods(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for _, op := range s.spec.operations {
		path := fill(op.path)
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH"} {
			if s.spec.find(method, path) != nil {
				continue
			}
			r := s.do(t, request{method: method, path: path, token: ann.Token})
			r.fails(t, http.StatusMethodNotAllowed, "Method not allowed")
			if got := strings.Split(r.header.Get("Allow"), ", "); !slices.Contains(got, op.method) {
				t.Errorf("%s %s: Allow is %q, without %s", method, path, got, op.method)
			}
		}
	}
}

// HEAD is answered like GET without what GET brings.
func httpHead(t *testing.T, s *target) {
	c := s.chat(t)
	file := c.ann.file(t, "a.txt", "text/plain", "what is in it")
	ask := func(method, path string) reply {
		return s.do(t, request{method: method, path: path, token: c.ann.Token})
	}
	for _, op := range s.spec.operations {
		if op.method != "GET" || closing(op) != nil {
			continue
		}
		r, head := ask("GET", fill(op.path)), ask("HEAD", fill(op.path))
		if head.status != r.status || head.header.Get("Content-Type") != r.header.Get("Content-Type") || len(head.body) > 0 {
			t.Errorf("%s is answered %d, and HEAD %d %s with %d bytes", r.what, r.status, head.status, head.header.Get("Content-Type"), len(head.body))
		}
	}
	path := fmt.Sprintf("/api/upload/files/%d", file.ID)
	if r := ask("HEAD", path); r.status != http.StatusOK || r.header.Get("Content-Length") != fmt.Sprint(file.Size) {
		t.Errorf("HEAD of a file: %d, length %s", r.status, r.header.Get("Content-Length"))
	}
	if r := ask("HEAD", "/api/sse"); r.status != http.StatusOK || r.header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD of the event stream: %d %s", r.status, r.header.Get("Content-Type"))
	}
	if r := s.do(t, request{method: "HEAD", path: "/api/sse"}); r.status != http.StatusUnauthorized {
		t.Errorf("HEAD of the event stream without credentials: %d", r.status)
	}
	if r := ask("HEAD", "/api/messaging/messages"); r.status != http.StatusMethodNotAllowed {
		t.Errorf("HEAD where nothing can be got: %d", r.status)
	}
}

// fill puts something in for a path's parameters.
func fill(path string) string {
	var out []string
	for segment := range strings.SplitSeq(path, "/") {
		if isParameter(segment) {
			segment = "1"
		}
		out = append(out, segment)
	}
	return strings.Join(out, "/")
}

// Every route that needs a session says so before anything else.
func httpNoSession(t *testing.T, s *target) {
	for _, op := range s.spec.operations {
		if _, ok := op.replies[http.StatusUnauthorized]; !ok || op.id == "signIn" || op.id == "getFile" { // the last only where files are strict
			continue
		}
		path := fill(op.path)
		s.do(t, request{method: op.method, path: path}).fails(t, http.StatusUnauthorized, "No access token")
		s.do(t, request{method: op.method, path: path, token: repeat(43)}).fails(t, http.StatusUnauthorized, "Invalid access token")
	}
}

// Everything outside /api/ is the web app's.
func httpOutside(t *testing.T, s *target) {
	outside := func(method, path string) *http.Response {
		req, err := s.newRequest(t.Context(), request{method: method, path: path, header: []string{"Accept: text/html"}})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	for _, path := range []string{"/", "/setup", "/apiary"} {
		resp := outside("GET", path)
		if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotFound || !strings.HasPrefix(kind, "text/") {
			t.Errorf("GET %s: %d %s", path, resp.StatusCode, kind)
		}
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("GET %s: pages of other origins may read our own", path)
		}
	}
	for _, path := range []string{"/", "/" + postPath, "/messaging/messages"} { // a post to a wrong address must not look stored
		if resp := outside("POST", path); resp.StatusCode < 400 {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}
}

// form sends a form as a person.
func (p person) form(t testing.TB, method, path, form string) reply {
	t.Helper()
	return p.s.do(t, request{
		method: method, path: "/api/messenger" + path, token: p.Token, body: strings.NewReader(form),
		header: []string{"Content-Type: application/x-www-form-urlencoded"},
	})
}

// Messenger routes take forms; the Messaging API does not.
func httpForms(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann := p[0]
	me := data[api.UserData](t, ann.form(t, "PUT", "/me", "displayName=Ann+of+%C3%85land&avatarFileId=0&unknown=1")).User
	if *me.DisplayName != "Ann of Åland" {
		t.Errorf("the name is %q", *me.DisplayName)
	}
	made := data[api.RoomData](t, ann.form(t, "POST", "/rooms", fmt.Sprintf("name=Forms&type=group&userIds=%d&userIds=%d", p[1].ID, p[2].ID))).Room
	if made.Name != "Forms" || len(made.Users) != 3 {
		t.Errorf("the room is %+v", made)
	}
	body := fmt.Sprintf("roomId=%d&type=text&localId=7&body=%s", made.ID, url.QueryEscape(`{"text":"from a form"}`))
	said := data[api.MessageData](t, ann.form(t, "POST", "/messages", body)).Message
	if string(said.Body) != `{"text":"from a form"}` || *said.LocalID != "7" {
		t.Errorf("the message is %+v", said)
	}
	for form, begins := range map[string]string{
		"displayName=%": "Invalid params: the form is not well formed", "displayName=%ff": "Invalid params: the form must be in UTF-8",
		"displayName=a&displayName=b": `Invalid params: the key "displayName" is given twice`,
		"displayName=%00":             "Invalid params: the body holds a NUL character", "avatarFileId=x": "Invalid params: avatarFileId must be a number",
	} {
		ann.form(t, "PUT", "/me", form).fails(t, http.StatusBadRequest, begins)
	}
	bot := ann.bot(t, made.ID, "Robot")
	r := bot.post(t, strings.NewReader(body), "Content-Type: application/x-www-form-urlencoded")
	r.fails(t, http.StatusBadRequest, "Invalid params: the body must be JSON")
	httpEmptyBodies(t, s)
}

// Where nothing of a body is needed, none is, whatever its header says it is.
func httpEmptyBodies(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, cy := p[0], p[2]
	room := ann.room(t, "Releases", p[1], cy)
	for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "text/plain", ""} {
		send := func(who person, method, path string) {
			t.Helper()
			s.do(t, request{method: method, path: "/api/messenger" + path, token: who.Token, body: "", header: []string{"Content-Type: " + kind}}).ok(t)
		}
		for _, path := range []string{"/mute", "/unmute", "/pin", "/unpin"} {
			send(ann, "POST", roomPath(room)+path)
		}
		send(ann, "POST", fmt.Sprintf("/messages/%d/seen", room))
		send(ann, "PUT", "/me")
		send(ann, "PUT", "/device")
		send(s.people.owner(), "POST", "/invites")
		guest := s.person(t, "Dan")
		ann.change(t, room, object{"action": "addGroupUsers", "userIds": []int64{guest.ID}})
		send(guest, "POST", roomPath(room)+"/leave")
		send(guest, "POST", "/auth/logout")
	}
	if got := ann.getRoom(t, room); len(got.Users) != 3 || got.Name != "Releases" || got.Muted || got.Pinned {
		t.Errorf("the room is %+v", got)
	}
}
