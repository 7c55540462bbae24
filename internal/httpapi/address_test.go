package httpapi

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAddress(t *testing.T) {
	a := &API{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"direct", "192.0.2.1:1234", nil, "192.0.2.1"},
		{"anyone can claim", "192.0.2.1:1234", []string{"198.51.100.7"}, "192.0.2.1"},
		{"through a proxy", "10.0.0.1:1234", []string{"198.51.100.7"}, "198.51.100.7"},
		{"the last untrusted counts", "10.0.0.1:1", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		{"through two proxies", "[::1]:1", []string{"203.0.113.9, 198.51.100.7", "10.1.1.1"}, "198.51.100.7"},
		{"all trusted", "10.0.0.1:1", []string{"10.2.2.2, 10.1.1.1"}, "10.2.2.2"},
		{"not an address", "10.0.0.1:1", []string{"203.0.113.9, unknown"}, "10.0.0.1"},
		{"none named", "10.0.0.1:1", nil, "10.0.0.1"},
		{"with port", "10.0.0.1:1", []string{"198.51.100.7:4711"}, "198.51.100.7"},
		{"IPv6", "10.0.0.1:1", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv6 with port", "10.0.0.1:1", []string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		{"a zone is no address", "[fe80::1%eth0]:1", nil, "fe80::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/api/sse", nil)
			r.RemoteAddr = c.remote
			r.Header["X-Forwarded-For"] = c.forwarded
			if got := a.address(r).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestScheme(t *testing.T) {
	a := &API{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for remote, want := range map[string]string{"10.0.0.1:1": "https://example.com/invite#T", "192.0.2.1:1": "http://example.com/invite#T"} {
		r := httptest.NewRequest("GET", "/api/sse", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-Proto", "https")
		if got := a.link(r, "invite", "T"); got != want {
			t.Errorf("from %s: %s", remote, got)
		}
	}
}
