package chat

import (
	"context"
	"time"
)

// PushNote is what one delivery tells, as things are when it is made.
type PushNote struct {
	Delivery
	Message      MessageView
	Room         Room
	Muted        bool  // the person has muted the room: no sound, nothing on show
	Unread       int64 // messages of the room that the person has not seen
	Token        string
	Subscription Subscription
}

// PushNote gives what a delivery is to tell; false: nothing any more, because
// the session has ended, the person has left the room, blocked the sender or
// seen the message, or it was deleted.
func (s *Service) PushNote(ctx context.Context, d Delivery) (PushNote, bool, error) {
	note, err := view(ctx, s, func(ctx context.Context, r Reader) (PushNote, error) {
		note := PushNote{Delivery: d}
		if err := s.pushAddress(ctx, r, &note); err != nil {
			return PushNote{}, err
		}
		return note, pushContent(ctx, r, &note)
	})
	if IsNotFound(err) {
		return PushNote{}, false, nil
	}
	return note, err == nil, err
}

// pushAddress adds where the push goes. It fails with NotFound when that is
// nowhere any more.
func (s *Service) pushAddress(ctx context.Context, r Reader, note *PushNote) error {
	device, err := r.Device(ctx, note.DeviceID)
	if err != nil {
		return err
	}
	ended := device.TokenHash == nil || device.Expires != 0 && device.Expires <= s.now()
	if ended || device.UserID != note.UserID {
		return Errorf(NotFound, "the session has ended")
	}
	if note.Kind == WebPush {
		note.Subscription, err = r.Subscription(ctx, device.ID)
		if err == nil && note.Subscription.UserID != note.UserID {
			err = Errorf(NotFound, "the browser is someone else's")
		}
		return err
	}
	if note.Token = device.PushToken; note.Token == "" {
		return Errorf(NotFound, "the device has no push token")
	}
	return nil
}

// pushContent adds what the push tells. It fails with NotFound when that is
// nothing any more.
func pushContent(ctx context.Context, r Reader, note *PushNote) error {
	gone := Errorf(NotFound, "there is nothing to tell any more")
	user, err := r.User(ctx, note.UserID)
	if err != nil {
		return err
	}
	m, member, err := seenMessage(ctx, r, note.UserID, note.MessageID)
	if err != nil {
		return err
	}
	if note.Room, err = r.Room(ctx, m.RoomID); err != nil {
		return err
	}
	seen := member.SeenN >= m.N && m.FromUser != note.UserID
	if user.Deleted || m.Deleted || note.Room.Deleted || seen || member.Muted && note.Kind == WebPush {
		return gone
	}
	if note.Room.Type == Private {
		if _, err := r.Block(ctx, note.UserID, m.FromUser); !IsNotFound(err) {
			return gone.unless(err)
		}
	}
	views, err := viewMessages(ctx, r, note.UserID, []Message{m})
	if err != nil {
		return err
	}
	note.Message, note.Muted, note.Unread = views[0], member.Muted, member.Unread(note.Room.LastN)
	return nil
}

// Outcome is how one try of a delivery ended.
type Outcome struct {
	Delivery Delivery
	// Retry is after how long to try again; 0: never.
	Retry time.Duration
	// Gone says that the address does not exist any more: what it was.
	Gone string
}

// LeaseDeliveries takes up to n due deliveries of a kind for a try. Nobody else
// gets them until hold has passed; then they count as lost and are due again.
func (s *Service) LeaseDeliveries(ctx context.Context, kind PushKind, n int, hold time.Duration) ([]Delivery, error) {
	if due, err := s.NextDelivery(ctx, kind); err != nil || due == 0 || due > s.now() {
		return nil, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) ([]Delivery, error) {
		now := s.now()
		return tx.LeaseDeliveries(ctx, kind, n, now, now.Add(hold))
	})
}

// NextDelivery gives when the next delivery of a kind is due; 0: there is none.
func (s *Service) NextDelivery(ctx context.Context, kind PushKind) (Time, error) {
	return s.store.NextDelivery(ctx, kind)
}

// FinishDeliveries notes how tries ended: what is done, too old or without an
// address is dropped, the rest put off.
func (s *Service) FinishDeliveries(ctx context.Context, outcomes []Outcome) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, o := range outcomes {
			if err := s.finishDelivery(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) finishDelivery(ctx context.Context, tx Tx, o Outcome) error {
	again := s.now().Add(o.Retry)
	switch {
	case o.Gone != "":
		return forgetAddress(ctx, tx, o)
	case o.Retry > 0 && again < o.Delivery.Created.Add(PushLife):
		return tx.PutOffDelivery(ctx, o.Delivery, again)
	}
	return tx.DropDelivery(ctx, o.Delivery.ID)
}

// forgetAddress drops an address that does not exist any more, unless the device
// has got another one meanwhile, and what was still to be sent there.
func forgetAddress(ctx context.Context, tx Tx, o Outcome) error {
	d := o.Delivery
	if d.Kind == WebPush {
		sub, err := tx.Subscription(ctx, d.DeviceID)
		if err != nil || sub.Endpoint != o.Gone {
			return tx.DropDelivery(ctx, d.ID)
		}
		if err := tx.DropSubscription(ctx, d.DeviceID); err != nil {
			return err
		}
		return tx.DropDeliveriesTo(ctx, d.DeviceID, d.Kind)
	}
	device, err := tx.Device(ctx, d.DeviceID)
	if err != nil || device.PushToken != o.Gone {
		return tx.DropDelivery(ctx, d.ID)
	}
	device.PushToken, device.Modified = "", tx.Stamp()
	tx.Emit(Event{Kind: AccessChanged, UserID: device.UserID}) // what is remembered of the session is stale
	if err := tx.UpdateDevice(ctx, device); err != nil {
		return err
	}
	return tx.DropDeliveriesTo(ctx, d.DeviceID, d.Kind)
}

// SweepPushes drops deliveries that are too old to be made, and subscriptions of
// ended sessions.
func (s *Service) SweepPushes(ctx context.Context) error {
	before := s.now().Add(-PushLife)
	for {
		dropped, err := update(ctx, s, func(ctx context.Context, tx Tx) (int64, error) {
			if err := tx.DropStaleSubscriptions(ctx); err != nil {
				return 0, err
			}
			return tx.DropOldDeliveries(ctx, before, dropStep)
		})
		if err != nil || dropped < dropStep {
			return err
		}
	}
}
