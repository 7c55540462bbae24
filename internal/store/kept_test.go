package store

import (
	"context"
	"database/sql"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"spika/internal/chat"
	"spika/internal/store/storetest"
)

// keptBy gives how a connection that keeps its statements has them at the moment.
func keptBy(t *testing.T, c *sql.Conn, query string) (seen bool, k *kept) {
	t.Helper()
	err := c.Raw(func(driver any) error {
		k, seen = driver.(*keeping).kept[query]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen, k
}

func keepingConn(t *testing.T) *sql.Conn {
	t.Helper()
	db, err := openKept("file:"+filepath.Join(t.TempDir(), "kept.db"), beginWriting)
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestKeptFromTheSecondUse: what is used once takes no memory afterwards.
func TestKeptFromTheSecondUse(t *testing.T) {
	const query = "SELECT $1 + 1"
	c := keepingConn(t)
	if seen, _ := keptBy(t, c, query); seen {
		t.Fatal("a statement is known before it was used")
	}
	var first *kept
	for use := range 4 {
		var got int
		if err := c.QueryRowContext(t.Context(), query, use).Scan(&got); err != nil || got != use+1 {
			t.Fatalf("use %d gives %d, %v", use, got, err)
		}
		seen, k := keptBy(t, c, query)
		if !seen || (k != nil) != (use > 0) {
			t.Fatalf("after use %d the statement is known: %t, kept: %t", use, seen, k != nil)
		}
		if use == 1 {
			first = k
		}
		if use > 1 && k != first {
			t.Fatal("the statement was compiled again")
		}
	}
}

// TestKeptWhileItsRowsAreRead: the same statement can be asked while it is busy,
// and a write, a failure and an ended context leave it fit for use.
func TestKeptWhileItsRowsAreRead(t *testing.T) {
	c := keepingConn(t)
	const count, insert, query = 5, "INSERT INTO t (id) VALUES ($1)", "SELECT id FROM t WHERE id >= $1 ORDER BY id"
	if _, err := c.ExecContext(t.Context(), "CREATE TABLE t (id INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	for id := range count {
		for again := range 2 { // the second is refused
			if _, err := c.ExecContext(t.Context(), insert, id); (err != nil) != (again == 1) {
				t.Fatalf("insert %d, %d: %v", id, again, err)
			}
		}
	}
	if _, k := keptBy(t, c, insert); k == nil {
		t.Fatal("the insert is not kept")
	}
	for range 2 {
		for range ids(t, c, query, count) {
			t.Fatal("there are more rows than were stored")
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := c.QueryRowContext(ended, query, 0).Err(); !errors.Is(err, context.Canceled) {
		t.Fatalf("in an ended context: %v", err)
	}
	seen := 0
	for outer := range ids(t, c, query, 0) {
		inner := 0
		for id := range ids(t, c, query, outer) {
			if id != outer+inner {
				t.Fatalf("row %d after %d is %d", inner, outer, id)
			}
			inner++
		}
		if outer != seen || inner != count-outer {
			t.Fatalf("row %d is %d, and %d follow it; want %d", seen, outer, inner, count-outer)
		}
		seen++
	}
	if _, k := keptBy(t, c, query); seen != count || k == nil || k.busy {
		t.Fatalf("%d rows; kept: %v", seen, k)
	}
}

// TestKeptTransactions: one that cannot be committed is undone, and its connection is
// fit for the next.
func TestKeptTransactions(t *testing.T) {
	c := keepingConn(t)
	for _, ddl := range []string{
		"PRAGMA foreign_keys = ON",
		"CREATE TABLE t (id INTEGER PRIMARY KEY, other INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
	} {
		if _, err := c.ExecContext(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	insert := func(ctx context.Context, id, other int, end func(*sql.Tx) error) error {
		tx, err := c.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO t (id, other) VALUES ($1, $2)", id, other); err != nil {
			t.Fatal(err)
		}
		return end(tx)
	}
	for round := range 3 {
		id := 10 * round
		for _, ctx := range []context.Context{t.Context(), context.WithoutCancel(t.Context())} {
			if err := insert(ctx, id, id, (*sql.Tx).Commit); err != nil {
				t.Fatal(err)
			}
			if err := insert(ctx, id+1, id+1, (*sql.Tx).Rollback); err != nil {
				t.Fatal(err)
			}
			if err := insert(ctx, id+2, 1_000, (*sql.Tx).Commit); err == nil {
				t.Fatal("a row that refers to none was committed")
			}
			id += 3
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := insert(ended, 1, 1, (*sql.Tx).Commit); !errors.Is(err, context.Canceled) {
		t.Fatalf("in an ended context: %v", err)
	}
	var all string
	if err := c.QueryRowContext(t.Context(), "SELECT group_concat(id) FROM t").Scan(&all); err != nil || all != "0,3,10,13,20,23" {
		t.Fatalf("stored are %s, %v", all, err)
	}
}

// ids gives the rows one by one while they are being read.
func ids(t *testing.T, c *sql.Conn, query string, from int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		rows, err := c.QueryContext(t.Context(), query, from)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			if !yield(id) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryQueryCompiles: the generator knows PostgreSQL's words only, and a query is
// compiled when it is first used.
func TestEveryQueryCompiles(t *testing.T) {
	files, err := filepath.Glob("gen/*.sql.go")
	if err != nil {
		t.Fatal(err)
	}
	queries := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(l.Value, "`-- name:") {
				queries[strings.Fields(l.Value)[2]] = strings.Trim(l.Value, "`")
			}
			return true
		})
	}
	if len(queries) < 200 {
		t.Fatalf("%d queries found", len(queries))
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, database(t))
			queries := maps.Clone(queries)
			for i, query := range byHand(s) {
				queries["by hand "+strconv.Itoa(i)] = query
			}
			for name, query := range queries {
				for pool, db := range map[string]*sql.DB{"write": s.write, "read": s.read} {
					compiled, err := db.PrepareContext(t.Context(), query)
					if err == nil {
						err = compiled.Close()
					}
					if err != nil {
						t.Errorf("%s, to %s: %v", name, pool, err)
					}
				}
			}
		})
	}
}

// byHand gives the statements that the generator does not make.
func byHand(s *Store) []string {
	h, i := s.hand, s.writer.insert
	list := []string{
		s.dialect.lockClock(), h.users, h.messages, h.members, h.phoneHashes, h.contacts, h.hiddenAmong, h.hiddenOf, h.reactions, h.files,
	}
	for _, b := range []*bulk{i.messages, i.plainMessages, i.milestones, i.events, i.plainPosts, i.receipts, i.deliveries} {
		switch in := b.inserter.(type) {
		case *arrays:
			list = append(list, in.one, in.many)
		case *tuples:
			for bits := range in.queries {
				list = append(list, in.query(bits))
			}
		}
	}
	return list
}

// TestListsWhateverTheURLSays: a driver that is told to ask nothing of the database does
// not know what a list is of.
func TestListsWhateverTheURLSays(t *testing.T) {
	for _, mode := range []string{"exec", "simple_protocol"} {
		u, err := url.Parse(storetest.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("default_query_exec_mode", mode)
		u.RawQuery = q.Encode()
		s := openStore(t, u.String())
		err = s.Update(t.Context(), func(_ context.Context, tx chat.Tx) error {
			for range 3 {
				tx.Emit(chat.Event{Kind: chat.RoomMade})
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
}
