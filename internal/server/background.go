package server

import (
	"context"
	"log/slog"
	"time"

	"spika/internal/chat"
)

const (
	// keyUsesEvery bounds how far behind a key's time of last use is in the
	// database.
	keyUsesEvery     = 10 * time.Second
	dropEventsEvery  = time.Hour
	dropCodesEvery   = time.Hour
	dropWalksEvery   = time.Hour
	sweepPushesEvery = time.Hour
	// removeDroppedEvery bounds how long the bytes of a deleted file stay.
	removeDroppedEvery = 10 * time.Second
	sweepFilesEvery    = time.Hour
	sweepBlobsEvery    = 24 * time.Hour
	// finishPurgesEvery is rare: only a server that was stopped meanwhile, or a
	// request that was given up, leaves anything.
	finishPurgesEvery = time.Hour
)

// tell passes on committed events: first what they make stale is forgotten, so
// that whoever hears of a change and asks sees it.
func (s *Server) tell(events []chat.Event) {
	s.core.Service.Observe(events)
	s.hub.Publish(events)
	s.pusher.Observe(events)
}

// every does something now and then until ctx ends. A failure is logged and
// tried again next time.
func (s *Server) every(ctx context.Context, interval time.Duration, what string, do func(context.Context) error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("background work failed; it will be tried again", slog.String("work", what), slog.Any("cause", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
