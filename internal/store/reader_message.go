package store

import (
	"cmp"
	"context"
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
func (r reader) MessagesChanged(ctx context.Context, user int64, since chat.Time, p chat.Page) ([]chat.Message, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).MessagesChanged(ctx, user, int64(since), offset, limit)
	return each(list, failed(err, "messages"), toMessage)
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
		list, err := r.at(ctx).ReceiptsOf(ctx, int64(kind), m.N, m.RoomID, m.FromUser)
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

// OwnAfter implements chat.Reader.
func (r reader) OwnAfter(ctx context.Context, room, user, n int64) (int64, error) {
	count, err := r.at(ctx).OwnAfter(ctx, room, n, user)
	return count, failed(err, "own messages")
}
