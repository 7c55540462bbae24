package api

// Device is one signed-in client of a person.
type Device struct {
	ID             int64   `json:"id"`
	UserID         int64   `json:"userId"`
	Token          *string `json:"token"`          // the session token; null when a cookie holds it and after signing out
	TokenExpiredAt *int64  `json:"tokenExpiredAt"` // when the session ends unless used; null for never
	OSName         *string `json:"osName"`
	OSVersion      *string `json:"osVersion"`
	AppVersion     *string `json:"appVersion"`
	PushToken      *string `json:"pushToken"`
	DeviceID       *string `json:"deviceId"` // the client's own id of the device
	DeviceName     *string `json:"deviceName"`
	Type           *string `json:"type"` // "browser" for browsers
}

// DeviceData is the data of a reply that gives one device.
type DeviceData struct {
	Device Device `json:"device"`
}

// SignInRequest is the body of POST /api/messenger/session.
type SignInRequest struct {
	EmailAddress string `json:"emailAddress"`
	Password     string `json:"password"`
	DeviceName   string `json:"deviceName,omitzero"` // how the session is named in lists; up to 100 characters
	// Cookie says how the token is given: as a cookie if true or left out, as
	// Device.Token if false.
	Cookie *bool `json:"cookie,omitzero"`
}

// SignedIn is a new session.
type SignedIn struct {
	User   User   `json:"user"`
	Device Device `json:"device"`
}

// ChangePasswordRequest is the body of PUT /api/messenger/me/password.
type ChangePasswordRequest struct {
	CurrentPassword string `json:"currentPassword"`
	NewPassword     string `json:"newPassword"` // 10 to 200 characters
}

// CodeRequest is the body of POST /api/messenger/auth.
type CodeRequest struct {
	TelephoneNumber string `json:"telephoneNumber"` // with its country code
	DeviceID        string `json:"deviceId"`        // the client's own id of the device, up to 200 characters
}

// CodeSent says for whom a code was sent. Before it is given back, the user has
// nothing but the id and the number, and the device no token.
type CodeSent struct {
	IsNewUser bool   `json:"isNewUser"` // whether a name has still to be set
	User      User   `json:"user"`
	Device    Device `json:"device"`
	// BrowserDeviceID is what a browser has to use as its deviceId from now on;
	// nil for other devices.
	BrowserDeviceID *string `json:"browserDeviceId,omitzero"`
}

// VerifyRequest is the body of POST /api/messenger/auth/verify.
type VerifyRequest struct {
	Code     string `json:"code"` // six digits
	DeviceID string `json:"deviceId"`
}

// UpdateDeviceRequest is the body of PUT /api/messenger/device; nil leaves a thing
// as it is.
type UpdateDeviceRequest struct {
	PushToken *string `json:"pushToken,omitzero"` // empty: none any more
}

// Settings is what a client needs to know before it signs in.
type Settings struct {
	TeamMode  bool   `json:"teamMode"`  // whether everyone sees everyone
	TeamName  string `json:"teamName"`  // empty if none was given
	PublicURL string `json:"publicUrl"` // without a slash at the end; empty: the page's own origin and path
}

// SetupState says whether the server still has to be set up.
type SetupState struct {
	Needed bool `json:"needed"` // true while nobody has an account
}

// SetupRequest is the body of POST /api/messenger/setup.
type SetupRequest struct {
	Token        string `json:"token"` // the part of the set-up link after "#"
	DisplayName  string `json:"displayName"`
	EmailAddress string `json:"emailAddress"`
	Password     string `json:"password"` // 10 to 200 characters
	TeamName     string `json:"teamName,omitzero"`
}

// SetupDone is the owner, signed in, and the first room.
type SetupDone struct {
	User   User   `json:"user"`
	Device Device `json:"device"`
	Room   Room   `json:"room"`
}
