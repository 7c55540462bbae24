package chat

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SignInCode is a one-time code on its way: whoever gives it, from the device that it
// was asked for on, is the person.
type SignInCode struct {
	ClientID string // of the device
	UserID   int64
	Hash     []byte
	Tries    int64 // wrong codes given for it
	Expires  Time
}

// maxCodeTries is how many wrong codes may be given before the right one stops
// working: with a million codes, a guess then succeeds once in 200,000.
const maxCodeTries = 5

// usable reports whether the code still opens a session.
func (c SignInCode) usable(now Time) bool { return now < c.Expires && c.Tries < maxCodeTries }

// newCode draws six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%06d", n)
}

// Recipient is whom a courier brings a code to.
type Recipient struct {
	Phone   string // E.164
	Email   string // empty: none on file
	Android bool   // an Android app waits for the message
}

// Courier brings one-time codes to people. It may take seconds, so that it is
// never asked within a transaction.
type Courier interface {
	// Bring sends a code that works for life. It fails with a sentence for the
	// person: Forbidden when there is no way to them, Unavailable when the way
	// is blocked just now.
	Bring(ctx context.Context, to Recipient, code string, life time.Duration) error
}

// PhoneSignIn says who may sign in with a phone number and a code.
type PhoneSignIn string

// The ways to sign in by phone.
const (
	PhoneOff   PhoneSignIn = "off"   // nobody
	PhoneKnown PhoneSignIn = "known" // people whose number is on file
	PhoneOpen  PhoneSignIn = "open"  // anyone: a new number makes a new person
)

// CodeOptions are the operator's choices about codes.
type CodeOptions struct {
	PhoneSignIn PhoneSignIn   // empty: off
	Courier     Courier       // nil: there is no way to bring codes
	Life        time.Duration // how long a code works
	// OneMobile ends a person's sessions on other mobile devices when one signs
	// in. Devices that do not say what they are count as none.
	OneMobile bool
}

// CleanPhone refuses what is not a phone number in E.164 form: a plus and 7 to
// 15 digits. Whether there is such a number is for the border to judge.
func CleanPhone(phone string) (string, error) {
	digits, plus := strings.CutPrefix(phone, "+")
	if !plus || len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return "", Errorf(Invalid, "telephoneNumber must be a phone number with its country code, like +385911234567")
	}
	return phone, nil
}

// CheckClientID refuses a device's own id that is empty or cannot be kept.
func CheckClientID(id string) error {
	if n := utf8.RuneCountInString(id); n == 0 || n > MaxClientID || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return Errorf(Invalid, "deviceId must be given and have at most %d characters", MaxClientID)
	}
	return nil
}

// CodeRequest asks for a code.
type CodeRequest struct {
	Phone    string // E.164
	ClientID string // of the device that signs in
	Device   DeviceInfo
}

// CodeSent is what a code was sent for. Of the device it has only ids and what
// the asker said. Device.ClientID is the one to give the code with: the asker's
// own, or for a browser that is another person's device a new one.
type CodeSent struct {
	User   User
	Device Device
	New    bool // the person has no name yet
}

// codesOn tells whether people can sign in with their phone number.
func (s *Service) codesOn() bool {
	return s.opts.Codes.Courier != nil && s.opts.Codes.PhoneSignIn != PhoneOff && s.opts.Codes.PhoneSignIn != ""
}

// SendCode makes a code that signs a person in on a device, and has it brought
// to them. An earlier code for the device stops working; nothing else changes
// before the code is given back. Fails with Forbidden when the operator does not
// let the number in, or another person is signed in on the device, and with the
// courier's failures.
func (s *Service) SendCode(ctx context.Context, req CodeRequest) (CodeSent, error) {
	if !s.codesOn() {
		return CodeSent{}, Errorf(Forbidden, "Signing in by phone is switched off on this server: sign in with e-mail address and password")
	}
	phone, err := CleanPhone(req.Phone)
	if err != nil {
		return CodeSent{}, err
	}
	if err := CheckClientID(req.ClientID); err != nil {
		return CodeSent{}, err
	}
	req.Phone = phone
	code := newCode()
	sent, err := update(ctx, s, func(ctx context.Context, tx Tx) (CodeSent, error) {
		return s.prepareCode(ctx, tx, req, code)
	})
	if err != nil {
		return CodeSent{}, err
	}
	to := Recipient{Phone: sent.User.Phone, Email: sent.User.Email, Android: strings.EqualFold(req.Device.OSName, "android")}
	return sent, s.opts.Codes.Courier.Bring(ctx, to, code, s.opts.Codes.Life)
}

// prepareCode keeps a code for a device, and makes the person and the device if
// they are new. Everything that can be refused comes before what is written.
func (s *Service) prepareCode(ctx context.Context, tx Tx, req CodeRequest, code string) (CodeSent, error) {
	user, err := tx.UserByPhone(ctx, req.Phone)
	known := err == nil
	if err != nil && !IsNotFound(err) {
		return CodeSent{}, err
	}
	if !known {
		if err := s.mayJoin(ctx, tx); err != nil {
			return CodeSent{}, err
		}
	}
	device, err := codeDevice(ctx, tx, user, &req)
	if err != nil {
		return CodeSent{}, err
	}
	if !known {
		if user, err = tx.CreateUser(ctx, User{Kind: Person, Phone: req.Phone, Role: Plain}); err != nil {
			return CodeSent{}, err
		}
	}
	if device.ID == 0 {
		if device, err = tx.CreateDevice(ctx, describe(Device{UserID: user.ID, ClientID: req.ClientID}, req.Device)); err != nil {
			return CodeSent{}, err
		}
	}
	err = tx.PutSignInCode(ctx, SignInCode{
		ClientID: req.ClientID, UserID: user.ID, Hash: s.sealer.CodeHash(req.ClientID, code), Expires: tx.Stamp().Add(s.opts.Codes.Life),
	})
	told := describe(Device{ID: device.ID, UserID: user.ID, ClientID: req.ClientID}, req.Device)
	return CodeSent{User: user, Device: told, New: user.Name == ""}, err
}

// mayJoin refuses new people where the operator lets in only known ones, and
// before there is an owner: whoever sets the server up must be the first.
func (s *Service) mayJoin(ctx context.Context, r Reader) error {
	n, err := r.PeopleCount(ctx)
	switch {
	case err != nil:
		return err
	case n == 0:
		return Errorf(Forbidden, "This server is not set up yet: open the set-up link that it prints at its start")
	case s.opts.Codes.PhoneSignIn != PhoneOpen:
		return Errorf(Forbidden, "This phone number is not known here: ask an admin of the team to add it")
	}
	return nil
}

const browserKind = "browser"

// codeDevice finds the device that a code signs in on; none if it is new. A
// browser is to use the person's browser device again, if there is one, but
// nobody learns its client id who has not shown that they are the person: the
// code goes by the asker's, and by a new one where that is another's device.
// Any other device on which someone else is signed in is refused.
func codeDevice(ctx context.Context, tx Tx, user User, req *CodeRequest) (Device, error) {
	d, err := tx.DeviceByClientID(ctx, req.ClientID)
	if err != nil && !IsNotFound(err) {
		return Device{}, err
	}
	others := err == nil && d.UserID != user.ID
	switch {
	case req.Device.Kind == browserKind && (err != nil || others):
		code, codeErr := tx.SignInCode(ctx, req.ClientID)
		if codeErr != nil && !IsNotFound(codeErr) {
			return Device{}, codeErr
		}
		if others || codeErr == nil && code.UserID != user.ID {
			req.ClientID = NewSecret()
		}
		d, err = tx.BrowserDevice(ctx, user.ID)
	case others && d.signedIn(tx.Stamp()):
		return Device{}, Errorf(Forbidden, "There is already phone number tied to this device: sign out there first")
	}
	if IsNotFound(err) {
		return Device{}, nil
	}
	return d, err
}

// deviceOf finds the device that a right code signs in on. A browser's code may
// have gone by an id that no device has; it is then for the person's browser
// device, and for a new one if that is gone.
func deviceOf(ctx context.Context, tx Tx, code SignInCode, dev DeviceInfo) (Device, error) {
	d, err := tx.DeviceByClientID(ctx, code.ClientID)
	if IsNotFound(err) {
		d, err = tx.BrowserDevice(ctx, code.UserID)
	}
	if IsNotFound(err) {
		return tx.CreateDevice(ctx, describe(Device{UserID: code.UserID, ClientID: code.ClientID}, dev))
	}
	return d, err
}

// errWrongCode is about any code that does not open a session.
func errWrongCode() *Error {
	return Errorf(Forbidden, "Verification code is invalid: check it, or ask for a new one")
}

// VerifyCode signs a person in on the device with a client id, if the code is
// the one that was sent for it. The code works once; too many wrong ones end it.
// Fails with NotFound for a device that no code was sent for, Forbidden for a
// code that is wrong, used or too old.
func (s *Service) VerifyCode(ctx context.Context, clientID, code string, dev DeviceInfo) (SignedIn, error) {
	hash := s.sealer.CodeHash(clientID, strings.TrimSpace(code))
	in, err := update(ctx, s, func(ctx context.Context, tx Tx) (SignedIn, error) {
		kept, err := tx.SignInCode(ctx, clientID)
		if IsNotFound(err) {
			if _, err := tx.DeviceByClientID(ctx, clientID); err != nil {
				return SignedIn{}, Errorf(NotFound, "Device not found: ask for a code first").unless(err)
			}
			return SignedIn{}, errWrongCode()
		}
		if err != nil {
			return SignedIn{}, err
		}
		if !kept.usable(tx.Stamp()) {
			return SignedIn{}, errWrongCode()
		}
		if !sameHash(kept.Hash, hash) {
			kept.Tries++
			return SignedIn{}, tx.PutSignInCode(ctx, kept) // counted, so no failure here; nobody is signed in
		}
		return s.signInByCode(ctx, tx, kept, dev)
	})
	if err == nil && in.Token == "" {
		return SignedIn{}, errWrongCode()
	}
	if err == nil {
		s.access.clear() // the device's earlier session has ended
	}
	return in, err
}

// signInByCode opens the session that a right code is for.
func (s *Service) signInByCode(ctx context.Context, tx Tx, code SignInCode, dev DeviceInfo) (SignedIn, error) {
	user, err := person(ctx, tx, code.UserID)
	if err != nil {
		return SignedIn{}, errWrongCode().unless(err)
	}
	device, err := deviceOf(ctx, tx, code, dev)
	if err != nil {
		return SignedIn{}, err
	}
	if err := tx.DeleteSignInCode(ctx, code.ClientID); err != nil {
		return SignedIn{}, err
	}
	if user, err = s.verify(ctx, tx, user); err != nil {
		return SignedIn{}, err
	}
	token := NewSecret()
	for _, id := range uniqueIDs([]int64{device.UserID, user.ID}) { // someone else may have used the device before
		tx.Emit(Event{Kind: AccessChanged, UserID: id})
	}
	device = describe(device, dev)
	device.UserID, device.TokenHash, device.PushToken = user.ID, HashSecret(token), ""
	device.Expires, device.Modified = tx.Stamp().Add(s.opts.SessionLife), tx.Stamp()
	if err := tx.UpdateDevice(ctx, device); err != nil {
		return SignedIn{}, err
	}
	if s.opts.Codes.OneMobile && device.Kind != browserKind {
		err = tx.EndMobileSessions(ctx, user.ID, device.ID)
	}
	return SignedIn{Session: Session{User: user, Device: device}, Token: token}, err
}

// verify notes that a person has signed in, and has someone new join the first
// room.
func (s *Service) verify(ctx context.Context, tx Tx, user User) (User, error) {
	isNew := !user.Verified
	user.Verified, user.SignedIn = true, tx.Stamp()
	if isNew {
		user.Modified = tx.Stamp()
	}
	if err := tx.UpdateUser(ctx, user); err != nil || !isNew {
		return user, err
	}
	rooms, err := firstRooms(ctx, tx)
	if err != nil {
		return user, err
	}
	if err := s.tellUser(ctx, tx, user.ID); err != nil {
		return user, err
	}
	return user, s.joinRooms(ctx, tx, user.ID, rooms)
}

// DropOldCodes forgets codes that have expired.
func (s *Service) DropOldCodes(ctx context.Context) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.DropSignInCodes(ctx, tx.Stamp()) })
}
