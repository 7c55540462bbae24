package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spika/api"
)

// patience is how long anything may take before a test gives up on it.
const patience = time.Minute

// request is what is sent to the server.
type request struct {
	method, path string
	token        string   // of the header accesstoken; empty: none
	header       []string // "Name: value"
	// body is nothing, a string or []byte that is sent as it is, an io.Reader
	// whose length is not told beforehand, or anything else as JSON.
	body any
}

// reply is what came back. It has been held against the description already.
type reply struct {
	what   string // the request, for messages
	op     *operation
	status int
	header http.Header
	body   []byte
}

// do sends a request and holds the reply against the description. It can be
// called by any goroutine of the test.
func (s *target) do(t testing.TB, q request) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := s.newRequest(ctx, q)
	if err != nil {
		t.Errorf("%s %s: %v", q.method, q.path, err)
		return reply{}
	}
	resp, err := s.http.Do(req)
	if err != nil {
		t.Errorf("%s %s: %v", q.method, q.path, err)
		return reply{}
	}
	defer resp.Body.Close()
	return s.read(t, q.method, q.path, resp)
}

func (s *target) newRequest(ctx context.Context, q request) (*http.Request, error) {
	body, isJSON, err := encodeBody(q.body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, q.method, s.url+q.path, body)
	if err != nil {
		return nil, err
	}
	if isJSON {
		req.Header.Set("Content-Type", "application/json")
	}
	if q.token != "" {
		req.Header.Set("accesstoken", q.token)
	}
	seen := map[string]bool{}
	for _, h := range q.header {
		name, value, _ := strings.Cut(h, ": ")
		switch {
		case value == "" && name == "Content-Type":
			req.Header.Del(name)
		case name == "Host":
			req.Host = value
		case seen[name]:
			req.Header.Add(name, value)
		default:
			req.Header.Set(name, value)
		}
		seen[name] = true
	}
	return req, nil
}

func encodeBody(body any) (r io.Reader, isJSON bool, err error) {
	switch b := body.(type) {
	case nil:
		return nil, false, nil
	case string:
		return strings.NewReader(b), true, nil
	case []byte:
		return bytes.NewReader(b), true, nil
	case io.Reader:
		return struct{ io.Reader }{b}, true, nil
	}
	text, err := json.Marshal(body)
	return bytes.NewReader(text), true, err
}

// read takes a reply in and checks what must hold for every one.
func (s *target) read(t testing.TB, method, path string, resp *http.Response) reply {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	r := reply{what: method + " " + path, status: resp.StatusCode, header: resp.Header, op: s.spec.find(method, path)}
	var err error
	if r.body, err = io.ReadAll(resp.Body); err != nil {
		t.Errorf("%s: the reply broke off: %v", r.what, err)
		return r
	}
	s.checkHead(t, r)
	if method == http.MethodOptions || method == http.MethodHead {
		return r
	}
	if err := s.spec.validate(r.op, r.status, r.header, r.body); err != nil {
		t.Errorf("%s: %v\n%d %s", r.what, err, r.status, clip(r.body))
	}
	r.forApps(t)
	return r
}

// checkHead checks status and headers, and notes that the status was met.
func (s *target) checkHead(t testing.TB, r reply) {
	t.Helper()
	if r.op == nil && r.status >= 500 || r.status == http.StatusInternalServerError || r.status >= 500 && r.op.replies[r.status].schema == nil {
		t.Errorf("%s: the server failed: %d %s", r.what, r.status, clip(r.body))
	}
	if r.op != nil {
		s.met.note(r.op, r.status)
	}
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "*"} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %s is %q", r.what, name, got)
		}
	}
	allowed := strings.Split(strings.ToLower(r.header.Get("Access-Control-Allow-Headers")), ", ")
	for _, name := range corsHeaders {
		if !slices.Contains(allowed, name) {
			t.Errorf("%s: pages of other origins may not send the header %s", r.what, name)
		}
	}
}

// corsHeaders are the headers that pages of any origin may send.
var corsHeaders = []string{
	"content-type", "authorization", "access-token", "admin-accesstoken", "adminaccesstoken", "accesstoken",
	"device-name", "os-name", "os-version", "device-type", "app-version",
}

// raw sends bytes over a connection of their own, closes its sending side, and
// takes the reply in.
func (s *target) raw(t testing.TB, method, path string, parts ...string) reply {
	t.Helper()
	conn, at := s.dial(t), s.at(t)
	defer conn.Close()
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n", method, at.Path+path, at.Host)
	if _, err := io.WriteString(conn, head+strings.Join(parts, "")); err != nil {
		t.Fatal(err)
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s %s: no reply: %v", method, path, err)
	}
	return s.read(t, method, path, resp)
}

// ok fails the test unless the reply is a success.
func (r reply) ok(t testing.TB) reply {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", r.what, r.status, clip(r.body))
	}
	return r
}

// fails checks a failure: its status and how its message begins. That the reply
// is the error envelope has been checked.
func (r reply) fails(t testing.TB, status int, begins string) {
	t.Helper()
	var e api.Error
	if err := json.Unmarshal(r.body, &e); err != nil || r.status != status || !strings.HasPrefix(e.Message, begins) {
		t.Errorf("%s: got %d %s, want %d with a message that begins %q", r.what, r.status, clip(r.body), status, begins)
	}
}

// message gives the message of a failure.
func (r reply) message(t testing.TB) string {
	t.Helper()
	var e api.Error
	if err := json.Unmarshal(r.body, &e); err != nil {
		t.Fatalf("%s: %v", r.what, err)
	}
	return e.Message
}

// data gives what a success holds.
func data[T any](t testing.TB, r reply) T {
	t.Helper()
	var v api.Success[T]
	if err := json.Unmarshal(r.ok(t).body, &v); err != nil {
		t.Fatalf("%s: %v in %s", r.what, err, clip(r.body))
	}
	return v.Data
}

// clip shortens what is shown of a reply.
func clip(b []byte) string {
	const most = 1_000
	if len(b) > most {
		return string(b[:most]) + "…"
	}
	return string(b)
}

// within waits until a condition holds, and fails the test when it does not
// within the time.
func within(t testing.TB, d time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(d)
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not within %v: %s", d, what)
		}
	}
}
