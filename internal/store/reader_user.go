package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// User implements chat.Reader.
func (r reader) User(ctx context.Context, id int64) (chat.User, error) {
	u, err := r.at(ctx).User(ctx, id)
	return toUser(u), notFound(err, "user")
}

// Users implements chat.Reader.
func (r reader) Users(ctx context.Context, ids []int64) ([]chat.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r.at(ctx)
	list, err := r.hand.usersByID(ctx, ids)
	return each(list, failed(err, "users"), toUser)
}

// UserByEmail implements chat.Reader.
func (r reader) UserByEmail(ctx context.Context, email string) (chat.User, error) {
	u, err := r.at(ctx).UserByEmail(ctx, text(email))
	return toUser(u), notFound(err, "user")
}

// People implements chat.Reader.
func (r reader) People(ctx context.Context) ([]chat.User, error) {
	list, err := r.at(ctx).People(ctx)
	return each(list, failed(err, "people"), toUser)
}

// PeopleCount implements chat.Reader.
func (r reader) PeopleCount(ctx context.Context) (int64, error) {
	n, err := r.at(ctx).PeopleCount(ctx)
	return n, failed(err, "people")
}

// Contacts implements chat.Reader.
func (r reader) Contacts(ctx context.Context, self int64, keyword string, from int64, limit int) ([]chat.User, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).Contacts(ctx, from, self, contains(keyword), n)
	return each(list, failed(err, "contacts"), toUser)
}

// ContactCount implements chat.Reader.
func (r reader) ContactCount(ctx context.Context, self int64, keyword string) (int64, error) {
	n, err := r.at(ctx).ContactCount(ctx, self, contains(keyword))
	return n, failed(err, "contacts")
}

// UsersChanged implements chat.Reader.
func (r reader) UsersChanged(ctx context.Context, since chat.Time, p chat.Part) ([]chat.Changed[chat.User], error) {
	limit, offset := partLimits(p)
	after := begin(since, p)
	list, err := r.at(ctx).UsersChanged(ctx, int64(after.At), after.ID, offset, limit)
	return each(list, failed(err, "users"), func(u gen.User) chat.Changed[chat.User] {
		return chat.Changed[chat.User]{Entry: toUser(u), Cut: chat.Cut{At: chat.Time(u.ModifiedMs), ID: u.ID}}
	})
}

// SessionByToken implements chat.Reader.
func (r reader) SessionByToken(ctx context.Context, hash []byte) (chat.Session, error) {
	row, err := r.at(ctx).SessionByToken(ctx, hash)
	return chat.Session{User: toUser(row.User), Device: toDevice(row.Device)}, notFound(err, "session")
}

// Device implements chat.Reader.
func (r reader) Device(ctx context.Context, id int64) (chat.Device, error) {
	d, err := r.at(ctx).Device(ctx, id)
	return toDevice(d), notFound(err, "device")
}
