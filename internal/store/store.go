// Package store keeps the domain in SQLite or PostgreSQL: one schema, one set
// of queries, and one writer that gathers concurrent changes into one
// transaction and one flush. It knows SQL and the domain's types, and nothing
// of who asks.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"

	"spika/internal/chat"
)

// Options say which database to open and how.
type Options struct {
	// URL is sqlite:PATH or postgres://…
	URL string
	// Clock stamps changes; nil: the machine's.
	Clock chat.Clock
	// Logger gets what no caller is there to be told; nil: the default one.
	Logger *slog.Logger
}

// Store is the database. It is safe for concurrent use.
type Store struct {
	reader
	write   *sql.DB
	read    *sql.DB
	dialect dialect
	writer  *writer
	clock   chat.Clock
	log     *slog.Logger
	stop    context.CancelFunc
	done    sync.WaitGroup
	batches chan batch
}

var _ chat.Store = (*Store)(nil)

// Open opens the database, checks that it keeps what it is told to, brings the
// schema up to date and starts the writer. It fails when the schema is newer
// than this program.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		o.Clock = chat.NewClock()
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	d, err := dialectFor(o.URL)
	if err != nil {
		return nil, err
	}
	write, read, err := d.open(o.URL)
	if err != nil {
		return nil, err
	}
	s := &Store{write: write, read: read, dialect: d, clock: o.Clock, log: o.Logger, batches: make(chan batch, 256)}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, write.Close(), read.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.dialect.check(ctx, s.write); err != nil {
		return err
	}
	if err := migrate(ctx, s.dialect, s.write); err != nil {
		return err
	}
	s.reader = newReader(s.read, s.dialect)
	s.writer = newWriter(s)
	var running context.Context
	running, s.stop = context.WithCancel(context.Background())
	s.done.Go(func() { s.writer.run(running) })
	return nil
}

// Close waits for the changes under way and closes the database. Changes asked
// for later fail.
func (s *Store) Close() error {
	s.stop()
	s.done.Wait()
	return errors.Join(s.read.Close(), s.write.Close())
}

// Update implements chat.Store.
func (s *Store) Update(ctx context.Context, change func(ctx context.Context, tx chat.Tx) error) error {
	return s.writer.do(ctx, change)
}

// View implements chat.Store. Yielding first puts a caller behind those that wait: on
// one processor, the network is looked at only when nothing else can run, and a few
// connections that ask again at once would be served for a second before all others.
func (s *Store) View(ctx context.Context, read func(ctx context.Context, r chat.Reader) error) error {
	runtime.Gosched()
	tx, err := s.read.BeginTx(ctx, s.dialect.snapshot())
	if err != nil {
		return trouble(fmt.Errorf("begin reading: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // a reading transaction has nothing to lose
	return read(ctx, s.within(tx))
}
