package api

// RawUser is a user as tools for operators read it: every column under its name,
// with times as ISO 8601 texts. Secrets are never in it.
type RawUser struct {
	ID                    int64   `json:"id"`
	EmailAddress          *string `json:"emailAddress"`
	TelephoneNumber       *string `json:"telephoneNumber"`
	TelephoneNumberHashed *string `json:"telephoneNumberHashed"` // SHA-256 in lower-case hex
	DisplayName           *string `json:"displayName"`
	AvatarFileID          int64   `json:"avatarFileId"` // 0: none
	Verified              bool    `json:"verified"`
	VerificationCode      *string `json:"verificationCode"` // always null: only a hash is kept
	CreatedAt             string  `json:"createdAt"`        // ISO 8601
	ModifiedAt            string  `json:"modifiedAt"`       // ISO 8601
	IsBot                 bool    `json:"isBot"`
	Deleted               bool    `json:"deleted"`
	Role                  Role    `json:"role"`
}

// RawDevice is a device as tools for operators read it.
type RawDevice struct {
	ID             int64   `json:"id"`
	UserID         int64   `json:"userId"`
	DeviceID       *string `json:"deviceId"` // the client's own id
	DeviceName     *string `json:"deviceName"`
	Type           *string `json:"type"`
	OSName         *string `json:"osName"`
	OSVersion      *string `json:"osVersion"`
	AppVersion     *string `json:"appVersion"`
	Token          *string `json:"token"`          // always null: only a hash is kept
	TokenExpiredAt *string `json:"tokenExpiredAt"` // ISO 8601; null: never, or nobody is signed in
	PushToken      *string `json:"pushToken"`      // always null: it is a secret
	CreatedAt      string  `json:"createdAt"`      // ISO 8601
	ModifiedAt     string  `json:"modifiedAt"`     // ISO 8601
}

// SessionTest is the data of GET /api/messenger/test/auth.
type SessionTest struct {
	Device RawDevice `json:"device"`
	User   RawUser   `json:"user"`
	Lang   string    `json:"lang"` // of the header lang; "en" when there is none
}

// KeyTest is the data of GET /api/messaging/test/auth.
type KeyTest struct {
	User RawUser `json:"user"` // the key's bot
}

// CallParticipant would be someone in a call; calls are not served, so that
// there is none.
type CallParticipant struct {
	User User `json:"user"`
}
