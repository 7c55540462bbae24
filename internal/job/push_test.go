package job

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"spika/internal/chat"
)

// closing is a source whose planning is under way when the server stops.
type closing struct{ Source }

func (closing) PlanPushes(ctx context.Context, from chat.PushPlace, _ chat.PushKinds, save bool) (chat.PushPlan, error) {
	if save {
		return chat.PushPlan{Place: from}, nil
	}
	<-ctx.Done()
	return chat.PushPlan{}, ctx.Err()
}

func (closing) LeaseDeliveries(context.Context, chat.PushKind, int, time.Duration) ([]chat.Delivery, error) {
	return nil, nil
}

func (closing) NextDelivery(context.Context, chat.PushKind) (chat.Time, error) { return 0, nil }

// TestStopsWhilePlanning: planning that was under way when the server stopped
// used to be tried again and again, for ever.
func TestStopsWhilePlanning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPusher(PusherOptions{
			Source: closing{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Senders: map[chat.PushKind]Sender{chat.AppPush: nil},
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			p.Run(ctx)
			close(ended)
		}()
		synctest.Wait()
		cancel()
		<-ended
	})
}
