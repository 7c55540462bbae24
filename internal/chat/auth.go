package chat

import (
	"context"
)

// DeviceInfo describes the client that signs in.
type DeviceInfo struct {
	Kind, Name, OSName, OSVersion, AppVersion string
}

// SignedIn is a new session with the token that opens it. The token is not
// kept: only its hash is.
type SignedIn struct {
	Session
	Token string
}

// NewPerson is what a person gives to join.
type NewPerson struct {
	Name, Email, Password string
	Phone                 string // E.164; empty: none
}

// clean checks and normalises the person's data.
func (p NewPerson) clean() (NewPerson, error) {
	var err error
	if p.Name, err = CleanName("displayName", p.Name); err != nil {
		return p, err
	}
	if p.Email, err = CleanEmail(p.Email); err != nil {
		return p, err
	}
	return p, CheckPassword(p.Password)
}

// TeamName is the name of the setting that holds the team's name.
const TeamName = "team_name"

const firstRoomName = "General"

// SetUpNeeded reports whether there is no person yet.
func (s *Service) SetUpNeeded(ctx context.Context) (bool, error) {
	n, err := s.store.PeopleCount(ctx)
	return n == 0, err
}

// NewSetUpLink gives the token of a fresh set-up link, closing earlier ones; ""
// when the server is set up already.
func (s *Service) NewSetUpLink(ctx context.Context) (string, error) {
	if needed, err := s.SetUpNeeded(ctx); err != nil || !needed {
		return "", err
	}
	token := NewSecret()
	return token, s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.CloseLinks(ctx, SetUpLink, 0); err != nil {
			return err
		}
		_, err := tx.CreateLink(ctx, Link{Kind: SetUpLink, Hash: HashSecret(token)})
		return err
	})
}

// SetUp makes the owner and the first room. Fails with Conflict when there are
// people already, Forbidden when the token is not that of the newest set-up
// link.
func (s *Service) SetUp(ctx context.Context, token string, p NewPerson, team string, dev DeviceInfo) (SignedIn, RoomView, error) {
	p, hash, err := s.prepare(ctx, p)
	if err != nil {
		return SignedIn{}, RoomView{}, err
	}
	if team != "" {
		if team, err = CleanName("teamName", team); err != nil {
			return SignedIn{}, RoomView{}, err
		}
	}
	type result struct {
		in   SignedIn
		room RoomView
	}
	r, err := changeAccess(ctx, s, func(ctx context.Context, tx Tx) (r result, err error) {
		if err := useSetUpLink(ctx, tx, token); err != nil {
			return r, err
		}
		owner, err := tx.CreateUser(ctx, User{Kind: Person, Name: p.Name, Email: p.Email, Password: hash, Role: Owner, Verified: true})
		if err != nil {
			return r, err
		}
		if err := tx.SetSetting(ctx, TeamName, team); err != nil {
			return r, err
		}
		room, err := tx.CreateRoom(ctx, Room{Type: Group, Name: firstRoomName}, "")
		if err != nil {
			return r, err
		}
		if err := addMembers(ctx, tx, &room, []int64{owner.ID}, []int64{owner.ID}); err != nil {
			return r, err
		}
		tx.Emit(Event{Kind: RoomMade, RoomID: room.ID, UserID: owner.ID})
		if r.room, err = roomView(ctx, tx, room.ID, owner.ID); err != nil {
			return r, err
		}
		r.in, err = s.openSession(ctx, tx, owner, dev)
		return r, err
	})
	return r.in, r.room, err
}

func useSetUpLink(ctx context.Context, tx Tx, token string) error {
	if n, err := tx.PeopleCount(ctx); err != nil || n > 0 {
		if err == nil {
			err = Errorf(Conflict, "This server is set up already: sign in instead")
		}
		return err
	}
	link, err := tx.LinkByHash(ctx, HashSecret(token))
	if err != nil || link.Kind != SetUpLink || !link.open(tx.Stamp()) {
		return Errorf(Forbidden, "This set-up link is not valid any more: restart the server and open the link it prints").unless(err)
	}
	link.Uses, link.Closed = link.Uses+1, true
	return tx.UpdateLink(ctx, link)
}

// prepare cleans a person's data and hashes the password, before any
// transaction: hashing takes long on purpose.
func (s *Service) prepare(ctx context.Context, p NewPerson) (NewPerson, string, error) {
	p, err := p.clean()
	if err != nil {
		return p, "", err
	}
	hash, err := s.passwords.Hash(ctx, p.Password)
	return p, hash, err
}

// openSession signs a person in on a new device.
func (s *Service) openSession(ctx context.Context, tx Tx, u User, dev DeviceInfo) (SignedIn, error) {
	u, err := s.verify(ctx, tx, u)
	if err != nil {
		return SignedIn{}, err
	}
	token := NewSecret()
	d, err := tx.CreateDevice(ctx, Device{
		UserID: u.ID, TokenHash: HashSecret(token), Expires: tx.Stamp().Add(s.opts.SessionLife),
		Kind: dev.Kind, Name: dev.Name, OSName: dev.OSName, OSVersion: dev.OSVersion, AppVersion: dev.AppVersion,
	})
	return SignedIn{Session: Session{User: u, Device: d}, Token: token}, err
}

// SignIn opens a session for an e-mail address and password. It fails with
// Unauthorized, and takes as long, whichever of the two is wrong.
func (s *Service) SignIn(ctx context.Context, email, password string, dev DeviceInfo) (SignedIn, error) {
	wrong := Errorf(Unauthorized, "Wrong e-mail address or password")
	email, err := CleanEmail(email)
	if err != nil {
		return SignedIn{}, wrong
	}
	user, err := s.store.UserByEmail(ctx, email)
	if err != nil && !IsNotFound(err) {
		return SignedIn{}, err
	}
	ok, err := s.passwords.Verify(ctx, user.Password, password)
	if err != nil {
		return SignedIn{}, err
	}
	if !ok || user.ID == 0 || user.Deleted {
		return SignedIn{}, wrong
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (SignedIn, error) {
		now, err := tx.User(ctx, user.ID)
		if err != nil {
			return SignedIn{}, err
		}
		if now.Deleted || now.Password != user.Password {
			return SignedIn{}, wrong
		}
		return s.openSession(ctx, tx, now, dev)
	})
}

// OpenSessionFor signs the person with an e-mail address or a phone number in
// without a password, for the operator's scripts.
func (s *Service) OpenSessionFor(ctx context.Context, reach string, dev DeviceInfo) (SignedIn, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (SignedIn, error) {
		user, err := personBy(ctx, tx, reach)
		if err != nil {
			return SignedIn{}, err
		}
		in, err := s.openSession(ctx, tx, user, dev)
		if err != nil {
			return SignedIn{}, err
		}
		return in, tx.Audit(ctx, operator().did("user.session", user.ID, "device", in.Device.ID))
	})
}

// SignOut ends the asker's session and gives the device without it.
func (s *Service) SignOut(ctx context.Context, who Session) (Device, error) {
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (Device, error) {
		d, err := tx.Device(ctx, who.Device.ID)
		if err != nil {
			return Device{}, Errorf(NotFound, "Device not found").unless(err)
		}
		d.TokenHash, d.PushToken, d.Modified = nil, "", tx.Stamp()
		if err := tx.DropSubscription(ctx, d.ID); err != nil {
			return Device{}, err
		}
		tx.Emit(Event{Kind: AccessChanged, UserID: who.User.ID})
		return d, tx.UpdateDevice(ctx, d)
	})
}

// ChangePassword sets the asker's password and ends their other sessions.
func (s *Service) ChangePassword(ctx context.Context, who Session, current, next string) error {
	if err := CheckPassword(next); err != nil {
		return err
	}
	ok, err := s.passwords.Verify(ctx, who.User.Password, current)
	if err != nil {
		return err
	}
	if !ok {
		return Errorf(Forbidden, "currentPassword is wrong")
	}
	hash, err := s.passwords.Hash(ctx, next)
	if err != nil {
		return err
	}
	_, err = changeAccess(ctx, s, func(ctx context.Context, tx Tx) (struct{}, error) {
		if _, err := deviceStillIn(ctx, tx, who); err != nil {
			return struct{}{}, err
		}
		user, err := tx.User(ctx, who.User.ID)
		if err == nil && user.Password != who.User.Password {
			err = Errorf(Forbidden, "currentPassword is wrong: it was changed meanwhile")
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, setPassword(ctx, tx, user, hash, who.Device.ID)
	})
	return err
}

// setPassword stores a password and ends every session but one (0: all).
func setPassword(ctx context.Context, tx Tx, user User, hash string, keep int64) error {
	user.Password = hash
	if err := tx.UpdateUser(ctx, user); err != nil {
		return err
	}
	if err := tx.EndSessions(ctx, user.ID, keep); err != nil {
		return err
	}
	if err := tx.EndAdminTokens(ctx, user.ID); err != nil {
		return err
	}
	tx.Emit(Event{Kind: AccessChanged, UserID: user.ID})
	return nil
}

// InspectLink tells what a link is for. For a reset link the person is given,
// too. Fails with NotFound when it cannot be used.
func (s *Service) InspectLink(ctx context.Context, token string) (Link, User, error) {
	link, err := s.store.LinkByHash(ctx, HashSecret(token))
	if err != nil || !link.open(s.now()) {
		return Link{}, User{}, errBadLink().unless(err)
	}
	if link.UserID == 0 {
		return link, User{}, nil
	}
	user, err := s.store.User(ctx, link.UserID)
	return link, user, err
}

func errBadLink() *Error {
	return Errorf(NotFound, "This link is unknown, used or expired: ask an admin for a new one")
}

// AcceptInvite makes a person through an invite link and signs them in. Fails
// with NotFound when the link cannot be used, Conflict when the address is
// taken.
func (s *Service) AcceptInvite(ctx context.Context, token string, p NewPerson, dev DeviceInfo) (SignedIn, error) {
	if _, _, err := s.InspectLink(ctx, token); err != nil { // before the costly hash
		return SignedIn{}, err
	}
	p, hash, err := s.prepare(ctx, p)
	if err != nil {
		return SignedIn{}, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (SignedIn, error) {
		link, err := tx.LinkByHash(ctx, HashSecret(token))
		if err != nil || link.Kind != InviteLink || !link.open(tx.Stamp()) {
			return SignedIn{}, errBadLink().unless(err)
		}
		user, err := s.addPerson(ctx, tx, User{Name: p.Name, Email: p.Email, Password: hash, Role: Plain}, link.RoomIDs)
		if err != nil {
			return SignedIn{}, err
		}
		link.Uses++ // after what can be refused, so that nothing written has to be undone
		if err := tx.UpdateLink(ctx, link); err != nil {
			return SignedIn{}, err
		}
		return s.openSession(ctx, tx, user, dev)
	})
}

// ResetPassword sets a person's password through a reset link, ends all their
// sessions and signs them in anew.
func (s *Service) ResetPassword(ctx context.Context, token, password string, dev DeviceInfo) (SignedIn, error) {
	if err := CheckPassword(password); err != nil {
		return SignedIn{}, err
	}
	if _, _, err := s.InspectLink(ctx, token); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (SignedIn, error) {
		link, err := tx.LinkByHash(ctx, HashSecret(token))
		if err != nil || link.Kind != ResetLink || !link.open(tx.Stamp()) {
			return SignedIn{}, errBadLink().unless(err)
		}
		if err := tx.CloseLinks(ctx, ResetLink, link.UserID); err != nil {
			return SignedIn{}, err
		}
		user, err := tx.User(ctx, link.UserID)
		if err != nil || user.Deleted {
			return SignedIn{}, errBadLink().unless(err)
		}
		if err := setPassword(ctx, tx, user, hash, 0); err != nil {
			return SignedIn{}, err
		}
		user.Password = hash
		return s.openSession(ctx, tx, user, dev)
	})
}
