package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// UserByPhone implements chat.Reader.
func (r reader) UserByPhone(ctx context.Context, phone string) (chat.User, error) {
	u, err := r.at(ctx).UserByPhone(ctx, text(phone))
	return toUser(u), notFound(err, "user")
}

// DeviceByClientID implements chat.Reader.
func (r reader) DeviceByClientID(ctx context.Context, clientID string) (chat.Device, error) {
	d, err := r.at(ctx).DeviceByClientID(ctx, text(clientID))
	return toDevice(d), notFound(err, "device")
}

// BrowserDevice implements chat.Reader.
func (r reader) BrowserDevice(ctx context.Context, user int64) (chat.Device, error) {
	d, err := r.at(ctx).BrowserDevice(ctx, user)
	return toDevice(d), notFound(err, "device")
}

// SignInCode implements chat.Reader.
func (r reader) SignInCode(ctx context.Context, clientID string) (chat.SignInCode, error) {
	c, err := r.at(ctx).SignInCode(ctx, clientID)
	return chat.SignInCode{
		ClientID: c.ClientID, UserID: c.UserID, Hash: c.Hash, Tries: c.Tries, Expires: chat.Time(c.ExpiresMs),
	}, notFound(err, "code")
}

// PutSignInCode implements chat.Tx.
func (t *txn) PutSignInCode(ctx context.Context, c chat.SignInCode) error {
	return t.stored(t.write(ctx).PutSignInCode(ctx, gen.PutSignInCodeParams{
		ClientID: c.ClientID, UserID: c.UserID, Hash: c.Hash, Tries: c.Tries, ExpiresMs: int64(c.Expires),
	}), "code")
}

// DeleteSignInCode implements chat.Tx.
func (t *txn) DeleteSignInCode(ctx context.Context, clientID string) error {
	return t.stored(t.write(ctx).DeleteSignInCode(ctx, clientID), "code")
}

// DeleteSignInCodes implements chat.Tx.
func (t *txn) DeleteSignInCodes(ctx context.Context, user int64) error {
	return t.stored(t.write(ctx).DeleteSignInCodes(ctx, user), "codes")
}

// DropSignInCodes implements chat.Tx.
func (t *txn) DropSignInCodes(ctx context.Context, before chat.Time) error {
	return t.stored(t.write(ctx).DropSignInCodes(ctx, int64(before)), "codes")
}

// EndMobileSessions implements chat.Tx.
func (t *txn) EndMobileSessions(ctx context.Context, user, except int64) error {
	return t.stored(t.write(ctx).EndMobileSessions(ctx, int64(t.Stamp()), user, except), "devices")
}

// DeleteDevices implements chat.Tx.
func (t *txn) DeleteDevices(ctx context.Context, user int64) error {
	return t.stored(t.write(ctx).DeleteDevices(ctx, user), "devices")
}
