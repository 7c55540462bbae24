package job

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"spika/internal/chat"
)

// How the tries of one kind of push are shared out.
const (
	// pushesAtOnce is how many tries are under way together, without those that
	// hang.
	pushesAtOnce = 32
	// personAtOnce is how many of them are one person's, with those that hang.
	personAtOnce = 4
	// personInLine is how many of one person's are under way or wait for it.
	personInLine = 32
	// hangAfter is how long a try is under way until others get its place. Push
	// services answer within a fraction of that.
	hangAfter = 2 * time.Second
	// hostHangs is how many tries may hang at one host until no more are made.
	hostHangs = 16
	// lineTime is how long a delivery waits for its turn. With sendTimeout it must
	// be less than pushHold.
	lineTime = 30 * time.Second
)

// errNotNow says that a try was not made: it will be due again when its lease
// ends.
var errNotNow = errors.New("it is not its turn")

// turns shares out tries so that nobody keeps others waiting for long: browsers
// choose where they are pushed, and whoever likes has a thousand of them at
// addresses that take a call and never answer.
type turns struct {
	places chan struct{} // holds a signal for each try under way that does not hang

	mu      sync.Mutex
	people  map[int64]*line
	hanging map[string]int // tries, by host
}

// line is one person's tries.
type line struct {
	places  chan struct{} // holds a signal for each that is under way
	length  int           // of these and those that wait
	hanging int           // of those under way
	stands  chan struct{} // is closed while all under way hang, so that waiting is of no use
}

func newTurns() *turns {
	return &turns{places: make(chan struct{}, pushesAtOnce), people: map[int64]*line{}, hanging: map[string]int{}}
}

// turn is the right to make one try.
type turn struct {
	of     *turns
	person int64
	line   *line

	// guarded by the lock of turns
	timer *time.Timer // tells when it hangs; nil: that is nobody's concern
	host  string      // at which it hangs; empty: it does not
	over  bool
}

// take waits for a turn of a person's: first behind their own tries, then behind
// everyone's who comes that far. It fails with errNotNow when that is too long.
func (t *turns) take(ctx context.Context, person int64) (*turn, error) {
	l, stands := t.join(person)
	if l == nil {
		return nil, errNotNow
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lineTime, errNotNow)
	defer cancel()
	if err := enter(ctx, l.places, stands); err != nil {
		t.leave(person)
		return nil, err
	}
	if err := enter(ctx, t.places, nil); err != nil {
		<-l.places
		t.leave(person)
		return nil, err
	}
	return &turn{of: t, person: person, line: l}, nil
}

// enter waits for a place, the longest waiting first, until the line stands.
func enter(ctx context.Context, places chan<- struct{}, stands <-chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	case <-stands:
		return errNotNow
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// join lines up behind a person's tries, and gives what is closed when the line
// stands; nil: the line stands, or is too long.
func (t *turns) join(person int64) (*line, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.people[person]
	if l == nil {
		l = &line{places: make(chan struct{}, personAtOnce), stands: make(chan struct{})}
		t.people[person] = l
	}
	if l.length == personInLine || l.hanging == personAtOnce {
		return nil, nil
	}
	l.length++
	return l, l.stands
}

func (t *turns) leave(person int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.people[person]
	if l.length--; l.length == 0 {
		delete(t.people, person)
	}
}

// aim says at which host the try will be made. It fails with errNotNow when too
// many hang there.
func (u *turn) aim(host string) error {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	if u.of.hanging[host] >= hostHangs {
		return errNotNow
	}
	u.timer = time.AfterFunc(hangAfter, func() { u.hang(host) })
	return nil
}

// hang gives the place of a try that gets no answer to another one.
func (u *turn) hang(host string) {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	if u.over {
		return
	}
	u.host = host
	u.of.hanging[host]++
	if u.line.hanging++; u.line.hanging == personAtOnce {
		close(u.line.stands)
	}
	<-u.of.places
}

// end says that the try is over.
func (u *turn) end() {
	u.giveBack()
	<-u.line.places
	u.of.leave(u.person)
}

func (u *turn) giveBack() {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	u.over = true
	if u.timer != nil {
		u.timer.Stop()
	}
	if u.host == "" {
		<-u.of.places
		return
	}
	if u.line.hanging == personAtOnce {
		u.line.stands = make(chan struct{})
	}
	u.line.hanging--
	if u.of.hanging[u.host]--; u.of.hanging[u.host] == 0 {
		delete(u.of.hanging, u.host)
	}
}

// pushHost gives the host that a browser has chosen for its pushes; empty for
// apps, which are all pushed through one service that the operator has chosen.
func pushHost(n chat.PushNote) string {
	to, err := url.Parse(n.Subscription.Endpoint)
	if err != nil { // it was checked when the browser gave it
		return ""
	}
	return to.Hostname()
}
