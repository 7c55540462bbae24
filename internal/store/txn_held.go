package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// What a transaction holds back, and the questions it answers from there.

// Room implements chat.Reader.
func (t *txn) Room(ctx context.Context, id int64) (chat.Room, error) {
	return cached(&t.w.rows.rooms, id, func() (chat.Room, error) { return t.reader.Room(ctx, id) })
}

// User implements chat.Reader.
func (t *txn) User(ctx context.Context, id int64) (chat.User, error) {
	return cached(&t.w.rows.users, id, func() (chat.User, error) { return t.reader.User(ctx, id) })
}

// Key implements chat.Reader.
func (t *txn) Key(ctx context.Context, id int64) (chat.APIKey, error) {
	return cached(&t.w.rows.keys, id, func() (chat.APIKey, error) { return t.reader.Key(ctx, id) })
}

// Member implements chat.Reader.
func (t *txn) Member(ctx context.Context, room, user int64) (chat.Member, error) {
	k := memberKey{room, user}
	return cached(&t.w.rows.members, k, func() (chat.Member, error) { return t.reader.Member(ctx, room, user) })
}

// Message implements chat.Reader.
func (t *txn) Message(ctx context.Context, id int64) (chat.Message, error) {
	if m, ok := t.heldMessage(id); ok {
		return m, nil
	}
	return t.reader.Message(ctx, id)
}

// heldMessage finds a message of this transaction: their ids are consecutive.
func (t *txn) heldMessage(id int64) (chat.Message, bool) {
	if len(t.messages.all) == 0 {
		return chat.Message{}, false
	}
	i := id - t.messages.all[0].ID
	if i < 0 || i >= int64(len(t.messages.all)) {
		return chat.Message{}, false
	}
	return t.messages.all[i], true
}

// MessageByClientID implements chat.Reader.
func (t *txn) MessageByClientID(ctx context.Context, from int64, clientID string) (chat.Message, error) {
	if id, ok := t.byClient[clientKey{from, clientID}]; ok {
		m, _ := t.heldMessage(id)
		return m, nil
	}
	m, err := t.q.MessageByClientID(ctx, from, text(clientID)) // not among the held ones: no need to write those
	return toMessage(m), notFound(err, "message")
}

// PeoplePosting implements chat.Reader. Every report of receiving asks it, so it
// must not have the held messages written each time.
func (t *txn) PeoplePosting(ctx context.Context, room, from, to int64) ([]int64, error) {
	ids, err := t.q.PeoplePosting(ctx, room, from, to)
	if err != nil {
		return nil, failed(err, "senders")
	}
	for _, m := range t.messages.waiting() {
		if m.RoomID != room || m.N < from || m.N > to || slices.Contains(ids, m.FromUser) {
			continue
		}
		u, err := t.User(ctx, m.FromUser)
		if err != nil {
			return nil, err
		}
		if !u.IsBot() {
			ids = append(ids, m.FromUser)
		}
	}
	return ids, nil
}

// AppendMessage implements chat.Tx.
func (t *txn) AppendMessage(ctx context.Context, m chat.Message) (chat.Message, error) {
	room, err := t.Room(ctx, m.RoomID)
	if err != nil {
		return chat.Message{}, err
	}
	sender, err := t.User(ctx, m.FromUser)
	if err != nil {
		return chat.Message{}, err
	}
	t.now.messageID++
	m.ID, m.N, m.Created, m.Modified = t.now.messageID, room.LastN+1, t.Stamp(), t.Stamp()
	t.messages.all = append(t.messages.all, m)
	if m.ClientID != "" {
		if t.byClient == nil {
			t.byClient = map[clientKey]int64{}
		}
		t.byClient[clientKey{m.FromUser, m.ClientID}] = m.ID
	}
	room.LastN, room.LastMessage, room.LastMs = m.N, m.ID, m.Created
	if !sender.IsBot() {
		room.PersonN = m.N
	}
	t.rooms.put(t.w.rows.rooms, room.ID, room)
	return m, nil
}

// AddReceipts implements chat.Tx.
func (t *txn) AddReceipts(_ context.Context, r chat.ReceiptRange) error {
	t.receipts.all = append(t.receipts.all, r)
	return nil
}

// UpdateMember implements chat.Tx.
func (t *txn) UpdateMember(ctx context.Context, m chat.Member) error {
	before, err := t.Member(ctx, m.RoomID, m.UserID)
	if err != nil {
		return err
	}
	if before.JoinSeq != m.JoinSeq {
		return fmt.Errorf("member %d of room %d: an ended stay cannot change", m.UserID, m.RoomID)
	}
	if m.Left {
		clear(t.w.rows.peers)
	}
	t.members.put(t.w.rows.members, memberKey{m.RoomID, m.UserID}, m)
	return nil
}

// flush writes what is held back. The change that runs now can then no longer
// be undone alone, if any of it was its own.
func (t *txn) flush(ctx context.Context) {
	if t.failed != nil {
		return
	}
	own := len(t.rooms.undo) > 0 || len(t.members.undo) > 0 || len(t.messages.all) > t.start.messages ||
		len(t.events.all) > t.start.events || len(t.receipts.all) > t.start.receipts
	t.direct = t.direct || own
	for _, write := range []func(context.Context) error{t.flushMessages, t.flushEvents, t.flushReceipts, t.flushRooms, t.flushMembers} {
		if write(ctx) != nil {
			return
		}
	}
}

func (t *txn) flushMessages(ctx context.Context) error {
	rows, insert := t.messages.waiting(), t.w.insert
	var all, plain, milestones []any
	at := any(t.now.ms) // all were stored at the transaction's moment
	for i := range rows {
		m := &rows[i]
		if m.N%milestoneStep == 1 {
			milestones = append(milestones, m.RoomID, at, m.N)
		}
		if isPlain(m) {
			plain = append(reserve(plain, len(rows), insert.plainMessages),
				m.ID, m.RoomID, m.N, m.FromUser, m.SenderName, string(m.Body), m.Total, at, at, m.HasLink)
			continue
		}
		all = append(reserve(all, len(rows), insert.messages),
			m.ID, m.RoomID, m.N, m.FromUser, m.SenderName, m.Type, string(m.Body), m.ReplyTo,
			text(m.ClientID), text(m.LocalID.Text), m.LocalID.IsInt, m.Hash, m.Total, at, at, m.Deleted,
			m.Forwarded, m.HasLink, m.FileID, m.ThumbID)
	}
	t.messages.done = len(t.messages.all)
	for _, part := range []struct {
		into *bulk
		rows []any
	}{{insert.plainMessages, plain}, {insert.messages, all}, {insert.milestones, milestones}} {
		if err := part.into.insert(ctx, t.tx, part.rows); err != nil {
			return t.stored(err, "messages")
		}
	}
	return nil
}

func (t *txn) flushEvents(ctx context.Context) error {
	rows, insert := t.events.waiting(), t.w.insert
	var all, plain []any
	at := any(t.now.ms)
	for i := range rows {
		e := &rows[i]
		if isPlainPost(e) {
			plain = append(reserve(plain, len(rows), insert.plainPosts), e.Seq, at, e.RoomID, e.UserID, e.MessageID)
			continue
		}
		all = append(reserve(all, len(rows), insert.events),
			e.Seq, at, string(e.Kind), e.RoomID, e.ToUser, e.UserID, e.ExceptDevice, e.MessageID, string(e.Data))
	}
	t.events.done = len(t.events.all)
	if err := insert.plainPosts.insert(ctx, t.tx, plain); err != nil {
		return t.stored(err, "events")
	}
	return t.stored(insert.events.insert(ctx, t.tx, all), "events")
}

func (t *txn) flushReceipts(ctx context.Context) error {
	rows := t.receipts.waiting()
	args := make([]any, 0, len(rows)*t.w.insert.receipts.width)
	for _, r := range rows {
		args = append(args, r.RoomID, r.UserID, int64(r.Kind), r.FromN, r.ToN, int64(r.At))
	}
	t.receipts.done = len(t.receipts.all)
	return t.stored(t.w.insert.receipts.insert(ctx, t.tx, args), "receipts")
}

func (t *txn) flushRooms(ctx context.Context) error {
	for id := range t.rooms.keys {
		r := t.w.rows.rooms[id]
		err := t.q.MoveRoom(ctx, gen.MoveRoomParams{ID: id, LastN: r.LastN, PersonN: r.PersonN, LastMessage: r.LastMessage, LastMs: int64(r.LastMs)})
		if err != nil {
			return t.stored(err, "room")
		}
	}
	t.touched = t.touched || len(t.rooms.keys) > 0
	clear(t.rooms.keys)
	return nil
}

func (t *txn) flushMembers(ctx context.Context) error {
	for k := range t.members.keys {
		m := t.w.rows.members[k]
		err := t.q.UpdateMember(ctx, gen.UpdateMemberParams{
			RoomID: m.RoomID, UserID: m.UserID, JoinSeq: m.JoinSeq,
			LeftSeq: sql.NullInt64{Int64: m.LeftSeq, Valid: m.Left}, LeftN: sql.NullInt64{Int64: m.LeftN, Valid: m.Left},
			Admin: m.Admin, DeliveredN: m.DeliveredN, SeenN: m.SeenN, Skip: m.Skip, Muted: m.Muted, Pinned: m.Pinned,
			MutedMs: int64(m.MutedAt), PinnedMs: int64(m.PinnedAt), ChangedMs: int64(m.Changed),
		})
		if err != nil {
			return t.stored(err, "member")
		}
	}
	t.touched = t.touched || len(t.members.keys) > 0
	clear(t.members.keys)
	return nil
}

// stored says what could not be written, and then ends the transaction at once:
// a statement that fails may have ended it already, as a full disk does on
// SQLite, and whatever follows would be stored on its own.
func (t *txn) stored(err error, what string) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("store %s: %w", what, err)
	if t.failed == nil {
		t.failed = err
		_ = t.tx.Rollback() // fails when there is nothing to end any more
	}
	return err
}
