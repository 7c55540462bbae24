package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"spika/internal/chat"
)

func pushTests() []test {
	return []test{
		{"the push place begins at what comes and is kept", pushPlaceIsKept},
		{"devices to push are those of people in the room", pushTargets},
		{"members are looked at page by page", pushPages},
		{"a subscription is kept whole", subscriptionIsKept},
		{"an endpoint belongs to one device", endpointMoves},
		{"subscriptions of ended sessions are dropped", staleSubscriptions},
		{"deliveries are leased when they are due, the longest due first", deliveriesAreLeased},
		{"a lost lease cannot put a delivery off", lostLease},
		{"deliveries are dropped by device and by age", deliveriesAreDropped},
		{"each delivery is leased once by two processes", leasesAreExclusive},
	}
}

func pushPlaceIsKept(r *rig) {
	is(r, chat.PushPlace{})(r.s.PushPlace(r.ctx))
	want := chat.PushPlace{Seq: 1 << 40, User: 7}
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.SetPushPlace(ctx, want); err != nil {
			return err
		}
		return isNow(want)(tx.PushPlace(ctx))
	})
	is(r, want)(r.s.PushPlace(r.ctx))
}

// phone makes a signed-in device with a push token.
func (r *rig) phone(owner chat.User, token string) chat.Device {
	r.Helper()
	r.made++
	d := fullDevice(owner)
	d.ClientID, d.TokenHash, d.PushToken = fmt.Sprint("phone ", r.made), chat.HashSecret(fmt.Sprint("phone ", r.made)), token
	return r.device(d)
}

func (r *rig) subscribe(d chat.Device, endpoint string) chat.Subscription {
	r.Helper()
	s := chat.Subscription{DeviceID: d.ID, UserID: d.UserID, Endpoint: endpoint, Key: "key", Secret: "secret"}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.SetSubscription(ctx, s) })
	s.Created = got[chat.Subscription](r)(r.s.Subscription(r.ctx, d.ID)).Created
	return s
}

func pushTargets(r *rig) {
	ana, ben, cat, dan := r.person("Ana"), r.person("Ben"), r.person("Cat"), r.person("Dan")
	is(r, false)(r.s.AnyPushAddress(r.ctx))
	app, both, none := r.phone(ana, "a"), r.phone(ana, "b"), r.phone(ana, "")
	is(r, true)(r.s.AnyPushAddress(r.ctx))
	r.subscribe(both, "https://push.example/1")
	web := r.phone(ben, "")
	r.subscribe(web, "https://push.example/2")
	gone := r.phone(ben, "c")
	gone.TokenHash = nil
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateDevice(ctx, gone) })
	r.phone(cat, "d")
	r.phone(dan, "e")
	room := r.room("Ops", ana, ben, cat)
	_, bot := r.key(room, "CI")
	r.enter(room, bot)
	m := r.post(room, ana, "hello")
	r.leave(room, cat)
	r.enter(room, dan) // after the message
	r.change(func(ctx context.Context, tx chat.Tx) error {
		mine, err := tx.Member(ctx, room.ID, ben.ID)
		mine.Muted = true
		return errors.Join(err, tx.UpdateMember(ctx, mine))
	})
	want := []chat.PushTarget{
		{DeviceID: app.ID, UserID: ana.ID, OSName: app.OSName, Expires: app.Expires, App: true},
		{DeviceID: both.ID, UserID: ana.ID, OSName: app.OSName, Expires: app.Expires, App: true, Web: true},
		{DeviceID: web.ID, UserID: ben.ID, OSName: app.OSName, Expires: app.Expires, Muted: true, Web: true},
	}
	is(r, want)(r.s.PushTargets(r.ctx, m, 0, 1<<40))
	is(r, want[2:])(r.s.PushTargets(r.ctx, m, ana.ID, 1<<40))
	is(r, want[:2])(r.s.PushTargets(r.ctx, m, 0, ana.ID))
	if slices.ContainsFunc(want, func(t chat.PushTarget) bool { return t.DeviceID == none.ID }) {
		r.Error("a device without an address is a target")
	}
}

func pushPages(r *rig) {
	var people []chat.User
	for i := range 5 {
		people = append(people, r.person(fmt.Sprint("P", i)))
	}
	room := r.room("Ops", people...)
	page := func(after int64, limit int) (int64, int) {
		r.Helper()
		upTo, n, err := r.s.PushPage(r.ctx, room.ID, after, limit)
		if err != nil {
			r.Fatal(err)
		}
		return upTo, n
	}
	for _, row := range []struct {
		after       int64
		limit       int
		upTo        int64
		members     int
		description string
	}{
		{0, 2, people[1].ID, 2, "first"}, {people[1].ID, 2, people[3].ID, 2, "second"}, {people[3].ID, 2, people[4].ID, 1, "last"},
		{people[4].ID, 2, 0, 0, "none"},
	} {
		if upTo, n := page(row.after, row.limit); upTo != row.upTo || n != row.members {
			r.Errorf("%s page: up to %d with %d members, want %d with %d", row.description, upTo, n, row.upTo, row.members)
		}
	}
}

func subscriptionIsKept(r *rig) {
	d := r.phone(r.person("Ana"), "")
	_, err := r.s.Subscription(r.ctx, d.ID)
	missing(r, err)
	s := r.subscribe(d, "https://push.example/1")
	if s.Created == 0 {
		r.Error("the subscription has no time")
	}
	is(r, s)(r.s.Subscription(r.ctx, d.ID))
	s = r.subscribe(d, "https://push.example/2")
	is(r, s)(r.s.Subscription(r.ctx, d.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropSubscription(ctx, d.ID) })
	_, err = r.s.Subscription(r.ctx, d.ID)
	missing(r, err)
	r.subscribe(d, "https://push.example/1")
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropSubscriptions(ctx) })
	is(r, false)(r.s.AnyPushAddress(r.ctx))
}

func endpointMoves(r *rig) {
	a, b := r.phone(r.person("Ana"), ""), r.phone(r.person("Ben"), "")
	r.subscribe(a, "https://push.example/1")
	s := r.subscribe(b, "https://push.example/1")
	is(r, s)(r.s.Subscription(r.ctx, b.ID))
	_, err := r.s.Subscription(r.ctx, a.ID)
	missing(r, err)
}

func staleSubscriptions(r *rig) {
	ana, ben := r.person("Ana"), r.person("Ben")
	stays, ended, moved := r.phone(ana, ""), r.phone(ana, ""), r.phone(ana, "")
	for _, d := range []chat.Device{stays, ended, moved} {
		r.subscribe(d, fmt.Sprint("https://push.example/", d.ID))
	}
	ended.TokenHash, moved.UserID = nil, ben.ID
	r.change(func(ctx context.Context, tx chat.Tx) error {
		return errors.Join(tx.UpdateDevice(ctx, ended), tx.UpdateDevice(ctx, moved), tx.DropStaleSubscriptions(ctx))
	})
	if _, err := r.s.Subscription(r.ctx, stays.ID); err != nil {
		r.Error(err)
	}
	for _, d := range []chat.Device{ended, moved} {
		_, err := r.s.Subscription(r.ctx, d.ID)
		missing(r, err)
	}
}

// deliveries stores one delivery for each due time.
func (r *rig) deliveries(kind chat.PushKind, device int64, due ...chat.Time) {
	r.Helper()
	var list []chat.Delivery
	for i, at := range due {
		list = append(list, chat.Delivery{Kind: kind, DeviceID: device, UserID: 2, RoomID: 3, MessageID: int64(i + 1), Due: at, Created: at})
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.AddDeliveries(ctx, list) })
}

// lease takes due deliveries, by message.
func (r *rig) lease(limit int, now, until chat.Time) []chat.Delivery {
	r.Helper()
	out := stored(r, func(ctx context.Context, tx chat.Tx) ([]chat.Delivery, error) {
		return tx.LeaseDeliveries(ctx, chat.AppPush, limit, now, until)
	})
	slices.SortFunc(out, func(a, b chat.Delivery) int { return int(a.MessageID - b.MessageID) })
	return out
}

func deliveriesAreLeased(r *rig) {
	is(r, chat.Time(0))(r.s.NextDelivery(r.ctx, chat.AppPush))
	r.deliveries(chat.AppPush, 1, 30, 10, 20, 99)
	r.deliveries(chat.WebPush, 1, 5)
	is(r, chat.Time(10))(r.s.NextDelivery(r.ctx, chat.AppPush))
	same(r, len(r.lease(10, 9, 1000)), 0)
	first := r.lease(2, 50, 1000)
	same(r, each(first, func(d chat.Delivery) int64 { return d.MessageID }), []int64{2, 3})
	want := chat.Delivery{ID: first[0].ID, Kind: chat.AppPush, DeviceID: 1, UserID: 2, RoomID: 3, MessageID: 2, Attempt: 1, Due: 1000, Created: 10}
	same(r, first[0], want)
	same(r, each(r.lease(10, 50, 1000), func(d chat.Delivery) int64 { return d.MessageID }), []int64{1})
	is(r, chat.Time(99))(r.s.NextDelivery(r.ctx, chat.AppPush))
	again := r.lease(10, 1000, 2000)
	same(r, each(again, func(d chat.Delivery) int64 { return d.Attempt }), []int64{2, 2, 2, 1})
}

func lostLease(r *rig) {
	r.deliveries(chat.AppPush, 1, 10)
	lost := r.lease(1, 10, 20)[0]
	held := r.lease(1, 20, 30)[0]
	putOff := func(d chat.Delivery, due chat.Time) {
		r.change(func(ctx context.Context, tx chat.Tx) error { return tx.PutOffDelivery(ctx, d, due) })
	}
	putOff(lost, 500)
	is(r, chat.Time(30))(r.s.NextDelivery(r.ctx, chat.AppPush))
	putOff(held, 500)
	is(r, chat.Time(500))(r.s.NextDelivery(r.ctx, chat.AppPush))
}

func deliveriesAreDropped(r *rig) {
	r.deliveries(chat.AppPush, 1, 10, 20, 30)
	r.deliveries(chat.AppPush, 2, 40)
	r.deliveries(chat.WebPush, 2, 50)
	old := func(before chat.Time, limit int) (n int64) {
		r.change(func(ctx context.Context, tx chat.Tx) (err error) {
			n, err = tx.DropOldDeliveries(ctx, before, limit)
			return err
		})
		return n
	}
	same(r, old(30, 1), 1)
	same(r, old(30, 10), 1)
	same(r, old(30, 10), 0)
	is(r, chat.Time(30))(r.s.NextDelivery(r.ctx, chat.AppPush))
	one := r.lease(1, 30, 99)[0]
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropDelivery(ctx, one.ID) })
	is(r, chat.Time(40))(r.s.NextDelivery(r.ctx, chat.AppPush))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropDeliveriesTo(ctx, 2, chat.AppPush) })
	is(r, chat.Time(0))(r.s.NextDelivery(r.ctx, chat.AppPush))
	is(r, chat.Time(50))(r.s.NextDelivery(r.ctx, chat.WebPush))
}

func leasesAreExclusive(r *rig) {
	const n = 60
	due := make([]chat.Time, n)
	for i := range due {
		due[i] = 1
	}
	r.deliveries(chat.AppPush, 1, due...)
	other := r.open(r, nil)
	found := make(chan []chat.Delivery)
	for i, s := range []Store{r.s, other, r.s, other} {
		go func() {
			var all []chat.Delivery
			for range n / 5 {
				err := s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
					list, err := tx.LeaseDeliveries(ctx, chat.AppPush, 3, 1, 1000)
					all = append(all, list...)
					return err
				})
				if err != nil {
					r.Errorf("process %d: %v", i, err)
				}
			}
			found <- all
		}()
	}
	seen := map[int64]bool{}
	for range 4 {
		for _, d := range <-found {
			if seen[d.ID] {
				r.Errorf("delivery %d was leased twice", d.ID)
			}
			seen[d.ID] = true
		}
	}
	same(r, len(seen), n)
}
