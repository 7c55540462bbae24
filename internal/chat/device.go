package chat

import "time"

// Device is one signed-in client of a person and holds its session.
type Device struct {
	ID         int64
	UserID     int64
	ClientID   string // chosen by the client; empty for our own web sessions
	TokenHash  []byte // SHA-256 of the session token; nil when signed out
	Expires    Time   // 0: never
	Kind       string // "browser", "script", or what the client said
	Name       string
	OSName     string
	OSVersion  string
	AppVersion string
	PushToken  string
	StartSeq   int64 // event number at which the device came to be
	Created    Time
	Modified   Time
}

// Session is a device with the person it belongs to: who is asking.
type Session struct {
	User   User
	Device Device
}

// renewAfter is how much of a session's life passes before it is lengthened
// again: a day, so that a busy client costs one write a day, and half of a life
// that is shorter than two.
func renewAfter(life time.Duration) time.Duration { return min(24*time.Hour, life/2) }
