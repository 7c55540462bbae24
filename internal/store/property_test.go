package store_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"spika/internal/chat"
	"spika/internal/store"
)

// TestRoomsBehaveLikeTheModel has several people and a key join, leave, post,
// receive and see in random order, and compares all that is told of it with a
// naive model.
func TestRoomsBehaveLikeTheModel(t *testing.T) {
	given := false // on the command line
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	for name, checks := range map[string]string{"sqlite": "30", "postgres": "10"} {
		t.Run(name, func(t *testing.T) {
			if !given {
				limitChecks(t, checks)
			}
			s := open(t, store.Options{URL: databases[name](t)})
			svc := newService(t, s)
			var made atomic.Int64
			rapid.Check(t, func(t *rapid.T) {
				w := newWorld(t, svc, s, &made)
				t.Repeat(map[string]func(*rapid.T){
					"join": w.join, "leave": w.leave, "post": w.post, "post by key": w.postByKey,
					"deliver": w.deliver, "see": w.see, "see all": w.seeAll, "read": w.read, "": w.check,
				})
				w.finish(t)
			})
		})
	}
}

// limitChecks bounds the random runs of a test.
func limitChecks(t *testing.T, checks string) {
	t.Helper()
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set("rapid.checks", before) }) //nolint:errcheck // it was its value
}

func newService(t testing.TB, s chat.Store) *chat.Service {
	t.Helper()
	sealer, err := chat.NewSealer(make([]byte, chat.MasterKeyLen))
	if err != nil {
		t.Fatal(err)
	}
	return chat.NewService(s, chat.NewClock(), plainPasswords{}, sealer, chat.Options{MaxMembers: 100, SessionLife: 1 << 40})
}

// world is a room with what the naive model knows of it.
type world struct {
	svc      *chat.Service
	store    *store.Store
	ctx      context.Context
	room     int64
	key      chat.Sender
	people   []*someone // the first is the room's admin, who stays
	posts    []*posted
	observed int64 // events the service was told of
}

// someone is a person as the model knows them.
type someone struct {
	chat.Session
	in    bool
	stay  []*posted // what they can see of the stay they are in
	stays []*posted // what they could see of all
}

// posted is a message as the model knows it.
type posted struct {
	chat.Message
	by              *someone // nil: the key
	total           int64
	delivered, seen map[*someone]bool
	last            chat.Counts // as told last
}

func newWorld(t *rapid.T, svc *chat.Service, s *store.Store, made *atomic.Int64) *world {
	w := &world{svc: svc, store: s, ctx: context.Background()}
	for range 4 {
		n := made.Add(1)
		u, err := svc.CreatePerson(w.ctx, chat.NewPerson{Name: fmt.Sprint("P", n), Email: fmt.Sprintf("p%d@example.org", n), Password: "long enough"}, false)
		must(t, err)
		w.people = append(w.people, &someone{Session: chat.Session{User: u, Device: chat.Device{ID: n}}})
	}
	room, err := svc.CreateRoom(w.ctx, w.people[0].Session, chat.NewRoom{Name: "Ops", Type: chat.Group})
	must(t, err)
	w.room, w.people[0].in = room.ID, true
	key, err := svc.CreateKey(w.ctx, w.people[0].Session, room.ID, "CI")
	must(t, err)
	w.key = chat.Sender{UserID: key.BotID, KeyID: key.ID}
	w.observed, _, err = s.Now(w.ctx)
	must(t, err)
	return w
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// someone draws a person who is in the room or is not.
func (w *world) someone(t *rapid.T, in bool) *someone {
	var list []*someone
	for _, p := range w.people {
		if p.in == in && (in || p != w.people[0]) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		t.Skip("nobody")
	}
	return list[rapid.IntRange(0, len(list)-1).Draw(t, "person")]
}

func (w *world) join(t *rapid.T) {
	p := w.someone(t, false)
	_, err := w.svc.UpdateRoom(w.ctx, w.people[0].Session, w.room, chat.RoomChange{AddUsers: []int64{p.User.ID}})
	must(t, err)
	p.in, p.stay = true, nil
}

func (w *world) leave(t *rapid.T) {
	p := w.someone(t, true)
	if p == w.people[0] {
		t.Skip("the admin stays")
	}
	if rapid.Bool().Draw(t, "is removed") {
		_, err := w.svc.UpdateRoom(w.ctx, w.people[0].Session, w.room, chat.RoomChange{RemoveUsers: []int64{p.User.ID}})
		must(t, err)
	} else {
		_, err := w.svc.LeaveRoom(w.ctx, p.Session, w.room, nil)
		must(t, err)
	}
	p.in = false
}

func (w *world) post(t *rapid.T) {
	p := w.someone(t, true)
	w.say(t, p, chat.Sender{UserID: p.User.ID, ExceptDevice: p.Device.ID})
}

func (w *world) postByKey(t *rapid.T) { w.say(t, nil, w.key) }

// say posts one message, now and then twice with one client id.
func (w *world) say(t *rapid.T, by *someone, from chat.Sender) {
	d := chat.Draft{RoomID: w.room, Type: chat.TextType, Text: "x", Body: []byte(`{"text":"x"}`)}
	again := rapid.Bool().Draw(t, "again")
	if again {
		d.IdempotencyKey = fmt.Sprint("id ", len(w.posts))
	}
	m, err := w.svc.Post(w.ctx, from, d)
	must(t, err)
	if again {
		second, err := w.svc.Post(w.ctx, from, d)
		must(t, err)
		if !second.Replayed || second.ID != m.ID {
			t.Fatalf("posted again as %+v, first as %+v", second, m)
		}
	}
	p := &posted{Message: m.Message, by: by, delivered: map[*someone]bool{}, seen: map[*someone]bool{}}
	for _, someone := range w.people {
		if someone.in {
			p.total++
			someone.stay, someone.stays = append(someone.stay, p), append(someone.stays, p)
		}
	}
	if by != nil {
		p.delivered[by], p.seen[by] = true, true
	}
	w.posts = append(w.posts, p)
}

// upTo draws a message of the room; the person need not be able to see it.
func (w *world) upTo(t *rapid.T) *posted {
	if len(w.posts) == 0 {
		t.Skip("no message")
	}
	return w.posts[rapid.IntRange(0, len(w.posts)-1).Draw(t, "message")]
}

func (p *someone) receives(upTo *posted, seen bool) {
	for _, m := range p.stay {
		if m.N <= upTo.N {
			m.delivered[p] = true
			m.seen[p] = m.seen[p] || seen
		}
	}
}

func (w *world) deliver(t *rapid.T) {
	p, m := w.someone(t, true), w.upTo(t)
	must(t, w.svc.Deliver(w.ctx, p.Session, []int64{m.ID}))
	p.receives(m, false)
}

func (w *world) see(t *rapid.T) {
	p, m := w.someone(t, true), w.upTo(t)
	must(t, w.svc.See(w.ctx, p.Session, w.room, m.ID))
	p.receives(m, true)
}

func (w *world) seeAll(t *rapid.T) {
	p := w.someone(t, true)
	must(t, w.svc.See(w.ctx, p.Session, w.room, 0))
	if len(w.posts) > 0 {
		p.receives(w.posts[len(w.posts)-1], true)
	}
}

// read lists what a person can see, which receives it.
func (w *world) read(t *rapid.T) {
	p := w.someone(t, true)
	list, err := w.svc.Messages(w.ctx, p.Session, chat.MessagePageRequest{RoomID: w.room})
	must(t, err)
	if len(w.posts) > 0 {
		p.receives(w.posts[len(w.posts)-1], false)
	}
	want := p.stay
	if list.Count != int64(len(want)) {
		t.Fatalf("%s can see %d messages, is told of %d", p.User.Name, len(want), list.Count)
	}
	want = want[max(0, len(want)-chat.MessagePage):]
	for i, v := range list.List {
		if m := want[len(want)-1-i]; v.ID != m.ID || v.Counts != m.counts() {
			t.Fatalf("%s reads %+v as the %dth newest, not %d with %+v", p.User.Name, v, i+1, m.ID, m.counts())
		}
	}
	if len(list.List) != len(want) {
		t.Fatalf("%s reads %d messages, not %d", p.User.Name, len(list.List), len(want))
	}
}

func (p *posted) counts() chat.Counts {
	c := chat.Counts{Total: p.total}
	for _, ok := range p.delivered {
		if ok {
			c.Delivered++
		}
	}
	for _, ok := range p.seen {
		if ok {
			c.Seen++
		}
	}
	return c
}

// check compares all that can be asked with the model, after each step.
func (w *world) check(t *rapid.T) {
	events, err := w.store.Events(w.ctx, w.observed, 1<<40, 1_000)
	must(t, err)
	if len(events) > 0 {
		w.svc.Observe(events)
		w.observed = events[len(events)-1].Seq
	}
	w.checkCounts(t)
	w.checkPerson(t, w.people[rapid.IntRange(0, len(w.people)-1).Draw(t, "asks")])
	if len(w.posts) > 0 {
		w.checkReceipts(t, w.posts[rapid.IntRange(0, len(w.posts)-1).Draw(t, "receipts of")])
	}
}

// checkCounts compares every message's counts, as read and as told live.
func (w *world) checkCounts(t *rapid.T) {
	live, err := w.svc.RoomCounts(w.ctx, w.room, 1, 1<<40, 1_000)
	must(t, err)
	if len(live) != len(w.posts) {
		t.Fatalf("%d messages are there, not %d", len(live), len(w.posts))
	}
	slices.Reverse(live)
	for i, m := range w.posts {
		now, want := live[i].Counts, m.counts()
		if live[i].ID != m.ID || live[i].N != int64(i+1) || now != want {
			t.Fatalf("message %d has %+v, the model says %+v", m.ID, live[i], want)
		}
		if now.Delivered < m.last.Delivered || now.Seen < m.last.Seen || now.Delivered > now.Total || now.Seen > now.Delivered {
			t.Fatalf("the counts of message %d went from %+v to %+v", m.ID, m.last, now)
		}
		m.last = now
	}
	if n := len(w.posts); n > 0 {
		v, err := w.svc.MessageFor(w.ctx, 0, w.posts[n-1].ID)
		must(t, err)
		if v.Counts != w.posts[n-1].counts() {
			t.Fatalf("message %d has %+v, the model says %+v", v.ID, v.Counts, w.posts[n-1].counts())
		}
	}
}

// checkPerson compares what one person can see and has not seen.
func (w *world) checkPerson(t *rapid.T, p *someone) {
	sync, err := w.svc.SyncMessages(w.ctx, p.Session, 0, false, 0)
	must(t, err)
	got := ids(sync.List, func(v chat.MessageView) int64 { return v.ID })
	want := ids(p.stays, func(m *posted) int64 { return m.ID })
	if !slices.Equal(got, want[:min(len(want), chat.SyncPage)]) {
		t.Fatalf("%s gets messages %v, the model says %v", p.User.Name, got, want)
	}
	item, err := w.svc.RoomHistory(w.ctx, p.Session, w.room)
	if !p.in {
		if !chat.IsNotFound(err) {
			t.Fatalf("%s is not in the room and gets %+v (%v)", p.User.Name, item, err)
		}
		return
	}
	must(t, err)
	unread := 0
	for _, m := range p.stay {
		if !m.seen[p] {
			unread++
		}
	}
	if item.Unread != int64(unread) {
		t.Fatalf("%s has %d unread messages, the model says %d", p.User.Name, item.Unread, unread)
	}
	if newest := p.stay; (item.Last == nil) != (len(newest) == 0) || item.Last != nil && item.Last.ID != newest[len(newest)-1].ID {
		t.Fatalf("the newest message %s sees is %+v", p.User.Name, item.Last)
	}
}

func ids[M any](list []M, id func(M) int64) []int64 {
	out := make([]int64, len(list))
	for i, m := range list {
		out[i] = id(m)
	}
	return out
}

// checkReceipts: exactly one for each message, person and kind.
func (w *world) checkReceipts(t *rapid.T, m *posted) {
	var asker *someone
	for _, p := range w.people {
		if p.in && slices.Contains(p.stay, m) {
			asker = p
		}
	}
	if asker == nil {
		return
	}
	list, err := w.svc.RecordsOf(w.ctx, asker.Session, m.ID)
	must(t, err)
	var got, want, records []int64
	for _, r := range list.Receipts {
		got = append(got, r.UserID*10+int64(r.Kind))
		records = append(records, r.RecordID())
		if r.MessageID != m.ID || r.At < m.Created {
			t.Fatalf("a receipt of message %+v is %+v", m.Message, r)
		}
	}
	for kind, have := range map[chat.ReceiptKind]map[*someone]bool{chat.Delivered: m.delivered, chat.Seen: m.seen} {
		for p, ok := range have {
			if ok {
				want = append(want, p.User.ID*10+int64(kind))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	slices.Sort(records)
	if !slices.Equal(got, want) || len(slices.Compact(records)) != len(list.Receipts) {
		t.Fatalf("the receipts of message %d are %v, the model says %v", m.ID, got, want)
	}
	if !slices.IsSortedFunc(list.Receipts, func(a, b chat.Receipt) int { return cmp.Compare(a.At, b.At) }) {
		t.Fatalf("the receipts are out of order: %+v", list)
	}
}

// finish: that all have seen a message can always be reached.
func (w *world) finish(t *rapid.T) {
	w.postByKey(t)
	for _, p := range w.people {
		if p.in {
			must(t, w.svc.See(w.ctx, p.Session, w.room, 0))
			p.receives(w.posts[len(w.posts)-1], true)
		}
	}
	w.check(t)
	for _, p := range w.people {
		w.checkPerson(t, p)
	}
	if last := w.posts[len(w.posts)-1].last; last.Seen != last.Total || last.Total == 0 {
		t.Fatalf("all have seen the newest message, and its counts are %+v", last)
	}
}
