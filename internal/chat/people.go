package chat

import (
	"context"
	"slices"
	"time"
)

// ContactPage is how many contacts a page holds.
const ContactPage = 20

// mayManage refuses whoever does not manage the team.
func mayManage(who Session) error {
	if !who.User.Role.Manages() {
		return Errorf(Forbidden, "Forbidden: only the owner and admins of the team can do this")
	}
	return nil
}

// People lists every person, for admins.
func (s *Service) People(ctx context.Context, who Session) ([]User, error) {
	if err := mayManage(who); err != nil {
		return nil, err
	}
	return s.store.People(ctx)
}

// IssuedLink is a fresh link with the token only its holder knows.
type IssuedLink struct {
	Link
	Token string
}

// AddPerson makes a person who sets a password through the link that comes
// back, and joins the first room. Only admins may; only the owner makes admins.
func (s *Service) AddPerson(ctx context.Context, who Session, name, email string, role Role) (User, IssuedLink, error) {
	if err := mayGive(who, role); err != nil {
		return User{}, IssuedLink{}, err
	}
	name, err := CleanName("displayName", name)
	if err != nil {
		return User{}, IssuedLink{}, err
	}
	if email, err = CleanEmail(email); err != nil {
		return User{}, IssuedLink{}, err
	}
	var link IssuedLink
	user, err := update(ctx, s, func(ctx context.Context, tx Tx) (User, error) {
		rooms, err := firstRooms(ctx, tx)
		if err != nil {
			return User{}, err
		}
		user, err := s.addPerson(ctx, tx, User{Name: name, Email: email, Role: role}, rooms)
		if err != nil {
			return User{}, err
		}
		if link, err = issueReset(ctx, tx, who, user.ID); err != nil {
			return User{}, err
		}
		return user, tx.Audit(ctx, who.did("user.add", user.ID, "role", role))
	})
	return user, link, err
}

// mayGive refuses who may not hand out a role.
func mayGive(who Session, role Role) error {
	if err := mayManage(who); err != nil {
		return err
	}
	switch role {
	case Plain:
		return nil
	case Admin:
		if who.User.Role == Owner {
			return nil
		}
		return Errorf(Forbidden, "Forbidden: only the owner can make admins")
	}
	return Errorf(Invalid, "role must be \"admin\" or \"member\"")
}

// CreatePerson makes a person with a password, for the operator's scripts. The
// first admin becomes the owner.
func (s *Service) CreatePerson(ctx context.Context, p NewPerson, admin bool) (User, error) {
	p, hash, err := s.prepare(ctx, p)
	if err != nil {
		return User{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (User, error) {
		role := Plain
		if admin {
			role = Admin
			people, err := tx.People(ctx)
			if err != nil {
				return User{}, err
			}
			if !slices.ContainsFunc(people, func(u User) bool { return u.Role == Owner }) {
				role = Owner
			}
		}
		user, err := s.addPerson(ctx, tx, User{Name: p.Name, Email: p.Email, Password: hash, Role: role}, nil)
		if err != nil {
			return User{}, err
		}
		return user, tx.Audit(ctx, operator().did("user.add", user.ID, "role", role))
	})
}

// addPerson stores a person and has them join rooms, as far as those still are.
func (s *Service) addPerson(ctx context.Context, tx Tx, u User, rooms []int64) (User, error) {
	if err := emailFree(ctx, tx, u.Email, 0, Conflict); err != nil {
		return User{}, err
	}
	u.Kind, u.Verified = Person, true
	u, err := tx.CreateUser(ctx, u)
	if err != nil {
		return User{}, err
	}
	tx.Emit(Event{Kind: UserChanged, UserID: u.ID})
	for _, id := range rooms {
		room, err := tx.Room(ctx, id)
		if IsNotFound(err) || err == nil && (room.Deleted || int(room.People) >= s.opts.MaxMembers) {
			continue
		}
		if err != nil {
			return User{}, err
		}
		if err := addMembers(ctx, tx, &room, []int64{u.ID}, nil); err != nil {
			return User{}, err
		}
		tx.Emit(Event{Kind: RoomChanged, RoomID: id, UserID: u.ID})
	}
	return u, nil
}

// emailFree fails with code when a user other than self has the address.
func emailFree(ctx context.Context, r Reader, email string, self int64, code Code) error {
	u, err := r.UserByEmail(ctx, email)
	if IsNotFound(err) || err == nil && u.ID == self {
		return nil
	}
	if err == nil {
		err = Errorf(code, "User with that email exists")
	}
	return err
}

// firstRooms gives the room new people join, if there is one.
func firstRooms(ctx context.Context, r Reader) ([]int64, error) {
	room, err := r.FirstRoom(ctx)
	if IsNotFound(err) {
		return nil, nil
	}
	return []int64{room.ID}, err
}

// SetRole gives a person another role. The owner's stays; only the owner makes
// or unmakes admins.
func (s *Service) SetRole(ctx context.Context, who Session, id int64, role Role) (User, error) {
	if err := mayGive(who, role); err != nil {
		return User{}, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (User, error) {
		u, err := person(ctx, tx, id)
		if err != nil {
			return User{}, err
		}
		if u.Role == Owner || u.Role == Admin && who.User.Role != Owner {
			return User{}, Errorf(Forbidden, "Forbidden: only the owner changes admins, and nobody changes the owner")
		}
		before := u.Role
		u.Role, u.Modified = role, tx.Stamp()
		tx.Emit(Event{Kind: UserChanged, UserID: id})
		if err := tx.UpdateUser(ctx, u); err != nil {
			return User{}, err
		}
		if !role.Manages() { // made an admin again, they sign in again
			if err := tx.EndAdminTokens(ctx, id); err != nil {
				return User{}, err
			}
		}
		return u, tx.Audit(ctx, who.did("user.role", id, "from", before, "to", role))
	})
}

func person(ctx context.Context, r Reader, id int64) (User, error) {
	u, err := r.User(ctx, id)
	if err != nil || u.IsBot() || u.Deleted {
		return User{}, Errorf(NotFound, "User not found").unless(err)
	}
	return u, nil
}

// NewResetLink makes a link that sets a person's password, closing earlier
// ones. Admins may, the owner's and other admins' only the owner.
func (s *Service) NewResetLink(ctx context.Context, who Session, id int64) (IssuedLink, error) {
	if err := mayManage(who); err != nil {
		return IssuedLink{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (IssuedLink, error) {
		u, err := person(ctx, tx, id)
		if err != nil {
			return IssuedLink{}, err
		}
		if u.Role.Manages() && who.User.Role != Owner && u.ID != who.User.ID {
			return IssuedLink{}, Errorf(Forbidden, "Forbidden: only the owner resets an admin's password")
		}
		link, err := issueReset(ctx, tx, who, id)
		if err != nil {
			return IssuedLink{}, err
		}
		return link, tx.Audit(ctx, who.did("user.reset_link", id))
	})
}

func issueReset(ctx context.Context, tx Tx, who Session, user int64) (IssuedLink, error) {
	if err := tx.CloseLinks(ctx, ResetLink, user); err != nil {
		return IssuedLink{}, err
	}
	token := NewSecret()
	l, err := tx.CreateLink(ctx, Link{
		Kind: ResetLink, Hash: HashSecret(token), UserID: user, CreatedBy: who.User.ID, Expires: tx.Stamp().Add(resetLife),
	})
	return IssuedLink{Link: l, Token: token}, err
}

// NewInvite makes a link through which people join the team and the rooms
// (none named: the first room). life 0 is a week; at most 30 days.
func (s *Service) NewInvite(ctx context.Context, who Session, rooms []int64, life time.Duration) (IssuedLink, error) {
	if err := mayManage(who); err != nil {
		return IssuedLink{}, err
	}
	if life == 0 {
		life = defaultInviteLife
	}
	if life < time.Hour || life > maxInviteLife {
		return IssuedLink{}, Errorf(Invalid, "expiresInHours must be 1 to %d", int(maxInviteLife.Hours()))
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (IssuedLink, error) {
		ids, err := inviteRooms(ctx, tx, rooms)
		if err != nil {
			return IssuedLink{}, err
		}
		token := NewSecret()
		l, err := tx.CreateLink(ctx, Link{
			Kind: InviteLink, Hash: HashSecret(token), RoomIDs: ids, CreatedBy: who.User.ID, Expires: tx.Stamp().Add(life),
		})
		if err != nil {
			return IssuedLink{}, err
		}
		return IssuedLink{Link: l, Token: token}, tx.Audit(ctx, who.did("invite.add", l.ID, "rooms", ids))
	})
}

func inviteRooms(ctx context.Context, tx Tx, rooms []int64) ([]int64, error) {
	if len(rooms) == 0 {
		return firstRooms(ctx, tx)
	}
	for _, id := range rooms {
		room, err := tx.Room(ctx, id)
		if err != nil || room.Deleted || room.Type != Group {
			return nil, Errorf(Invalid, "roomIds must name group rooms, %d is none", id).unless(err)
		}
	}
	return uniqueIDs(rooms), nil
}

// Invites lists the invite links that still work, newest first.
func (s *Service) Invites(ctx context.Context, who Session) ([]Link, error) {
	if err := mayManage(who); err != nil {
		return nil, err
	}
	links, err := s.store.Invites(ctx)
	now := s.now()
	return slices.DeleteFunc(links, func(l Link) bool { return !l.open(now) }), err
}

// CloseInvite ends an invite link.
func (s *Service) CloseInvite(ctx context.Context, who Session, id int64) error {
	if err := mayManage(who); err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		links, err := tx.Invites(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(links, func(l Link) bool { return l.ID == id })
		if i < 0 {
			return Errorf(NotFound, "Not found")
		}
		links[i].Closed = true
		if err := tx.UpdateLink(ctx, links[i]); err != nil {
			return err
		}
		return tx.Audit(ctx, who.did("invite.delete", id))
	})
}

// MeChange is what a person changes about themselves; nil leaves a thing as it
// is.
type MeChange struct {
	Name     *string
	Email    *string
	AvatarID *int64
}

// UpdateMe changes the asker's profile.
func (s *Service) UpdateMe(ctx context.Context, who Session, c MeChange) (User, error) {
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (User, error) {
		u, err := tx.User(ctx, who.User.ID)
		if err != nil {
			return User{}, err
		}
		if c.Name != nil {
			if u.Name, err = CleanName("displayName", *c.Name); err != nil {
				return User{}, err
			}
		}
		if c.Email != nil {
			if u.Email, err = CleanEmail(*c.Email); err != nil {
				return User{}, err
			}
			if err := emailFree(ctx, tx, u.Email, u.ID, Invalid); err != nil {
				return User{}, err
			}
		}
		if c.AvatarID != nil {
			u.AvatarID = *c.AvatarID
		}
		u.Modified = tx.Stamp()
		tx.Emit(Event{Kind: UserChanged, UserID: u.ID})
		return u, tx.UpdateUser(ctx, u)
	})
}

// User gives a user: everyone sees everyone in a team.
func (s *Service) User(ctx context.Context, id int64) (User, error) {
	u, err := s.store.User(ctx, id)
	if err != nil {
		return User{}, Errorf(NotFound, "User not found").unless(err)
	}
	return u, nil
}

// ContactList is one page of contacts with the number of all.
type ContactList struct {
	List  []User
	Count int64
	Next  int64 // id to start the next page at; 0: all is loaded
}

// Contacts lists the verified users but the asker by name, starting at the user
// with id from (0: at the first).
func (s *Service) Contacts(ctx context.Context, who Session, keyword string, from int64) (ContactList, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (ContactList, error) {
		limit := ContactPage
		if from != 0 {
			limit++ // the page starts with the user the last one ended with
		}
		list, err := r.Contacts(ctx, who.User.ID, keyword, from, limit)
		if err != nil {
			return ContactList{}, err
		}
		count, err := r.ContactCount(ctx, who.User.ID, keyword)
		out := ContactList{List: list, Count: count}
		if len(list) >= ContactPage {
			out.Next = list[len(list)-1].ID
		}
		return out, err
	})
}

// Setting gives one of the team's settings, "" when it was never set.
func (s *Service) Setting(ctx context.Context, name string) (string, error) {
	return s.store.Setting(ctx, name)
}
