package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"spika/api"
	"spika/internal/config"
)

func contactChecks() []check {
	return []check{
		{"match", contactsMatch},
		{"match, forms", contactsForms},
		{"match, refusals", contactsRefusals},
		{"without a team", contactsOnly},
		{"without a team, events", contactsEvents},
		{"without a team, private rooms", contactsPrivateRooms},
		{"without a team, sync", contactsSync},
		{"complete address book", contactsComplete},
	}
}

// hashed is a phone number as address books are matched by.
func hashed(number string) string {
	sum := sha256.Sum256([]byte(number))
	return hex.EncodeToString(sum[:])
}

// withPhone brings someone in who has a number on file.
func (s *target) withPhone(t testing.TB, name string) phone {
	t.Helper()
	p := phone{person: s.person(t, name), Number: newPhone()}
	p.numbered(t, p.Number)
	return p
}

// numbered has the owner give a person a number.
func (p person) numbered(t testing.TB, number string) {
	t.Helper()
	p.s.people.owner().put(t, fmt.Sprintf("/people/%d", p.ID), object{"telephoneNumber": number}).ok(t)
}

// match sends an address book of some people, and gives who was found.
func (p person) match(t testing.TB, others ...phone) []int64 {
	t.Helper()
	hashes := []string{hashed("+15550199")}
	for _, o := range others {
		hashes = append(hashes, hashed(o.Number))
	}
	return matched(t, p.post(t, "/contacts", object{"contacts": hashes}))
}

func matched(t testing.TB, r reply) []int64 {
	t.Helper()
	found := data[api.MatchedContacts](t, r)
	if found.Count != len(found.List) || found.Limit != 500 {
		t.Errorf("count is %d of %d, limit %d", found.Count, len(found.List), found.Limit)
	}
	ids := []int64{}
	for _, u := range found.List {
		ids = append(ids, u.ID)
	}
	return ids
}

func contactsMatch(t *testing.T, s *target) {
	ann, ben, cy := s.withPhone(t, "Ann"), s.withPhone(t, "Ben"), s.withPhone(t, "Cy")
	golden(t, "matchContacts", ann.post(t, "/contacts", object{"contacts": []string{hashed(ben.Number), "42", ""}}), ben)
	if got := ann.match(t, cy, ann, ben); !slices.Equal(got, []int64{ben.ID, cy.ID}) {
		t.Errorf("found %v, want those of %d and %d, by name, without oneself", got, ben.ID, cy.ID)
	}
	ben.numbered(t, newPhone())
	if got := ann.match(t, ben); len(got) != 0 {
		t.Errorf("an earlier number finds %v", got)
	}
	s.sub(t, "those about to join", func(t *testing.T) {
		dan := s.phone(t)
		dan.asks(t).ok(t)
		if got := ann.match(t, dan); len(got) != 0 {
			t.Errorf("found %v", got)
		}
		dan = dan.signsIn(t)
		if got := ann.match(t, dan); !slices.Equal(got, []int64{dan.ID}) {
			t.Errorf("found %v", got)
		}
	})
}

func contactsForms(t *testing.T, s *target) {
	ann, ben, cy := s.person(t, "Ann"), s.withPhone(t, "Ben"), s.withPhone(t, "Cy")
	both := []int64{ben.ID, cy.ID}
	one, two := hashed(ben.Number), hashed(cy.Number)
	for name, form := range map[string]string{
		"keys repeated": url.Values{"contacts": {one, two}, "isLastPage": {"true"}}.Encode(),
		"keys as lists": url.Values{"contacts[]": {one, two}, "isLastPage": {"false"}}.Encode(),
		"commas":        url.Values{"contacts": {one + "," + two}}.Encode(),
		"JSON":          url.Values{"contacts": {`["` + one + `","` + two + `"]`}}.Encode(),
	} {
		s.sub(t, name, func(t *testing.T) {
			if got := matched(t, ann.form(t, "POST", "/contacts", form)); !slices.Equal(got, both) {
				t.Errorf("found %v", got)
			}
		})
	}
	for name, body := range map[string]object{
		"a string":      {"contacts": one + "," + two, "isLastPage": "true"},
		"in capitals":   {"contacts": []string{strings.ToUpper(one), two}, "isLastPage": true},
		"JSON in JSON":  {"contacts": `["` + one + `","` + two + `"]`},
		"some a number": {"contacts": "42," + one + "," + two},
	} {
		s.sub(t, name, func(t *testing.T) {
			if got := matched(t, ann.post(t, "/contacts", body)); !slices.Equal(got, both) {
				t.Errorf("found %v", got)
			}
		})
	}
	for _, body := range []string{`{"contacts":["42"]}`, `{"contacts":"42"}`} {
		if got := matched(t, ann.post(t, "/contacts", body)); len(got) != 0 {
			t.Errorf("%s finds %v", body, got)
		}
	}
	most := make([]string, 500)
	for i := range most {
		most[i] = hashed(fmt.Sprint(i))
	}
	ann.post(t, "/contacts", object{"contacts": most}).ok(t)
}

func contactsRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for name, body := range map[string]string{
		"nothing": `{}`, "null": `{"contacts":null}`, "true": `{"contacts":true}`, "a number": `{"contacts":42}`, "a list with a number": `{"contacts":[42]}`,
		"an empty list": `{"contacts":[]}`, "an empty string": `{"contacts":""}`, "an object": `{"contacts":{}}`,
	} {
		s.sub(t, name, func(t *testing.T) {
			ann.post(t, "/contacts", body).fails(t, http.StatusBadRequest, "Invalid params: contacts must be")
		})
	}
	many := make([]string, 501)
	for i := range many {
		many[i] = "x"
	}
	ann.post(t, "/contacts", object{"contacts": many}).fails(t, http.StatusBadRequest, "contacts must be at most 500")
	ann.post(t, "/contacts", `{"contacts":["a"],"isLastPage":"maybe"}`).fails(t, http.StatusBadRequest, "Invalid params: isLastPage must be")
	ann.post(t, "/contacts", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	crossOriginRefused(t, s, ann, "POST", "/contacts")
}

// strangers is a server where everyone sees only those of their address book.
func (s *target) strangers(t *testing.T) *target {
	t.Helper()
	l := s.needLocal(t)
	alone, _ := l.peopled(t, l.sms.flags("--phone-sign-in", "open", "--no-team-mode")...)
	return alone
}

func contactsOnly(t *testing.T, s *target) {
	s = s.strangers(t)
	settings := data[api.Settings](t, s.do(t, request{method: "GET", path: "/api/messenger/settings"}))
	if settings.TeamMode {
		t.Error("it says that everyone sees everyone")
	}
	ann, ben, cy := s.withPhone(t, "Ann"), s.withPhone(t, "Ben"), s.withPhone(t, "Cy")
	sees := func(t *testing.T, who phone, whom phone, want bool) {
		t.Helper()
		r := who.get(t, "/users/%d", whom.ID)
		if want {
			r.ok(t)
		} else {
			r.fails(t, http.StatusNotFound, "User not found")
		}
		listed := slices.ContainsFunc(who.contacts(t, ""), func(u api.User) bool { return u.ID == whom.ID })
		if listed != (want && who.ID != whom.ID) {
			t.Errorf("%s lists %s as a contact: %v", who.Name, whom.Name, listed)
		}
	}
	sees(t, ann, ann, true)
	sees(t, ann, ben, false)
	ann.match(t, ben)
	sees(t, ann, ben, true)
	sees(t, ben, ann, false)
	sees(t, ann, cy, false)
	ann.match(t, cy)
	if got := ann.contacts(t, ""); len(got) != 2 || got[0].ID != ben.ID || got[1].ID != cy.ID {
		t.Errorf("the contacts are %+v", got)
	}
	if got := ann.contacts(t, "be"); len(got) != 1 || got[0].ID != ben.ID {
		t.Errorf("the contacts with a keyword are %+v", got)
	}
	s.sub(t, "in a room with strangers", func(t *testing.T) {
		room := ann.room(t, "Group", ben.person, cy.person)
		if got := ben.getRoom(t, room); len(got.Users) != 3 {
			t.Errorf("the room is %+v", got)
		}
	})
}

// changes are whose changes a stream has told, up to one that is surely the last.
func (st *stream) changes(t testing.TB, last person, name string) []int64 {
	t.Helper()
	last.put(t, "/me", object{"displayName": name}).ok(t)
	ids := []int64{}
	for _, f := range st.until(t, patience, "a change of oneself", func(f frame) bool { return f.event.Type == api.EventUserUpdate && f.named(name) }) {
		if f.event.Type == api.EventUserUpdate && f.event.User.ID != last.ID {
			ids = append(ids, f.event.User.ID)
		}
	}
	return ids
}

// live opens a stream and waits until it is live, on a server where nothing is
// told to everyone.
func (p person) live(t testing.TB) *stream {
	t.Helper()
	st := p.open(t)
	st.next(t, "the first sign of life", is(api.EventPing))
	return st
}

func contactsEvents(t *testing.T, s *target) {
	s = s.strangers(t)
	ann, ben, cy := s.withPhone(t, "Ann"), s.withPhone(t, "Ben"), s.withPhone(t, "Cy")
	ann.match(t, ben)
	anns, cys := ann.live(t), cy.live(t)
	place := place{after: anns.last()}
	ben.put(t, "/me", object{"displayName": "Benjamin"}).ok(t)
	cy.put(t, "/me", object{"displayName": "Cyril"}).ok(t)
	s.phone(t).signsIn(t) // someone new
	s.person(t, "Dan")
	s.sub(t, "to those who have one as a contact", func(t *testing.T) {
		if got := anns.changes(t, ann.person, "Ann 1"); !slices.Equal(got, []int64{ben.ID}) {
			t.Errorf("Ann was told of %v, want %d", got, ben.ID)
		}
	})
	s.sub(t, "to nobody else", func(t *testing.T) {
		if got := cys.changes(t, cy.person, "Cy 1"); len(got) != 0 {
			t.Errorf("Cy was told of %v", got)
		}
	})
	s.sub(t, "when catching up", func(t *testing.T) {
		if got := ann.open(t, place).changes(t, ann.person, "Ann 2"); !slices.Equal(got, []int64{ben.ID}) {
			t.Errorf("Ann was told of %v, want %d", got, ben.ID)
		}
	})
	s.sub(t, "of a bot, to its room", func(t *testing.T) {
		ben.match(t, ann)
		room := ben.room(t, "Bots", ann.person)
		robot := ben.bot(t, room, "Robot")
		ben.put(t, keyPath(robot.Key), object{"displayName": "Droid"}).ok(t)
		anns.next(t, "the bot's new name", func(f frame) bool { return f.event.Type == api.EventUserUpdate && f.named("Droid") })
		if got := cys.changes(t, cy.person, "Cy 2"); len(got) != 0 {
			t.Errorf("Cy was told of %v", got)
		}
	})
}

func contactsPrivateRooms(t *testing.T, s *target) {
	s = s.strangers(t)
	ann, ben := s.withPhone(t, "Ann"), s.withPhone(t, "Ben")
	body := object{"type": "private", "userIds": []int64{ben.ID}}
	ann.post(t, "/rooms", body).fails(t, http.StatusBadRequest, "Other user is not your contact")
	ann.post(t, "/rooms", object{"userIds": []int64{ben.ID}}).fails(t, http.StatusBadRequest, "Other user is not your contact")
	shared := object{"userIds": []int64{ben.ID}, "messages": []object{{"type": "text", "body": object{"text": "a"}}}}
	ann.post(t, "/messages/share", shared).fails(t, http.StatusBadRequest, "Other user is not your contact")
	ann.match(t, ben)
	ann.post(t, "/rooms", body).ok(t)
	ann.post(t, "/messages/share", shared).ok(t)
	ben.post(t, "/rooms", object{"type": "private", "userIds": []int64{ann.ID}}).fails(t, http.StatusConflict, "Room already exists")
}

func contactsSync(t *testing.T, s *target) {
	s = s.strangers(t)
	ann, ben, cy := s.withPhone(t, "Ann"), s.withPhone(t, "Ben"), s.withPhone(t, "Cy")
	all := []int64{ann.ID, ben.ID, cy.ID}
	ids, place := ann.changedUsers(t, 0, all...)
	if !slices.Equal(ids, []int64{ann.ID}) {
		t.Errorf("sync from the beginning gives %v", ids)
	}
	ann.match(t, ben)
	if ids, _ = ann.changedUsers(t, place, all...); !slices.Equal(ids, []int64{ben.ID}) {
		t.Errorf("with a new contact, sync gives %v", ids)
	}
	ben.put(t, "/me", object{"displayName": "Benjamin"}).ok(t)
	cy.put(t, "/me", object{"displayName": "Cyril"}).ok(t)
	if ids, place = ann.changedUsers(t, place, all...); !slices.Equal(ids, []int64{ben.ID}) {
		t.Errorf("after renamings, sync gives %v", ids)
	}
	if ids, _ = ann.changedUsers(t, place, all...); len(ids) != 0 {
		t.Errorf("nothing has changed, and sync gives %v", ids)
	}
}

// Contacts that the last pages of an address book did not have are dropped.
func contactsComplete(t *testing.T, s *target) {
	s, _, clock := s.needLocal(t).withClock(t, func(c *config.Config) { c.TeamMode = false })
	ann, ben, cy, dan := s.withPhone(t, "Ann"), s.withPhone(t, "Ben"), s.withPhone(t, "Cy"), s.withPhone(t, "Dan")
	names := func() string {
		var out []string
		for _, u := range ann.contacts(t, "") {
			out = append(out, *u.DisplayName)
		}
		return strings.Join(out, " ")
	}
	page := func(last bool, who phone) {
		ann.post(t, "/contacts", object{"contacts": []string{hashed(who.Number)}, "isLastPage": last}).ok(t)
	}
	ann.match(t, ben, cy)
	clock.move(9 * time.Minute)
	page(true, dan)
	if got := names(); got != "Ben Cy Dan" {
		t.Errorf("the contacts are %s: those of the last minutes stay", got)
	}
	clock.move(11 * time.Minute)
	page(false, ben)
	if got := names(); got != "Ben Cy Dan" {
		t.Errorf("the contacts are %s: the address book is not complete yet", got)
	}
	page(true, dan)
	if got := names(); got != "Ben Dan" {
		t.Errorf("the contacts are %s", got)
	}
	clock.move(11 * time.Minute)
	ann.post(t, "/contacts", object{"contacts": []string{"42"}, "isLastPage": true}).ok(t)
	if got := names(); got != "" {
		t.Errorf("the contacts are %s, and the address book holds none", got)
	}
}
