package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func mediaChecks() []check {
	return []check{
		{"gallery", mediaGallery},
		{"by kind", mediaByKind},
		{"visible only", mediaVisible},
		{"refusals", mediaRefusals},
	}
}

// bring posts a message with a file and gives its id.
func (p person) bring(t testing.TB, room int64, kind string, file int64) int64 {
	t.Helper()
	return data[api.MessageData](t, p.post(t, "/messages", filePost(room, kind, object{"fileId": file}))).Message.ID
}

func (p person) gallery(t testing.TB, room int64, query string) api.Gallery {
	t.Helper()
	return data[api.Gallery](t, p.get(t, "/gallery?roomId=%d&%s", room, query))
}

func (p person) media(t testing.TB, room int64, kind, query string) api.MediaList {
	t.Helper()
	return data[api.MediaList](t, p.get(t, "/media?roomId=%d&type=%s&%s", room, kind, query))
}

func foundIDs(list []api.FoundMessage) []int64 {
	var out []int64
	for _, m := range list {
		out = append(out, m.MessageID)
	}
	return out
}

func mediaGallery(t *testing.T, s *target) {
	c := s.chat(t)
	f := c.ann.file(t, "a.mp4", "video/mp4", "a video")
	one := c.ann.bring(t, c.room, "video", f.ID)
	golden(t, "listGallery", c.ben.get(t, "/gallery?roomId=%d&cursor=%d&itemsPerBatch=5", c.room, one), object{"message": one, "file": f.ID, "ann": c.ann.ID})
	all := []int64{one}
	for i := range 6 {
		c.ann.say(t, c.room, "between")
		c.ann.bring(t, c.room, "file", f.ID)
		all = append(all, c.ann.bring(t, c.room, []string{"image", "video"}[i%2], f.ID))
	}
	for _, row := range []struct {
		query        string
		want         []int64
		older, newer bool
	}{
		{"", all, false, false},
		{"itemsPerBatch=3", all[4:], true, false},
		{fmt.Sprint("itemsPerBatch=3&cursor=", all[3]), all[1:4], true, true},
		{fmt.Sprint("itemsPerBatch=2&fetchOlder=true&cursor=", all[3]), all[1:3], true, true},
		{fmt.Sprint("itemsPerBatch=2&fetchNewer=true&cursor=", all[3]), all[4:6], true, true},
		{fmt.Sprint("itemsPerBatch=9&fetchNewer=true&cursor=", all[3]), all[4:], true, false},
		{fmt.Sprint("itemsPerBatch=9&fetchOlder=true&cursor=", all[3]), all[:3], false, true},
		{fmt.Sprint("fetchNewer=true&cursor=", all[6]), nil, true, false},
		{fmt.Sprint("fetchOlder=true&cursor=", all[0]), nil, false, true},
	} {
		got := c.ben.gallery(t, c.room, row.query)
		if !slices.Equal(foundIDs(got.List), row.want) || got.HasMoreOlderImages != row.older || got.HasMoreNewerImages != row.newer {
			t.Errorf("%q gives %v, older %v, newer %v; want %+v", row.query, foundIDs(got.List), got.HasMoreOlderImages, got.HasMoreNewerImages, row)
		}
	}
}

func mediaByKind(t *testing.T, s *target) {
	c := s.chat(t)
	f := c.ann.file(t, "a.txt", "text/plain", "text")
	want := map[string][]int64{}
	for range 3 {
		want["media"] = append(want["media"], c.ann.bring(t, c.room, "image", f.ID), c.ann.bring(t, c.room, "video", f.ID))
		want["file"] = append(want["file"], c.ann.bring(t, c.room, "file", f.ID), c.ann.bring(t, c.room, "audio", f.ID))
		want["link"] = append(want["link"], c.ann.say(t, c.room, "see https://example.org").ID)
		c.ann.say(t, c.room, "no link")
	}
	for kind, ids := range want {
		slices.Reverse(ids)
		all := c.ben.media(t, c.room, kind, "")
		if !slices.Equal(foundIDs(all.List), ids) || all.Count != int64(len(ids)) || all.NextCursor != nil {
			t.Errorf("%s gives %v, want %v", kind, all, ids)
		}
		var walked []int64
		for query, more := "itemsPerBatch=2", true; more; {
			page := c.ben.media(t, c.room, kind, query)
			if page.Count != int64(len(ids)) { // clients ask for more until they have as many
				t.Errorf("%s: %q tells of %d in all, want %d", kind, query, page.Count, len(ids))
			}
			walked = append(walked, foundIDs(page.List)...)
			if more = page.NextCursor != nil; more {
				query = fmt.Sprint("itemsPerBatch=2&cursor=", *page.NextCursor)
			}
		}
		if !slices.Equal(walked, ids) {
			t.Errorf("page by page, %s gives %v, want %v", kind, walked, ids)
		}
	}
	golden(t, "listMedia", c.ben.get(t, "/media?roomId=%d&type=file&itemsPerBatch=1", c.room), object{
		"message": want["file"][0], "file": f.ID, "ann": c.ann.ID,
	})
}

// Nothing from before one joined, nothing deleted, for everyone or for oneself.
func mediaVisible(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	room := ann.room(t, "Ops")
	f := ann.file(t, "a.mp4", "video/mp4", "a video")
	before := ann.bring(t, room, "video", f.ID)
	ann.change(t, room, object{"action": "addGroupUsers", "userIds": []int64{ben.ID}})
	gone, hidden, seen := ann.bring(t, room, "video", f.ID), ann.bring(t, room, "video", f.ID), ann.bring(t, room, "video", f.ID)
	ann.delete(t, "/messages/%d?target=all", gone).ok(t)
	ben.delete(t, "/messages/%d?target=user", hidden).ok(t)
	for who, want := range map[*person][]int64{&ann: {before, hidden, seen}, &ben: {seen}} {
		if got := foundIDs(who.gallery(t, room, "").List); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", who.Name, got, want)
		}
		slices.Reverse(want)
		got := who.media(t, room, "media", "itemsPerBatch=200")
		if !slices.Equal(foundIDs(got.List), want) || got.Count != int64(len(want)) {
			t.Errorf("%s sees %v of %d, want %v", who.Name, foundIDs(got.List), got.Count, want)
		}
	}
	if got := ben.gallery(t, room, ""); got.HasMoreOlderImages {
		t.Error("Ben is told of what was before he joined")
	}
}

func mediaRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	for _, path := range []string{"/gallery?", "/media?type=file&"} {
		c.ann.get(t, "%s", path).fails(t, http.StatusBadRequest, "Invalid room id")
		c.ann.get(t, "%sroomId=x", path).fails(t, http.StatusBadRequest, "Invalid room id")
		c.ann.get(t, "%sroomId=%d&cursor=x", path, c.room).fails(t, http.StatusBadRequest, "Invalid params: cursor must be an id")
		c.ann.get(t, "%sroomId=%d&cursor=1099511627776", path, c.room).fails(t, http.StatusBadRequest, "cursor must be the id of a message of this room")
		c.ann.get(t, "%sroomId=%d&itemsPerBatch=0", path, c.room).fails(t, http.StatusBadRequest, "Invalid params: itemsPerBatch must be a number")
		s.person(t, "Eve").get(t, "%sroomId=%d", path, c.room).fails(t, http.StatusNotFound, "No room found")
		person{s: s}.get(t, "%sroomId=%d", path, c.room).fails(t, http.StatusUnauthorized, "No access token")
	}
	c.ann.get(t, "/media?roomId=%d", c.room).fails(t, http.StatusBadRequest, "type must be media, file or link")
	c.ann.get(t, "/media?roomId=%d&type=all", c.room).fails(t, http.StatusBadRequest, "type must be media, file or link")
	c.ann.get(t, "/gallery?roomId=%d&fetchOlder=true&fetchNewer=true", c.room).fails(t, http.StatusBadRequest, "fetchOlder and fetchNewer exclude each other")
}
