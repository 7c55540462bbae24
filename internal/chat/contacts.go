package chat

import (
	"context"
	"slices"
	"time"
)

// ContactPage is how many contacts a page holds.
const ContactPage = 20

// MaxMatched is how many phone numbers of an address book are matched at once.
const MaxMatched = 500

// contactLife is how long an address book that is sent in parts may take: when
// its last part comes, contacts that no part had are dropped.
const contactLife = 10 * time.Minute

// TeamMode reports whether everyone sees everyone.
func (s *Service) TeamMode() bool { return !s.opts.ContactsOnly }

// sees reports whether one user may look at another: oneself, and others in a
// team; without a team one's contacts.
func (s *Service) sees(ctx context.Context, r Reader, self, other int64) (bool, error) {
	if !s.opts.ContactsOnly || self == other {
		return true, nil
	}
	return r.IsContact(ctx, self, other)
}

// User gives a user whoever asks.
func (s *Service) User(ctx context.Context, id int64) (User, error) {
	u, err := s.store.User(ctx, id)
	if err != nil {
		return User{}, Errorf(NotFound, "User not found").unless(err)
	}
	return u, nil
}

// UserFor gives a user that the asker may look at. Fails with NotFound.
func (s *Service) UserFor(ctx context.Context, who Session, id int64) (User, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (User, error) {
		u, err := r.User(ctx, id)
		if err != nil {
			return User{}, Errorf(NotFound, "User not found").unless(err)
		}
		ok, err := s.sees(ctx, r, who.User.ID, id)
		if err == nil && !ok {
			err = Errorf(NotFound, "User not found")
		}
		return u, err
	})
}

// ContactList is one page of contacts with the number of all.
type ContactList struct {
	List  []User
	Count int64
	Next  int64 // id to start the next page at; 0: all is loaded
}

// Contacts lists the verified users but the asker by name, without a team those
// of the asker's address book, starting at the user with id from (0: at the
// first).
func (s *Service) Contacts(ctx context.Context, who Session, keyword string, from int64) (ContactList, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (ContactList, error) {
		limit := ContactPage
		if from != 0 {
			limit++ // the page starts with the user the last one ended with
		}
		read, count := r.Contacts, r.ContactCount
		if s.opts.ContactsOnly {
			read, count = r.OwnContacts, r.OwnContactCount
		}
		list, err := read(ctx, who.User.ID, keyword, from, limit)
		if err != nil {
			return ContactList{}, err
		}
		n, err := count(ctx, who.User.ID, keyword)
		out := ContactList{List: list, Count: n}
		if len(list) >= ContactPage {
			out.Next = list[len(list)-1].ID
		}
		return out, err
	})
}

// MatchContacts finds the people whose phone numbers have the given hashes, by
// name, and keeps them as the asker's contacts. last says that the address book
// is complete now: contacts that were in none of its parts are dropped. Fails
// with Invalid when there are more hashes than MaxMatched.
func (s *Service) MatchContacts(ctx context.Context, who Session, hashes []string, last bool) ([]User, error) {
	if len(hashes) > MaxMatched {
		return nil, Errorf(Invalid, "contacts must be at most %d at a time, these are %d: send the rest in further requests", MaxMatched, len(hashes))
	}
	found, err := s.store.UsersByPhoneHash(ctx, hashes)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(u User) bool { return !u.Verified || u.Deleted || u.ID == who.User.ID })
	if len(found) == 0 && !last {
		return nil, nil
	}
	ids := make([]int64, len(found))
	for i, u := range found {
		ids[i] = u.ID
	}
	return found, s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.ConfirmContacts(ctx, who.User.ID, ids); err != nil || !last {
			return err
		}
		return tx.DropContacts(ctx, who.User.ID, tx.Stamp().Add(-contactLife))
	})
}

// tellUser says that a user changed to those who see them: everyone, or without
// a team themselves and those who have them as a contact.
func (s *Service) tellUser(ctx context.Context, tx Tx, user int64) error {
	if !s.opts.ContactsOnly {
		tx.Emit(Event{Kind: UserChanged, UserID: user})
		return nil
	}
	holders, err := tx.ContactHolders(ctx, user)
	if err != nil {
		return err
	}
	for _, to := range append(holders, user) {
		tx.Emit(Event{Kind: UserChanged, ToUser: to, UserID: user})
	}
	return nil
}

// tellBot says that a bot changed: to everyone, or without a team to its room.
func (s *Service) tellBot(tx Tx, room, bot int64) {
	if !s.opts.ContactsOnly {
		room = 0
	}
	tx.Emit(Event{Kind: UserChanged, RoomID: room, UserID: bot})
}

// checkMet refuses a user whom the asker neither may look at nor has met in a room.
func (s *Service) checkMet(ctx context.Context, r Reader, who Session, other int64) error {
	known, err := s.sees(ctx, r, who.User.ID, other)
	if err == nil && !known {
		known, err = r.ShareRoom(ctx, who.User.ID, other)
	}
	if err == nil && !known {
		err = Errorf(NotFound, "User not found")
	}
	return err
}

// strangers gives those of ids whom a person may not bring into a room: where there
// is no team, all but contacts, or any number would tell whose it is.
func (s *Service) strangers(ctx context.Context, r Reader, self int64, ids []int64) ([]int64, error) {
	var out []int64
	for _, id := range ids {
		known, err := s.sees(ctx, r, self, id)
		if err != nil {
			return nil, err
		}
		if !known {
			out = append(out, id)
		}
	}
	return out, nil
}

// checkKnown refuses a room with someone who is no contact of the asker, where
// there is no team. In a group that is someone who is not there.
func (s *Service) checkKnown(ctx context.Context, r Reader, who Session, kind RoomType, members []int64) error {
	unknown, err := s.strangers(ctx, r, who.User.ID, members)
	switch {
	case err != nil || len(unknown) == 0:
		return err
	case kind == Private:
		return Errorf(Invalid, "Other user is not your contact")
	}
	return Errorf(Invalid, "Users doesn't exist, ids: %s", joinIDs(unknown))
}
