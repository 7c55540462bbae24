package api

// Role is what a person may do in the whole team.
type Role string

// The roles. The owner set the server up; admins manage people and every room's
// keys. Bots are members.
const (
	RoleOwner  Role = "owner"
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
)

// User is a person or a bot.
type User struct {
	ID                    int64   `json:"id"`
	DisplayName           *string `json:"displayName"`           // 1 to 100 characters
	AvatarFileID          int64   `json:"avatarFileId"`          // 0: none
	TelephoneNumber       *string `json:"telephoneNumber"`       // E.164, with the "+"
	TelephoneNumberHashed *string `json:"telephoneNumberHashed"` // SHA-256 in lower-case hex
	EmailAddress          *string `json:"emailAddress"`          // lower case
	Verified              bool    `json:"verified"`              // whether the account is in use
	CreatedAt             int64   `json:"createdAt"`
	ModifiedAt            int64   `json:"modifiedAt"`
	IsBot                 bool    `json:"isBot"` // whether the user stands behind an API key
	Deleted               bool    `json:"deleted"`
	ShortDescription      *string `json:"shortDescription"`
	LongDescription       *string `json:"longDescription"`
	CoverFileID           int64   `json:"coverFileId"` // 0: none
	Role                  Role    `json:"role"`
}

// UserData is the data of a reply that gives one user.
type UserData struct {
	User User `json:"user"`
}

// UpdateMeRequest is the body of PUT /api/messenger/me; nil leaves a thing as
// it is.
type UpdateMeRequest struct {
	DisplayName      *string `json:"displayName,omitzero"`
	EmailAddress     *string `json:"emailAddress,omitzero"`
	TelephoneNumber  *string `json:"telephoneNumber,omitzero"`  // with its country code
	AvatarFileID     *int64  `json:"avatarFileId,omitzero"`     // 0: none
	CoverFileID      *int64  `json:"coverFileId,omitzero"`      // 0: none
	ShortDescription *string `json:"shortDescription,omitzero"` // up to 200 characters
	LongDescription  *string `json:"longDescription,omitzero"`  // up to 2,000 characters
}

// ContactList is one page of GET /api/messenger/contacts.
type ContactList struct {
	List       []User `json:"list"`
	Count      int64  `json:"count"`      // all contacts there are
	Limit      int    `json:"limit"`      // contacts a page holds
	NextCursor *int64 `json:"nextCursor"` // null on the last page
}

// MatchContactsRequest is the body of POST /api/messenger/contacts.
type MatchContactsRequest struct {
	Contacts   []string `json:"contacts"` // hashes of phone numbers, as User.TelephoneNumberHashed has them; 1 to 500
	IsLastPage bool     `json:"isLastPage,omitzero"`
}

// MatchedContacts is the data of POST /api/messenger/contacts.
type MatchedContacts struct {
	List  []User `json:"list"`  // those whose numbers they are
	Count int    `json:"count"` // entries in the list
	Limit int    `json:"limit"` // hashes one request can have
}

// SyncUsers is one page of GET /api/messenger/users/sync/{timestamp}.
type SyncUsers struct {
	List    []User `json:"list"`
	Limit   int    `json:"limit"`   // entries a page holds
	Count   int    `json:"count"`   // entries in this page
	HasNext bool   `json:"hasNext"` // whether there is another page
	Users   []User `json:"users"`   // the same as List
}
