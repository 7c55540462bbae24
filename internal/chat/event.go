package chat

import "encoding/json"

// EventKind says what happened.
type EventKind string

// The kinds of event. A comment tells the audience.
const (
	MessagePosted  EventKind = "message_posted"  // room, but not the posting device
	ReceiptMade    EventKind = "receipt_made"    // room or one person; Data: ReceiptMadeData
	RoomMade       EventKind = "room_made"       // room
	RoomChanged    EventKind = "room_changed"    // room; also when members changed
	RoomDeleted    EventKind = "room_deleted"    // room
	RoomSeen       EventKind = "room_seen"       // one person: their other devices
	RoomLeft       EventKind = "room_left"       // one person: not a member any more
	RoomMarked     EventKind = "room_marked"     // one person: muted or pinned the room, or not any more
	AdminEnded     EventKind = "admin_ended"     // one person: a member still, but not an admin any more
	UserChanged    EventKind = "user_changed"    // everyone; UserID is who changed
	KeysChanged    EventKind = "keys_changed"    // room
	AccessChanged  EventKind = "access_changed"  // nobody; sessions or keys ended
	MessageChanged EventKind = "message_changed" // room: it was edited
	MessageDeleted EventKind = "message_deleted" // room: for everyone
	MessageHidden  EventKind = "message_hidden"  // one person, who deleted it for themselves
	Reacted        EventKind = "reacted"         // room or one person; UserID is who reacted
	ReactionGone   EventKind = "reaction_gone"   // room or one person; UserID is who took it back
	eventsKeptDays           = 7
)

// Event is one thing that happened, numbered in the one order of all changes.
// It refers to what it is about, so that a later reader gets it as it is then.
type Event struct {
	Seq          int64
	At           Time
	Kind         EventKind
	RoomID       int64 // the room it is about; its members are the audience unless ToUser is set
	ToUser       int64 // the one person it is for; 0: see RoomID
	UserID       int64 // the user it is about
	ExceptDevice int64 // a device that is left out; 0: none
	MessageID    int64
	Data         []byte // JSON, by kind

	// Message is the posted message while the event is fresh from its own
	// transaction; nil when the event was read back.
	Message *Message
	// Reader is whom an event is read back for, so that they get it as they see
	// things; 0: nobody in particular.
	Reader int64
}

// ReceiptMadeData is the Data of a ReceiptMade event.
type ReceiptMadeData struct {
	Kind  ReceiptKind `json:"k"`
	FromN int64       `json:"a"`
	ToN   int64       `json:"b"`
	Large bool        `json:"l,omitempty"` // the room is too large to tell everyone of each receipt
	// Private says that the room is one, in which messages may be withheld.
	Private bool `json:"p,omitempty"`
	// Sender limits the event to this person's messages; 0: all.
	Sender int64 `json:"s,omitempty"`
	// Own says that it is about a person's own message, which they have received
	// and seen by posting it. Otherwise own messages are left out.
	Own bool `json:"o,omitempty"`
}

func (d ReceiptMadeData) encode() []byte {
	b, _ := json.Marshal(d) // numbers only: cannot fail
	return b
}

// LargeRoom is the number of people above which a receipt is told only to the
// message's sender and its maker's other devices, and to everyone else in
// gathered counts.
const LargeRoom = 50

// Receipts gives what a ReceiptMade event is about.
func (e Event) Receipts() (ReceiptMadeData, error) {
	var data ReceiptMadeData
	err := json.Unmarshal(e.Data, &data)
	return data, err
}
