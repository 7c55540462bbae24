package job

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spika/internal/chat"
)

// desk is a source of deliveries kept in memory, and what their pushes come to:
// those to a host that has hang in its name are taken and never answered, those to a slow one just before they count as hanging.
type desk struct {
	closing
	mu    sync.Mutex
	list  []chat.Delivery
	hosts map[int64]string // by device
	tried []try
	made  int64 // deliveries
	taken int   // how often one was leased
}

// try is one push as it came to its host.
type try struct {
	chat.Delivery
	at time.Time
}

func (d *desk) LeaseDeliveries(_ context.Context, _ chat.PushKind, n int, hold time.Duration) ([]chat.Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.SortStableFunc(d.list, func(a, b chat.Delivery) int { return int(a.Due - b.Due) })
	now := chat.TimeOf(time.Now())
	var out []chat.Delivery
	for i := range d.list {
		if l := &d.list[i]; len(out) < n && l.Due <= now {
			l.Attempt++
			d.taken++
			l.Due = now.Add(hold)
			out = append(out, *l)
		}
	}
	return out, nil
}

func (d *desk) NextDelivery(context.Context, chat.PushKind) (chat.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.list) == 0 {
		return 0, nil
	}
	return slices.MinFunc(d.list, func(a, b chat.Delivery) int { return int(a.Due - b.Due) }).Due, nil
}

func (d *desk) FinishDeliveries(_ context.Context, outcomes []chat.Outcome) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range outcomes {
		i := slices.IndexFunc(d.list, func(l chat.Delivery) bool { return l.ID == o.Delivery.ID })
		if o.Retry > 0 {
			d.list[i].Due = chat.TimeOf(time.Now().Add(o.Retry))
		} else {
			d.list = slices.Delete(d.list, i, i+1)
		}
	}
	return nil
}

func (d *desk) PushNote(_ context.Context, of chat.Delivery) (chat.PushNote, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return chat.PushNote{Delivery: of, Subscription: chat.Subscription{Endpoint: "https://" + d.hosts[of.DeviceID] + ":1/x"}}, true, nil
}

// Send implements Sender.
func (d *desk) Send(ctx context.Context, n chat.PushNote) error {
	d.note(n)
	switch {
	case strings.Contains(n.Subscription.Endpoint, "hang"):
		<-ctx.Done()
		return ctx.Err()
	case strings.Contains(n.Subscription.Endpoint, "slow"):
		wait(ctx, hangAfter-time.Millisecond)
	}
	return nil
}

func (d *desk) note(n chat.PushNote) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tried = append(d.tried, try{n.Delivery, time.Now()})
}

// add has a person's browser, at a host, pushed a number of times.
func (d *desk) add(person int64, host string, pushes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hosts == nil {
		d.hosts = map[int64]string{}
	}
	device := int64(len(d.hosts) + 1)
	d.hosts[device] = host
	for range pushes {
		now := chat.TimeOf(time.Now())
		d.made++
		d.list = append(d.list, chat.Delivery{ID: d.made, DeviceID: device, UserID: person, Due: now, Created: now})
	}
}

// of gives when a person was pushed.
func (d *desk) of(person int64) []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []time.Time
	for _, t := range d.tried {
		if t.UserID == person {
			out = append(out, t.at)
		}
	}
	return out
}

// count gives how many tries there were and how many deliveries are left.
func (d *desk) count() (tried, left int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.tried), len(d.list)
}

// atDesk runs a test with a courier for a desk.
func atDesk(t *testing.T, test func(t *testing.T, d *desk, wake func())) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		p := NewPusher(PusherOptions{
			Source: d, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Senders: map[chat.PushKind]Sender{chat.WebPush: d},
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.Run(ctx) })
		defer running.Wait()
		defer cancel()
		synctest.Wait()
		test(t, d, func() { poke(p.wake[chat.WebPush]) })
	})
}

// pass lets a bubble's time pass, with all that is done in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// soon checks that someone who is pushed while others' pushes hang is pushed within
// a time.
func soon(t *testing.T, d *desk, wake func(), most time.Duration) {
	t.Helper()
	wake()
	pass(time.Second) // the others are under way
	someone := time.Now().UnixNano()
	d.add(someone, "push.example", 3)
	wake()
	pass(most)
	if got := d.of(someone); len(got) != 3 {
		t.Errorf("after %s, %d of 3 pushes were made", most, len(got))
	}
}

// TestHangingPushesKeepNobodyWaiting: 32 pushes to addresses that did not answer
// used to stop all others until their time was up.
func TestHangingPushesKeepNobodyWaiting(t *testing.T) {
	for name, row := range map[string]struct {
		people, devices int
		host            func(person, device int) string
		most            time.Duration
	}{
		"one person's, at as many hosts": {1, 1_000, func(_, n int) string { return fmt.Sprint("hang", n) }, time.Millisecond},
		"many people's, at one host":     {1_000, 1, func(int, int) string { return "hang" }, hangAfter},
		"some people's, at many hosts":   {16, 60, func(p, n int) string { return fmt.Sprint("hang", p, ".", n) }, 2 * hangAfter},
		"some people's, which are slow":  {16, 60, func(p, n int) string { return fmt.Sprint("slow", p, ".", n) }, 5 * hangAfter},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk, wake func()) {
				for person := range row.people {
					for n := range row.devices {
						d.add(int64(person+1), row.host(person, n), 1)
					}
				}
				soon(t, d, wake, row.most)
				for range 100 {
					pass(7 * time.Second)
					soon(t, d, wake, 2*hangAfter)
				}
			})
		})
	}
}

// A person's own pushes come soon, however many there are, and a host that answers
// is pushed as much as there is.
func TestHealthyPushesAreNotHeldUp(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk, wake func()) {
		d.add(1, "push.example", personInLine)
		for person := range 3_000 {
			d.add(int64(person+2), "push.example", 1)
		}
		wake()
		pass(time.Millisecond)
		if tried, left := d.count(); tried != 3_000+personInLine || left != 0 {
			t.Errorf("%d pushes were made, %d are left", tried, left)
		}
	})
}

// TestUntriedPushesComeLessAndLess: those of someone whose pushes hang for a day
// are not all leased each minute.
func TestUntriedPushesComeLessAndLess(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk, wake func()) {
		const pushes = 500
		for n := range pushes {
			d.add(1, fmt.Sprint("hang", n), 1)
		}
		wake()
		pass(10 * time.Hour)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.taken > 30*pushes {
			t.Errorf("%d deliveries were leased %d times", pushes, d.taken)
		}
	})
}

// TestPushesComeAfterAHangingHostIsBack: what was not tried is not lost.
func TestPushesComeAfterAHangingHostIsBack(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk, wake func()) {
		for person := range 1_000 {
			d.add(int64(person+1), "hang", 1)
		}
		wake()
		pass(sendTimeout / 2)
		if tried, _ := d.count(); tried > 2*pushesAtOnce {
			t.Errorf("%d tries were made at a host that does not answer", tried)
		}
		d.mu.Lock()
		for device := range d.hosts {
			d.hosts[device] = "push.example"
		}
		d.mu.Unlock()
		pass(pushHold)
		if _, left := d.count(); left != 0 {
			t.Errorf("%d pushes were not made", left)
		}
	})
}
