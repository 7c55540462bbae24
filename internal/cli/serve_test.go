package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"spika/client"
)

// process is spika running by itself.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
	err *buffer
}

// buffer gathers what a process writes, while it does.
type buffer struct {
	mu    sync.Mutex
	grown sync.Cond
	text  strings.Builder
}

func newBuffer() *buffer {
	b := &buffer{}
	b.grown.L = &b.mu
	return b
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.grown.Broadcast()
	return b.text.Write(p)
}

// wait returns once the text holds part, for which it waits long.
func (b *buffer) wait(t *testing.T, part string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	defer context.AfterFunc(ctx, b.grown.Broadcast)()
	b.mu.Lock()
	defer b.mu.Unlock()
	for !strings.Contains(b.text.String(), part) {
		if ctx.Err() != nil {
			t.Fatalf("%q does not come, only %q", part, b.text.String())
		}
		b.grown.Wait()
	}
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs a command in an empty folder, with nothing but env around it.
func start(t *testing.T, folder string, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.CommandContext(t.Context(), os.Args[0], args...), err: newBuffer()}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = folder, slices.Concat(env, []string{asSpika + "=1"}), p.err
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() }) //nolint:errcheck // most have ended by then
	return p
}

// ready reads what "serve --json" prints once it serves.
func (p *process) ready() (out ready) {
	p.t.Helper()
	line, err := p.out.ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), &out)
	}
	if err != nil {
		p.t.Fatalf("%v: %q, and on standard error: %s", err, line, p.err)
	}
	return out
}

// end sends a signal and gives the exit code and the rest of the output.
func (p *process) end(s os.Signal) (int, string) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	rest, err := io.ReadAll(p.out)
	if err != nil {
		p.t.Error(err)
	}
	_ = p.cmd.Wait() // the exit code tells
	return p.cmd.ProcessState.ExitCode(), string(rest)
}

// On an empty folder, the server says where it is and how to begin.
func TestServeForTheFirstTime(t *testing.T) {
	folder := t.TempDir()
	p := start(t, folder, nil, "serve", "--listen=127.0.0.1:0")
	var lines []string
	for len(lines) < 5 {
		line, err := p.out.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v; %s", lines, err, p.err)
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	url, ok := strings.CutPrefix(lines[0], "Spika is running at ")
	if !ok || !strings.HasPrefix(lines[4], url+"/setup#") {
		t.Errorf("it prints %q", lines)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("the page is %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	if info, err := os.Stat(folder + "/data"); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder: %v, %v", info, err)
	}
	if code, rest := p.end(syscall.SIGTERM); code != exitOK || strings.TrimSpace(rest) != "" {
		t.Errorf("SIGTERM ends it with %d and %q", code, rest)
	}
	if log := p.err.String(); !strings.Contains(log, "stopped") || strings.Contains(log, "ERROR") || strings.Contains(log, "setup#") {
		t.Errorf("the log is %s", log)
	}
}

func TestServeJSON(t *testing.T) {
	folder := t.TempDir()
	env := []string{"SPIKA_LISTEN=127.0.0.1:0", "SPIKA_PUBLIC_URL=https://example.org/chat"}
	p := start(t, folder, env, "serve", "--json")
	first := p.ready()
	if first.URL != "https://example.org/chat" || !strings.HasPrefix(first.SetupURL, first.URL+"/setup#") {
		t.Errorf("it says %+v", first)
	}
	sh := shell{t: t}
	sh.object(&struct{}{}, "correct horse battery\n", "user", "add", "--data", folder+"/data", "--email=a@example.org", "--name=A", "--admin", "--password-stdin")
	if code, _ := p.end(os.Interrupt); code != exitOK {
		t.Errorf("Ctrl+C ends it with %d: %s", code, p.err)
	}
	p = start(t, folder, env, "serve", "--json", "--cpu-profile=cpu.pprof")
	if again := p.ready(); again.SetupURL != "" {
		t.Errorf("it offers a set-up link though there is an owner: %+v", again)
	}
	p.end(os.Interrupt)
	if info, err := os.Stat(folder + "/cpu.pprof"); err != nil || info.Size() == 0 {
		t.Errorf("no profile was written: %v", err)
	}
}

// A second signal does not wait for requests under way.
func TestServeEndsAtOnceWhenToldTwice(t *testing.T) {
	folder := t.TempDir()
	p := start(t, folder, nil, "serve", "--json", "--listen=127.0.0.1:0")
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.ready().URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// The server asks for the body when it begins to read it.
	if _, err := io.WriteString(conn, "POST /api/messenger/links/inspect HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.err.wait(t, "stopping")
	begin := time.Now()
	if code, _ := p.end(syscall.SIGTERM); code != -1 || time.Since(begin) > 5*time.Second {
		t.Errorf("after %v it ends with %d, not by the signal", time.Since(begin), code)
	}
	if rest, _ := io.ReadAll(in); strings.Contains(string(rest), "HTTP/1.1") {
		t.Errorf("the request was answered: %q", rest)
	}
}

func TestServeRefusesWrongSettings(t *testing.T) {
	tests := []struct {
		env  []string
		args []string
		code int
		want string
	}{
		{[]string{"SPIKA_LISTEN=nowhere"}, nil, exitUsage, `--listen: from $SPIKA_LISTEN: "nowhere" is not HOST:PORT`},
		{nil, []string{"--session-life=1s"}, exitUsage, "--session-life must be at least 1m"},
		{[]string{"SPIKA_CONFIG=/nonexistent"}, nil, exitUsage, "configuration file: open /nonexistent"},
		{nil, []string{"--database=mysql://x"}, exitUsage, "--database: must be sqlite:"},
		{nil, []string{"--data=/proc/spika", "--listen=127.0.0.1:0"}, exitFailed, "the data folder cannot be made"},
	}
	for _, test := range tests {
		p := start(t, t.TempDir(), test.env, append([]string{"serve"}, test.args...)...)
		out, _ := io.ReadAll(p.out)
		_ = p.cmd.Wait() // the exit code tells
		if code := p.cmd.ProcessState.ExitCode(); code != test.code || len(out) > 0 || !strings.Contains(p.err.String(), test.want) || strings.Count(p.err.String(), "\n") != 1 {
			t.Errorf("%v %v ends with %d, prints %q and says %q", test.env, test.args, code, out, p.err)
		}
	}
}

// A server that is asked for its page the moment it says it is ready answers.
func TestServeIsReadyWhenItSaysSo(t *testing.T) {
	p := start(t, t.TempDir(), nil, "serve", "--json", "--listen=127.0.0.1:0")
	c, err := client.New(client.Options{URL: p.ready().URL, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	if needed, err := c.SetUpNeeded(t.Context()); err != nil || !needed {
		t.Errorf("set-up needed: %v, %v", needed, err)
	}
}
