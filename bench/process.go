package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The two cores: what is measured has one, the load generator the other.
const (
	serverCore = "0"
	loadCore   = "1"
)

// process is a server that is measured.
type process struct {
	cmd  *exec.Cmd
	addr string // host:port
	url  string
}

// startBare starts the limit.
func startBare(ctx context.Context, bin string) (*process, error) {
	cmd := exec.CommandContext(ctx, "taskset", "-c", serverCore, bin)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the bare server said nothing: %w", err)
	}
	url := strings.TrimSpace(line)
	return &process{cmd: cmd, url: url, addr: strings.TrimPrefix(url, "http://")}, nil
}

// startSpika starts the server over a store and waits for its first 200. It
// gives how long that took.
func startSpika(ctx context.Context, bin string, s site, extra ...string) (*process, time.Duration, error) {
	port, err := freePort()
	if err != nil {
		return nil, 0, err
	}
	addr := "127.0.0.1:" + strconv.Itoa(port)
	args := append([]string{"-c", serverCore, bin, "serve", "--listen", addr, "--log-level", "warn"}, s.flags()...)
	cmd := exec.CommandContext(ctx, "taskset", append(args, extra...)...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	p := &process{cmd: cmd, addr: addr, url: "http://" + addr}
	for {
		if ok(p.url + "/api/messenger/settings") {
			return p, time.Since(begun), nil
		}
		if time.Since(begun) > time.Minute {
			return nil, 0, errors.Join(errors.New("the server did not come up within a minute"), p.stop())
		}
		time.Sleep(time.Millisecond)
	}
}

func ok(url string) bool {
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) { // ended by the signal
		return nil
	}
	return err
}

// cpu gives the processor time the process has used.
func (p *process) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	const perTick = time.Second / 100
	return time.Duration(user+system) * perTick
}

// memory gives the resident memory in bytes.
func (p *process) memory() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// flushTime measures one flush of a 4 KiB write in the folder, at the median.
func flushTime(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, 4096)
	var spans []time.Duration
	for i := range 200 {
		if _, err := f.WriteAt(block, int64(i)*4096); err != nil {
			return 0, err
		}
		at := time.Now()
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		spans = append(spans, time.Since(at))
	}
	return median(spans), nil
}
