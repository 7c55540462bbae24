package api

// The values of an envelope's status.
const (
	StatusSuccess = "success"
	StatusError   = "error"
)

// Success is the envelope of every reply with HTTP status 200.
type Success[T any] struct {
	Status string `json:"status"` // StatusSuccess
	Data   T      `json:"data"`
}

// Error is the envelope of every reply with another HTTP status.
type Error struct {
	Status  string `json:"status"`  // StatusError
	Message string `json:"message"` // what is wrong and what to change; never empty
}

// Headers of requests and replies.
const (
	// HeaderToken carries a session token or an API key; so does
	// "Authorization: Bearer".
	HeaderToken = "accesstoken"
	// HeaderIdempotencyKey is a post's own id, in place of its localId: 1 to 200
	// characters.
	HeaderIdempotencyKey = "Idempotency-Key"
	// HeaderReplay is "true" in the reply to a post whose id was used before: the
	// message is the one stored then.
	HeaderReplay = "Idempotent-Replay"
	// HeaderLastEventID resumes the event stream after the frame with that id.
	HeaderLastEventID = "Last-Event-ID"
)

// SessionCookie is the name of the cookie that holds a browser's session token.
const SessionCookie = "spika_session"

// Deleted is the data of a reply to a deletion.
type Deleted struct {
	Deleted bool `json:"deleted"` // always true
}
