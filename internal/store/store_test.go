package store_test

import (
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
			p := &pool{make: func() string { return url(t) }, free: make(chan string, 100)}
			storetest.Run(t, func(t testing.TB) storetest.Open {
				dsn := p.take(t)
				return func(t testing.TB, clock chat.Clock) storetest.Store {
					return open(t, store.Options{URL: dsn, Clock: clock})
				}
			})
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

// pool hands out empty databases and takes them back: emptying one takes a tenth
// of making it.
type pool struct {
	make func() string
	free chan string
}

func (p *pool) take(t testing.TB) string {
	t.Helper()
	var dsn string
	select {
	case dsn = <-p.free:
		empty(t, dsn)
	default:
		dsn = p.make()
	}
	t.Cleanup(func() { p.free <- dsn }) // once the stores on it are closed
	return dsn
}

// empty brings a database to the state in which the first start leaves it.
func empty(t testing.TB, dsn string) {
	t.Helper()
	db := connect(t, dsn)
	defer db.Close()
	tables := names(t, db, dsn)
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
	if _, err := db.ExecContext(t.Context(), "UPDATE clock SET seq = 0, ms = 0, message_id = 0, forgotten = 0"); err != nil {
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
