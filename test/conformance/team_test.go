package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func teamChecks() []check {
	return []check{
		{"people", teamPeople},
		{"add", teamAdd},
		{"roles", teamRoles},
		{"reset link", teamResetLink},
		{"invite", teamInvite},
		{"join", teamJoin},
		{"join, refusals", teamJoinRefusals},
		{"invites, refusals", teamInviteRefusals},
		{"only its admins", teamOnlyAdmins},
		{"added by command", teamByCommand},
	}
}

// admin brings someone in who manages the team. Only its owner can make one.
func (s *target) admin(t testing.TB, name string) person {
	t.Helper()
	owner := s.people.owner()
	if owner.role(t) != "owner" {
		t.Skip("this needs the session of the team's owner")
	}
	p := s.withPassword(t, name)
	owner.put(t, fmt.Sprintf("/people/%d", p.ID), object{"role": "admin"}).ok(t)
	p.Role = "admin"
	return p
}

func (p person) role(t testing.TB) api.Role {
	t.Helper()
	return data[api.UserData](t, p.get(t, "/me")).User.Role
}

// listed gives someone as the list of people shows them.
func (p person) listed(t testing.TB, id int64) (api.Person, bool) {
	t.Helper()
	list := data[api.PersonList](t, p.get(t, "/people"))
	if list.Count != len(list.List) {
		t.Errorf("count is %d, the list has %d", list.Count, len(list.List))
	}
	i := slices.IndexFunc(list.List, func(q api.Person) bool { return q.ID == id })
	if i < 0 {
		return api.Person{}, false
	}
	return list.List[i], true
}

func teamPeople(t *testing.T, s *target) {
	l := s.needLocal(t)
	other, _ := l.peopled(t)
	owner := other.people.owner()
	owner.Role = "owner"
	golden(t, "listPeople", owner.get(t, "/people"), owner)
	c := s.chat(t)
	if got, ok := s.people.owner().listed(t, c.ben.ID); !ok || *got.EmailAddress != c.ben.Email || got.LastSignInAt == nil {
		t.Errorf("Ben is listed as %+v", got)
	}
	if _, ok := s.people.owner().listed(t, c.bot.UserID); ok {
		t.Error("a bot is listed among the people")
	}
}

func teamAdd(t *testing.T, s *target) {
	owner := s.people.owner()
	ann := person{Name: "Ann", Email: newEmail()}
	r := owner.post(t, "/people", object{"displayName": " Ann ", "emailAddress": ann.Email})
	added := data[api.AddedPerson](t, r)
	ann.ID = added.User.ID
	golden(t, "addPerson", r, ann)
	s.secrets.add(linkToken(t, added.Link.URL))
	if got, _ := owner.listed(t, ann.ID); got.LastSignInAt != nil {
		t.Errorf("who was only added has signed in at %d", *got.LastSignInAt)
	}
	s.signIn(t, ann.Email, password).fails(t, http.StatusUnauthorized, "Wrong e-mail address or password")
	golden(t, "inspectLink", s.inspect(t, added.Link.URL), map[string]any{"kind": "reset", "team": s.teamName(t), "expires": `"$later"`, "ann": ann})
	reset := s.reset(t, added.Link.URL, password)
	golden(t, "resetPassword", reset, ann)
	s.secrets.add(cookieToken(t, reset))
	s.signIn(t, ann.Email, password).ok(t)
	s.sub(t, "the link works once", func(t *testing.T) {
		s.reset(t, added.Link.URL, password).fails(t, http.StatusNotFound, "This link is unknown, used or expired")
		s.inspect(t, added.Link.URL).fails(t, http.StatusNotFound, "This link is unknown, used or expired")
	})
	for _, row := range []struct {
		name   string
		status int
		body   any
		begins string
	}{
		{"an address that is taken", 409, object{"displayName": "x", "emailAddress": ann.Email}, "User with that email exists"},
		{"no address", 400, object{"displayName": "x"}, "emailAddress must be an e-mail address"},
		{"no name", 400, object{"emailAddress": newEmail()}, "displayName must not be empty"},
		{"an unknown role", 400, object{"displayName": "x", "emailAddress": newEmail(), "role": "king"}, "role must be"},
		{"a second owner", 400, object{"displayName": "x", "emailAddress": newEmail(), "role": "owner"}, "role must be"},
		{"a number for a name", 400, object{"displayName": 1, "emailAddress": newEmail()}, "Invalid params: displayName must be a string"},
		{"no JSON", 400, "{", "Invalid params: the body is not valid JSON"},
		{"a body too large", 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) { owner.post(t, "/people", row.body).fails(t, row.status, row.begins) })
	}
}

func (s *target) teamName(t testing.TB) string {
	t.Helper()
	return data[api.Settings](t, s.do(t, request{method: "GET", path: "/api/messenger/settings"})).TeamName
}

func teamRoles(t *testing.T, s *target) {
	owner, admin := s.people.owner(), s.admin(t, "Abe")
	c := s.chat(t)
	role := func(id int64) string { return fmt.Sprintf("/people/%d", id) }
	promoted := c.ben
	promoted.Role = "admin"
	golden(t, "updatePerson", owner.put(t, role(c.ben.ID), object{"role": "admin"}), promoted)
	c.ben.get(t, "/people").ok(t) // from now on
	owner.put(t, role(c.ben.ID), object{"role": "member"}).ok(t)
	c.ben.get(t, "/people").fails(t, http.StatusForbidden, "Forbidden: only the owner and admins")
	for _, row := range []struct {
		name   string
		who    person
		id     any
		status int
		body   any
		begins string
	}{
		{"an admin makes an admin", admin, c.ben.ID, 403, object{"role": "admin"}, "Forbidden: only the owner can make admins"},
		{"an admin unmakes an admin", admin, admin.ID, 403, object{"role": "member"}, "Forbidden: only the owner changes admins"},
		{"the owner's own", owner, owner.ID, 403, object{"role": "member"}, "Forbidden: only the owner changes admins"},
		{"an unknown role", owner, c.ben.ID, 400, object{"role": "king"}, "role must be"},
		{"no role", owner, c.ben.ID, 400, object{}, "role must be"},
		{"a number", owner, c.ben.ID, 400, object{"role": 1}, "Invalid params: role must be a string"},
		{"nobody", owner, 1 << 40, 404, object{"role": "member"}, "User not found"},
		{"a bot", owner, c.bot.UserID, 404, object{"role": "admin"}, "User not found"},
		{"no id", owner, "x", 400, object{"role": "member"}, "id must be number"},
		{"a body too large", owner, c.ben.ID, 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			row.who.put(t, fmt.Sprint("/people/", row.id), row.body).fails(t, row.status, row.begins)
		})
	}
	s.sub(t, "an admin adds", func(t *testing.T) {
		add := func(role string) reply {
			return admin.post(t, "/people", object{"displayName": "x", "emailAddress": newEmail(), "role": role})
		}
		add("member").ok(t)
		add("admin").fails(t, http.StatusForbidden, "Forbidden: only the owner can make admins")
	})
}

func teamResetLink(t *testing.T, s *target) {
	owner := s.people.owner()
	ann := s.withPassword(t, "Ann")
	link := func(p person, id any) reply { return p.post(t, fmt.Sprintf("/people/%v/reset-link", id), nil) }
	first := link(owner, ann.ID)
	golden(t, "createResetLink", first, nil)
	second := data[api.ResetLink](t, link(owner, ann.ID)).Link.URL
	firstURL := data[api.ResetLink](t, first).Link.URL
	s.secrets.add(linkToken(t, firstURL))
	s.secrets.add(linkToken(t, second))
	s.reset(t, firstURL, "battery staple horse").fails(t, http.StatusNotFound, "This link is unknown, used or expired") // replaced
	s.sub(t, "refusals", func(t *testing.T) {
		for _, row := range []struct {
			status int
			body   any
			begins string
		}{
			{400, object{"token": linkToken(t, second), "password": "short"}, "password must have 10 to 200 characters"},
			{400, object{"token": linkToken(t, second)}, "password must have 10 to 200 characters"},
			{404, object{"token": repeat(43), "password": password}, "This link is unknown, used or expired"},
			{404, object{"password": password}, "This link is unknown, used or expired"},
			{400, "{", "Invalid params: the body is not valid JSON"},
			{413, object{"x": repeat(maxBody)}, "The request's body is too large"},
		} {
			s.do(t, request{method: "POST", path: "/api/messenger/password/reset", body: row.body}).fails(t, row.status, row.begins)
		}
	})
	ann.get(t, "/me").ok(t)
	token := cookieToken(t, s.reset(t, second, "battery staple horse").ok(t))
	s.secrets.add(token)
	ann.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token") // all sessions have ended
	ann.Token = token
	ann.get(t, "/me").ok(t)
	s.signIn(t, ann.Email, password).fails(t, http.StatusUnauthorized, "Wrong e-mail")
	s.signIn(t, ann.Email, "battery staple horse").ok(t)
	link(owner, 1<<40).fails(t, http.StatusNotFound, "User not found")
	link(owner, "x").fails(t, http.StatusBadRequest, "id must be number")
	s.sub(t, "by an admin", func(t *testing.T) {
		admin, other := s.admin(t, "Abe"), s.admin(t, "Ada")
		link(admin, ann.ID).ok(t)
		link(admin, admin.ID).ok(t)
		link(admin, other.ID).fails(t, http.StatusForbidden, "Forbidden: only the owner resets an admin's password")
		link(admin, owner.ID).fails(t, http.StatusForbidden, "Forbidden: only the owner resets an admin's password")
		link(owner, other.ID).ok(t)
	})
}

func teamInvite(t *testing.T, s *target) {
	owner := s.people.owner()
	room := owner.room(t, "Newcomers")
	r := owner.post(t, "/invites", object{"roomIds": []int64{room, room}, "expiresInHours": 2})
	golden(t, "createInvite", r, map[string]any{"room": room, "by": owner.ID, "uses": 0})
	made := data[api.CreatedInvite](t, r)
	s.secrets.add(linkToken(t, made.URL))
	if hours := (made.Invite.ExpiresAt - made.Invite.CreatedAt) / 3_600_000; hours != 2 {
		t.Errorf("the invite lives %d hours, want 2", hours)
	}
	golden(t, "inspectLink", s.inspect(t, made.URL), map[string]any{"kind": "invite", "team": s.teamName(t), "expires": fmt.Sprint(made.Invite.ExpiresAt), "ann": nil})
	listed := func() (api.Invite, bool) {
		list := data[api.InviteList](t, owner.get(t, "/invites")).List
		i := slices.IndexFunc(list, func(v api.Invite) bool { return v.ID == made.Invite.ID })
		if i < 0 {
			return api.Invite{}, false
		}
		return list[i], true
	}
	if got, ok := listed(); !ok || got.Uses != 0 || !slices.Equal(got.RoomIDs, []int64{room}) {
		t.Errorf("the invite is listed as %+v", got)
	}
	for n := range int64(2) { // one link serves several
		token := cookieToken(t, s.join(t, made.URL, "Ann", newEmail()).ok(t))
		s.secrets.add(token)
		if rooms := data[api.RoomList](t, person{s: s, Token: token}.get(t, "/rooms")); rooms.Count != 1 || rooms.List[0].ID != room {
			t.Errorf("the newcomer is in %+v", rooms.List)
		}
		if got, _ := listed(); got.Uses != n+1 {
			t.Errorf("after %d have joined, uses is %d", n+1, got.Uses)
		}
	}
	golden(t, "deleteInvite", owner.delete(t, "/invites/%d", made.Invite.ID), nil)
	if _, ok := listed(); ok {
		t.Error("the deleted invite is listed")
	}
	s.join(t, made.URL, "Ann", newEmail()).fails(t, http.StatusNotFound, "This link is unknown, used or expired")
	s.inspect(t, made.URL).fails(t, http.StatusNotFound, "This link is unknown, used or expired")
	owner.delete(t, "/invites/%d", made.Invite.ID).fails(t, http.StatusNotFound, "Not found")
	s.sub(t, "a week by default", func(t *testing.T) {
		week := data[api.CreatedInvite](t, owner.post(t, "/invites", nil)).Invite
		if hours := (week.ExpiresAt - week.CreatedAt) / 3_600_000; hours != 168 {
			t.Errorf("the invite lives %d hours, want 168", hours)
		}
	})
	s.sub(t, "list", func(t *testing.T) {
		other, _ := s.needLocal(t).peopled(t)
		boss := other.people.owner()
		lobby := data[api.RoomList](t, boss.get(t, "/rooms")).List[0].ID
		boss.post(t, "/invites", nil).ok(t)
		golden(t, "listInvites", boss.get(t, "/invites"), map[string]any{"room": lobby, "by": boss.ID, "uses": 0})
	})
}

// join joins through an invite link.
func (s *target) join(t testing.TB, link, name, email string) reply {
	t.Helper()
	return s.do(t, request{method: "POST", path: "/api/messenger/invites/accept", body: object{
		"token": linkToken(t, link), "displayName": name, "emailAddress": email, "password": password,
	}})
}

func teamJoin(t *testing.T, s *target) {
	owner := s.people.owner()
	room := owner.room(t, "Newcomers")
	link := data[api.CreatedInvite](t, owner.post(t, "/invites", object{"roomIds": []int64{room}})).URL
	before := owner.say(t, room, "before Ann has joined")
	ann := person{s: s, Name: "Ann", Email: newEmail()}
	r := s.join(t, link, " Ann ", ann.Email)
	ann.ID, ann.Token = data[api.SignedIn](t, r).User.ID, cookieToken(t, r)
	s.secrets.add(ann.Token)
	golden(t, "acceptInvite", r, ann)
	golden(t, "getMe", ann.get(t, "/me"), ann)
	if got := ann.messages(t, room); got.Count != 0 {
		t.Errorf("Ann sees %+v, message %d is older than her", got.List, before.ID)
	}
	if got := ann.getRoom(t, room); slices.ContainsFunc(got.Users, func(u api.RoomUser) bool { return u.UserID == ann.ID && u.IsAdmin }) {
		t.Error("a newcomer manages the room")
	}
	s.signIn(t, ann.Email, password).ok(t)
}

func teamJoinRefusals(t *testing.T, s *target) {
	owner := s.people.owner()
	link := data[api.CreatedInvite](t, owner.post(t, "/invites", object{"roomIds": []int64{owner.room(t, "Newcomers")}})).URL
	token := linkToken(t, link)
	s.secrets.add(token)
	reset := data[api.AddedPerson](t, owner.post(t, "/people", object{"displayName": "x", "emailAddress": newEmail()})).Link.URL
	good := func(change func(object)) object {
		o := object{"token": token, "displayName": "Ann", "emailAddress": newEmail(), "password": password}
		change(o)
		return o
	}
	for _, row := range []struct {
		name   string
		status int
		body   any
		begins string
	}{
		{"an address that is taken", 409, good(func(o object) { o["emailAddress"] = owner.Email }), "User with that email exists"},
		{"an unknown token", 404, good(func(o object) { o["token"] = repeat(43) }), "This link is unknown, used or expired"},
		{"no token", 404, good(func(o object) { delete(o, "token") }), "This link is unknown, used or expired"},
		{"a reset link's token", 404, good(func(o object) { o["token"] = linkToken(t, reset) }), "This link is unknown, used or expired"},
		{"no name", 400, good(func(o object) { o["displayName"] = "" }), "displayName must not be empty"},
		{"no address", 400, good(func(o object) { o["emailAddress"] = "x" }), "emailAddress must be an e-mail address"},
		{"a short password", 400, good(func(o object) { o["password"] = "short" }), "password must have 10 to 200 characters"},
		{"a null password", 400, good(func(o object) { o["password"] = nil }), "password must have 10 to 200 characters"},
		{"a token that is a number", 400, good(func(o object) { o["token"] = 1 }), "Invalid params: token must be a string"},
		{"no JSON", 400, "{", "Invalid params: the body is not valid JSON"},
		{"a body too large", 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			s.do(t, request{method: "POST", path: "/api/messenger/invites/accept", body: row.body}).fails(t, row.status, row.begins)
		})
	}
	s.sub(t, "inspecting", func(t *testing.T) {
		for _, row := range []struct {
			status int
			body   any
			begins string
		}{
			{404, object{"token": repeat(43)}, "This link is unknown, used or expired"}, {404, object{}, "This link is unknown, used or expired"},
			{400, `{"token":1}`, "Invalid params: token must be a string"}, {413, object{"x": repeat(maxBody)}, "The request's body is too large"},
		} {
			s.do(t, request{method: "POST", path: "/api/messenger/links/inspect", body: row.body}).fails(t, row.status, row.begins)
		}
	})
	s.sub(t, "used nothing up", func(t *testing.T) { s.inspect(t, link).ok(t) })
}

func teamInviteRefusals(t *testing.T, s *target) {
	owner := s.people.owner()
	private := owner.private(t, s.person(t, "Ann"))
	for _, row := range []struct {
		name   string
		status int
		body   any
		begins string
	}{
		{"0 hours", 400, object{"expiresInHours": 0}, "Invalid params: expiresInHours must be 1 to 720"},
		{"721 hours", 400, object{"expiresInHours": 721}, "Invalid params: expiresInHours must be 1 to 720"},
		{"half an hour", 400, object{"expiresInHours": 0.5}, "Invalid params: expiresInHours must be a whole number"},
		{"no room", 400, object{"roomIds": []int64{1 << 40}}, "roomIds must name group rooms"},
		{"a private room", 400, object{"roomIds": []int64{private}}, "roomIds must name group rooms"},
		{"text", 400, object{"roomIds": []string{"1"}}, "Invalid params: roomIds.0 must be a number"},
		{"no JSON", 400, "{", "Invalid params: the body is not valid JSON"},
		{"a body too large", 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) { owner.post(t, "/invites", row.body).fails(t, row.status, row.begins) })
	}
	s.sub(t, "deleting", func(t *testing.T) {
		owner.delete(t, "/invites/1099511627776").fails(t, http.StatusNotFound, "Not found")
		owner.delete(t, "/invites/x").fails(t, http.StatusBadRequest, "id must be number")
	})
}

func teamOnlyAdmins(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	for _, row := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/people", nil},
		{"POST", "/people", object{"displayName": "x", "emailAddress": newEmail()}},
		{"PUT", fmt.Sprintf("/people/%d", ben.ID), object{"role": "member"}},
		{"POST", fmt.Sprintf("/people/%d/reset-link", ben.ID), nil},
		{"POST", fmt.Sprintf("/people/%d/reset-link", ann.ID), nil},
		{"GET", "/invites", nil},
		{"POST", "/invites", nil},
		{"DELETE", "/invites/1", nil},
	} {
		ann.do(t, row.method, row.path, row.body).fails(t, http.StatusForbidden, "Forbidden: only the owner and admins of the team can do this")
		person{s: s}.do(t, row.method, row.path, row.body).fails(t, http.StatusUnauthorized, "No access token")
	}
}

func teamByCommand(t *testing.T, s *target) {
	cli := s.needCommands(t)
	owner := s.people.owner()
	email := newEmail()
	added := parse[struct{ ID int64 }](t, cli.run(t, password+"\n", "user", "add", "--email", email, "--name", "Ann", "--password-stdin"))
	ann := s.signedIn(t, email)
	if ann.ID != added.ID || ann.Name != "Ann" || ann.role(t) != "member" {
		t.Errorf("\"user add\" says %d, the session is that of %+v", added.ID, ann)
	}
	s.signIn(t, email, password).ok(t)
	room := parse[struct{ ID int64 }](t, cli.run(t, "", "room", "add", "--name", "From the shell", "--admin", email, "--member", owner.Email))
	got := ann.getRoom(t, room.ID)
	hasMembers(t, got, []person{ann, owner}, []person{ann})
	if got.Name != "From the shell" || got.Type != "group" {
		t.Errorf("the room is %+v", got)
	}
}
