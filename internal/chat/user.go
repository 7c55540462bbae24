package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// UserKind tells people from bots.
type UserKind string

// The kinds of user.
const (
	Person UserKind = "person"
	Bot    UserKind = "bot" // the user behind an API key
)

// Role is what a person may do in the whole team.
type Role string

// The roles, from most to least. The owner is made at set-up.
const (
	Owner Role = "owner"
	Admin Role = "admin"
	Plain Role = "member"
)

// Manages reports whether the role manages people and every room's keys.
func (r Role) Manages() bool { return r == Owner || r == Admin }

// User is a person or a bot.
type User struct {
	ID       int64
	Kind     UserKind
	Name     string
	Email    string // lower case; empty when there is none
	Phone    string // E.164; empty when there is none
	Password string // argon2id in PHC form; empty when the user cannot sign in with one
	Role     Role
	Verified bool
	AvatarID int64 // 0: none
	Created  Time
	Modified Time
	SignedIn Time // last sign-in; 0: never
	Deleted  bool
	// What people say about themselves.
	ShortText string
	LongText  string
	CoverID   int64 // 0: none
}

// PhoneHash gives the SHA-256 of the phone number in lower-case hex, by which
// address books are matched; empty when there is no number.
func (u User) PhoneHash() string {
	if u.Phone == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(u.Phone))
	return hex.EncodeToString(sum[:])
}

// IsBot reports whether the user stands behind an API key.
func (u User) IsBot() bool { return u.Kind == Bot }

// Limits of text fields.
const (
	MaxName        = 100 // characters, also of rooms and keys
	MaxEmail       = 191 // bytes
	MinPassword    = 10  // characters
	MaxPassword    = 200 // characters
	MaxMemberCount = 10_000
)

// CleanName trims a display name and refuses one that is empty, too long, not
// UTF-8, or holds control characters. what names the field in the error.
func CleanName(what, name string) (string, error) {
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", Errorf(Invalid, "%s must not be empty", what)
	case n > MaxName:
		return "", Errorf(Invalid, "%s must be at most %d characters, this has %d", what, MaxName, n)
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", Errorf(Invalid, "%s must be UTF-8 without control characters", what)
	}
	if !strings.ContainsFunc(name, isVisible) {
		return "", Errorf(Invalid, "%s must have a character that can be seen", what)
	}
	return name, nil
}

// isVisible reports whether a character shows something: marks of direction,
// joiners, variation selectors and fillers are used within names, but make none.
func isVisible(r rune) bool {
	const brailleBlank = '\u2800'
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != brailleBlank &&
		!unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// CleanEmail lower-cases an address and refuses what is not one.
func CleanEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > MaxEmail || strings.ContainsFunc(email, unicode.IsControl) {
		return "", Errorf(Invalid, "emailAddress must be an e-mail address of at most %d bytes, like ada@example.org", MaxEmail)
	}
	return email, nil
}

// CheckPassword refuses a password that is too short or too long.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return Errorf(Invalid, "password must have %d to %d characters", MinPassword, MaxPassword)
	}
	return nil
}
