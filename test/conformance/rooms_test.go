package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

func roomChecks() []check {
	return []check{
		{"create", roomsCreate},
		{"create, defaults", roomsDefaults},
		{"create, refusals", roomsCreateRefusals},
		{"create, private", roomsPrivate},
		{"get", roomsGet},
		{"list", roomsList},
		{"update by lists", roomsUpdateLists},
		{"update by action", roomsUpdateAction},
		{"update, refusals", roomsUpdateRefusals},
		{"bots stay", roomsBotsStay},
		{"delete", roomsDelete},
		{"leave", roomsLeave},
		{"join again", roomsJoinAgain},
		{"sync", roomsSync},
		{"sync, left rooms", roomsSyncLeft},
		{"loose types", roomsLoose},
		{"mute and pin", roomsMarks},
		{"mute and pin, refusals", roomsMarksRefusals},
		{"unread counts", roomsUnread},
		{"groups by name", roomsGroups},
		{"recent chats", roomsRecent},
	}
}

// getRoom gives a room as p sees it.
func (p person) getRoom(t testing.TB, room int64) api.Room {
	t.Helper()
	return data[api.RoomData](t, p.get(t, "/rooms/%d", room)).Room
}

// create makes a room and gives it.
func (p person) create(t testing.TB, body object) api.Room {
	t.Helper()
	return data[api.RoomData](t, p.post(t, "/rooms", body)).Room
}

// change updates a room and gives it.
func (p person) change(t testing.TB, room int64, body object) api.Room {
	t.Helper()
	return data[api.RoomData](t, p.put(t, roomPath(room), body)).Room
}

func roomPath(room int64) string { return fmt.Sprintf("/rooms/%d", room) }

// membersOf gives the ids of a room's members and of those who are admins.
func membersOf(r api.Room) (all, admins []int64) {
	for _, u := range r.Users {
		all = append(all, u.UserID)
		if u.IsAdmin {
			admins = append(admins, u.UserID)
		}
	}
	slices.Sort(all)
	slices.Sort(admins)
	return all, admins
}

// hasMembers checks who is in a room and who manages it.
func hasMembers(t testing.TB, r api.Room, members, admins []person) {
	t.Helper()
	gotAll, gotAdmins := membersOf(r)
	wantAll, wantAdmins := ids(members), ids(admins)
	slices.Sort(wantAll)
	slices.Sort(wantAdmins)
	if !slices.Equal(gotAll, wantAll) || !slices.Equal(gotAdmins, wantAdmins) {
		t.Errorf("room %d has the members %v and admins %v, want %v and %v", r.ID, gotAll, gotAdmins, wantAll, wantAdmins)
	}
}

func roomsCreate(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	r := p[0].post(t, "/rooms", object{"name": "Releases", "type": "group", "userIds": ids(p[1:2]), "adminUserIds": ids(p[2:])})
	golden(t, "createRoom", r, map[string]any{"ann": p[0], "ben": p[1], "cy": p[2]})
	room := data[api.RoomData](t, r).Room
	if room.CreatedAt != room.ModifiedAt {
		t.Errorf("createdAt %d differs from modifiedAt %d", room.CreatedAt, room.ModifiedAt)
	}
	for _, who := range p {
		if got := who.getRoom(t, room.ID); got.Name != "Releases" {
			t.Errorf("%s sees %+v", who.Name, got)
		}
	}
	s.sub(t, "the asker named", func(t *testing.T) {
		hasMembers(t, p[0].create(t, object{"type": "group", "userIds": ids(p)}), p, p[:1])
	})
	s.sub(t, "ids twice", func(t *testing.T) {
		twice := []int64{p[1].ID, p[1].ID}
		hasMembers(t, p[0].create(t, object{"type": "group", "userIds": twice, "adminUserIds": twice}), p[:2], p[:2])
	})
	s.sub(t, "a picture", func(t *testing.T) {
		picture := p[0].file(t, "a.png", "image/png", onePixel).ID
		if got := p[0].create(t, object{"type": "group", "avatarFileId": picture}); got.AvatarFileID != picture {
			t.Errorf("the picture is %d", got.AvatarFileID)
		}
	})
}

func roomsDefaults(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	for _, row := range []struct {
		name       string
		body       object
		kind, want string
	}{
		{"one person", object{}, "private", "Private room"},
		{"two people", object{"userIds": ids(p[1:2])}, "private", ""},
		{"three people", object{"userIds": ids(p[1:])}, "group", "Untitled room"},
		{"a group of one", object{"type": "group"}, "group", "Private room"},
		{"a group of two", object{"type": "group", "userIds": ids(p[1:2])}, "group", ""},
		{"a private room of three", object{"type": "private", "userIds": ids(p[1:])}, "group", "Untitled room"},
		{"another type", object{"type": "custom", "name": "Odd", "userIds": ids(p[1:])}, "group", "Odd"},
		{"a name is trimmed", object{"type": "group", "name": "  Lunch  "}, "group", "Lunch"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			if got := p[0].create(t, row.body); got.Type != row.kind || got.Name != row.want {
				t.Errorf("the room is a %s called %q, want a %s called %q", got.Type, got.Name, row.kind, row.want)
			}
		})
	}
}

func roomsCreateRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	rooms := data[api.RoomList](t, c.ann.get(t, "/rooms")).Count
	for _, row := range []struct{ name, body, begins string }{
		{"unknown users", `{"type":"group","userIds":[1099511627776,1099511627777]}`, "Users doesn't exist, ids: 1099511627776,1099511627777"},
		{"unknown admins", `{"type":"group","adminUserIds":[1099511627776]}`, "Admin users doesn't exist, ids: 1099511627776"},
		{"a huge id", `{"type":"group","userIds":[65000000000000000]}`, "Users doesn't exist, ids: 65000000000000000"},
		{"a bot", fmt.Sprintf(`{"type":"group","userIds":[%d]}`, c.bot.UserID), fmt.Sprintf("Users doesn't exist, ids: %d", c.bot.UserID)},
		{"a name too long", `{"type":"group","name":"` + repeat(101) + `"}`, "name must be at most 100 characters"},
		{"a name with a control", `{"type":"group","name":"a\u0001"}`, "name must be UTF-8 without control"},
		{"a name that is a list", `{"type":"group","name":[]}`, "Invalid params: name must be a string"},
		{"a name that is a number", `{"type":"group","name":1e999}`, "Invalid params: the body holds a number beyond 64 bits"}, // smaller ones are text
		{"a type that is a number", `{"type":5}`, "Invalid params: type must be a string"},
		{"ids that are text", `{"type":"group","userIds":["x"]}`, "Invalid params: userIds must be an array of numbers"},
		{"ids that are none", `{"type":"group","userIds":[0]}`, "Invalid params: userIds and adminUserIds must hold ids"},
		{"admins that are none", `{"type":"group","adminUserIds":[-1]}`, "Invalid params: userIds and adminUserIds must hold ids"},
		{"ids that are no list", `{"type":"group","userIds":5}`, "Invalid params: userIds must be an array"},
		{"a negative picture", `{"type":"group","avatarFileId":-1}`, "Invalid params: avatarFileId must be"},
		{"no JSON", `name=x`, "Invalid params: the body is not valid JSON"},
		{"an empty body", ``, "Invalid params: the body is empty"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.ann.post(t, "/rooms", row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a body too large", func(t *testing.T) {
		c.ann.post(t, "/rooms", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "made nothing", func(t *testing.T) {
		if got := data[api.RoomList](t, c.ann.get(t, "/rooms")).Count; got != rooms {
			t.Errorf("there are %d rooms, %d before", got, rooms)
		}
	})
}

func roomsPrivate(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	ann.get(t, "/rooms/users/%d", ben.ID).fails(t, http.StatusNotFound, "Room not found")
	room := ann.private(t, ben)
	golden(t, "getPrivateRoom", ben.get(t, "/rooms/users/%d", ann.ID), map[string]any{"id": room, "ann": ann, "ben": ben})
	s.sub(t, "only one", func(t *testing.T) {
		ann.post(t, "/rooms", object{"type": "private", "userIds": ids(p[1:2])}).fails(t, http.StatusConflict, "Room already exists")
		ben.post(t, "/rooms", object{"userIds": ids(p[:1])}).fails(t, http.StatusConflict, "Room already exists")
	})
	s.sub(t, "a group beside it", func(t *testing.T) { ann.room(t, "Two", ben) })
	s.sub(t, "with another", func(t *testing.T) { ann.private(t, cy) })
	s.sub(t, "nobody else's", func(t *testing.T) {
		cy.get(t, "/rooms/%d", room).fails(t, http.StatusNotFound, "Room not found")
		cy.get(t, "/rooms/users/%d", ben.ID).fails(t, http.StatusNotFound, "Room not found")
	})
	s.sub(t, "with nobody", func(t *testing.T) {
		ann.get(t, "/rooms/users/%d", 1<<40).fails(t, http.StatusNotFound, "Room not found")
		ann.get(t, "/rooms/users/x").fails(t, http.StatusBadRequest, "userId must be number")
	})
	s.sub(t, "cannot be changed", func(t *testing.T) {
		ann.put(t, roomPath(room), object{"name": "x"}).fails(t, http.StatusForbidden, "Can't update private room")
		ann.put(t, roomPath(room), object{"action": "addGroupUsers", "userIds": ids(p[2:])}).fails(t, http.StatusForbidden, "Can't update private room")
		ann.delete(t, "/rooms/%d", room).fails(t, http.StatusForbidden, "Can't delete private room")
		ann.post(t, roomPath(room)+"/leave", nil).fails(t, http.StatusForbidden, "Can't leave private room")
	})
}

func roomsGet(t *testing.T, s *target) {
	c := s.chat(t)
	golden(t, "getRoom", c.ben.get(t, "/rooms/%d", c.room), map[string]any{"id": c.room, "ann": c.ann, "ben": c.ben, "bot": c.bot})
	stranger := s.person(t, "Sue")
	s.sub(t, "a stranger", func(t *testing.T) {
		stranger.get(t, "/rooms/%d", c.room).fails(t, http.StatusNotFound, "Room not found")
	})
	s.sub(t, "alone in a private room", func(t *testing.T) {
		room := c.ann.create(t, object{}).ID
		c.ann.get(t, "/rooms/%d", room).fails(t, http.StatusNotFound, "Room not found")
	})
	s.sub(t, "no room", func(t *testing.T) {
		for _, id := range []string{"1099511627776", "65000000000000000", "99999999999999999999"} {
			c.ann.get(t, "/rooms/%s", id).fails(t, http.StatusNotFound, "Room not found")
		}
	})
	s.sub(t, "no id", func(t *testing.T) {
		for _, id := range []string{"x", "0", "-1", "1.5", "%31x"} {
			c.ann.do(t, "GET", "/rooms/"+id, nil).fails(t, http.StatusBadRequest, "id must be number")
		}
	})
	s.sub(t, "no session", func(t *testing.T) {
		person{s: s}.get(t, "/rooms/%d", c.room).fails(t, http.StatusUnauthorized, "No access token")
	})
}

func roomsList(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	first := ann.room(t, "Releases", ben)
	golden(t, "listRooms", ann.get(t, "/rooms"), map[string]any{"id": first, "ann": ann, "ben": ben})
	all := []int64{first}
	for i := range 11 {
		all = append(all, ann.room(t, fmt.Sprintf("Room %02d", i)))
	}
	gone := ann.room(t, "Gone")
	ann.delete(t, "/rooms/%d", gone).ok(t)
	left := ben.room(t, "Left", ann)
	ann.post(t, roomPath(left)+"/leave", nil).ok(t)
	for _, row := range []struct {
		name, query string
		want        []int64
		count       int64
	}{
		{"page 1", "", all[:10], 12},
		{"page 2", "?page=2", all[10:], 12},
		{"page 3", "?page=3", nil, 12},
		{"a page far out", "?page=99999999999999999999", nil, 12},
		{"by name", "?keyword=ROOM 0", all[1:11], 10},
		{"by the whole name", "?keyword=releases", all[:1], 1},
		{"within the name", "?keyword=m 1", all[11:], 1},
		{"by what no room has", "?keyword=zoo", nil, 0},
		{"no pattern", "?keyword=%25", nil, 0},
		{"no pattern either", "?keyword=R_om", nil, 0},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			got := data[api.RoomList](t, ann.do(t, "GET", "/rooms"+strings.ReplaceAll(row.query, " ", "%20"), nil))
			var ids []int64
			for _, r := range got.List {
				ids = append(ids, r.ID)
			}
			if !slices.Equal(ids, row.want) || got.Limit != 10 || got.Count != row.count {
				t.Errorf("got %v of %d, want %v of %d", ids, got.Count, row.want, row.count)
			}
		})
	}
	s.sub(t, "refusals", func(t *testing.T) {
		for _, page := range []string{"0", "-1", "x", "1.5", ""} {
			ann.do(t, "GET", "/rooms?page="+page, nil).fails(t, http.StatusBadRequest, "page must be valid number")
		}
		ann.do(t, "GET", "/rooms?keyword=%zz", nil).fails(t, http.StatusBadRequest, "Invalid params: the query")
		ann.do(t, "GET", "/rooms?keyword=%ff", nil).fails(t, http.StatusBadRequest, "Invalid params: the query")
		ann.do(t, "GET", "/rooms?keyword=a%00", nil).fails(t, http.StatusBadRequest, "Invalid params: the query")
	})
}

func roomsUpdateLists(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy", "Dan")
	ann, ben, cy, dan := p[0], p[1], p[2], p[3]
	room, picture := ann.room(t, "Releases", ben), ann.file(t, "a.png", "image/png", onePixel).ID
	before := ann.getRoom(t, room)
	r := ann.put(t, roomPath(room), object{"name": "Shipping", "avatarFileId": picture})
	golden(t, "updateRoom", r, map[string]any{"id": room, "ann": ann, "ben": ben, "picture": picture})
	if got := data[api.RoomData](t, r).Room; got.ModifiedAt <= before.ModifiedAt || got.CreatedAt != before.CreatedAt {
		t.Errorf("the times are %d and %d, before %d and %d", got.CreatedAt, got.ModifiedAt, before.CreatedAt, before.ModifiedAt)
	}
	steps := []struct {
		name            string
		body            object
		members, admins []person
	}{
		{"an empty name stays", object{"name": ""}, []person{ann, ben}, []person{ann}},
		{"nothing stays", object{}, []person{ann, ben}, []person{ann}},
		{"others join", object{"userIds": ids([]person{ben, cy, dan})}, []person{ann, ben, cy, dan}, []person{ann}},
		{"others leave", object{"userIds": ids([]person{cy, dan})}, []person{ann, cy, dan}, []person{ann}},
		{"admins", object{"adminUserIds": ids([]person{cy})}, []person{ann, cy, dan}, []person{ann, cy}},
		{"admins stay", object{"userIds": []int64{}}, []person{ann, cy}, []person{ann, cy}},
		{"an admin joins", object{"adminUserIds": ids([]person{cy, ben})}, []person{ann, cy, ben}, []person{ann, cy, ben}},
		{"the asker stays an admin", object{"adminUserIds": []int64{}}, []person{ann, cy, ben}, []person{ann}},
		{"unknown ids are ignored", object{"userIds": []int64{cy.ID, 1 << 40}}, []person{ann, cy}, []person{ann}},
		{"members and admins at once", object{"userIds": ids([]person{dan}), "adminUserIds": ids([]person{ann, ben})}, []person{ann, ben, dan}, []person{ann, ben}},
		{"a member as an admin only", object{"userIds": ids([]person{dan}), "adminUserIds": ids([]person{ben})}, []person{ann, ben, dan}, []person{ann, ben}},
		{"no picture", object{"avatarFileId": 0}, []person{ann, ben, dan}, []person{ann, ben}},
		{"null stays", object{"name": nil, "userIds": nil, "adminUserIds": nil, "avatarFileId": nil}, []person{ann, ben, dan}, []person{ann, ben}},
	}
	for _, step := range steps {
		s.sub(t, step.name, func(t *testing.T) {
			got := ann.change(t, room, step.body)
			hasMembers(t, got, step.members, step.admins)
			hasMembers(t, ann.getRoom(t, room), step.members, step.admins)
			if got.Name != "Shipping" || got.Type != "group" {
				t.Errorf("the room is a %s called %q", got.Type, got.Name)
			}
		})
	}
	if got := ann.getRoom(t, room).AvatarFileID; got != 0 {
		t.Errorf("the picture is still %d", got)
	}
}

func roomsUpdateAction(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy", "Dan")
	ann, ben, cy, dan := p[0], p[1], p[2], p[3]
	room, picture := ann.room(t, "Releases"), ann.file(t, "a.png", "image/png", onePixel).ID
	for _, step := range []struct {
		action          string
		rest            object
		members, admins []person
	}{
		{"addGroupUsers", object{"userIds": ids([]person{ben, cy})}, []person{ann, ben, cy}, []person{ann}},
		{"addGroupUsers", object{"userIds": ids([]person{ben})}, []person{ann, ben, cy}, []person{ann}},
		{"removeGroupUsers", object{"userIds": ids([]person{cy})}, []person{ann, ben}, []person{ann}},
		{"removeGroupUsers", object{"userIds": ids([]person{cy})}, []person{ann, ben}, []person{ann}},
		{"addGroupAdmins", object{"userIds": ids([]person{ben})}, []person{ann, ben}, []person{ann, ben}},
		{"addGroupAdmins", object{"userIds": ids([]person{dan})}, []person{ann, ben, dan}, []person{ann, ben, dan}},
		{"removeGroupAdmins", object{"userIds": ids([]person{ben, dan})}, []person{ann, ben, dan}, []person{ann}},
		{"addGroupAdmins", object{"userIds": ids([]person{cy})}, []person{ann, ben, cy, dan}, []person{ann, cy}},
		{"removeGroupUsers", object{"userIds": ids([]person{ann, cy})}, []person{ann, ben, dan}, []person{ann}},
		{"changeGroupName", object{"name": "Shipping"}, []person{ann, ben, dan}, []person{ann}},
		{"changeGroupAvatar", object{"avatarFileId": picture}, []person{ann, ben, dan}, []person{ann}},
	} {
		s.sub(t, step.action, func(t *testing.T) {
			step.rest["action"] = step.action
			hasMembers(t, ann.change(t, room, step.rest), step.members, step.admins)
		})
	}
	if got := ann.getRoom(t, room); got.Name != "Shipping" || got.AvatarFileID != picture {
		t.Errorf("the room is %+v", got)
	}
	s.sub(t, "an action does one thing", func(t *testing.T) {
		got := ann.change(t, room, object{"action": "changeGroupName", "name": "Lunch", "userIds": []int64{}})
		hasMembers(t, got, []person{ann, ben, dan}, []person{ann})
	})
	for _, row := range []struct {
		name   string
		body   object
		begins string
	}{
		{"the last admin", object{"action": "removeGroupAdmins", "userIds": ids([]person{ann})}, "At least one admin should be in the group"},
		{"an unknown action", object{"action": "paint"}, "Invalid params: action must be"},
		{"no users", object{"action": "addGroupUsers"}, "Invalid params: userIds must be given"},
		{"no name", object{"action": "changeGroupName"}, "Invalid params: name must be given"},
		{"an empty name", object{"action": "changeGroupName", "name": ""}, "Invalid params: name must be given"},
		{"no picture", object{"action": "changeGroupAvatar"}, "Invalid params: avatarFileId must be given"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			ann.put(t, roomPath(room), row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "an empty action", func(t *testing.T) {
		ann.put(t, roomPath(room), object{"action": "", "name": "x"}).fails(t, http.StatusNotFound, "Action field is required.")
	})
	s.sub(t, "no action", func(t *testing.T) {
		hasMembers(t, ann.change(t, room, object{"action": nil, "userIds": ids([]person{cy})}), []person{ann, cy}, []person{ann})
	})
}

func roomsUpdateRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	for name, who := range map[string]person{"a member": c.ben, "a stranger": sue, "the team's owner": s.people.owner()} {
		s.sub(t, name, func(t *testing.T) {
			who.put(t, roomPath(c.room), object{"name": "x"}).fails(t, http.StatusForbidden, "Forbidden")
			who.delete(t, "/rooms/%d", c.room).fails(t, http.StatusForbidden, "Forbidden")
		})
	}
	s.sub(t, "no room", func(t *testing.T) {
		c.ann.put(t, roomPath(1<<40), object{"name": "x"}).fails(t, http.StatusNotFound, "Not found")
		c.ann.delete(t, "/rooms/%d", 1<<40).fails(t, http.StatusNotFound, "Not found")
	})
	s.sub(t, "no id", func(t *testing.T) {
		c.ann.put(t, "/rooms/x", object{"name": "x"}).fails(t, http.StatusBadRequest, "id must be number")
		c.ann.delete(t, "/rooms/x").fails(t, http.StatusBadRequest, "id must be number")
	})
	for _, row := range []struct{ name, body, begins string }{
		{"a name too long", `{"name":"` + repeat(101) + `"}`, "name must be at most 100 characters"},
		{"a name that is a number", `{"name":1}`, "Invalid params: name must be a string"},
		{"users that are text", `{"userIds":["1"]}`, "Invalid params: userIds.0 must be a number"},
		{"a picture that is text", `{"avatarFileId":"1"}`, "Invalid params: avatarFileId must be a number"},
		{"no JSON", `{`, "Invalid params: the body is not valid JSON"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.ann.put(t, roomPath(c.room), row.body).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a body too large", func(t *testing.T) {
		c.ann.put(t, roomPath(c.room), object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "changed nothing", func(t *testing.T) {
		if got := c.ann.getRoom(t, c.room); got.Name != "Releases" || got.Deleted || len(got.Users) != 3 {
			t.Errorf("the room is %+v", got)
		}
	})
}

// A bot belongs to its key's room as long as there is the key.
func roomsBotsStay(t *testing.T, s *target) {
	c := s.chat(t)
	other := c.ann.room(t, "Other")
	c.ann.change(t, c.room, object{"userIds": []int64{}})
	c.ann.change(t, c.room, object{"action": "removeGroupUsers", "userIds": []int64{c.bot.UserID}})
	if got := botsOf(t, c.ann, c.room); len(got) != 1 {
		t.Errorf("the bots are %+v", got)
	}
	for _, body := range []object{
		{"userIds": []int64{c.bot.UserID}}, {"adminUserIds": []int64{c.bot.UserID}},
		{"action": "addGroupUsers", "userIds": []int64{c.bot.UserID}}, {"action": "addGroupAdmins", "userIds": []int64{c.bot.UserID}},
	} {
		hasMembers(t, c.ann.change(t, other, body), []person{c.ann}, []person{c.ann})
		if got := c.ann.change(t, c.room, body); len(got.Users) != 2 || slices.ContainsFunc(got.Users, func(u api.RoomUser) bool { return u.IsAdmin && u.User.IsBot }) {
			t.Errorf("after %v, the members are %+v", body, got.Users)
		}
	}
	c.bot.say(t, "still here")
}

func roomsDelete(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.bot.say(t, "stays stored")
	before := c.ann.getRoom(t, c.room)
	r := c.ann.delete(t, "/rooms/%d", c.room)
	golden(t, "deleteRoom", r, map[string]any{"id": c.room, "ann": c.ann, "ben": c.ben, "bot": c.bot})
	if got := data[api.RoomData](t, r).Room; got.ModifiedAt <= before.ModifiedAt {
		t.Errorf("modifiedAt is %d, before %d", got.ModifiedAt, before.ModifiedAt)
	}
	if got := c.ben.getRoom(t, c.room); !got.Deleted {
		t.Error("a member still sees the room as it was")
	}
	if got := c.ben.messages(t, c.room).List; len(got) != 1 || got[0].ID != m.ID {
		t.Errorf("the messages are %+v", got)
	}
	if got := data[api.HistoryList](t, c.ben.get(t, "/history")); got.Count != 0 {
		t.Errorf("the history still has %+v", got.List)
	}
	if got := data[api.RoomList](t, c.ben.get(t, "/rooms")); got.Count != 0 || len(got.List) != 0 {
		t.Errorf("the list of rooms still has %+v", got)
	}
	c.ann.delete(t, "/rooms/%d", c.room).fails(t, http.StatusNotFound, "Not found")
	c.ann.put(t, roomPath(c.room), object{"name": "x"}).fails(t, http.StatusNotFound, "Not found")
	c.ben.post(t, roomPath(c.room)+"/leave", nil).fails(t, http.StatusNotFound, "Not found")
}

func roomsLeave(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	s.sub(t, "a member", func(t *testing.T) {
		room := ann.room(t, "Releases", ben)
		before := ann.getRoom(t, room)
		r := ben.post(t, roomPath(room)+"/leave", nil)
		golden(t, "leaveRoom", r, map[string]any{"id": room, "ann": ann})
		if got := data[api.RoomData](t, r).Room; got.ModifiedAt <= before.ModifiedAt {
			t.Errorf("modifiedAt is %d, before %d", got.ModifiedAt, before.ModifiedAt)
		}
		ben.get(t, "/rooms/%d", room).fails(t, http.StatusNotFound, "Room not found")
		ben.get(t, "/messages/roomId/%d", room).fails(t, http.StatusNotFound, "No room found")
		ben.post(t, "/messages", textPost(room, "a")).fails(t, http.StatusBadRequest, "Room user not found")
		ben.post(t, roomPath(room)+"/leave", nil).fails(t, http.StatusNotFound, "Not found")
		hasMembers(t, ann.getRoom(t, room), p[:1], p[:1])
	})
	s.sub(t, "the only admin", func(t *testing.T) {
		room := ann.room(t, "Releases", ben)
		for _, body := range []any{nil, object{}, object{"adminUserIds": []int64{}}, object{"adminUserIds": ids(p[:1])}, object{"adminUserIds": []int64{1 << 40}}} {
			ann.post(t, roomPath(room)+"/leave", body).fails(t, http.StatusBadRequest, "New admin(s) must be defined")
		}
		ann.post(t, roomPath(room)+"/leave", object{"adminUserIds": ids(p[1:2])}).ok(t)
		hasMembers(t, ben.getRoom(t, room), p[1:2], p[1:2])
	})
	s.sub(t, "for someone who joins", func(t *testing.T) {
		room := ann.room(t, "Releases", ben)
		ann.post(t, roomPath(room)+"/leave", object{"adminUserIds": ids(p[2:])}).ok(t)
		hasMembers(t, cy.getRoom(t, room), p[1:], p[2:])
	})
	s.sub(t, "one of two admins", func(t *testing.T) {
		room := ann.room(t, "Releases", ben)
		ann.change(t, room, object{"action": "addGroupAdmins", "userIds": ids(p[1:2])})
		ann.post(t, roomPath(room)+"/leave", nil).ok(t)
		hasMembers(t, ben.getRoom(t, room), p[1:2], p[1:2])
	})
	s.sub(t, "a wrong body before anything else", func(t *testing.T) {
		for _, path := range []string{roomPath(ann.room(t, "Releases")), roomPath(1 << 40), "/rooms/x"} {
			person{s: s}.post(t, path+"/leave", `{"adminUserIds":"1"}`).fails(t, http.StatusBadRequest, "Invalid params: adminUserIds must be an array")
		}
		person{s: s}.post(t, roomPath(1<<40)+"/leave", `{}`).fails(t, http.StatusUnauthorized, "No access token")
	})
	s.sub(t, "refusals", func(t *testing.T) {
		room := ann.room(t, "Releases")
		cy.post(t, roomPath(room)+"/leave", nil).fails(t, http.StatusNotFound, "Not found")
		ann.post(t, roomPath(1<<40)+"/leave", nil).fails(t, http.StatusNotFound, "Not found")
		ann.post(t, "/rooms/x/leave", nil).fails(t, http.StatusBadRequest, "id must be number")
		ann.post(t, roomPath(room)+"/leave", `{"adminUserIds":["1"]}`).fails(t, http.StatusBadRequest, "Invalid params: adminUserIds.0 must be a number")
		ann.post(t, roomPath(room)+"/leave", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
}

// Who comes back sees what is posted from then on.
func roomsJoinAgain(t *testing.T, s *target) {
	c := s.chat(t)
	c.bot.say(t, "while Ben is there")
	c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	c.bot.say(t, "while Ben is away")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{c.ben.ID}})
	if got := c.ben.messages(t, c.room); got.Count != 0 || len(got.List) != 0 {
		t.Errorf("back in the room, Ben sees %+v", got)
	}
	m := c.bot.say(t, "when Ben is back")
	if got := c.ben.messages(t, c.room); got.Count != 1 || got.List[0].ID != m.ID {
		t.Errorf("back in the room, Ben sees %+v", got)
	}
	if got := c.ben.getRoom(t, c.room).UnreadCount; got != 1 {
		t.Errorf("back in the room, Ben has %d unread, want 1", got)
	}
}

func roomsSync(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	first := ann.room(t, "Releases", ben)
	begin := ann.getRoom(t, first).CreatedAt
	golden(t, "syncRooms", ann.get(t, "/rooms/sync/%d", begin-1), map[string]any{"id": first, "ann": ann, "ben": ben})
	changed := func(since int64) (ids []int64, last int64) {
		for _, r := range data[api.SyncRooms](t, ann.get(t, "/rooms/sync/%d", since)).List {
			ids, last = append(ids, r.ID), max(last, r.ModifiedAt)
		}
		return ids, last
	}
	ids, place := changed(0)
	if !slices.Equal(ids, []int64{first}) {
		t.Fatalf("sync from the beginning gives %v, want %d", ids, first)
	}
	if ids, _ := changed(place); len(ids) != 0 {
		t.Errorf("nothing has changed, and sync gives %v", ids)
	}
	second := ann.room(t, "Second")
	ann.change(t, first, object{"name": "Shipping"})
	if ids, place = changed(place); !slices.Equal(ids, []int64{second, first}) {
		t.Errorf("sync gives %v, want %d and %d by time", ids, second, first)
	}
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"a member joins", func() { ann.change(t, second, object{"action": "addGroupUsers", "userIds": []int64{ben.ID}}) }},
		{"a member goes", func() { ben.post(t, roomPath(second)+"/leave", nil).ok(t) }},
		{"a key is made", func() { ann.bot(t, second, "Helper") }},
		{"it is deleted", func() { ann.delete(t, "/rooms/%d", second).ok(t) }},
	} {
		step.change()
		if ids, place = changed(place); !slices.Equal(ids, []int64{second}) {
			t.Errorf("after %q, sync gives %v, want %d", step.name, ids, second)
		}
	}
	refusesPlaces(t, ann, "/rooms/sync/", "lastUpdate")
}

// refusesPlaces checks what a sync route says to a moment or page that is none.
func refusesPlaces(t *testing.T, p person, path, parameter string) {
	t.Helper()
	for _, at := range []string{"x", "-1", "1.5", "2023-01-01"} {
		p.get(t, "%s%s", path, at).fails(t, http.StatusBadRequest, parameter+" must be number")
	}
	for _, page := range []string{"0", "x", "NaN"} {
		p.get(t, "%s0?page=%s", path, page).fails(t, http.StatusBadRequest, "page must be valid number")
	}
	p.get(t, "%s99999999999999999999", path).ok(t)
	p.get(t, "%s0?page=99999999999", path).ok(t)
}
