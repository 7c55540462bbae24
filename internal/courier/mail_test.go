package courier

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/internal/chat"
)

// mailServer is a mail server that takes one letter a connection.
type mailServer struct {
	net.Listener
	tls     *tls.Config
	roots   *x509.CertPool
	mode    MailTLS
	refuses string // a command it refuses; empty: none

	wait    sync.WaitGroup
	mu      sync.Mutex
	said    []string // commands, in order
	letters []string
}

func newMailServer(t *testing.T, mode MailTLS) *mailServer {
	t.Helper()
	certified := httptest.NewUnstartedServer(nil) // has a certificate for 127.0.0.1
	certified.StartTLS()
	t.Cleanup(certified.Close)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{Listener: l, mode: mode, tls: &tls.Config{Certificates: certified.TLS.Certificates}, roots: x509.NewCertPool()}
	s.roots.AddCert(certified.Certificate())
	s.wait.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.wait.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.wait.Wait()
	})
	return s
}

// serve speaks SMTP on a connection, as far as it is needed.
func (s *mailServer) serve(conn net.Conn) {
	defer conn.Close()
	if s.mode == TLS {
		conn = tls.Server(conn, s.tls)
	}
	in := bufio.NewReader(conn)
	fmt.Fprint(conn, "220 mail.example.org\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.note(line)
		verb, _, _ := strings.Cut(line, " ")
		switch {
		case verb == s.refuses:
			fmt.Fprint(conn, "550 not here\r\n")
		case verb == "EHLO" && s.mode == StartTLS:
			fmt.Fprint(conn, "250-mail.example.org\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n")
		case verb == "EHLO":
			fmt.Fprint(conn, "250-mail.example.org\r\n250 AUTH PLAIN\r\n")
		case verb == "STARTTLS":
			fmt.Fprint(conn, "220 go ahead\r\n")
			conn = tls.Server(conn, s.tls)
			in = bufio.NewReader(conn)
		case verb == "AUTH":
			fmt.Fprint(conn, "235 welcome\r\n")
		case verb == "DATA":
			fmt.Fprint(conn, "354 go on\r\n")
			s.keep(in)
			fmt.Fprint(conn, "250 taken\r\n")
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 fine\r\n")
		}
	}
}

func (s *mailServer) note(command string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, command)
}

// keep reads a letter, up to a line with a dot alone.
func (s *mailServer) keep(in *bufio.Reader) {
	var letter strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		letter.WriteString(line)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, letter.String())
}

// taken gives the letters and the commands so far.
func (s *mailServer) taken() (letters, said []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters, s.said
}

// settings give how to send through the server.
func (s *mailServer) settings(user string) Mail {
	return Mail{
		Server: s.Addr().String(), TLS: s.mode, User: user, Password: "hunter2", From: "spika@example.org",
		roots: &tls.Config{RootCAs: s.roots},
	}
}

func TestMail(t *testing.T) {
	for _, mode := range []MailTLS{StartTLS, TLS, NoTLS} {
		t.Run(string(mode), func(t *testing.T) {
			s := newMailServer(t, mode)
			log, text := logTo()
			if err := NewMail(s.settings("spika"), log).Bring(t.Context(), pia, "012345", 10*time.Minute); err != nil {
				t.Fatal(err, text)
			}
			letters, said := s.taken()
			all := strings.Join(said, "\n")
			if len(letters) != 1 || !strings.Contains(all, "MAIL FROM:<spika@example.org>") || !strings.Contains(all, "RCPT TO:<pia@example.org>") || !strings.Contains(all, "AUTH PLAIN ") {
				t.Fatalf("it was told %q and given %q", said, letters)
			}
			if encrypted := strings.Contains(all, "STARTTLS"); encrypted != (mode == StartTLS) {
				t.Errorf("STARTTLS: %v", encrypted)
			}
			m, err := mail.ReadMessage(strings.NewReader(letters[0]))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(m.Body)
			if err != nil {
				t.Fatal(err)
			}
			if m.Header.Get("To") != "<pia@example.org>" || m.Header.Get("From") != "Spika <spika@example.org>" || m.Header.Get("Subject") != "Your Spika code: 012345" ||
				!strings.HasSuffix(m.Header.Get("Message-ID"), "@example.org>") || !strings.HasPrefix(string(body), "Your Spika code: 012345\r\n") || !strings.Contains(string(body), "within 10 minutes") {
				t.Errorf("the letter is %q", letters[0])
			}
			if when, err := m.Header.Date(); err != nil || time.Since(when).Abs() > time.Minute {
				t.Errorf("the letter is of %v, %v", when, err)
			}
		})
	}
}

func TestMailWithoutAnAccount(t *testing.T) {
	s := newMailServer(t, NoTLS)
	log, _ := logTo()
	if err := NewMail(s.settings(""), log).Bring(t.Context(), pia, "012345", time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, said := s.taken(); strings.Contains(strings.Join(said, "\n"), "AUTH") {
		t.Errorf("it was told %q", said)
	}
}

func TestMailWithoutAnAddress(t *testing.T) {
	s := newMailServer(t, NoTLS)
	log, text := logTo()
	err := NewMail(s.settings(""), log).Bring(t.Context(), chat.Recipient{Phone: pia.Phone}, "012345", time.Minute)
	if chat.CodeOf(err) != chat.Forbidden || !strings.HasPrefix(err.Error(), "Codes come by e-mail here") || text.Len() > 0 {
		t.Errorf("error %v, log %q", err, text)
	}
}

// No password and no code goes out in the open unless the operator says so, and
// none gets into the log.
func TestMailRefused(t *testing.T) {
	for name, adjust := range map[string]func(*mailServer, *Mail){
		"STARTTLS refused":        func(s *mailServer, _ *Mail) { s.refuses = "STARTTLS" },
		"an unknown certificate":  func(_ *mailServer, o *Mail) { o.roots = nil },
		"authentication refused":  func(s *mailServer, _ *Mail) { s.refuses = "AUTH" },
		"the sender refused":      func(s *mailServer, _ *Mail) { s.refuses = "MAIL" },
		"the recipient refused":   func(s *mailServer, _ *Mail) { s.refuses = "RCPT" },
		"the letter refused":      func(s *mailServer, _ *Mail) { s.refuses = "DATA" },
		"nobody there":            func(_ *mailServer, o *Mail) { o.Server = "127.0.0.1:1" },
		"an address without port": func(_ *mailServer, o *Mail) { o.Server = "127.0.0.1" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newMailServer(t, StartTLS)
			o := s.settings("spika")
			adjust(s, &o)
			o.TLS = StartTLS
			log, text := logTo()
			if err := NewMail(o, log).Bring(t.Context(), pia, "012345", time.Minute); chat.CodeOf(err) != chat.Unavailable {
				t.Errorf("error %v", err)
			}
			letters, said := s.taken()
			if len(letters) != 0 {
				t.Errorf("the letter was given: %q", letters)
			}
			if !strings.Contains(strings.Join(said, "\n"), "STARTTLS") && strings.Contains(strings.Join(said, "\n"), "AUTH") {
				t.Errorf("the password went out in the open: %q", said)
			}
			if s := text.String(); s == "" || strings.Contains(s, "012345") || strings.Contains(s, "hunter2") {
				t.Errorf("the log is %q", s)
			}
		})
	}
}
