package conformance

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spika/api"
)

// provisioner brings people into the server. Everything else the tests make
// through the API. (People with phone numbers and codes would be another one.)
type provisioner interface {
	// owner gives someone who may do everything in the team.
	owner() person
	// person brings someone new in, who is in no room, and signs them in.
	person(t testing.TB, name string) person
	// session signs someone that person gave in on one more device.
	session(t testing.TB, p person) (token string)
}

// password is that of everyone who has one.
const password = "correct horse battery"

// newEmail gives an address that nobody has.
func newEmail() string { return strings.ToLower(rand.Text()[:16]) + "@example.org" }

// team is an owner who adds people. Their sessions come from signIn, which is
// given the link that sets their password at first.
type team struct {
	s      *target
	boss   person
	signIn func(t testing.TB, email, link string) (token string)
}

func (p *team) owner() person { return p.boss }

func (p *team) session(t testing.TB, who person) string {
	t.Helper()
	return p.signIn(t, who.Email, "")
}

func (p *team) person(t testing.TB, name string) person {
	t.Helper()
	email := newEmail()
	added := data[api.AddedPerson](t, p.boss.post(t, "/people", map[string]any{"displayName": name, "emailAddress": email}))
	out := person{s: p.s, ID: added.User.ID, Name: name, Email: email, Token: p.signIn(t, email, added.Link.URL)}
	p.s.secrets.add(out.Token)
	for _, room := range data[api.RoomList](t, out.get(t, "/rooms")).List { // newcomers join the team's first room
		out.post(t, fmt.Sprintf("/rooms/%d/leave", room.ID), nil).ok(t)
	}
	return out
}

// byCommands provisions with an owner whom the operator's commands made: the
// others come by links, which takes the server less than commands do. The server's
// first room is made here, so that newcomers join it and none of a test's.
func byCommands(t testing.TB, s *target) provisioner {
	t.Helper()
	email := newEmail()
	s.cli.run(t, password+"\n", "user", "add", "--email", email, "--name", "Olga", "--admin", "--password-stdin")
	token := s.token(t, email)
	s.cli.run(t, "", "room", "add", "--name", "Lobby", "--admin", email)
	return byLinks(t, s, token)
}

// token gets a session by command.
func (s *target) token(t testing.TB, email string) string {
	t.Helper()
	out := parse[struct {
		Token string `json:"token"`
	}](t, s.cli.run(t, "", "user", "token", "--email", email))
	s.secrets.add(out.Token)
	return out.Token
}

// signedIn gives a person of whom the address is known.
func (s *target) signedIn(t testing.TB, email string) person {
	t.Helper()
	return s.known(t, s.token(t, email))
}

// known gives the person that a token belongs to.
func (s *target) known(t testing.TB, token string) person {
	t.Helper()
	p := person{s: s, Token: token}
	me := data[api.UserData](t, p.get(t, "/me")).User
	p.ID, p.Name = me.ID, *me.DisplayName
	if me.EmailAddress != nil {
		p.Email = *me.EmailAddress
	}
	return p
}

// byLinks provisions with nothing but the owner's session: people set a
// password through the link that the owner gets.
func byLinks(t testing.TB, s *target, token string) provisioner {
	t.Helper()
	s.secrets.add(token)
	return &team{s: s, boss: s.known(t, token), signIn: func(t testing.TB, email, link string) string {
		t.Helper()
		if link != "" {
			return cookieToken(t, s.reset(t, link, password).ok(t))
		}
		return *data[api.SignedIn](t, s.signIn(t, email, password)).Device.Token
	}}
}

// reset sets a password through a link.
func (s *target) reset(t testing.TB, link, password string) reply {
	t.Helper()
	return s.do(t, request{method: "POST", path: "/api/messenger/password/reset", body: object{
		"token": linkToken(t, link), "password": password,
	}})
}

// signIn signs in without a cookie.
func (s *target) signIn(t testing.TB, email, password string) reply {
	t.Helper()
	return s.do(t, request{method: "POST", path: "/api/messenger/session", body: object{
		"emailAddress": email, "password": password, "cookie": false,
	}})
}

// linkToken gives the secret part of a link.
func linkToken(t testing.TB, link string) string {
	t.Helper()
	_, token, ok := strings.Cut(link, "#")
	if !ok {
		t.Fatalf("the link %s carries no token", link)
	}
	return token
}

// cookieToken gives the session token that a reply sets as a cookie.
func cookieToken(t testing.TB, r reply) string {
	t.Helper()
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == "spika_session" {
			return c.Value
		}
	}
	t.Fatalf("%s: no session cookie", r.what)
	return ""
}
