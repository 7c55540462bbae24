package conformance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "spika/internal/cli" // what the program is made of: when it changes, a cached result is of no use
)

// build makes the real program.
func build(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "spika")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", out, "spika/cmd/spika")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	return out
}

// process is a running server.
type process struct {
	program, data string
	env, flags    []string
	url, setupURL string

	cmd *exec.Cmd
	log syncBuffer
	// expected is a part of the complaints that the log may hold, in small letters; empty: none.
	expected string
}

// environ is the test's environment without settings meant for other servers.
func environ(more []string) []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SPIKA_") {
			out = append(out, v)
		}
	}
	return append(out, more...)
}

// start runs the server and waits until it serves. Started again, it is found
// at the same address with the same data.
func (p *process) start(t testing.TB) {
	t.Helper()
	listen := freeAddress(t)
	if p.url != "" {
		listen = strings.TrimPrefix(p.url, "http://")
	}
	args := append([]string{"serve", "--json", "--data", p.data, "--listen", listen, "--log-level", "debug"}, p.flags...)
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), p.program, args...)
	p.cmd.Env, p.cmd.Stderr = environ(p.env), &p.log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		_ = p.cmd.Wait()
		t.Fatalf("the server did not start: %v\n%s", err, p.log.text())
	}
	ready := parse[struct {
		URL      string `json:"url"`
		SetupURL string `json:"setupUrl"`
	}](t, line)
	p.url, p.setupURL = ready.URL, ready.SetupURL
}

// freeAddress gives an address that stays free while a server is restarted: no
// outgoing connection takes a port below those of net.ipv4.ip_local_port_range.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprint("127.0.0.1:", 20_000+rand.IntN(12_000))
		if l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// stop asks the server to stop and waits for it.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if p.cmd == nil {
		return
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server did not stop well: %v\n%s", err, p.log.text())
	}
	p.cmd = nil
}

// checkLog checks that the server had nothing to complain about and kept
// secrets to itself.
func (p *process) checkLog(t testing.TB, secrets []string) {
	t.Helper()
	text := p.log.text()
	for line := range strings.Lines(text) {
		complains := strings.Contains(line, "level=ERROR") || strings.Contains(line, "level=WARN")
		if complains && (p.expected == "" || !strings.Contains(strings.ToLower(line), p.expected)) {
			t.Errorf("the server logged: %s", line)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds a secret: %s…", secret[:4])
		}
	}
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// commands runs the operator's commands.
type commands struct {
	program    string
	flags, env []string
}

// run runs a command with --json and gives what it prints. stdin may be empty.
func (c *commands) run(t testing.TB, stdin string, command ...string) []byte {
	t.Helper()
	args := append(append(append([]string{}, command...), c.flags...), "--json")
	cmd := exec.CommandContext(t.Context(), c.program, args...)
	cmd.Env, cmd.Stdin = environ(c.env), io.Reader(strings.NewReader(stdin))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("spika %s: %v\n%s", strings.Join(command, " "), err, stderr.String())
	}
	return out
}
