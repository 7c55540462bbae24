package chat

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is. Adapters map it to their own
// statuses.
type Code int

// The codes. Anything that is not an Error is an internal failure.
const (
	Internal     Code = iota
	Invalid           // the request itself is wrong
	Unauthorized      // no or unknown credentials
	Forbidden         // known, but may not
	NotFound          // no such thing, or not visible to the asker
	Conflict          // clashes with what is there
	TooLarge          // over a size limit
	TooMany           // over a rate limit; RetryAfter says for how long
	Incomplete        // parts of it have not come yet
	Mismatch          // it is not what its hash says
	Unavailable       // not now: something the server needs is full, busy or away; RetryAfter says when to try again
)

// Error is a failure that its cause can cure: Message says what to change, in a
// sentence fit for the asker, and never holds a secret.
type Error struct {
	Code       Code
	Message    string
	RetryAfter int // seconds; set with TooMany and Unavailable
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an Error.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf gives the code of the first Error in err's chain, Internal when there
// is none.
func CodeOf(err error) Code {
	if err == nil {
		return Internal
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// IsNotFound reports whether err is a NotFound failure.
func IsNotFound(err error) bool { return CodeOf(err) == NotFound }
