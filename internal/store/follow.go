package store

import (
	"context"
	"log/slog"
	"time"

	"spika/internal/chat"
)

// batch is what one committed transaction did: all events with after < seq <=
// upTo.
type batch struct {
	after, upTo int64
	events      []chat.Event
}

// announce hands a batch to the follower. It never waits: a follower that is
// behind finds the events in the table.
func (s *Store) announce(b batch) {
	select {
	case s.batches <- b:
	default:
	}
}

const (
	// foreignCheck is how often changes of other processes are looked for.
	foreignCheck = 200 * time.Millisecond
	// followStep is how many events are read from the table at a time.
	followStep = 1_000
)

// Follow tells every committed event after a place, in order and each once, also
// those of other processes that use the database, until ctx ends. It must be
// called by one goroutine at a time, and tell must not block for long.
func (s *Store) Follow(ctx context.Context, at int64, tell func([]chat.Event)) {
	tick := time.NewTicker(foreignCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-s.batches:
			if b.after == at {
				tell(b.events)
				at = b.upTo
				continue
			}
			at = s.catchUp(ctx, at, b.upTo, tell)
		case <-tick.C:
			if len(s.batches) == 0 {
				at = s.catchUpForeign(ctx, at, tell)
			}
		}
	}
}

// catchUpForeign tells what others have committed.
func (s *Store) catchUpForeign(ctx context.Context, at int64, tell func([]chat.Event)) int64 {
	newest, _, err := s.Now(ctx)
	if err != nil {
		s.unread(ctx, err)
		return at
	}
	return s.catchUp(ctx, at, newest, tell)
}

// catchUp tells the events with at < seq <= upTo from the table and gives the
// place it reached; a later call goes on from there.
func (s *Store) catchUp(ctx context.Context, at, upTo int64, tell func([]chat.Event)) int64 {
	for at < upTo {
		events, err := s.Events(ctx, at, upTo, followStep)
		if err != nil {
			s.unread(ctx, err)
			return at
		}
		if len(events) > 0 {
			tell(events)
		}
		if len(events) < followStep {
			return upTo
		}
		at = events[len(events)-1].Seq
	}
	return at
}

func (s *Store) unread(ctx context.Context, err error) {
	if ctx.Err() == nil {
		s.log.Error("events could not be read; trying again", slog.Any("cause", err))
	}
}
