package store

import (
	"context"
	"database/sql"
	"strings"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// phonePattern gives the LIKE pattern for numbers that hold a keyword, one that
// fits none unless it is digits.
func phonePattern(keyword string) string {
	digits := strings.TrimPrefix(keyword, "+")
	if keyword != "" && (digits == "" || strings.Trim(digits, "0123456789") != "") {
		return ""
	}
	return contains(keyword)
}

// UsersListed implements chat.Reader.
func (r reader) UsersListed(ctx context.Context, f chat.UserFilter, p chat.Page) ([]chat.User, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).UsersListed(ctx, gen.UsersListedParams{
		OnlyVerified: f.Verified, Pattern: contains(f.Keyword), PhonePattern: phonePattern(f.Keyword), SkipRows: offset, MaxRows: limit,
	})
	return each(list, failed(err, "users"), toUser)
}

// CountUsers implements chat.Reader.
func (r reader) CountUsers(ctx context.Context) (int64, error) {
	n, err := r.at(ctx).CountUsers(ctx)
	return n, failed(err, "users")
}

// DevicesListed implements chat.Reader.
func (r reader) DevicesListed(ctx context.Context, f chat.DeviceFilter, p chat.Page) ([]chat.Device, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).DevicesListed(ctx, f.UserID, contains(f.Keyword), offset, limit)
	return each(list, failed(err, "devices"), toDevice)
}

// CountDevices implements chat.Reader.
func (r reader) CountDevices(ctx context.Context) (int64, error) {
	n, err := r.at(ctx).CountDevices(ctx)
	return n, failed(err, "devices")
}

// RoomsListed implements chat.Reader.
func (r reader) RoomsListed(ctx context.Context, f chat.RoomFilter, p chat.Page) ([]chat.Room, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).RoomsListed(ctx, gen.RoomsListedParams{
		Deleted: f.Deleted, Type: string(f.Type), Pattern: contains(f.Keyword), UserID: f.UserID, SkipRows: offset, MaxRows: limit,
	})
	return each(list, failed(err, "rooms"), toRoom)
}

// CountOpenRooms implements chat.Reader.
func (r reader) CountOpenRooms(ctx context.Context) (int64, error) {
	n, err := r.at(ctx).CountOpenRooms(ctx)
	return n, failed(err, "rooms")
}

// PostedPerHour implements chat.Reader.
func (r reader) PostedPerHour(ctx context.Context, from, to chat.Time) ([]chat.HourCount, error) {
	after, err := r.at(ctx).StoredUntil(ctx, int64(from)-1)
	if err != nil {
		return nil, failed(err, "messages")
	}
	last, err := r.at(ctx).StoredUntil(ctx, int64(to)-1)
	if err != nil {
		return nil, failed(err, "messages")
	}
	list, err := r.at(ctx).PostedPerHour(ctx, after, last)
	return each(list, failed(err, "messages"), func(h gen.PostedPerHourRow) chat.HourCount {
		return chat.HourCount{Hour: h.Hour, Posted: h.Posted}
	})
}

// RoomsToPurge implements chat.Reader.
func (r reader) RoomsToPurge(ctx context.Context) ([]int64, error) {
	ids, err := r.at(ctx).RoomsToPurge(ctx)
	return ids, failed(err, "rooms")
}

// DeleteDevice implements chat.Tx.
func (t *txn) DeleteDevice(ctx context.Context, id int64) error {
	return t.stored(t.write(ctx).DeleteDevice(ctx, id), "device")
}

// PurgeRoom implements chat.Tx.
func (t *txn) PurgeRoom(ctx context.Context, room chat.Room) error {
	q := t.write(ctx)
	t.w.rows.clear() // nothing is held back: the line above has written it
	steps := []error{
		q.PurgeRoom(ctx, room.ID, int64(t.Stamp())),
		q.EndStays(ctx, nullInt(room.LastN), nullInt(t.NextSeq()), int64(t.Stamp()), room.ID),
		q.BlindStays(ctx, room.LastN, room.ID),
	}
	for _, purge := range []func(context.Context, int64) error{q.PurgeKeys, q.PurgeNotes, q.PurgeWebhooks, q.PurgeDeliveries} {
		steps = append(steps, purge(ctx, room.ID))
	}
	for _, err := range steps {
		if err := t.stored(err, "room"); err != nil {
			return err
		}
	}
	return nil
}

func nullInt(n int64) sql.NullInt64 { return sql.NullInt64{Int64: n, Valid: true} }

// One step of emptying a room forgets at most purgeStep messages, and purgeFiles
// that bring files: those take longer.
const (
	purgeStep  = 1_000
	purgeFiles = 100
)

// PurgeStep implements chat.Tx.
func (t *txn) PurgeStep(ctx context.Context, room int64) ([]int64, bool, error) {
	q := t.write(ctx)
	first, err := q.NextToPurge(ctx, room)
	if err != nil {
		return nil, false, failed(err, "messages")
	}
	if first > 0 {
		files, err := t.purgeMessages(ctx, room, first+purgeStep-1)
		return files, err == nil, err
	}
	user, err := q.ReceiptHolder(ctx, room)
	if err != nil || user == 0 {
		return nil, false, failed(err, "receipts")
	}
	return nil, true, t.stored(q.PurgeReceipts(ctx, room, user), "receipts")
}

// purgeMessages forgets a room's messages up to a number, or up to the last of
// purgeFiles that bring files, and gives the files.
func (t *txn) purgeMessages(ctx context.Context, room, upTo int64) ([]int64, error) {
	q := t.write(ctx)
	rows, err := q.FilesToPurge(ctx, room, upTo, purgeFiles)
	if err != nil {
		return nil, failed(err, "messages")
	}
	var files []int64
	for _, m := range rows {
		files = append(files, m.FileID, m.ThumbID)
	}
	if len(rows) == purgeFiles {
		upTo = rows[purgeFiles-1].N
	}
	for _, purge := range []func(context.Context, int64, int64) error{q.PurgeReactions, q.PurgeHidden, q.PurgeMilestones, q.PurgeMessages} {
		if err := t.stored(purge(ctx, room, upTo), "messages"); err != nil {
			return nil, err
		}
	}
	return files, nil
}
