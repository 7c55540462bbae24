package crash

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// readTold reads the receipts that events tell of.
func readTold(t *testing.T, tx *sql.Tx) []receipt {
	t.Helper()
	type told struct {
		receipt
		data string
	}
	var out []receipt
	for _, e := range rows(t, tx, "SELECT room_id, user_id, at_ms, data FROM events WHERE kind = 'receipt_made'", func(e *told) []any {
		return []any{&e.room, &e.user, &e.at, &e.data}
	}) {
		var d struct {
			K, A, B int64
			O       bool // what comes with a person's own message has no range
		}
		if err := json.Unmarshal([]byte(e.data), &d); err != nil {
			t.Fatalf("the data of an event: %v: %s", err, e.data)
		}
		e.kind, e.from, e.to = d.K, d.A, d.B
		if !d.O {
			out = append(out, e.receipt)
		}
	}
	return out
}

// check looks at what the last server left and holds it against the rules,
// against what was there before, and against what was answered.
func (l *life) check() {
	l.t.Helper()
	var now state
	l.look(l.t, func(tx *sql.Tx) {
		l.checkFile(tx)
		for _, r := range rules {
			for _, found := range violations(l.t, tx, r.find) {
				l.t.Errorf("%s: %v", r.never, found)
			}
		}
		now = readState(l.t, tx)
	})
	l.checkReceipts(now)
	l.checkGrowth(now)
	known := l.load.ledger.view()
	l.checkPosts(now, known)
	l.checkMarks(now, known)
	l.checkFacts(now, known)
	l.before = now
	if l.t.Failed() {
		l.t.FailNow()
	}
}

// checkFile asks SQLite whether the file is sound.
func (l *life) checkFile(tx *sql.Tx) {
	if !strings.HasPrefix(l.database, "sqlite:") {
		return
	}
	text := func(s *string) []any { return []any{s} }
	if found := rows(l.t, tx, "PRAGMA integrity_check", text); !slices.Equal(found, []string{"ok"}) {
		l.t.Errorf("the database file is broken: %v", found)
	}
	if found := violations(l.t, tx, "PRAGMA foreign_key_check"); len(found) > 0 {
		l.t.Errorf("rows refer to what is not there: %v", found)
	}
}

// checkReceipts: each range of receipts has its event, and the other way round.
func (l *life) checkReceipts(now state) {
	order := func(a, b receipt) int {
		return cmp.Or(cmp.Compare(a.room, b.room), cmp.Compare(a.user, b.user), cmp.Compare(a.kind, b.kind), cmp.Compare(a.to, b.to))
	}
	slices.SortFunc(now.receipts, order)
	slices.SortFunc(now.told, order)
	if !slices.Equal(now.receipts, now.told) {
		l.t.Errorf("there are %d ranges of receipts, and %d others are told by events", len(now.receipts), len(now.told))
	}
}

// checkGrowth: what was there at the last check is still there, and what only
// grows has not fallen.
func (l *life) checkGrowth(now state) {
	was := l.before
	if now.clock.seq < was.clock.seq || now.clock.ms < was.clock.ms || now.clock.message < was.clock.message {
		l.t.Errorf("the clock went from %+v to %+v", was.clock, now.clock)
	}
	if len(now.messages) < len(was.messages) {
		l.t.Errorf("%d messages are left of %d", len(now.messages), len(was.messages))
	}
	for i, m := range was.messages {
		if i < len(now.messages) && now.messages[i] != m {
			l.t.Errorf("message %d became %d, or changed", m.id, now.messages[i].id)
			break
		}
	}
	for key, s := range was.stays {
		n, ok := now.stays[key]
		if !ok || n.delivered < s.delivered || n.seen < s.seen || s.left && !n.left {
			l.t.Errorf("user %d in room %d went from %+v to %+v", key.user, key.room, s, n)
		}
	}
}

// checkPosts: what was answered is there once and as answered, nothing that was
// refused is there, and nothing that nobody posted.
func (l *life) checkPosts(now state, known view) {
	there := map[string]bool{}
	for _, m := range now.messages {
		text := textOf([]byte(m.body))
		p, posted := known.posts[text]
		switch {
		case !posted:
			l.t.Errorf("nobody posted message %d: %.60q", m.id, m.body)
		case there[text]:
			l.t.Errorf("message %d is there twice: %.60q", m.id, text)
		case p.wrong != 0:
			l.t.Errorf("message %d was to be refused: %.60q", m.id, text)
		case !p.is(m):
			l.t.Errorf("message %d is not as it was posted and answered: %+v", m.id, m)
		}
		there[text] = true
	}
	for text, p := range known.posts {
		if p.stored != nil && !there[text] {
			l.t.Errorf("message %d was answered and is not there: %.60q", p.stored.id, text)
		}
	}
}

// is reports whether a row holds what was posted, and what was answered if it
// was.
func (p post) is(m message) bool {
	as := stored{id: m.id, from: m.from, total: m.total, created: m.created}
	if p.stored != nil {
		as.replay = p.stored.replay
	}
	return (p.stored == nil || *p.stored == as) && (p.by.user == 0 || p.by.user == m.from) &&
		m.room == p.room && m.kind == "text" && m.replyTo == p.replyTo && m.clientID == p.clientID() && m.modified == m.created
}

// checkMarks: what was reported as received or seen, and answered, still is.
func (l *life) checkMarks(now state, known view) {
	for m, id := range known.marks {
		n := int64(0)
		if i, ok := slices.BinarySearchFunc(now.messages, id, func(m message, id int64) int { return cmp.Compare(m.id, id) }); ok {
			n = now.messages[i].n
		}
		reached := int64(-1)
		for key, s := range now.stays {
			if key.room == m.room && key.user == m.user {
				reached = max(reached, s.position(m.kind))
			}
		}
		if n == 0 || reached < n {
			l.t.Errorf("user %d reported message %d of room %d, kind %d: its number is %d, theirs %d", m.user, id, m.room, m.kind, n, reached)
		}
	}
}

func (s stay) position(kind int) int64 {
	if kind == 1 {
		return s.delivered
	}
	return s.seen
}

// checkFacts: what the keeper was answered is so, unless asked for otherwise
// since.
func (l *life) checkFacts(now state, known view) {
	for name, possible := range known.facts {
		if is := now.fact(name, l.load.town); !slices.Contains(possible, is) {
			l.t.Errorf("%s is %q, which must be one of %q", name, is, possible)
		}
	}
}

// fact gives the value of a fact as the database has it.
func (s state) fact(name string, town *town) string {
	switch name {
	case roomName:
		return s.rooms[town.lobby]
	case guestIn:
		for key, stay := range s.stays {
			if key.room == town.lobby && key.user == town.guest.user && !stay.left {
				return "in"
			}
		}
		return "out"
	}
	for _, bot := range []string{name, renamed(name)} {
		if s.bots[bot] {
			return bot
		}
	}
	return ""
}
