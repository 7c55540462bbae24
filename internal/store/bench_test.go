package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"spika/internal/chat"
	"spika/internal/store"
	"spika/internal/store/storetest"
)

type plainPasswords struct{}

func (plainPasswords) Hash(_ context.Context, p string) (string, error) { return p, nil }
func (plainPasswords) Verify(_ context.Context, h, p string) (bool, error) {
	return h == p && h != "", nil
}

// BenchmarkPost measures durable posts through one key, by the number of
// callers that wait for an answer at the same time.
func BenchmarkPost(b *testing.B) {
	for name, open := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, callers := range []int{1, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/%d", name, callers), func(b *testing.B) { benchmarkPost(b, open(b), callers) })
		}
	}
}

func benchmarkPost(b *testing.B, url string, callers int) {
	ctx := b.Context()
	s, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	sealer, err := chat.NewSealer(make([]byte, chat.MasterKeyLen))
	if err != nil {
		b.Fatal(err)
	}
	svc := chat.NewService(s, chat.NewClock(), plainPasswords{}, sealer, chat.Options{MaxMembers: 100, SessionLife: 1 << 40})
	owner, err := svc.CreatePerson(ctx, chat.NewPerson{Name: "Ada", Email: "ada@example.org", Password: "long enough"}, true)
	if err != nil {
		b.Fatal(err)
	}
	room, err := svc.CreateRoom(ctx, chat.Session{User: owner}, chat.NewRoom{Name: "Ops", Type: chat.Group})
	if err != nil {
		b.Fatal(err)
	}
	key, err := svc.CreateKey(ctx, chat.Session{User: owner}, room.ID, "CI")
	if err != nil {
		b.Fatal(err)
	}
	d := chat.Draft{RoomID: room.ID, Type: chat.TextType, Text: "Build 812 passed", Body: []byte(`{"text":"Build 812 passed"}`)}
	who := chat.Sender{UserID: key.BotID, KeyID: key.ID}
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := svc.Post(ctx, who, d); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
