package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// asSpika makes the test binary run as spika itself, for tests that need a
// process.
const asSpika = "SPIKA_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asSpika) != "" {
		os.Exit(Main(context.Background(), os.Args[1:], Streams{os.Stdin, os.Stdout, os.Stderr}, os.LookupEnv))
	}
	os.Exit(m.Run())
}

// shell runs commands as a shell with this environment would.
type shell struct {
	t   *testing.T
	env map[string]string
}

// result is what came of a command.
type result struct {
	code     int
	out, err string
}

// run runs a command with what it reads from standard input.
func (s shell) run(stdin string, args ...string) result {
	s.t.Helper()
	var out, errs bytes.Buffer
	streams := Streams{In: strings.NewReader(stdin), Out: &out, Err: &errs}
	code := Main(s.t.Context(), args, streams, func(name string) (string, bool) { v, ok := s.env[name]; return v, ok })
	return result{code, out.String(), errs.String()}
}

// object runs a command with --json, which must work, and reads what it prints.
func (s shell) object(out any, stdin string, args ...string) {
	s.t.Helper()
	r := s.run(stdin, append(args, "--json")...)
	if r.code != exitOK || r.err != "" {
		s.t.Fatalf("spika %q ends with %d: %s", args, r.code, r.err)
	}
	if strings.Count(r.out, "\n") != 1 {
		s.t.Fatalf("spika %q prints more than one line: %q", args, r.out)
	}
	if err := json.Unmarshal([]byte(r.out), out); err != nil {
		s.t.Fatalf("spika %q prints %q: %v", args, r.out, err)
	}
}

// fails runs a command that must fail with this code and sentence, and checks
// that --json tells the same.
func (s shell) fails(code int, sentence, stdin string, args ...string) {
	s.t.Helper()
	r := s.run(stdin, args...)
	if r.code != code || r.out != "" || !strings.HasPrefix(r.err, "spika: ") || !strings.Contains(r.err, sentence) || strings.Count(r.err, "\n") != 1 {
		s.t.Errorf("spika %q ends with %d, prints %q and says %q, want %d and %q", args, r.code, r.out, r.err, code, sentence)
	}
	r = s.run(stdin, append(args, "--json")...)
	var told struct {
		Error string
		Exit  int
	}
	if err := json.Unmarshal([]byte(r.err), &told); err != nil || r.code != code || told.Exit != code || !strings.Contains(told.Error, sentence) {
		s.t.Errorf("spika %q --json ends with %d and says %q, want %d and %q", args, r.code, r.err, code, sentence)
	}
}

func TestWrongUsage(t *testing.T) {
	sh := shell{t: t, env: map[string]string{"SPIKA_DATA": t.TempDir()}}
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"sing"}, `unexpected argument sing`},
		{[]string{"key"}, `expected one of "add", "list", "revoke" (see spika key --help)`},
		{[]string{"user", "add", "--email=a@example.org"}, "missing flags: --name=NAME (see spika user add --help)"},
		{[]string{"user", "add", "--email=a", "--name= ", "--password-stdin"}, "--name must not be empty"},
		{[]string{"user", "add", "--email=a@example.org", "--name=A"}, "give --email together with --password-stdin, or --phone"},
		{[]string{"user", "add", "--phone=+385911234567", "--name=A", "--password-stdin"}, "give --email together with --password-stdin, or --phone"},
		{[]string{"user", "add", "--name=A"}, "give --email together with --password-stdin, or --phone"},
		{[]string{"user", "add", "--phone=0911234567", "--name=A"}, "--phone must be a phone number with its country code"},
		{[]string{"user", "token"}, "give either --email or --phone"},
		{[]string{"user", "token", "--email=a@example.org", "--phone=+385911234567"}, "give either --email or --phone"},
		{[]string{"user", "token", "--email=a", "--session-life=1s"}, "--session-life must be at least 1m"},
		{[]string{"user", "token", "--email=a"}, "must be an e-mail address"},
		{[]string{"room", "add", "--name=a", "--admin=a@example.org", "--max-members=1"}, "--max-members must be at least 2"},
		{[]string{"key", "add", "--room=one", "--name=a"}, "--room: expected a valid 64 bit int"},
		{[]string{"key", "revoke"}, `expected "<id>"`},
		{[]string{"serve", "--listen=8080"}, `--listen: "8080" is not HOST:PORT`},
		{[]string{"serve", "--max-text=0"}, "--max-text must be at least 1 byte"},
		{[]string{"serve", "--frobnicate"}, "unknown flag --frobnicate"},
		{[]string{"send", "--url=http://127.0.0.1:1", "--room=1", "hi"}, "missing flags: --key=KEY"},
		{[]string{"send", "--url=127.0.0.1", "--key=a", "--room=1", "hi"}, "--url: the server's URL must be like https://"},
	}
	for _, test := range tests {
		sh.fails(exitUsage, test.want, "", test.args...)
	}
}

// Every command explains itself.
func TestHelp(t *testing.T) {
	sh := shell{t: t}
	if r := sh.run(""); r.code != exitOK || !strings.Contains(r.out, "Usage: spika <command>") || !strings.Contains(r.out, "key revoke") {
		t.Errorf("spika alone ends with %d and prints %q", r.code, r.out)
	}
	parser, err := newParser(&commands{}, Streams{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Leaves(true) {
		words := strings.Fields(command.FullPath())[1:]
		r := sh.run("", append(words, "--help")...)
		if r.code != exitOK || r.err != "" || !strings.HasPrefix(r.out, "Usage: "+command.FullPath()) {
			t.Errorf("%s --help ends with %d and prints %q", command.FullPath(), r.code, r.out)
		}
		if command.Detail == "" {
			t.Errorf("%s has no long help", command.FullPath())
		}
		for _, f := range shown(command) {
			if f.Help == "" || !strings.Contains(strings.ReplaceAll(r.out, "--[no-]", "--"), "--"+f.Name) {
				t.Errorf("%s --help does not explain --%s", command.FullPath(), f.Name)
			}
		}
	}
	if r := sh.run("", "serve", "--help"); !strings.Contains(r.out, "$SPIKA_PUBLIC_URL") || strings.Contains(r.out, "--server-key") {
		t.Errorf("serve --help does not name the environment, or tells of a flag that is refused: %s", r.out)
	}
}

func shown(command *kong.Node) []*kong.Flag {
	var out []*kong.Flag
	for _, f := range command.Flags {
		if !f.Hidden {
			out = append(out, f)
		}
	}
	return out
}

func TestDocsAreCurrent(t *testing.T) {
	for command, file := range map[string]string{"cli-docs": "cli.md", "config-docs": "config.md"} {
		have, err := os.ReadFile("../../docs/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if r := (shell{t: t}).run("", command); r.code != exitOK || r.out != string(have) {
			t.Errorf("docs/%s is not what the program says: run make generate", file)
		}
	}
}

func TestVersion(t *testing.T) {
	sh := shell{t: t}
	var v struct{ Version, Commit, Go string }
	sh.object(&v, "", "version", "--data=x", "--database=y") // taken, so that scripts can give all commands the same
	if v.Version == "" || v.Commit == "" || !strings.HasPrefix(v.Go, "go") {
		t.Errorf("got %+v", v)
	}
	if r := sh.run("", "version"); !strings.HasPrefix(r.out, "spika "+v.Version) {
		t.Errorf("prints %q", r.out)
	}
}
