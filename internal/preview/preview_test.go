package preview

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"spika/internal/chat"
)

func at(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestParse(t *testing.T) {
	for name, row := range map[string]struct {
		page string
		want chat.LinkPreview
	}{
		"what is meant for previews goes first": {
			`<html><head><title>Page</title><meta name=description content=plain><meta property="og:title" content="A &amp; B">` +
				`<meta property="og:description" content="told"><meta property="og:image" content="/a.png"><link rel="shortcut icon" href=i.ico></head>`,
			chat.LinkPreview{Title: "A & B", Description: "told", Image: "https://example.org/a.png", Icon: "https://example.org/dir/i.ico"},
		},
		"plain tags": {
			"<title>\n  Two\n lines </title><META NAME=Description CONTENT='d'>",
			chat.LinkPreview{Title: "Two lines", Description: "d"},
		},
		"a base": {
			`<base href="https://cdn.example.org/x/"><meta name="twitter:image" content="y.png">`,
			chat.LinkPreview{Image: "https://cdn.example.org/x/y.png"},
		},
		"only addresses of the web": {
			`<meta property=og:image content="javascript:alert(1)"><link rel=icon href="data:image/png;base64,x"><title>t</title>`,
			chat.LinkPreview{Title: "t"},
		},
		"nothing after the head": {`<head></head><body><title>late</title><meta property=og:title content=late>`, chat.LinkPreview{}},
		"nothing":                {"", chat.LinkPreview{}},
		"the first counts":       {`<title>a</title><title>b</title><meta property=og:image content=" "><meta property=og:image content="http://h/1">`, chat.LinkPreview{Title: "a", Image: "http://h/1"}},
		"a long title":           {"<title>" + strings.Repeat("ü", 400) + "</title>", chat.LinkPreview{Title: strings.Repeat("ü", maxTitle-1) + "…"}},
		"a token without end":    {"<title>ok</title><meta content='" + strings.Repeat("x", maxPage), chat.LinkPreview{Title: "ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			row.want.URL = "https://example.org/dir/page"
			if got := parse(strings.NewReader(row.page), at(t, "https://example.org/dir/page")); got != row.want {
				t.Errorf("got  %+v\nwant %+v", got, row.want)
			}
		})
	}
}

func newReader(t *testing.T, handle http.HandlerFunc) (*Reader, string) {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return NewReader(s.Client(), slog.New(slog.DiscardHandler)), s.URL
}

func TestPreview(t *testing.T) {
	var asked atomic.Int64
	r, base := newReader(t, func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		switch req.URL.Path {
		case "/latin":
			w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
			_, _ = w.Write([]byte("<title>Gr\xfc\xdfe</title>"))
		case "/moved":
			http.Redirect(w, req, "/latin", http.StatusFound)
		case "/picture":
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "<title>no page</title>")
		case "/broken":
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "<title>error</title>")
		case "/empty":
			w.Header().Set("Content-Type", "text/html")
		case "/endless":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<title>begun</title>")
			for {
				if _, err := fmt.Fprint(w, strings.Repeat("<p>", 1000)); err != nil {
					return
				}
			}
		}
	})
	for path, want := range map[string]string{"/latin": "Grüße", "/moved": "Grüße", "/endless": "begun"} {
		p, err := r.Preview(t.Context(), base+path)
		if err != nil || p.Title != want {
			t.Errorf("%s: %+v, %v", path, p, err)
		}
	}
	for _, path := range []string{"/picture", "/broken", "/empty"} {
		if _, err := r.Preview(t.Context(), base+path); !chat.IsNotFound(err) {
			t.Errorf("%s: %v, want not found", path, err)
		}
	}
	before := asked.Load()
	for _, path := range []string{"/latin", "/latin#part", "/empty"} {
		_, _ = r.Preview(t.Context(), base+path)
	}
	if got := asked.Load(); got != before {
		t.Errorf("%d pages were read again", got-before)
	}
	for _, bad := range []string{"", "x", "ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "http://", "http:///x",
		"https://user:secret@example.org/", "http://example.org/" + strings.Repeat("x", maxAddress), "http://[::1", "//example.org/"} {
		if _, err := r.Preview(t.Context(), bad); chat.CodeOf(err) != chat.Invalid {
			t.Errorf("%q: %v, want invalid", bad, err)
		}
	}
}

func TestPreviewIsReadAgainAfterAWhile(t *testing.T) {
	now := time.Now()
	c := newCache(func() time.Time { return now })
	c.put("full", chat.LinkPreview{Title: "t"})
	c.put("empty", chat.LinkPreview{})
	now = now.Add(keepNothing)
	if _, known := c.get("empty"); known {
		t.Error("nothing is kept as long as something")
	}
	if _, known := c.get("full"); !known {
		t.Error("a preview is forgotten too soon")
	}
	now = now.Add(keepFound)
	if _, known := c.get("full"); known {
		t.Error("a preview is kept for ever")
	}
	for i := range 3 * maxKept {
		c.put(fmt.Sprint(i), chat.LinkPreview{Title: "t"})
	}
	if len(c.all) > maxKept {
		t.Errorf("%d previews are kept", len(c.all))
	}
}

func FuzzParse(f *testing.F) {
	f.Add("<title>a</title>", "https://example.org/")
	f.Add(`<base href="//x"><meta property=og:image content=":::"><link rel="icon icon" href="?">`, "http://h/a/b?c")
	f.Add("<title><!--</title><svg><title>x", "http://h")
	f.Fuzz(func(t *testing.T, page, address string) {
		u, err := url.Parse(address)
		if err != nil || !isWeb(u) {
			t.Skip()
		}
		p := parse(strings.NewReader(page), u)
		for _, text := range []string{p.Title, p.Description} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r") || utf8.RuneCountInString(text) > maxDescription {
				t.Errorf("text %q", text)
			}
		}
		for _, ref := range []string{p.Image, p.Icon} {
			if ref != "" && !strings.HasPrefix(ref, "http://") && !strings.HasPrefix(ref, "https://") {
				t.Errorf("address %q", ref)
			}
		}
	})
}
