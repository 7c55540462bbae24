package crash

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"
)

// state is what a database holds at one moment.
type state struct {
	clock    clock
	messages []message // by id
	stays    map[stayKey]stay
	rooms    map[int64]string // names
	bots     map[string]bool  // names of those that have a key
	receipts []receipt        // in no order
	told     []receipt        // by events, in no order
}

type clock struct{ seq, ms, message int64 }

type message struct {
	id, room, n, from, replyTo, total, created, modified int64
	sender, kind, body, clientID, localID                string
}

type stayKey struct{ room, user, joinSeq int64 }

// stay is a member's time in a room.
type stay struct {
	delivered, seen int64
	left            bool
}

// receipt says that a user received (kind 1) or saw (2) the messages from..to of
// a room.
type receipt struct{ room, user, kind, from, to, at int64 }

// look shows what the last server left, as it left it: of SQLite's files a copy,
// because opening them would repair them.
func (i *installation) look(t *testing.T, do func(tx *sql.Tx)) {
	t.Helper()
	driver, url := "pgx", i.database
	if path, ok := strings.CutPrefix(i.database, "sqlite:"); ok {
		dir := filepath.Join(i.data, "copy")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		}()
		driver, url = "sqlite", "file:"+copyFiles(t, path, dir)
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it was only looked at
	do(tx)
}

// copyFiles copies a SQLite database with its logs into a folder.
func copyFiles(t *testing.T, path, dir string) string {
	t.Helper()
	to := filepath.Join(dir, "copy.db")
	for _, end := range []string{"", "-wal", "-journal"} {
		b, err := os.ReadFile(path + end)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(to+end, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// rows reads all rows of a query.
func rows[T any](t *testing.T, tx *sql.Tx, query string, scan func(*T) []any) []T {
	t.Helper()
	found, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	var out []T
	for found.Next() {
		var v T
		if err := found.Scan(scan(&v)...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		out = append(out, v)
	}
	if err := found.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// readState reads what there is.
func readState(t *testing.T, tx *sql.Tx) state {
	t.Helper()
	s := state{stays: map[stayKey]stay{}, rooms: map[int64]string{}, bots: map[string]bool{}}
	for _, c := range rows(t, tx, "SELECT seq, ms, message_id FROM clock", func(c *clock) []any { return []any{&c.seq, &c.ms, &c.message} }) {
		s.clock = c
	}
	s.messages = rows(t, tx, `SELECT id, room_id, n, from_user, reply_to, total, created_ms, modified_ms, sender_name, type, body,
		coalesce(client_id, ''), coalesce(local_id, '') FROM messages ORDER BY id`, func(m *message) []any {
		return []any{&m.id, &m.room, &m.n, &m.from, &m.replyTo, &m.total, &m.created, &m.modified, &m.sender, &m.kind, &m.body, &m.clientID, &m.localID}
	})
	type stayRow struct {
		stayKey
		stay
	}
	for _, r := range rows(t, tx, "SELECT room_id, user_id, join_seq, delivered_n, seen_n, left_n IS NOT NULL FROM members", func(r *stayRow) []any {
		return []any{&r.room, &r.user, &r.joinSeq, &r.delivered, &r.seen, &r.left}
	}) {
		s.stays[r.stayKey] = r.stay
	}
	type named struct {
		id   int64
		name string
	}
	for _, r := range rows(t, tx, "SELECT id, name FROM rooms", func(r *named) []any { return []any{&r.id, &r.name} }) {
		s.rooms[r.id] = r.name
	}
	for _, name := range rows(t, tx, "SELECT u.name FROM api_keys k JOIN users u ON u.id = k.bot_id", func(name *string) []any { return []any{name} }) {
		s.bots[name] = true
	}
	s.receipts = rows(t, tx, "SELECT room_id, user_id, kind, from_n, to_n, at_ms FROM receipts", func(r *receipt) []any {
		return []any{&r.room, &r.user, &r.kind, &r.from, &r.to, &r.at}
	})
	s.told = readTold(t, tx)
	return s
}
