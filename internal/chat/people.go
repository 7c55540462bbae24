package chat

import (
	"context"
	"slices"
	"time"
)

// mayManage refuses whoever does not manage the team.
func mayManage(who Session) error {
	if !who.User.Role.Manages() {
		return Errorf(Forbidden, "Forbidden: only the owner and admins of the team can do this")
	}
	return nil
}

// manage runs a change by somebody who manages the team, as mayManage tells, and
// still does so in the transaction that makes it: a request can take half a minute
// to come in, and must not bring about what its sender may no longer do.
func manage[T any](ctx context.Context, s *Service, who Session, change func(ctx context.Context, tx Tx) (T, error)) (T, error) {
	var none T
	if err := mayManage(who); err != nil {
		return none, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (T, error) {
		if err := stillManages(ctx, tx, who); err != nil {
			return none, err
		}
		return change(ctx, tx)
	})
}

// stillManages refuses whose role is another by now than when they were asked who
// they are. The operator, who is nobody in particular, has none to lose.
func stillManages(ctx context.Context, r Reader, who Session) error {
	if who.User.ID == 0 {
		return nil
	}
	u, err := r.User(ctx, who.User.ID)
	if err != nil || !managing(u) || !u.Verified || u.Role != who.User.Role {
		return Errorf(Forbidden, "Forbidden: your role in the team was changed meanwhile").unless(err)
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

// Newcomer is whom an admin adds to the team.
type Newcomer struct {
	Name         string
	Email, Phone string // at least one of them
	Role         Role
}

// AddPerson makes a person, who joins the first room. The link that comes back
// sets a password, which is of use to whoever has an e-mail address. Only admins
// may; only the owner makes admins.
func (s *Service) AddPerson(ctx context.Context, who Session, n Newcomer) (User, IssuedLink, error) {
	if err := mayGive(who, n.Role); err != nil {
		return User{}, IssuedLink{}, err
	}
	user := User{Role: n.Role}
	var err error
	if user.Name, err = CleanName("displayName", n.Name); err != nil {
		return User{}, IssuedLink{}, err
	}
	if user.Email, user.Phone, err = cleanReach(n.Email, n.Phone); err != nil {
		return User{}, IssuedLink{}, err
	}
	type result struct {
		user User
		link IssuedLink
	}
	r, err := manage(ctx, s, who, func(ctx context.Context, tx Tx) (r result, err error) {
		rooms, err := firstRooms(ctx, tx)
		if err != nil {
			return r, err
		}
		if r.user, err = s.addPerson(ctx, tx, user, rooms); err != nil {
			return r, err
		}
		if r.link, err = issueReset(ctx, tx, who, r.user.ID); err != nil {
			return r, err
		}
		return r, tx.Audit(ctx, who.did("user.add", r.user.ID, "role", user.Role))
	})
	return r.user, r.link, err
}

// cleanReach checks the ways to a person, of which there must be at least one.
func cleanReach(email, phone string) (string, string, error) {
	if email == "" && phone == "" {
		return "", "", Errorf(Invalid, "emailAddress must be an e-mail address, or telephoneNumber a phone number: without one nobody can sign in")
	}
	var err error
	if email != "" {
		if email, err = CleanEmail(email); err != nil {
			return "", "", err
		}
	}
	if phone != "" {
		phone, err = CleanPhone(phone)
	}
	return email, phone, err
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

// CreatePerson makes a person with a password, for the operator's scripts. Whoever
// signs in by phone only needs neither address nor password. The first admin
// becomes the owner.
func (s *Service) CreatePerson(ctx context.Context, p NewPerson, admin bool) (User, error) {
	var hash string
	var err error
	if p.Email == "" && p.Password == "" && p.Phone != "" {
		p.Name, err = CleanName("displayName", p.Name)
	} else {
		p, hash, err = s.prepare(ctx, p)
	}
	if err == nil && p.Phone != "" {
		p.Phone, err = CleanPhone(p.Phone)
	}
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
		user, err := s.addPerson(ctx, tx, User{Name: p.Name, Email: p.Email, Phone: p.Phone, Password: hash, Role: role}, nil)
		if err != nil {
			return User{}, err
		}
		return user, tx.Audit(ctx, operator().did("user.add", user.ID, "role", role))
	})
}

// addPerson stores a person and has them join rooms, as far as those still are.
func (s *Service) addPerson(ctx context.Context, tx Tx, u User, rooms []int64) (User, error) {
	if err := reachFree(ctx, tx, u, Conflict); err != nil {
		return User{}, err
	}
	u.Kind, u.Verified = Person, true
	u, err := tx.CreateUser(ctx, u)
	if err != nil {
		return User{}, err
	}
	if err := s.tellUser(ctx, tx, u.ID); err != nil {
		return User{}, err
	}
	return u, s.joinRooms(ctx, tx, u.ID, rooms)
}

// joinRooms has a person join rooms, as far as those still are and have room.
func (s *Service) joinRooms(ctx context.Context, tx Tx, user int64, rooms []int64) error {
	for _, id := range rooms {
		room, err := tx.Room(ctx, id)
		if IsNotFound(err) || err == nil && (room.Deleted || int(room.People) >= s.opts.MaxMembers) {
			continue
		}
		if err != nil {
			return err
		}
		if err := addMembers(ctx, tx, &room, []int64{user}, nil); err != nil {
			return err
		}
		tx.Emit(Event{Kind: RoomChanged, RoomID: id, UserID: user})
	}
	return nil
}

// reachFree fails with code when someone else has the user's address or number.
func reachFree(ctx context.Context, r Reader, u User, code Code) error {
	if u.Email != "" {
		other, err := r.UserByEmail(ctx, u.Email)
		if err == nil && other.ID != u.ID {
			return Errorf(code, "User with that email exists")
		}
		if err != nil && !IsNotFound(err) {
			return err
		}
	}
	if u.Phone == "" {
		return nil
	}
	other, err := r.UserByPhone(ctx, u.Phone)
	if err == nil && other.ID != u.ID {
		return Errorf(code, "User with that telephoneNumber exists")
	}
	if IsNotFound(err) {
		return nil
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

// SetRole gives a person another role; see UpdatePerson.
func (s *Service) SetRole(ctx context.Context, who Session, id int64, role Role) (User, error) {
	return s.UpdatePerson(ctx, who, id, PersonChange{Role: &role})
}

// PersonChange is what an admin changes about a person; nil leaves a thing as
// it is.
type PersonChange struct {
	Role         *Role
	Email, Phone *string // empty: none any more
}

// UpdatePerson changes a person's role and the ways they sign in by. The owner's
// role stays; only the owner makes or unmakes admins, and changes how they sign
// in. Fails with Invalid when someone else has the address or number, or none
// would be left.
func (s *Service) UpdatePerson(ctx context.Context, who Session, id int64, c PersonChange) (User, error) {
	if err := mayManage(who); err != nil {
		return User{}, err
	}
	if c.Role != nil {
		if err := mayGive(who, *c.Role); err != nil {
			return User{}, err
		}
	}
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (User, error) {
		u, err := person(ctx, tx, id)
		if err != nil {
			return User{}, err
		}
		if err := mayChange(who, u, c); err != nil {
			return User{}, err
		}
		before := u
		if u, err = applyPerson(ctx, tx, u, c); err != nil {
			return User{}, err
		}
		if before.Phone != u.Phone { // a code on its way went to another number
			if err := tx.DeleteSignInCodes(ctx, u.ID); err != nil {
				return User{}, err
			}
		}
		u.Modified = tx.Stamp()
		if err := s.tellUser(ctx, tx, u.ID); err != nil {
			return User{}, err
		}
		if err := tx.UpdateUser(ctx, u); err != nil {
			return User{}, err
		}
		return u, noteChange(ctx, tx, who, before, u)
	})
}

// noteChange notes what someone changed about a person, and ends what goes with
// another role.
func noteChange(ctx context.Context, tx Tx, who Session, before, u User) error {
	if before.Role != u.Role {
		if err := followRole(ctx, tx, u); err != nil {
			return err
		}
		if err := tx.Audit(ctx, who.did("user.role", u.ID, "from", before.Role, "to", u.Role)); err != nil {
			return err
		}
	}
	email, phone := before.Email != u.Email, before.Phone != u.Phone
	if !email && !phone {
		return nil
	}
	return tx.Audit(ctx, who.did("user.reach", u.ID, "email", email, "phone", phone))
}

// followRole ends what a new role does not allow any more: what somebody managed
// with, and links that any admin could make for a member who is now an admin.
func followRole(ctx context.Context, tx Tx, u User) error {
	if u.Role.Manages() {
		return tx.CloseLinks(ctx, ResetLink, u.ID)
	}
	return endManaging(ctx, tx, u.ID) // made an admin again, they sign in again
}

// mayChange refuses who may not change a person so.
func mayChange(who Session, u User, c PersonChange) error {
	switch own := who.User.Role == Owner; {
	case c.Role != nil && u.Role == Owner, c.Role != nil && u.Role == Admin && !own:
		return Errorf(Forbidden, "Forbidden: only the owner changes admins, and nobody changes the owner")
	case c.Role == nil && u.Role.Manages() && !own && u.ID != who.User.ID:
		return Errorf(Forbidden, "Forbidden: only the owner changes how an admin signs in")
	}
	return nil
}

func applyPerson(ctx context.Context, tx Tx, u User, c PersonChange) (User, error) {
	if c.Role != nil {
		u.Role = *c.Role
	}
	if c.Email != nil {
		u.Email = *c.Email
	}
	if c.Phone != nil {
		u.Phone = *c.Phone
	}
	if c.Email == nil && c.Phone == nil {
		return u, nil
	}
	var err error
	if u.Email, u.Phone, err = cleanReach(u.Email, u.Phone); err != nil {
		return User{}, err
	}
	return u, reachFree(ctx, tx, u, Invalid)
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
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (IssuedLink, error) {
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
	return issueLink(ctx, tx, who, Link{Kind: ResetLink, UserID: user, Expires: tx.Stamp().Add(resetLife)})
}

// issueLink makes a link of somebody's.
func issueLink(ctx context.Context, tx Tx, who Session, l Link) (IssuedLink, error) {
	token := NewSecret()
	l.Hash, l.CreatedBy = HashSecret(token), who.User.ID
	l, err := tx.CreateLink(ctx, l)
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
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (IssuedLink, error) {
		ids, err := inviteRooms(ctx, tx, rooms)
		if err != nil {
			return IssuedLink{}, err
		}
		link, err := issueLink(ctx, tx, who, Link{Kind: InviteLink, RoomIDs: ids, Expires: tx.Stamp().Add(life)})
		if err != nil {
			return IssuedLink{}, err
		}
		return link, tx.Audit(ctx, who.did("invite.add", link.ID, "rooms", ids))
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
	_, err := manage(ctx, s, who, func(ctx context.Context, tx Tx) (struct{}, error) {
		links, err := tx.Invites(ctx)
		if err != nil {
			return struct{}{}, err
		}
		i := slices.IndexFunc(links, func(l Link) bool { return l.ID == id })
		if i < 0 {
			return struct{}{}, Errorf(NotFound, "Not found")
		}
		links[i].Closed = true
		if err := tx.UpdateLink(ctx, links[i]); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ctx, who.did("invite.delete", id))
	})
	return err
}

// Setting gives one of the team's settings, "" when it was never set.
func (s *Service) Setting(ctx context.Context, name string) (string, error) {
	return s.store.Setting(ctx, name)
}
