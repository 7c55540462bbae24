package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

func (c console) post(t testing.TB, path string, body any) reply {
	t.Helper()
	return c.do(t, "POST", path, body)
}

func (c console) put(t testing.TB, path string, body any) reply {
	t.Helper()
	return c.do(t, "PUT", path, body)
}

func (c console) delete(t testing.TB, format string, args ...any) reply {
	t.Helper()
	return c.do(t, "DELETE", fmt.Sprintf(format, args...), nil)
}

// rawUser are the values that the form of a raw user takes.
func rawUser(id int64, name, email string) object {
	return object{"id": id, "name": name, "email": email, "phone": "", "verified": true, "bot": false, "role": "member"}
}

// with changes some values of a form.
func with(values, changes object) object {
	out := object{}
	for _, m := range []object{values, changes} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func userPath(id int64) string { return fmt.Sprintf("/user/%d", id) }

func manageUsers(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t)
	c, boss := own.console(t), own.people.owner()
	ann := own.person(t, "Ann")
	bot := boss.bot(t, boss.room(t, "Releases"), "ci")
	number := newPhone()
	r := c.post(t, "/user", object{"displayName": "Cy_", "telephoneNumber": number, "verificationCode": "000000"})
	cy := data[api.RawUserData](t, r).User
	forms := []object{
		with(rawUser(boss.ID, boss.Name, boss.Email), object{"role": "owner"}), rawUser(ann.ID, "Ann", ann.Email),
		with(rawUser(bot.UserID, "ci", ""), object{"bot": true}),
		with(rawUser(cy.ID, "Cy_", ""), object{"phone": number, "verified": false}),
	}
	golden(t, "makeUser", r, forms[3])
	golden(t, "listUsers", c.get(t, "/user"), object{"list": forms, "count": 4})
	golden(t, "listVerifiedUsers", c.get(t, "/user/verified"), object{"list": forms[:3], "count": 3})
	for term, want := range map[string][]object{
		"": forms, "NN": forms[1:2], "y_": forms[3:], "_": forms[3:], "%": nil, number[5:]: forms[3:], "+" + number[1:5]: forms[3:],
		strings.ToUpper(ann.Email[:9]): forms[1:2],
	} {
		golden(t, "searchUsers", c.get(t, "/user/search?searchTerm=%s", strings.NewReplacer("%", "%25", "+", "%2B").Replace(term)), object{"list": want, "count": len(want)})
	}
	golden(t, "getManagedUser", c.get(t, "%s", userPath(ann.ID)), ann)
	for i := range 8 {
		c.post(t, "/user", object{"displayName": fmt.Sprint("P", i), "emailAddress": newEmail(), "verified": true}).ok(t)
	}
	first, second := data[api.RawUserList](t, c.get(t, "/user?page=0")), data[api.RawUserList](t, c.get(t, "/user?page=1"))
	if len(first.List) != 10 || len(second.List) != 2 || first.Count != 12 || second.Count != 12 || first.List[9].ID >= second.List[0].ID {
		t.Errorf("pages %+v, %+v", first, second)
	}
	if got := data[api.RawUserList](t, c.get(t, "/user/verified?page=1")); len(got.List) != 1 || got.Count != 1 {
		t.Errorf("narrowed, the second page is %+v", got)
	}
	for _, path := range []string{"/user", "/user/verified", "/user/search"} {
		c.get(t, "%s?page=x", path).fails(t, http.StatusBadRequest, "page must be valid number")
	}
}

func manageMakeUser(t *testing.T, s *target) {
	c, heard := s.console(t), s.person(t, "Ben").listen(t)
	taken := s.withPhone(t, "Ann")
	for _, wrong := range []struct {
		body   object
		begins string
	}{
		{object{}, "Display name is required"}, {object{"displayName": nil}, "Display name is required"}, {object{"displayName": ""}, "Display name is required"},
		{object{"displayName": "A", "telephoneNumber": taken.Number}, "Phone number is already in use"},
		{object{"displayName": "A", "emailAddress": strings.ToUpper(taken.Email)}, "Email is already in use"},
		{object{"displayName": "A", "telephoneNumber": taken.Number, "emailAddress": taken.Email}, "Phone number and email are already in use"},
		{object{"displayName": 1}, "Invalid params"}, {object{"displayName": repeat(101)}, "displayName must be"},
		{object{"displayName": "A", "emailAddress": "x"}, "emailAddress must be"}, {object{"displayName": "A", "telephoneNumber": "x"}, "Invalid params: telephoneNumber"},
		{object{"displayName": "A", "avatarFileId": -1}, "Invalid params: avatarFileId"},
	} {
		c.post(t, "/user", wrong.body).fails(t, http.StatusBadRequest, wrong.begins)
	}
	p := s.phone(t)
	made := data[api.RawUserData](t, c.post(t, "/user", object{"displayName": "Dora", "telephoneNumber": p.Number, "verified": true})).User
	heard.next(t, "the new person", func(f frame) bool { return f.named("Dora") && f.event.User.ID == made.ID })
	if p = p.signsIn(t); p.ID != made.ID {
		t.Errorf("the number signs %d in, not %d", p.ID, made.ID)
	}
	if rooms := data[api.RoomList](t, p.get(t, "/rooms")).List; len(rooms) != 1 {
		t.Errorf("she is in %d rooms", len(rooms))
	}
	s.sub(t, "a code cannot be chosen", func(t *testing.T) {
		q := s.phone(t)
		c.post(t, "/user", object{"displayName": "Eve", "telephoneNumber": q.Number, "verificationCode": "123456"}).ok(t)
		q.gives(t, "123456").fails(t, http.StatusNotFound, "Device not found")
	})
}

// Consoles upload with the token they have, and give people the pictures they
// uploaded.
func managePictures(t *testing.T, s *target) {
	c, ann, ben := s.console(t), s.person(t, "Ann"), s.person(t, "Ben")
	face := c.file(t, "admin-accesstoken")
	made := data[api.RawUserData](t, c.post(t, "/user", object{"displayName": "Dora", "emailAddress": newEmail(), "avatarFileId": face.ID})).User
	if made.AvatarFileID != face.ID {
		t.Errorf("the new person's picture is %d", made.AvatarFileID)
	}
	other, own := c.file(t, "adminaccesstoken"), ann.file(t, "a.txt", "text/plain", "hers")
	for _, id := range []int64{other.ID, own.ID, own.ID, 0} {
		c.put(t, userPath(ann.ID), object{"avatarFileId": id}).ok(t)
		if got := data[api.UserData](t, ann.get(t, "/me")).User.AvatarFileID; got != id {
			t.Errorf("Ann's picture is %d, not %d", got, id)
		}
	}
	another := ben.file(t, "b.txt", "text/plain", "his")
	for _, id := range []int64{another.ID, 1, 1 << 40} {
		c.put(t, userPath(ann.ID), object{"avatarFileId": id}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
		c.post(t, "/user", object{"displayName": "Eve", "avatarFileId": id}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
	}
	for _, path := range []string{"/files", "/files/verify"} {
		s.do(t, request{method: "POST", path: "/api/upload" + path, body: object{}, header: []string{"admin-accesstoken: x"}}).
			fails(t, http.StatusForbidden, "Invalid access token")
	}
	s.do(t, request{method: "GET", path: "/api/upload/files/check/1", header: []string{"adminaccesstoken: x"}}).fails(t, http.StatusForbidden, "Invalid access token")
}

func manageChangeUser(t *testing.T, s *target) {
	c, ann, ben := s.console(t), s.withPhone(t, "Ann"), s.person(t, "Ben")
	heard, path := ben.listen(t), userPath(ann.ID)
	number := newPhone()
	r := c.put(t, path, object{"displayName": "Anna", "telephoneNumber": number})
	golden(t, "changeUser", r, with(rawUser(ann.ID, "Anna", ann.Email), object{"phone": number}))
	heard.next(t, "the new name", func(f frame) bool { return f.named("Anna") })
	if got := s.known(t, ann.Token); got.Name != "Anna" {
		t.Errorf("she sees %q", got.Name)
	}
	for _, wrong := range []struct {
		body   object
		begins string
	}{
		{object{}, "Nothing to update"}, {object{"displayName": nil, "verificationCode": "123456"}, "Nothing to update"}, {object{"displayName": ""}, "Nothing to update"},
		{object{"emailAddress": ben.Email}, "Email is already in use"}, {object{"emailAddress": "", "telephoneNumber": ""}, "emailAddress or telephoneNumber must stay"},
		{object{"verified": 5}, "Invalid params"},
	} {
		c.put(t, path, wrong.body).fails(t, http.StatusBadRequest, wrong.begins)
	}
	for _, id := range []string{"999999999", "9999999999999999999999"} {
		c.put(t, "/user/"+id, object{"displayName": "A"}).fails(t, http.StatusNotFound, "Wrong user id")
		c.get(t, "/user/%s", id).fails(t, http.StatusNotFound, "Wrong user id")
		c.delete(t, "/user/%s", id).fails(t, http.StatusNotFound, "Wrong user id")
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		c.do(t, method, "/user/x", object{"displayName": "A"}).fails(t, http.StatusBadRequest, "id must be number")
	}
	s.sub(t, "verified no more", func(t *testing.T) {
		st := ann.listen(t)
		c.put(t, path, object{"verified": "false"}).ok(t)
		st.end(t, patience)
		ann.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
		if slices.ContainsFunc(ben.contacts(t, "Anna"), func(u api.User) bool { return u.ID == ann.ID }) {
			t.Error("she is still listed")
		}
		c.put(t, path, object{"verified": true}).ok(t)
		if !slices.ContainsFunc(ben.contacts(t, "Anna"), func(u api.User) bool { return u.ID == ann.ID }) {
			t.Error("she is not listed again")
		}
	})
	s.sub(t, "a bot", func(t *testing.T) {
		bot := ben.bot(t, ben.room(t, "Releases"), "ci")
		c.put(t, userPath(bot.UserID), object{"displayName": "x"}).fails(t, http.StatusBadRequest, "Bots are changed with their API key")
		c.delete(t, "%s", userPath(bot.UserID)).fails(t, http.StatusBadRequest, "Bots are changed with their API key")
	})
}

func manageRemoveUser(t *testing.T, s *target) {
	c, ann, ben := s.console(t), s.withPhone(t, "Ann"), s.person(t, "Ben")
	room := ann.room(t, "Releases", ben)
	ann.say(t, room, "Hello")
	own, heard := ann.listen(t), ben.listen(t)
	golden(t, "removeUser", c.delete(t, "%s", userPath(ann.ID)), nil)
	own.end(t, patience)
	ann.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	heard.next(t, "the changed name", func(f frame) bool { return f.named(fmt.Sprint("Deleted user ", ann.ID)) && f.event.User.Deleted })
	if m := ben.messages(t, room).List; len(m) != 1 || m[0].FromUserID != ann.ID {
		t.Errorf("the room holds %+v", m)
	}
	for _, again := range []reply{c.get(t, "%s", userPath(ann.ID)), c.put(t, userPath(ann.ID), object{"displayName": "A"}), c.delete(t, "%s", userPath(ann.ID))} {
		again.fails(t, http.StatusNotFound, "Wrong user id")
	}
	if got := data[api.RawUserList](t, c.get(t, "/user/search?searchTerm=Deleted+user+%d", ann.ID)); len(got.List) != 0 {
		t.Errorf("found %+v", got.List)
	}
}

// Whom only the owner may change, and that every change is noted.
func manageRights(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t)
	boss, bea, cy := own.people.owner(), own.admin(t, "Bea"), own.admin(t, "Cy")
	c, beas := own.console(t), own.manage(t, bea.Email)
	for _, admin := range []person{boss, cy} {
		beas.put(t, userPath(admin.ID), object{"emailAddress": newEmail()}).fails(t, http.StatusForbidden, "Forbidden: only the owner changes admins")
		beas.delete(t, "%s", userPath(admin.ID)).fails(t, http.StatusForbidden, "Forbidden: only the owner changes admins")
		device := data[api.DeviceData](t, admin.get(t, "/device")).Device.ID
		beas.put(t, devicePath(device), object{"osName": "x"}).fails(t, http.StatusForbidden, "Forbidden: only the owner changes admins")
		beas.delete(t, "%s", devicePath(device)).fails(t, http.StatusForbidden, "Forbidden: only the owner changes admins")
		beas.post(t, "/device", object{"userId": admin.ID, "deviceId": "d"}).fails(t, http.StatusForbidden, "Forbidden: only the owner changes admins")
	}
	c.delete(t, "%s", userPath(boss.ID)).fails(t, http.StatusForbidden, "Forbidden: the owner of the team cannot be deleted")
	c.delete(t, "%s", userPath(cy.ID)).ok(t)
	made := data[api.RawUserData](t, c.post(t, "/user", object{"displayName": "Dan", "emailAddress": newEmail()})).User.ID
	c.put(t, userPath(made), object{"displayName": "Daniel"}).ok(t)
	device := data[api.RawDeviceData](t, c.post(t, "/device", object{"userId": made, "deviceId": "d"})).Device.ID
	c.put(t, devicePath(device), object{"osName": "ios"}).ok(t)
	c.delete(t, "%s", devicePath(device)).ok(t)
	room := data[api.RawRoomData](t, c.post(t, "/room", object{"name": "R", "type": "group"})).Room.ID
	c.put(t, managedRoom(room), object{"deleted": true}).ok(t)
	c.put(t, managedRoom(room), object{"deleted": false}).ok(t)
	c.put(t, fmt.Sprintf("/room/addUsers?roomId=%d&userIds=%d,%d", room, made, bea.ID), nil).ok(t)
	c.put(t, fmt.Sprintf("/room/userAdmin?roomId=%d&userId=%d", room, bea.ID), nil).ok(t)
	c.delete(t, "/room/%d/%d", room, made).ok(t)
	c.delete(t, "%s", managedRoom(room)).ok(t)
	var noted []string
	for _, e := range data[api.AuditList](t, c.get(t, "/audit")).List {
		if e.ActorID == nil || *e.ActorID != boss.ID || e.Action == "admin.sign_in" {
			break
		}
		noted = append(noted, fmt.Sprint(e.Action, " ", *e.TargetID, " ", show(e.Details)))
	}
	slices.Reverse(noted)
	want := []string{
		fmt.Sprintf(`user.delete %d {}`, cy.ID), fmt.Sprintf(`user.add %d {"role":"member"}`, made),
		fmt.Sprintf(`user.change %d {"avatar":false,"email":false,"name":true,"phone":false,"verified":false}`, made),
		fmt.Sprintf(`device.add %d {"user":%d}`, device, made), fmt.Sprintf(`device.change %d {"user":%d}`, device, made), fmt.Sprintf(`device.delete %d {"user":%d}`, device, made),
		fmt.Sprintf(`room.add %d {}`, room), fmt.Sprintf(`room.change %d {"deleted":true,"name":false}`, room), fmt.Sprintf(`room.change %d {"deleted":false,"name":false}`, room),
		fmt.Sprintf(`room.members %d {"added":[%d,%d]}`, room, bea.ID, made), fmt.Sprintf(`room.admin %d {"admin":true,"user":%d}`, room, bea.ID),
		fmt.Sprintf(`room.members %d {"removed":[%d]}`, room, made), fmt.Sprintf(`room.delete %d {}`, room),
	}
	if !slices.Equal(noted, want) {
		t.Errorf("noted %q\nwant  %q", noted, want)
	}
}
