package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

// isoTime is how tools for operators read times: as JavaScript writes them.
const isoTime = "2006-01-02T15:04:05.000Z"

func toISO(t chat.Time) string { return t.Std().Format(isoTime) }

func toISOOrNull(t chat.Time) *string {
	if t == 0 {
		return nil
	}
	return orNull(toISO(t))
}

// toRawUser gives a user with all columns but the secret ones.
func toRawUser(u chat.User) api.RawUser {
	shown := toUser(u)
	return api.RawUser{
		ID: u.ID, EmailAddress: shown.EmailAddress, TelephoneNumber: shown.TelephoneNumber,
		TelephoneNumberHashed: shown.TelephoneNumberHashed, DisplayName: shown.DisplayName, AvatarFileID: u.AvatarID,
		Verified: u.Verified, CreatedAt: toISO(u.Created), ModifiedAt: toISO(u.Modified),
		IsBot: u.IsBot(), Deleted: u.Deleted, Role: shown.Role,
	}
}

// toRawDevice gives a device with all columns but the secret ones.
func toRawDevice(d chat.Device) api.RawDevice {
	expires := d.Expires
	if d.TokenHash == nil {
		expires = 0
	}
	return api.RawDevice{
		ID: d.ID, UserID: d.UserID, DeviceID: orNull(d.ClientID), DeviceName: orNull(d.Name), Type: orNull(d.Kind),
		OSName: orNull(d.OSName), OSVersion: orNull(d.OSVersion), AppVersion: orNull(d.AppVersion),
		TokenExpiredAt: toISOOrNull(expires), CreatedAt: toISO(d.Created), ModifiedAt: toISO(d.Modified),
	}
}
