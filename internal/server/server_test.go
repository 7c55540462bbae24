package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"spika/api"
	"spika/client"
	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/server"
	"spika/internal/server/servertest"
)

// onBoth runs a test on each database.
func onBoth(t *testing.T, test func(t *testing.T, s *servertest.Server)) {
	t.Run("SQLite", func(t *testing.T) { test(t, servertest.Start(t, servertest.Options{})) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, servertest.Start(t, servertest.Options{Postgres: true})) })
}

// follow reads a person's events in the background, from the moment it returns
// on.
func follow(t *testing.T, who *client.Client) <-chan client.Event {
	t.Helper()
	out := make(chan client.Event, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e, err := range who.Events(ctx, client.EventOptions{}) {
			if err != nil {
				if ctx.Err() == nil {
					t.Errorf("events end: %v", err)
				}
				return
			}
			out <- e
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	next(t, out, api.EventPing)
	return out
}

// next waits for an event of a type, for longer than a change may take to show.
func next(t *testing.T, events <-chan client.Event, kind api.EventType) client.Event {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case e := <-events:
			if e.Type == kind {
				return e
			}
		case <-late:
			t.Fatalf("no %s came", kind)
		}
	}
}

func TestPostIsSeenLive(t *testing.T) {
	onBoth(t, func(t *testing.T, s *servertest.Server) {
		alice, bob := follow(t, s.Alice.Client), follow(t, s.Bob.Client)
		posted, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "hi", LocalID: "1"})
		if err != nil {
			t.Fatal(err)
		}
		if posted.TotalUserCount != 2 || posted.DeliveredCount != 0 || posted.Replayed {
			t.Errorf("posted %+v", posted)
		}
		if m := next(t, alice, api.EventNewMessage).Message; m.ID != posted.ID || m.SenderName != "Robot" {
			t.Errorf("Alice sees %+v", m)
		}
		next(t, bob, api.EventNewMessage)
		if err := s.Bob.Seen(t.Context(), s.RoomID, posted.ID); err != nil {
			t.Fatal(err)
		}
		for e := next(t, alice, api.EventNewRecord); e.SeenCount != 1 || e.DeliveredCount != 1; e = next(t, alice, api.EventNewRecord) {
		}
		again, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "hi", LocalID: "1"})
		if err != nil || again.ID != posted.ID || !again.Replayed || again.SeenCount != 1 {
			t.Errorf("posted again %+v, %v", again, err)
		}
	})
}

// A listener that was there before a restart misses nothing and gets nothing
// twice, and a post while the server is away arrives once it is back.
func TestRestart(t *testing.T) {
	onBoth(t, func(t *testing.T, s *servertest.Server) {
		bob := follow(t, s.Bob.Client)
		for _, text := range []string{"before", "after"} {
			posted, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: text})
			if err != nil {
				t.Fatal(err)
			}
			if m := next(t, bob, api.EventNewMessage).Message; m.ID != posted.ID {
				t.Errorf("%s the restart, Bob sees message %d, want %d", text, m.ID, posted.ID)
			}
			s.Restart(t)
		}
		list, err := s.Alice.Messages(t.Context(), s.RoomID, 0)
		if err != nil || len(list.List) != 2 {
			t.Errorf("%d messages are there, %v, want 2", len(list.List), err)
		}
	})
}

func TestSetUp(t *testing.T) {
	s := servertest.Start(t, servertest.Options{Empty: true})
	link := func() string {
		t.Helper()
		link, err := s.NewSetUpLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	old := link()
	s.Restart(t)
	token, ok := strings.CutPrefix(link(), s.URL+"/setup#")
	if !ok || token == "" {
		t.Fatalf("the link is not at %s", s.URL)
	}
	request := api.SetupRequest{
		Token: old[strings.Index(old, "#")+1:], DisplayName: "Olga", EmailAddress: "olga@example.org", Password: servertest.Password,
	}
	c := s.Client(t, "")
	if _, err := c.SetUp(t.Context(), request); status(err) != http.StatusForbidden {
		t.Errorf("the link from before the restart: %v", err)
	}
	request.Token = token
	done, err := c.SetUp(t.Context(), request)
	if err != nil || done.User.Role != api.RoleOwner || done.Room.Name != "General" {
		t.Fatalf("set up %+v, %v", done, err)
	}
	if link() != "" {
		t.Error("there is a link though the owner has an account")
	}
	if me, err := c.SignIn(t.Context(), "olga@example.org", servertest.Password); err != nil {
		t.Error(err)
	} else if _, err := me.CreateKey(t.Context(), done.Room.ID, "ci"); err != nil {
		t.Error(err)
	}
}

// status gives the HTTP status of a refusal, 0 for anything else.
func status(err error) int {
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return refused.Status
	}
	return 0
}

// What a command does beside the server shows within two seconds, and a key
// revoked there stops within one.
func TestChangesOfOtherProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, s *servertest.Server) {
		bob := follow(t, s.Bob.Client)
		core, err := server.Open(t.Context(), s.Config, server.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer core.Close()
		if at, err := core.Address(t.Context()); err != nil || at != s.URL {
			t.Errorf("a command takes %q for the server's address, %v, want %s", at, err, s.URL)
		}
		if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "the server knows this key"}); err != nil {
			t.Fatal(err)
		}
		next(t, bob, api.EventNewMessage)

		checkShownWithin(t, 2*time.Second, bob, func(name string) {
			if _, err := core.Service.CreateRoomFor(t.Context(), name, s.Alice.Email, []string{s.Bob.Email}); err != nil {
				t.Fatal(err)
			}
		})
		if _, err := core.Service.RevokeKey(t.Context(), s.Key.ID); err != nil {
			t.Fatal(err)
		}
		revoked, begun := time.Now(), time.Now()
		for err == nil && begun.Sub(revoked) < time.Second {
			begun = time.Now()
			_, err = s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "stop?"})
		}
		if status(err) != http.StatusUnauthorized {
			t.Errorf("a post with the revoked key, begun after %v: %v", begun.Sub(revoked), err)
		}
	})
}

// checkShownWithin makes rooms until one of them shows in time: a machine that
// has much else to do is late now and then, but not always.
func checkShownWithin(t *testing.T, limit time.Duration, events <-chan client.Event, makeRoom func(name string)) {
	t.Helper()
	var took []time.Duration
	for i := range 5 {
		name := fmt.Sprintf("Side %d", i)
		makeRoom(name)
		begin := time.Now()
		if e := next(t, events, api.EventNewRoom); e.Room.Name != name {
			t.Fatalf("%s shows as %+v", name, e.Room)
		}
		took = append(took, time.Since(begin))
		if took[i] <= limit {
			return
		}
	}
	t.Errorf("new rooms show after %v, want %v", took, limit)
}

func TestRefusesToStart(t *testing.T) {
	s := servertest.Start(t, servertest.Options{Empty: true})
	file := s.Config.DatabaseURL()[len("sqlite:"):]
	tests := []struct {
		name   string
		change func(*config.Config)
		want   string
	}{
		{"port", func(c *config.Config) { c.Data, c.Listen = t.TempDir(), s.Config.Listen }, "port in use: another program listens at " + string(s.Config.Listen)},
		{"address", func(c *config.Config) { c.Listen = "192.0.2.1:0" }, "cannot listen at 192.0.2.1:0: "},
		{"database", func(*config.Config) {}, "another server is running on " + file},
		{"folder", func(c *config.Config) { c.Data = file + "/below" }, "the data folder cannot be made: "},
		{"settings", func(c *config.Config) { c.MaxMembers = 0 }, "--max-members must be at least 2"},
		{"PostgreSQL", func(c *config.Config) {
			c.Data, c.Database = t.TempDir(), "postgres://spika:hunter2@127.0.0.1:1/spika"
		}, "database postgres://spika:xxxxx@127.0.0.1:1/spika: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := s.Config
			cfg.Listen = "127.0.0.1:0"
			test.change(&cfg)
			srv, err := server.New(t.Context(), cfg, server.Options{})
			if err == nil {
				err = srv.Close(t.Context())
				t.Errorf("it starts (and stops: %v)", err)
				return
			}
			if !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %v, want one that begins with %q", err, test.want)
			}
		})
	}
}

// A start that failed holds nothing: the next one works.
func TestFailedStartLetsGo(t *testing.T) {
	cfg := config.Default()
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	bad := cfg
	bad.ServerKey = config.Key("short")
	if _, err := server.New(t.Context(), bad, server.Options{}); err == nil {
		t.Fatal("it starts with a short server key")
	}
	srv, err := server.New(t.Context(), cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(t.Context()); err != nil {
		t.Errorf("stop a server that was never started: %v", err)
	}
}

func TestUnderPath(t *testing.T) {
	s := servertest.Start(t, servertest.Options{Config: func(c *config.Config) { c.PublicURL = "https://example.org/team/chat" }})
	if s.Server.URL() != "https://example.org/team/chat" {
		t.Errorf("people are told %s", s.Server.URL())
	}
	for _, base := range []string{s.URL, s.URL + "/team/chat"} {
		c, err := client.New(client.Options{URL: base, Token: s.Key.Token})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "hi"}); err != nil {
			t.Errorf("at %s: %v", base, err)
		}
		if _, body := read(t, base+"/rooms/1"); !strings.Contains(body, `<base href="/team/chat/">`) {
			t.Errorf("at %s, the page is %.200s", base, body)
		}
	}
	if resp, _ := read(t, s.URL+"/team/chat"); resp.StatusCode != http.StatusPermanentRedirect || resp.Header.Get("Location") != "/team/chat/" {
		t.Errorf("the path without a slash gives %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp, _ := read(t, s.URL+"/team/chatter/api/messenger/settings"); resp.Header.Get("Content-Type") == "application/json" {
		t.Error("another path gives the API")
	}
}

// read gets a page without following redirects.
func read(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// Settings that limit things reach what they limit.
func TestLimits(t *testing.T) {
	s := servertest.Start(t, servertest.Options{Config: func(c *config.Config) {
		c.MaxText, c.MaxBody, c.MaxMembers, c.SignInAttempts, c.HideKeys, c.SessionLife = 10, 2000, 3, 2, true, time.Hour
	}})
	if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "eleven char"}); status(err) != http.StatusBadRequest {
		t.Errorf("a text over the limit: %v", err)
	}
	if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: strings.Repeat("a", 3000)}); status(err) != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over the limit: %v", err)
	}
	if keys, err := s.Alice.Keys(t.Context(), s.RoomID); err != nil || len(keys) != 1 || keys[0].Token != "" {
		t.Errorf("hidden keys are shown: %+v, %v", keys, err)
	}
	carol := s.AddPerson(t, "Carol", "carol@example.org")
	if _, err := s.Alice.UpdateRoom(t.Context(), s.RoomID, api.UpdateRoomRequest{Action: api.AddGroupUsers, UserIDs: []int64{carol.ID}}); status(err) != http.StatusBadRequest {
		t.Errorf("a fourth member: %v", err)
	}
	if d, err := s.Bob.Device(t.Context()); err != nil || *d.TokenExpiredAt > chat.TimeOf(time.Now()).Add(time.Hour).Std().UnixMilli() {
		t.Errorf("the session ends at %v, %v", d.TokenExpiredAt, err)
	}
	c := s.Client(t, "")
	var err error
	for range 3 {
		_, err = c.SignIn(t.Context(), "bob@example.org", "wrong password")
	}
	if status(err) != http.StatusTooManyRequests {
		t.Errorf("the third wrong password: %v", err)
	}
}
