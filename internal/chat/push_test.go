package chat_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"spika/internal/chat"
)

var bothKinds = chat.PushKinds{App: true, Web: true}

// phone gives a person one more signed-in device with a push token.
func (tm *team) phone(who int64, osName string) chat.Device {
	tm.Helper()
	var d chat.Device
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) (err error) {
		secret := chat.NewSecret()
		d, err = tx.CreateDevice(ctx, chat.Device{UserID: who, TokenHash: chat.HashSecret(secret), OSName: osName, PushToken: "token " + secret})
		return err
	}))
	return d
}

// browser gives a person one more signed-in device with a subscription.
func (tm *team) browser(who int64) chat.Device {
	tm.Helper()
	d := tm.phone(who, "")
	d.PushToken = ""
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateDevice(ctx, d); err != nil {
			return err
		}
		return tx.SetSubscription(ctx, chat.Subscription{DeviceID: d.ID, UserID: who, Endpoint: fmt.Sprint("https://push.example/", d.ID)})
	}))
	return d
}

// plan plans everything and gives the place it reached.
func (tm *team) plan(from chat.PushPlace) (at chat.PushPlace, added int) {
	tm.Helper()
	for at = from; ; {
		p := must(tm.svc.PlanPushes(tm.ctx, at, bothKinds, false))(tm)
		at, added = p.Place, added+p.Added
		if !p.More {
			return at, added
		}
	}
}

// due takes what is to be pushed now, as "kind device" in order.
func (tm *team) due() (out []string, list []chat.Delivery) {
	tm.Helper()
	for _, kind := range []chat.PushKind{chat.AppPush, chat.WebPush} {
		got := must(tm.svc.LeaseDeliveries(tm.ctx, kind, 1_000, time.Minute))(tm)
		slices.SortFunc(got, func(a, b chat.Delivery) int { return int(a.DeviceID - b.DeviceID) })
		for _, d := range got {
			out = append(out, fmt.Sprint(kind, " ", d.DeviceID))
		}
		list = append(list, got...)
	}
	return out, list
}

func to(kind chat.PushKind, d chat.Device) string { return fmt.Sprint(kind, " ", d.ID) }

func TestWhoIsPushed(t *testing.T) {
	tm := newTeam(t)
	ben := tm.joins("Ben")
	ops := tm.room(tm.owner, ben)
	mine, android := tm.phone(tm.owner.User.ID, "ios"), tm.phone(tm.owner.User.ID, "Android")
	posting, mineWeb := tm.phone(tm.owner.User.ID, "android"), tm.browser(tm.owner.User.ID)
	phone, web, ended := tm.phone(ben.User.ID, "ios"), tm.browser(ben.User.ID), tm.phone(ben.User.ID, "ios")
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		ended.Expires = 1
		return tx.UpdateDevice(ctx, ended)
	}))
	who := tm.owner
	who.Device = posting
	post := func() chat.Posted {
		t.Helper()
		return tm.post(by(who), ops, "hi")
	}
	post()
	at, n := tm.plan(chat.PushPlace{})
	same(t, n, 3)
	got, _ := tm.due()
	same(t, got, []string{to(chat.AppPush, android), to(chat.AppPush, phone), to(chat.WebPush, web)})
	_, n = tm.plan(at)
	same(t, n, 0)
	_, n = tm.plan(chat.PushPlace{}) // as after a restart
	same(t, n, 0)

	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error { // the room is muted
		m, err := tx.Member(ctx, ops, ben.User.ID)
		if err != nil {
			return err
		}
		m.Muted = true
		return tx.UpdateMember(ctx, m)
	}))
	post()
	at, _ = tm.plan(at)
	got, list := tm.due()
	same(t, got, []string{to(chat.AppPush, android), to(chat.AppPush, phone)})
	note, ok, err := tm.svc.PushNote(tm.ctx, list[1])
	if err != nil || !ok || !note.Muted || note.Unread != 2 || note.Token != phone.PushToken {
		t.Errorf("%+v, %t, %v", note, ok, err)
	}
	if _, err := tm.svc.SignOut(tm.ctx, chat.Session{User: ben.User, Device: phone}); err != nil {
		t.Fatal(err)
	}
	post()
	tm.plan(at)
	got, _ = tm.due()
	same(t, got, []string{to(chat.AppPush, android)})
	_, _ = mine, mineWeb
}

// What has changed since a push was planned counts when it is made.
func TestPushesNotMadeAnyMore(t *testing.T) {
	for name, change := range map[string]func(tm *team, ben chat.Session, d chat.Device, ops int64){
		"seen": func(tm *team, ben chat.Session, _ chat.Device, ops int64) {
			tm.ok(tm.svc.See(tm.ctx, ben, ops, 0))
		},
		"left": func(tm *team, ben chat.Session, _ chat.Device, ops int64) {
			must(tm.svc.LeaveRoom(tm.ctx, ben, ops, nil))(tm)
		},
		"room deleted": func(tm *team, _ chat.Session, _ chat.Device, ops int64) {
			must(tm.svc.DeleteRoom(tm.ctx, tm.owner, ops))(tm)
		},
		"signed out": func(tm *team, ben chat.Session, d chat.Device, _ int64) {
			must(tm.svc.SignOut(tm.ctx, chat.Session{User: ben.User, Device: d}))(tm)
		},
		"expired": func(tm *team, _ chat.Session, d chat.Device, _ int64) {
			tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
				d.Expires = 1
				return tx.UpdateDevice(ctx, d)
			}))
		},
		"the token taken back": func(tm *team, _ chat.Session, d chat.Device, _ int64) {
			tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
				d.PushToken = ""
				return tx.UpdateDevice(ctx, d)
			}))
		},
		"someone else's device": func(tm *team, _ chat.Session, d chat.Device, _ int64) {
			tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
				d.UserID = tm.owner.User.ID
				return tx.UpdateDevice(ctx, d)
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			tm := newTeam(t)
			ben := tm.joins("Ben")
			ops := tm.room(tm.owner, ben)
			d := tm.phone(ben.User.ID, "ios")
			tm.post(by(tm.owner), ops, "hi")
			tm.plan(chat.PushPlace{})
			_, list := tm.due()
			if len(list) != 1 {
				t.Fatalf("planned: %v", list)
			}
			if _, ok, err := tm.svc.PushNote(tm.ctx, list[0]); !ok || err != nil {
				t.Fatalf("before: %t, %v", ok, err)
			}
			change(tm, ben, d, ops)
			if note, ok, err := tm.svc.PushNote(tm.ctx, list[0]); ok || err != nil {
				t.Errorf("after: %+v, %v", note, err)
			}
		})
	}
}

func TestBlockedSendersAreNotPushed(t *testing.T) {
	tm := newTeam(t)
	ben := tm.joins("Ben")
	tm.phone(ben.User.ID, "ios")
	room := tm.private(tm.owner, ben)
	tm.post(by(tm.owner), room, "hi")
	must(tm.svc.Block(tm.ctx, ben, tm.owner.User.ID))(t)
	tm.post(by(tm.owner), room, "again")
	tm.plan(chat.PushPlace{})
	_, list := tm.due()
	for _, d := range list {
		if _, ok, err := tm.svc.PushNote(tm.ctx, d); ok || err != nil {
			t.Errorf("%+v is pushed, %v", d, err)
		}
	}
}

// Whatever was posted while the server was down for long is not news any more.
func TestOldMessagesAreNotPushed(t *testing.T) {
	tm := newTeam(t)
	ben := tm.joins("Ben")
	ops := tm.room(tm.owner, ben)
	d := tm.phone(ben.User.ID, "ios")
	post := func() { tm.post(by(tm.owner), ops, "hi") }
	post()
	tm.clock.pass(chat.PushPlanAge + time.Minute)
	post()
	_, n := tm.plan(chat.PushPlace{})
	same(t, n, 1)
	got, _ := tm.due()
	same(t, got, []string{to(chat.AppPush, d)})
}

func TestPushesInALargeRoom(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.MaxMembers = 5_000 })
	const people, phones = 1_700, 2
	var ids []int64
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		ids = nil
		for i := range people {
			u, err := tx.CreateUser(ctx, chat.User{Kind: chat.Person, Name: fmt.Sprint("P", i), Email: fmt.Sprint("p", i, "@example.org"), Verified: true})
			if err != nil {
				return err
			}
			ids = append(ids, u.ID)
			for k := range phones {
				_, err := tx.CreateDevice(ctx, chat.Device{UserID: u.ID, TokenHash: chat.HashSecret(fmt.Sprint(i, k)), PushToken: fmt.Sprint(i, k)})
				if err != nil {
					return err
				}
			}
		}
		return nil
	}))
	room := must(tm.svc.CreateRoom(tm.ctx, tm.owner, chat.NewRoom{Type: chat.Group, Name: "All", UserIDs: ids}))(t)
	for range 2 {
		tm.post(by(tm.owner), room.ID, "hi")
	}
	var planners sync.WaitGroup // of two processes, which both begin anew at each step
	for range 2 {
		node := tm.node()
		planners.Go(func() {
			for at, steps := (chat.PushPlace{}), 0; ; steps++ {
				p, err := node.PlanPushes(tm.ctx, at, bothKinds, false)
				if err != nil || steps > 1_000 {
					t.Errorf("after %d steps: %v", steps, err)
					return
				}
				if p.Added > 2*1_000 {
					t.Errorf("%d deliveries in one transaction", p.Added)
				}
				if !p.More {
					return
				}
			}
		})
	}
	planners.Wait()
	seen := map[string]bool{}
	for {
		list := must(tm.svc.LeaseDeliveries(tm.ctx, chat.AppPush, 1_000, time.Minute))(t)
		if len(list) == 0 {
			break
		}
		for _, d := range list {
			key := fmt.Sprint(d.DeviceID, " ", d.MessageID)
			if seen[key] {
				t.Fatalf("device %d is pushed message %d twice", d.DeviceID, d.MessageID)
			}
			seen[key] = true
		}
	}
	same(t, len(seen), 2*people*phones)
}

func TestDeliveriesEnd(t *testing.T) {
	tm := newTeam(t)
	ben := tm.joins("Ben")
	ops := tm.room(tm.owner, ben)
	phone, web := tm.phone(ben.User.ID, "ios"), tm.browser(ben.User.ID)
	post := func() { tm.post(by(tm.owner), ops, "hi") }
	finish := func(o ...chat.Outcome) { t.Helper(); tm.ok(tm.svc.FinishDeliveries(tm.ctx, o)) }
	post()
	at, _ := tm.plan(chat.PushPlace{})
	_, list := tm.due()
	finish(chat.Outcome{Delivery: list[0], Retry: time.Minute}, chat.Outcome{Delivery: list[1]})
	got, _ := tm.due()
	same(t, len(got), 0)
	tm.clock.pass(time.Minute)
	got, list = tm.due()
	same(t, got, []string{to(chat.AppPush, phone)})
	same(t, list[0].Attempt, 2)
	tm.clock.pass(chat.PushLife) // it will never be too late for the next try
	finish(chat.Outcome{Delivery: list[0], Retry: time.Minute})
	tm.clock.pass(time.Hour)
	got, _ = tm.due()
	same(t, len(got), 0)

	post()
	post()
	at, _ = tm.plan(at)
	_, list = tm.due()
	same(t, len(list), 4)
	finish(chat.Outcome{Delivery: list[0], Gone: phone.PushToken}, chat.Outcome{Delivery: list[2], Gone: "https://push.example/other"})
	device := must(tm.store.Device(tm.ctx, phone.ID))(t)
	if device.PushToken != "" {
		t.Error("a dead token is kept")
	}
	if _, err := tm.store.Subscription(tm.ctx, web.ID); err != nil {
		t.Error("a new subscription is dropped with an old one's push")
	}
	finish(chat.Outcome{Delivery: list[3], Gone: fmt.Sprint("https://push.example/", web.ID)})
	if _, err := tm.store.Subscription(tm.ctx, web.ID); !chat.IsNotFound(err) {
		t.Errorf("a dead subscription is kept: %v", err)
	}
	tm.clock.pass(time.Hour)
	got, _ = tm.due()
	same(t, len(got), 0)
	post()
	_, n := tm.plan(at)
	same(t, n, 0)
}

func TestSweepPushes(t *testing.T) {
	tm := newTeam(t)
	ben := tm.joins("Ben")
	ops := tm.room(tm.owner, ben)
	tm.phone(ben.User.ID, "ios")
	tm.post(by(tm.owner), ops, "hi")
	tm.plan(chat.PushPlace{})
	tm.ok(tm.svc.SweepPushes(tm.ctx))
	if due := must(tm.svc.NextDelivery(tm.ctx, chat.AppPush))(t); due == 0 {
		t.Error("a fresh delivery is swept")
	}
	tm.clock.pass(chat.PushLife + time.Second)
	tm.ok(tm.svc.SweepPushes(tm.ctx))
	if due := must(tm.svc.NextDelivery(tm.ctx, chat.AppPush))(t); due != 0 {
		t.Error("an old delivery is kept")
	}
}
