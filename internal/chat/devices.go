package chat

import (
	"cmp"
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

// signedIn reports whether the device holds a session that lives.
func (d Device) signedIn(now Time) bool {
	return d.TokenHash != nil && (d.Expires == 0 || now < d.Expires)
}

// describe gives the device with what its client says about itself now; what it
// does not say stays.
func describe(d Device, info DeviceInfo) Device {
	d.Kind = cmp.Or(info.Kind, d.Kind)
	d.Name = cmp.Or(info.Name, d.Name)
	d.OSName = cmp.Or(info.OSName, d.OSName)
	d.OSVersion = cmp.Or(info.OSVersion, d.OSVersion)
	d.AppVersion = cmp.Or(info.AppVersion, d.AppVersion)
	return d
}

// info gives what a client has said about itself.
func (d Device) info() DeviceInfo {
	return DeviceInfo{Kind: d.Kind, Name: d.Name, OSName: d.OSName, OSVersion: d.OSVersion, AppVersion: d.AppVersion}
}

// NoteDevice keeps what the asker's client says about itself, if that is news,
// and gives the session with it.
func (s *Service) NoteDevice(ctx context.Context, who Session, info DeviceInfo) (Session, error) {
	if describe(who.Device, info).info() == who.Device.info() {
		return who, nil
	}
	gen := s.access.generation()
	session, err := update(ctx, s, func(ctx context.Context, tx Tx) (Session, error) {
		now, err := tx.SessionByToken(ctx, who.Device.TokenHash)
		if IsNotFound(err) {
			return Session{}, Errorf(Unauthorized, "Invalid access token: it was signed out; sign in again")
		}
		if err != nil {
			return Session{}, err
		}
		now.Device = describe(now.Device, info)
		now.Device.Modified = tx.Stamp()
		return now, tx.UpdateDevice(ctx, now.Device)
	})
	if err != nil {
		return Session{}, err
	}
	s.access.addSession(gen, who.Device.TokenHash, session)
	return session, nil
}

// SetPushToken keeps the token under which the asker's device is sent pushes;
// nil leaves it as it is.
func (s *Service) SetPushToken(ctx context.Context, who Session, token *string) (Device, error) {
	if token == nil || *token == who.Device.PushToken {
		return who.Device, nil
	}
	if err := cleanPushToken(*token); err != nil {
		return Device{}, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (Device, error) {
		d, err := tx.Device(ctx, who.Device.ID)
		if err != nil {
			return Device{}, err
		}
		d.PushToken, d.Modified = *token, tx.Stamp()
		tx.Emit(Event{Kind: AccessChanged, UserID: who.User.ID})
		return d, tx.UpdateDevice(ctx, d)
	})
}

// RefreshSession gives the asker's device a new token in place of the old one,
// and a full life. Fails with Unauthorized when another refresh was faster.
func (s *Service) RefreshSession(ctx context.Context, who Session) (SignedIn, error) {
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (SignedIn, error) {
		d, err := deviceStillIn(ctx, tx, who)
		if err != nil {
			return SignedIn{}, err
		}
		token := NewSecret()
		d.TokenHash, d.Expires, d.Modified = HashSecret(token), tx.Stamp().Add(s.opts.SessionLife), tx.Stamp()
		tx.Emit(Event{Kind: AccessChanged, UserID: who.User.ID})
		return SignedIn{Session: Session{User: who.User, Device: d}, Token: token}, tx.UpdateDevice(ctx, d)
	})
}

// deviceStillIn gives the device of a session as it is now. Fails with Unauthorized
// when the session has ended or its token was replaced since the request began.
func deviceStillIn(ctx context.Context, r Reader, who Session) (Device, error) {
	d, err := r.Device(ctx, who.Device.ID)
	if err != nil || !sameHash(d.TokenHash, who.Device.TokenHash) {
		return Device{}, Errorf(Unauthorized, "Invalid access token: it was replaced or signed out; sign in again").unless(err)
	}
	return d, nil
}

// maxPushToken is longer than any push service's tokens, in bytes.
const maxPushToken = 4_096

func cleanPushToken(token string) error {
	if len(token) > maxPushToken || !utf8.ValidString(token) || strings.ContainsFunc(token, unicode.IsControl) {
		return Errorf(Invalid, "pushToken must be at most %d bytes of UTF-8 without control characters", maxPushToken)
	}
	return nil
}
