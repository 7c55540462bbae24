package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// handQueries are the queries with a list of ids, which the query generator cannot
// make for both databases.
type handQueries struct {
	on                               gen.DBTX
	d                                dialect
	users, messages, members         string
	phoneHashes, contacts            string
	hiddenAmong, hiddenOf, reactions string
	files                            string
}

func newHand(db *sql.DB, d dialect) handQueries {
	return handQueries{
		on: db, d: d,
		users:    "SELECT " + userColumns + " FROM users WHERE " + d.inIDs("id"),
		messages: "SELECT " + messageColumns + " FROM messages WHERE " + d.inIDs("id"),
		members: "SELECT room_id, user_id, admin, joined_ms FROM members WHERE " + d.inIDs("room_id") +
			" AND left_n IS NULL ORDER BY room_id, join_seq, user_id",
		phoneHashes: "SELECT " + userColumns + " FROM users WHERE " + d.inTexts("phone_hash") + " ORDER BY sort_name, id",
		contacts: "INSERT INTO contacts (user_id, contact_id, created_ms, confirmed_ms)" +
			" SELECT CAST($2 AS BIGINT), id, CAST($3 AS BIGINT), CAST($3 AS BIGINT) FROM users WHERE " + d.inIDs("id") +
			" ON CONFLICT (user_id, contact_id) DO UPDATE SET confirmed_ms = excluded.confirmed_ms",
		hiddenAmong: "SELECT " + hiddenColumns + " FROM hidden WHERE user_id = $2 AND " + d.inIDs("message_id"),
		hiddenOf:    "SELECT " + hiddenColumns + " FROM hidden WHERE " + d.inIDs("message_id"),
		reactions: "SELECT " + reactionColumns + " FROM reactions WHERE NOT deleted AND " + d.inIDs("message_id") +
			" ORDER BY created_ms, user_id LIMIT $2",
		files: "SELECT " + fileColumns + " FROM files WHERE " + d.inIDs("id"),
	}
}

// within gives the queries inside a transaction.
func (h handQueries) within(tx *sql.Tx) handQueries {
	h.on = tx
	return h
}

const userColumns = "id, kind, name, sort_name, email, phone, password, role, verified, avatar_id, created_ms, modified_ms, signed_in_ms, deleted, " +
	"phone_hash, short_description, long_description, cover_id"

func (h handQueries) usersByID(ctx context.Context, ids []int64) ([]gen.User, error) {
	return list(ctx, h, h.users, []any{h.d.ids(ids)}, scanUser)
}

func (h handQueries) usersByPhoneHash(ctx context.Context, hashes []string) ([]gen.User, error) {
	return list(ctx, h, h.phoneHashes, []any{h.d.texts(hashes)}, scanUser)
}

// membersOf gives what rooms' lists of members need of them.
func (h handQueries) membersOf(ctx context.Context, rooms []int64) ([]gen.Member, error) {
	return list(ctx, h, h.members, []any{h.d.ids(rooms)}, func(rows *sql.Rows, m *gen.Member) error {
		return rows.Scan(&m.RoomID, &m.UserID, &m.Admin, &m.JoinedMs)
	})
}

// confirmContacts puts users into someone's address book as of a moment.
func (h handQueries) confirmContacts(ctx context.Context, ids []int64, user, at int64) error {
	_, err := h.on.ExecContext(ctx, h.contacts, h.d.ids(ids), user, at)
	return err
}

func scanUser(rows *sql.Rows, u *gen.User) error {
	return rows.Scan(&u.ID, &u.Kind, &u.Name, &u.SortName, &u.Email, &u.Phone, &u.Password, &u.Role,
		&u.Verified, &u.AvatarID, &u.CreatedMs, &u.ModifiedMs, &u.SignedInMs, &u.Deleted,
		&u.PhoneHash, &u.ShortDescription, &u.LongDescription, &u.CoverID)
}

const messageColumns = "id, room_id, n, from_user, sender_name, type, body, reply_to, client_id, local_id, local_is_int, request_hash, total, created_ms, modified_ms, deleted, forwarded, has_link, file_id, thumb_id"

func (h handQueries) messagesByID(ctx context.Context, ids []int64) ([]gen.Message, error) {
	return list(ctx, h, h.messages, []any{h.d.ids(ids)}, func(rows *sql.Rows, m *gen.Message) error {
		return rows.Scan(&m.ID, &m.RoomID, &m.N, &m.FromUser, &m.SenderName, &m.Type, &m.Body, &m.ReplyTo, &m.ClientID,
			&m.LocalID, &m.LocalIsInt, &m.RequestHash, &m.Total, &m.CreatedMs, &m.ModifiedMs, &m.Deleted, &m.Forwarded, &m.HasLink, &m.FileID, &m.ThumbID)
	})
}

const hiddenColumns = "user_id, message_id, room_id, n, kind, at_ms"

func scanHidden(rows *sql.Rows, h *gen.Hidden) error {
	return rows.Scan(&h.UserID, &h.MessageID, &h.RoomID, &h.N, &h.Kind, &h.AtMs)
}

const reactionColumns = "message_id, user_id, room_id, emoji, deleted, created_ms, modified_ms"

func scanReaction(rows *sql.Rows, r *gen.Reaction) error {
	return rows.Scan(&r.MessageID, &r.UserID, &r.RoomID, &r.Emoji, &r.Deleted, &r.CreatedMs, &r.ModifiedMs)
}

const fileColumns = "id, user_id, client_id, name, mime, shown, type, size, hash, relation_id, duration, width, height, thumb_id, created_ms"

func scanFile(rows *sql.Rows, f *gen.File) error {
	return rows.Scan(&f.ID, &f.UserID, &f.ClientID, &f.Name, &f.Mime, &f.Shown, &f.Type, &f.Size, &f.Hash, &f.RelationID,
		&f.Duration, &f.Width, &f.Height, &f.ThumbID, &f.CreatedMs)
}

// list runs one of the queries and gives the rows it finds.
func list[T any](ctx context.Context, h handQueries, query string, args []any, scan func(*sql.Rows, *T) error) ([]T, error) {
	rows, err := h.on.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func joinInts(list []int64) string {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	return b.String()
}

// maxKeyword is longer than any name, in bytes, and short enough for SQLite's
// limit on patterns: what is cut there finds nothing, like the whole.
const maxKeyword = 64 * chat.MaxName

// contains gives the LIKE pattern for "holds keyword", whatever its case.
func contains(keyword string) string {
	keyword = sortName(keyword)
	if len(keyword) > maxKeyword {
		keyword = strings.ToValidUTF8(keyword[:maxKeyword], "")
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(keyword) + "%"
}
