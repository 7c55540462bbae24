package chat

import "fmt"

// RoomType tells how a room is managed.
type RoomType string

// The room types.
const (
	Group   RoomType = "group"   // admins manage it
	Private RoomType = "private" // two people, both manage its keys
)

// Room is a place where members exchange messages. Its messages are numbered
// from 1; LastN is the newest one's number.
type Room struct {
	ID          int64
	Type        RoomType
	Name        string
	AvatarID    int64
	People      int64 // members that are people
	LastN       int64
	PersonN     int64 // number of the newest message that a person posted
	LastMessage int64 // id; 0: none yet
	LastMs      Time  // when the newest message was stored
	Created     Time
	Modified    Time
	Deleted     bool
	// Purged says that the room was destroyed: nothing of it is left but that it was.
	Purged bool
}

// PairKey identifies the private room of two people, so that there is only one.
func PairKey(a, b int64) string {
	return fmt.Sprintf("%d:%d", min(a, b), max(a, b))
}

// Member is one stay of a user in a room, from joining to leaving; coming back
// opens a new one. A member sees the messages numbered JoinN < n, and n <=
// LeftN once Left.
type Member struct {
	RoomID     int64
	UserID     int64
	JoinSeq    int64
	JoinN      int64
	Left       bool
	LeftSeq    int64
	LeftN      int64
	Admin      bool
	IsPerson   bool
	DeliveredN int64 // received all visible messages up to this number
	SeenN      int64 // saw all visible messages up to this number
	Skip       int64 // own (and hidden) messages after SeenN: they are not unread
	Muted      bool
	Pinned     bool
	MutedAt    Time // since when it is muted; 0: it is not
	PinnedAt   Time // since when it is pinned; 0: it is not
	Changed    Time // last change of the stay itself: marks, hidden messages, its end
	Joined     Time
}

// Unread counts the messages of the room that the member has not seen.
func (m Member) Unread(lastN int64) int64 {
	if m.Left {
		lastN = m.LeftN
	}
	return max(0, lastN-m.SeenN-m.Skip)
}

// Sees reports whether the member can see message number n.
func (m Member) Sees(n int64) bool {
	return n > m.JoinN && (!m.Left || n <= m.LeftN)
}

// ManagesKeys reports whether the member may manage the room's API keys: room
// admins, and in a private room either person.
func (m Member) ManagesKeys(t RoomType) bool {
	return m.IsPerson && (m.Admin || t == Private)
}

// RoomView is a room as one of its members sees it.
type RoomView struct {
	Room
	Muted, Pinned bool
	Unread        int64
	Members       []RoomMember
}

// RoomMember is a current member together with the user.
type RoomMember struct {
	Admin  bool
	Joined Time
	User   User
}
