package job

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// loopback is what tests allow so that they reach their own servers.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func get(t *testing.T, c *http.Client, address string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	return resp, err
}

func TestInternalAddressesAreRefused(t *testing.T) {
	c := NewClient(ClientOptions{Timeout: time.Second})
	for _, host := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
		"198.18.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
		"[fd00:ec2::254]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]", "localhost",
	} {
		if _, err := get(t, c, "http://"+host+"/"); !Refused(err) {
			t.Errorf("%s: %v, want a refusal", host, err)
		}
	}
}

func TestAllowedNetworksAreReached(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	defer s.Close()
	if _, err := get(t, NewClient(ClientOptions{Allowed: loopback}), s.URL); err != nil {
		t.Error(err)
	}
	other := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	if _, err := get(t, NewClient(ClientOptions{Allowed: other}), s.URL); !Refused(err) {
		t.Errorf("%v, want a refusal", err)
	}
}

func TestNoProxyIsAsked(t *testing.T) {
	var asked atomic.Bool
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	if _, err := get(t, NewClient(ClientOptions{}), "http://10.0.0.1/"); !Refused(err) || asked.Load() {
		t.Errorf("%v, proxy asked: %t", err, asked.Load())
	}
}

// A name that is harmless when somebody looks and internal when it is dialed
// gains nothing: what is dialed is what is checked.
func TestRebindingIsRefused(t *testing.T) {
	var asked atomic.Int64
	resolver := nameServer(t, func() [4]byte {
		if asked.Add(1) == 1 {
			return [4]byte{1, 1, 1, 1}
		}
		return [4]byte{127, 0, 0, 1}
	})
	addrs, err := resolver.LookupNetIP(t.Context(), "ip4", "rebind.example.")
	if err != nil || addrs[0].String() != "1.1.1.1" {
		t.Fatalf("first look: %v, %v", addrs, err)
	}
	var reached atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer s.Close()
	port := s.Listener.Addr().(*net.TCPAddr).AddrPort().Port()
	_, err = get(t, NewClient(ClientOptions{Resolver: resolver}), "http://"+netip.AddrPortFrom(netip.IPv4Unspecified(), port).String())
	if !Refused(err) {
		t.Errorf("0.0.0.0: %v", err)
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort("rebind.example.", s.URL[strings.LastIndex(s.URL, ":")+1:])}
	if _, err := get(t, NewClient(ClientOptions{Resolver: resolver}), u.String()); !Refused(err) || reached.Load() {
		t.Errorf("%v, reached: %t", err, reached.Load())
	}
}

// nameServer answers every question for an IPv4 address.
func nameServer(t *testing.T, answer func() [4]byte) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1024)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: answer()},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestRedirects(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "http://10.0.0.1/secret", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/once":
			http.Redirect(w, r, "/end", http.StatusFound)
		}
	}))
	defer s.Close()
	never := NewClient(ClientOptions{Allowed: loopback})
	if resp, err := get(t, never, s.URL+"/inside"); err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("without following: %v, %v", resp, err)
	}
	follows := NewClient(ClientOptions{Allowed: loopback, Redirects: 3})
	if resp, err := get(t, follows, s.URL+"/once"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("one redirect: %v, %v", resp, err)
	}
	if _, err := get(t, follows, s.URL+"/inside"); !Refused(err) {
		t.Errorf("redirect to the inside: %v, want a refusal", err)
	}
	for _, path := range []string{"/file", "/round"} {
		if _, err := get(t, follows, s.URL+path); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

func TestSlowRepliesAreCutOff(t *testing.T) {
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done }))
	defer s.Close()
	defer close(done)
	begun := time.Now()
	if _, err := get(t, NewClient(ClientOptions{Allowed: loopback, Timeout: 50 * time.Millisecond}), s.URL); err == nil || time.Since(begun) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
}
