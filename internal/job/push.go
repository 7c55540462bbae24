package job

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"spika/internal/chat"
)

// Source is what pushing asks of the domain; *chat.Service is one.
type Source interface {
	PlanPushes(ctx context.Context, from chat.PushPlace, via chat.PushKinds, save bool) (chat.PushPlan, error)
	NextDelivery(ctx context.Context, kind chat.PushKind) (chat.Time, error)
	LeaseDeliveries(ctx context.Context, kind chat.PushKind, n int, hold time.Duration) ([]chat.Delivery, error)
	PushNote(ctx context.Context, d chat.Delivery) (chat.PushNote, bool, error)
	FinishDeliveries(ctx context.Context, outcomes []chat.Outcome) error
}

// Sender makes one kind of push.
type Sender interface {
	// Send makes one try. A *Failure says what to do about it; after any other
	// error it is tried again.
	Send(ctx context.Context, n chat.PushNote) error
}

// Failure is why a push could not be made, by someone who knows.
type Failure struct {
	Cause error
	// Gone is the address, if it does not exist any more.
	Gone string
	// Final says that trying again is of no use.
	Final bool
	// Wait is how long to wait at least; 0: nobody said.
	Wait time.Duration
}

func (f *Failure) Error() string { return f.Cause.Error() }

func (f *Failure) Unwrap() error { return f.Cause }

// PusherOptions say what a pusher works with.
type PusherOptions struct {
	Source Source
	Clock  chat.Clock
	Log    *slog.Logger
	// Senders are the kinds that can be pushed.
	Senders map[chat.PushKind]Sender
}

// Pusher plans what is to be pushed, and pushes it: each kind on its own, so that
// browsers whose addresses do not answer keep no app waiting.
type Pusher struct {
	o      PusherOptions
	posted chan struct{} // something may have to be planned
	wake   map[chat.PushKind]chan struct{}
}

const (
	// inHand is how many deliveries of a kind are leased at a time: enough for those
	// who need not wait to be among them.
	inHand      = 512
	sendTimeout = 20 * time.Second
	// pushHold is for how long a delivery is nobody else's: longer than it waits and
	// a try takes.
	pushHold = time.Minute
	// planGap is the least time between two plannings, so that a busy server plans
	// many messages at a time.
	planGap = 50 * time.Millisecond
	// savePlace is how often the place is stored where nothing is pushed.
	savePlace = 10 * time.Second
	// lookEvery bounds how long a delivery that another process planned waits.
	lookEvery = 15 * time.Second
	// troubled is how long to wait when the database does not answer.
	troubled = 5 * time.Second
	// finishTimeout bounds noting what was done while the server stops.
	finishTimeout = 3 * time.Second
)

// NewPusher makes a pusher. It works while Run runs.
func NewPusher(o PusherOptions) *Pusher {
	p := &Pusher{o: o, posted: make(chan struct{}, 1), wake: map[chat.PushKind]chan struct{}{}}
	for kind := range o.Senders {
		p.wake[kind] = make(chan struct{}, 1)
	}
	return p
}

// Observe is told every committed event. It never waits.
func (p *Pusher) Observe(events []chat.Event) {
	for _, e := range events {
		if e.Kind == chat.MessagePosted {
			poke(p.posted)
			return
		}
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run plans and pushes until ctx ends, and then notes what was under way.
func (p *Pusher) Run(ctx context.Context) {
	if len(p.o.Senders) == 0 {
		return
	}
	var running sync.WaitGroup
	running.Go(func() { p.plan(ctx) })
	for kind, sender := range p.o.Senders {
		c := &courier{p: p, kind: kind, sender: sender, turns: newTurns(), done: make(chan ended, inHand)}
		running.Go(func() { c.run(ctx) })
	}
	running.Wait()
}

// plan follows what is posted.
func (p *Pusher) plan(ctx context.Context) {
	var at chat.PushPlace
	unsaved, saved := false, time.Now()
	via := chat.PushKinds{App: p.o.Senders[chat.AppPush] != nil, Web: p.o.Senders[chat.WebPush] != nil}
	for {
		plan, err := p.o.Source.PlanPushes(ctx, at, via, unsaved && time.Since(saved) >= savePlace)
		if err != nil {
			p.trouble(ctx, "planning pushes", err)
			if ctx.Err() != nil { // reading ended because the server stops
				p.savePlace(ctx, at, via, unsaved)
				return
			}
			continue
		}
		at, unsaved = plan.Place, plan.Unsaved
		if !unsaved {
			saved = time.Now()
		}
		if plan.Added > 0 {
			for _, wake := range p.wake {
				poke(wake)
			}
		}
		if plan.More {
			continue
		}
		if !wait(ctx, planGap) || !p.nextPost(ctx, unsaved) {
			p.savePlace(ctx, at, via, unsaved)
			return
		}
	}
}

// nextPost waits until there is something to plan, or a place to store; false:
// it is time to stop.
func (p *Pusher) nextPost(ctx context.Context, unsaved bool) bool {
	var late <-chan time.Time
	if unsaved {
		late = time.After(savePlace)
	}
	select {
	case <-ctx.Done():
		return false
	case <-p.posted:
	case <-late:
	}
	return true
}

// savePlace stores how far planning has come, when the server stops.
func (p *Pusher) savePlace(ctx context.Context, at chat.PushPlace, via chat.PushKinds, unsaved bool) {
	if !unsaved {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if _, err := p.o.Source.PlanPushes(ctx, at, via, true); err != nil {
		p.o.Log.Error("the push place could not be stored", slog.Any("cause", err))
	}
}

// trouble notes a failure of our own and lets some time pass.
func (p *Pusher) trouble(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		p.o.Log.Error("background work failed; it will be tried again", slog.String("work", what), slog.Any("cause", err))
	}
	wait(ctx, troubled)
}

// wait lets time pass; false: ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// asFailure gives what a sender's error says to do.
func asFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Cause: err}
}
