package cli

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"spika/api"
	"spika/client"
	"spika/internal/server/servertest"
)

// beside gives a shell whose commands use the same database as a server.
func beside(t *testing.T, s *servertest.Server) shell {
	return shell{t: t, env: map[string]string{"SPIKA_DATA": s.Config.Data, "SPIKA_DATABASE": string(s.Config.Database)}}
}

// An operator sets everything up from a script while the server runs.
func TestOperatorSetsUp(t *testing.T) {
	for name, postgres := range map[string]bool{"SQLite": false, "PostgreSQL": true} {
		t.Run(name, func(t *testing.T) {
			s := servertest.Start(t, servertest.Options{Empty: true, Postgres: postgres})
			sh := beside(t, s)
			var alice, bob, room, key struct {
				ID    int64
				Role  string
				Token string
				URL   string
			}
			sh.object(&alice, "correct horse battery\n", "user", "add", "--email=Alice@Example.org", "--name=Alice", "--admin", "--password-stdin")
			sh.object(&bob, "correct horse battery", "user", "add", "--email=bob@example.org", "--name=Bob", "--password-stdin")
			if alice.ID == 0 || alice.Role != "owner" || bob.ID == alice.ID || bob.Role != "member" {
				t.Errorf("made %+v and %+v", alice, bob)
			}
			if _, err := s.Client(t, "").SignIn(t.Context(), "alice@example.org", "correct horse battery"); err != nil {
				t.Errorf("Alice cannot sign in: %v", err)
			}
			sh.object(&bob, "", "user", "token", "--email=bob@example.org")
			events := watch(t, s.Client(t, bob.Token))

			sh.object(&room, "", "room", "add", "--name=Ops", "--admin=alice@example.org", "--member=bob@example.org")
			if e := events(api.EventNewRoom); e.Room.ID != room.ID || e.Room.Name != "Ops" {
				t.Errorf("Bob's open page shows %+v", e.Room)
			}
			sh.object(&key, "", "key", "add", "--room", strconv.FormatInt(room.ID, 10), "--name=ci")
			if key.URL != s.URL+"/api/messaging/messages" {
				t.Errorf("the POST URL is %s, the server is at %s", key.URL, s.URL)
			}
			var sent struct{ ID, RoomID int64 }
			sh.object(&sent, "", "send", "--url", key.URL, "--key", key.Token, "--room", strconv.FormatInt(room.ID, 10), "hi")
			if e := events(api.EventNewMessage); e.Message.ID != sent.ID || e.Message.SenderName != "ci" || sent.RoomID != room.ID {
				t.Errorf("Bob sees %+v of %+v", e.Message, sent)
			}
			checkRevoke(t, sh, key.ID, func() result {
				return sh.run("", "send", "--url", key.URL, "--key", key.Token, "--room", strconv.FormatInt(room.ID, 10), "hi")
			})
		})
	}
}

func checkRevoke(t *testing.T, sh shell, id int64, post func() result) {
	t.Helper()
	var list struct{ Keys []struct{ ID int64 } }
	sh.object(&list, "", "key", "list")
	if len(list.Keys) != 1 || list.Keys[0].ID != id {
		t.Errorf("the keys are %+v, want %d alone", list, id)
	}
	if r := sh.run("", "key", "revoke", strconv.FormatInt(id, 10)); r.code != exitOK {
		t.Errorf("revoke ends with %d: %s", r.code, r.err)
	}
	revoked, begun := time.Now(), time.Now()
	r := post()
	for r.code == exitOK && begun.Sub(revoked) < time.Second {
		begun = time.Now()
		r = post()
	}
	if r.code != exitRefused || !strings.Contains(r.err, "revoked") {
		t.Errorf("a post with the revoked key, begun after %v, ends with %d: %s", begun.Sub(revoked), r.code, r.err)
	}
	sh.object(&list, "", "key", "list")
	if len(list.Keys) != 0 {
		t.Errorf("the revoked key is still listed: %+v", list)
	}
}

// watch follows a person's events and gives a function that waits for the next
// one of a type.
func watch(t *testing.T, who *client.Client) func(api.EventType) client.Event {
	t.Helper()
	events := make(chan client.Event, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e, err := range who.Events(ctx, client.EventOptions{}) {
			if err != nil {
				return
			}
			events <- e
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	wait := func(kind api.EventType) client.Event {
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
	wait(api.EventPing)
	return wait
}

func TestOperatorsMistakes(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	sh := beside(t, s)
	const password = "correct horse battery\n"
	sh.fails(exitRefused, "User with that email exists", password, "user", "add", "--email=bob@example.org", "--name=Bob", "--password-stdin")
	sh.fails(exitUsage, "must be an e-mail address", password, "user", "add", "--email=bob", "--name=Bob", "--password-stdin")
	sh.fails(exitUsage, "password must have 10 to 200 characters", "short\n", "user", "add", "--email=carol@example.org", "--name=Carol", "--password-stdin")
	sh.fails(exitUsage, "password must have 10 to 200 characters", "", "user", "add", "--email=carol@example.org", "--name=Carol", "--password-stdin")
	sh.fails(exitNotFound, "there is no person with the e-mail address carol@example.org", "", "user", "token", "--email=carol@example.org")
	sh.fails(exitNotFound, "there is no person with the e-mail address carol@example.org", "", "room", "add", "--name=a", "--admin=carol@example.org")
	sh.fails(exitNotFound, "there is no person with the e-mail address carol@example.org", "", "room", "add", "--name=a", "--admin=bob@example.org", "--member=carol@example.org")
	sh.fails(exitNotFound, "there is no room 99", "", "key", "add", "--room=99", "--name=ci")
	sh.fails(exitNotFound, "there is no room 99", "", "key", "list", "--room=99")
	sh.fails(exitNotFound, "there is no API key 99", "", "key", "revoke", "99")
	sh.fails(exitFailed, "another server is running on ", "", "serve", "--listen=127.0.0.1:0")
	sh.env["SPIKA_DATABASE"] = "postgres://spika:hunter2@127.0.0.1:1/spika"
	sh.fails(exitFailed, "database postgres://spika:xxxxx@127.0.0.1:1/spika: ", "", "key", "list")
}

func TestKeyList(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	sh := beside(t, s)
	if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "hi"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Service().FlushKeyUses(t.Context()); err != nil {
		t.Fatal(err)
	}
	sh.object(&struct{}{}, "", "key", "add", "--room", strconv.FormatInt(s.RoomID, 10), "--name=Other")
	r := sh.run("", "key", "list", "--room", strconv.FormatInt(s.RoomID, 10))
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.code != exitOK || len(lines) != 3 || !strings.Contains(lines[1], "Robot") || strings.Contains(lines[1], "never") ||
		!strings.Contains(lines[2], "Other") || !strings.Contains(lines[2], "never") {
		t.Errorf("ends with %d and prints\n%s%s", r.code, r.out, r.err)
	}
	if strings.Contains(r.out, s.Key.Token) {
		t.Error("the list shows a key")
	}
}

// What a key's URL is before any server ran, and with a public one.
func TestKeyURL(t *testing.T) {
	sh := shell{t: t, env: map[string]string{"SPIKA_DATA": filepath.Join(t.TempDir(), "new"), "SPIKA_LISTEN": ":9000"}}
	sh.object(&struct{}{}, "correct horse battery\n", "user", "add", "--email=a@example.org", "--name=A", "--admin", "--password-stdin")
	var room, key struct {
		ID  int64
		URL string
	}
	sh.object(&room, "", "room", "add", "--name=Ops", "--admin=a@example.org")
	add := []string{"key", "add", "--name=ci", "--room", strconv.FormatInt(room.ID, 10)}
	sh.object(&key, "", add...)
	if want := "http://127.0.0.1:9000/api/messaging/messages"; key.URL != want {
		t.Errorf("the URL is %s, want %s", key.URL, want)
	}
	sh.object(&key, "", append(add, "--public-url=https://example.org/chat/")...)
	if want := "https://example.org/chat/api/messaging/messages"; key.URL != want {
		t.Errorf("the URL is %s, want %s", key.URL, want)
	}
	if info, err := os.Stat(filepath.Join(sh.env["SPIKA_DATA"], "spika.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database made by a command: %v, %v", info, err)
	}
}
