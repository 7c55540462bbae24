package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"spika/internal/chat"
	"spika/internal/store/storetest"
)

// TestSQLiteFlushesEveryCommit: also on connections that are opened anew.
func TestSQLiteFlushesEveryCommit(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	s.write.SetMaxIdleConns(0) // each use gets a new one
	for pragma, want := range map[string]string{
		"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": fmt.Sprint(busyTimeout.Milliseconds()),
	} {
		var value string
		if err := s.write.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&value); err != nil || value != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, value, want, err)
		}
	}
}

func TestSQLiteReadersCannotWrite(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	if _, err := s.read.ExecContext(t.Context(), "UPDATE clock SET seq = 5"); err == nil {
		t.Error("a reader's connection wrote")
	}
}

// TestPostgresFlushesEveryCommit: whatever the URL asks for.
func TestPostgresFlushesEveryCommit(t *testing.T) {
	base := storetest.Postgres(t)
	for _, setting := range []string{"", "&synchronous_commit=off", "&synchronous_commit=local"} {
		s := openStore(t, base+setting)
		for _, db := range []*sql.DB{s.write, s.read} {
			var value string
			if err := db.QueryRowContext(t.Context(), "SHOW synchronous_commit").Scan(&value); err != nil || value != "on" {
				t.Errorf("with %q synchronous_commit is %s (%v)", setting, value, err)
			}
		}
	}
}

// answers is a database that gives one answer to each query.
type answers map[string]driver.Value

func (a answers) Connect(context.Context) (driver.Conn, error) { return a, nil }
func (a answers) Driver() driver.Driver                        { return nil }
func (a answers) Prepare(string) (driver.Stmt, error)          { return nil, errors.ErrUnsupported }
func (a answers) Begin() (driver.Tx, error)                    { return nil, errors.ErrUnsupported }
func (a answers) Close() error                                 { return nil }

func (a answers) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	if v, ok := a[query]; ok {
		return &answer{v: v}, nil
	}
	return nil, fmt.Errorf("no answer to %q", query)
}

// answer is one row with one column.
type answer struct {
	v    driver.Value
	done bool
}

func (*answer) Columns() []string { return []string{"value"} }
func (*answer) Close() error      { return nil }

func (a *answer) Next(row []driver.Value) error {
	if a.done {
		return io.EOF
	}
	row[0], a.done = a.v, true
	return nil
}

// TestUnsafeDatabaseIsRefused: one that would lose what it was told to keep.
func TestUnsafeDatabaseIsRefused(t *testing.T) {
	lite := answers{"SELECT sqlite_version()": "3.51.3", "PRAGMA journal_mode": "wal", "PRAGMA synchronous": int64(2)}
	pg := answers{"SHOW fsync": "on", "SHOW full_page_writes": "on", "SHOW synchronous_commit": "on"}
	for _, c := range []struct {
		d     dialect
		safe  answers
		query string
		value driver.Value
		says  string // "": it is safe
	}{
		{sqlite{}, lite, "", nil, ""},
		{sqlite{}, lite, "SELECT sqlite_version()", "4.0.0", ""},
		{sqlite{}, lite, "SELECT sqlite_version()", "3.51.2", "3.51.2"},
		{sqlite{}, lite, "SELECT sqlite_version()", "3.9.10", "3.9.10"},
		{sqlite{}, lite, "SELECT sqlite_version()", "new", "new"},
		{sqlite{}, lite, "PRAGMA journal_mode", "delete", "journal_mode=delete"},
		{sqlite{}, lite, "PRAGMA synchronous", int64(1), "synchronous=1"},
		{postgres{}, pg, "", nil, ""},
		{postgres{}, pg, "SHOW fsync", "off", "fsync=off"},
		{postgres{}, pg, "SHOW full_page_writes", "off", "full_page_writes=off"},
		{postgres{}, pg, "SHOW synchronous_commit", "remote_write", "synchronous_commit=remote_write"},
	} {
		given := answers{c.query: c.value}
		for query, value := range c.safe {
			if query != c.query {
				given[query] = value
			}
		}
		err := c.d.check(t.Context(), sql.OpenDB(given))
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%T with %s = %v: %v", c.d, c.query, c.value, err)
		}
	}
}

// TestOutcomeIsKnownOnlyIfTheServerSpoke: a broken connection leaves open whether
// a commit went through, so its changes must not be made again.
func TestOutcomeIsKnownOnlyIfTheServerSpoke(t *testing.T) {
	if !(postgres{}).rolledBack(fmt.Errorf("commit: %w", &pgconn.PgError{Code: "40001"})) {
		t.Error("a commit that the server refused may be stored")
	}
	if (postgres{}).rolledBack(fmt.Errorf("commit: %w", &pgconn.PgError{Code: "57P01"})) {
		t.Error("a session that the server ended may have stored it")
	}
	if (postgres{}).rolledBack(fmt.Errorf("commit: %w", io.ErrUnexpectedEOF)) {
		t.Error("a commit that nobody answered is surely not stored")
	}
}

func TestDatabaseURLs(t *testing.T) {
	for _, c := range []struct{ url, says string }{
		{"", "must start with"},
		{"mysql://x", "must start with"},
		{"postgres://ada:secret@127.0.0.1:1/%zz", "not a valid"},
		{"postgres://ada:secret@127.0.0.1:port/x", "not a valid"},
		{"postgres://ada:secret@127.0.0.1:1/x?pool_max_conns=3", "pool_max_conns"},
		{"postgres://ada:secret@127.0.0.1:1/x?connect_timeout=1", "connect to PostgreSQL"},
		{"sqlite:" + t.TempDir() + "/not/there/spika.db", "open the SQLite database"},
	} {
		s, err := Open(t.Context(), Options{URL: c.url})
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", c.url)
			continue
		}
		if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", c.url, err)
		}
	}
}

// TestSQLiteFileIsWhereItWasAsked: paths are not URLs.
func TestSQLiteFileIsWhereItWasAsked(t *testing.T) {
	for _, folder := range []string{"a b", "50%", "100%20", "what?", "c#", "ž", "a&b=c"} {
		path := filepath.Join(t.TempDir(), folder, "spika.db")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		s := openStore(t, "sqlite:"+path)
		if err := s.Update(t.Context(), func(context.Context, chat.Tx) error { return nil }); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s (as a URL %s): %v", path, url.PathEscape(folder), err)
		}
	}
}
