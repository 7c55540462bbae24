package chat

import "context"

// AllUsers lists people and bots that are not deleted.
func (s *Service) AllUsers(ctx context.Context, who Session, f UserFilter, page int) (Listed[User], error) {
	return managedList(ctx, s, who, page, listing[User]{
		whole: f == UserFilter{},
		read:  func(ctx context.Context, r Reader, p Page) ([]User, error) { return r.UsersListed(ctx, f, p) },
		count: func(ctx context.Context, r Reader) (int64, error) { return r.CountUsers(ctx) },
	})
}

// ManagedUser gives a person or bot that is not deleted.
func (s *Service) ManagedUser(ctx context.Context, who Session, id int64) (User, error) {
	if err := mayManage(who); err != nil {
		return User{}, err
	}
	u, err := s.store.User(ctx, id)
	if err != nil || u.Deleted {
		return User{}, Errorf(NotFound, "Wrong user id").unless(err)
	}
	return u, nil
}

// UserChange is what those who manage the team set about a person; nil leaves a
// thing as it is.
type UserChange struct {
	Name     *string // empty: as it is
	Email    *string // empty: none
	Phone    *string // E.164; empty: none
	AvatarID *int64
	// Verified lists the person where people are looked for, and has them join the
	// first room. Taking it away ends their sessions.
	Verified *bool
}

func (c UserChange) empty() bool {
	return (c.Name == nil || *c.Name == "") && c.Email == nil && c.Phone == nil && c.AvatarID == nil && c.Verified == nil
}

// MakeUser makes a person, who has no way to sign in but the number or a link
// that sets a password. Fails with Invalid when the number or the address is
// someone else's.
func (s *Service) MakeUser(ctx context.Context, who Session, c UserChange) (User, error) {
	if err := mayManage(who); err != nil {
		return User{}, err
	}
	if c.Name == nil || *c.Name == "" {
		return User{}, Errorf(Invalid, "Display name is required")
	}
	u, err := c.apply(User{Kind: Person, Role: Plain})
	if err != nil {
		return User{}, err
	}
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (User, error) {
		if err := reachUnused(ctx, tx, u); err != nil {
			return User{}, err
		}
		if err := checkPicture(ctx, tx, who, u, 0); err != nil {
			return User{}, err
		}
		made, err := tx.CreateUser(ctx, u)
		if err != nil {
			return User{}, err
		}
		if err := tx.Audit(ctx, who.did("user.add", made.ID, "role", made.Role)); err != nil || !made.Verified {
			return made, err
		}
		return made, s.appear(ctx, tx, made.ID)
	})
}

// appear tells of a person who can be found now, and has them join the first
// room.
func (s *Service) appear(ctx context.Context, tx Tx, user int64) error {
	if err := s.tellUser(ctx, tx, user); err != nil {
		return err
	}
	rooms, err := firstRooms(ctx, tx)
	if err != nil {
		return err
	}
	return s.joinRooms(ctx, tx, user, rooms)
}

// apply gives the person with the change.
func (c UserChange) apply(u User) (User, error) {
	var err error
	if c.Name != nil && *c.Name != "" {
		if u.Name, err = CleanName("displayName", *c.Name); err != nil {
			return u, err
		}
	}
	if c.Email != nil {
		if u.Email = *c.Email; u.Email != "" {
			if u.Email, err = CleanEmail(u.Email); err != nil {
				return u, err
			}
		}
	}
	if c.Phone != nil {
		if u.Phone = *c.Phone; u.Phone != "" {
			if u.Phone, err = CleanPhone(u.Phone); err != nil {
				return u, err
			}
		}
	}
	if c.AvatarID != nil {
		u.AvatarID = *c.AvatarID
	}
	if c.Verified != nil {
		u.Verified = *c.Verified
	}
	return u, nil
}

// reachUnused refuses an address or number that is someone else's.
func reachUnused(ctx context.Context, r Reader, u User) error {
	email, err := taken(ctx, u.ID, u.Email, r.UserByEmail)
	if err != nil {
		return err
	}
	phone, err := taken(ctx, u.ID, u.Phone, r.UserByPhone)
	switch {
	case err != nil:
		return err
	case email && phone:
		return Errorf(Invalid, "Phone number and email are already in use")
	case phone:
		return Errorf(Invalid, "Phone number is already in use")
	case email:
		return Errorf(Invalid, "Email is already in use")
	}
	return nil
}

// taken reports whether another user than self is found under something.
func taken(ctx context.Context, self int64, what string, find func(context.Context, string) (User, error)) (bool, error) {
	if what == "" {
		return false, nil
	}
	other, err := find(ctx, what)
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil && other.ID != self, err
}

// ChangeUser changes a person. The owner's and other admins' accounts are the
// owner's to change. Fails with NotFound for nobody's id, and with Invalid when
// there is nothing to change or the last way to sign in would go.
func (s *Service) ChangeUser(ctx context.Context, who Session, id int64, c UserChange) (User, error) {
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (User, error) {
		before, err := managedPerson(ctx, tx, who, id)
		if err != nil {
			return User{}, err
		}
		if c.empty() {
			return User{}, Errorf(Invalid, "Nothing to update")
		}
		u, err := c.apply(before)
		if err != nil {
			return User{}, err
		}
		if before.Email+before.Phone != "" && u.Email+u.Phone == "" {
			return User{}, Errorf(Invalid, "emailAddress or telephoneNumber must stay: without one this person cannot sign in any more")
		}
		if err := reachUnused(ctx, tx, u); err != nil {
			return User{}, err
		}
		if err := checkPicture(ctx, tx, who, u, before.AvatarID); err != nil {
			return User{}, err
		}
		u.Modified = tx.Stamp()
		if err := tx.UpdateUser(ctx, u); err != nil {
			return User{}, err
		}
		if err := dropUnused(ctx, tx, before.AvatarID); err != nil {
			return User{}, err
		}
		if err := s.followChange(ctx, tx, before, u); err != nil {
			return User{}, err
		}
		return u, auditChange(ctx, tx, who, before, u)
	})
}

// followChange does what a change to a person brings with it.
func (s *Service) followChange(ctx context.Context, tx Tx, before, u User) error {
	if before.Phone != u.Phone { // a code on its way went to another number
		if err := tx.DeleteSignInCodes(ctx, u.ID); err != nil {
			return err
		}
	}
	if u.Verified && !before.Verified {
		return s.appear(ctx, tx, u.ID)
	}
	if before.Verified && !u.Verified {
		if err := shutOut(ctx, tx, u.ID); err != nil {
			return err
		}
	}
	return s.tellUser(ctx, tx, u.ID)
}

// shutOut ends all that lets a person in until they sign in anew.
func shutOut(ctx context.Context, tx Tx, user int64) error {
	tx.Emit(Event{Kind: AccessChanged, UserID: user})
	if err := endManaging(ctx, tx, user); err != nil {
		return err
	}
	if err := tx.DeleteSignInCodes(ctx, user); err != nil {
		return err
	}
	return tx.EndSessions(ctx, user, 0)
}

// endManaging ends what somebody can do by having managed the team, also through
// links that they made and may have kept.
func endManaging(ctx context.Context, tx Tx, user int64) error {
	if err := tx.EndAdminTokens(ctx, user); err != nil {
		return err
	}
	return tx.CloseLinksBy(ctx, user)
}

// auditChange notes which things were changed about a person, not to what.
func auditChange(ctx context.Context, tx Tx, who Session, before, u User) error {
	return tx.Audit(ctx, who.did("user.change", u.ID, "name", before.Name != u.Name, "email", before.Email != u.Email,
		"phone", before.Phone != u.Phone, "avatar", before.AvatarID != u.AvatarID, "verified", before.Verified != u.Verified))
}

// RemoveUser deletes a person's account as they could themselves: they are signed
// out and forgotten, their messages stay. The owner stays; other admins are the
// owner's to remove.
func (s *Service) RemoveUser(ctx context.Context, who Session, id int64) error {
	_, err := manage(ctx, s, who, func(ctx context.Context, tx Tx) (struct{}, error) {
		u, err := managedPerson(ctx, tx, who, id)
		if err != nil {
			return struct{}{}, err
		}
		if u.Role == Owner {
			return struct{}{}, Errorf(Forbidden, "Forbidden: the owner of the team cannot be deleted, since nobody else could take their place")
		}
		if err := s.erase(ctx, tx, u); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ctx, who.did("user.delete", id))
	})
	return err
}
