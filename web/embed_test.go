package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func serve(t *testing.T, h http.Handler, method, target string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func realApp(t *testing.T, basePath string) *app {
	t.Helper()
	h, err := Handler(Options{BasePath: basePath})
	if err != nil {
		t.Fatal(err)
	}
	return h.(*app)
}

// asset gives the path of a built file with this extension.
func asset(t *testing.T, a *app, ext string) string {
	t.Helper()
	for name := range a.files {
		if strings.HasPrefix(name, assetsPrefix) && path.Ext(name) == ext {
			return name
		}
	}
	t.Fatalf("the build has no %s file", ext)
	return ""
}

func TestPageOnEveryRoute(t *testing.T) {
	a := realApp(t, "")
	for _, target := range []string{"/", "/index.html", "/r/5", "/people", "/setup", "/no/such/page", "/r/5/"} {
		r := serve(t, a, http.MethodGet, target, nil)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: status %d, type %q", target, r.StatusCode, r.Header.Get("Content-Type"))
		}
		if got := r.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q", target, got)
		}
		if !strings.Contains(body(t, r), `<base href="/">`) {
			t.Errorf("%s: the page has no base", target)
		}
	}
}

func TestPageNamesBasePath(t *testing.T) {
	for basePath, want := range map[string]string{
		"":        `<base href="/">`,
		"/":       `<base href="/">`,
		"/chat":   `<base href="/chat/">`,
		"chat/x/": `<base href="/chat/x/">`,
		`/a"b`:    `<base href="/a&#34;b/">`,
	} {
		r := serve(t, realApp(t, basePath), http.MethodGet, "/r/1", nil)
		if got := body(t, r); strings.Count(got, "<base") != 1 || !strings.Contains(got, want) {
			t.Errorf("base path %q: page lacks %s", basePath, want)
		}
	}
}

// A page that lives under a path must not point past it.
func TestPageHasNoAbsolutePaths(t *testing.T) {
	page := body(t, serve(t, realApp(t, "/chat"), http.MethodGet, "/", nil))
	page = strings.Replace(page, `<base href="/chat/">`, "", 1)
	for _, wrong := range []string{`href="/`, `src="/`, "http://", "https://", "<style", "onload="} {
		if strings.Contains(page, wrong) {
			t.Errorf("the page holds %s", wrong)
		}
	}
}

func TestMissingFilesAreNotThePage(t *testing.T) {
	a := realApp(t, "")
	for _, target := range []string{
		"/assets/gone-1234.js", "/assets/", "/assets", "/assets/deep/er", "/favicon.ico", "/robots.txt",
		"/../embed.go", "/.vite/manifest.json",
	} {
		if r := serve(t, a, http.MethodGet, target, nil); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", target, r.StatusCode)
		}
	}
}

func TestAssetsAreImmutable(t *testing.T) {
	a := realApp(t, "")
	for ext, want := range map[string]string{
		".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2",
	} {
		r := serve(t, a, http.MethodGet, "/"+asset(t, a, ext), nil)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != want {
			t.Errorf("%s: status %d, type %q", ext, r.StatusCode, r.Header.Get("Content-Type"))
		}
		if got := r.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", ext, got)
		}
	}
	if got := serve(t, a, http.MethodGet, "/theme.js", nil).Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("theme.js, whose name stays: Cache-Control %q", got)
	}
}

// Browsers refuse a service worker that is no script, and keep one that may be
// kept; the manifest's icons are where it says.
func TestInstallation(t *testing.T) {
	a := realApp(t, "/chat")
	for name, want := range map[string]string{
		"sw.js": "text/javascript; charset=utf-8", "manifest.webmanifest": "application/manifest+json",
		"badge-96.png": "image/png",
	} {
		r := serve(t, a, http.MethodGet, "/"+name, nil)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != want || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: status %d, headers %v", name, r.StatusCode, r.Header)
		}
	}
	page := body(t, serve(t, a, http.MethodGet, "/", nil))
	if !strings.Contains(page, `<link rel="manifest" href="./manifest.webmanifest">`) {
		t.Error("the page does not name its manifest")
	}
	var manifest struct {
		Scope string
		Start string `json:"start_url"`
		Icons []struct{ Src, Type string }
	}
	if err := json.Unmarshal(a.files["manifest.webmanifest"].data, &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Scope != "./" || manifest.Start != "./" || len(manifest.Icons) == 0 {
		t.Errorf("the manifest is %+v", manifest)
	}
	for _, icon := range manifest.Icons {
		if f := a.files[icon.Src]; f == nil || f.contentType != icon.Type {
			t.Errorf("there is no icon %+v", icon)
		}
	}
}

func TestGzipHoldsTheSame(t *testing.T) {
	a := realApp(t, "")
	name := asset(t, a, ".js")
	r := serve(t, a, http.MethodGet, "/"+name, http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
	if r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", r.Header)
	}
	zr, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(zr)
	if err != nil || !bytes.Equal(got, a.files[name].data) {
		t.Errorf("unzipped content differs (%v)", err)
	}
	plain := serve(t, a, http.MethodGet, "/"+name, nil)
	if plain.Header.Get("Content-Encoding") != "" || body(t, plain) != string(a.files[name].data) {
		t.Error("without Accept-Encoding the file should come as it is")
	}
	if plain.Header.Get("ETag") == r.Header.Get("ETag") {
		t.Error("two forms of a file share an ETag")
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br": false, "deflate, gzip;q=1.0": true,
		"gzip;q=0": false, "gzip; q=0.000": false, "gzipped": false, "gzip;q=x": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("acceptsGzip(%q) = %v", header, got)
		}
	}
}

func TestHead(t *testing.T) {
	a := realApp(t, "")
	get := serve(t, a, http.MethodGet, "/", nil)
	head := serve(t, a, http.MethodHead, "/", nil)
	if head.StatusCode != http.StatusOK || body(t, head) != "" {
		t.Errorf("status %d with a body", head.StatusCode)
	}
	if head.Header.Get("Content-Length") != get.Header.Get("Content-Length") {
		t.Errorf("Content-Length %q, GET says %q", head.Header.Get("Content-Length"), get.Header.Get("Content-Length"))
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	a := realApp(t, "")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		r := serve(t, a, method, "/people", nil)
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d, Allow %q", method, r.StatusCode, r.Header.Get("Allow"))
		}
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	a := realApp(t, "")
	tag := serve(t, a, http.MethodGet, "/", nil).Header.Get("ETag")
	for _, held := range []string{tag, "W/" + tag, `"x", ` + tag} {
		r := serve(t, a, http.MethodGet, "/", http.Header{"If-None-Match": {held}})
		if r.StatusCode != http.StatusNotModified || body(t, r) != "" {
			t.Errorf("If-None-Match %s: status %d", held, r.StatusCode)
		}
	}
	if r := serve(t, a, http.MethodGet, "/", http.Header{"If-None-Match": {`"old"`}}); r.StatusCode != http.StatusOK {
		t.Errorf("with another tag: status %d", r.StatusCode)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	a := realApp(t, "")
	for _, target := range []string{"/", "/theme.js", "/assets/gone.js"} {
		h := serve(t, a, http.MethodGet, target, nil).Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'",
			"require-trusted-types-for 'script'",
		} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy lacks %s", target, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("%s: policy %s", target, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", target, h)
		}
	}
}

// Files are compressed when first asked for, whoever asks at the same time.
func TestAskedAtOnce(t *testing.T) {
	a := realApp(t, "")
	name := asset(t, a, ".css")
	want := compress(a.files[name].data)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r := serve(t, a, http.MethodGet, "/"+name, http.Header{"Accept-Encoding": {"gzip"}})
			if got, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another answer (%v)", err)
			}
		})
	}
	wg.Wait()
}

func TestBuildOfAnotherKindIsRefused(t *testing.T) {
	for name, built := range map[string]fstest.MapFS{
		"no page": {"theme.js": {Data: []byte("1")}},
		"no base": {"index.html": {Data: []byte("<html></html>")}},
	} {
		if _, err := newApp(built, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
