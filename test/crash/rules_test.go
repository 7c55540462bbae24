package crash

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// rule is something that is never so in a sound database, whenever one looks. It
// is written in words that both databases understand.
type rule struct {
	never string
	find  string // gives the rows that break the rule
	harm  string // breaks it, to see that it is found
}

// rules are what half a change would break.
var rules = []rule{
	{
		never: "a room's newest message is not what the room says, or there is a gap before it",
		find: `SELECT r.id, r.last_n, r.last_message, r.last_ms, count(m.id), max(m.n), max(m.id)
			FROM rooms r LEFT JOIN messages m ON m.room_id = r.id
			GROUP BY r.id, r.last_n, r.last_message, r.last_ms
			HAVING r.last_n <> count(m.id) OR r.last_n <> coalesce(max(m.n), 0) OR coalesce(min(m.n), 1) <> 1
				OR r.last_message <> coalesce(max(m.id), 0) OR count(m.id) > 0 AND r.last_ms <> max(m.created_ms)`,
		harm: `DELETE FROM messages WHERE n = 2`,
	},
	{
		never: "the number of the newest message of a person is not what the room says",
		find: `SELECT r.id, r.person_n FROM rooms r WHERE r.person_n <> (
			SELECT coalesce(max(m.n), 0) FROM messages m JOIN users u ON u.id = m.from_user WHERE m.room_id = r.id AND u.kind = 'person')`,
		harm: `UPDATE rooms SET person_n = person_n - 1`,
	},
	{
		never: "messages of a room are in another order than their ids",
		find: `SELECT id, before FROM (SELECT id, lag(id) OVER (PARTITION BY room_id ORDER BY n) AS before FROM messages) x
			WHERE id <= before`,
		harm: `UPDATE messages SET id = id + 1000000 WHERE n = 1`,
	},
	{
		never: "a message has no event, or several",
		find: `SELECT m.id, count(e.seq) FROM messages m LEFT JOIN events e ON e.message_id = m.id AND e.kind = 'message_posted'
				AND e.room_id = m.room_id AND e.user_id = m.from_user AND e.at_ms = m.created_ms
			GROUP BY m.id HAVING count(e.seq) <> 1`,
		harm: `DELETE FROM events WHERE seq = (SELECT max(seq) FROM events WHERE kind = 'message_posted')`,
	},
	{
		never: "an event tells of a message that is not there",
		find: `SELECT e.seq, e.message_id FROM events e WHERE e.kind = 'message_posted'
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = e.message_id)`,
		harm: `DELETE FROM messages WHERE id = (SELECT max(id) FROM messages)`,
	},
	{
		never: "events tell of messages in another order, or fall back in time",
		find: `SELECT seq FROM (
				SELECT seq, message_id, lag(message_id) OVER (ORDER BY seq) AS before, at_ms, lag(at_ms) OVER (ORDER BY seq) AS earlier
				FROM events WHERE kind = 'message_posted') x WHERE message_id <= before OR at_ms < earlier
			UNION ALL SELECT seq FROM (SELECT seq, at_ms, lag(at_ms) OVER (ORDER BY seq) AS earlier FROM events) y WHERE at_ms < earlier`,
		harm: `UPDATE events SET at_ms = at_ms - 1000000 WHERE seq = (SELECT max(seq) FROM events)`,
	},
	{
		never: "messages fall back in time",
		find:  `SELECT id FROM (SELECT id, created_ms, lag(created_ms) OVER (ORDER BY id) AS earlier FROM messages) x WHERE created_ms < earlier`,
		harm:  `UPDATE messages SET created_ms = 1 WHERE id = (SELECT max(id) FROM messages)`,
	},
	{
		never: "the clock is behind what it numbered, or there is another",
		find: `SELECT c.seq, c.ms, c.message_id, c.forgotten FROM clock c WHERE c.forgotten > c.seq
				OR c.seq < (SELECT coalesce(max(seq), 0) FROM events) OR c.message_id <> (SELECT coalesce(max(id), 0) FROM messages)
				OR c.ms < (SELECT coalesce(max(at_ms), 0) FROM events) OR c.ms < (SELECT coalesce(max(created_ms), 0) FROM messages)
				OR c.ms < (SELECT coalesce(max(at_ms), 0) FROM receipts) OR (SELECT count(*) FROM clock) <> 1`,
		harm: `UPDATE clock SET message_id = message_id + 1`,
	},
	{
		never: "a sender's own id is there twice",
		find:  `SELECT from_user, client_id FROM messages WHERE client_id IS NOT NULL GROUP BY from_user, client_id HAVING count(*) > 1`,
	},
	{
		never: "a reply answers what is not an earlier message of its room",
		find: `SELECT m.id, m.reply_to FROM messages m WHERE m.reply_to <> 0
			AND NOT EXISTS (SELECT 1 FROM messages t WHERE t.id = m.reply_to AND t.room_id = m.room_id AND t.id < m.id)`,
		harm: `UPDATE messages SET reply_to = 1000000 WHERE n = 2`,
	},
	{
		never: "a message's number of people is not that of those who can see it",
		find: `SELECT x.id, x.total FROM messages x WHERE x.total <> (SELECT count(*) FROM members m
			WHERE m.room_id = x.room_id AND m.person AND m.join_n < x.n AND (m.left_n IS NULL OR x.n <= m.left_n))`,
		harm: `UPDATE messages SET total = total - 1 WHERE n = 2`,
	},
	{
		never: "a member stands where they cannot",
		find: `SELECT m.room_id, m.user_id, m.join_n, m.seen_n, m.delivered_n, m.left_n, r.last_n
			FROM members m LEFT JOIN rooms r ON r.id = m.room_id
			WHERE r.id IS NULL OR m.join_n > coalesce(m.left_n, r.last_n) OR (m.left_n IS NULL) <> (m.left_seq IS NULL)
				OR m.person AND NOT (m.join_n <= m.seen_n AND m.seen_n <= m.delivered_n AND m.delivered_n <= coalesce(m.left_n, r.last_n))`,
		harm: `UPDATE members SET seen_n = delivered_n + 1`,
	},
	{
		never: "a member's own unseen messages are miscounted",
		find: `SELECT m.room_id, m.user_id, m.skip FROM members m WHERE m.person AND m.left_n IS NULL AND m.skip <> (
			SELECT count(*) FROM messages x WHERE x.room_id = m.room_id AND x.from_user = m.user_id AND x.n > m.seen_n)`,
		harm: `UPDATE members SET skip = skip + 1`,
	},
	{
		never: "ranges of receipts overlap or fall back in time",
		find: `SELECT room_id, user_id, kind, from_n, to_n, before FROM (
				SELECT r.*, lag(r.to_n) OVER (PARTITION BY r.room_id, r.user_id, r.kind ORDER BY r.to_n) AS before,
					lag(r.at_ms) OVER (PARTITION BY r.room_id, r.user_id, r.kind ORDER BY r.to_n) AS earlier FROM receipts r) x
			WHERE from_n > to_n OR from_n <= before OR at_ms < earlier`,
		harm: `UPDATE receipts SET from_n = from_n - 1`,
	},
	{
		never: "receipts do not cover what a member received or saw",
		find: `SELECT m.room_id, m.user_id, m.join_n, m.delivered_n, m.seen_n FROM members m WHERE m.person AND (
			m.delivered_n - m.join_n <> (SELECT coalesce(sum(r.to_n - r.from_n + 1), 0) FROM receipts r WHERE r.kind = 1
				AND r.room_id = m.room_id AND r.user_id = m.user_id AND r.from_n > m.join_n AND r.to_n <= m.delivered_n)
			OR m.seen_n - m.join_n <> (SELECT coalesce(sum(r.to_n - r.from_n + 1), 0) FROM receipts r WHERE r.kind = 2
				AND r.room_id = m.room_id AND r.user_id = m.user_id AND r.from_n > m.join_n AND r.to_n <= m.seen_n))`,
		harm: `DELETE FROM receipts WHERE at_ms = (SELECT max(at_ms) FROM receipts)`,
	},
	{
		never: "receipts are of somebody who was not there",
		find: `SELECT r.room_id, r.user_id, r.kind, r.from_n, r.to_n FROM receipts r WHERE NOT EXISTS (SELECT 1 FROM members m
			WHERE m.person AND m.room_id = r.room_id AND m.user_id = r.user_id AND r.from_n > m.join_n
				AND r.to_n <= CASE r.kind WHEN 1 THEN m.delivered_n WHEN 2 THEN m.seen_n END)`,
		harm: `UPDATE receipts SET room_id = room_id + 1000`,
	},
	{
		never: "a room's people are miscounted",
		find: `SELECT r.id, r.people FROM rooms r WHERE r.people <> (
			SELECT count(*) FROM members m WHERE m.room_id = r.id AND m.person AND m.left_n IS NULL)`,
		harm: `UPDATE rooms SET people = people + 1`,
	},
	{
		never: "somebody came or went without an event",
		find: `SELECT m.room_id, m.user_id, m.join_seq, m.left_seq FROM members m
			WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.seq = m.join_seq AND e.room_id = m.room_id)
				OR m.left_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events e WHERE e.seq = m.left_seq AND e.room_id = m.room_id)`,
		harm: `UPDATE members SET join_seq = join_seq + 1`,
	},
	{
		never: "a key's bot is not in the key's room",
		find: `SELECT k.id, k.bot_id FROM api_keys k WHERE NOT EXISTS (SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
			WHERE u.kind = 'bot' AND m.user_id = k.bot_id AND m.room_id = k.room_id AND m.left_n IS NULL)`,
		harm: `UPDATE members SET left_n = 1, left_seq = 1`,
	},
	{
		never: "a bot is in a room without a key, or never was in one",
		find: `SELECT u.id, u.name FROM users u WHERE u.kind = 'bot' AND (
			(SELECT count(*) FROM members m WHERE m.user_id = u.id) <> 1
			OR (SELECT count(*) FROM members m WHERE m.user_id = u.id AND m.left_n IS NULL) <> (SELECT count(*) FROM api_keys k WHERE k.bot_id = u.id))`,
		harm: `DELETE FROM api_keys`,
	},
}

// violations gives the first rows of a query, in a form to be shown.
func violations(t *testing.T, tx *sql.Tx, query string) []string {
	t.Helper()
	const enough = 3
	found, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for found.Next() && len(out) < enough {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := found.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		var row strings.Builder
		for i, c := range columns {
			fmt.Fprintf(&row, "%s=%v ", c, values[i])
		}
		out = append(out, strings.TrimSpace(row.String()))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// checkRules breaks each rule in a transaction that is taken back, and sees
// whether that is found.
func (l *life) checkRules() {
	for _, r := range rules {
		if r.harm == "" {
			continue // an index of the database is in the way
		}
		l.look(l.t, func(tx *sql.Tx) {
			if _, err := tx.ExecContext(l.t.Context(), r.harm); err != nil {
				l.t.Errorf("%s: %v", r.harm, err)
			} else if len(violations(l.t, tx, r.find)) == 0 {
				l.t.Errorf("%q would not be noticed after %q", r.never, r.harm)
			}
		})
	}
}
