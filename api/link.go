package api

// Link sets a password once. It is handed out only when it is made.
type Link struct {
	URL       string `json:"url"` // ends in /reset#TOKEN: a fragment never reaches a log
	ExpiresAt int64  `json:"expiresAt"`
}

// ResetLink is the data of POST /api/messenger/people/{id}/reset-link.
type ResetLink struct {
	Link Link `json:"link"`
}

// LinkKind says what a link is for.
type LinkKind string

// The kinds of link.
const (
	LinkSetup  LinkKind = "setup"  // makes the owner's account
	LinkInvite LinkKind = "invite" // makes an account in the team
	LinkReset  LinkKind = "reset"  // sets a person's password
)

// LinkToken is the body of POST /api/messenger/links/inspect.
type LinkToken struct {
	Token string `json:"token"` // the part of the link after "#"
}

// LinkInfo says what a link is for.
type LinkInfo struct {
	Kind         LinkKind `json:"kind"`
	ExpiresAt    *int64   `json:"expiresAt"`    // null for a set-up link, which ends with its use
	TeamName     string   `json:"teamName"`     // empty if none was given
	DisplayName  *string  `json:"displayName"`  // whose password a reset link sets
	EmailAddress *string  `json:"emailAddress"` // theirs
}

// Invite is a link through which people join the team.
type Invite struct {
	ID        int64   `json:"id"`
	RoomIDs   []int64 `json:"roomIds"`   // the rooms new people join
	CreatedBy int64   `json:"createdBy"` // the user id of its maker
	CreatedAt int64   `json:"createdAt"`
	ExpiresAt int64   `json:"expiresAt"`
	Uses      int64   `json:"uses"` // how many people have joined through it
}

// InviteList is the data of GET /api/messenger/invites.
type InviteList struct {
	List []Invite `json:"list"`
}

// CreateInviteRequest is the body of POST /api/messenger/invites.
type CreateInviteRequest struct {
	ExpiresInHours int64   `json:"expiresInHours,omitzero"` // 1 to 720; a week if left out
	RoomIDs        []int64 `json:"roomIds,omitzero"`        // group rooms; the first room if none is named
}

// CreatedInvite is a new invite with its address, which is shown only once.
type CreatedInvite struct {
	Invite Invite `json:"invite"`
	URL    string `json:"url"` // ends in /invite#TOKEN
}

// AcceptInviteRequest is the body of POST /api/messenger/invites/accept.
type AcceptInviteRequest struct {
	Token        string `json:"token"` // the part of the link after "#"
	DisplayName  string `json:"displayName"`
	EmailAddress string `json:"emailAddress"`
	Password     string `json:"password"` // 10 to 200 characters
}

// ResetPasswordRequest is the body of POST /api/messenger/password/reset.
type ResetPasswordRequest struct {
	Token    string `json:"token"`    // the part of the link after "#"
	Password string `json:"password"` // 10 to 200 characters
}
