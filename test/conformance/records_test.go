package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"spika/api"
)

func recordChecks() []check {
	return []check{
		{"sync", recordsSync},
		{"sync, pages", recordsSyncPages},
		{"sync, visibility", recordsSyncVisibility},
		{"sync, a new device", recordsSyncNewDevice},
	}
}

// syncRecords follows the records from a moment on, as a phone does, and gives
// them and the largest modifiedAt.
func (p person) syncRecords(t testing.TB, since int64) (list []api.SyncedRecord, last int64) {
	t.Helper()
	last = since
	for page := 1; ; page++ {
		got := data[api.SyncRecords](t, p.get(t, "/message-records/sync/%d?page=%d", since, page))
		for _, r := range got.List {
			if r.ModifiedAt < last {
				t.Errorf("the record %+v comes after %d", r, last)
			}
			list, last = append(list, r), max(last, r.ModifiedAt)
		}
		if got.Count != len(got.List) || got.Limit != 500 || len(got.MessageRecords) != len(got.List) {
			t.Errorf("page %d has %d records, count %d, limit %d, messageRecords %d", page, len(got.List), got.Count, got.Limit, len(got.MessageRecords))
		}
		if !got.HasNext {
			return list, last
		}
	}
}

// inShort says in short what records are about.
func inShort(list []api.SyncedRecord) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, fmt.Sprintf("%s of %d by %d", r.Type, r.MessageID, r.UserID))
	}
	return out
}

func recordsSync(t *testing.T, s *target) {
	c := s.chat(t)
	_, since := c.ann.syncRecords(t, 0)
	m := c.ann.say(t, c.room, "Hello")
	c.ben.seen(t, c.room).ok(t)
	reaction := c.ben.react(t, m.ID, "👍")
	golden(t, "syncMessageRecords", c.ben.get(t, "/message-records/sync/%d", since), map[string]any{
		"message": m.ID, "room": c.room, "ann": c.ann.ID, "ben": c.ben.ID,
	})
	list, last := c.ann.syncRecords(t, since)
	if last != reaction.ModifiedAt || len(list) != 5 {
		t.Errorf("Ann is given %v up to %d", inShort(list), last)
	}
	listed := map[int64]bool{}
	for _, r := range data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records", m.ID)).MessageRecords {
		listed[r.ID] = true
	}
	for _, r := range list {
		if !listed[r.ID] {
			t.Errorf("%+v is not among the message's records", r)
		}
	}
	s.sub(t, "nothing new", func(t *testing.T) {
		if got, _ := c.ann.syncRecords(t, last); len(got) != 0 {
			t.Errorf("got %v", inShort(got))
		}
	})
	s.sub(t, "taken back", func(t *testing.T) {
		c.ben.delete(t, "/message-records/%d", reaction.ID).ok(t)
		got, _ := c.ann.syncRecords(t, last)
		if len(got) != 1 || got[0].ID != reaction.ID || !got[0].IsDeleted || *got[0].Reaction != "Deleted reaction" {
			t.Errorf("got %+v", got)
		}
	})
	s.sub(t, "refusals", func(t *testing.T) { refusesPlaces(t, c.ben, "/message-records/sync/", "lastUpdate") })
	person{s: s}.get(t, "/message-records/sync/0").fails(t, http.StatusUnauthorized, "No access token")
}

// A range of a thousand receipts is cut into pages.
func recordsSyncPages(t *testing.T, s *target) {
	c := s.chat(t)
	_, since := c.ann.syncRecords(t, 0)
	all := c.bot.postMany(t, 300)
	own := c.ben.say(t, c.room, "in between")
	all = append(all, c.bot.postMany(t, 250)...)
	c.ben.seen(t, c.room).ok(t)
	first := data[api.SyncRecords](t, c.ann.get(t, "/message-records/sync/%d", since))
	if !first.HasNext || len(first.List) < 498 || len(first.List) > 500 {
		t.Errorf("page 1 has %d records, hasNext %v", len(first.List), first.HasNext)
	}
	list, _ := c.ann.syncRecords(t, since)
	got := map[string]int{}
	for _, text := range inShort(list) {
		got[text]++
	}
	for _, id := range all {
		for _, kind := range []string{"delivered", "seen"} {
			want := fmt.Sprintf("%s of %d by %d", kind, id, c.ben.ID)
			if got[want] != 1 {
				t.Errorf("sync gives %q %d times", want, got[want])
			}
			delete(got, want)
		}
	}
	for _, kind := range []string{"delivered", "seen"} {
		delete(got, fmt.Sprintf("%s of %d by %d", kind, own.ID, c.ben.ID))
	}
	if len(got) != 0 {
		t.Errorf("sync also gives %v", got)
	}
	if got := data[api.SyncRecords](t, c.ann.get(t, "/message-records/sync/%d?page=2147483648", since)); len(got.List) != 0 || got.HasNext {
		t.Errorf("the last possible page has %d records", len(got.List))
	}
}

// One is given the records of messages one can see.
func recordsSyncVisibility(t *testing.T, s *target) {
	c := s.chat(t)
	cy := s.person(t, "Cy")
	early := c.bot.say(t, "before")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{cy.ID}})
	late := c.bot.say(t, "after")
	c.ben.seen(t, c.room).ok(t)
	c.ben.react(t, early.ID, "👍")
	list, _ := cy.syncRecords(t, 0)
	want := []string{fmt.Sprintf("delivered of %d by %d", late.ID, c.ben.ID), fmt.Sprintf("seen of %d by %d", late.ID, c.ben.ID)}
	if got := inShort(list); !slices.Equal(got, want) {
		t.Errorf("Cy is given %q, want %q", got, want)
	}
	sue := s.person(t, "Sue")
	if got, _ := sue.syncRecords(t, 0); len(got) != 0 {
		t.Errorf("a stranger is given %q", inShort(got))
	}
	cy.post(t, roomPath(c.room)+"/leave", nil).ok(t)
	if got, _ := cy.syncRecords(t, 0); len(got) != 0 {
		t.Errorf("who has left is given %q", inShort(got))
	}
}

func recordsSyncNewDevice(t *testing.T, s *target) {
	c := s.chat(t)
	old := c.ann.say(t, c.room, "before")
	device := c.ben.device(t)
	c.ben.react(t, old.ID, "👍")
	fresh := c.ann.say(t, c.room, "after")
	c.ben.seen(t, c.room).ok(t)
	list, _ := device.syncRecords(t, 0)
	for _, r := range list {
		if r.MessageID != fresh.ID {
			t.Errorf("the new device is given %+v", r)
		}
	}
	if len(list) != 4 {
		t.Errorf("the new device is given %q", inShort(list))
	}
	if got, _ := c.ben.syncRecords(t, 0); len(got) != 9 {
		t.Errorf("the old device is given %q", inShort(got))
	}
}
