package docs

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"spika/api"
	"spika/internal/server/servertest"
)

const root = "../.."

// example is one fenced block of a document.
type example struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// examples gives a document's blocks, in order.
func examples(t *testing.T, name string) []example {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		out = append(out, example{m[1], m[2]})
	}
	return out
}

// reader is who pastes the examples: a machine with a server on it, at the
// address and with the room that the documents speak of, as far as it may differ.
type reader struct {
	t      *testing.T
	server *servertest.Server
	dir    string
	env    []string
}

// docsRoom is the room of the examples.
const docsRoom = 5

func newReader(t *testing.T) *reader {
	t.Helper()
	s := servertest.Start(t, servertest.Options{})
	for s.RoomID < docsRoom {
		room, err := s.Alice.CreateRoom(t.Context(), api.CreateRoomRequest{Name: "Builds", Type: api.RoomGroup})
		if err != nil {
			t.Fatal(err)
		}
		s.RoomID = room.ID
	}
	key, err := s.Alice.CreateKey(t.Context(), s.RoomID, "Docs")
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, server: s, dir: t.TempDir()}
	r.env = append(os.Environ(), "SPIKA_KEY="+key.Token, "PATH="+r.dir+":"+os.Getenv("PATH"))
	return r
}

// here puts the test's own server in place of the documents' one. The key comes
// from the environment.
func (r *reader) here(text string) string {
	text = strings.ReplaceAll(text, "https://chat.example.org", r.server.URL)
	return strings.ReplaceAll(text, " SPIKA_KEY=…", "")
}

// run runs a program, or skips the test where the machine does not have it.
func (r *reader) run(dir, program string, args ...string) string {
	r.t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		r.t.Skip(program + " is missing")
	}
	cmd := exec.CommandContext(r.t.Context(), program, args...)
	cmd.Env, cmd.Dir = r.env, dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("%s: %v\n%s%s", program, err, out, complaint.String())
	}
	return string(out)
}

// paste runs an example the way its reader would.
func (r *reader) paste(e example) string {
	r.t.Helper()
	text := r.here(e.text)
	switch e.language {
	case "sh":
		return r.run(r.dir, "bash", "-euc", text)
	case "go":
		return r.run(r.dir, "go", "run", r.write("main.go", text))
	case "python":
		return r.run(r.dir, "python3", r.write("main.py", text))
	case "js":
		return r.run(r.dir, "node", r.write("main.mjs", text))
	}
	r.t.Fatalf("no way to run %s", e.language)
	return ""
}

func (r *reader) write(name, text string) string {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return file
}

// texts gives what is in the room, oldest first.
func (r *reader) texts() []string {
	r.t.Helper()
	list, err := r.server.Alice.Messages(r.t.Context(), r.server.RoomID, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, m := range list.List {
		var body struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(m.Body, &body); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, body.Text)
	}
	slices.Reverse(out)
	return out
}

// TestMessagingExamples pastes every program of the page for integrators, each
// twice: once it posts, and then, where it gives the message an id, it must not
// double it.
func TestMessagingExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	for i, e := range examples(t, "messaging-api.md") {
		if e.language == "json" {
			continue
		}
		t.Run(e.language, func(t *testing.T) {
			r := newReader(t)
			usesSend := strings.Contains(e.text, "spika send")
			if usesSend {
				r.run(root, "go", "build", "-o", filepath.Join(r.dir, "spika"), "./cmd/spika")
			}
			r.paste(e)
			once := r.texts()
			if len(once) == 0 {
				t.Fatalf("example %d posted nothing", i)
			}
			r.paste(e)
			want := len(once)
			if usesSend || !strings.Contains(e.text, "ocal") { // spika send draws an id for each run
				want *= 2
			}
			if twice := r.texts(); len(twice) != want {
				t.Errorf("pasted twice it posted %q, want %d messages", twice, want)
			}
		})
	}
}

// TestMessagingAnswer holds the answer that the page shows to the keys that a
// real one has.
func TestMessagingAnswer(t *testing.T) {
	r := newReader(t)
	var shown, real struct {
		Status string
		Data   struct{ Message map[string]json.RawMessage }
	}
	all := examples(t, "messaging-api.md")
	i := slices.IndexFunc(all, func(e example) bool { return e.language == "json" && strings.Contains(e.text, "success") })
	if i < 0 {
		t.Fatal("the page shows no answer")
	}
	if err := json.Unmarshal([]byte(all[i].text), &shown); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(r.paste(all[0])), &real); err != nil {
		t.Fatal(err)
	}
	if got, want := keys(shown.Data.Message), keys(real.Data.Message); !slices.Equal(got, want) {
		t.Errorf("the page shows the keys %q, the server sends %q", got, want)
	}
}

func keys(m map[string]json.RawMessage) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
