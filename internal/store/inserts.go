package store

import "spika/internal/chat"

// inserts are the statements for what most changes store. A value that is given
// to the database costs a post about as much as a column that is not empty, so what
// most posts of programs have in common is part of a statement of their own.
type inserts struct {
	messages, plainMessages, milestones, events, plainPosts, receipts, deliveries *bulk
}

func newInserts(d dialect) *inserts {
	const (
		message = "id bigint, room_id bigint, n bigint, from_user bigint, sender_name text, type text, body text, " +
			"reply_to bigint, client_id text, local_id text, local_is_int boolean, request_hash bytea, total bigint, " +
			"created_ms bigint, modified_ms bigint, deleted boolean, forwarded boolean, has_link boolean, file_id bigint, thumb_id bigint"
		// Columns that are not named here are empty, by default: isPlain must know them.
		plainMessage = "id bigint, room_id bigint, n bigint, from_user bigint, sender_name text, type = '" + chat.TextType + "', body text, " +
			"reply_to = 0, local_is_int = FALSE, total bigint, " +
			"created_ms bigint, modified_ms bigint, deleted = FALSE, has_link boolean"
		event = "seq bigint, at_ms bigint, kind text, " +
			"room_id bigint, to_user bigint, user_id bigint, except_device bigint, message_id bigint, data text"
		plainPost = "seq bigint, at_ms bigint, kind = '" + string(chat.MessagePosted) + "', " +
			"room_id bigint, to_user = 0, user_id bigint, except_device = 0, message_id bigint, data = ''"
		delivery = "kind text, device_id bigint, user_id bigint, room_id bigint, message_id bigint, " +
			"attempt bigint, due_ms bigint, created_ms bigint"
	)
	return &inserts{
		messages:      newBulk(d, "messages", message),
		plainMessages: newBulk(d, "messages", plainMessage),
		milestones:    newBulk(d, "milestones", "room_id bigint, at_ms bigint, n bigint"),
		events:        newBulk(d, "events", event),
		plainPosts:    newBulk(d, "events", plainPost),
		receipts:      newBulk(d, "receipts", "room_id bigint, user_id bigint, kind bigint, from_n bigint, to_n bigint, at_ms bigint"),
		deliveries:    newBulk(d, "deliveries", delivery),
	}
}

// milestoneStep is how far apart in number the messages of a room are, from the
// first on, whose times are kept beside them. To find a moment, as many must be read
// at most, and none in a room that began later.
const milestoneStep = 16

// isPlain reports whether a message is a new text with nothing to it.
func isPlain(m *chat.Message) bool {
	return m.Type == chat.TextType && m.ReplyTo == 0 && m.ClientID == "" && m.LocalID == chat.LocalID{} && m.Hash == nil &&
		!m.Deleted && !m.Forwarded && m.FileID == 0 && m.ThumbID == 0
}

// isPlainPost reports whether an event tells everyone in a room of a message.
func isPlainPost(e *chat.Event) bool {
	return e.Kind == chat.MessagePosted && e.ToUser == 0 && e.ExceptDevice == 0 && len(e.Data) == 0
}

// reserve gives a list of values, once the first is put in, room for as many rows.
func reserve(values []any, count int, b *bulk) []any {
	if values == nil {
		return make([]any, 0, count*b.width)
	}
	return values
}
