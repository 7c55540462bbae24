package client

import (
	"fmt"
	"time"
)

// Error is a server's refusal.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Message says what to change, in a sentence of the server's.
	Message string
	// RetryAfter is how long to wait before trying again; 0: not said.
	RetryAfter time.Duration
}

// Error gives the message and the status.
func (e *Error) Error() string { return fmt.Sprintf("%s (HTTP status %d)", e.Message, e.Status) }

// transportError is a request that brought no answer, or only a part of one:
// whether the server did what it was asked is not known.
type transportError struct{ err error }

func (e *transportError) Error() string { return e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }
