package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func historyChecks() []check {
	return []check{
		{"list", historyList},
		{"unread", historyUnread},
		{"order and pages", historyPages},
		{"keyword", historyKeyword},
		{"one room", historyItem},
		{"muted and pinned", historyFlags},
	}
}

// history lists the rooms of a person as "room: unread".
func (p person) history(t testing.TB) []string {
	t.Helper()
	out := []string{}
	for _, item := range data[api.HistoryList](t, p.get(t, "/history")).List {
		out = append(out, fmt.Sprintf("%d: %d", item.RoomID, item.UnreadCount))
	}
	return out
}

func historyList(t *testing.T, s *target) {
	c := s.chat(t)
	golden(t, "listHistory", c.ben.get(t, "/history"), map[string]any{"list": false})
	m := c.bot.say(t, "Hello")
	goldenOf := map[string]any{"list": true, "message": m}
	golden(t, "listHistory", c.ben.get(t, "/history"), goldenOf)
}

func historyUnread(t *testing.T, s *target) {
	c := s.chat(t)
	want := func(step string, p person, list ...string) {
		t.Helper()
		if got := p.history(t); !slices.Equal(got, list) {
			t.Errorf("%s: %s's history is %q, want %q", step, p.Name, got, list)
		}
	}
	c.bot.say(t, "1")
	c.bot.say(t, "2")
	want("two posts", c.ben, fmt.Sprintf("%d: 2", c.room))
	c.ben.say(t, c.room, "mine")
	want("own posts are not unread", c.ben, fmt.Sprintf("%d: 2", c.room))
	want("to others they are", c.ann, fmt.Sprintf("%d: 3", c.room))
	c.ben.messages(t, c.room)
	want("listing is not seeing", c.ben, fmt.Sprintf("%d: 2", c.room))
	c.ben.seen(t, c.room).ok(t)
	want("seen", c.ben, fmt.Sprintf("%d: 0", c.room))
	c.bot.say(t, "3")
	want("one more", c.ben, fmt.Sprintf("%d: 1", c.room))
	c.ben.post(t, roomPath(c.room)+"/pin", nil).ok(t)
	c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	want("left, though pinned", c.ben)
	c.ben.get(t, "/history/roomId/%d", c.room).fails(t, http.StatusNotFound, "Room not found")
	c.ann.delete(t, "/rooms/%d", c.room).ok(t)
	want("deleted", c.ann)
}

func historyPages(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	var rooms []int64
	for i := range 22 {
		rooms = append(rooms, ann.room(t, fmt.Sprint("Room ", i)))
		ann.say(t, rooms[i], "Hello")
	}
	ann.room(t, "Without a message")
	ann.say(t, rooms[0], "the newest again")
	slices.Reverse(rooms)
	want := slices.Concat(rooms[21:], rooms[:21])
	var got []int64
	for page, size := range map[int]int{1: 20, 2: 2, 3: 0} {
		list := data[api.HistoryList](t, ann.get(t, "/history?page=%d", page))
		if len(list.List) != size || list.Count != 22 || list.Limit != 20 || list.Page != page {
			t.Errorf("page %d has %d of %d entries, limit %d, and calls itself %d", page, len(list.List), list.Count, list.Limit, list.Page)
		}
	}
	for page := range 2 {
		for _, item := range data[api.HistoryList](t, ann.get(t, "/history?page=%d", page+1)).List {
			got = append(got, item.RoomID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the history is %v, want %v", got, want)
	}
	for _, page := range []string{"0", "x", "-1", ""} {
		ann.get(t, "/history?page=%s", page).fails(t, http.StatusBadRequest, "page must be valid number")
	}
	person{s: s}.get(t, "/history").fails(t, http.StatusUnauthorized, "No access token")
}

// Each entry has one's own flags; the order is by message, whatever is pinned.
func historyFlags(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	first, second := ann.room(t, "First"), ann.room(t, "Second")
	ann.say(t, first, "Hello")
	ann.say(t, second, "Hello")
	ann.post(t, roomPath(first)+"/pin", nil).ok(t)
	ann.post(t, roomPath(second)+"/mute", nil).ok(t)
	list := data[api.HistoryList](t, ann.get(t, "/history")).List
	if len(list) != 2 || list[0].RoomID != second || !list[0].Muted || list[0].Pinned || list[1].Muted || !list[1].Pinned {
		t.Errorf("the history is %+v", list)
	}
	if item := data[api.HistoryItem](t, ann.get(t, "/history/roomId/%d", first)); item.Muted || !item.Pinned {
		t.Errorf("the entry is %+v", item)
	}
}

func historyKeyword(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Benjamin Ünal")
	group, private := ann.room(t, "Ärger"), ann.private(t, ben)
	ann.say(t, group, "Hello")
	ann.say(t, private, "Hello")
	for keyword, want := range map[string][]int64{
		"%C3%A4rg": {group}, "%C3%84RGER": {group}, "benj": {private}, "Benjamin%20%C3%BCnal": {private}, "ann": nil, "zoe": nil, "%25": nil, "": {private, group},
	} {
		got := data[api.HistoryList](t, ann.get(t, "/history?keyword=%s", keyword))
		var ids []int64
		for _, item := range got.List {
			ids = append(ids, item.RoomID)
		}
		if !slices.Equal(ids, want) || got.Count != int64(len(want)) {
			t.Errorf("keyword %q finds %v of %d, want %v", keyword, ids, got.Count, want)
		}
	}
}

func historyItem(t *testing.T, s *target) {
	c := s.chat(t)
	empty := data[api.HistoryItem](t, c.ben.get(t, "/history/roomId/%d", c.room))
	if empty.LastMessage != nil || empty.UnreadCount != 0 || empty.RoomID != c.room {
		t.Errorf("a room without messages has the entry %+v", empty)
	}
	c.bot.say(t, "Hello")
	cy := s.person(t, "Cy")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{cy.ID}})
	if got := data[api.HistoryItem](t, cy.get(t, "/history/roomId/%d", c.room)); got.LastMessage != nil || got.UnreadCount != 0 {
		t.Errorf("who joined later has the entry %+v", got)
	}
	sue := s.person(t, "Sue")
	sue.get(t, "/history/roomId/%d", c.room).fails(t, http.StatusNotFound, "Room not found")
	c.ann.get(t, "/history/roomId/1099511627776").fails(t, http.StatusNotFound, "Room not found")
	c.ann.get(t, "/history/roomId/x").fails(t, http.StatusBadRequest, "Room id is required")
	person{s: s}.get(t, "/history/roomId/%d", c.room).fails(t, http.StatusUnauthorized, "No access token")
}
