package httpapi

import (
	"net/http/httptest"
	"strings"
	"testing"

	"spika/api"
)

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		query   string
		want    credentials
		stream  credentials
	}{
		{name: "none"},
		{name: "accesstoken", headers: []string{"accesstoken: a"}, want: credentials{token: "a"}, stream: credentials{token: "a"}},
		{name: "bearer", headers: []string{"Authorization: bEARER  a"}, want: credentials{token: "a"}, stream: credentials{token: "a"}},
		{name: "basic is not ours", headers: []string{"Authorization: Basic a"}},
		{name: "empty bearer", headers: []string{"Authorization: Bearer"}},
		{
			name: "accesstoken before bearer", headers: []string{"Authorization: Bearer b", "accesstoken: a"},
			want: credentials{token: "a"}, stream: credentials{token: "a"},
		},
		{
			name: "header before cookie", headers: []string{"Cookie: spika_session=c", "Authorization: Bearer b"},
			want: credentials{token: "b"}, stream: credentials{token: "b"},
		},
		{
			name: "cookie", headers: []string{"Cookie: x=y; spika_session=c"},
			want: credentials{token: "c", cookie: true}, stream: credentials{token: "c", cookie: true},
		},
		{name: "query", query: "?accesstoken=q", stream: credentials{token: "q"}},
		{
			name: "query before cookie", headers: []string{"Cookie: spika_session=c"}, query: "?accessToken=q",
			want: credentials{token: "c", cookie: true}, stream: credentials{token: "q"},
		},
		{
			name: "header before query", headers: []string{"accesstoken: a"}, query: "?accesstoken=q",
			want: credentials{token: "a"}, stream: credentials{token: "a"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := &call{r: httptest.NewRequest("GET", "/api/sse"+c.query, nil)}
			for _, h := range c.headers {
				name, value, _ := strings.Cut(h, ": ")
				call.r.Header.Set(name, value)
			}
			if got := call.credentials(); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got := call.streamCredentials(); got != c.stream {
				t.Errorf("for a stream got %+v, want %+v", got, c.stream)
			}
		})
	}
}

func TestCrossOriginWrites(t *testing.T) {
	r := newRig(t, func(o *Options) { o.PublicURL = "https://chat.example.org/spika/" })
	cookie := "Cookie: spika_session=" + r.owner.Token
	const rename = `{"displayName":"Eve"}`
	for name, headers := range map[string][]string{
		"another site":   {cookie, "Sec-Fetch-Site: cross-site", "Origin: https://evil.example"},
		"a sibling":      {cookie, "Sec-Fetch-Site: same-site", "Origin: https://other.example.org"},
		"an old browser": {cookie, "Origin: https://evil.example"},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, r.do("PUT", m+"/me", rename, headers...), 403, "Forbidden: pages of another origin")
			data[api.UserData](t, r.do("GET", m+"/me", "", headers...))                                            // reading is what SameSite is for
			data[api.UserData](t, r.do("PUT", m+"/me", rename, append(headers, "accesstoken: "+r.owner.Token)...)) // a header is no browser's doing
		})
	}
	for name, headers := range map[string][]string{
		"our own page":       {cookie, "Sec-Fetch-Site: same-origin", "Origin: http://example.com"},
		"the public address": {cookie, "Sec-Fetch-Site: cross-site", "Origin: https://chat.example.org"}, // a proxy rewrote Host
		"no browser":         {cookie},
	} {
		t.Run(name, func(t *testing.T) { data[api.UserData](t, r.do("PUT", m+"/me", rename, headers...)) })
	}
	got := r.do("GET", m+"/me", "", cookie)
	if c := sessionCookie(t, got); !c.Secure || c.Path != "/spika/" {
		t.Errorf("cookie %+v", c)
	}
	link := data[api.CreatedInvite](t, r.as("POST", m+"/invites", "")).URL
	if !strings.HasPrefix(link, "https://chat.example.org/spika/invite#") {
		t.Errorf("link %s", link)
	}
}

func TestPublicURLMustBeOne(t *testing.T) {
	for _, bad := range []string{"http://a b", "https://host:port"} {
		if _, err := New(Options{PublicURL: bad, SignInLimit: 1, SignInWindow: 1}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
