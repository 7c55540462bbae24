package conformance

import (
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"spika/api"
)

func limitChecks() []check {
	return []check{
		{"sign in", limitsSignIn},
		{"change password", limitsChangePassword},
		{"links", limitsLinks},
		{"end", limitsEnd},
	}
}

// from gives the target as it is reached from another address of the loopback
// network.
func (s *target) from(address string) *target {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	other := *s
	other.http = &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
	return &other
}

const (
	wrongPassword = "wrong horse battery"
	tooMany       = "Too many attempts: try again in "
)

// limited checks that a request is refused for now.
func limited(t testing.TB, r reply, window time.Duration) {
	t.Helper()
	r.fails(t, http.StatusTooManyRequests, tooMany)
	if after, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || after < 1 || after > int(window.Seconds()) {
		t.Errorf("Retry-After is %q, the window is %v", r.header.Get("Retry-After"), window)
	}
}

func limitsSignIn(t *testing.T, s *target) {
	const window = 10 * time.Minute
	s, _ = s.needLocal(t).peopled(t, "--sign-in-attempts", "3", "--sign-in-window", "10m")
	ann, ben := s.withPassword(t, "Ann"), s.withPassword(t, "Ben")
	const wrong = "Wrong e-mail address or password"
	s.sub(t, "an account, from anywhere", func(t *testing.T) {
		for _, address := range []string{"127.0.1.1", "127.0.1.2", "127.0.1.3"} {
			s.from(address).signIn(t, ann.Email, wrongPassword).fails(t, http.StatusUnauthorized, wrong)
		}
		limited(t, s.from("127.0.1.4").signIn(t, ann.Email, password), window)
		limited(t, s.from("127.0.1.4").signIn(t, ann.Email, wrongPassword), window)
		s.from("127.0.1.4").signIn(t, ben.Email, password).ok(t)
		ann.get(t, "/me").ok(t) // who is signed in stays so
	})
	s.sub(t, "an account that does not exist", func(t *testing.T) {
		nobody := newEmail()
		for _, address := range []string{"127.0.2.1", "127.0.2.2", "127.0.2.3"} {
			s.from(address).signIn(t, nobody, wrongPassword).fails(t, http.StatusUnauthorized, wrong)
		}
		limited(t, s.from("127.0.2.4").signIn(t, nobody, wrongPassword), window)
	})
	s.sub(t, "an address, whatever the account", func(t *testing.T) {
		from := s.from("127.0.3.1")
		for range 3 {
			from.signIn(t, newEmail(), wrongPassword).fails(t, http.StatusUnauthorized, wrong)
		}
		limited(t, from.signIn(t, ben.Email, password), window)
		s.from("127.0.3.2").signIn(t, ben.Email, password).ok(t)
	})
	s.sub(t, "an address that is made up", func(t *testing.T) {
		from := s.from("127.0.4.1")
		attempt := func(claimed string) reply {
			return from.session(t, object{"emailAddress": newEmail(), "password": wrongPassword}, "X-Forwarded-For: "+claimed, "X-Real-Ip: "+claimed)
		}
		for _, claimed := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"} {
			attempt(claimed).fails(t, http.StatusUnauthorized, wrong)
		}
		limited(t, attempt("192.0.2.4"), window)
	})
	s.sub(t, "good attempts do not count", func(t *testing.T) {
		from := s.from("127.0.5.1")
		for range 5 {
			from.signIn(t, ben.Email, password).ok(t)
		}
	})
}

func limitsChangePassword(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t, "--sign-in-attempts", "2", "--sign-in-window", "10m")
	ann := s.withPassword(t, "Ann")
	change := func(current string) reply {
		return ann.put(t, "/me/password", object{"currentPassword": current, "newPassword": "battery staple horse"})
	}
	for range 2 {
		change(wrongPassword).fails(t, http.StatusForbidden, "currentPassword is wrong")
	}
	limited(t, change(password), 10*time.Minute)
	ann.get(t, "/me").ok(t)
}

// linkTries is how many unknown links an address may try.
const linkTries = 60

func limitsLinks(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t)
	owner := s.people.owner()
	invite := data[api.CreatedInvite](t, owner.post(t, "/invites", nil)).URL
	from := s.from("127.0.1.1")
	unknown := s.url + "/invite#" + repeat(43)
	for range linkTries {
		from.inspect(t, unknown).fails(t, http.StatusNotFound, "This link is unknown")
	}
	const window = 5 * time.Minute
	limited(t, from.inspect(t, invite), window)
	limited(t, from.join(t, invite, "Ann", newEmail()), window)
	limited(t, from.reset(t, invite, password), window)
	limited(t, from.do(t, request{method: "POST", path: "/api/messenger/setup", body: object{
		"token": repeat(43), "displayName": "x", "emailAddress": newEmail(), "password": password,
	}}), window)
	s.inspect(t, invite).ok(t)
	for range linkTries + 1 { // known ones do not count
		s.inspect(t, invite).ok(t)
	}
}

// After the time that Retry-After tells, there is another attempt.
func limitsEnd(t *testing.T, s *target) {
	const window = 2 * time.Second
	s, _ = s.needLocal(t).peopled(t, "--sign-in-attempts", "1", "--sign-in-window", "2s")
	ann := s.withPassword(t, "Ann")
	from := s.from("127.0.1.1")
	from.signIn(t, ann.Email, wrongPassword).fails(t, http.StatusUnauthorized, "Wrong e-mail address")
	begin := time.Now()
	first := from.signIn(t, ann.Email, password)
	if first.status == http.StatusOK { // on a slow machine the window is over by now
		return
	}
	limited(t, first, window)
	after, err := strconv.Atoi(first.header.Get("Retry-After"))
	if err != nil {
		t.Fatal(err)
	}
	within(t, patience, "another attempt", func() bool { return from.signIn(t, ann.Email, password).status == http.StatusOK })
	if waited := time.Since(begin); waited > time.Duration(after)*time.Second+5*time.Second {
		t.Errorf("Retry-After was %d, the next attempt was granted after %v", after, waited)
	}
}
