package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"spika/api"
	"spika/client"
	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/job/jobtest"
	"spika/internal/server"
	"spika/internal/server/servertest"
	"spika/internal/store"
)

// within waits until something holds.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); !holds(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// pushing runs a test on each database with a server that pushes to apps.
func pushing(t *testing.T, test func(t *testing.T, s *servertest.Server, g *jobtest.Google)) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "SQLite", true: "PostgreSQL"}[postgres], func(t *testing.T) {
			g := jobtest.NewGoogle(t)
			s := servertest.Start(t, servertest.Options{Postgres: postgres, Config: func(c *config.Config) {
				c.FCMCredentials, c.FCMURL = g.CredentialsFile(t), g.URL
			}})
			test(t, s, g)
		})
	}
}

// setPushToken gives a person's device a push token.
func setPushToken(t *testing.T, s *servertest.Server, who servertest.Person, token string) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: s.Config.DatabaseURL()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		session, err := tx.SessionByToken(ctx, chat.HashSecret(who.Token))
		if err != nil {
			return err
		}
		session.Device.PushToken = token
		tx.Emit(chat.Event{Kind: chat.AccessChanged, UserID: who.ID})
		return tx.UpdateDevice(ctx, session.Device)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// appPush is what matters of one push to an app.
type appPush struct {
	Token   string
	Data    map[string]string
	Message api.PushedMessage
}

func pushes(t *testing.T, g *jobtest.Google) []appPush {
	t.Helper()
	var out []appPush
	for _, body := range g.Got() {
		var p struct{ Message appPush }
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(p.Message.Data["message"]), &p.Message.Message); err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Message)
	}
	return out
}

func TestAppsArePushed(t *testing.T) {
	pushing(t, func(t *testing.T, s *servertest.Server, g *jobtest.Google) {
		setPushToken(t, s, s.Alice, "alice")
		setPushToken(t, s, s.Bob, "bob")
		ctx := t.Context()
		first, err := s.Bot.Post(ctx, client.Draft{RoomID: s.RoomID, Text: "from code"})
		if err != nil {
			t.Fatal(err)
		}
		within(t, "both pushes", func() bool { return len(g.Got()) == 2 })
		second, err := s.Alice.PostMessage(ctx, client.Draft{RoomID: s.RoomID, Text: "from Alice"})
		if err != nil {
			t.Fatal(err)
		}
		within(t, "Bob's push", func() bool { return len(g.Got()) == 3 })
		got := pushes(t, g)
		slices.SortFunc(got[:2], func(a, b appPush) int { return strings.Compare(a.Token, b.Token) })
		for i, want := range []struct {
			token, from string
			id          int64
		}{{"alice", "Robot", first.ID}, {"bob", "Robot", first.ID}, {"bob", "Alice", second.ID}} {
			if p := got[i]; p.Token != want.token || p.Message.FromUserName != want.from || p.Message.ID != want.id || p.Message.GroupName != "Lobby" {
				t.Errorf("push %d is %+v", i, p)
			}
		}
		if got[2].Data["roomAttributes"] != `{"unreadCount":2,"muted":false,"avatarFileId":0}` {
			t.Errorf("room attributes: %s", got[2].Data["roomAttributes"])
		}
	})
}

func TestPushesAreTriedAgain(t *testing.T) {
	pushing(t, func(t *testing.T, s *servertest.Server, g *jobtest.Google) {
		setPushToken(t, s, s.Alice, "dead")
		setPushToken(t, s, s.Bob, "bob")
		var tries atomic.Int64
		g.Answer(func(w http.ResponseWriter, token string) {
			switch {
			case token == "dead":
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"error":{"status":"NOT_FOUND","details":[{"errorCode":"UNREGISTERED"}]}}`)
			case tries.Add(1) == 1:
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "once"}); err != nil {
			t.Fatal(err)
		}
		within(t, "the second try", func() bool { return tries.Load() == 2 })
		within(t, "the dead token to be forgotten", func() bool {
			device, err := s.Alice.Device(t.Context())
			return err == nil && device.PushToken == nil
		})
	})
}

// A push that was planned before the server was killed is made after it is back,
// and those made before are not made again.
func TestPushesSurviveARestart(t *testing.T) {
	pushing(t, func(t *testing.T, s *servertest.Server, g *jobtest.Google) {
		setPushToken(t, s, s.Bob, "bob")
		if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "before"}); err != nil {
			t.Fatal(err)
		}
		within(t, "the push", func() bool { return len(g.Got()) == 1 })
		g.Answer(func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusServiceUnavailable) })
		if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "during"}); err != nil {
			t.Fatal(err)
		}
		within(t, "the failed try", func() bool { return len(g.Got()) == 2 })
		s.Stop(t)
		g.Answer(nil)
		postBehindTheServer(t, s, "meanwhile")
		s.Restart(t)
		within(t, "the rest", func() bool { return len(g.Got()) == 4 })
		if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "after"}); err != nil {
			t.Fatal(err)
		}
		within(t, "the last push", func() bool { return len(g.Got()) == 5 })
		counts := map[string]int{}
		for _, p := range pushes(t, g) {
			var body api.TextBody
			if err := json.Unmarshal(p.Message.Body, &body); err != nil {
				t.Fatal(err)
			}
			counts[body.Text]++
		}
		if want := map[string]int{"before": 1, "during": 2, "meanwhile": 1, "after": 1}; fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("pushed %v, want %v", counts, want)
		}
	})
}

// hanging is a push service that takes calls and answers none until the test ends.
type hanging struct {
	*httptest.Server
	taken, left atomic.Int64 // calls that came, and of those, whose callers went
}

func newHanging(t *testing.T) *hanging {
	h := &hanging{}
	over := make(chan struct{})
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the caller goes
		h.taken.Add(1)
		select {
		case <-r.Context().Done():
			h.left.Add(1)
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		h.Close()
	})
	return h
}

// TestHangingBrowsersKeepNobodyWaiting: 32 browsers at push services that did not
// answer kept everybody else's pushes waiting until their time was up.
func TestHangingBrowsersKeepNobodyWaiting(t *testing.T) {
	for _, row := range []struct{ people, browsers, taken int }{{1, 64, 4}, {40, 1, 32}} {
		t.Run(fmt.Sprintf("%d people with %d browsers", row.people, row.browsers), func(t *testing.T) {
			s := servertest.Start(t, servertest.Options{Config: func(c *config.Config) {
				c.AllowedNetworks = append(c.AllowedNetworks, config.Network{Prefix: netip.MustParsePrefix("127.0.0.0/8")})
			}})
			bob, hangs := jobtest.NewBrowser(t), newHanging(t)
			subscribe(t, s, s.Bob.Email, bob, bob.Endpoint())
			emails := []string{s.Bob.Email}
			for i := range row.people {
				who := s.AddPerson(t, "Mallory", fmt.Sprintf("m%d@example.org", i))
				emails = append(emails, who.Email)
				for k := range row.browsers {
					// By this name it is another host than Bob's.
					subscribe(t, s, who.Email, bob, strings.Replace(hangs.URL, "127.0.0.1", "localhost", 1)+fmt.Sprintf("/%d/%d", i, k))
				}
			}
			room, err := s.Service().CreateRoomFor(t.Context(), "Ops", s.Alice.Email, emails)
			if err != nil {
				t.Fatal(err)
			}
			for pushed := range 2 {
				if _, err := s.Alice.PostMessage(t.Context(), client.Draft{RoomID: room.ID, Text: "hi"}); err != nil {
					t.Fatal(err)
				}
				within(t, "Bob's push", func() bool { return len(bob.Got()) == pushed+1 })
				within(t, "the pushes that hang", func() bool { return hangs.taken.Load() >= int64(row.taken) })
			}
			if n := hangs.left.Load(); n > 0 {
				t.Errorf("Bob was pushed after %d of the others' pushes were given up", n)
			}
		})
	}
}

// subscribe signs a person in with a browser's keys at an endpoint.
func subscribe(t *testing.T, s *servertest.Server, email string, b *jobtest.Browser, endpoint string) {
	t.Helper()
	in, err := s.Service().OpenSessionFor(t.Context(), email, chat.DeviceInfo{Kind: "browser"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Service().Subscribe(t.Context(), in.Session, chat.Subscription{Endpoint: endpoint, Key: b.P256dh(), Secret: b.Auth()}); err != nil {
		t.Fatal(err)
	}
}

// TestStopsWhilePushAccessHangs: stopping used to wait for each push under way to
// ask for access until its time was up, one after the other.
func TestStopsWhilePushAccessHangs(t *testing.T) {
	pushing(t, func(t *testing.T, s *servertest.Server, g *jobtest.Google) {
		asked := g.Hang()
		setPushToken(t, s, s.Alice, "alice")
		setPushToken(t, s, s.Bob, "bob")
		if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "hi"}); err != nil {
			t.Fatal(err)
		}
		<-asked
		begun := time.Now()
		s.Stop(t)
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("stopping took %s", took)
		}
	})
}

// postBehindTheServer posts while no server runs, as a command does.
func postBehindTheServer(t *testing.T, s *servertest.Server, text string) {
	t.Helper()
	core, err := server.Open(t.Context(), s.Config, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	key, err := core.Service.AuthenticateKey(context.WithoutCancel(t.Context()), s.Key.Token)
	if err != nil {
		t.Fatal(err)
	}
	_, err = core.Service.Post(t.Context(), chat.Sender{UserID: key.BotID, KeyID: key.ID}, chat.Draft{
		RoomID: s.RoomID, Type: chat.TextType, Text: text, Body: fmt.Appendf(nil, `{"text":%q}`, text),
	})
	if err != nil {
		t.Fatal(err)
	}
}
