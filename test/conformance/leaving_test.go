package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func leavingChecks() []check {
	return []check{
		{"delete account", leavingDelete},
		{"what stays", leavingStays},
		{"rooms", leavingRooms},
		{"owner", leavingOwner},
	}
}

func leavingDelete(t *testing.T, s *target) {
	ann, ben := s.withPhone(t, "Ann"), s.person(t, "Ben")
	ann.put(t, "/me", object{"shortDescription": "Hello", "longDescription": "World", "coverFileId": 0}).ok(t)
	other := ann.device(t)
	stream, heard := other.listen(t), ben.listen(t)
	ann.block(t, ben)
	ben.block(t, ann.person)
	_, place := ben.changedUsers(t, 0, ann.ID)
	golden(t, "deleteMe", ann.delete(t, "/me"), nil)
	for _, token := range []person{ann.person, other} {
		token.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	}
	stream.end(t, patience)
	heard.next(t, "the changed name", func(f frame) bool { return f.named(fmt.Sprint("Deleted user ", ann.ID)) && f.event.User.Deleted })
	golden(t, "deletedUser", ben.get(t, "/users/%d", ann.ID), ann)
	if ids, _ := ben.changedUsers(t, place, ann.ID); !slices.Equal(ids, []int64{ann.ID}) {
		t.Errorf("sync gives %v", ids)
	}
	if got := ben.blocks(t); len(got) != 0 {
		t.Errorf("Ben blocks %v", got)
	}
	if got := ben.match(t, ann); len(got) != 0 {
		t.Errorf("the number finds %v", got)
	}
	if slices.ContainsFunc(ben.contacts(t, "Deleted"), func(u api.User) bool { return u.ID == ann.ID }) {
		t.Error("there is still a contact")
	}
	s.sub(t, "address and number are free again", func(t *testing.T) {
		body := object{"displayName": "Ann again", "emailAddress": ann.Email, "telephoneNumber": ann.Number}
		if again := data[api.AddedPerson](t, s.people.owner().post(t, "/people", body)).User; again.ID == ann.ID {
			t.Error("it is the same person")
		}
	})
	s.sub(t, "by a page of another origin", func(t *testing.T) {
		crossOriginRefused(t, s, ben, "DELETE", "/me")
		ben.get(t, "/me").ok(t)
	})
}

// What others have been told stays with them.
func leavingStays(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben")
	ann, ben := p[0], p[1]
	private, group := ann.private(t, ben), ben.room(t, "Group", ann)
	inPrivate, inGroup := ann.say(t, private, "between us"), ann.say(t, group, "to all")
	ann.delete(t, "/me").ok(t)
	for room, message := range map[int64]api.Message{private: inPrivate, group: inGroup} {
		list := ben.messages(t, room).List
		if len(list) != 1 || list[0].ID != message.ID || list[0].SenderName != "Ann" || string(list[0].Body) != string(message.Body) {
			t.Errorf("room %d holds %+v", room, list)
		}
	}
	if got := ben.getRoom(t, group); len(got.Users) != 1 {
		t.Errorf("the group has %+v", got.Users)
	}
	got := ben.getRoom(t, private)
	if len(got.Users) != 2 || !slices.ContainsFunc(got.Users, func(u api.RoomUser) bool { return u.UserID == ann.ID && u.User.Deleted }) {
		t.Errorf("the private room has %+v", got.Users)
	}
	said := ben.say(t, private, "are you there?")
	if said.TotalUserCount != 1 {
		t.Errorf("%d people can see a message to someone who is gone", said.TotalUserCount)
	}
}

func leavingRooms(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	alone := ann.room(t, "Alone", ben)
	ann.put(t, roomPath(alone), object{"userIds": []int64{ben.ID, cy.ID}}).ok(t)
	ann.bot(t, alone, "Robot")
	shared := ann.room(t, "Shared", ben)
	ann.put(t, roomPath(shared), object{"adminUserIds": []int64{ann.ID, ben.ID}}).ok(t)
	heard := ben.listen(t)
	ann.delete(t, "/me").ok(t)
	for range 2 {
		heard.next(t, "the changed rooms", func(f frame) bool {
			return f.event.Type == api.EventUpdateRoom && !slices.ContainsFunc(f.event.Room.Users, func(u api.RoomUser) bool { return u.UserID == ann.ID })
		})
	}
	if _, admins := membersOf(cy.getRoom(t, alone)); !slices.Equal(admins, []int64{ben.ID}) {
		t.Errorf("the room's admins are %v, want %d, who has been there longest", admins, ben.ID)
	}
	if all, admins := membersOf(ben.getRoom(t, shared)); !slices.Equal(all, []int64{ben.ID}) || !slices.Equal(admins, all) {
		t.Errorf("the room has %v, admins %v", all, admins)
	}
}

func leavingOwner(t *testing.T, s *target) {
	owner := s.people.owner()
	owner.delete(t, "/me").fails(t, http.StatusForbidden, "Forbidden: the owner of the team")
	owner.get(t, "/me").ok(t)
}
