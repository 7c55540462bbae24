package chat

import "context"

// Changes says which changes of messages are asked for.
type Changes struct {
	Since  Time // changed after it
	Born   Time // of messages stored at that moment or later
	Edited bool // only what was changed since it was stored
}

// HiddenReader asks what is hidden from whom.
type HiddenReader interface {
	// HiddenAmong finds which of the messages are hidden from a user.
	HiddenAmong(ctx context.Context, user int64, ids []int64) ([]Hidden, error)
	// HiddenOf lists everyone from whom one of the messages is hidden.
	HiddenOf(ctx context.Context, ids []int64) ([]Hidden, error)
	// WithheldCount counts a room's messages numbered after n that were withheld
	// from a user.
	WithheldCount(ctx context.Context, room, user, n int64) (int64, error)
	// MessagesFor is Messages without what was withheld from the user.
	MessagesFor(ctx context.Context, user int64, s Stretch) ([]Message, error)
	// MediaFor lists messages of a type other than text, without deleted and
	// hidden ones; an empty type: those that hold a web address.
	MediaFor(ctx context.Context, user int64, kind string, s Stretch) ([]Message, error)
	// CountMedia counts those, whatever the stretch's limit.
	CountMedia(ctx context.Context, user int64, kind string, s Stretch) (int64, error)
}

// Stretch is a part of a room's messages: numbered From..To, at most Limit, the
// newest first, or with Up the oldest first.
type Stretch struct {
	RoomID   int64
	From, To int64
	Limit    int
	Up       bool
}

// ReactionReader asks about reactions, and about them and receipts together.
type ReactionReader interface {
	Reaction(ctx context.Context, message, user int64) (Reaction, error)
	// Reactions lists the reactions to messages that were not taken back, oldest
	// first.
	Reactions(ctx context.Context, ids []int64, limit int) ([]Reaction, error)
	// RecordsChanged lists receipts and reactions made or changed after since in
	// the user's rooms, by that time, as far as one message each. Whether the user
	// sees the message, and whether the receipt is one, must be looked at: it can
	// be a person's for their own message, or for one that was withheld.
	RecordsChanged(ctx context.Context, user int64, c Changes, p Part) ([]Changed[RecordPlace], error)
}

// RecordPlace is where a record may be: one user's receipt for, or reaction to,
// one message.
type RecordPlace struct {
	MessageID int64
	UserID    int64
	Kind      ReceiptKind // reactions: 3
	At        Time
	Own       bool // of a message that its sender has received and seen by posting it
}
