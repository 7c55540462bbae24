package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"spika/internal/chat"
)

// ErrClosed says that the store was closed before the change was made.
var ErrClosed = errors.New("the store is closed")

// maxBatch is how many changes share one transaction at most. More would gain
// little: the flush is a small part of it by then.
const maxBatch = 512

// change is one caller's part of a transaction.
type change struct {
	ctx  context.Context
	run  func(ctx context.Context, tx chat.Tx) error
	done chan error // of one place, so that the writer never waits
}

// writer makes all changes of this process, one batch after the other: whatever
// has come in while the last batch was being flushed forms the next one. Nobody
// waits for a batch to fill.
type writer struct {
	s      *Store
	queue  chan *change
	closed chan struct{} // closed when no more changes are taken
	reader reader        // on the connection that writes
	insert *inserts
	rows   rowCache
	last   clockRow // as the newest own commit left it
	spare  spare
}

// clockRow is the row that orders all changes.
type clockRow struct {
	seq, ms, messageID int64
}

func newWriter(s *Store) *writer {
	return &writer{
		s: s, queue: make(chan *change, 2*maxBatch), closed: make(chan struct{}), last: clockRow{seq: -1},
		reader: newReader(s.write, s.dialect), insert: newInserts(s.dialect),
	}
}

// do hands a change to the writer and waits until it is on disk or has failed.
// When ctx ends first, the change may or may not be stored.
func (w *writer) do(ctx context.Context, run func(ctx context.Context, tx chat.Tx) error) error {
	c := &change{ctx: ctx, run: run, done: make(chan error, 1)}
	select {
	case <-w.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case w.queue <- c:
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closed:
		select { // it may have been among the last
		case err := <-c.done:
			return err
		default:
			return ErrClosed
		}
	}
}

// run makes changes until ctx ends.
func (w *writer) run(ctx context.Context) {
	defer close(w.closed)
	batch := make([]*change, 0, maxBatch)
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-w.queue:
			batch = w.gather(append(batch[:0], c))
			w.commit(context.WithoutCancel(ctx), batch)
			clear(batch)
		}
	}
}

// gather adds what else is waiting. Yielding first lets callers that are about
// to ask do so; when there are none, it returns at once.
func (w *writer) gather(batch []*change) []*change {
	runtime.Gosched()
	for len(batch) < maxBatch {
		select {
		case c := <-w.queue:
			batch = append(batch, c)
		default:
			return batch
		}
	}
	return batch
}

// commit makes the changes in one transaction. If that fails for another reason
// than one change's own, each is made alone, so that the fault of one harms no
// other.
func (w *writer) commit(ctx context.Context, batch []*change) {
	results, err := w.attempt(ctx, batch)
	if err != nil && len(batch) > 1 && !errors.Is(err, errUnknownOutcome) {
		for i := range batch {
			w.commit(ctx, batch[i:i+1])
		}
		return
	}
	for i, c := range batch {
		if err != nil {
			c.done <- trouble(err)
		} else {
			c.done <- results[i]
		}
	}
}

// errUnknownOutcome says that the connection broke during the commit.
var errUnknownOutcome = errors.New("the database did not say whether the change was stored")

// attempt makes the changes in one transaction and gives each one's own
// failure, or an error when nothing was stored.
func (w *writer) attempt(ctx context.Context, batch []*change) (results []error, err error) {
	tx, err := w.s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin writing: %w", err)
	}
	t := w.newTxn(tx, len(batch))
	defer func() {
		w.keep(t)
		if err != nil {
			w.rows.clear()
			w.last.seq = -1
			err = errors.Join(err, rollback(tx))
		}
	}()
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	results = make([]error, len(batch))
	for i, c := range batch {
		if results[i] = c.ctx.Err(); results[i] != nil {
			continue // nobody waits for it any more
		}
		t.mark()
		if results[i] = run(ctx, c, t); results[i] == nil && t.failed == nil {
			continue
		}
		if err := t.undo(results[i]); err != nil {
			return nil, err
		}
	}
	return results, w.finish(ctx, t)
}

// finish flushes what the transaction stored and announces it.
func (w *writer) finish(ctx context.Context, t *txn) error {
	if !t.wrote() {
		return t.tx.Rollback()
	}
	before := w.last.seq
	if err := t.complete(ctx); err != nil {
		return err
	}
	if err := t.tx.Commit(); err != nil {
		err = fmt.Errorf("commit: %w", err)
		if !w.s.dialect.rolledBack(err) {
			err = errors.Join(errUnknownOutcome, err)
		}
		return err
	}
	w.last = t.now
	w.s.announce(batch{after: before, upTo: t.now.seq, events: t.events.all})
	return nil
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// run makes one change; its panic is its own failure.
func run(ctx context.Context, c *change, t *txn) (err error) {
	defer func() {
		if p := recover(); p != nil {
			t.direct = true
			err = fmt.Errorf("panic in a change: %v\n%s", p, debug.Stack())
		}
	}()
	return c.run(ctx, t)
}
