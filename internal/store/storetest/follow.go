package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"spika/internal/chat"
)

func followTests() []test {
	return []test{
		{"a follower is told every event once, in order", followerIsToldAll},
		{"a follower is told what another process does, soon", followerIsToldOfOthers},
		{"a follower begins where it is told to", followerBegins},
		{"a follower that is slow catches up", followerCatchesUp},
		{"a follower is told what it missed while there was none", followerIsToldWhatItMissed},
		{"a follower is not told what failed", followerIsNotToldFailures},
		{"a follower is told before the caller is answered, or soon", followerIsToldFreshMessages},
	}
}

// listener gathers what a follower is told.
type listener struct {
	mu     sync.Mutex
	events []chat.Event
	pause  chan struct{} // if set, each telling waits for it
}

func (l *listener) tell(events []chat.Event) {
	if l.pause != nil {
		<-l.pause
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, events...)
}

func (l *listener) heard() []chat.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// follow has a listener follow a store until the end of the test.
func (r *rig) follow(s Store, at int64, l *listener) {
	ctx, cancel := context.WithCancel(r.ctx)
	var done sync.WaitGroup
	done.Go(func() { s.Follow(ctx, at, l.tell) })
	r.Cleanup(func() {
		cancel()
		done.Wait()
	})
}

// reaches waits until a listener has heard the event with a number.
func (r *rig) reaches(l *listener, seq int64) {
	r.Helper()
	await(r, fmt.Sprintf("event %d", seq), func() bool {
		heard := l.heard()
		return len(heard) > 0 && heard[len(heard)-1].Seq >= seq
	})
}

// checkHeard checks that a listener has heard all events after a place, each
// once and in order. Data and Message may differ in form.
func (r *rig) checkHeard(l *listener, after int64) {
	r.Helper()
	heard := l.heard()
	for i := range heard {
		heard[i].Message = nil
	}
	same(r, heard, r.events(after))
}

func followerIsToldAll(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	other := r.open(r, nil)
	start := r.seq()
	mine, others := &listener{}, &listener{}
	r.follow(r.s, start, mine)
	r.follow(other, start, others)
	stores := []Store{r.s, r.s, other}
	r.together(240, func(i int) error {
		return stores[i%3].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			_, err := posting(room, ana, fmt.Sprint(i))(ctx, tx)
			if i%10 == 0 { // and some without an event of their own
				return errors.Join(err, tx.SetSetting(ctx, "team", fmt.Sprint(i)))
			}
			return err
		})
	})
	for _, l := range []*listener{mine, others} {
		r.reaches(l, r.seq())
		r.checkHeard(l, start)
		same(r, len(l.heard()), 240)
	}
}

func followerIsToldOfOthers(r *rig) {
	other := r.open(r, nil)
	l := &listener{}
	r.follow(r.s, r.seq(), l)
	best := time.Hour
	for range 5 { // the best of some, since the machine may be busy
		r.Check(other.Update(r.ctx, func(_ context.Context, tx chat.Tx) error {
			tx.Emit(chat.Event{Kind: chat.UserChanged})
			return nil
		}))
		start := time.Now()
		r.reaches(l, r.seq())
		best = min(best, time.Since(start))
	}
	if best > 500*time.Millisecond {
		r.Errorf("another process's change was told after %v at best", best)
	}
}

func followerBegins(r *rig) {
	for range 5 {
		r.say(chat.Event{Kind: chat.UserChanged})
	}
	start := r.seq()
	early, late := &listener{}, &listener{}
	r.follow(r.s, start-3, early)
	r.follow(r.open(r, nil), start, late)
	r.say(chat.Event{Kind: chat.UserChanged})
	for l, after := range map[*listener]int64{early: start - 3, late: start} {
		r.reaches(l, start+1)
		r.checkHeard(l, after)
	}
}

func followerCatchesUp(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	start := r.seq()
	l := &listener{pause: make(chan struct{})}
	r.follow(r.s, start, l)
	const changes, each = 300, 5 // more than may wait for a follower, in transactions and in events
	for range changes {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			for range each - 1 {
				tx.Emit(chat.Event{Kind: chat.UserChanged})
			}
			_, err := posting(room, ana, "x")(ctx, tx)
			return err
		})
	}
	close(l.pause)
	r.reaches(l, r.seq())
	r.post(room, ana, "live again")
	r.reaches(l, r.seq())
	r.checkHeard(l, start)
	same(r, len(l.heard()), changes*each+1)
}

func followerIsToldWhatItMissed(r *rig) {
	start := r.seq()
	first := &listener{}
	ctx, stop := context.WithCancel(r.ctx)
	var done sync.WaitGroup
	done.Go(func() { r.s.Follow(ctx, start, first.tell) })
	r.say(chat.Event{Kind: chat.UserChanged})
	r.reaches(first, start+1)
	stop()
	done.Wait()
	for range 300 {
		r.say(chat.Event{Kind: chat.UserChanged})
	}
	second := &listener{}
	r.follow(r.s, start+1, second)
	r.reaches(second, r.seq())
	r.checkHeard(second, start+1)
	same(r, len(first.heard()), 1)
}

func followerIsNotToldFailures(r *rig) {
	s := r.scene()
	start := r.seq()
	l := &listener{}
	r.follow(r.s, start, l)
	var changes []func(ctx context.Context, tx chat.Tx) error
	for _, f := range failures() {
		changes = append(changes, s.good, func(ctx context.Context, tx chat.Tx) error { return f.run(ctx, tx, s) })
	}
	r.inOneGo(changes)
	r.reaches(l, r.seq())
	r.checkHeard(l, start)
	same(r, len(l.heard()), len(failures())+1) // one more of what kept the others waiting
}

// followerIsToldFreshMessages: an event that comes straight from its transaction
// brings its message with it.
func followerIsToldFreshMessages(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	l := &listener{}
	r.follow(r.s, r.seq(), l)
	var want []chat.Message
	for i := range 20 {
		want = append(want, r.post(room, ana, fmt.Sprint(i)))
	}
	r.reaches(l, r.seq())
	fresh := 0
	for i, e := range l.heard() {
		if e.Message == nil {
			continue // read from the table
		}
		fresh++
		same(r, *e.Message, want[i])
	}
	if fresh == 0 {
		r.Error("no event brought its message")
	}
}
