package chat

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AllDevices lists everyone's devices.
func (s *Service) AllDevices(ctx context.Context, who Session, f DeviceFilter, page int) (Listed[Device], error) {
	return managedList(ctx, s, who, page, listing[Device]{
		whole: f == DeviceFilter{},
		read:  func(ctx context.Context, r Reader, p Page) ([]Device, error) { return r.DevicesListed(ctx, f, p) },
		count: func(ctx context.Context, r Reader) (int64, error) { return r.CountDevices(ctx) },
	})
}

// ManagedDevice gives a device.
func (s *Service) ManagedDevice(ctx context.Context, who Session, id int64) (Device, error) {
	if err := mayManage(who); err != nil {
		return Device{}, err
	}
	d, err := s.store.Device(ctx, id)
	return d, wrongDevice(err)
}

func wrongDevice(err error) error {
	if IsNotFound(err) {
		return Errorf(NotFound, "Wrong device id")
	}
	return err
}

// MakeDevice makes a device of a person's, on which nobody is signed in: a
// session is only ever its person's to open.
func (s *Service) MakeDevice(ctx context.Context, who Session, user int64, clientID string, info DeviceInfo) (Device, error) {
	if err := mayManage(who); err != nil {
		return Device{}, err
	}
	switch {
	case user == 0:
		return Device{}, Errorf(Invalid, "User id is required")
	case clientID == "":
		return Device{}, Errorf(Invalid, "Device id is required")
	}
	if err := CheckClientID(clientID); err != nil {
		return Device{}, err
	}
	if err := cleanInfo(info); err != nil {
		return Device{}, err
	}
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (Device, error) {
		u, err := person(ctx, tx, user)
		if err != nil {
			return Device{}, Errorf(Invalid, "User id is required: there is nobody with this one").unless(err)
		}
		if err := mayTouch(who, u); err != nil {
			return Device{}, err
		}
		if _, err := tx.DeviceByClientID(ctx, clientID); !IsNotFound(err) {
			if err == nil {
				err = Errorf(Invalid, "Device id already exists")
			}
			return Device{}, err
		}
		d, err := tx.CreateDevice(ctx, describe(Device{UserID: user, ClientID: clientID}, info))
		if err != nil {
			return Device{}, err
		}
		return d, tx.Audit(ctx, who.did("device.add", d.ID, "user", user))
	})
}

// maxInfo is how long what a device says about itself may be, in characters.
const maxInfo = 200

// cleanInfo refuses what cannot be a device's own words.
func cleanInfo(info DeviceInfo) error {
	for _, text := range []string{info.Kind, info.Name, info.OSName, info.OSVersion, info.AppVersion} {
		if utf8.RuneCountInString(text) > maxInfo || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return Errorf(Invalid, "what is said about a device must be at most %d characters of UTF-8 without control characters", maxInfo)
		}
	}
	return nil
}

// ChangeDevice changes what is known about a device; what is empty stays. Its own
// id stays, too: clientID is only looked at, and refused with NotFound when it is
// another device's.
func (s *Service) ChangeDevice(ctx context.Context, who Session, id int64, clientID string, info DeviceInfo) (Device, error) {
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (Device, error) {
		d, err := managedDevice(ctx, tx, who, id)
		if err != nil {
			return Device{}, err
		}
		if err := clientIDFree(ctx, tx, id, clientID); err != nil {
			return Device{}, err
		}
		if info == (DeviceInfo{}) {
			return Device{}, Errorf(Invalid, "Nothing to update")
		}
		if err := cleanInfo(info); err != nil {
			return Device{}, err
		}
		d = describe(d, info)
		d.Modified = tx.Stamp()
		if err := tx.UpdateDevice(ctx, d); err != nil {
			return Device{}, err
		}
		tx.Emit(Event{Kind: AccessChanged, UserID: d.UserID})
		return d, tx.Audit(ctx, who.did("device.change", id, "user", d.UserID))
	})
}

// clientIDFree refuses a client's own id that another device has.
func clientIDFree(ctx context.Context, r Reader, id int64, clientID string) error {
	if clientID == "" {
		return nil
	}
	other, err := r.DeviceByClientID(ctx, clientID)
	switch {
	case IsNotFound(err):
		return nil
	case err == nil && other.ID != id:
		return Errorf(NotFound, "Device id already in use")
	}
	return err
}

// managedDevice finds a device that the asker may change.
func managedDevice(ctx context.Context, tx Tx, who Session, id int64) (Device, error) {
	d, err := tx.Device(ctx, id)
	if err != nil {
		return Device{}, wrongDevice(err)
	}
	u, err := tx.User(ctx, d.UserID)
	if err != nil {
		return Device{}, err
	}
	return d, mayTouch(who, u)
}

// RemoveDevice signs a device out and forgets it.
func (s *Service) RemoveDevice(ctx context.Context, who Session, id int64) error {
	_, err := manage(ctx, s, who, func(ctx context.Context, tx Tx) (struct{}, error) {
		d, err := managedDevice(ctx, tx, who, id)
		if err != nil {
			return struct{}{}, err
		}
		tx.Emit(Event{Kind: AccessChanged, UserID: d.UserID})
		if err := tx.DropSubscription(ctx, id); err != nil {
			return struct{}{}, err
		}
		if d.ClientID != "" { // a code on its way to it opens nothing any more
			if err := tx.DeleteSignInCode(ctx, d.ClientID); err != nil {
				return struct{}{}, err
			}
		}
		if err := tx.DeleteDevice(ctx, id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ctx, who.did("device.delete", id, "user", d.UserID))
	})
	return err
}
