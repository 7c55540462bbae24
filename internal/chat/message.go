package chat

import (
	"crypto/sha256"
	"encoding/binary"
)

// Message is what someone posted in a room.
type Message struct {
	ID         int64
	RoomID     int64
	N          int64 // number within the room, from 1, without gaps
	FromUser   int64
	SenderName string // the name it was posted under
	Type       string
	Body       []byte // a JSON object
	ReplyTo    int64  // message id; 0: none
	ClientID   string // what makes it exactly-once; empty: none
	LocalID    LocalID
	Hash       []byte // of the request's meaning; set with ClientID
	Total      int64  // people who could see it when it was stored
	Created    Time
	Modified   Time
	Deleted    bool
	Forwarded  bool  // it was taken over from another message
	HasLink    bool  // there is a web address in it, or its sender says so
	FileID     int64 // the file it brings; 0: none
	ThumbID    int64 // a small picture of that; 0: none
}

// LocalID is the sender's own id of a message. Integers and strings with the
// same text are the same id.
type LocalID struct {
	Text  string // empty: none
	IsInt bool   // it came as an integer
}

// The types of messages.
const (
	TextType   = "text"
	SystemType = "system" // the server's own: what changed in the room
)

// Limits of a message.
const (
	MaxText     = 65_536 // bytes
	MaxClientID = 200    // characters
)

// Draft is a message to be posted.
type Draft struct {
	RoomID  int64
	Type    string
	Text    string // of a text body
	Body    []byte // the whole body, a compact JSON object
	ReplyTo int64  // 0: none
	FileID  int64  // 0: none; NoFileID: something that is none
	ThumbID int64  // 0: none; NoFileID: something that is none
	LocalID LocalID
	HasLink bool // the client says that it holds a web address
	// IdempotencyKey makes the post exactly-once in place of LocalID.
	IdempotencyKey string
	// Meaning is Body in a form that does not depend on how it was written down;
	// nil: Body is.
	Meaning []byte
	// Fault is what is wrong with what the draft says; nil: nothing. The sender is
	// told of it only when nothing is wrong with where it goes.
	Fault error
}

// ClientID gives the id that makes the draft exactly-once: the idempotency key
// before the local id; empty when there is neither.
func (d Draft) ClientID() string {
	if d.IdempotencyKey != "" {
		return d.IdempotencyKey
	}
	return d.LocalID.Text
}

// meaning is a hash over what the draft would store: equal drafts are the same
// request, however they were written down.
func (d Draft) meaning() []byte {
	h := sha256.New()
	var nums [16]byte
	binary.BigEndian.PutUint64(nums[:8], uint64(d.RoomID))
	binary.BigEndian.PutUint64(nums[8:], uint64(d.ReplyTo))
	h.Write(nums[:])
	h.Write([]byte(d.Type))
	h.Write([]byte{0})
	if d.Meaning != nil {
		h.Write(d.Meaning)
	} else {
		h.Write(d.Body)
	}
	if d.HasLink {
		h.Write([]byte("\x00link"))
	}
	return h.Sum(nil)
}

// Counts are how many people have received and seen a message. They only grow
// and never pass Total.
type Counts struct {
	Delivered, Seen, Total int64
}

// MessageView is a message with its counts and, when it answers another one,
// that other one.
type MessageView struct {
	Message
	Counts
	Reply     *MessageView
	File      *File      // that it brings; nil: none, or it is gone
	Thumb     *File      // a small picture of that; nil: none, or it is gone
	Reactions []Reaction // in lists only, oldest first
}
