package api

// PushedMessage is what an app is pushed under the key "message".
type PushedMessage struct {
	Message
	FromUserName string `json:"fromUserName"`
	GroupName    string `json:"groupName"` // empty in a private room
	Muted        bool   `json:"muted"`
}

// PushMessageAttributes is what an app is pushed under "messageAttributes".
type PushMessageAttributes struct {
	FromUserName string `json:"fromUserName"`
	GroupName    string `json:"groupName,omitzero"` // left out in a private room
}

// PushRoomAttributes is what an app is pushed under "roomAttributes".
type PushRoomAttributes struct {
	UnreadCount  int64 `json:"unreadCount"`
	Muted        bool  `json:"muted"`
	AvatarFileID int64 `json:"avatarFileId"`
}

// WebPush is what a browser is pushed.
type WebPush struct {
	Title     string `json:"title"` // who and, in a group, where
	Body      string `json:"body"`
	RoomID    int64  `json:"roomId"`
	MessageID int64  `json:"messageId"`
}

// PushKey is the data of GET /api/messenger/push/key.
type PushKey struct {
	PublicKey *string `json:"publicKey"` // in base64url; null where browsers are not pushed
}

// PushSubscription is the body of PUT /api/messenger/push/subscription, as
// browsers write it.
type PushSubscription struct {
	Endpoint string   `json:"endpoint"`
	Keys     PushKeys `json:"keys"`
}

// PushKeys are a browser's keys, in base64url.
type PushKeys struct {
	P256dh string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// Subscribed is the data of the reply to it.
type Subscribed struct {
	Subscribed bool `json:"subscribed"` // always true
}
