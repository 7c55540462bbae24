package chat

import (
	"context"
	"strings"
	"time"
)

// PushKind says through what a device is pushed: told of a message while nobody
// looks at it.
type PushKind string

// The kinds of push.
const (
	AppPush PushKind = "app" // an app, by its push token
	WebPush PushKind = "web" // a browser, by its subscription
)

// PushKinds are the kinds that a server can push through.
type PushKinds struct{ App, Web bool }

// Bounds of pushing.
const (
	// PushPlanAge is how old a message may be when its pushes are planned: what
	// was posted before a server that was down came back is not pushed any more.
	PushPlanAge = time.Hour
	// PushLife is how long a push is tried.
	PushLife = 24 * time.Hour

	pushEventPage  = 500
	pushPeoplePage = 500 // members looked at in one step
	pushPlanSize   = 500 // deliveries planned in one transaction, about
)

// PushPlace is how far planning has come: the messages up to event number Seq
// are planned, and of the next one the people with ids up to User.
type PushPlace struct{ Seq, User int64 }

func (p PushPlace) before(q PushPlace) bool {
	return p.Seq < q.Seq || p.Seq == q.Seq && p.User < q.User
}

// PushTarget is a device that could be told of a message.
type PushTarget struct {
	DeviceID, UserID int64
	OSName           string
	Expires          Time // of its session; 0: never
	Muted            bool // the person has muted the room
	App, Web         bool // by what it can be reached
}

// Delivery is one push that is still to be made.
type Delivery struct {
	ID                                  int64
	Kind                                PushKind
	DeviceID, UserID, RoomID, MessageID int64
	Attempt                             int64 // tries begun, this one included
	Due                                 Time
	Created                             Time
}

// PushPlan is what one step of planning has done.
type PushPlan struct {
	Place   PushPlace
	Added   int  // deliveries
	Unsaved bool // the place is only known here
	More    bool // there is more to plan: go on from Place
}

// PlanPushes writes down the pushes for messages that nobody has planned yet, a
// bounded number at a time. from is the place reached by this process, zero at
// first. The place is stored together with deliveries, so that each message is
// planned once however many processes plan; without deliveries it is stored only
// when save is set.
func (s *Service) PlanPushes(ctx context.Context, from PushPlace, via PushKinds, save bool) (PushPlan, error) {
	var stored PushPlace
	var list []Delivery
	plan, err := view(ctx, s, func(ctx context.Context, r Reader) (plan PushPlan, err error) {
		if stored, err = r.PushPlace(ctx); err != nil {
			return plan, err
		}
		if from.before(stored) {
			from = stored
		}
		plan, list, err = s.planPushes(ctx, r, from, via)
		return plan, err
	})
	plan.Added = len(list)
	plan.Unsaved = stored.before(plan.Place)
	if err != nil || plan.Added == 0 && (!save || !plan.Unsaved) {
		return plan, err
	}
	saved, err := update(ctx, s, func(ctx context.Context, tx Tx) (bool, error) {
		now, err := tx.PushPlace(ctx)
		if err != nil || now != stored { // another process was quicker
			return false, err
		}
		if err := tx.AddDeliveries(ctx, list); err != nil {
			return false, err
		}
		return true, tx.SetPushPlace(ctx, plan.Place)
	})
	if err != nil || !saved {
		return PushPlan{Place: from, More: err == nil}, err
	}
	plan.Unsaved = false
	return plan, nil
}

func (s *Service) planPushes(ctx context.Context, r Reader, at PushPlace, via PushKinds) (PushPlan, []Delivery, error) {
	seq, _, err := r.Now(ctx)
	if err != nil {
		return PushPlan{}, nil, err
	}
	forgotten, err := r.Forgotten(ctx)
	if err != nil {
		return PushPlan{}, nil, err
	}
	if at.Seq < forgotten {
		at = PushPlace{Seq: forgotten}
	}
	if any, err := r.AnyPushAddress(ctx); err != nil || !any {
		return PushPlan{Place: PushPlace{Seq: max(seq, at.Seq)}}, nil, err
	}
	events, err := r.Events(ctx, at.Seq, seq, pushEventPage)
	if err != nil {
		return PushPlan{}, nil, err
	}
	var list []Delivery
	for _, e := range events {
		if e.Kind == MessagePosted && e.At.Add(PushPlanAge) >= s.now() {
			if list, at.User, err = s.planMessage(ctx, r, planning{e, via, at.User, list}); err != nil {
				return PushPlan{}, nil, err
			}
			if at.User != 0 {
				return PushPlan{Place: at, More: true}, list, nil
			}
		}
		at = PushPlace{Seq: e.Seq}
		if len(list) >= pushPlanSize {
			return PushPlan{Place: at, More: true}, list, nil
		}
	}
	more := len(events) == pushEventPage
	if !more {
		at.Seq = max(at.Seq, seq)
	}
	return PushPlan{Place: at, More: more}, list, nil
}

// planning is where the planning of one message stands.
type planning struct {
	event Event
	via   PushKinds
	after int64 // people up to this id are planned
	list  []Delivery
}

// planMessage adds the pushes of one message. It gives up when there are many, and
// tells up to which person it came; 0: it is done.
func (s *Service) planMessage(ctx context.Context, r Reader, p planning) ([]Delivery, int64, error) {
	m, err := r.Message(ctx, p.event.MessageID)
	if err != nil || m.Deleted || m.Type == SystemType {
		if IsNotFound(err) {
			err = nil
		}
		return p.list, 0, err
	}
	now := s.now()
	for {
		upTo, people, err := r.PushPage(ctx, m.RoomID, p.after, pushPeoplePage)
		if err != nil || people == 0 {
			return p.list, 0, err
		}
		targets, err := r.PushTargets(ctx, m, p.after, upTo)
		if err != nil {
			return p.list, 0, err
		}
		for _, t := range targets {
			p.list = append(p.list, p.to(t, m, now)...)
		}
		p.after = upTo
		switch {
		case people < pushPeoplePage:
			return p.list, 0, nil
		case len(p.list) >= pushPlanSize:
			return p.list, upTo, nil
		}
	}
}

// to gives the pushes to one device: none to the posting one, to one whose
// session has ended, and to the sender's others, but for apps on Android, which
// rely on it.
func (p planning) to(t PushTarget, m Message, now Time) []Delivery {
	own := t.UserID == m.FromUser
	if t.DeviceID == p.event.ExceptDevice || t.Expires != 0 && t.Expires <= now || own && !strings.EqualFold(t.OSName, "android") {
		return nil
	}
	d := Delivery{DeviceID: t.DeviceID, UserID: t.UserID, RoomID: m.RoomID, MessageID: m.ID, Due: now, Created: now}
	var out []Delivery
	if t.App && p.via.App {
		d.Kind = AppPush
		out = append(out, d)
	}
	if t.Web && p.via.Web && !t.Muted && !own { // browsers show whatever they get
		d.Kind = WebPush
		out = append(out, d)
	}
	return out
}
