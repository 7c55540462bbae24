package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3/database"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is all that differs between the two databases.
type dialect interface {
	// open gives the pool that writes, of one connection, and the one that
	// reads.
	open(url string) (write, read *sql.DB, err error)
	// check refuses a database that would lose what it was told to keep.
	check(ctx context.Context, db *sql.DB) error
	// alone runs something while no other process does so, if the database has
	// a lock for that.
	alone(ctx context.Context, db *sql.DB, run func() error) error
	// snapshot are the options of a transaction whose reads see one state.
	snapshot() *sql.TxOptions
	// lockClock is the query that reads the clock and keeps every other writer
	// out until the transaction ends.
	lockClock() string
	// ddl turns a migration into the database's own words.
	ddl(migration string) string
	// inIDs is the condition that a column is in the list given as $1, and ids
	// makes that list.
	inIDs(column string) string
	ids(list []int64) any
	// inTexts and texts are the same for texts.
	inTexts(column string) string
	texts(list []string) any
	// inserter makes what inserts many rows.
	inserter(s shape) inserter
	// rolledBack reports whether a failed commit surely stored nothing.
	rolledBack(err error) bool
	goose() database.Dialect
}

func dialectFor(url string) (dialect, error) {
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		return sqlite{}, nil
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return postgres{}, nil
	}
	return nil, errors.New("the database URL must start with sqlite: or postgres://")
}

type sqlite struct{}

// sqlitePragmas make every commit reach the disk before it is answered, and
// readers never wait for the writer. The checkpoint of 4,000 pages (16 MiB)
// spreads its cost over many commits.
const sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(ON)&_pragma=wal_autocheckpoint(4000)&_pragma=temp_store(MEMORY)"

// busyTimeout is how long a process waits for another one's lock, here and in
// the pragmas.
const busyTimeout = 10 * time.Second

// minSQLite is the first version in which a checkpoint cannot lose committed
// writes that race it.
const minSQLite = 3_051_003

func (sqlite) open(dsn string) (write, read *sql.DB, err error) {
	path := "file:" + (&url.URL{Path: strings.TrimPrefix(dsn, "sqlite:")}).EscapedPath()
	if write, err = openKept(path+"?_txlock=immediate&"+sqlitePragmas, beginWriting); err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	if read, err = openKept(path+"?"+sqlitePragmas+"&_pragma=query_only(ON)", beginReading); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return write, read, nil
}

func (sqlite) check(ctx context.Context, db *sql.DB) error {
	var version, mode string
	var synchronous int
	if err := untilFree(ctx, func() error { return db.PingContext(ctx) }); err != nil {
		return fmt.Errorf("open the SQLite database: %w", err)
	}
	err := errors.Join(
		db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version),
		db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode),
		db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous))
	if err != nil {
		return fmt.Errorf("open the SQLite database: %w", err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || major*1_000_000+minor*1_000+patch < minSQLite {
		return fmt.Errorf("SQLite %s can lose committed data: 3.51.3 or newer is needed", version)
	}
	if mode != "wal" || synchronous != 2 {
		return fmt.Errorf("the SQLite database does not flush every commit (journal_mode=%s, synchronous=%d): is its folder on a file system without shared memory?", mode, synchronous)
	}
	return nil
}

// untilFree tries again while another process that opens the same new file holds
// it: switching a file to the write-ahead log does not wait for that by itself.
func untilFree(ctx context.Context, open func() error) error {
	ctx, cancel := context.WithTimeout(ctx, busyTimeout)
	defer cancel()
	for {
		err := open()
		var refused *driver.Error
		if !errors.As(err, &refused) || refused.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// alone: what spans several transactions cannot be locked.
func (sqlite) alone(_ context.Context, _ *sql.DB, run func() error) error { return run() }

func (sqlite) snapshot() *sql.TxOptions { return nil }

func (sqlite) lockClock() string { return "SELECT seq, ms, message_id FROM clock" } // the transaction is immediate

func (sqlite) ddl(m string) string {
	return strings.NewReplacer(
		"BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY",
		"BYTEA", "BLOB", ` COLLATE "C"`, "").Replace(m)
}

func (sqlite) inIDs(column string) string { return column + " IN (SELECT value FROM json_each($1))" }

func (sqlite) ids(list []int64) any { return "[" + joinInts(list) + "]" }

func (s sqlite) inTexts(column string) string { return s.inIDs(column) }

func (sqlite) texts(list []string) any {
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // texts can always be written down
	}
	return string(text)
}

func (sqlite) inserter(s shape) inserter { return &tuples{shape: s} }

func (sqlite) rolledBack(error) bool { return true }

func (sqlite) goose() database.Dialect { return database.DialectSQLite3 }

type postgres struct{}

func (postgres) open(dsn string) (write, read *sql.DB, err error) {
	u, err := url.Parse(dsn)
	if err != nil { // the parser's error would show the password
		return nil, nil, errors.New("the database URL is not a valid postgres:// URL")
	}
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "pool_") {
			return nil, nil, fmt.Errorf("the database URL must not have the parameter %s: the pool is managed here", name)
		}
	}
	q.Set("synchronous_commit", "on") // of our sessions, whatever the server's default
	u.RawQuery = q.Encode()
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, nil, errors.New("the database URL is not a valid postgres:// URL")
	}
	// Whatever the URL says: lists of values need the types that the database tells.
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	write = stdlib.OpenDB(*config, stdlib.OptionShouldPing(suspect))
	write.SetMaxOpenConns(1)
	read = stdlib.OpenDB(*config, stdlib.OptionShouldPing(suspect))
	read.SetMaxOpenConns(16)
	read.SetMaxIdleConns(8)
	return write, read, nil
}

func (postgres) check(ctx context.Context, db *sql.DB) error {
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := db.QueryRowContext(ctx, "SHOW "+setting).Scan(&value); err != nil {
			return fmt.Errorf("connect to PostgreSQL: %w", err)
		}
		if value != "on" {
			return fmt.Errorf("PostgreSQL has %s=%s, so a crash could lose answered messages: set it to on", setting, value)
		}
	}
	return nil
}

// startLock is the number of the advisory lock that alone takes. It has no
// meaning but that nobody else uses it.
const startLock = 0x7370696b61

func (postgres) alone(ctx context.Context, db *sql.DB, run func() error) (err error) {
	db.SetMaxOpenConns(2) // one holds the lock
	defer db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", startLock); err != nil {
		return fmt.Errorf("wait for other processes that start: %w", err)
	}
	defer func() {
		_, unlocked := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", startLock)
		err = errors.Join(err, unlocked)
	}()
	return run()
}

func (postgres) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgres) lockClock() string { return "SELECT seq, ms, message_id FROM clock FOR UPDATE" }

func (postgres) ddl(m string) string { return m }

func (postgres) inIDs(column string) string { return column + " = ANY($1::bigint[])" }

func (postgres) ids(list []int64) any { return list }

func (postgres) inTexts(column string) string { return column + " = ANY($1::text[])" }

func (postgres) texts(list []string) any { return list }

func (postgres) inserter(s shape) inserter { return newArrays(s) }

// rolledBack: an error the server sent undid the transaction; a broken
// connection, or one that the server ends (57P01 and the like), leaves it open whether the
// commit went through.
func (postgres) rolledBack(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "57P")
}

func (postgres) goose() database.Dialect { return database.DialectPostgres }
