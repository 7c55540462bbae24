package store_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"spika/internal/chat"
	"spika/internal/store"
	"spika/internal/store/storetest"
)

// databases give the URL of a new, empty database of each kind.
var databases = map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}

func TestStore(t *testing.T) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) {
			p := &pool{t: t, url: url, free: make(chan place, 100)}
			first := url(t) // where there is no PostgreSQL, this skips all of it
			p.free <- place{first, open(t, store.Options{URL: first})}
			storetest.Run(t, p.take)
		})
	}
}

// open opens a store that is closed at the end of the test.
func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// pool hands out empty databases, each with a store that is open, and takes them
// back: to empty one takes a tenth of making it.
type pool struct {
	t    *testing.T // the places live as long as it
	url  func(testing.TB) string
	free chan place
}

// place is a database with an open store.
type place struct {
	url   string
	store *store.Store
}

// take gives an empty database for one test. The first to open it gets the store
// that is open already, unless it wants a clock of its own.
func (p *pool) take(t testing.TB) storetest.Open {
	t.Helper()
	var at place
	select {
	case at = <-p.free:
		empty(t, at.url)
	default:
		at.url = p.url(p.t)
	}
	if at.store == nil || at.store.Update(t.Context(), func(context.Context, chat.Tx) error { return nil }) != nil {
		at.store = open(p.t, store.Options{URL: at.url})
	}
	t.Cleanup(func() { p.free <- at }) // once what was opened besides is closed
	given := false
	return func(t testing.TB, clock chat.Clock) storetest.Store {
		if !given && clock == nil {
			given = true
			return at.store
		}
		return open(t, store.Options{URL: at.url, Clock: clock})
	}
}

// empty removes all that a database holds, as another process could.
func empty(t testing.TB, url string) {
	t.Helper()
	db := connect(t, url)
	defer db.Close()
	tables := names(t, db, url)
	for range tables { // references decide on the order: those that can go, go first
		for i := 0; i < len(tables); {
			if _, err := db.ExecContext(t.Context(), "DELETE FROM "+tables[i]); err == nil {
				tables = append(tables[:i], tables[i+1:]...)
			} else {
				i++
			}
		}
	}
	if len(tables) > 0 {
		t.Fatalf("the tables %v cannot be emptied", tables)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE clock SET seq = seq + 1, ms = 0, forgotten = 0"); err != nil {
		t.Fatal(err)
	}
}

// names lists a database's tables, but for the one that notes the migrations and
// the one that always has one row.
func names(t testing.TB, db *sql.DB, dsn string) []string {
	t.Helper()
	query := "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT IN ('clock', 'goose_db_version')"
	if strings.HasPrefix(dsn, "sqlite:") {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('clock', 'goose_db_version') AND name NOT LIKE 'sqlite_%'"
	}
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// connect opens a store's database past the store.
func connect(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=foreign_keys(ON)&_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
