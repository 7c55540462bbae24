package chat

import "context"

// PushReader asks about pushes.
type PushReader interface {
	// PushPlace gives how far pushes are planned.
	PushPlace(ctx context.Context) (PushPlace, error)
	// AnyPushAddress reports whether any device can be pushed.
	AnyPushAddress(ctx context.Context) (bool, error)
	// PushPage gives the id of the limit-th of a room's members with ids above
	// after, or of the last one, and how many members that are.
	PushPage(ctx context.Context, room, after int64, limit int) (upTo int64, members int, err error)
	// PushTargets lists the devices that can be pushed and are signed in, of the
	// people with after < id <= upTo who are in the message's room and joined
	// before it, by person.
	PushTargets(ctx context.Context, m Message, after, upTo int64) ([]PushTarget, error)
	// Subscription finds where a browser takes pushes for a device.
	Subscription(ctx context.Context, device int64) (Subscription, error)
	// NextDelivery gives when the next delivery of a kind is due; 0: there is
	// none.
	NextDelivery(ctx context.Context, kind PushKind) (Time, error)
}

// PushWriter changes what is known of pushes.
type PushWriter interface {
	SetPushPlace(ctx context.Context, p PushPlace) error
	// AddDeliveries stores new deliveries.
	AddDeliveries(ctx context.Context, list []Delivery) error
	// LeaseDeliveries gives up to limit deliveries of a kind that are due at now,
	// the longest due first, counts a try for each and makes them due again at
	// until.
	LeaseDeliveries(ctx context.Context, kind PushKind, limit int, now, until Time) ([]Delivery, error)
	// PutOffDelivery makes a delivery due at a time, unless it was taken for
	// another try since.
	PutOffDelivery(ctx context.Context, d Delivery, due Time) error
	DropDelivery(ctx context.Context, id int64) error
	// DropDeliveriesTo drops a device's deliveries of a kind.
	DropDeliveriesTo(ctx context.Context, device int64, kind PushKind) error
	// DropOldDeliveries drops up to limit deliveries made before a moment, and
	// tells how many.
	DropOldDeliveries(ctx context.Context, before Time, limit int) (int64, error)
	// SetSubscription stores a device's subscription in place of the one it had,
	// and of any other device's with the same endpoint.
	SetSubscription(ctx context.Context, s Subscription) error
	// DropSubscription drops a device's subscription, if there is one.
	DropSubscription(ctx context.Context, device int64) error
	// DropSubscriptions drops all.
	DropSubscriptions(ctx context.Context) error
	// DropStaleSubscriptions drops those of devices that are signed out or someone
	// else's.
	DropStaleSubscriptions(ctx context.Context) error
}
