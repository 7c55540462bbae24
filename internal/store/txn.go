package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// txn is one write transaction, shared by a batch of changes. What most changes
// store is held back and written with few statements at the end, or as soon as
// anybody asks the database. A change that fails while all it did is held back
// is undone in memory.
type txn struct {
	reader
	w   *writer
	tx  *sql.Tx
	now clockRow

	messages held[chat.Message]
	events   held[chat.Event]
	receipts held[chat.ReceiptRange]
	rooms    moved[int64, chat.Room]
	members  moved[memberKey, chat.Member]
	byClient map[clientKey]int64 // held messages: their ids

	touched bool  // something was written past the held rows
	failed  error // why the transaction is lost; nil: it is not

	// About the change that runs now.
	start  savepoint
	direct bool // it wrote to the database, so it cannot be undone alone
}

// spare is the memory of the last transaction, for the next one: most of a batch's
// would otherwise be asked for and thrown away with each.
type spare struct {
	messages []chat.Message
	rooms    []was[int64, chat.Room]
	members  []was[memberKey, chat.Member]
}

// newTxn makes the transaction of so many changes.
func (w *writer) newTxn(tx *sql.Tx, changes int) *txn {
	t := &txn{w: w, tx: tx}
	t.messages.all, t.rooms.undo, t.members.undo = w.spare.messages, w.spare.rooms, w.spare.members
	t.events.all = make([]chat.Event, 0, changes) // whoever is told of them keeps them
	w.spare = spare{}
	return t
}

// keep takes an ended transaction's memory back, unless it was an uncommonly large one.
func (w *writer) keep(t *txn) {
	if max(cap(t.messages.all), cap(t.rooms.undo), cap(t.members.undo)) > 2*maxBatch {
		return
	}
	w.spare = spare{emptied(t.messages.all), emptied(t.rooms.undo), emptied(t.members.undo)}
}

// emptied gives a list's memory with nothing in it.
func emptied[T any](list []T) []T {
	clear(list[:cap(list)])
	return list[:0]
}

type clientKey struct {
	from int64
	id   string
}

// held are rows of one table, of which the first done ones are written.
type held[T any] struct {
	all  []T
	done int
}

func (h *held[T]) waiting() []T { return h.all[h.done:] }

// savepoint is where the running change began.
type savepoint struct {
	now                        clockRow
	messages, events, receipts int
}

var _ chat.Tx = (*txn)(nil)

// begin locks the clock and forgets cached rows if anybody else has written.
func (t *txn) begin(ctx context.Context) error {
	row := t.tx.QueryRowContext(ctx, t.w.s.dialect.lockClock())
	if err := row.Scan(&t.now.seq, &t.now.ms, &t.now.messageID); err != nil {
		return fmt.Errorf("lock the clock: %w", err)
	}
	if t.now != t.w.last || t.w.rows.full() {
		t.w.rows.clear()
		t.w.last = t.now
	}
	t.reader = t.w.reader.within(t.tx)
	t.before = t.flush
	t.now.ms = nextStamp(t.now.ms, int64(chat.TimeOf(t.w.s.clock())))
	return nil
}

// nextStamp gives a transaction's moment: the clock's, or the next millisecond
// when that is taken already or the clock was set back. No two transactions share
// one: a reader that has seen a stamp has seen all that bears it, and goes on
// with what is later. More than a thousand transactions a second run ahead of
// the clock until there are fewer again.
func nextStamp(last, now int64) int64 { return max(now, last+1) }

// mark begins a change.
func (t *txn) mark() {
	t.start = savepoint{t.now, len(t.messages.all), len(t.events.all), len(t.receipts.all)}
	t.direct = false
	t.rooms.undo, t.members.undo = t.rooms.undo[:0], t.members.undo[:0]
}

// undo takes back the change that failed with err. It gives an error when the
// whole transaction must be taken back for that.
func (t *txn) undo(err error) error {
	var own *chat.Error
	if t.failed != nil && !errors.Is(err, t.failed) {
		err = errors.Join(err, t.failed)
	}
	if t.failed != nil || t.direct || !errors.As(err, &own) || own.Code == chat.Unavailable {
		return err
	}
	t.rooms.takeBack(t.w.rows.rooms)
	t.members.takeBack(t.w.rows.members)
	for _, m := range t.messages.all[t.start.messages:] {
		delete(t.byClient, clientKey{m.FromUser, m.ClientID})
	}
	t.messages.all = t.messages.all[:t.start.messages]
	t.events.all = t.events.all[:t.start.events]
	t.receipts.all = t.receipts.all[:t.start.receipts]
	t.now = t.start.now
	return nil
}

// wrote reports whether there is anything to commit.
func (t *txn) wrote() bool {
	return t.touched || len(t.events.all) > 0 || len(t.messages.all) > 0 || len(t.receipts.all) > 0 ||
		len(t.members.keys) > 0 || len(t.rooms.keys) > 0
}

// complete writes all that is held back and the clock. Every transaction moves
// the clock on, so that others see that something changed.
func (t *txn) complete(ctx context.Context) error {
	if len(t.events.all) == 0 {
		t.now.seq++
	}
	if t.flush(ctx); t.failed != nil {
		return t.failed
	}
	return t.stored(t.q.SetClock(ctx, t.now.seq, t.now.ms, t.now.messageID), "clock")
}

// write gives the queries for a change that is not held back.
func (t *txn) write(ctx context.Context) *gen.Queries {
	q := t.at(ctx)
	t.direct, t.touched = true, true
	return q
}

// Stamp implements chat.Tx.
func (t *txn) Stamp() chat.Time { return chat.Time(t.now.ms) }

// NextSeq implements chat.Tx.
func (t *txn) NextSeq() int64 { return t.now.seq + 1 }

// Now implements chat.Reader.
func (t *txn) Now(context.Context) (int64, chat.Time, error) { return t.now.seq, t.Stamp(), nil }

// Emit implements chat.Tx.
func (t *txn) Emit(e chat.Event) {
	t.now.seq++
	e.Seq, e.At = t.now.seq, t.Stamp()
	t.events.all = append(t.events.all, e)
}
