package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"spika/api"
)

func findChecks() []check {
	return []check{
		{"batches", findBatches},
		{"batches, end to end", findBatchesWalk},
		{"by date", findByDate},
		{"only what one sees", findVisible},
		{"search", findSearch},
		{"search, pages", findSearchPages},
		{"search, only what one sees", findSearchVisible},
		{"refusals", findRefusals},
	}
}

// batch asks for messages around a place, and gives their ids as well.
func (p person) batch(t testing.TB, room int64, query string) (api.MessageBatch, []int64) {
	t.Helper()
	got := data[api.MessageBatch](t, p.get(t, "/messages/roomId/%d/target-message-batch?%s", room, query))
	var ids []int64
	for _, m := range got.List {
		ids = append(ids, m.ID)
	}
	return got, ids
}

func findBatches(t *testing.T, s *target) {
	c := s.chat(t)
	path := "/messages/roomId/%d/target-message-batch"
	golden(t, "listMessageBatch", c.ben.get(t, path, c.room), object{"list": false})
	first := c.ann.say(t, c.room, "Hello")
	c.ben.react(t, first.ID, "👍")
	golden(t, "listMessageBatch", c.ben.get(t, path, c.room), object{"list": true, "message": first, "ben": c.ben})
	if got := c.ann.messages(t, c.room).List[0]; got.DeliveredCount != 2 {
		t.Errorf("after Ben has read a batch, the message is delivered to %d, want 2", got.DeliveredCount)
	}
	all := append(c.bot.postMany(t, 19), first.ID) // newest first
	for _, row := range []struct {
		name, query  string
		want         []int64
		older, newer bool
	}{
		{"the newest", "itemsPerBatch=5", all[:5], true, false},
		{"all", "", all, false, false},
		{"more than there are", "itemsPerBatch=99999999999999999999", all, false, false},
		{"around a message", fmt.Sprint("itemsPerBatch=5&targetMessageId=", all[10]), all[8:13], true, true},
		{"an even number", fmt.Sprint("itemsPerBatch=4&targetMessageId=", all[10]), all[9:13], true, true},
		{"only the message", fmt.Sprint("itemsPerBatch=1&targetMessageId=", all[10]), all[10:11], true, true},
		{"around the newest", fmt.Sprint("itemsPerBatch=5&targetMessageId=", all[0]), all[:5], true, false},
		{"around the oldest", fmt.Sprint("itemsPerBatch=5&targetMessageId=", all[19]), all[17:], false, true},
		{"a target that is not there", "itemsPerBatch=5&targetMessageId=2147483647", all[:5], true, false},
		{"older ones", fmt.Sprint("itemsPerBatch=5&cursorUp=", all[10]), all[11:16], true, true},
		{"the oldest ones", fmt.Sprint("itemsPerBatch=5&cursorUp=", all[14]), all[15:], false, true},
		{"older than the oldest", fmt.Sprint("cursorUp=", all[19]), nil, false, true},
		{"newer ones", fmt.Sprint("itemsPerBatch=5&cursorDown=", all[10]), all[5:10], true, true},
		{"the newest ones", fmt.Sprint("itemsPerBatch=5&cursorDown=", all[5]), all[:5], true, false},
		{"newer than the newest", fmt.Sprint("cursorDown=", all[0]), nil, true, false},
		{"a cursor before a target", fmt.Sprintf("itemsPerBatch=2&cursorDown=%d&targetMessageId=%d&cursorUp=", all[10], all[2]), all[8:10], true, true},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			got, ids := c.ben.batch(t, c.room, row.query)
			if !slices.Equal(ids, row.want) || got.HasMoreOlderMessages != row.older || got.HasMoreNewerMessages != row.newer {
				t.Errorf("got %v, older %v, newer %v, want %v", ids, got.HasMoreOlderMessages, got.HasMoreNewerMessages, row.want)
			}
			if (got.NextCursorUp != nil) != row.older || (got.NextCursorDown != nil) != row.newer {
				t.Errorf("nextCursorUp is %v, nextCursorDown %v", got.NextCursorUp, got.NextCursorDown)
			}
		})
	}
}

// From anywhere, the cursors lead through all messages once.
func findBatchesWalk(t *testing.T, s *target) {
	c := s.chat(t)
	all := c.bot.postMany(t, 30)
	batch, got := c.ben.batch(t, c.room, fmt.Sprint("itemsPerBatch=4&targetMessageId=", all[13]))
	for up := batch; up.HasMoreOlderMessages; {
		var more []int64
		up, more = c.ben.batch(t, c.room, fmt.Sprint("itemsPerBatch=4&cursorUp=", *up.NextCursorUp))
		got = append(got, more...)
	}
	for down := batch; down.HasMoreNewerMessages; {
		var more []int64
		down, more = c.ben.batch(t, c.room, fmt.Sprint("itemsPerBatch=4&cursorDown=", *down.NextCursorDown))
		got = append(more, got...)
	}
	if !slices.Equal(got, all) {
		t.Errorf("the batches hold %v, want %v", got, all)
	}
}

func findByDate(t *testing.T, s *target) {
	c := s.chat(t)
	find := func(date string) reply {
		return c.ben.get(t, "/messages/roomId/%d/target-message-id-by-date?date=%s", c.room, url.QueryEscape(date))
	}
	oldest := func() reply { return c.ben.get(t, "/messages/roomId/%d/oldest-message-date", c.room) }
	golden(t, "findMessageByDate", find("0"), object{"id": 0})
	golden(t, "getOldestMessageDate", oldest(), object{"date": false})
	var said []api.Message
	for i := range 7 {
		said = append(said, c.ann.say(t, c.room, fmt.Sprint(i)))
	}
	for _, m := range said {
		golden(t, "findMessageByDate", find(fmt.Sprint(m.CreatedAt)), object{"id": m.ID})
	}
	day := time.Now().UTC()
	for date, want := range map[string]int64{
		fmt.Sprint(said[2].CreatedAt + 1): said[3].ID, fmt.Sprint(said[6].CreatedAt + 1): 0, "99999999999999999999": 0,
		time.UnixMilli(said[3].CreatedAt).In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000Z07:00"): said[3].ID,
		day.AddDate(0, 0, -2).Format(time.DateOnly):                                                            said[0].ID, day.AddDate(0, 0, 2).Format(time.DateOnly): 0, "1969-07-20": said[0].ID,
	} {
		golden(t, "findMessageByDate", find(date), object{"id": want})
	}
	golden(t, "getOldestMessageDate", oldest(), object{"date": true})
	date := *data[api.OldestMessageDate](t, oldest()).MessageDate
	if at, err := time.Parse(time.RFC3339, date); err != nil || at.UnixMilli() != said[0].CreatedAt {
		t.Errorf("the oldest message is of %s, want %d", date, said[0].CreatedAt)
	}
	for _, date := range []string{"", "yesterday", "-1", "1.5", "2026-02-30", "2026-01-31T08:00:00"} {
		find(date).fails(t, http.StatusBadRequest, "Invalid params: date must be")
	}
}

// Nothing from before one joined, nothing withheld.
func findVisible(t *testing.T, s *target) {
	p := s.pair(t)
	first, second := p.ben.say(t, p.room, "1"), p.ben.say(t, p.room, "2")
	p.ann.block(t, p.ben)
	gone := p.ben.say(t, p.room, "withheld")
	p.ann.delete(t, "/blocks/userId/%d", p.ben.ID).ok(t)
	last := p.ben.say(t, p.room, "4")
	batch, ids := p.ann.batch(t, p.room, fmt.Sprint("itemsPerBatch=3&targetMessageId=", gone.ID))
	if !slices.Equal(ids, []int64{last.ID, second.ID, first.ID}) || batch.HasMoreOlderMessages || batch.HasMoreNewerMessages {
		t.Errorf("Ann gets %v", ids)
	}
	if _, ids := p.ann.batch(t, p.room, fmt.Sprint("cursorDown=", second.ID)); !slices.Equal(ids, []int64{last.ID}) {
		t.Errorf("after %d Ann gets %v", second.ID, ids)
	}
	got := p.ann.get(t, "/messages/roomId/%d/target-message-id-by-date?date=%d", p.room, second.CreatedAt+1)
	golden(t, "findMessageByDate", got, object{"id": last.ID})

	room := p.ann.room(t, "Late")
	early := p.ann.say(t, room, "early")
	p.ann.change(t, room, object{"action": "addGroupUsers", "userIds": []int64{p.ben.ID}})
	golden(t, "getOldestMessageDate", p.ben.get(t, "/messages/roomId/%d/oldest-message-date", room), object{"date": false})
	late := p.ann.say(t, room, "late")
	for query, want := range map[string][]int64{
		"": {late.ID}, fmt.Sprint("targetMessageId=", early.ID): {late.ID}, fmt.Sprint("cursorUp=", late.ID): nil,
		fmt.Sprint("cursorUp=", early.ID): nil, fmt.Sprint("cursorDown=", early.ID): {late.ID},
	} {
		if batch, ids := p.ben.batch(t, room, query); !slices.Equal(ids, want) || batch.HasMoreOlderMessages {
			t.Errorf("asked for %s, Ben gets %v, older ones %v", query, ids, batch.HasMoreOlderMessages)
		}
	}
	found := p.ben.get(t, "/messages/roomId/%d/target-message-id-by-date?date=0", room)
	golden(t, "findMessageByDate", found, object{"id": late.ID})
}

// search gives the ids of the messages found.
func (p person) search(t testing.TB, room int64, keyword, more string) (api.FoundMessages, []int64) {
	t.Helper()
	got := data[api.FoundMessages](t, p.get(t, "/messages/search?roomId=%d&keyword=%s%s", room, url.QueryEscape(keyword), more))
	ids := []int64{}
	for _, m := range got.List {
		ids = append(ids, m.ID)
	}
	if got.Count != len(ids) {
		t.Errorf("count is %d, there are %d", got.Count, len(ids))
	}
	return got, ids
}

func findSearch(t *testing.T, s *target) {
	c := s.chat(t)
	texts := []string{
		"Release 1.2 is out", "Größe: ÄÖÜ und Straße", "ΣΊΣΥΦΟΣ", "100% sure", "100 percent", "a_b_c", "a\\b\\c \"quoted\"\nnext line",
		"приВЕТ, мир", "日本語のテキスト", "release 1.3", "🚀🚀🚀 lift-off", "body text roomId type",
	}
	var said []api.Message
	for _, text := range texts {
		said = append(said, c.ann.say(t, c.room, text))
	}
	r := c.ben.get(t, "/messages/search?roomId=%d&keyword=straße", c.room)
	golden(t, "searchMessages", r, object{"message": said[1], "ann": c.ann})
	for keyword, want := range map[string][]int{
		"RELEASE": {9, 0}, "lease 1.": {9, 0}, "größe": {1}, "äöü": {1}, "σίσυφος": {2}, "100%": {3}, "100": {4, 3}, "%%%": {}, "___": {}, "a_b": {5},
		`a\b`: {6}, `"QUOTED"`: {6}, "d\"\nnext": {6}, "ПРИвет": {7}, "本語の": {8}, "🚀🚀🚀": {10}, "roomId": {11}, "'; --": {}, "fileId": {},
	} {
		_, got := c.ben.search(t, c.room, keyword, "")
		wanted := []int64{}
		for _, i := range want {
			wanted = append(wanted, said[i].ID)
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("with %q found %v, want %v", keyword, got, wanted)
		}
	}
}

func findSearchPages(t *testing.T, s *target) {
	c := s.chat(t)
	var want []int64
	for i := range 23 {
		text := "odd one"
		if i%2 == 0 {
			text = "needle"
		}
		if m := c.ann.say(t, c.room, text); i%2 == 0 {
			want = append(want, m.ID)
		}
	}
	slices.Reverse(want)
	var got []int64
	for query := ""; ; {
		page, ids := c.ben.search(t, c.room, "NEEDLE", "&itemsPerBatch=5"+query)
		got = append(got, ids...)
		if page.NextCursor == nil {
			break
		}
		if *page.NextCursor != ids[len(ids)-1] {
			t.Errorf("nextCursor is %d, the page is %v", *page.NextCursor, ids)
		}
		query = fmt.Sprint("&cursor=", *page.NextCursor)
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	c.bot.postMany(t, 101)
	if page, ids := c.ben.search(t, c.room, "hello", "&itemsPerBatch=1000"); len(ids) != 100 || page.NextCursor == nil {
		t.Errorf("found %d messages, next %v", len(ids), page.NextCursor)
	}
}

func findSearchVisible(t *testing.T, s *target) {
	p := s.pair(t)
	kept := p.ben.say(t, p.room, "needle 1")
	deleted, mine, edited := p.ben.say(t, p.room, "needle 2"), p.ben.say(t, p.room, "needle 3"), p.ben.say(t, p.room, "needle 4")
	p.ben.erase(t, deleted.ID, "all")
	p.ann.erase(t, mine.ID, "user")
	p.ben.edit(t, edited.ID, "haystack")
	p.ann.block(t, p.ben)
	p.ben.say(t, p.room, "needle 5")
	p.ann.delete(t, "/blocks/userId/%d", p.ben.ID).ok(t)
	if _, got := p.ann.search(t, p.room, "needle", ""); !slices.Equal(got, []int64{kept.ID}) {
		t.Errorf("Ann finds %v, want %d", got, kept.ID)
	}
	if _, got := p.ann.search(t, p.room, "eleted mess", ""); len(got) != 0 {
		t.Errorf("a deleted message is found: %v", got)
	}
	if _, got := p.ben.search(t, p.room, "needle", ""); len(got) != 3 {
		t.Errorf("Ben finds %v, want three", got)
	}
	room := p.ann.room(t, "Late")
	early := p.ann.say(t, room, "needle early")
	p.ann.change(t, room, object{"action": "addGroupUsers", "userIds": []int64{p.ben.ID}})
	late := p.ann.say(t, room, "needle late")
	if _, got := p.ben.search(t, room, "needle", ""); !slices.Equal(got, []int64{late.ID}) {
		t.Errorf("Ben finds %v, want %d", got, late.ID)
	}
	if page, got := p.ben.search(t, room, "needle", fmt.Sprint("&cursor=", early.ID)); len(got) != 0 || page.NextCursor != nil {
		t.Errorf("before what is out of sight, Ben finds %v", got)
	}
}

func findRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	m := c.ann.say(t, c.room, "Hello")
	elsewhere := c.ann.say(t, c.ann.room(t, "Other"), "elsewhere")
	sue := s.person(t, "Sue")
	for _, path := range []string{"target-message-batch", "target-message-id-by-date?date=0", "oldest-message-date"} {
		sue.get(t, "/messages/roomId/%d/%s", c.room, path).fails(t, http.StatusNotFound, "No room found")
		c.ann.get(t, "/messages/roomId/2147483647/%s", path).fails(t, http.StatusNotFound, "No room found")
		c.ann.get(t, "/messages/roomId/x/%s", path).fails(t, http.StatusBadRequest, "roomId must be number")
	}
	c.ben.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	c.ben.get(t, "/messages/search?roomId=%d&keyword=hello", c.room).fails(t, http.StatusNotFound, "No room found")
	for query, begins := range map[string]string{
		"cursorUp=x": "Invalid params: cursorUp must be an id", "cursorDown=0": "Invalid params: cursorDown must be an id",
		"targetMessageId=-1": "Invalid params: targetMessageId must be an id", "itemsPerBatch=0": "Invalid params: itemsPerBatch must be a number",
		"itemsPerBatch=x": "Invalid params: itemsPerBatch must be a number",
		fmt.Sprintf("cursorUp=%d&cursorDown=%d", m.ID, m.ID): "cursorUp and cursorDown exclude each other",
		fmt.Sprint("cursorUp=", elsewhere.ID):                "cursorUp must be the id of a message of this room",
		"cursorDown=99999999999999999999":                    "cursorDown must be the id of a message of this room",
	} {
		c.ann.get(t, "/messages/roomId/%d/target-message-batch?%s", c.room, query).fails(t, http.StatusBadRequest, begins)
	}
	room := fmt.Sprint("roomId=", c.room)
	for _, row := range []struct {
		query  string
		status int
		begins string
	}{
		{"keyword=hello", 400, "Invalid params: roomId must be given"}, {"roomId=&keyword=hello", 400, "Invalid params: roomId must be an id"},
		{"roomId=x&keyword=hello", 400, "Invalid params: roomId must be an id"}, {"roomId=99999999999999999999&keyword=hello", 404, "No room found"},
		{room, 400, "keyword must have 3 to 200 characters"}, {room + "&keyword=%C3%A4%C3%A4", 400, "keyword must have 3 to 200 characters"},
		{room + "&keyword=" + repeat(201), 400, "keyword must have 3 to 200 characters"}, {room + "&keyword=%ff%ff%ff", 400, "Invalid params: the query must be UTF-8"},
		{room + "&keyword=hello&cursor=x", 400, "Invalid params: cursor must be an id"}, {room + "&keyword=hello&itemsPerBatch=-1", 400, "Invalid params: itemsPerBatch must be a number"},
		{room + fmt.Sprint("&keyword=hello&cursor=", elsewhere.ID), 400, "cursor must be the id of a message of this room"},
	} {
		c.ann.get(t, "/messages/search?%s", row.query).fails(t, row.status, row.begins)
	}
	sue.get(t, "/messages/search?%s&keyword=hello", room).fails(t, http.StatusNotFound, "No room found")
	for _, path := range []string{"/messages/search?roomId=1&keyword=hello", "/messages/roomId/1/oldest-message-date"} {
		person{s: s}.get(t, "%s", path).fails(t, http.StatusUnauthorized, "No access token")
	}
}
