package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// What is hidden from whom, reactions, and changes of messages.

// HiddenAmong implements chat.Reader.
func (r reader) HiddenAmong(ctx context.Context, user int64, ids []int64) ([]chat.Hidden, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r.at(ctx)
	rows, err := list(ctx, r.hand, r.hand.hiddenAmong, []any{r.hand.d.ids(ids), user}, scanHidden)
	return each(rows, failed(err, "hidden messages"), toHidden)
}

// HiddenOf implements chat.Reader.
func (r reader) HiddenOf(ctx context.Context, ids []int64) ([]chat.Hidden, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r.at(ctx)
	rows, err := list(ctx, r.hand, r.hand.hiddenOf, []any{r.hand.d.ids(ids)}, scanHidden)
	return each(rows, failed(err, "hidden messages"), toHidden)
}

// WithheldCount implements chat.Reader.
func (r reader) WithheldCount(ctx context.Context, room, user, n int64) (int64, error) {
	count, err := r.at(ctx).WithheldCount(ctx, user, room, n)
	return count, failed(err, "withheld messages")
}

// MessagesFor implements chat.Reader.
func (r reader) MessagesFor(ctx context.Context, user int64, s chat.Stretch) ([]chat.Message, error) {
	n, _ := limits(chat.Page{Limit: s.Limit})
	args := gen.MessagesForParams{RoomID: s.RoomID, FromN: s.From, ToN: s.To, UserID: user, MaxRows: n}
	var rows []gen.Message
	var err error
	if s.Up {
		rows, err = r.at(ctx).MessagesUpFor(ctx, gen.MessagesUpForParams(args))
	} else {
		rows, err = r.at(ctx).MessagesFor(ctx, args)
	}
	return each(rows, failed(err, "messages"), toMessage)
}

// MediaFor implements chat.Reader.
func (r reader) MediaFor(ctx context.Context, user int64, kind string, s chat.Stretch) ([]chat.Message, error) {
	n, _ := limits(chat.Page{Limit: s.Limit})
	args := gen.MediaForParams{RoomID: s.RoomID, Type: kind, FromN: s.From, ToN: s.To, UserID: user, MaxRows: n}
	var rows []gen.Message
	var err error
	switch {
	case kind == "":
		rows, err = r.at(ctx).LinksFor(ctx, gen.LinksForParams{RoomID: s.RoomID, FromN: s.From, ToN: s.To, UserID: user, MaxRows: n})
	case s.Up:
		rows, err = r.at(ctx).MediaUpFor(ctx, gen.MediaUpForParams(args))
	default:
		rows, err = r.at(ctx).MediaFor(ctx, args)
	}
	return each(rows, failed(err, "messages"), toMessage)
}

// CountMedia implements chat.Reader.
func (r reader) CountMedia(ctx context.Context, user int64, kind string, s chat.Stretch) (int64, error) {
	if kind == "" {
		n, err := r.at(ctx).CountLinks(ctx, s.RoomID, s.From, s.To, user)
		return n, failed(err, "messages")
	}
	n, err := r.at(ctx).CountMedia(ctx, gen.CountMediaParams{RoomID: s.RoomID, Type: kind, FromN: s.From, ToN: s.To, UserID: user})
	return n, failed(err, "messages")
}

// Peer implements chat.Reader.
func (r reader) Peer(ctx context.Context, room, user int64) (int64, error) {
	peer, err := r.at(ctx).Peer(ctx, room, user)
	return peer, notFound(err, "member")
}

// Peer implements chat.Reader. Every post in a private room asks it, so that
// neither the held rows are written for it nor the database is asked twice.
func (t *txn) Peer(ctx context.Context, room, user int64) (int64, error) {
	peer, err := cached(&t.w.rows.peers, memberKey{room, user}, func() (int64, error) {
		peer, err := t.reader.Peer(ctx, room, user)
		if chat.IsNotFound(err) {
			return 0, nil // that there is none is worth knowing, too
		}
		return peer, err
	})
	if err == nil && peer == 0 {
		err = chat.Errorf(chat.NotFound, "member not found")
	}
	return peer, err
}

// Reaction implements chat.Reader.
func (r reader) Reaction(ctx context.Context, message, user int64) (chat.Reaction, error) {
	row, err := r.at(ctx).Reaction(ctx, message, user)
	return toReaction(row), notFound(err, "reaction")
}

// Reactions implements chat.Reader.
func (r reader) Reactions(ctx context.Context, ids []int64, limit int) ([]chat.Reaction, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r.at(ctx)
	rows, err := list(ctx, r.hand, r.hand.reactions, []any{r.hand.d.ids(ids), limit}, scanReaction)
	return each(rows, failed(err, "reactions"), toReaction)
}

// RecordsChanged implements chat.Reader.
func (r reader) RecordsChanged(ctx context.Context, user int64, c chat.Changes, p chat.Part) ([]chat.Changed[chat.RecordPlace], error) {
	after := begin(c.Since, p)
	params := gen.RecordsChangedParams{
		UserID: user, Born: int64(c.Born), MaxRows: int64(p.Limit), SkipRows: int64(p.Offset),
		AfterMs: int64(after.At), AfterRoom: after.RoomID, AfterUser: after.UserID, AfterRank: after.Rank, AfterN: after.ID,
	}
	rows, err := r.records(ctx, params)
	return each(rows, failed(err, "records"), toRecordPlace)
}

// records finds a page of records, once it is known where the messages begin.
func (r reader) records(ctx context.Context, p gen.RecordsChangedParams) ([]gen.RecordsChangedRow, error) {
	q := r.at(ctx)
	newest, err := q.Clock(ctx)
	if err != nil {
		return nil, err
	}
	if p.BornID, err = q.StoredUntil(ctx, p.Born-1); err != nil {
		return nil, err
	}
	if p.FromID, err = q.StoredUntil(ctx, p.AfterMs-1); err != nil {
		return nil, err
	}
	p.FromID = max(p.FromID, p.BornID)
	if p.Stored, err = r.shorter(ctx, p.UserID, newest.MessageID-p.FromID); err != nil {
		return nil, err
	}
	return q.RecordsChanged(ctx, p)
}

// toRecordPlace takes a record's rank apart: twice its kind, and one more for those
// of one's own message.
func toRecordPlace(row gen.RecordsChangedRow) chat.Changed[chat.RecordPlace] {
	return chat.Changed[chat.RecordPlace]{
		Entry: chat.RecordPlace{
			MessageID: row.ID, UserID: row.UserID, Kind: chat.ReceiptKind(row.Rank / 2), At: chat.Time(row.AtMs), Own: row.Rank%2 == 1,
		},
		Cut: chat.Cut{At: chat.Time(row.AtMs), RoomID: row.RoomID, UserID: row.UserID, Rank: row.Rank, ID: row.N},
	}
}

// UpdateMessage implements chat.Tx.
func (t *txn) UpdateMessage(ctx context.Context, m chat.Message) error {
	err := t.write(ctx).UpdateMessage(ctx, gen.UpdateMessageParams{
		ID: m.ID, Type: m.Type, Body: string(m.Body), ReplyTo: m.ReplyTo, HasLink: m.HasLink, ModifiedMs: int64(m.Modified), Deleted: m.Deleted,
		FileID: m.FileID, ThumbID: m.ThumbID,
	})
	if _, held := t.heldMessage(m.ID); held { // it was stored by this transaction, which remembers it
		t.messages.all[m.ID-t.messages.all[0].ID] = m
	}
	return t.stored(err, "message")
}

// Hide implements chat.Tx.
func (t *txn) Hide(ctx context.Context, h chat.Hidden) error {
	return t.stored(t.write(ctx).Hide(ctx, gen.HideParams{
		UserID: h.UserID, MessageID: h.MessageID, RoomID: h.RoomID, N: h.N, Kind: int64(h.Kind), AtMs: int64(h.At),
	}), "hidden message")
}

// PutReaction implements chat.Tx.
func (t *txn) PutReaction(ctx context.Context, r chat.Reaction) error {
	return t.stored(t.write(ctx).PutReaction(ctx, gen.PutReactionParams{
		MessageID: r.MessageID, UserID: r.UserID, RoomID: r.RoomID, Emoji: r.Emoji, Deleted: r.Deleted,
		CreatedMs: int64(r.Created), ModifiedMs: int64(r.Modified),
	}), "reaction")
}
