package courier

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"strings"
	"time"

	"spika/internal/chat"
)

// MailTLS says how a connection to a mail server is encrypted.
type MailTLS string

// The ways to encrypt mail.
const (
	StartTLS MailTLS = "starttls" // from the first command on; required
	TLS      MailTLS = "tls"      // from the start, as port 465 has it
	NoTLS    MailTLS = "none"     // not at all, for a server on the same machine
)

// Mail says how e-mail is sent.
type Mail struct {
	Server   string // HOST:PORT
	TLS      MailTLS
	User     string // empty: no authentication
	Password string
	From     string // address that mail comes from

	roots *tls.Config // of tests; nil: the machine's
}

// NewMail gives a courier that sends codes by e-mail to people who have an
// address on file. To others there is no way.
func NewMail(o Mail, log *slog.Logger) *Courier {
	return &Courier{way: &mailer{o}, log: log}
}

type mailer struct{ o Mail }

func (s *mailer) send(ctx context.Context, m message) error {
	if m.to.Email == "" {
		return chat.Errorf(chat.Forbidden, "Codes come by e-mail here, and no address is on file for this phone number: ask an admin of the team to add one")
	}
	if err := s.deliver(ctx, m.to.Email, s.letter(m, time.Now())); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	return nil
}

// letter is the whole e-mail.
func (s *mailer) letter(m message, now time.Time) []byte {
	_, domain, _ := strings.Cut(s.o.From, "@")
	minutes := max(1, int(m.life.Minutes()))
	lines := []string{
		"From: Spika <" + s.o.From + ">",
		"To: <" + m.to.Email + ">",
		"Subject: " + m.text(),
		"Date: " + now.Format(time.RFC1123Z),
		"Message-ID: <" + rand.Text() + "@" + domain + ">",
		"Auto-Submitted: auto-generated",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"",
		m.text(),
		"",
		fmt.Sprintf("It signs you in once, within %d minutes. Give it to nobody.", minutes),
		"If you did not ask for it, you can ignore this message.",
		"",
	}
	return []byte(strings.Join(lines, "\r\n"))
}

// deliver hands a letter to the mail server.
func (s *mailer) deliver(ctx context.Context, to string, letter []byte) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // what counts is whether the letter was taken
	if s.o.User != "" {
		host, _, _ := net.SplitHostPort(s.o.Server)
		if err := c.Auth(smtp.PlainAuth("", s.o.User, s.o.Password, host)); err != nil {
			return fmt.Errorf("authentication: %w", err)
		}
	}
	if err := errors.Join(c.Mail(s.o.From), c.Rcpt(to)); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(letter); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the letter is accepted already
	return nil
}

// connect greets the mail server over a connection that ends with ctx.
func (s *mailer) connect(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(s.o.Server)
	if err != nil {
		return nil, errors.New("its address is not HOST:PORT")
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.o.Server)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	secure := s.o.roots.Clone()
	if secure == nil {
		secure = new(tls.Config)
	}
	secure.ServerName = host
	if s.o.TLS == TLS {
		conn = tls.Client(conn, secure)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if s.o.TLS == StartTLS {
		if err := c.StartTLS(secure); err != nil {
			return nil, errors.Join(fmt.Errorf("it cannot be spoken to under TLS: %w", err), c.Close())
		}
	}
	return c, nil
}
