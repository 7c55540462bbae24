package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"spika/api"
)

// reader is a person who reads rooms and reports what was received and seen.
type reader struct {
	*load
	who    account
	rooms  []int64
	rng    *rand.Rand
	guest  bool // is taken out of the rooms now and then
	counts watch
}

func (r *reader) run(ctx context.Context) {
	r.counts = watch{}
	for r.going(ctx) {
		room := pick(r.rng, r.rooms)
		if ids := r.list(ctx, room); len(ids) > 0 {
			r.report(ctx, room, ids)
		}
		r.pause(ctx, r.rng, 10*time.Millisecond)
	}
}

// list reads the newest page of a room.
func (r *reader) list(ctx context.Context, room int64) []int64 {
	reply, err := r.site.do(ctx, r.who, call{method: http.MethodGet, path: fmt.Sprintf("/api/messenger/messages/roomId/%d", room)})
	if err != nil || r.away(reply) {
		return nil
	}
	page, err := read[api.MessageList](reply)
	if err != nil {
		r.t.Errorf("%s lists room %d: %v", r.who.name, room, err)
		return nil
	}
	var ids []int64
	for _, m := range page.List {
		ids = append(ids, m.ID)
		if err := r.counts.look(m.ID, counts{m.DeliveredCount, m.SeenCount, m.TotalUserCount}); err != nil {
			r.t.Errorf("%s lists room %d: %v", r.who.name, room, err)
		}
	}
	return ids
}

// away reports whether the reader is not in the room, as may be.
func (r *reader) away(reply reply) bool {
	return r.guest && (reply.status == http.StatusNotFound || reply.status == http.StatusBadRequest)
}

// report reports some of the messages as received or seen.
func (r *reader) report(ctx context.Context, room int64, ids []int64) {
	upTo := pick(r.rng, ids)
	c := call{method: http.MethodPost, path: "/api/messenger/messages/delivered", body: api.DeliveredRequest{MessageIDs: []int64{upTo, pick(r.rng, ids)}}}
	kind := 1
	if r.rng.IntN(2) == 0 {
		c.path, c.body, kind = fmt.Sprintf("/api/messenger/messages/%d/seen", room), api.SeenRequest{MessageID: upTo}, 2
	}
	reply, err := r.site.do(ctx, r.who, c)
	if err != nil || r.away(reply) {
		return
	}
	if reply.status != http.StatusOK {
		r.t.Errorf("%s reports message %d of room %d: %d %s", r.who.name, upTo, room, reply.status, reply.message)
		return
	}
	for k := 1; k <= kind; k++ {
		r.ledger.mark(mark{r.who.user, room, k}, upTo)
	}
}

// watch holds the counts of messages as one observer saw them last.
type watch map[int64]counts

type counts struct{ delivered, seen, total int64 }

// look takes in a message's counts, and complains when they fell or cannot be.
func (w watch) look(id int64, now counts) error {
	before := w[id]
	w[id] = now
	switch {
	case !now.possible():
		return fmt.Errorf("the counts of message %d are %+v", id, now)
	case now.delivered < before.delivered || now.seen < before.seen || before.total != 0 && now.total != before.total:
		return fmt.Errorf("the counts of message %d went from %+v to %+v", id, before, now)
	}
	return nil
}

func (c counts) possible() bool {
	return 0 <= c.seen && c.seen <= c.delivered && c.delivered <= c.total
}
