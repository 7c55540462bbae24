package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"spika/api"
)

func managedRoom(id int64) string { return fmt.Sprintf("/room/%d", id) }

func rawRoom(id int64, name string) object { return object{"id": id, "name": name, "deleted": false} }

func manageRooms(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t)
	c, ann, ben := own.console(t), own.person(t, "Ann"), own.person(t, "Ben")
	lobby := data[api.RawRoomList](t, c.get(t, "/room")).List[0].ID
	room := ann.room(t, "Releases", ben)
	r := c.post(t, "/room", object{"name": "100%", "type": "custom"})
	made := data[api.RawRoomData](t, r).Room.ID
	golden(t, "makeRoom", r, rawRoom(made, "100%"))
	list := []object{rawRoom(lobby, "Lobby"), rawRoom(room, "Releases"), rawRoom(made, "100%")}
	golden(t, "listAllRooms", c.get(t, "/room"), object{"list": list, "count": 3})
	golden(t, "listAllRooms", c.get(t, "/room?userId=%d", ann.ID), object{"list": list[1:2], "count": 1})
	for term, want := range map[string][]object{"": list, "0%25": list[2:], "RELEA": list[1:2], "none": nil} {
		golden(t, "searchAllRooms", c.get(t, "/room/search?searchTerm=%s", term), object{"list": want, "count": len(want)})
	}
	golden(t, "getManagedRoom", c.get(t, "%s", managedRoom(room)), map[string]any{"id": room, "ann": ann, "ben": ben})
	ann.do(t, "DELETE", roomPath(room), nil).ok(t)
	golden(t, "listAllRooms", c.get(t, "/room?deleted=true"), object{"list": []object{with(list[1], object{"deleted": true})}, "count": 1})
	list = slices.Delete(list, 1, 2)
	golden(t, "listAllRooms", c.get(t, "/room"), object{"list": list, "count": 2})
	golden(t, "listRoomsOfType", c.get(t, "/room/group"), object{"list": list, "count": 2})
	private := ann.private(t, ben)
	if got := data[api.RawRoomList](t, c.get(t, "/room/group?type=private")).List; len(got) != 1 || got[0].ID != private || got[0].Type != "private" {
		t.Errorf("private rooms are %+v", got)
	}
	for _, path := range []string{"/room", "/room/search", "/room/group"} {
		c.get(t, "%s?page=x", path).fails(t, http.StatusBadRequest, "page must be valid number")
	}
	c.get(t, "/room?userId=x").fails(t, http.StatusBadRequest, "Invalid params: userId")
	own2 := c.put(t, fmt.Sprintf("/room/addUsers?roomId=%d&userIds=%d", made, ann.ID), nil)
	golden(t, "addUsersToRoom", own2, 1)
	c.put(t, fmt.Sprintf("/room/userAdmin?roomId=%d&userId=%d", made, ann.ID), nil).ok(t)
	golden(t, "listRoomUsers", c.get(t, "/room/users?roomId=%d", made), object{"room": rawRoom(made, "100%"), "user": rawUser(ann.ID, "Ann", ann.Email)})
}

func manageRoomRefusals(t *testing.T, s *target) {
	c, ann, ben := s.console(t), s.person(t, "Ann"), s.person(t, "Ben")
	room, private := ann.room(t, "Releases", ben), ann.private(t, ben)
	for _, wrong := range []struct {
		body   object
		begins string
	}{
		{object{"name": nil}, "Name is required"}, {object{"type": "group"}, "Name is required"}, {object{"name": "A"}, "Type id is required"},
		{object{"name": "A", "type": "private"}, "Type id is required: only groups"}, {object{"name": 1}, "Invalid params"}, {object{"name": repeat(101), "type": "group"}, "name must be"},
	} {
		c.post(t, "/room", wrong.body).fails(t, http.StatusBadRequest, wrong.begins)
	}
	for _, nothing := range []object{{}, {"name": "", "type": ""}, {"deleted": nil}} {
		c.put(t, managedRoom(room), nothing).fails(t, http.StatusBadRequest, "Nothing to update")
	}
	c.put(t, managedRoom(room), object{"type": "private"}).fails(t, http.StatusBadRequest, "A group cannot become a private room")
	members := fmt.Sprintf("/room/addUsers?roomId=%d&userIds=%d", private, s.people.owner().ID)
	toggle := fmt.Sprintf("/room/userAdmin?roomId=%d&userId=%d", private, ann.ID)
	for _, r := range []reply{
		c.put(t, managedRoom(private), object{"name": "x"}), c.put(t, members, nil), c.put(t, toggle, nil), c.delete(t, "/room/%d/%d", private, ann.ID),
	} {
		r.fails(t, http.StatusForbidden, "Can't update private room")
	}
	for _, missing := range []string{"999999999", "9999999999999999999999"} {
		for _, r := range []reply{
			c.get(t, "/room/%s", missing), c.put(t, "/room/"+missing, object{"name": "x"}), c.delete(t, "/room/%s", missing), c.get(t, "/room/users?roomId=%s", missing),
			c.put(t, "/room/addUsers?userIds=1&roomId="+missing, nil), c.put(t, "/room/userAdmin?userId=1&roomId="+missing, nil), c.delete(t, "/room/%s/1", missing),
		} {
			r.fails(t, http.StatusNotFound, "Wrong room id")
		}
	}
	for _, r := range []reply{
		c.get(t, "/room/x"), c.put(t, "/room/x", object{"name": "x"}), c.delete(t, "/room/x"), c.delete(t, "/room/x/1"), c.delete(t, "/room/%d/x", room), c.get(t, "/room/users"), c.get(t, "/room/users?roomId=x"),
		c.put(t, "/room/userAdmin", nil), c.put(t, fmt.Sprintf("/room/userAdmin?roomId=%d", room), nil), c.put(t, "/room/addUsers", nil),
		c.put(t, fmt.Sprintf("/room/addUsers?roomId=%d", room), nil), c.put(t, fmt.Sprintf("/room/addUsers?roomId=%d&userIds=1,x", room), nil),
	} {
		if r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", r.what, r.status, clip(r.body))
		}
	}
}

func manageReformRoom(t *testing.T, s *target) {
	c, ann, ben := s.console(t), s.person(t, "Ann"), s.person(t, "Ben")
	room := ann.room(t, "Releases", ben)
	st := ben.listen(t)
	told := func(what string, kind api.EventType, holds func(r *api.Room) bool) {
		t.Helper()
		st.next(t, what, func(f frame) bool { return f.event.Type == kind && f.event.Room.ID == room && holds(f.event.Room) })
	}
	golden(t, "reformRoom", c.put(t, managedRoom(room), object{"name": "Shipping", "type": "custom"}), rawRoom(room, "Shipping"))
	told("the new name", api.EventUpdateRoom, func(r *api.Room) bool { return r.Name == "Shipping" && len(r.Users) == 2 })
	c.put(t, managedRoom(room), object{"deleted": "true"}).ok(t)
	told("the end", api.EventDeleteRoom, func(r *api.Room) bool { return r.Deleted })
	ann.post(t, "/messages", textPost(room, "Hello")).fails(t, http.StatusForbidden, "Room is deleted")
	c.put(t, managedRoom(room), object{"deleted": false}).ok(t)
	told("that it is back", api.EventUpdateRoom, func(r *api.Room) bool { return !r.Deleted })
	ann.say(t, room, "Hello")
}

func manageMembers(t *testing.T, s *target) {
	c, ann, ben, cy := s.console(t), s.person(t, "Ann"), s.person(t, "Ben"), s.person(t, "Cy")
	room := ann.room(t, "Releases", ben)
	bot := ann.bot(t, room, "ci")
	anns, bens, cys := ann.listen(t), ben.listen(t), cy.listen(t)
	admins := func() (out []int64) {
		for _, u := range data[api.RoomData](t, c.get(t, "%s", managedRoom(room))).Room.Users {
			if u.IsAdmin {
				out = append(out, u.UserID)
			}
		}
		return out
	}
	changed := func(st *stream, users int) {
		t.Helper()
		st.next(t, "the changed room", func(f frame) bool { return f.event.Type == api.EventUpdateRoom && len(f.event.Room.Users) == users })
	}
	golden(t, "addUsersToRoom", c.put(t, fmt.Sprintf("/room/addUsers?roomId=%d&userIds=%d,%d,%d,999999999", room, ben.ID, cy.ID, bot.UserID), nil), 1)
	changed(anns, 4)
	changed(cys, 4)
	golden(t, "addUsersToRoom", c.put(t, fmt.Sprintf("/room/addUsers?roomId=%d&userIds=%d", room, cy.ID), nil), 0)
	toggle := func(user int64) reply {
		return c.put(t, fmt.Sprintf("/room/userAdmin?roomId=%d&userId=%d", room, user), nil)
	}
	toggle(ann.ID).fails(t, http.StatusBadRequest, "At least one admin should be in the group")
	golden(t, "toggleRoomAdmin", toggle(cy.ID), 1)
	if got := admins(); !slices.Equal(got, []int64{ann.ID, cy.ID}) {
		t.Errorf("admins are %v", got)
	}
	toggle(cy.ID).ok(t)
	cys.next(t, "that Cy is no admin any more", func(f frame) bool { return f.event.Type == api.EventRemovedFromRoom && f.event.IsMember })
	golden(t, "removeFromRoom", c.delete(t, "/room/%d/%d", room, ann.ID), nil)
	anns.next(t, "that Ann is out", func(f frame) bool { return f.event.Type == api.EventRemovedFromRoom && f.event.RoomID == room })
	changed(bens, 3)
	if got := admins(); !slices.Equal(got, []int64{ben.ID}) { // who has been there longest
		t.Errorf("then admins are %v", got)
	}
	ann.get(t, "/rooms/%d", room).fails(t, http.StatusNotFound, "Room not found")
	for _, r := range []reply{toggle(ann.ID), c.delete(t, "/room/%d/%d", room, ann.ID)} {
		r.fails(t, http.StatusNotFound, "Wrong user id")
	}
	for _, r := range []reply{toggle(bot.UserID), c.delete(t, "/room/%d/%d", room, bot.UserID)} {
		r.fails(t, http.StatusBadRequest, "A bot is no admin")
	}
}

// What is gone is gone from every read, and everyone learns it, also who was away.
func manageDestroyRoom(t *testing.T, s *target) {
	c, ann, ben, cy := s.console(t), s.person(t, "Ann"), s.person(t, "Ben"), s.person(t, "Cy")
	room := ann.room(t, "Releases", ben, cy)
	bot := ann.bot(t, room, "ci")
	m := ann.say(t, room, "the secret plan")
	bot.say(t, "a build")
	note := data[api.NoteData](t, ann.post(t, fmt.Sprintf("/notes/roomId/%d", room), object{"title": "T", "content": "C"})).Note.ID
	ben.post(t, "/message-records", object{"messageId": m.ID, "type": "reaction", "reaction": "👍"}).ok(t)
	ben.seen(t, room).ok(t)
	cy.post(t, roomPath(room)+"/leave", nil).ok(t)
	since := data[api.SyncRooms](t, ben.get(t, "/rooms/sync/0")).List[0].ModifiedAt
	st := ben.listen(t)
	before := st.last()
	golden(t, "destroyRoom", c.delete(t, "%s", managedRoom(room)), nil)
	bare := func(r *api.Room) bool { return r.ID == room && r.Deleted && r.Name == "" && len(r.Users) == 0 }
	st.next(t, "that the room is gone", func(f frame) bool { return f.event.Type == api.EventDeleteRoom && bare(f.event.Room) })
	ben.listen(t, place{after: before}).next(t, "that the room is gone, later", func(f frame) bool { return f.event.Type == api.EventDeleteRoom && bare(f.event.Room) })
	synced := data[api.SyncRooms](t, ben.get(t, "/rooms/sync/%d", since)).List
	if len(synced) != 1 || !bare(&synced[0]) {
		t.Errorf("sync gives %+v", synced)
	}
	for _, p := range []person{ann, ben, cy, s.people.owner()} {
		for path, status := range map[string]int{
			roomPath(room): 404, fmt.Sprintf("/messages/roomId/%d", room): 404, fmt.Sprintf("/history/roomId/%d", room): 404,
			fmt.Sprintf("/notes/%d", note): 404, fmt.Sprintf("/notes/roomId/%d", room): 403, fmt.Sprintf("/messages/%d/message-records", m.ID): 404,
			fmt.Sprintf("/api-keys/roomId/%d", room): 403, fmt.Sprintf("/webhooks/roomId/%d", room): 403,
		} {
			if r := p.get(t, "%s", path); r.status != status {
				t.Errorf("%s asks %s: %d %s", p.Name, path, r.status, clip(r.body))
			}
		}
		if got := data[api.SyncMessages](t, p.get(t, "/messages/sync/0")).List; slices.ContainsFunc(got, func(m api.Message) bool { return m.RoomID == room }) {
			t.Errorf("%s synchronises %+v", p.Name, got)
		}
		if got := data[api.SyncRecords](t, p.get(t, "/message-records/sync/0")).List; slices.ContainsFunc(got, func(m api.SyncedRecord) bool { return m.RoomID == room }) {
			t.Errorf("%s synchronises %+v", p.Name, got)
		}
		p.post(t, "/messages", textPost(room, "Hello")).fails(t, http.StatusBadRequest, "Room user not found")
	}
	bot.post(t, textPost(room, "Hello")).fails(t, http.StatusUnauthorized, "Invalid access token")
	c.get(t, "%s", managedRoom(room)).fails(t, http.StatusNotFound, "Wrong room id")
	c.delete(t, "%s", managedRoom(room)).fails(t, http.StatusNotFound, "Wrong room id")
	s.sub(t, "a private room can be made again", func(t *testing.T) {
		old := ann.private(t, ben)
		c.delete(t, "%s", managedRoom(old)).ok(t)
		if again := ann.private(t, ben); again == old {
			t.Error("it is the same room")
		}
	})
}

func manageStats(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t)
	c, ann := own.console(t), own.person(t, "Ann")
	room := ann.room(t, "Releases")
	for range 3 {
		ann.say(t, room, "Hello")
	}
	at := time.UnixMilli(ann.say(t, room, "Hello").CreatedAt).UTC()
	points := func(first, last, now int, y int64) (out []api.StatPoint) {
		for i := first; i <= last; i++ {
			p := api.StatPoint{X: fmt.Sprintf("%02d", i)}
			if i == now {
				p.Y = y
			}
			out = append(out, p)
		}
		return out
	}
	if at.Add(-time.Minute).Hour() == at.Hour() { // else some of them were posted in the hour before
		golden(t, "statHour", c.get(t, "/message/statHour"), points(0, 23, at.Hour(), 4))
		golden(t, "statDay", c.get(t, "/message/statDay"), points(1, 31, at.Day(), 4))
	}
	ms := at.UnixMilli()
	golden(t, "statHour", c.get(t, "/message/statHour?start=%d&end=%d", ms, ms+1), points(0, 23, at.Hour(), 1))
	golden(t, "statDay", c.get(t, "/message/statDay?start=%d&end=%d", ms, ms), points(1, 31, 0, 0))
	golden(t, "statHour", c.get(t, "/message/statHour?end=%d", ms-3_600_000), points(0, 23, -1, 0))
	for _, wrong := range []string{"start=x", "end=-1", "start=5&end=4", "start=0", "start=0&end=9999999999999999999999"} {
		c.get(t, "/message/statHour?%s", wrong).fails(t, http.StatusBadRequest, "")
		c.get(t, "/message/statDay?%s", wrong).fails(t, http.StatusBadRequest, "")
	}
}
