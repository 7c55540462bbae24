package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"spika/api"
	"spika/internal/server/servertest"
)

func TestSend(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(s.Key.Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	room := strconv.FormatInt(s.RoomID, 10)
	sh := shell{t: t, env: map[string]string{"SPIKA_URL": s.URL, "SPIKA_KEY": s.Key.Token}}
	fromFile := shell{t: t, env: map[string]string{"SPIKA_URL": s.URL + "/api/messaging/messages", "SPIKA_KEY_FILE": file}}
	var first, answer, again struct {
		ID       int64
		Replayed bool
	}
	sh.object(&first, "not read", "send", "--room", room, "as an argument")
	sh.object(&answer, "two\nlines\r\n\n", "send", "--room", room, "--reply", strconv.FormatInt(first.ID, 10), "--local-id=build-1")
	fromFile.object(&again, "two\nlines", "send", "--room", room, "--reply", strconv.FormatInt(first.ID, 10), "--idempotency-key=build-1")
	if again.ID != answer.ID || !again.Replayed || answer.Replayed {
		t.Errorf("sent %+v, and the same again as %+v", answer, again)
	}
	if r := sh.run("", "send", "--room", room, "plain"); r.code != exitOK || strings.TrimSpace(r.out) != strconv.FormatInt(answer.ID+1, 10) {
		t.Errorf("prints %q, %s", r.out, r.err)
	}
	list, err := s.Alice.Messages(t.Context(), s.RoomID, 0)
	if err != nil || len(list.List) != 3 {
		t.Fatalf("%d messages are stored, %v", len(list.List), err)
	}
	if m := list.List[1]; !strings.Contains(string(m.Body), `"text":"two\nlines"`) || *m.ReplyID != first.ID || *m.LocalID != "build-1" {
		t.Errorf("stored %+v with %s", m, m.Body)
	}
}

func TestSendFails(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	room := strconv.FormatInt(s.RoomID, 10)
	sh := shell{t: t, env: map[string]string{"SPIKA_URL": s.URL, "SPIKA_KEY": s.Key.Token}}
	sh.fails(exitUsage, "Text is missing", "", "send", "--room", room)
	sh.fails(exitUsage, "Room user not found", "", "send", "--room=99", "hi")
	sh.fails(exitUsage, "there is no message with replyId 99", "", "send", "--room", room, "--reply=99", "hi")
	sh.fails(exitUsage, "not valid UTF-8", "a\xff", "send", "--room", room)
	sh.fails(exitRefused, "Invalid access token", "", "send", "--room", room, "--key=wrong", "hi")
	sh.fails(exitFailed, "cannot reach http://127.0.0.1:1: ", "", "send", "--room", room, "--url=http://127.0.0.1:1", "--timeout=100ms", "hi")
	sh.object(&struct{}{}, "", "send", "--room", room, "--local-id=1", "one")
	sh.fails(exitRefused, "was already used for message 1 with other content", "", "send", "--room", room, "--local-id=1", "two")
	if err := s.Alice.DeleteRoom(t.Context(), s.RoomID); err != nil {
		t.Fatal(err)
	}
	sh.fails(exitRefused, "Room is deleted", "", "send", "--room", room, "hi")
	r := sh.run("", "send", "--json", "--room", room, "hi")
	if !strings.Contains(r.err, `"status":403`) || strings.Contains(r.err, "HTTP status") {
		t.Errorf("with --json it says %s", r.err)
	}
}

// A program that posts while the server restarts waits for it.
func TestSendWaitsForTheServer(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	sh := shell{t: t, env: map[string]string{"SPIKA_URL": s.URL, "SPIKA_KEY": s.Key.Token}}
	s.Stop(t)
	sent := make(chan result)
	go func() { sent <- sh.run("", "send", "--room", strconv.FormatInt(s.RoomID, 10), "hi") }()
	s.Restart(t)
	if r := <-sent; r.code != exitOK {
		t.Errorf("ends with %d: %s", r.code, r.err)
	}
	watch(t, s.Alice.Client)
	if list, err := s.Alice.Messages(t.Context(), s.RoomID, 0); err != nil || len(list.List) != 1 || list.List[0].Type != api.TypeText {
		t.Errorf("stored %+v, %v", list, err)
	}
}
