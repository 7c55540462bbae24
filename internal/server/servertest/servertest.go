// Package servertest runs a whole server for a test: real settings, database,
// network and clients. It knows how to start one and who is in it, and nothing
// of what a test wants to prove. Only tests import it.
package servertest

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"spika/api"
	"spika/client"
	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/server"
	"spika/internal/store/storetest"
)

// Options say what is special about a server.
type Options struct {
	// Postgres runs it on a PostgreSQL schema of its own; the test is skipped
	// where there is no database (see storetest.Postgres).
	Postgres bool
	// Empty starts it as a first run, with nobody in it.
	Empty bool
	// Config changes the settings before the start; nil: nothing.
	Config func(*config.Config)
	// Clock tells the server the time; nil: the machine's.
	Clock chat.Clock
}

// Password is that of everyone in the server.
const Password = "correct horse battery"

// Server is a running server with Alice, its owner, and Bob, a member, both in
// one group room of which Alice is the admin, and a key of that room. In an
// empty one there is nobody yet.
type Server struct {
	*server.Server
	// URL is where it is reached, without a slash at the end.
	URL string
	// Config is what it was started with.
	Config config.Config
	Alice  Person
	Bob    Person
	RoomID int64
	Key    api.APIKey
	// Bot posts with Key.
	Bot *client.Client

	clock chat.Clock
}

// Person is someone who is signed in.
type Person struct {
	*client.Client
	ID    int64
	Email string
	Token string
}

// closeTimeout is how long a server may take to stop at a test's end.
const closeTimeout = 20 * time.Second

// Start runs a server until the test ends. Its log is shown if the test fails.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{Config: settings(t, o), clock: o.Clock}
	s.run(t)
	t.Cleanup(func() { s.Stop(t) })
	if !o.Empty {
		s.fill(t)
	}
	return s
}

func settings(t testing.TB, o Options) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	if o.Postgres {
		cfg.Database = config.Database(storetest.Postgres(t))
	}
	if o.Config != nil {
		o.Config(&cfg)
	}
	return cfg
}

func (s *Server) run(t testing.TB) {
	t.Helper()
	var err error
	s.Server, err = server.New(t.Context(), s.Config, server.Options{Logger: logger(t), Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.URL = s.LocalURL()
	s.Config.Listen = config.Listen(s.URL[len("http://"):]) // started again, it is found at the same place
}

// Stop stops the server, and does nothing when it is stopped.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.Server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), closeTimeout)
	defer cancel()
	if err := s.Server.Close(ctx); err != nil {
		t.Errorf("stop the server: %v", err)
	}
	s.Server = nil
}

// Restart stops the server and starts it again on the same address and data.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	s.run(t)
}

// logger gives a log that goes where the test's own goes.
func logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(string(bytes.TrimRight(b, "\n")))
	return len(b), nil
}

// Client gives a client of the server; token may be empty.
func (s *Server) Client(t testing.TB, token string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fill puts in who is always there.
func (s *Server) fill(t testing.TB) {
	t.Helper()
	s.Alice = s.addPerson(t, "Alice", "alice@example.org", true)
	s.Bob = s.addPerson(t, "Bob", "bob@example.org", false)
	room, err := s.Service().CreateRoomFor(t.Context(), "Lobby", s.Alice.Email, []string{s.Bob.Email})
	if err != nil {
		t.Fatal(err)
	}
	s.RoomID = room.ID
	if s.Key, err = s.Alice.CreateKey(t.Context(), room.ID, "Robot"); err != nil {
		t.Fatal(err)
	}
	s.Bot = s.Client(t, s.Key.Token)
}

// AddPerson makes a person and signs them in.
func (s *Server) AddPerson(t testing.TB, name, email string) Person {
	t.Helper()
	return s.addPerson(t, name, email, false)
}

func (s *Server) addPerson(t testing.TB, name, email string, admin bool) Person {
	t.Helper()
	u, err := s.Service().CreatePerson(t.Context(), chat.NewPerson{Name: name, Email: email, Password: Password}, admin)
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.Service().OpenSessionFor(t.Context(), email, chat.DeviceInfo{Kind: "script", Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return Person{Client: s.Client(t, in.Token), ID: u.ID, Email: email, Token: in.Token}
}
