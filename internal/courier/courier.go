// Package courier brings one-time codes to people: by SMS through an HTTP
// gateway, by e-mail, or into the server's log. It knows how messages are sent
// and what they say, and nothing of who may sign in.
package courier

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"spika/internal/chat"
)

// sendWithin is how long sending one message may take.
const sendWithin = 15 * time.Second

// message is a code on its way to a person.
type message struct {
	to   chat.Recipient
	code string
	life time.Duration
}

// text is the message's first line. Its only digits are the code: apps take
// whatever digits the line has.
func (m message) text() string { return "Your Spika code: " + m.code }

// sender is one way to people.
type sender interface {
	send(ctx context.Context, m message) error
}

// Courier brings codes one way. Make it with Log, NewSMS or NewMail.
type Courier struct {
	way sender
	log *slog.Logger
}

var _ chat.Courier = (*Courier)(nil)

// Bring implements chat.Courier. Why a message could not be sent goes to the log
// and not to whoever asked, without the code.
func (c *Courier) Bring(ctx context.Context, to chat.Recipient, code string, life time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	err := c.way.send(ctx, message{to, code, life})
	var own *chat.Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	c.log.Error("a code could not be sent", slog.Any("cause", err))
	return chat.Errorf(chat.Unavailable, "The code could not be sent: try again in a minute; if that does not help, the server's log says why")
}

// Log gives a courier that writes codes into the server's log, for trying things
// out: whoever reads the log can then sign in as anyone.
func Log(log *slog.Logger) *Courier {
	return &Courier{way: logged{log}, log: log}
}

type logged struct{ log *slog.Logger }

func (l logged) send(_ context.Context, m message) error {
	l.log.Info("a code to sign in with", slog.String("phone", m.to.Phone), slog.String("code", m.code))
	return nil
}
