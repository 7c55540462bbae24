package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that should take no time.
const patience = time.Minute

// build makes the program from the sources around this test.
func build(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "spika")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", out, "spika/cmd/spika")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, output)
	}
	return out
}

// installation is the program with its data, which outlive any one server
// process.
type installation struct {
	program  string
	data     string // folder
	database string // URL
	wrap     []string
	gate     gate
}

func install(t *testing.T, program, database string) *installation {
	return &installation{program: program, data: t.TempDir(), database: database, gate: gate{up: make(chan struct{})}}
}

// command is a command of the program on this data. Nothing of the settings in
// the test's own environment reaches it.
func (i *installation) command(ctx context.Context, args ...string) *exec.Cmd {
	line := append(append([]string{}, i.wrap...), i.program, "--json")
	line = append(line, args...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SPIKA_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "SPIKA_DATA="+i.data, "SPIKA_DATABASE="+i.database, "SPIKA_LISTEN=127.0.0.1:0")
	return cmd
}

// run runs a command to its end and reads the object it prints into out.
func (i *installation) run(t *testing.T, out any, stdin string, args ...string) {
	t.Helper()
	cmd := i.command(t.Context(), args...)
	var printed, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &printed, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("spika %s: %v: %s", strings.Join(args, " "), err, complaint.String())
	}
	if err := json.Unmarshal(printed.Bytes(), out); err != nil {
		t.Fatalf("spika %s printed %q: %v", strings.Join(args, " "), printed.String(), err)
	}
}

// process is one run of "spika serve".
type process struct {
	cmd   *exec.Cmd
	ready chan string   // gets the URL once it serves
	ended chan struct{} // closed when it has ended
	log   bytes.Buffer  // to be read once it has ended
}

// start starts a server and does not wait for it. It is gone when the test is.
func (i *installation) start(t *testing.T) *process {
	t.Helper()
	p := &process{cmd: i.command(context.WithoutCancel(t.Context()), "serve"), ready: make(chan string, 1), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &greeting{ready: p.ready}, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // how it ended is in cmd.ProcessState
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // fails where it has ended
		<-p.ended
	})
	return p
}

// greeting waits for the line that a server prints when it is ready.
type greeting struct {
	ready chan<- string
	seen  []byte
}

var _ io.Writer = (*greeting)(nil)

func (g *greeting) Write(b []byte) (int, error) {
	whole := bytes.IndexByte(g.seen, '\n') >= 0
	g.seen = append(g.seen, b...)
	line, _, found := bytes.Cut(g.seen, []byte("\n"))
	if whole || !found {
		return len(b), nil
	}
	var hello struct{ URL string }
	if err := json.Unmarshal(line, &hello); err != nil {
		return 0, fmt.Errorf("the server's first line: %w", err)
	}
	g.ready <- hello.URL
	return len(b), nil
}

// await waits until the server serves and gives its address.
func (p *process) await(t *testing.T) string {
	t.Helper()
	select {
	case url := <-p.ready:
		return strings.TrimPrefix(url, "http://")
	case <-p.ended:
		t.Fatalf("the server did not start: %v\n%s", p.cmd.ProcessState, p.log.String())
	case <-time.After(patience):
		t.Fatal("the server does not get ready")
	}
	return ""
}

// kill ends the server with a signal that it cannot catch, and reports whether
// that is what it died of. It must not have ended by itself, unless it was asked
// to before.
func (p *process) kill(t *testing.T, asked bool) bool {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-p.ended
	p.checkLog(t)
	status, _ := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed := status.Signaled() && status.Signal() == syscall.SIGKILL
	if !killed && (!asked || status.ExitStatus() != 0) {
		t.Fatalf("the server ended by itself: %v\n%s", p.cmd.ProcessState, p.log.String())
	}
	return killed
}

// stop ends the server as an operator does.
func (p *process) stop(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
	p.checkLog(t)
	if !p.cmd.ProcessState.Success() {
		t.Errorf("stopping the server: %v\n%s", p.cmd.ProcessState, p.log.String())
	}
}

// checkLog fails the test for what the server itself calls an error.
func (p *process) checkLog(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.HasPrefix(line, "panic") {
			t.Errorf("the server logged: %s", line)
		}
	}
}
