package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

// A left room comes once, as deleted, so that apps which were away take it out
// of their lists.
func roomsSyncLeft(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	left, removed := ann.room(t, "Left", ben), ann.room(t, "Removed", ben)
	place := ben.getRoom(t, removed).ModifiedAt
	ben.post(t, roomPath(left)+"/leave", nil).ok(t)
	ann.change(t, removed, object{"action": "removeGroupUsers", "userIds": []int64{ben.ID}})
	ann.change(t, removed, object{"name": "Not for Ben"})
	list := data[api.SyncRooms](t, ben.get(t, "/rooms/sync/%d", place)).List
	if len(list) != 2 || list[0].ID != left || list[1].ID != removed {
		t.Fatalf("sync gives %+v", list)
	}
	for _, r := range list {
		if !r.Deleted || r.Name != "" || len(r.Users) != 0 || r.UnreadCount != 0 || r.Type != "group" || r.ModifiedAt <= place {
			t.Errorf("a room that is left comes as %+v", r)
		}
		place = r.ModifiedAt
	}
	for _, since := range []int64{place, 0} {
		if list := data[api.SyncRooms](t, ben.get(t, "/rooms/sync/%d", since)).List; len(list) != 0 {
			t.Errorf("sync from %d gives %+v", since, list)
		}
	}
}

// What older clients send in other types than described.
func roomsLoose(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	for name, row := range map[string]struct {
		body    any
		members []person
		title   string
	}{
		"lists within lists": {object{"type": "group", "name": "x", "userIds": [][]int64{{ben.ID, cy.ID, 1}}}, p[:2], "x"},
		"ids in strings":     {object{"type": "group", "name": "x", "userIds": []string{fmt.Sprint(ben.ID), fmt.Sprint(cy.ID)}}, p, "x"},
		"a list in a string": {object{"type": "group", "name": "x", "userIds": fmt.Sprintf("[%d]", ben.ID)}, p[:2], "x"},
		"a number as name":   {object{"type": "group", "name": 5, "avatarFileId": "0"}, p[:1], "5"},
	} {
		s.sub(t, name, func(t *testing.T) {
			r := ann.create(t, row.body.(object))
			hasMembers(t, r, row.members, p[:1])
			if r.Name != row.title {
				t.Errorf("the room is called %q", r.Name)
			}
		})
	}
	s.sub(t, "a form", func(t *testing.T) {
		form := fmt.Sprintf("type=group&name=Form&userIds=%d&userIds=%d", ben.ID, cy.ID)
		r := s.do(t, request{method: "POST", path: "/api/messenger/rooms", token: ann.Token, body: form, header: []string{"Content-Type: application/x-www-form-urlencoded"}})
		hasMembers(t, data[api.RoomData](t, r).Room, p, p[:1])
	})
}

func roomsMarks(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	room := ann.room(t, "Releases", ben)
	values := map[string]any{"id": room, "ann": ann, "ben": ben}
	mark := func(verb string) reply { return ben.post(t, roomPath(room)+"/"+verb, nil) }
	settings := func() (keys []string) {
		for _, row := range data[api.UserSettings](t, ben.get(t, "/me/settings")).Settings {
			keys = append(keys, row.Key)
		}
		return keys
	}
	place := ben.getRoom(t, room).ModifiedAt
	golden(t, "unmuteRoom", mark("unmute"), values) // without having muted it
	golden(t, "unpinRoom", mark("unpin"), values)
	if got := ben.getRoom(t, room).ModifiedAt; got != place {
		t.Errorf("nothing changed, and modifiedAt went from %d to %d", place, got)
	}
	golden(t, "muteRoom", mark("mute"), values)
	mark("unmute").ok(t)
	golden(t, "pinRoom", mark("pin"), values)
	mark("unpin").ok(t)
	place = ben.getRoom(t, room).ModifiedAt
	for _, verb := range []string{"mute", "pin"} {
		r := data[api.RoomData](t, mark(verb)).Room // again
		list := data[api.SyncRooms](t, ben.get(t, "/rooms/sync/%d", place)).List
		if len(list) != 1 || list[0].Muted != r.Muted || list[0].Pinned != r.Pinned || list[0].ModifiedAt != r.ModifiedAt {
			t.Errorf("after %s, sync gives %+v", verb, list)
		}
		place = r.ModifiedAt
		if got := data[api.SyncRooms](t, ben.get(t, "/rooms/sync/%d", place)).List; len(got) != 0 {
			t.Errorf("nothing more has changed, and sync gives %+v", got)
		}
		if got := data[api.SyncRooms](t, ann.get(t, "/rooms/sync/%d", r.CreatedAt)).List; len(got) != 0 {
			t.Errorf("the others' sync gives %+v", got)
		}
		if want := []string{fmt.Sprintf("%s_%d", verb, room)}; !slices.Equal(settings(), want) {
			t.Errorf("the settings are %q, want %q", settings(), want)
		}
		mark("un" + verb).ok(t)
		if got := settings(); len(got) != 0 {
			t.Errorf("after un%s, the settings are %q", verb, got)
		}
		place = ben.getRoom(t, room).ModifiedAt
	}
	mark("pin").ok(t)
	mark("mute").ok(t)
	r := ben.get(t, "/me/settings")
	golden(t, "listMySettings", r, map[string]any{"ben": ben.ID, "room": room})
	rows, again := data[api.UserSettings](t, r).Settings, data[api.UserSettings](t, ben.get(t, "/me/settings")).Settings
	if !slices.Equal(rows, again) || rows[0].ID == rows[1].ID {
		t.Errorf("the settings are %+v, then %+v", rows, again)
	}
	if got := data[api.UserSettings](t, ann.get(t, "/me/settings")).Settings; got == nil || len(got) != 0 {
		t.Errorf("Ann's settings are %+v", got)
	}
	if got := ann.getRoom(t, room); got.Muted || got.Pinned {
		t.Errorf("Ann has the room as %+v", got)
	}
	person{s: s}.get(t, "/me/settings").fails(t, http.StatusUnauthorized, "No access token")
}

func roomsMarksRefusals(t *testing.T, s *target) {
	ann, sue := s.person(t, "Ann"), s.person(t, "Sue")
	room := ann.room(t, "Releases")
	for _, verb := range []string{"mute", "unmute", "pin", "unpin"} {
		s.sub(t, verb, func(t *testing.T) {
			sue.post(t, roomPath(room)+"/"+verb, nil).fails(t, http.StatusNotFound, "User is not the member of the room.")
			ann.post(t, roomPath(1<<40)+"/"+verb, nil).fails(t, http.StatusNotFound, "Room not found")
			for _, id := range []string{"x", "0", "-1"} {
				ann.post(t, "/rooms/"+id+"/"+verb, nil).fails(t, http.StatusBadRequest, "id is required")
			}
			person{s: s}.post(t, roomPath(room)+"/"+verb, nil).fails(t, http.StatusUnauthorized, "No access token")
			crossOriginRefused(t, s, ann, "POST", roomPath(room)+"/"+verb)
		})
	}
}

func roomsUnread(t *testing.T, s *target) {
	c := s.chat(t)
	none := c.ann.room(t, "Nothing unread", c.ben)
	c.ben.say(t, none, "own posts do not count")
	c.bot.say(t, "1")
	c.bot.say(t, "2")
	golden(t, "listUnreadCounts", c.ben.get(t, "/rooms/unread-count"), map[string]any{"room": c.room})
	c.ben.seen(t, c.room).ok(t)
	if got := data[api.UnreadCounts](t, c.ben.get(t, "/rooms/unread-count")).UnreadCounts; got == nil || len(got) != 0 {
		t.Errorf("all is seen, and the counts are %+v", got)
	}
	person{s: s}.get(t, "/rooms/unread-count").fails(t, http.StatusUnauthorized, "No access token")
}

func roomsGroups(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	ann.private(t, ben)
	first := ann.room(t, "Releases", ben)
	golden(t, "listGroupRooms", ann.get(t, "/group-message-rooms"), map[string]any{"id": first, "ann": ann, "ben": ben})
	all := []int64{first}
	for i := range 22 {
		all = append(all, ann.room(t, fmt.Sprintf("Sprint %02d", i)))
	}
	ann.delete(t, "/rooms/%d", ann.room(t, "Gone")).ok(t)
	list := func(query string) (ids []int64, next int64, count int64) {
		got := data[api.GroupRoomList](t, ann.get(t, "/group-message-rooms%s", query))
		for _, r := range got.List {
			ids = append(ids, r.ID)
		}
		if got.NextCursor != nil {
			next = *got.NextCursor
		}
		return ids, next, got.Count
	}
	ids, next, count := list("?keyword=&cursor=") // as the web client of before asks at first
	if !slices.Equal(ids, all[:20]) || next != all[19] || count != 23 {
		t.Errorf("the first page is %v of %d and goes on at %d, want %v of 23", ids, count, next, all[:20])
	}
	if ids, next, _ := list(fmt.Sprintf("?cursor=%d", next)); !slices.Equal(ids, all[19:]) || next != 0 {
		t.Errorf("the second page is %v and goes on at %d, want %v", ids, next, all[19:])
	}
	if ids, _, count := list("?keyword=RELEASE"); !slices.Equal(ids, all[:1]) || count != 1 {
		t.Errorf("by name there are %v of %d", ids, count)
	}
	if ids, _, _ := list("?cursor=1099511627776"); len(ids) != 0 {
		t.Errorf("from a room that is none there are %v", ids)
	}
	ann.get(t, "/group-message-rooms?cursor=x").fails(t, http.StatusBadRequest, "Invalid params: cursor must be an id")
	person{s: s}.get(t, "/group-message-rooms").fails(t, http.StatusUnauthorized, "No access token")
}

func roomsRecent(t *testing.T, s *target) {
	ann, ben, cy := s.person(t, "Ann"), s.person(t, "Ben"), s.person(t, "Cy")
	room, pair := ann.room(t, "Releases", ben), ann.private(t, ben)
	ann.private(t, cy) // nothing was said
	ann.say(t, room, "Hello")
	ann.say(t, pair, "Hello")
	golden(t, "listRecentChats", ann.get(t, "/recent-chats"), map[string]any{"id": room, "ann": ann, "ben": ben})
	if got := data[api.RecentChats](t, cy.get(t, "/recent-chats")); got.Users == nil || len(got.Users)+len(got.Groups) != 0 {
		t.Errorf("who has talked to nobody has %+v", got)
	}
	person{s: s}.get(t, "/recent-chats").fails(t, http.StatusUnauthorized, "No access token")
}
