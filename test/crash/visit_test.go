package crash

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"spika/api"
)

// visit reads everything back over HTTP, once all is calm, and holds it against
// what was answered and what the listeners heard.
func (l *life) visit(ctx context.Context, heard []*heard) {
	town := l.load.town
	who := town.talkers[0]
	lobby, annex := l.readRoom(ctx, who, town.lobby), l.readRoom(ctx, who, town.annex)
	all := slices.Concat(lobby, annex)
	slices.SortFunc(all, func(a, b api.Message) int { return cmp.Compare(a.ID, b.ID) })
	l.checkRead(all)
	var ids []int64
	for _, m := range all {
		ids = append(ids, m.ID)
	}
	l.checkHeard(ids, heard)
	l.checkSync(ctx, who, ids)
	l.checkAllSeen(ctx, heard)
}

// ask sends a request that must be answered with data.
func ask[T any](ctx context.Context, l *life, who account, c call) T {
	l.t.Helper()
	r, err := l.load.site.do(ctx, who, c)
	if err != nil {
		l.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	out, err := read[T](r)
	if err != nil {
		l.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	return out
}

func get(path string, args ...any) call {
	return call{method: http.MethodGet, path: "/api/messenger" + fmt.Sprintf(path, args...)}
}

// readRoom pages through a room, oldest message first in what it gives. A page
// begins with the message the one before ended with.
func (l *life) readRoom(ctx context.Context, who account, room int64) []api.Message {
	l.t.Helper()
	var out []api.Message
	for query := ""; ; {
		page := ask[api.MessageList](ctx, l, who, get("/messages/roomId/%d%s", room, query))
		for i, m := range page.List {
			if i > 0 || query == "" {
				out = append(out, m.Message)
			}
		}
		if page.NextCursor == nil {
			if page.Count != int64(len(out)) {
				l.t.Errorf("room %d is said to have %d messages and shows %d", room, page.Count, len(out))
			}
			slices.Reverse(out)
			return out
		}
		query = fmt.Sprintf("?cursor=%d", *page.NextCursor)
	}
}

// checkRead: every answered post is shown once, as it was answered.
func (l *life) checkRead(all []api.Message) {
	known := l.load.ledger.view()
	shown := map[string]bool{}
	for _, m := range all {
		text := textOf(m.Body)
		p, posted := known.posts[text]
		if !posted || shown[text] || p.wrong != 0 || m.RoomID != p.room ||
			p.stored != nil && (p.stored.id != m.ID || p.stored.from != m.FromUserID || p.stored.created != m.CreatedAt || p.stored.total != m.TotalUserCount) {
			l.t.Errorf("message %d is shown, which is not as it was posted and answered: %+v", m.ID, m)
		}
		shown[text] = true
	}
	for text, p := range known.posts {
		if p.stored != nil && !shown[text] {
			l.t.Errorf("message %d was answered and is not shown: %.60q", p.stored.id, text)
		}
	}
}

// await waits until something is so, and reports whether it came to that.
func await(so func() bool) bool {
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// checkHeard: each listener was told each message once and in order, across all
// restarts.
func (l *life) checkHeard(ids []int64, heard []*heard) {
	for _, h := range heard {
		await(func() bool {
			got := h.all()
			return len(got) >= len(ids) || !slices.Equal(got, ids[:len(got)])
		})
		if got := h.all(); !slices.Equal(got, ids) {
			l.t.Errorf("a listener heard %d messages of %d: %s", len(got), len(ids), firstDifference(got, ids))
		}
	}
}

func firstDifference(got, want []int64) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%d in place of %d", got[i], want[i])
		}
	}
	return fmt.Sprintf("the beginning is right, the last ones are %v and %v", got[max(0, len(got)-3):], want[max(0, len(want)-3):])
}

// checkSync: who asks for everything since the beginning gets each message once.
func (l *life) checkSync(ctx context.Context, who account, ids []int64) {
	var got []int64
	for page := 1; ; page++ {
		found := ask[api.SyncMessages](ctx, l, who, get("/messages/sync/0?page=%d", page))
		for _, m := range found.List {
			got = append(got, m.ID)
		}
		if !found.HasNext {
			break
		}
	}
	if !slices.Equal(got, ids) {
		l.t.Errorf("sync gives %d messages of %d: %s", len(got), len(ids), firstDifference(got, ids))
	}
}

// checkAllSeen: once everybody has seen the room that nobody leaves, each of its
// messages says so, and who it was, and the listeners were told.
func (l *life) checkAllSeen(ctx context.Context, heard []*heard) {
	town := l.load.town
	people := append([]account{town.keeper, town.listeners[0]}, town.talkers...)
	for _, p := range people {
		ask[api.MessageRecordList](ctx, l, p, call{method: http.MethodPost, path: fmt.Sprintf("/api/messenger/messages/%d/seen", town.annex)})
	}
	n := int64(len(people))
	all := counts{n, n, n}
	list := l.readRoom(ctx, town.keeper, town.annex)
	for i, m := range list {
		if is := (counts{m.DeliveredCount, m.SeenCount, m.TotalUserCount}); is != all {
			l.t.Errorf("all %d people have seen message %d, and its counts are %+v", n, m.ID, is)
		}
		if i%100 == 0 {
			l.checkRecords(ctx, m, people)
		}
		if i < len(list)-alwaysTold {
			continue
		}
		for _, h := range heard {
			if !await(func() bool { return h.countsOf(m.ID) == all }) {
				l.t.Fatalf("all %d people have seen message %d, and a listener was told %+v", n, m.ID, h.countsOf(m.ID))
			}
		}
	}
}

// alwaysTold is how many of a room's newest messages the listeners hear the
// counts of, however many somebody has seen at once.
const alwaysTold = 500

// checkRecords: one record for each person and kind.
func (l *life) checkRecords(ctx context.Context, m api.Message, people []account) {
	type once struct {
		user int64
		kind api.RecordType
	}
	want, got := map[once]bool{}, map[once]bool{}
	for _, p := range people {
		want[once{p.user, api.RecordDelivered}], want[once{p.user, api.RecordSeen}] = true, true
	}
	list := ask[api.MessageRecordList](ctx, l, l.load.town.keeper, get("/messages/%d/message-records", m.ID)).MessageRecords
	for _, r := range list {
		got[once{r.UserID, r.Type}] = want[once{r.UserID, r.Type}]
	}
	if len(list) != len(want) || len(got) != len(want) {
		l.t.Errorf("message %d has the records %+v", m.ID, list)
	}
}
