package job

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"spika/internal/chat"
)

// courier makes the pushes of one kind.
type courier struct {
	p      *Pusher
	kind   chat.PushKind
	sender Sender
	turns  *turns
	done   chan ended // has room for all in hand
	inHand int        // deliveries that are leased and not over
}

// ended is how a delivery was left.
type ended struct {
	chat.Outcome
	noted bool // what is stored says so already
}

// run makes pushes until ctx ends.
func (c *courier) run(ctx context.Context) {
	for ctx.Err() == nil {
		pause, err := c.take(ctx)
		if err != nil {
			c.p.trouble(ctx, "pushing", err)
			continue
		}
		select {
		case <-ctx.Done():
		case <-c.p.wake[c.kind]:
		case o := <-c.done:
			c.finish(ctx, c.gather(o))
		case <-time.After(pause):
		}
	}
	if c.inHand > 0 { // their tries end with ctx
		c.finish(ctx, c.gatherAll())
	}
}

// take leases as many due pushes as there is room for and has them made, and
// tells how long there is nothing more to lease.
func (c *courier) take(ctx context.Context) (time.Duration, error) {
	room := inHand - c.inHand
	if room < inHand/8 && c.inHand > 0 { // few at a time would cost a transaction each
		return lookEvery, nil
	}
	list, err := c.p.o.Source.LeaseDeliveries(ctx, c.kind, room, pushHold)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		c.inHand++
		go func() { c.done <- c.try(ctx, d) }()
	}
	if len(list) == room {
		return lookEvery, nil // the next one to end makes room
	}
	due, err := c.p.o.Source.NextDelivery(ctx, c.kind)
	if err != nil || due == 0 {
		return lookEvery, err
	}
	return min(lookEvery, max(10*time.Millisecond, due.Std().Sub(c.p.o.Clock()))), nil
}

// gather adds to one what else has ended by now.
func (c *courier) gather(first ended) []ended {
	list := []ended{first}
	for {
		select {
		case e := <-c.done:
			list = append(list, e)
		default:
			return list
		}
	}
}

// gatherAll waits for everything in hand.
func (c *courier) gatherAll() []ended {
	var list []ended
	for range c.inHand {
		list = append(list, <-c.done)
	}
	return list
}

// finish notes how tries ended. If that fails, they are made again when their
// lease has ended.
func (c *courier) finish(ctx context.Context, list []ended) {
	c.inHand -= len(list)
	var made []chat.Outcome
	for _, e := range list {
		if !e.noted {
			made = append(made, e.Outcome)
		}
	}
	if len(made) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if err := c.p.o.Source.FinishDeliveries(ctx, made); err != nil {
		c.p.o.Log.Error("what was pushed could not be noted; it may be pushed again", slog.Any("cause", err))
	}
}

// try makes one try and tells how it ended.
func (c *courier) try(ctx context.Context, d chat.Delivery) ended {
	out := chat.Outcome{Delivery: d}
	err := c.send(ctx, d)
	if err == nil {
		return ended{Outcome: out}
	}
	if errors.Is(err, errNotNow) {
		return untried(out)
	}
	f := asFailure(err)
	switch {
	case f.Gone != "":
		out.Gone = f.Gone
	case !f.Final:
		out.Retry = max(f.Wait, Backoff(d.Attempt))
	}
	if f.Gone == "" && ctx.Err() == nil {
		c.p.o.Log.Info("a push failed", slog.String("kind", string(c.kind)), slog.Int64("device", d.DeviceID),
			slog.Int64("try", d.Attempt), slog.Bool("again", !f.Final), slog.Any("cause", f.Cause))
	}
	return ended{Outcome: out}
}

// untried leaves a delivery to its lease. One that was left often is put off for
// longer: there may be any number for whoever they hang for.
func untried(out chat.Outcome) ended {
	out.Retry = Backoff(out.Delivery.Attempt)
	return ended{Outcome: out, noted: out.Retry <= pushHold}
}

// send makes a try when it is its turn, if there is still anything to tell.
func (c *courier) send(ctx context.Context, d chat.Delivery) error {
	turn, err := c.turns.take(ctx, d.UserID)
	if err != nil {
		return err
	}
	defer turn.end()
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	note, ok, err := c.p.o.Source.PushNote(ctx, d)
	if err != nil || !ok {
		return err
	}
	if host := pushHost(note); host != "" {
		if err := turn.aim(host); err != nil {
			return err
		}
	}
	return c.sender.Send(ctx, note)
}
