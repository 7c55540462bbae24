package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func downloadChecks() []check {
	return []check{
		{"bytes", downloadBytes},
		{"parts", downloadParts},
		{"types", downloadTypes},
		{"names", downloadNames},
		{"refusals", downloadRefusals},
		{"misses", downloadMisses},
	}
}

// readFile reads a file without any credentials.
func (s *target) readFile(t testing.TB, id int64, header ...string) reply {
	t.Helper()
	return s.do(t, request{method: "GET", path: fmt.Sprintf("/api/upload/files/%d", id), header: header})
}

// readFile reads a file as a person, so that one that is not there is not counted
// against the tests' address.
func (p person) readFile(t testing.TB, id int64) reply {
	t.Helper()
	return p.s.do(t, request{method: "GET", path: fmt.Sprintf("/api/upload/files/%d", id), token: p.Token})
}

// hasHeaders checks headers of a reply; an empty value: it has none.
func (r reply) hasHeaders(t testing.TB, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := r.header.Get(name); got != value {
			t.Errorf("%s: %s is %q, want %q", r.what, name, got, value)
		}
	}
}

// onePixel is a grey PNG of one pixel.
const onePixel = "\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63\x38\x03\x00\x00\xce\x00\xcd\xd4\x66\x90\xb0\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82"

func downloadBytes(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	f := ann.file(t, "log.txt", "text/plain", "Hello, files")
	r := s.readFile(t, f.ID).ok(t)
	if string(r.body) != "Hello, files" {
		t.Errorf("the file holds %q", r.body)
	}
	r.hasHeaders(t, map[string]string{
		"Content-Type": "application/octet-stream", "Content-Length": "12", "Cache-Control": "public, max-age=86400", "Accept-Ranges": "bytes",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": `attachment; filename="log.txt"; filename*=UTF-8''log.txt`,
	})
	tag := r.header.Get("ETag")
	r = s.readFile(t, f.ID, "If-None-Match: "+tag)
	if r.status != http.StatusNotModified || len(r.body) != 0 {
		t.Errorf("with the tag it has: %d %q", r.status, r.body)
	}
	s.readFile(t, f.ID, `If-None-Match: "other"`).ok(t)
	s.readFile(t, f.ID, `If-Match: "other"`).fails(t, http.StatusPreconditionFailed, "The file has no such part")
	s.readFile(t, f.ID, "accesstoken: unknown").ok(t)
}

func downloadParts(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	f := ann.file(t, "a.txt", "text/plain", "0123456789")
	for ranges, want := range map[string]string{"bytes=2-4": "234", "bytes=7-": "789", "bytes=-2": "89", "bytes=0-99": "0123456789"} {
		r := s.readFile(t, f.ID, "Range: "+ranges)
		if r.status != http.StatusPartialContent || string(r.body) != want || !strings.HasPrefix(r.header.Get("Content-Range"), "bytes ") {
			t.Errorf("%s: %d %q", ranges, r.status, r.body)
		}
	}
	for _, ranges := range []string{"lines=2-4", "all", "bytes=0-1,4-5"} { // unknown units and several parts at once are passed over
		if r := s.readFile(t, f.ID, "Range: "+ranges).ok(t); string(r.body) != "0123456789" {
			t.Errorf("%s: %q", ranges, r.body)
		}
	}
	r := s.readFile(t, f.ID, "Range: bytes=20-30")
	r.fails(t, http.StatusRequestedRangeNotSatisfiable, "The file has no such part")
	r.hasHeaders(t, map[string]string{"Content-Range": "bytes */10", "Cache-Control": "no-store", "ETag": ""})
}

// What a browser could run never comes under its own type; what the bytes say
// goes before what the uploader said.
func downloadTypes(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	const other, sandbox = "application/octet-stream", "default-src 'none'; sandbox"
	for _, row := range []struct{ name, mime, content, shown, policy string }{
		{"a picture", "image/png", onePixel, "image/png", sandbox},
		{"a picture called a text", "text/plain", onePixel, "image/png", sandbox},
		{"sound the bytes do not tell", "audio/aac", "\xff\xf1\x50\x00sound", "audio/aac", sandbox},
		{"sound in a video's container", "audio/mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "audio/mp4", sandbox},
		{"a video", "video/webm", "\x1a\x45\xdf\xa3webm", "video/webm", sandbox},
		{"PDF", "application/pdf", "%PDF-1.7\n", "application/pdf", "default-src 'none'"},
		{"text", "text/plain", "plain", other, sandbox},
		{"HTML", "text/html", "<html><script>alert(1)</script>", other, sandbox},
		{"HTML called a picture", "image/png", "<html><script>alert(1)</script>", other, sandbox},
		{"SVG", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, other, sandbox},
		{"SVG called a picture", "image/png", `<?xml version="1.0"?><svg/>`, other, sandbox},
		{"no type at all", "%%%", "\x00\x01\x02", other, sandbox},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			f := ann.file(t, "a.bin", row.mime, row.content)
			if f.MimeType != row.mime {
				t.Errorf("mimeType is %q", f.MimeType)
			}
			r := s.readFile(t, f.ID).ok(t)
			r.hasHeaders(t, map[string]string{"Content-Type": row.shown, "Content-Security-Policy": row.policy, "X-Content-Type-Options": "nosniff"})
			kind := "inline"
			if row.shown == other {
				kind = "attachment"
			}
			if got := r.header.Get("Content-Disposition"); !strings.HasPrefix(got, kind+"; ") {
				t.Errorf("Content-Disposition is %q", got)
			}
		})
	}
}

func downloadNames(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for name, want := range map[string]string{
		`a "b" 100%.txt`:      `attachment; filename="a _b_ 100_.txt"; filename*=UTF-8''a%20%22b%22%20100%25.txt`,
		"Grüße.txt":           `attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`,
		`../..\x.txt`:         `attachment; filename=".._.._x.txt"; filename*=UTF-8''.._.._x.txt`,
		"\u202etxt.exe":       `attachment; filename="txt.exe"; filename*=UTF-8''txt.exe`,
		"..":                  `attachment; filename="file"; filename*=UTF-8''file`,
		"a;b='c'\u00a0d.html": `attachment; filename="a;b='c'_d.html"; filename*=UTF-8''a%3Bb%3D%27c%27%C2%A0d.html`,
	} {
		f := ann.file(t, name, "text/plain", "x")
		if f.FileName != name {
			t.Errorf("fileName is %q, want %q", f.FileName, name)
		}
		s.readFile(t, f.ID).ok(t).hasHeaders(t, map[string]string{"Content-Disposition": want})
	}
}

func downloadRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for _, id := range []string{"0", "x", "-1", "1.5", "%20"} {
		r := s.do(t, request{method: "GET", path: "/api/upload/files/" + id, token: ann.Token})
		r.fails(t, http.StatusBadRequest, "Invalid id")
	}
	for _, id := range []string{"1", "65000000000000000", "99999999999999999999"} {
		r := s.do(t, request{method: "GET", path: "/api/upload/files/" + id, token: ann.Token})
		r.fails(t, http.StatusNotFound, "Not found")
	}
}

// Whoever guesses ids gets nothing after a few that are wrong, right ones neither.
func downloadMisses(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t, "--file-misses", "3")
	ann := own.person(t, "Ann")
	f := ann.file(t, "a.txt", "text/plain", "x")
	for range 20 { // what is there costs nothing
		own.readFile(t, f.ID).ok(t)
	}
	for range 3 {
		own.readFile(t, 1).fails(t, http.StatusNotFound, "Not found")
	}
	for _, id := range []int64{1, f.ID} {
		r := own.readFile(t, id)
		r.fails(t, http.StatusTooManyRequests, "Too many attempts")
		if r.header.Get("Retry-After") == "" {
			t.Error("when to try again is not told")
		}
	}
	ann.readFile(t, f.ID).ok(t)
}
