package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"spika/internal/chat"
)

func commitTests() []test {
	return []test{
		{"concurrent changes are all stored and share transactions", concurrentChanges},
		{"a change sees what others of its transaction stored", changeSeesTheOthers},
		{"a change sees what it stored itself", changeSeesItself},
		{"a client id makes one message, whoever races", clientIDRace},
		{"a caller that is gone already changes nothing", callerGoneBefore},
		{"a caller that goes while it waits gets away", callerGoneWaiting},
		{"a caller that goes while its change runs does not stop it", callerGoneRunning},
	}
}

// update runs a change that yields a value.
func update[T any](r *rig, change func(ctx context.Context, tx chat.Tx) (T, error)) (T, error) {
	var out T
	err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) (err error) {
		out, err = change(ctx, tx)
		return err
	})
	return out, err
}

// together runs n things at once, none of which may fail.
func (r *rig) together(n int, do func(i int) error) {
	r.Helper()
	for i, err := range r.atOnce(n, do) {
		if err != nil {
			r.Errorf("%d: %v", i, err)
		}
	}
	if r.Failed() {
		r.FailNow()
	}
}

// atOnce runs n things at once and gives their errors.
func (r *rig) atOnce(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}

// inOneGo makes changes that most likely share a transaction: they come in
// while another one runs. It gives their errors.
func (r *rig) inOneGo(changes []func(ctx context.Context, tx chat.Tx) error) []error {
	r.Helper()
	var coming sync.WaitGroup
	coming.Add(len(changes))
	errs := make([]error, len(changes))
	var all sync.WaitGroup
	all.Go(func() {
		r.Check(r.s.Update(r.ctx, func(_ context.Context, tx chat.Tx) error {
			coming.Wait()
			tx.Emit(chat.Event{Kind: chat.AccessChanged})
			return nil
		}))
	})
	for i, change := range changes {
		all.Go(func() {
			coming.Done()
			errs[i] = r.s.Update(r.ctx, change)
		})
	}
	all.Wait()
	return errs
}

// Check fails the test, but goes on with it, if there is an error.
func (r *rig) Check(err error) {
	r.Helper()
	if err != nil {
		r.Error(err)
	}
}

func concurrentChanges(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	const n = 700 // more than fit into one transaction
	posts := make([]chat.Message, n)
	r.together(n, func(i int) (err error) {
		posts[i], err = update(r, posting(room, ana, fmt.Sprint(i)))
		return err
	})
	slices.SortFunc(posts, func(a, b chat.Message) int { return int(a.N - b.N) })
	same(r, r.messages(room), posts) // each was answered with what is stored
	r.checkOrder(room)
	stamps := map[chat.Time]bool{}
	for _, m := range posts {
		stamps[m.Created] = true
	}
	if len(stamps) > n/2 {
		r.Errorf("%d changes took %d transactions", n, len(stamps))
	}
}

func changeSeesTheOthers(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	const n = 60
	var changes []func(ctx context.Context, tx chat.Tx) error
	for i := range n {
		changes = append(changes, func(ctx context.Context, tx chat.Tx) error {
			now, err := tx.Room(ctx, room.ID)
			if err != nil {
				return err
			}
			m, err := posting(room, ana, fmt.Sprint(i))(ctx, tx)
			if err != nil {
				return err
			}
			// Said at once: a change that fails is made again, alone.
			r.Check(differ(m.N, now.LastN+1))
			if i%5 != 0 {
				return nil
			}
			list, err := tx.Messages(ctx, room.ID, 1, m.N, n)
			r.Check(differ(len(list), int(m.N)))
			return err
		})
	}
	r.Check(errors.Join(r.inOneGo(changes)...))
	r.checkOrder(room)
}

func changeSeesItself(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	seq := r.seq()
	r.change(func(ctx context.Context, tx chat.Tx) error {
		draft := message(room, ana, "x")
		draft.ClientID = "id"
		m, err := tx.AppendMessage(ctx, draft)
		if err != nil {
			return err
		}
		tx.Emit(chat.Event{Kind: chat.MessagePosted, RoomID: room.ID, MessageID: m.ID})
		place, err := tx.Member(ctx, room.ID, bob.ID)
		if err != nil {
			return err
		}
		place.DeliveredN = m.N
		if err := tx.UpdateMember(ctx, place); err != nil {
			return err
		}
		err = tx.AddReceipts(ctx, chat.ReceiptRange{RoomID: room.ID, UserID: bob.ID, Kind: chat.Delivered, FromN: 1, ToN: 1, At: tx.Stamp()})
		if err != nil {
			return err
		}
		now, ms, err := tx.Now(ctx)
		return errors.Join(err, differ(now, seq+1), differ(ms, tx.Stamp()), checkHeld(ctx, tx, m, place))
	})
}

// checkHeld checks that all ways to ask for it know a message that was stored
// and received just now.
func checkHeld(ctx context.Context, tx chat.Tx, m chat.Message, place chat.Member) error {
	room := chat.Room{LastN: m.N, LastMessage: m.ID, LastMs: m.Created}
	positions, err := tx.Positions(ctx, m.RoomID, m.N)
	receipts, err2 := tx.Receipts(ctx, m)
	events, err3 := tx.Events(ctx, tx.NextSeq()-2, 1<<40, 10)
	return errors.Join(err, err2, err3,
		isNow(m)(tx.Message(ctx, m.ID)),
		isNow(m)(tx.MessageByClientID(ctx, m.FromUser, m.ClientID)),
		isNow([]chat.Message{m})(tx.Messages(ctx, m.RoomID, 1, 9, 9)),
		isNow([]chat.Message{m})(tx.MessagesByID(ctx, []int64{m.ID})),
		isNow([]chat.Message{m})(entries(tx.MessagesChanged(ctx, place.UserID, chat.Changes{}, chat.Part{Limit: 9}))),
		isNow(int64(1))(tx.SkippedWithin(ctx, m.RoomID, m.FromUser, 0, 9)),
		isNow(place)(tx.Member(ctx, place.RoomID, place.UserID)),
		isNow(room)(lastOf(tx.Room(ctx, m.RoomID))),
		differ(positions, []chat.Position{{UserID: place.UserID, DeliveredN: m.N}}),
		differ(receipts, []chat.Receipt{{MessageID: m.ID, RoomID: m.RoomID, UserID: place.UserID, Kind: chat.Delivered, At: tx.Stamp()}}),
		differ(each(events, func(e chat.Event) int64 { return e.MessageID }), []int64{m.ID}))
}

// lastOf keeps of a room what its newest message set.
func lastOf(room chat.Room, err error) (chat.Room, error) {
	return chat.Room{LastN: room.LastN, LastMessage: room.LastMessage, LastMs: room.LastMs}, err
}

func clientIDRace(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	stores := []Store{r.s, r.open(r, nil)}
	const n, ids = 60, 3
	answers := make([]int64, n)
	r.together(n, func(i int) error {
		id := fmt.Sprint("id ", i%ids)
		return stores[i/ids%2].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			m, err := tx.MessageByClientID(ctx, ana.ID, id)
			if chat.IsNotFound(err) {
				draft := message(room, ana, id)
				draft.ClientID = id
				m, err = tx.AppendMessage(ctx, draft)
			}
			answers[i] = m.ID
			return err
		})
	})
	same(r, len(r.messages(room)), ids)
	for i, id := range answers {
		if id == 0 || id != answers[i%ids] {
			r.Fatalf("the messages answered are %v", answers)
		}
	}
}

func callerGoneBefore(r *rig) {
	gone, cancel := context.WithCancel(r.ctx)
	cancel()
	ran := false
	err := r.s.Update(gone, func(context.Context, chat.Tx) error {
		ran = true
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		r.Errorf("a caller that was gone is told %v", err)
	}
	r.say(chat.Event{Kind: chat.UserChanged}) // comes after it
	if ran {
		r.Error("its change was made")
	}
}

func callerGoneWaiting(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	release := make(chan struct{})
	var holding sync.WaitGroup
	holding.Go(func() {
		r.Check(r.s.Update(r.ctx, func(context.Context, chat.Tx) error {
			<-release
			return nil
		}))
	})
	waiting, cancel := context.WithCancel(r.ctx)
	gone := make(chan error)
	go func() {
		gone <- r.s.Update(waiting, func(ctx context.Context, tx chat.Tx) error {
			_, err := posting(room, ana, "from nobody")(ctx, tx)
			return err
		})
	}()
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) { // while the other one is still held
		r.Errorf("a caller that went is told %v", err)
	}
	close(release)
	holding.Wait()
	r.post(room, ana, "next")
	same(r, len(r.messages(room)), 1)
}

func callerGoneRunning(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	running, cancel := context.WithCancel(r.ctx)
	var inside atomic.Pointer[error]
	err := r.s.Update(running, func(ctx context.Context, tx chat.Tx) error {
		cancel()
		seen := ctx.Err()
		inside.Store(&seen)
		_, err := posting(room, ana, "x")(ctx, tx)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		r.Errorf("a caller that went is told %v", err)
	}
	r.post(room, ana, "next")
	same(r, len(r.messages(room)), 2)
	if seen := inside.Load(); seen == nil || *seen != nil {
		r.Error("the change was cancelled with its caller")
	}
}
