package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spika/api"
)

func sessionChecks() []check {
	return []check{
		{"sign in", sessionSignIn},
		{"sign in by cookie", sessionCookie},
		{"sign in, refusals", sessionRefusals},
		{"device", sessionDevice},
		{"sign out", sessionSignOut},
		{"tokens", sessionTokens},
		{"change password", sessionPassword},
		{"set up", sessionSetUp},
		{"me", sessionMe},
		{"me, phone and descriptions", sessionMeMore},
		{"me, refusals", sessionMeRefusals},
		{"cross-origin writes", sessionCrossOrigin},
	}
}

// withPassword brings someone in who has a password.
func (s *target) withPassword(t testing.TB, name string) person {
	t.Helper()
	email := newEmail()
	added := data[api.AddedPerson](t, s.people.owner().post(t, "/people", object{"displayName": name, "emailAddress": email}))
	token := cookieToken(t, s.reset(t, added.Link.URL, password).ok(t))
	s.secrets.add(token)
	s.secrets.add(password)
	return person{s: s, ID: added.User.ID, Name: name, Email: email, Token: token}
}

func (s *target) session(t testing.TB, body any, header ...string) reply {
	t.Helper()
	return s.do(t, request{method: "POST", path: "/api/messenger/session", body: body, header: header})
}

func sessionSignIn(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	r := s.session(t, object{"emailAddress": ann.Email, "password": password, "deviceName": "Laptop", "cookie": false},
		"os-name: Linux", "os-version: 6.1", "app-version: 1.2", "device-type: browser")
	golden(t, "signIn", r, ann)
	if got := r.header.Values("Set-Cookie"); len(got) != 0 {
		t.Errorf("cookies are set though none was wanted: %q", got)
	}
	in := data[api.SignedIn](t, r)
	ann.Token = *in.Device.Token
	s.secrets.add(ann.Token)
	golden(t, "getMe", ann.get(t, "/me"), ann)
	s.sub(t, "the address in capitals", func(t *testing.T) {
		s.signIn(t, strings.ToUpper(ann.Email), password).ok(t)
	})
	s.sub(t, "sessions stand side by side", func(t *testing.T) {
		second := data[api.SignedIn](t, s.signIn(t, ann.Email, password)).Device
		if *second.Token == ann.Token || second.ID == in.Device.ID {
			t.Error("signing in again gives the same session")
		}
		ann.get(t, "/me").ok(t)
	})
}

func sessionCookie(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	r := s.session(t, object{"emailAddress": ann.Email, "password": password})
	if in := data[api.SignedIn](t, r); in.Device.Token != nil || in.User.ID != ann.ID {
		t.Errorf("got %+v", in)
	}
	cookie := (&http.Response{Header: r.header}).Cookies()[0]
	if cookie.Name != "spika_session" || !secretForm.MatchString(cookie.Value) || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != s.at(t).Path+"/" || cookie.MaxAge <= 0 {
		t.Errorf("the cookie is %+v", cookie)
	}
	s.secrets.add(cookie.Value)
	with := "Cookie: spika_session=" + cookie.Value
	call := func(method, path string, body any) reply {
		return s.do(t, request{method: method, path: "/api/messenger" + path, header: []string{with}, body: body})
	}
	if me := data[api.UserData](t, call("GET", "/me", nil)).User; me.ID != ann.ID {
		t.Errorf("the cookie opens the session of %d", me.ID)
	}
	if d := data[api.DeviceData](t, call("GET", "/device", nil)).Device; d.Token != nil {
		t.Error("the cookie's token is told")
	}
	call("PUT", "/me", object{"displayName": "Anna"}).ok(t)
	s.sub(t, "a header goes before it", func(t *testing.T) {
		other := s.person(t, "Ben")
		r := s.do(t, request{method: "GET", path: "/api/messenger/me", token: other.Token, header: []string{with}})
		if me := data[api.UserData](t, r).User; me.ID != other.ID {
			t.Errorf("the session is that of %d", me.ID)
		}
	})
	s.sub(t, "signing out clears it", func(t *testing.T) {
		r := call("POST", "/auth/logout", nil).ok(t)
		gone := (&http.Response{Header: r.header}).Cookies()
		if len(gone) != 1 || gone[0].Name != "spika_session" || gone[0].Value != "" || gone[0].MaxAge >= 0 {
			t.Errorf("the cookies are %+v", gone)
		}
		call("GET", "/me", nil).fails(t, http.StatusUnauthorized, "Invalid access token")
	})
}

func sessionRefusals(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	added := newEmail() // of someone without a password
	s.people.owner().post(t, "/people", object{"displayName": "Bea", "emailAddress": added}).ok(t)
	const wrong = "Wrong e-mail address or password"
	for _, row := range []struct{ name, email, password string }{
		{"a wrong password", ann.Email, "wrong horse battery"}, {"nobody's address", newEmail(), password},
		{"no address", "nobody", password}, {"someone without a password", added, password}, {"a password too short", ann.Email, "x"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			r := s.session(t, object{"emailAddress": row.email, "password": row.password})
			r.fails(t, http.StatusUnauthorized, wrong)
			if got := r.message(t); got != wrong {
				t.Errorf("the message tells which of the two is wrong: %q", got)
			}
		})
	}
	for _, row := range []struct{ name, body, begins string }{
		{"no address given", `{"password":"x"}`, "Invalid params: emailAddress must be given"},
		{"no password given", `{"emailAddress":"a@example.org"}`, "Invalid params: password must be given"},
		{"null", `{"emailAddress":null,"password":null}`, "Invalid params: emailAddress must be given"},
		{"a number", `{"emailAddress":1,"password":"x"}`, "Invalid params: emailAddress must be a string"},
		{"an address too long", `{"emailAddress":"` + repeat(192) + `","password":"x"}`, "Invalid params: emailAddress must be given"},
		{"a password too long", `{"emailAddress":"a@example.org","password":"` + repeat(201) + `"}`, "Invalid params: password must be given"},
		{"a device's name too long", `{"emailAddress":"a@example.org","password":"x","deviceName":"` + repeat(101) + `"}`, "Invalid params: deviceName must be"},
		{"cookie a string", `{"emailAddress":"a@example.org","password":"x","cookie":"no"}`, "Invalid params: cookie must be true or false"},
		{"no JSON", `{`, "Invalid params: the body is not valid JSON"},
	} {
		s.sub(t, row.name, func(t *testing.T) { s.session(t, row.body).fails(t, http.StatusBadRequest, row.begins) })
	}
	s.sub(t, "a body too large", func(t *testing.T) {
		s.session(t, object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
}

func sessionDevice(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	in := data[api.SignedIn](t, s.session(t, object{"emailAddress": ann.Email, "password": password, "cookie": false}, "device-name: Phone"))
	ann.Token = *in.Device.Token
	s.secrets.add(ann.Token)
	golden(t, "getDevice", ann.get(t, "/device"), map[string]any{"id": in.Device.ID, "ann": ann.ID, "token": ann.Token})
	bearer := s.do(t, request{method: "GET", path: "/api/messenger/device", header: []string{"Authorization: Bearer " + ann.Token}})
	if got := data[api.DeviceData](t, bearer).Device.Token; got == nil || *got != ann.Token {
		t.Error("the Bearer token is not repeated")
	}
	person{s: s}.get(t, "/device").fails(t, http.StatusUnauthorized, "No access token")
}

func sessionSignOut(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	other := ann
	other.Token = *data[api.SignedIn](t, s.session(t, object{
		"emailAddress": ann.Email, "password": password, "cookie": false, "deviceName": "Phone",
	})).Device.Token
	s.secrets.add(other.Token)
	golden(t, "signOut", other.post(t, "/auth/logout", nil), map[string]any{"ann": ann.ID})
	other.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	other.post(t, "/auth/logout", nil).fails(t, http.StatusUnauthorized, "Invalid access token")
	ann.get(t, "/me").ok(t)
}

func sessionTokens(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	me := func(path string, header ...string) reply {
		return s.do(t, request{method: "GET", path: "/api/messenger/me" + path, header: header})
	}
	me("", "accesstoken: "+ann.Token).ok(t)
	me("", "Authorization: Bearer "+ann.Token).ok(t)
	me("", "Cookie: spika_session="+ann.Token).ok(t)
	me("").fails(t, http.StatusUnauthorized, "No access token")
	me("?accesstoken="+ann.Token).fails(t, http.StatusUnauthorized, "No access token")
	me("", "accesstoken: "+repeat(43)).fails(t, http.StatusUnauthorized, "Invalid access token")
	me("", "Cookie: spika_session="+repeat(43)).fails(t, http.StatusUnauthorized, "Invalid access token")
	r := me("")
	if got := r.header.Get("WWW-Authenticate"); got == "" {
		t.Error("a 401 has no header WWW-Authenticate (RFC 9110, section 15.5.2)")
	}
}

func sessionPassword(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	other := ann
	other.Token = *data[api.SignedIn](t, s.signIn(t, ann.Email, password)).Device.Token
	s.secrets.add(other.Token)
	const next = "battery staple horse"
	for _, row := range []struct {
		name   string
		status int
		body   any
		begins string
	}{
		{"a wrong one", 403, object{"currentPassword": "wrong horse battery", "newPassword": next}, "currentPassword is wrong"},
		{"a short one", 400, object{"currentPassword": password, "newPassword": "short"}, "password must have 10 to 200 characters"},
		{"a long one", 400, object{"currentPassword": password, "newPassword": repeat(201)}, "password must have 10 to 200 characters"},
		{"none", 400, object{"newPassword": next}, "Invalid params: currentPassword must be given"},
		{"null", 400, object{"currentPassword": password, "newPassword": nil}, "password must have 10 to 200 characters"},
		{"no JSON", 400, "{", "Invalid params: the body is not valid JSON"},
		{"a body too large", 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) { ann.put(t, "/me/password", row.body).fails(t, row.status, row.begins) })
	}
	person{s: s}.put(t, "/me/password", object{}).fails(t, http.StatusUnauthorized, "No access token")
	other.get(t, "/me").ok(t)
	golden(t, "changePassword", ann.put(t, "/me/password", object{"currentPassword": password, "newPassword": next}),
		map[string]any{"ann": ann.ID, "token": ann.Token})
	ann.get(t, "/me").ok(t)
	other.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	s.signIn(t, ann.Email, password).fails(t, http.StatusUnauthorized, "Wrong e-mail")
	s.signIn(t, ann.Email, next).ok(t)
}

func sessionSetUp(t *testing.T, s *target) {
	s, _ = s.needLocal(t).start(t)
	if !strings.HasPrefix(s.setupURL, s.url+"/setup#") {
		t.Fatalf("the set-up link is %q", s.setupURL)
	}
	token := linkToken(t, s.setupURL)
	s.secrets.add(token)
	state := func() reply { return s.do(t, request{method: "GET", path: "/api/messenger/setup"}) }
	setUp := func(body any, header ...string) reply {
		return s.do(t, request{method: "POST", path: "/api/messenger/setup", body: body, header: header})
	}
	owner := person{s: s, Name: "Olga", Email: "olga@example.org", Role: "owner"}
	whole := func() object {
		return object{"token": token, "displayName": owner.Name, "emailAddress": "Olga@Example.org", "password": password, "teamName": "Clover"}
	}
	without := func(key string, value any) object {
		body := whole()
		body[key] = value
		return body
	}
	golden(t, "getSetup", state(), nil)
	golden(t, "getSettings", s.do(t, request{method: "GET", path: "/api/messenger/settings"}), map[string]any{"team": ""})
	golden(t, "inspectLink", s.inspect(t, s.setupURL), map[string]any{"kind": "setup", "team": "", "expires": "null", "ann": nil})
	for _, row := range []struct {
		name   string
		status int
		body   any
		begins string
	}{
		{"a wrong token", 403, without("token", repeat(43)), "This set-up link is not valid any more"},
		{"no token", 403, without("token", nil), "This set-up link is not valid any more"},
		{"no name", 400, without("displayName", ""), "displayName must not be empty"},
		{"no address", 400, without("emailAddress", "nobody"), "emailAddress must be an e-mail address"},
		{"a short password", 400, without("password", "short"), "password must have 10 to 200 characters"},
		{"a long team name", 400, without("teamName", repeat(101)), "teamName must be at most 100 characters"},
		{"no JSON", 400, "{", "Invalid params: the body is not valid JSON"},
		{"a body too large", 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) { setUp(row.body).fails(t, row.status, row.begins) })
	}
	s.sub(t, "from another origin", func(t *testing.T) {
		setUp(whole(), "Origin: https://evil.example.org", "Sec-Fetch-Site: cross-site").fails(t, http.StatusForbidden, "Forbidden: pages of another origin")
	})
	r := setUp(whole())
	golden(t, "setUp", r, map[string]any{"owner": data[api.SetupDone](t, r).User.ID, "email": owner.Email})
	in := person{s: s, Token: cookieToken(t, r)}
	if got := data[api.UserData](t, in.get(t, "/me")).User; got.Role != "owner" {
		t.Errorf("the owner is %+v", got)
	}
	golden(t, "getSettings", s.do(t, request{method: "GET", path: "/api/messenger/settings"}), map[string]any{"team": "Clover"})
	if got := data[api.SetupState](t, state()); got.Needed {
		t.Error("the server still wants to be set up")
	}
	setUp(whole()).fails(t, http.StatusConflict, "This server is set up already")
	s.inspect(t, s.setupURL).fails(t, http.StatusNotFound, "This link is unknown, used or expired")
	s.signIn(t, owner.Email, password).ok(t)
}

// inspect asks what a link is for.
func (s *target) inspect(t testing.TB, link string) reply {
	t.Helper()
	return s.do(t, request{method: "POST", path: "/api/messenger/links/inspect", body: object{"token": linkToken(t, link)}})
}

func sessionMe(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	before := data[api.UserData](t, ann.get(t, "/me")).User
	renamed := ann
	renamed.Name, renamed.Email = "Anna Bell", newEmail()
	picture := ann.file(t, "a.png", "image/png", onePixel).ID
	r := ann.put(t, "/me", object{"displayName": " Anna Bell ", "emailAddress": strings.ToUpper(renamed.Email), "avatarFileId": picture})
	golden(t, "updateMe", r, renamed)
	if got := data[api.UserData](t, r).User; got.ModifiedAt <= before.ModifiedAt || got.CreatedAt != before.CreatedAt {
		t.Errorf("the times are %d and %d, before %d and %d", got.CreatedAt, got.ModifiedAt, before.CreatedAt, before.ModifiedAt)
	}
	for _, body := range []object{{}, {"displayName": nil, "emailAddress": nil, "avatarFileId": nil}, {"emailAddress": renamed.Email}} {
		got := data[api.UserData](t, ann.put(t, "/me", body)).User
		if *got.DisplayName != renamed.Name || *got.EmailAddress != renamed.Email || got.AvatarFileID != picture {
			t.Errorf("after %v, the user is %+v", body, got)
		}
	}
	if got := data[api.UserData](t, ann.put(t, "/me", object{"avatarFileId": 0})).User.AvatarFileID; got != 0 {
		t.Errorf("the picture is still %d", got)
	}
}

func sessionMeMore(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	number := newPhone()
	ann.numbered(t, number)
	body := object{"telephoneNumber": " " + number[:4] + "-" + number[4:], "shortDescription": "Ships 🚢", "longDescription": "Two\nlines", "coverFileId": 0}
	golden(t, "profile", ann.put(t, "/me/", body), map[string]any{"id": ann.ID, "email": ann.Email, "phone": number, "hash": hashed(number)})
	s.sub(t, "left out, they stay", func(t *testing.T) {
		for _, body := range []object{{}, {"displayName": "Ann"}, {"telephoneNumber": nil, "shortDescription": nil}, {"telephoneNumber": number}} {
			me := data[api.UserData](t, ann.put(t, "/me", body)).User
			if *me.TelephoneNumber != number || *me.ShortDescription != "Ships 🚢" || *me.LongDescription != "Two\nlines" {
				t.Errorf("after %v, the user is %+v", body, me)
			}
		}
	})
	s.sub(t, "emptied", func(t *testing.T) {
		me := data[api.UserData](t, ann.put(t, "/me", object{"shortDescription": "", "longDescription": ""})).User
		if me.ShortDescription != nil || me.LongDescription != nil {
			t.Errorf("the user is %+v", me)
		}
		ann.put(t, "/me", object{"telephoneNumber": ""}).fails(t, http.StatusBadRequest, "telephoneNumber must be a phone number")
		ben := s.person(t, "Ben")
		ben.put(t, "/me", object{"telephoneNumber": "", "displayName": "Benjamin"}).ok(t) // as apps send it that know none
	})
	s.sub(t, "another number", func(t *testing.T) {
		ann.put(t, "/me", object{"telephoneNumber": newPhone()}).fails(t, http.StatusForbidden, "telephoneNumber can only be changed by who manages the team")
		if me := data[api.UserData](t, ann.get(t, "/me")).User; *me.TelephoneNumber != number {
			t.Errorf("the number is %s", *me.TelephoneNumber)
		}
	})
	for name, row := range map[string][2]string{
		"another's number":        {`{"telephoneNumber":"` + number + `"}`, "User with that telephoneNumber exists"},
		"a number with no land":   {`{"telephoneNumber":"0911234567"}`, "Invalid params: telephoneNumber must be a phone number"},
		"a number that is one":    {`{"telephoneNumber":385911234567}`, "Invalid params: telephoneNumber must be a string"},
		"a description too long":  {`{"shortDescription":"` + repeat(201) + `"}`, "shortDescription must be at most 200"},
		"a long one too long":     {`{"longDescription":"` + repeat(2_001) + `"}`, "longDescription must be at most 2000"},
		"a description's control": {`{"longDescription":"a\u0001"}`, "longDescription must be at most 2000"},
		"a negative cover":        {`{"coverFileId":-1}`, "Invalid params: coverFileId must be"},
	} {
		cy := s.person(t, "Cy")
		s.sub(t, name, func(t *testing.T) { cy.put(t, "/me", row[0]).fails(t, http.StatusBadRequest, row[1]) })
	}
}

func sessionMeRefusals(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	for _, row := range []struct {
		name   string
		status int
		body   any
		begins string
	}{
		{"another's address", 400, object{"emailAddress": strings.ToUpper(ben.Email)}, "User with that email exists"},
		{"no address", 400, object{"emailAddress": "nobody"}, "emailAddress must be an e-mail address"},
		{"an address with a name", 400, object{"emailAddress": "Ann <ann@example.org>"}, "emailAddress must be an e-mail address"},
		{"an address too long", 400, object{"emailAddress": repeat(190) + "@example.org"}, "emailAddress must be an e-mail address"},
		{"an empty name", 400, object{"displayName": ""}, "displayName must not be empty"},
		{"a name too long", 400, object{"displayName": repeat(101)}, "displayName must be at most 100 characters"},
		{"a name that is a number", 400, object{"displayName": 1}, "Invalid params: displayName must be a string"},
		{"a picture that is text", 400, object{"avatarFileId": "1"}, "Invalid params: avatarFileId must be a number"},
		{"a negative picture", 400, object{"avatarFileId": -1}, "Invalid params: avatarFileId must be"},
		{"no JSON", 400, "{", "Invalid params: the body is not valid JSON"},
		{"a body too large", 413, object{"x": repeat(maxBody)}, "The request's body is too large"},
	} {
		s.sub(t, row.name, func(t *testing.T) { ann.put(t, "/me", row.body).fails(t, row.status, row.begins) })
	}
	person{s: s}.get(t, "/me").fails(t, http.StatusUnauthorized, "No access token")
	person{s: s}.put(t, "/me", object{}).fails(t, http.StatusUnauthorized, "No access token")
	golden(t, "getMe", ann.get(t, "/me"), ann)
}

// Pages of other origins may not use a browser's session.
func sessionCrossOrigin(t *testing.T, s *target) {
	c := s.chat(t)
	owner := s.people.owner()
	ben := s.withPassword(t, "Bob")
	link := data[api.CreatedInvite](t, owner.post(t, "/invites", nil)).URL
	evil := []string{"Origin: https://evil.example.org", "Sec-Fetch-Site: cross-site"}
	write := func(t *testing.T, who person, method, path string, body any, header ...string) reply {
		t.Helper()
		return s.do(t, request{method: method, path: "/api/messenger" + path, body: body, header: append(header, "Cookie: spika_session="+who.Token)})
	}
	for _, row := range []struct {
		method, path string
		who          person
		body         any
	}{
		{"POST", "/auth/logout", c.ann, nil},
		{"PUT", "/me", c.ann, object{"displayName": "x"}},
		{"PUT", "/me/password", ben, object{"currentPassword": password, "newPassword": "battery staple horse"}},
		{"POST", "/messages", c.ann, textPost(c.room, "a")},
		{"POST", "/messages/delivered", c.ann, object{"messageIds": []int64{1}}},
		{"POST", fmt.Sprintf("/messages/%d/seen", c.room), c.ann, nil},
		{"POST", "/rooms", c.ann, object{"type": "group"}},
		{"PUT", roomPath(c.room), c.ann, object{"name": "x"}},
		{"DELETE", roomPath(c.room), c.ann, nil},
		{"POST", roomPath(c.room) + "/leave", c.ann, nil},
		{"POST", keysPath(c.room), c.ann, object{"displayName": "x"}},
		{"PUT", keyPath(c.bot.Key), c.ann, object{"displayName": "x"}},
		{"DELETE", keyPath(c.bot.Key), c.ann, nil},
		{"POST", "/people", owner, object{"displayName": "x", "emailAddress": newEmail()}},
		{"PUT", fmt.Sprintf("/people/%d", c.ben.ID), owner, object{"role": "admin"}},
		{"POST", fmt.Sprintf("/people/%d/reset-link", c.ben.ID), owner, nil},
		{"POST", "/invites", owner, nil},
		{"DELETE", "/invites/1", owner, nil},
	} {
		s.sub(t, row.method+" "+strings.Map(digitsAway, row.path), func(t *testing.T) {
			for _, header := range [][]string{evil, {"Sec-Fetch-Site: cross-site"}, {"Sec-Fetch-Site: same-site"}, {"Origin: https://evil.example.org"}, {"Origin: null"}} {
				write(t, row.who, row.method, row.path, row.body, header...).fails(t, http.StatusForbidden, "Forbidden: pages of another origin")
			}
		})
	}
	s.sub(t, "signing in", func(t *testing.T) { // a page must not sign the browser in as someone else
		s.session(t, object{"emailAddress": ben.Email, "password": password}, evil...).fails(t, http.StatusForbidden, "Forbidden: pages of another origin")
		s.session(t, object{"emailAddress": ben.Email, "password": password, "cookie": false}, evil...).ok(t)
	})
	s.sub(t, "joining", func(t *testing.T) {
		s.do(t, request{method: "POST", path: "/api/messenger/invites/accept", header: evil, body: object{
			"token": linkToken(t, link), "displayName": "x", "emailAddress": newEmail(), "password": password,
		}}).fails(t, http.StatusForbidden, "Forbidden: pages of another origin")
	})
	s.sub(t, "a reset", func(t *testing.T) {
		s.do(t, request{method: "POST", path: "/api/messenger/password/reset", header: evil, body: object{"token": "x", "password": password}}).
			fails(t, http.StatusForbidden, "Forbidden: pages of another origin")
	})
	s.sub(t, "reading", func(t *testing.T) { write(t, c.ann, "GET", "/me", nil, evil...).ok(t) })
	s.sub(t, "with a token in a header", func(t *testing.T) {
		s.do(t, request{method: "POST", path: "/api/messenger/messages", token: c.ann.Token, header: evil, body: textPost(c.room, "a")}).ok(t)
	})
	s.sub(t, "from our own pages", func(t *testing.T) {
		origin := "Origin: " + s.at(t).Scheme + "://" + s.at(t).Host
		write(t, c.ann, "POST", "/messages", textPost(c.room, "a"), origin, "Sec-Fetch-Site: same-origin").ok(t)
		write(t, c.ann, "POST", "/messages", textPost(c.room, "a"), origin).ok(t)
		write(t, c.ann, "POST", "/messages", textPost(c.room, "a")).ok(t)
	})
	s.sub(t, "changed nothing", func(t *testing.T) {
		if got := c.ann.getRoom(t, c.room); got.Name != "Releases" || got.Deleted || len(got.Users) != 3 {
			t.Errorf("the room is %+v", got)
		}
		golden(t, "getMe", c.ann.get(t, "/me"), c.ann)
	})
}

// digitsAway leaves digits out, so that a name is the same in each run.
func digitsAway(r rune) rune {
	if '0' <= r && r <= '9' {
		return -1
	}
	return r
}
