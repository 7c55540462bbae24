package chat

// ReceiptKind tells receiving from seeing. Seeing includes receiving.
type ReceiptKind int64

// The kinds of receipt. Their values are part of record ids and stored.
const (
	Delivered ReceiptKind = 1
	Seen      ReceiptKind = 2
)

// ReceiptRange says that a person received (or saw) the visible messages
// FromN..ToN of a room at one moment. Ranges of one person and kind never
// overlap.
type ReceiptRange struct {
	RoomID, UserID int64
	Kind           ReceiptKind
	FromN, ToN     int64
	At             Time
}

// Receipt says that a person received or saw one message.
type Receipt struct {
	MessageID int64
	RoomID    int64
	UserID    int64
	Kind      ReceiptKind
	At        Time
}

// Bits of a record id: message, user and kind share one number below 2^53, so
// that a receipt needs no row of its own to have an id.
const (
	recordUserShift    = 2
	recordMessageShift = 22
)

// reacted is the third kind of record in ids: a reaction.
const reacted ReceiptKind = 3

// RecordID gives the receipt's id. It holds for message ids below 2^31 and user
// ids below 2^20.
func (r Receipt) RecordID() int64 { return recordID(r.MessageID, r.UserID, r.Kind) }

func recordID(message, user int64, kind ReceiptKind) int64 {
	return message<<recordMessageShift | user<<recordUserShift | int64(kind)
}

// splitRecordID gives what recordID put together.
func splitRecordID(id int64) (message, user int64, kind ReceiptKind) {
	const kinds, users = 1<<recordUserShift - 1, 1<<(recordMessageShift-recordUserShift) - 1
	return id >> recordMessageShift, id >> recordUserShift & users, ReceiptKind(id & kinds)
}

// Position is where a member stands: everything JoinN < n <= DeliveredN is
// received, everything JoinN < n <= SeenN is seen.
type Position struct {
	UserID                   int64
	JoinN, DeliveredN, SeenN int64
}

// countReceipts derives a message's counts from the positions of the people of
// its room. The sender, if a person, counts as having seen it.
func countReceipts(m Message, senderIsPerson bool, at []Position) Counts {
	c := Counts{Total: m.Total}
	for _, p := range at {
		if p.UserID == m.FromUser || m.N <= p.JoinN {
			continue
		}
		if m.N <= p.DeliveredN {
			c.Delivered++
		}
		if m.N <= p.SeenN {
			c.Seen++
		}
	}
	if senderIsPerson {
		c.Delivered++
		c.Seen++
	}
	c.Delivered, c.Seen = min(c.Delivered, c.Total), min(c.Seen, c.Total)
	return c
}
