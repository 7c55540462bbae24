package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spika/internal/chat"
	"spika/internal/store/storetest"
)

// databases give the URL of a new, empty database of each kind.
var databases = map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}

// onEach runs a test on a new database of each kind.
func onEach(t *testing.T, run func(t *testing.T, url string)) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, database(t))
		})
	}
}

func openStore(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: url})
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

// schemaQueries describe all that makes up a schema, one row for each thing.
var schemaQueries = map[dialect][]string{
	sqlite{}: {"SELECT type, tbl_name, name, coalesce(sql, '') FROM sqlite_master"},
	postgres{}: {
		`SELECT 'column', table_name, column_name, concat_ws(' ', data_type, collation_name, is_nullable, column_default)
			FROM information_schema.columns WHERE table_schema = current_schema()`,
		`SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()`,
		`SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
			FROM pg_constraint WHERE connamespace = current_schema()::regnamespace`,
	},
}

// dumpSchema describes a database's schema, in a fixed order.
func dumpSchema(t testing.TB, db *sql.DB, d dialect) []string {
	t.Helper()
	var out []string
	for _, query := range schemaQueries[d] {
		out = append(out, lines(t, db, query)...)
	}
	slices.Sort(out)
	return out
}

// lines gives the rows of a query of four texts.
func lines(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var a, b, c, d string
		if err := rows.Scan(&a, &b, &c, &d); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s: %s", a, b, c, d))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFreshEqualsMigrated opens databases that were left at each earlier version
// and compares them with a new one.
func TestFreshEqualsMigrated(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fresh := openStore(t, database(t))
			want := dumpSchema(t, fresh.write, fresh.dialect)
			p, err := provider(fresh.dialect, fresh.write)
			if err != nil {
				t.Fatal(err)
			}
			for _, source := range p.ListSources() {
				url := database(t)
				migrateTo(t, url, source.Version)
				s := openStore(t, url)
				if diff := cmp.Diff(unnamed(want, fresh), unnamed(dumpSchema(t, s.write, s.dialect), s)); diff != "" {
					t.Errorf("a database of version %d differs from a new one (-new +migrated):\n%s", source.Version, diff)
				}
			}
		})
	}
}

// unnamed is a dump without the name of the schema that a test on PostgreSQL is
// in.
func unnamed(dump []string, s *Store) []string {
	if s.dialect == (sqlite{}) {
		return dump
	}
	var schema string
	if err := s.write.QueryRow("SELECT current_schema()").Scan(&schema); err != nil {
		return []string{err.Error()}
	}
	out := slices.Clone(dump)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], schema+".", "")
	}
	return out
}

// migrateTo makes a database of an earlier version, in which something was stored.
func migrateTo(t testing.TB, url string, version int64, statements ...string) {
	t.Helper()
	d, err := dialectFor(url)
	if err != nil {
		t.Fatal(err)
	}
	write, read, err := d.open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	defer read.Close()
	p, err := provider(d, write)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := write.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBytesFromBeforeAreCounted: the migration adds up what is there.
func TestBytesFromBeforeAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		migrateTo(t, url, 9,
			"INSERT INTO files VALUES (1, 1, NULL, '', '', '', '', 5, '', 0, 0, 0, 0, 0, 0), (2, 1, NULL, '', '', '', '', 1099511627776, '', 0, 0, 0, 0, 0, 0)",
			"INSERT INTO uploads VALUES (1, 1, 'a', 100, '', 0, 0), (2, 2, 'a', 7, '', 0, 0)")
		s := openStore(t, url)
		for user, want := range map[int64]int64{1: 105 + 1<<40, 2: 7, 3: 0, everyone: 112 + 1<<40} {
			if got, err := s.BytesOf(t.Context(), user); err != nil || got != want {
				t.Errorf("user %d has %d bytes, %v, want %d", user, got, err, want)
			}
		}
	})
}

// TestMilestonesOfMessagesFromBefore: the migration sets them, and they go with
// their room's messages.
func TestMilestonesOfMessagesFromBefore(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		var rows []string
		for n := range 40 {
			for room := range 2 {
				rows = append(rows, fmt.Sprintf("(%d, %d, %d, 1, '', 'text', '{}', 0, FALSE, 0, %d, %d, FALSE)", 2*n+room+1, room+1, n+1, 1000+n, 1000+n))
			}
		}
		migrateTo(t, url, 14, "INSERT INTO messages (id, room_id, n, from_user, sender_name, type, body, reply_to, local_is_int, total, created_ms, modified_ms, deleted) VALUES "+
			strings.Join(rows, ", "))
		s := openStore(t, url)
		milestones := func() []string {
			return lines(t, s.write, "SELECT 'milestone', CAST(room_id AS TEXT), CAST(n AS TEXT), CAST(at_ms AS TEXT) FROM milestones ORDER BY room_id, n")
		}
		other := []string{"milestone 2 1: 1000", "milestone 2 17: 1016", "milestone 2 33: 1032"}
		want := append([]string{"milestone 1 1: 1000", "milestone 1 17: 1016", "milestone 1 33: 1032"}, other...)
		if diff := cmp.Diff(want, milestones()); diff != "" {
			t.Errorf("milestones (-want +got):\n%s", diff)
		}
		err := s.Update(t.Context(), func(ctx context.Context, tx chat.Tx) error {
			_, _, err := tx.PurgeStep(ctx, 1)
			return err
		})
		if diff := cmp.Diff(other, milestones()); err != nil || diff != "" {
			t.Errorf("after room 1 was emptied, %v (-want +got):\n%s", err, diff)
		}
	})
}

// TestBothDatabasesHaveTheSameTables: what the dialects make of a migration must
// not differ but in the words.
func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	columns := map[dialect]string{
		sqlite{}: `SELECT 'column', m.name, c.name, CASE WHEN c."notnull" OR c.pk THEN 'NO' ELSE 'YES' END
			FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`,
		postgres{}: `SELECT 'column', table_name, column_name, is_nullable FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name <> 'goose_db_version'`,
	}
	indexes := map[dialect]string{
		sqlite{}:   `SELECT 'index', tbl_name, name, '' FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`,
		postgres{}: `SELECT 'index', tablename, indexname, '' FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%\_key' AND indexname NOT LIKE '%\_pkey'`,
	}
	var dumps [][]string
	for _, database := range []func(testing.TB) string{storetest.SQLite, storetest.Postgres} {
		s := openStore(t, database(t))
		dump := append(lines(t, s.write, columns[s.dialect]), lines(t, s.write, indexes[s.dialect])...)
		slices.Sort(dump)
		dumps = append(dumps, dump)
	}
	if diff := cmp.Diff(dumps[0], dumps[1]); diff != "" {
		t.Errorf("the schemas differ (-SQLite +PostgreSQL):\n%s", diff)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openStore(t, url)
		before := dumpSchema(t, s.write, s.dialect)
		const newer = "INSERT INTO goose_db_version (version_id, is_applied) SELECT max(version_id) + 1, TRUE FROM goose_db_version"
		if _, err := s.write.ExecContext(t.Context(), newer); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), Options{URL: url}); !errors.Is(err, ErrNewerSchema) {
			t.Errorf("opening it gives %v", err)
		}
		if diff := cmp.Diff(before, dumpSchema(t, s.write, s.dialect)); diff != "" {
			t.Errorf("it was changed all the same:\n%s", diff)
		}
	})
}

// TestProcessesStartTogether: of several that start on a new database, all must
// come up.
func TestProcessesStartTogether(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				s, err := Open(context.Background(), Options{URL: url})
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
