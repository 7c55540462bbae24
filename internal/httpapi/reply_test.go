package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"spika/internal/chat"
)

func TestNoRoute(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/api", "/api/", "/api/nothing", "/api//messaging/messages", "/API/messenger/rooms/1/2/3"} {
		wantError(t, r.as("GET", path, ""), 404, "Not found: there is no route")
	}
	for _, path := range []string{"/api/management/counts", "/api/management/Users/5", "/api/management/groups/"} {
		wantError(t, r.do("GET", path, ""), 404, "Not found: this server serves the older management console")
	}
	wantError(t, r.do("GET", "/api/management/usersx", ""), 404, "Not found: there is no route")
	if got := r.do("GET", "/rooms/5", ""); got.body != "the page" {
		t.Errorf("outside /api/: %s", got.body)
	}
}

func TestWrongMethod(t *testing.T) {
	r := newRig(t)
	for path, allow := range map[string]string{
		"/api/messaging/messages":          "OPTIONS, POST",
		"/api/messenger/rooms/1/":          "DELETE, GET, HEAD, OPTIONS, PUT",
		"/api/messenger/api-keys/ROOMID/1": "GET, HEAD, OPTIONS, POST",
	} {
		got := r.do("PATCH", path, "{}")
		wantError(t, got, 405, "Method not allowed: this path takes "+allow)
		if got.header.Get("Allow") != allow {
			t.Errorf("%s: Allow: %s", path, got.header.Get("Allow"))
		}
	}
}

func TestEveryReplyAllowsAnyOrigin(t *testing.T) {
	r := newRig(t)
	for name, got := range map[string]reply{
		"success":   r.as("GET", m+"/me", ""),
		"preflight": r.do("OPTIONS", m+"/me", "", "Origin: https://elsewhere.example", "Access-Control-Request-Method: PUT"),
		"any path":  r.do("OPTIONS", "/api/nothing", ""),
		"refused":   r.do("GET", m+"/me", ""),
		"unknown":   r.do("GET", "/api/nothing", ""),
	} {
		h := got.header
		if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Methods") != "*" ||
			!strings.Contains(h.Get("Access-Control-Allow-Headers"), "accesstoken, device-name") ||
			!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Idempotency-Key") ||
			!strings.Contains(h.Get("Access-Control-Expose-Headers"), "Idempotent-Replay") ||
			h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", name, h)
		}
	}
	if got := r.do("OPTIONS", m+"/me", ""); got.status != 200 || got.body != "OK" {
		t.Errorf("OPTIONS: %d %s", got.status, got.body)
	}
	if got := r.do("GET", m+"/me", ""); got.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("401: %v", got.header)
	}
}

// add puts a route of the test's own beside the real ones.
func (r *rig) add(path string, h handler) { r.api.root.add(route{"GET", path, h}) }

// ask is serve for routes that no spec describes.
func (r *rig) ask(path string) (got reply, panicked any) {
	w := httptest.NewRecorder()
	defer func() {
		panicked = recover()
		got = reply{w.Code, w.Header(), w.Body.String()}
	}()
	r.api.ServeHTTP(w, httptest.NewRequest("GET", path+"?accesstoken=query-secret", nil))
	return got, nil
}

func TestServerFaults(t *testing.T) {
	r := newRig(t)
	r.add("/api/test/fails/{id}", func(*call) error { return errors.New("the disk is on fire") })
	r.add("/api/test/panics", func(*call) error { panic("boom") })
	r.add("/api/test/late", func(c *call) error {
		if err := c.ok("begun"); err != nil {
			return err
		}
		panic("too late")
	})
	r.add("/api/test/aborts", func(*call) error { panic(http.ErrAbortHandler) })
	r.add("/api/test/cannot", func(c *call) error { return c.ok(make(chan int)) })

	for path, cause := range map[string]string{
		"/api/test/fails/7": "the disk is on fire", "/api/test/panics": "panic: boom", "/api/test/cannot": "encode reply",
	} {
		r.log.Reset()
		got, panicked := r.ask(path)
		wantError(t, got, 500, "Server error")
		log := r.log.String()
		_, id, _ := strings.Cut(got.body, " under ")
		id, _, _ = strings.Cut(id, ";")
		if panicked != nil || !strings.Contains(log, cause) || !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "request="+id) ||
			strings.Contains(got.body, cause) || strings.Contains(log, "query-secret") {
			t.Errorf("%s: %v, replied %s, logged %s", path, panicked, got.body, log)
		}
	}
	if !strings.Contains(r.log.String(), "route=/api/test/") {
		t.Errorf("logged %s", r.log)
	}
	r.log.Reset()
	if got, panicked := r.ask("/api/test/late"); !aborted(panicked) || got.status != 200 || !strings.Contains(r.log.String(), "too late") {
		t.Errorf("late: %d, %v, logged %s", got.status, panicked, r.log)
	}
	if _, panicked := r.ask("/api/test/aborts"); !aborted(panicked) {
		t.Errorf("an abort became %v", panicked)
	}
}

func TestRequestLog(t *testing.T) {
	r := newRig(t)
	r.as("GET", m+"/me", "")
	r.do("GET", m+"/me", "")
	if r.log.Len() != 0 {
		t.Errorf("logged without being asked to: %s", r.log)
	}
	r.api.log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.as("GET", m+"/rooms/7?keyword=query-secret", "")
	log := r.log.String()
	for _, part := range []string{"level=DEBUG", "method=GET", "route=/api/messenger/rooms/{id}", "status=404", "took=", "request="} {
		if !strings.Contains(log, part) {
			t.Errorf("%s is missing in %s", part, log)
		}
	}
	if strings.Contains(log, "query-secret") || strings.Contains(log, r.owner.Token) {
		t.Errorf("a secret was logged: %s", log)
	}
}

func TestStatuses(t *testing.T) {
	for code, want := range map[chat.Code]int{
		chat.Internal: 500, chat.Invalid: 400, chat.Unauthorized: 401, chat.Forbidden: 403, chat.NotFound: 404,
		chat.Conflict: 409, chat.TooLarge: 413, chat.TooMany: 429, chat.Code(99): 500,
	} {
		if got := statusOf(code); got != want {
			t.Errorf("code %d: %d", code, got)
		}
	}
}
