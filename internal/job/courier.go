package job

import (
	"context"
	"log/slog"
	"time"

	"spika/internal/chat"
)

// courier makes the pushes of one kind.
type courier struct {
	p        *Pusher
	kind     chat.PushKind
	sender   Sender
	done     chan chat.Outcome // of tries that ended; has room for all under way
	underWay int
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
	if c.underWay > 0 { // their tries end with ctx
		c.finish(ctx, c.gatherAll())
	}
}

// take begins as many due pushes as there is room for, and tells how long there
// is nothing more to begin.
func (c *courier) take(ctx context.Context) (time.Duration, error) {
	room := pushesAtOnce - c.underWay
	if room < pushesAtOnce/2 && c.underWay > 0 { // few at a time would cost a transaction each
		return lookEvery, nil
	}
	list, err := c.p.o.Source.LeaseDeliveries(ctx, c.kind, room, pushHold)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		c.underWay++
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

// gather adds to an outcome what others there are by now.
func (c *courier) gather(first chat.Outcome) []chat.Outcome {
	list := []chat.Outcome{first}
	for {
		select {
		case o := <-c.done:
			list = append(list, o)
		default:
			return list
		}
	}
}

// gatherAll waits for everything under way.
func (c *courier) gatherAll() []chat.Outcome {
	var list []chat.Outcome
	for range c.underWay {
		list = append(list, <-c.done)
	}
	return list
}

// finish notes how tries ended. If that fails, they are made again when their
// lease has ended.
func (c *courier) finish(ctx context.Context, list []chat.Outcome) {
	c.underWay -= len(list)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if err := c.p.o.Source.FinishDeliveries(ctx, list); err != nil {
		c.p.o.Log.Error("what was pushed could not be noted; it may be pushed again", slog.Any("cause", err))
	}
}

// try makes one try and tells how it ended.
func (c *courier) try(ctx context.Context, d chat.Delivery) chat.Outcome {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	out := chat.Outcome{Delivery: d}
	note, ok, err := c.p.o.Source.PushNote(ctx, d)
	if err == nil && ok {
		err = c.sender.Send(ctx, note)
	}
	if err == nil {
		return out
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
	return out
}
