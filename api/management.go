package api

// Headers of the management routes.
const (
	// HeaderAdminToken carries a token for the management routes.
	HeaderAdminToken = "admin-accesstoken"
	// HeaderAdminTokenPlain is the same under its other spelling.
	HeaderAdminTokenPlain = "adminaccesstoken"
)

// AdminSignInRequest is the body of POST /api/management/auth.
type AdminSignInRequest struct {
	Username string `json:"username"` // the operator's, or a person's e-mail address
	Password string `json:"password"`
}

// AdminSignedIn is the data of POST /api/management/auth.
type AdminSignedIn struct {
	Token      string `json:"token"`
	ExpireDate int64  `json:"expireDate"` // Unix time in seconds, unlike everywhere else
}

// AuditEntry is one thing that somebody with power over others did.
type AuditEntry struct {
	ID       int64          `json:"id"`
	At       int64          `json:"at"`
	ActorID  *int64         `json:"actorId"` // null: the operator
	Actor    string         `json:"actor"`   // their name at that time
	Action   string         `json:"action"`  // what was done, like "user.role"
	Target   string         `json:"target"`  // what it was done to: the first half of Action
	TargetID *int64         `json:"targetId"`
	Details  map[string]any `json:"details"`
}

// AuditList is one page of GET /api/management/audit.
type AuditList struct {
	List  []AuditEntry `json:"list"`
	Count int64        `json:"count"` // all entries there are
	Limit int          `json:"limit"` // entries a page holds
}

// ManagedUserRequest is the body of POST /api/management/user and PUT
// /api/management/user/{id}. A verificationCode is taken and has no effect.
type ManagedUserRequest struct {
	DisplayName     *string `json:"displayName,omitempty"` // needed to make a user
	EmailAddress    *string `json:"emailAddress,omitempty"`
	TelephoneNumber *string `json:"telephoneNumber,omitempty"`
	AvatarFileID    *int64  `json:"avatarFileId,omitempty"`
	Verified        *bool   `json:"verified,omitempty"`
}

// RawUserList is one page of users.
type RawUserList struct {
	List  []RawUser `json:"list"`
	Count int64     `json:"count"` // of all; in narrowed lists, of this page
	Limit int       `json:"limit"` // entries a page holds
}

// RawUserData is the data of routes that answer with a raw user.
type RawUserData struct {
	User RawUser `json:"user"`
}

// ManagedDeviceRequest is the body of POST /api/management/device and PUT
// /api/management/device/{id}. A token or pushToken is taken and has no effect.
type ManagedDeviceRequest struct {
	UserID     int64  `json:"userId,omitempty"`   // needed to make a device
	DeviceID   string `json:"deviceId,omitempty"` // needed to make a device
	DeviceName string `json:"deviceName,omitempty"`
	Type       string `json:"type,omitempty"`
	OSName     string `json:"osName,omitempty"`
	OSVersion  string `json:"osVersion,omitempty"`
	AppVersion string `json:"appVersion,omitempty"`
}

// RawDeviceList is one page of devices.
type RawDeviceList struct {
	List  []RawDevice `json:"list"`
	Count int64       `json:"count"` // of all; in narrowed lists, of this page
	Limit int         `json:"limit"` // entries a page holds
}

// RawDeviceData is the data of routes that answer with a raw device.
type RawDeviceData struct {
	Device RawDevice `json:"device"`
}

// ManagedRoomRequest is the body of POST /api/management/room and PUT
// /api/management/room/{id}.
type ManagedRoomRequest struct {
	Name    *string `json:"name,omitempty"`
	Type    string  `json:"type,omitempty"`
	Deleted *bool   `json:"deleted,omitempty"`
}

// RawRoom is a room as tools for operators read it.
type RawRoom struct {
	ID           int64  `json:"id"`
	Type         string `json:"type"` // private or group
	Name         string `json:"name"`
	AvatarFileID int64  `json:"avatarFileId"` // 0: none
	Deleted      bool   `json:"deleted"`
	CreatedAt    string `json:"createdAt"`  // ISO 8601
	ModifiedAt   string `json:"modifiedAt"` // ISO 8601
}

// RawRoomList is one page of rooms.
type RawRoomList struct {
	List  []RawRoom `json:"list"`
	Count int64     `json:"count"` // of all; in narrowed lists, of this page
	Limit int       `json:"limit"` // entries a page holds
}

// RawRoomData is the data of routes that answer with a raw room.
type RawRoomData struct {
	Room RawRoom `json:"room"`
}

// RawMember is a member of a room as tools for operators read it.
type RawMember struct {
	UserID    int64   `json:"userId"`
	RoomID    int64   `json:"roomId"`
	IsAdmin   bool    `json:"isAdmin"`
	CreatedAt string  `json:"createdAt"` // ISO 8601, when they joined
	User      RawUser `json:"user"`
}

// RoomMembers is the data of GET /api/management/room/users.
type RoomMembers struct {
	Room  RawRoom     `json:"room"`
	Users []RawMember `json:"users"`
}

// Changed says how many rows were changed.
type Changed struct {
	Count int `json:"count"`
}

// ChangedRoom is the data of routes that change members of a room.
type ChangedRoom struct {
	Room Changed `json:"room"`
}

// RemovedMembers is the data of DELETE /api/management/room/{roomId}/{userId}.
type RemovedMembers struct {
	Users Changed `json:"users"`
}

// StatPoint is one point of a chart.
type StatPoint struct {
	Y int64  `json:"y"` // how many messages
	X string `json:"x"` // the hour of the day or the day of the month, two digits
}

// StatLine is a line of a chart.
type StatLine struct {
	ID    string      `json:"id"`
	Color string      `json:"color"`
	Data  []StatPoint `json:"data"`
}

// StatList is the data of GET /api/management/message/statHour and statDay.
type StatList struct {
	List  []StatLine `json:"list"`
	Count int        `json:"count"`
	Limit int        `json:"limit"`
}
