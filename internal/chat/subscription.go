package chat

// Subscription is where a browser takes pushes for a device (Web Push, RFC 8030,
// encrypted as in RFC 8291).
type Subscription struct {
	DeviceID int64
	UserID   int64  // whose messages the browser shows
	Endpoint string // an http or https address
	Key      string // the browser's public key (p256dh), in base64url
	Secret   string // its authentication secret, in base64url
	Created  Time
}
