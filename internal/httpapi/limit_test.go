package httpapi

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"spika/internal/chat"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(10, 5*time.Minute)
		for i := range 10 {
			if _, err := l.take("a", "b"); err != nil {
				t.Fatalf("attempt %d: %v", i, err)
			}
		}
		_, err := l.take("c", "a")
		var refused *chat.Error
		if !errors.As(err, &refused) || refused.Code != chat.TooMany || refused.RetryAfter != 30 {
			t.Fatalf("got %v", err)
		}
		time.Sleep(29 * time.Second)
		if _, err := l.take("a"); err == nil {
			t.Error("an attempt came back too early")
		}
		time.Sleep(time.Second)
		if _, err := l.take("a"); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		if _, err := l.take("a"); err == nil {
			t.Error("one wait gave two attempts")
		}
	})
}

func TestLimiterForgives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(2, time.Minute)
		for range 50 {
			try, err := l.take("a", "b")
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Millisecond) // hashing a password takes its time
			try.forgive()
		}
	})
}

func TestLimiterForgetsWhoIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(2, time.Minute)
		for i := range fewBuckets {
			if _, err := l.take(strconv.Itoa(i)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if _, err := l.take("one more"); err != nil || len(l.buckets) != 1 {
			t.Errorf("%d buckets are kept (%v)", len(l.buckets), err)
		}
	})
}

func TestAddressKey(t *testing.T) {
	same := [][2]string{{"2001:db8::1", "2001:db8::ffff:1"}, {"192.0.2.1", "192.0.2.1"}}
	other := [][2]string{{"2001:db8::1", "2001:db8:0:1::1"}, {"192.0.2.1", "192.0.2.2"}}
	key := func(s string) string { return addressKey(netip.MustParseAddr(s)) }
	for _, p := range same {
		if key(p[0]) != key(p[1]) {
			t.Errorf("%v are counted apart", p)
		}
	}
	for _, p := range other {
		if key(p[0]) == key(p[1]) {
			t.Errorf("%v are counted together", p)
		}
	}
}

func TestSignInIsLimited(t *testing.T) {
	const wrong = `{"emailAddress":%q,"password":"wrong"}`
	t.Run("per address", func(t *testing.T) {
		r := newRig(t)
		for i := range 10 {
			wantError(t, r.do("POST", m+"/session", fmt.Sprintf(wrong, fmt.Sprintf("u%d@example.org", i))), 401, "Wrong")
		}
		got := r.do("POST", m+"/session", fmt.Sprintf(wrong, "another@example.org"))
		wantError(t, got, 429, "Too many attempts: try again in 30 seconds")
		if got.header.Get("Retry-After") != "30" {
			t.Errorf("Retry-After: %q", got.header.Get("Retry-After"))
		}
	})
	t.Run("per account", func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
		from := func(i int) string { return fmt.Sprintf("X-Forwarded-For: 198.51.100.%d", i) }
		for i := range 10 {
			wantError(t, r.do("POST", m+"/session", fmt.Sprintf(wrong, "ADA@example.org"), from(i)), 401, "Wrong")
		}
		wantError(t, r.do("POST", m+"/session", fmt.Sprintf(wrong, "ada@example.org"), from(99)), 429, "Too many attempts")
		wantError(t, r.as("PUT", m+"/me/password", `{"currentPassword":"guess","newPassword":"battery staple"}`, from(98)), 429, "Too many attempts")
	})
	t.Run("successes are free", func(t *testing.T) {
		r := newRig(t)
		for range 12 {
			if got := r.do("POST", m+"/session", `{"emailAddress":"ada@example.org","password":"correct horse"}`); got.status != 200 {
				t.Fatal(got.body)
			}
		}
	})
	t.Run("link tokens", func(t *testing.T) {
		r := newRig(t)
		for range linkTries {
			wantError(t, r.do("POST", m+"/links/inspect", `{"token":"guess"}`), 404, "This link is unknown")
		}
		for _, path := range []string{"/links/inspect", "/invites/accept", "/password/reset", "/setup"} {
			wantError(t, r.do("POST", m+path, `{"token":"guess"}`), 429, "Too many attempts")
		}
	})
}
