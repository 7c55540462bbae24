package cli

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"spika/internal/server/servertest"
)

func fileWith(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSendFiles(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	room := strconv.FormatInt(s.RoomID, 10)
	sh := shell{t: t, env: map[string]string{"SPIKA_URL": s.URL, "SPIKA_KEY": s.Key.Token}}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 600, 300))); err != nil {
		t.Fatal(err)
	}
	chart := fileWith(t, "chart", picture.Bytes()) // what it is shows in the file, not in the name
	log := fileWith(t, "build.log", bytes.Repeat([]byte("line\n"), 300_000))
	var out struct {
		Messages []struct{ ID, RoomID int64 }
	}
	sh.object(&out, "not read", "send", "--room", room, "--file", chart, "--file", log, "Build 812 failed")
	if len(out.Messages) != 3 || out.Messages[0].RoomID != s.RoomID {
		t.Fatalf("sent %+v", out)
	}
	list, err := s.Alice.Messages(t.Context(), s.RoomID, 0)
	if err != nil || len(list.List) != 3 {
		t.Fatalf("%d messages are stored, %v", len(list.List), err)
	}
	for i, want := range []struct{ kind, body string }{
		{"file", `"fileName":"build.log"`}, {"image", `"metaData":{"duration":0,"width":600,"height":300}`}, {"text", `"text":"Build 812 failed"`},
	} {
		if m := list.List[i]; m.Type != want.kind || !strings.Contains(string(m.Body), want.body) || m.ID != out.Messages[2-i].ID {
			t.Errorf("message %d is %s %s, want %s with %s", m.ID, m.Type, m.Body, want.kind, want.body)
		}
	}
	r := sh.run("not read", "send", "--room", room, "--file", log)
	if r.code != exitOK || strings.TrimSpace(r.out) != strconv.FormatInt(out.Messages[2].ID+1, 10) {
		t.Errorf("prints %q, %s", r.out, r.err)
	}
}

func TestSendFilesFails(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	room := strconv.FormatInt(s.RoomID, 10)
	sh := shell{t: t, env: map[string]string{"SPIKA_URL": s.URL, "SPIKA_KEY": s.Key.Token}}
	file := fileWith(t, "a.txt", []byte("hi"))
	sh.fails(exitUsage, "no such file", "", "send", "--room", room, "--file", file, "--file=/nonexistent", "hi")
	sh.fails(exitUsage, "is not a file with something in it", "", "send", "--room", room, "--file", fileWith(t, "empty", nil))
	sh.fails(exitUsage, "is not a file with something in it", "", "send", "--room", room, "--file", t.TempDir())
	sh.fails(exitUsage, "are for a text alone", "", "send", "--room", room, "--file", file, "--local-id=1", "hi")
	sh.fails(exitRefused, "Invalid access token", "", "send", "--room", room, "--key=wrong", "--file", file)
	if list, err := s.Alice.Messages(t.Context(), s.RoomID, 0); err != nil || len(list.List) != 0 {
		t.Errorf("what failed stored %+v, %v", list.List, err)
	}
}
