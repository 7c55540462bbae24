package courier

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"spika/internal/chat"
)

// logTo gives a logger and what it has logged.
func logTo() (*slog.Logger, *bytes.Buffer) {
	var log bytes.Buffer
	return slog.New(slog.NewTextHandler(&log, nil)), &log
}

var pia = chat.Recipient{Phone: "+385911234567", Email: "pia@example.org"}

func TestLog(t *testing.T) {
	log, text := logTo()
	if err := Log(log).Bring(t.Context(), pia, "123456", time.Minute); err != nil {
		t.Fatal(err)
	}
	if s := text.String(); !strings.Contains(s, "phone=+385911234567 code=123456") {
		t.Errorf("the log is %q", s)
	}
}

// senderFunc is a way that a test makes up.
type senderFunc func(ctx context.Context, m message) error

func (f senderFunc) send(ctx context.Context, m message) error { return f(ctx, m) }

// Whoever asks is told that sending failed, and not why; the log is told why.
func TestFailuresAreForTheLog(t *testing.T) {
	log, text := logTo()
	c := &Courier{way: senderFunc(func(ctx context.Context, _ message) error {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("it may take for ever")
		}
		return errors.New("connection refused by 10.1.2.3")
	}), log: log}
	err := c.Bring(t.Context(), pia, "123456", time.Minute)
	if chat.CodeOf(err) != chat.Unavailable || strings.Contains(err.Error(), "10.1.2.3") {
		t.Errorf("error %v", err)
	}
	if s := text.String(); !strings.Contains(s, "connection refused by 10.1.2.3") || strings.Contains(s, "123456") {
		t.Errorf("the log is %q", s)
	}
	c.way = senderFunc(func(context.Context, message) error { return chat.Errorf(chat.Forbidden, "no way") })
	if err := c.Bring(t.Context(), pia, "123456", time.Minute); chat.CodeOf(err) != chat.Forbidden || err.Error() != "no way" {
		t.Errorf("error %v", err)
	}
}
