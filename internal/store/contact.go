package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// UsersByPhoneHash implements chat.Reader.
func (r reader) UsersByPhoneHash(ctx context.Context, hashes []string) ([]chat.User, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	r.at(ctx)
	list, err := r.hand.usersByPhoneHash(ctx, hashes)
	return each(list, failed(err, "users"), toUser)
}

// OwnContacts implements chat.Reader.
func (r reader) OwnContacts(ctx context.Context, self int64, keyword string, from int64, limit int) ([]chat.User, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).OwnContacts(ctx, from, self, contains(keyword), n)
	return each(list, failed(err, "contacts"), toUser)
}

// OwnContactCount implements chat.Reader.
func (r reader) OwnContactCount(ctx context.Context, self int64, keyword string) (int64, error) {
	n, err := r.at(ctx).OwnContactCount(ctx, self, contains(keyword))
	return n, failed(err, "contacts")
}

// IsContact implements chat.Reader.
func (r reader) IsContact(ctx context.Context, self, other int64) (bool, error) {
	n, err := r.at(ctx).IsContact(ctx, self, other)
	return n > 0, failed(err, "contact")
}

// ShareRoom implements chat.Reader.
func (r reader) ShareRoom(ctx context.Context, user, other int64) (bool, error) {
	n, err := r.at(ctx).SharedRooms(ctx, user, other)
	return n > 0, failed(err, "shared rooms")
}

// ContactHolders implements chat.Reader.
func (r reader) ContactHolders(ctx context.Context, user int64) ([]int64, error) {
	ids, err := r.at(ctx).ContactHolders(ctx, user)
	return ids, failed(err, "contacts")
}

// OwnUsersChanged implements chat.Reader.
func (r reader) OwnUsersChanged(ctx context.Context, self int64, since chat.Time, p chat.Part) ([]chat.Changed[chat.User], error) {
	limit, offset := partLimits(p)
	after := begin(since, p)
	list, err := r.at(ctx).OwnUsersChanged(ctx, gen.OwnUsersChangedParams{
		Self: self, AfterMs: int64(after.At), AfterID: after.ID, MaxRows: limit, SkipRows: offset,
	})
	return each(list, failed(err, "users"), func(row gen.OwnUsersChangedRow) chat.Changed[chat.User] {
		return chat.Changed[chat.User]{Entry: toUser(row.User), Cut: chat.Cut{At: chat.Time(row.ChangedMs), ID: row.User.ID}}
	})
}

// ConfirmContacts implements chat.Tx.
func (t *txn) ConfirmContacts(ctx context.Context, user int64, others []int64) error {
	if len(others) == 0 {
		return nil
	}
	t.write(ctx)
	return t.stored(t.hand.confirmContacts(ctx, others, user, int64(t.Stamp())), "contacts")
}

// DropContacts implements chat.Tx.
func (t *txn) DropContacts(ctx context.Context, user int64, before chat.Time) error {
	return t.stored(t.write(ctx).DropContacts(ctx, user, int64(before)), "contacts")
}

// DeleteContactsAbout implements chat.Tx.
func (t *txn) DeleteContactsAbout(ctx context.Context, user int64) error {
	return t.stored(t.write(ctx).DeleteContactsAbout(ctx, user), "contacts")
}
