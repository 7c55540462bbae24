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
	l := look{edited: c.Edited, params: gen.MessagesChangedParams{
		UserID: user, AfterMs: int64(after.At), AfterID: after.ID, Born: int64(c.Born), MaxRows: limit, SkipRows: offset,
	}}
	l.span = firstSpan * (int64(limit) + int64(offset))
	few, err := r.fewSince(ctx, &l)
	if err != nil {
		return nil, err
	}
	if few {
		return r.look(ctx, l, everything)
	}
	before, err := r.at(ctx).StoredUntil(ctx, l.params.AfterMs-1)
	if err != nil {
		return nil, err
	}
	l.params.FromID = max(before, after.ID) // what is stored later has a higher id than all that is changed until then
	for ; ; l.span *= spanGrowth {
		end, err := r.at(ctx).StoredAfter(ctx, l.params.FromID+l.span)
		if errors.Is(err, sql.ErrNoRows) {
			return r.look(ctx, l, everything)
		}
		if err != nil {
			return nil, err
		}
		if rows, err := r.look(ctx, l, end); err != nil || len(rows) == int(limit) {
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

// costOfRoom is how many messages can be read in the time that finding those of a
// span takes in one room.
const costOfRoom = 64

// look is one search for changes: among about as many messages as its span.
type look struct {
	params gen.MessagesChangedParams
	edited bool // only what was changed after it was stored
	span   int64
}

// everything is the place after all messages.
var everything = gen.StoredAfterRow{ID: math.MaxInt64, CreatedMs: math.MaxInt64}

// Where is looked for what was stored.
const (
	nowhere = iota
	amongAll
	inEachRoom
)

// shorter says where a user's messages are found with less reading, when they are
// among so many that follow each other.
func (r reader) shorter(ctx context.Context, user, span int64) (int64, error) {
	many := min(max(span, 0)/costOfRoom, math.MaxInt32-1) + 1
	rooms, err := r.at(ctx).StaysUpTo(ctx, user, int32(many))
	if rooms == many {
		return amongAll, err
	}
	return inEachRoom, err
}

// look searches up to a place.
func (r reader) look(ctx context.Context, l look, end gen.StoredAfterRow) (rows []gen.MessagesChangedRow, err error) {
	l.params.Until, l.params.UntilID, l.params.Stored = end.CreatedMs, end.ID, nowhere
	if !l.edited {
		if l.params.Stored, err = r.shorter(ctx, l.params.UserID, l.span); err != nil {
			return nil, err
		}
	}
	return r.at(ctx).MessagesChanged(ctx, l.params)
}

// fewSince reports whether surely no more messages than the look's span were stored
// since its moment, which then need no search for where they begin.
func (r reader) fewSince(ctx context.Context, l *look) (bool, error) {
	oldest, err := r.at(ctx).NewestFrom(ctx, l.span)
	if errors.Is(err, sql.ErrNoRows) { // as when a destroyed room had the newest
		return false, nil
	}
	l.params.FromID = oldest.ID
	return oldest.CreatedMs < l.params.AfterMs, err
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
