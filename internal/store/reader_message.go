package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// Message implements chat.Reader.
func (r reader) Message(ctx context.Context, id int64) (chat.Message, error) {
	m, err := r.at(ctx).Message(ctx, id)
	return toMessage(m), notFound(err, "message")
}

// MessageByClientID implements chat.Reader.
func (r reader) MessageByClientID(ctx context.Context, from int64, clientID string) (chat.Message, error) {
	m, err := r.at(ctx).MessageByClientID(ctx, from, text(clientID))
	return toMessage(m), notFound(err, "message")
}

// Messages implements chat.Reader.
func (r reader) Messages(ctx context.Context, room, from, to int64, limit int) ([]chat.Message, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).Messages(ctx, room, from, to, n)
	return each(list, failed(err, "messages"), toMessage)
}

// MessagesByID implements chat.Reader.
func (r reader) MessagesByID(ctx context.Context, ids []int64) ([]chat.Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r.at(ctx)
	list, err := r.hand.messagesByID(ctx, ids)
	return each(list, failed(err, "messages"), toMessage)
}

// MessagesChanged implements chat.Reader.
func (r reader) MessagesChanged(ctx context.Context, user int64, c chat.Changes, p chat.Part) ([]chat.Changed[chat.Message], error) {
	changed, err := r.changed(ctx, user, c, p)
	if err != nil {
		return nil, failed(err, "messages")
	}
	ids := make([]int64, len(changed))
	place := make(map[int64]int, len(changed))
	for i, row := range changed {
		ids[i], place[row.ID] = row.ID, i
	}
	list, err := r.MessagesByID(ctx, ids)
	slices.SortFunc(list, func(a, b chat.Message) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return each(list, err, func(m chat.Message) chat.Changed[chat.Message] {
		at := chat.Time(changed[place[m.ID]].ChangedMs)
		return chat.Changed[chat.Message]{Entry: m, Cut: chat.Cut{At: at, ID: m.ID}}
	})
}

// changed finds the ids of a page of changes. All that changed in a user's rooms
// may be a million messages, which would have to be sorted for one page. So it
// looks first at the changes made while a few times as many messages were stored, in
// all rooms, as the page needs, then at more and more.
func (r reader) changed(ctx context.Context, user int64, c chat.Changes, p chat.Part) ([]gen.MessagesChangedRow, error) {
	limit, offset := partLimits(p)
	after := begin(max(c.Since, c.Born-1), p)
	params := gen.MessagesChangedParams{
		UserID: user, AfterMs: int64(after.At), AfterID: after.ID, Born: int64(c.Born), MaxRows: limit, SkipRows: offset,
	}
	if c.Edited {
		params.Edited = 1
	}
	wanted := int64(limit) + int64(offset)
	span := firstSpan * wanted
	few, err := r.fewSince(ctx, params.AfterMs, span)
	if err != nil {
		return nil, err
	}
	if few {
		return r.changedUntil(ctx, params, everything)
	}
	last, err := r.at(ctx).StoredUntil(ctx, params.AfterMs)
	if err != nil {
		return nil, err
	}
	for ; ; span *= spanGrowth {
		end, err := r.at(ctx).StoredAfter(ctx, last+span)
		if errors.Is(err, sql.ErrNoRows) {
			return r.changedUntil(ctx, params, everything)
		}
		if err != nil {
			return nil, err
		}
		if rows, err := r.changedUntil(ctx, params, end); err != nil || len(rows) == int(limit) {
			return rows, err
		}
	}
}

// A person who is in all rooms finds a page among about as many of the messages that
// follow, one who is in few rooms among many more. So the first look goes over
// firstSpan times as many messages as are wanted, each further one over spanGrowth
// times as many as the one before.
const (
	firstSpan  = 4
	spanGrowth = 4
)

// everything is the place after all messages.
var everything = gen.StoredAfterRow{ID: math.MaxInt64, CreatedMs: math.MaxInt64}

func (r reader) changedUntil(ctx context.Context, p gen.MessagesChangedParams, end gen.StoredAfterRow) ([]gen.MessagesChangedRow, error) {
	p.Until, p.UntilID = end.CreatedMs, end.ID
	return r.at(ctx).MessagesChanged(ctx, p)
}

// fewSince reports whether surely no more than so many messages were stored since a
// moment.
func (r reader) fewSince(ctx context.Context, after, few int64) (bool, error) {
	oldest, err := r.at(ctx).NewestFrom(ctx, few)
	if errors.Is(err, sql.ErrNoRows) { // as when a destroyed room had the newest
		return false, nil
	}
	return oldest <= after, err
}

// Positions implements chat.Reader.
func (r reader) Positions(ctx context.Context, room, from int64) ([]chat.Position, error) {
	list, err := r.at(ctx).Positions(ctx, room, from)
	return each(list, failed(err, "positions"), func(p gen.PositionsRow) chat.Position { return chat.Position(p) })
}

// Receipts implements chat.Reader.
func (r reader) Receipts(ctx context.Context, m chat.Message) ([]chat.Receipt, error) {
	var out []chat.Receipt
	for _, kind := range []chat.ReceiptKind{chat.Delivered, chat.Seen} {
		list, err := r.at(ctx).ReceiptsOf(ctx, gen.ReceiptsOfParams{Kind: int64(kind), N: m.N, RoomID: m.RoomID, Sender: m.FromUser, MessageID: m.ID})
		if err != nil {
			return nil, failed(err, "receipts")
		}
		for _, row := range list {
			out = append(out, chat.Receipt{MessageID: m.ID, RoomID: m.RoomID, UserID: row.UserID, Kind: kind, At: chat.Time(row.AtMs)})
		}
	}
	slices.SortStableFunc(out, func(a, b chat.Receipt) int { return cmp.Compare(a.At, b.At) })
	return out, nil
}

// PeoplePosting implements chat.Reader.
func (r reader) PeoplePosting(ctx context.Context, room, from, to int64) ([]int64, error) {
	ids, err := r.at(ctx).PeoplePosting(ctx, room, from, to)
	return ids, failed(err, "senders")
}

// SkippedWithin implements chat.Reader.
func (r reader) SkippedWithin(ctx context.Context, room, user, after, to int64) (int64, error) {
	count, err := r.at(ctx).SkippedWithin(ctx, room, after, to, user)
	return count, failed(err, "own messages")
}

// ReceiptOf implements chat.Reader.
func (r reader) ReceiptOf(ctx context.Context, m chat.Message, user int64, kind chat.ReceiptKind) (chat.Receipt, error) {
	row, err := r.at(ctx).ReceiptOf(ctx, m.RoomID, user, int64(kind), m.N)
	if err == nil && row.FromN > m.N {
		err = sql.ErrNoRows
	}
	return chat.Receipt{MessageID: m.ID, RoomID: m.RoomID, UserID: user, Kind: kind, At: chat.Time(row.AtMs)}, notFound(err, "receipt")
}
