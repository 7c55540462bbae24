package conformance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

func linkChecks() []check {
	return []check{
		{"preview", linksPreview},
		{"refusals", linksRefusals},
		{"limit", linksLimit},
		{"switched off", linksOff},
	}
}

// site is somebody else's web server.
func site(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, `<!doctype html><html><head><title>Ignored</title><meta property="og:title" content="Build 812 &amp; more">`+
				`<meta name="description" content="All green"><meta property="og:image" content="/green.png"><link rel="icon" href="i.ico"></head>`)
		case "/inside":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// thumbnail asks for a page's preview.
func (p person) thumbnail(t testing.TB, address string) reply {
	t.Helper()
	return p.get(t, "/messages/get-thumbnail?url=%s", url.QueryEscape(address))
}

const noThumbnail = "No thumbnail found"

func linksPreview(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t, "--allowed-networks", "127.0.0.0/8")
	ann, base := s.person(t, "Ann"), site(t)
	golden(t, "getThumbnail", ann.thumbnail(t, base+"/page"), map[string]any{"site": base})
	ann.thumbnail(t, base+"/missing").fails(t, http.StatusNotFound, noThumbnail)
	ann.thumbnail(t, base+"/inside").fails(t, http.StatusNotFound, noThumbnail)
}

func linksRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for _, bad := range []string{"", "x", "ftp://example.org/", "javascript:alert(1)", "http://user:pw@example.org/", "http://e.org/" + repeat(2100)} {
		ann.thumbnail(t, bad).fails(t, http.StatusBadRequest, "Invalid params: url must be")
	}
	ann.get(t, "/messages/get-thumbnail").fails(t, http.StatusBadRequest, "Invalid params: url must be")
	person{s: s}.thumbnail(t, "http://example.org/").fails(t, http.StatusUnauthorized, "No access token")
	base := site(t) // on this machine, which is not to be reached
	for _, inside := range []string{base + "/page", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://100.64.0.1/", "http://169.254.169.254/"} {
		ann.thumbnail(t, inside).fails(t, http.StatusNotFound, noThumbnail)
	}
}

func linksLimit(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	for i := range 30 {
		ann.thumbnail(t, fmt.Sprintf("http://127.0.0.1:1/%d", i)).fails(t, http.StatusNotFound, noThumbnail)
	}
	var r reply
	within(t, patience, "the limit", func() bool { // it fills up again while the test runs
		r = ann.thumbnail(t, "http://127.0.0.1:1/")
		return r.status == http.StatusTooManyRequests
	})
	limited(t, r, time.Minute)
	ben.thumbnail(t, "http://127.0.0.1:1/").fails(t, http.StatusNotFound, noThumbnail)
}

func linksOff(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t, "--link-previews=false", "--allowed-networks", "127.0.0.0/8")
	s.person(t, "Ann").thumbnail(t, site(t)+"/page").fails(t, http.StatusNotFound, noThumbnail)
}
