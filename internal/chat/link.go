package chat

import "time"

// LinkKind says what a link lets its holder do.
type LinkKind string

// The kinds of link.
const (
	SetUpLink  LinkKind = "setup"  // make the owner account; once
	InviteLink LinkKind = "invite" // join the team; until it expires
	ResetLink  LinkKind = "reset"  // set a new password; once
)

// Link is a secret address that stands in for a password once. Only a hash of
// its token is kept.
type Link struct {
	ID        int64
	Kind      LinkKind
	Hash      []byte
	UserID    int64   // whose password a reset link sets; 0 otherwise
	RoomIDs   []int64 // rooms an invited person joins
	CreatedBy int64   // 0: the server
	Created   Time
	Expires   Time // 0: never
	Uses      int64
	Closed    bool
}

// How long links live.
const (
	resetLife         = 3 * 24 * time.Hour
	defaultInviteLife = 7 * 24 * time.Hour
	maxInviteLife     = 30 * 24 * time.Hour
)

// open reports whether the link can still be used.
func (l Link) open(now Time) bool {
	return !l.Closed && (l.Expires == 0 || now < l.Expires)
}
