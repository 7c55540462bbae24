package store

import "spika/internal/chat"

// inserts are the statements for what most changes store. A value that is given
// to the database costs a post about as much as a column that is not empty, so what
// most posts of programs have in common is part of a statement of their own.
type inserts struct {
	messages, plainMessages, milestones, events, plainPosts, receipts, deliveries *bulk
}

const (
	// Columns that are not named here are empty, by default: isPlain must know them.
	plainMessageColumns = "id, room_id, n, from_user, sender_name, type, body, reply_to, local_is_int, total, created_ms, modified_ms, deleted, has_link"
	plainMessage        = "?, ?, ?, ?, ?, '" + chat.TextType + "', ?, 0, FALSE, ?, ?, ?, FALSE, ?"
	milestoneColumns    = "room_id, at_ms, n"

	eventColumns = "seq, at_ms, kind, room_id, to_user, user_id, except_device, message_id, data"
	plainPost    = "?, ?, '" + string(chat.MessagePosted) + "', ?, 0, ?, 0, ?, ''"

	receiptColumns = "room_id, user_id, kind, from_n, to_n, at_ms"
)

func newInserts(d dialect) *inserts {
	return &inserts{
		messages:      newBulk(d, "messages", messageColumns, ""),
		plainMessages: newBulk(d, "messages", plainMessageColumns, plainMessage),
		milestones:    newBulk(d, "milestones", milestoneColumns, ""),
		events:        newBulk(d, "events", eventColumns, ""),
		plainPosts:    newBulk(d, "events", eventColumns, plainPost),
		receipts:      newBulk(d, "receipts", receiptColumns, ""),
		deliveries:    newBulk(d, "deliveries", deliveryColumns, ""),
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
