package store

import (
	"context"
	"database/sql"
	"errors"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// PushPlace implements chat.Reader.
func (r reader) PushPlace(ctx context.Context) (chat.PushPlace, error) {
	p, err := r.at(ctx).PushPlace(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.PushPlace{}, nil
	}
	return chat.PushPlace{Seq: p.Seq, User: p.UserID}, failed(err, "push place")
}

// AnyPushAddress implements chat.Reader.
func (r reader) AnyPushAddress(ctx context.Context) (bool, error) {
	found, err := r.at(ctx).AnyPushAddress(ctx)
	return found, failed(err, "push addresses")
}

// PushPage implements chat.Reader.
func (r reader) PushPage(ctx context.Context, room, after int64, limit int) (int64, int, error) {
	n, _ := limits(chat.Page{Limit: limit})
	p, err := r.at(ctx).PushPage(ctx, room, after, n)
	return p.LastUser, int(p.People), failed(err, "members")
}

// PushTargets implements chat.Reader.
func (r reader) PushTargets(ctx context.Context, m chat.Message, after, upTo int64) ([]chat.PushTarget, error) {
	list, err := r.at(ctx).PushTargets(ctx, m.RoomID, after, upTo, m.N)
	return each(list, failed(err, "push targets"), func(t gen.PushTargetsRow) chat.PushTarget {
		return chat.PushTarget{
			DeviceID: t.ID, UserID: t.UserID, OSName: t.OsName, Expires: chat.Time(t.ExpiresMs), Muted: t.Muted, App: t.App, Web: t.Web,
		}
	})
}

// Subscription implements chat.Reader.
func (r reader) Subscription(ctx context.Context, device int64) (chat.Subscription, error) {
	s, err := r.at(ctx).Subscription(ctx, device)
	return chat.Subscription{
		DeviceID: s.DeviceID, UserID: s.UserID, Endpoint: s.Endpoint, Key: s.Key, Secret: s.Secret, Created: chat.Time(s.CreatedMs),
	}, notFound(err, "subscription")
}

// NextDelivery implements chat.Reader.
func (r reader) NextDelivery(ctx context.Context, kind chat.PushKind) (chat.Time, error) {
	due, err := r.at(ctx).NextDelivery(ctx, string(kind))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return chat.Time(due), failed(err, "deliveries")
}

// SetPushPlace implements chat.Tx.
func (t *txn) SetPushPlace(ctx context.Context, p chat.PushPlace) error {
	return t.stored(t.write(ctx).SetPushPlace(ctx, p.Seq, p.User), "push place")
}

// AddDeliveries implements chat.Tx.
func (t *txn) AddDeliveries(ctx context.Context, list []chat.Delivery) error {
	if len(list) == 0 {
		return nil
	}
	t.write(ctx)
	args := make([]any, 0, len(list)*t.w.insert.deliveries.width)
	for _, d := range list {
		args = append(args, string(d.Kind), d.DeviceID, d.UserID, d.RoomID, d.MessageID, d.Attempt, int64(d.Due), int64(d.Created))
	}
	return t.stored(t.w.insert.deliveries.insert(ctx, t.tx, args), "deliveries")
}

// LeaseDeliveries implements chat.Tx.
func (t *txn) LeaseDeliveries(ctx context.Context, kind chat.PushKind, limit int, now, until chat.Time) ([]chat.Delivery, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := t.write(ctx).LeaseDeliveries(ctx, int64(until), string(kind), int64(now), n)
	return each(list, t.stored(err, "deliveries"), toDelivery)
}

func toDelivery(d gen.Delivery) chat.Delivery {
	return chat.Delivery{
		ID: d.ID, Kind: chat.PushKind(d.Kind), DeviceID: d.DeviceID, UserID: d.UserID, RoomID: d.RoomID, MessageID: d.MessageID,
		Attempt: d.Attempt, Due: chat.Time(d.DueMs), Created: chat.Time(d.CreatedMs),
	}
}

// PutOffDelivery implements chat.Tx.
func (t *txn) PutOffDelivery(ctx context.Context, d chat.Delivery, due chat.Time) error {
	return t.stored(t.write(ctx).PutOffDelivery(ctx, int64(due), d.ID, d.Attempt), "delivery")
}

// DropDelivery implements chat.Tx.
func (t *txn) DropDelivery(ctx context.Context, id int64) error {
	return t.stored(t.write(ctx).DropDelivery(ctx, id), "delivery")
}

// DropDeliveriesTo implements chat.Tx.
func (t *txn) DropDeliveriesTo(ctx context.Context, device int64, kind chat.PushKind) error {
	return t.stored(t.write(ctx).DropDeliveriesTo(ctx, device, string(kind)), "deliveries")
}

// DropOldDeliveries implements chat.Tx.
func (t *txn) DropOldDeliveries(ctx context.Context, before chat.Time, limit int) (int64, error) {
	n, _ := limits(chat.Page{Limit: limit})
	dropped, err := t.write(ctx).DropOldDeliveries(ctx, int64(before), n)
	return dropped, t.stored(err, "deliveries")
}

// SetSubscription implements chat.Tx.
func (t *txn) SetSubscription(ctx context.Context, s chat.Subscription) error {
	q := t.write(ctx)
	if err := t.stored(q.DropEndpoint(ctx, s.Endpoint, s.DeviceID), "subscription"); err != nil {
		return err
	}
	return t.stored(q.SetSubscription(ctx, gen.SetSubscriptionParams{
		DeviceID: s.DeviceID, UserID: s.UserID, Endpoint: s.Endpoint, Key: s.Key, Secret: s.Secret, CreatedMs: int64(t.Stamp()),
	}), "subscription")
}

// DropSubscription implements chat.Tx.
func (t *txn) DropSubscription(ctx context.Context, device int64) error {
	return t.stored(t.write(ctx).DropSubscription(ctx, device), "subscription")
}

// DropSubscriptions implements chat.Tx.
func (t *txn) DropSubscriptions(ctx context.Context) error {
	return t.stored(t.write(ctx).DropSubscriptions(ctx), "subscriptions")
}

// DropStaleSubscriptions implements chat.Tx.
func (t *txn) DropStaleSubscriptions(ctx context.Context) error {
	return t.stored(t.write(ctx).DropStaleSubscriptions(ctx), "subscriptions")
}
