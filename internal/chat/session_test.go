package chat_test

import (
	"strings"
	"testing"
	"time"

	"spika/internal/chat"
)

// TestSignInFailuresAreAlike: neither the answer nor the work done for it tells
// whether an address is known.
func TestSignInFailuresAreAlike(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	gone := tm.joins("Gone").User
	gone.Deleted = true
	tm.ok(tm.store.Update(tm.ctx, updateUser(gone)))
	_, err := tm.svc.SignIn(tm.ctx, bob.User.Email, "wrong", chat.DeviceInfo{})
	want := err.Error()
	for email, verifies := range map[string]int{
		bob.User.Email: 1, "nobody@example.org": 1, gone.Email: 1, "no address": 0,
	} {
		tm.passwords.verified = nil
		_, err := tm.svc.SignIn(tm.ctx, email, "wrong password", chat.DeviceInfo{})
		tm.fails(err, chat.Unauthorized)
		same(t, err.Error(), want)
		same(t, len(tm.passwords.verified), verifies)
	}
	_, err = tm.svc.SignIn(tm.ctx, gone.Email, goodPassword, chat.DeviceInfo{})
	tm.fails(err, chat.Unauthorized, want)
}

func TestSignInOpensASession(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	tm.clock.pass(time.Hour)
	info := chat.DeviceInfo{Kind: "browser", Name: "Firefox", OSName: "Linux", OSVersion: "6", AppVersion: "1"}
	in := must(tm.svc.SignIn(tm.ctx, " BOB@example.org", goodPassword, info))(t)
	now := chat.TimeOf(tm.clock.now())
	if d := in.Device; d.Kind != "browser" || d.Name != "Firefox" || d.OSName != "Linux" || d.OSVersion != "6" || d.AppVersion != "1" ||
		d.ID == bob.Device.ID || d.Expires != now.Add(tm.opts.SessionLife) || len(in.Token) != chat.SecretLen {
		t.Errorf("the session is %+v", in)
	}
	got := must(tm.svc.Authenticate(tm.ctx, in.Token))(t)
	same(t, got.Device.ID, in.Device.ID)
	same(t, got.User.SignedIn, now)
	for _, token := range []string{"", "x", in.Token + "x", strings.ToLower(in.Token)} {
		_, err := tm.svc.Authenticate(tm.ctx, token)
		tm.fails(err, chat.Unauthorized)
	}
	_, err := tm.svc.OpenSessionFor(tm.ctx, "nobody@example.org", chat.DeviceInfo{})
	tm.fails(err, chat.NotFound, "nobody@example.org")
	script := must(tm.svc.OpenSessionFor(tm.ctx, "Bob@example.org", chat.DeviceInfo{Kind: "script"}))(t)
	same(t, must(tm.svc.Authenticate(tm.ctx, script.Token))(t).User.ID, bob.User.ID)
}

// TestSignInLosesAgainstANewPassword: one that is set while the old one is still
// being checked.
func TestSignInLosesAgainstANewPassword(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob").User
	tm.passwords.meanwhile = func() {
		bob.Password = "hash of another"
		tm.ok(tm.store.Update(tm.ctx, updateUser(bob)))
	}
	_, err := tm.svc.SignIn(tm.ctx, bob.Email, goodPassword, chat.DeviceInfo{})
	tm.fails(err, chat.Unauthorized)
}

func TestSessionLivesWhileItIsUsed(t *testing.T) {
	for name, life := range map[string]time.Duration{"a month": 30 * 24 * time.Hour, "a day": 24 * time.Hour, "90 minutes": 90 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			tm := newTeam(t, func(o *chat.Options) { o.SessionLife = life })
			tm.joins("Bob")
			in := tm.signsIn("Bob")
			for range 10 {
				tm.clock.pass(life * 2 / 3)
				must(tm.svc.Authenticate(tm.ctx, in.Token))(t)
			}
			tm.clock.pass(life + time.Millisecond)
			_, err := tm.svc.Authenticate(tm.ctx, in.Token)
			tm.fails(err, chat.Unauthorized, "Expired")
		})
	}
}

// One node lengthens a session, of which the others, that remember it, hear
// nothing: it lives on all of them, and ends on all when nobody uses it.
func TestSessionLivesOnAllNodes(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in, other := tm.signsIn("Bob"), tm.node()
	must(other.Authenticate(tm.ctx, in.Token))(t)
	life := tm.opts.SessionLife
	tm.clock.pass(life - time.Hour)
	used := must(tm.svc.Authenticate(tm.ctx, in.Token))(t)
	tm.clock.pass(2 * time.Hour)
	got := must(other.Authenticate(tm.ctx, in.Token))(t)
	same(t, got.Device.Expires, used.Device.Expires)
	tm.clock.pass(life)
	for _, node := range []*chat.Service{tm.svc, other} {
		_, err := node.Authenticate(tm.ctx, in.Token)
		tm.fails(err, chat.Unauthorized, "Expired")
	}
}

func TestSessionIsLengthenedOnceADay(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in := tm.signsIn("Bob")
	var ends []chat.Time
	for range 48 {
		tm.clock.pass(time.Hour)
		s := must(tm.svc.Authenticate(tm.ctx, in.Token))(t)
		if n := len(ends); n == 0 || ends[n-1] != s.Device.Expires {
			ends = append(ends, s.Device.Expires)
		}
	}
	if len(ends) != 2 || ends[0] != in.Device.Expires || ends[1] < ends[0].Add(24*time.Hour) {
		t.Errorf("within two days the session was to end at %v", ends)
	}
}

func TestSessionsEnd(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	tokens := []string{tm.signsIn("Bob").Token, tm.signsIn("Bob").Token, tm.signsIn("Bob").Token}
	var sessions []chat.Session
	for _, token := range tokens {
		sessions = append(sessions, must(tm.svc.Authenticate(tm.ctx, token))(t))
	}
	live := func() (out []int) {
		for i, token := range tokens {
			if _, err := tm.svc.Authenticate(tm.ctx, token); err == nil {
				out = append(out, i)
			} else {
				tm.fails(err, chat.Unauthorized)
			}
		}
		return out
	}
	device := must(tm.svc.SignOut(tm.ctx, sessions[0]))(t)
	same(t, device.TokenHash, nil)
	same(t, live(), []int{1, 2})
	tm.fails(tm.svc.ChangePassword(tm.ctx, sessions[1], "wrong", "another password"), chat.Forbidden)
	tm.fails(tm.svc.ChangePassword(tm.ctx, sessions[1], goodPassword, "short"), chat.Invalid)
	same(t, live(), []int{1, 2})
	tm.ok(tm.svc.ChangePassword(tm.ctx, sessions[1], goodPassword, "another password"))
	same(t, live(), []int{1})
	_, err := tm.svc.SignIn(tm.ctx, "bob@example.org", goodPassword, chat.DeviceInfo{})
	tm.fails(err, chat.Unauthorized)
	must(tm.svc.SignIn(tm.ctx, "bob@example.org", "another password", chat.DeviceInfo{}))(t)
}

// TestOldMeaningsOfTokensAreForgotten: on the node that made a change at once, on
// another one when it is told.
func TestOldMeaningsOfTokensAreForgotten(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	token := tm.signsIn("Bob").Token
	key := tm.key(tm.owner, tm.general, "CI")
	other := tm.node()
	name := "Robert"
	for what, c := range map[string]struct {
		change func() error
		holds  func(*chat.Service) bool // whether a node knows of it
	}{
		"role": {
			func() error {
				role := chat.Admin
				_, err := tm.svc.UpdatePerson(tm.ctx, tm.owner, bob.User.ID, chat.PersonChange{Role: &role})
				return err
			},
			func(s *chat.Service) bool {
				who, err := s.Authenticate(tm.ctx, token)
				return err == nil && who.User.Role == chat.Admin
			},
		},
		"name": {
			func() error { _, err := tm.svc.UpdateMe(tm.ctx, bob, chat.MeChange{Name: &name}); return err },
			func(s *chat.Service) bool {
				who, err := s.Authenticate(tm.ctx, token)
				return err == nil && who.User.Name == name
			},
		},
		"key": {
			func() error { _, err := tm.svc.DeleteKey(tm.ctx, tm.owner, key.ID); return err },
			func(s *chat.Service) bool {
				_, err := s.AuthenticateKey(tm.ctx, key.Secret)
				return chat.CodeOf(err) == chat.Unauthorized
			},
		},
	} {
		if c.holds(tm.svc) || c.holds(other) {
			t.Errorf("%s: known before it happened", what)
		}
		place := tm.place()
		tm.ok(c.change())
		if !c.holds(tm.svc) {
			t.Errorf("%s: the node that did it does not know", what)
		}
		other.Observe(tm.events(place))
		if !c.holds(other) {
			t.Errorf("%s: another node does not know after it was told", what)
		}
	}
}

func TestSignedOutElsewhere(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in := tm.signsIn("Bob")
	other := tm.node()
	must(other.Authenticate(tm.ctx, in.Token))(t)
	place := tm.place()
	must(tm.svc.SignOut(tm.ctx, in.Session))(t)
	other.Observe(tm.events(place))
	_, err := other.Authenticate(tm.ctx, in.Token)
	tm.fails(err, chat.Unauthorized)
}
