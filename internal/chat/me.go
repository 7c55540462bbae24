package chat

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what people write about themselves, in characters.
const (
	MaxShortText = 200
	MaxLongText  = 2_000
)

// MeChange is what a person changes about themselves; nil leaves a thing as it
// is.
type MeChange struct {
	Name      *string
	Email     *string
	Phone     *string // E.164
	AvatarID  *int64
	CoverID   *int64
	ShortText *string
	LongText  *string
}

// UpdateMe changes the asker's profile. Fails with Invalid when someone else has
// the address or number, or a picture is not the asker's, and with Forbidden for
// another number where people sign in by theirs: nothing shows that it is the
// asker's, and its owner's code would let them into the asker's account.
func (s *Service) UpdateMe(ctx context.Context, who Session, c MeChange) (User, error) {
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (User, error) {
		before, err := person(ctx, tx, who.User.ID) // not someone who deletes their account meanwhile
		if err != nil {
			return User{}, err
		}
		u, err := c.apply(before)
		if err != nil {
			return User{}, err
		}
		if err := reachFree(ctx, tx, u, Invalid); err != nil {
			return User{}, err
		}
		if u.Phone != before.Phone && s.codesOn() {
			return User{}, Errorf(Forbidden, "telephoneNumber can only be changed by who manages the team: whoever has the number signs in with it")
		}
		if err := checkFaces(ctx, tx, before, u); err != nil {
			return User{}, err
		}
		u.Modified = tx.Stamp()
		if err := s.tellUser(ctx, tx, u.ID); err != nil {
			return User{}, err
		}
		if err := tx.UpdateUser(ctx, u); err != nil {
			return User{}, err
		}
		return u, dropUnused(ctx, tx, before.AvatarID, before.CoverID)
	})
}

// checkFaces refuses pictures that are not the person's to show.
func checkFaces(ctx context.Context, r Reader, before, u User) error {
	if err := checkFace(ctx, r, u.ID, u.AvatarID, before.AvatarID); err != nil {
		return err
	}
	return checkFace(ctx, r, u.ID, u.CoverID, before.CoverID)
}

// apply gives the user with the change. What is empty can be given as empty
// again, as some clients do; what one signs in by cannot be emptied.
func (c MeChange) apply(u User) (User, error) {
	var err error
	if c.Name != nil {
		if u.Name, err = CleanName("displayName", *c.Name); err != nil {
			return u, err
		}
	}
	if c.Email != nil && (*c.Email != "" || u.Email != "") {
		if u.Email, err = CleanEmail(*c.Email); err != nil {
			return u, err
		}
	}
	if c.Phone != nil && (*c.Phone != "" || u.Phone != "") {
		if u.Phone, err = CleanPhone(*c.Phone); err != nil {
			return u, err
		}
	}
	if c.AvatarID != nil {
		u.AvatarID = *c.AvatarID
	}
	if c.CoverID != nil {
		u.CoverID = *c.CoverID
	}
	if c.ShortText != nil {
		if u.ShortText, err = cleanAbout("shortDescription", *c.ShortText, MaxShortText); err != nil {
			return u, err
		}
	}
	if c.LongText != nil {
		u.LongText, err = cleanAbout("longDescription", *c.LongText, MaxLongText)
	}
	return u, err
}

// cleanAbout refuses what someone writes about themselves when it is too long or
// holds control characters other than line breaks and tabs.
func cleanAbout(what, text string, most int) (string, error) {
	control := func(ch rune) bool { return unicode.IsControl(ch) && ch != '\n' && ch != '\r' && ch != '\t' }
	if n := utf8.RuneCountInString(text); n > most || !utf8.ValidString(text) || strings.ContainsFunc(text, control) {
		return "", Errorf(Invalid, "%s must be at most %d characters of UTF-8 without control characters", what, most)
	}
	return text, nil
}
