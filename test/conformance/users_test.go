package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func userChecks() []check {
	return []check{
		{"get", usersGet},
		{"contacts", usersContacts},
		{"contacts, refusals", usersContactsRefusals},
		{"sync", usersSync},
	}
}

func usersGet(t *testing.T, s *target) {
	c := s.chat(t)
	golden(t, "getUser", c.ann.get(t, "/users/%d", c.ben.ID), c.ben)
	golden(t, "getUser", c.ann.get(t, "/users/%d", c.ann.ID), c.ann)
	for _, id := range []string{"1099511627776", "65000000000000000", "99999999999999999999"} {
		c.ann.get(t, "/users/%s", id).fails(t, http.StatusNotFound, "User not found")
	}
	for _, id := range []string{"x", "0", "-1", "1.5"} {
		c.ann.get(t, "/users/%s", id).fails(t, http.StatusBadRequest, "id must be number")
	}
	person{s: s}.get(t, "/users/%d", c.ben.ID).fails(t, http.StatusUnauthorized, "No access token")
}

// contacts lists all contacts under a keyword, page by page.
func (p person) contacts(t testing.TB, keyword string) []api.User {
	t.Helper()
	var out []api.User
	for cursor := ""; ; {
		got := data[api.ContactList](t, p.get(t, "/contacts?keyword=%s%s", keyword, cursor))
		if got.Limit != 20 {
			t.Errorf("limit is %d, want 20", got.Limit)
		}
		list := got.List
		if cursor != "" { // a page begins with the user that the last one ended with
			if list[0].ID != out[len(out)-1].ID {
				t.Errorf("the page begins with %d, the last one ended with %d", list[0].ID, out[len(out)-1].ID)
			}
			list = list[1:]
		}
		out = append(out, list...)
		if got.NextCursor == nil {
			if got.Count != int64(len(out)) {
				t.Errorf("count is %d, the pages have %d", got.Count, len(out))
			}
			return out
		}
		cursor = fmt.Sprint("&cursor=", *got.NextCursor)
	}
}

func usersContacts(t *testing.T, s *target) {
	c := s.chat(t)
	family := newEmail()[:12] // so that nobody else has the name
	ann := c.ann
	ann.Name = family + " Ann"
	ann.put(t, "/me", object{"displayName": ann.Name}).ok(t)
	c.ann.put(t, keyPath(c.bot.Key), object{"displayName": family + " bot"}).ok(t)
	golden(t, "listContacts", c.ben.get(t, "/contacts?keyword=%s%%20a", family), ann)
	found := c.ben.contacts(t, family)
	if len(found) != 2 || found[0].ID != c.ann.ID || found[1].ID != c.bot.UserID {
		t.Errorf("the contacts are %+v", found)
	}
	if own := ann.contacts(t, family); len(own) != 1 || own[0].ID != c.bot.UserID {
		t.Errorf("one's own contacts are %+v", own)
	}
	if none := c.ben.contacts(t, "%25"); slices.ContainsFunc(none, func(u api.User) bool { return u.ID == c.ann.ID }) {
		t.Error("a percent sign finds everyone")
	}
	owner := s.people.owner()
	for i := range 40 {
		owner.post(t, "/people", object{"displayName": fmt.Sprintf("%s %02d", family, 40-i), "emailAddress": newEmail()}).ok(t)
	}
	all := c.ben.contacts(t, family)
	sorted := slices.IsSortedFunc(all, func(a, b api.User) int { return slices.Compare([]byte(*a.DisplayName), []byte(*b.DisplayName)) })
	if len(all) != 42 || !sorted {
		t.Errorf("%d contacts, sorted: %v", len(all), sorted)
	}
	if got := data[api.ContactList](t, c.ben.get(t, "/contacts?page=2")); len(got.List) != 20 {
		t.Errorf("asked for a page, which is ignored, the list has %d", len(got.List))
	}
}

func usersContactsRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for _, cursor := range []string{"", "x", "0", "-1", "1.5"} {
		ann.get(t, "/contacts?cursor=%s", cursor).fails(t, http.StatusBadRequest, "Invalid params: cursor must be an id")
	}
	if got := data[api.ContactList](t, ann.get(t, "/contacts?cursor=%d", int64(1)<<40)); len(got.List) != 0 || got.NextCursor != nil {
		t.Errorf("after nobody come %+v", got)
	}
	ann.get(t, "/contacts?keyword=%%zz").fails(t, http.StatusBadRequest, "Invalid params: the query")
	person{s: s}.get(t, "/contacts").fails(t, http.StatusUnauthorized, "No access token")
}

// changedUsers follows the users from a moment on and gives which of some have
// changed, and the largest modifiedAt.
func (p person) changedUsers(t testing.TB, since int64, among ...int64) (ids []int64, last int64) {
	t.Helper()
	last = since
	for page := 1; ; page++ {
		got := data[api.SyncUsers](t, p.get(t, "/users/sync/%d?page=%d", since, page))
		for _, u := range got.List {
			if last = max(last, u.ModifiedAt); slices.Contains(among, u.ID) {
				ids = append(ids, u.ID)
			}
		}
		if !got.HasNext {
			return ids, last
		}
	}
}

func usersSync(t *testing.T, s *target) {
	alone, _ := s.needLocal(t).peopled(t)
	owner := alone.people.owner()
	owner.Role = "owner"
	golden(t, "syncUsers", owner.get(t, "/users/sync/0"), owner)

	c := s.chat(t)
	team := []int64{c.ann.ID, c.ben.ID, c.bot.UserID}
	ids, place := c.ann.changedUsers(t, 0, team...)
	if !slices.Equal(ids, team) {
		t.Errorf("sync from the beginning gives %v, want %v", ids, team)
	}
	if ids, place = c.ann.changedUsers(t, place, team...); len(ids) != 0 {
		t.Errorf("nothing has changed, and sync gives %v", ids)
	}
	c.ben.put(t, "/me", object{"displayName": "Benjamin"}).ok(t)
	if ids, place = c.ann.changedUsers(t, place, team...); !slices.Equal(ids, []int64{c.ben.ID}) {
		t.Errorf("after a renaming, sync gives %v", ids)
	}
	c.ann.put(t, keyPath(c.bot.Key), object{"displayName": "Renamed"}).ok(t)
	if ids, _ = c.ann.changedUsers(t, place, team...); !slices.Equal(ids, []int64{c.bot.UserID}) {
		t.Errorf("after a key's renaming, sync gives %v", ids)
	}
	refusesPlaces(t, c.ann, "/users/sync/", "timestamp")
	person{s: s}.get(t, "/users/sync/0").fails(t, http.StatusUnauthorized, "No access token")
}
