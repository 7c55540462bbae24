package crash

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"spika/internal/store/storetest"
)

// cluster is a PostgreSQL server of the test's own, which it can stop and start.
type cluster struct {
	t      *testing.T
	url    string
	folder string // of its data
	exe    string
	args   []string
	as     *syscall.Credential
	own    *exec.Cmd // that this test started; nil: the first one runs still
}

// newCluster starts a PostgreSQL server.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	storetest.Postgres(t) // skips or fails where there is no PostgreSQL
	cmd := exec.CommandContext(t.Context(), filepath.Join("..", "..", "scripts", "with-postgres"), "sh", "-c", `echo "$`+storetest.PostgresEnv+`" && cat`)
	cmd.Stderr = os.Stderr
	hold, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t}
	t.Cleanup(func() {
		if c.own != nil {
			c.signal(syscall.SIGINT)
			_ = c.own.Wait() // ended by the signal
		}
		if err := hold.Close(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // its server may be gone, which it does not like
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("PostgreSQL does not start: %v", err)
	}
	c.url = strings.TrimSpace(line)
	c.learn()
	return c
}

// learn finds out how the server was started.
func (c *cluster) learn() {
	c.t.Helper()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(c.t.Context(), "SHOW data_directory").Scan(&c.folder); err != nil {
		c.t.Fatal(err)
	}
	proc := fmt.Sprintf("/proc/%d/", c.pid())
	line, err := os.ReadFile(proc + "cmdline")
	if err != nil {
		c.t.Fatal(err)
	}
	c.args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")[1:]
	if c.exe, err = os.Readlink(proc + "exe"); err != nil {
		c.t.Fatal(err)
	}
	info, err := os.Stat(c.folder)
	if err != nil {
		c.t.Fatal(err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		c.as = &syscall.Credential{Uid: st.Uid, Gid: st.Gid}
	}
}

// pid gives the server's process id; 0: it does not run.
func (c *cluster) pid() int {
	b, err := os.ReadFile(filepath.Join(c.folder, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(first)
	return pid
}

func (c *cluster) signal(sig syscall.Signal) {
	c.t.Helper()
	if pid := c.pid(); pid > 0 {
		if err := syscall.Kill(pid, sig); err != nil {
			c.t.Error(err)
		}
	}
}

// restart ends the server with a signal and starts it again.
func (c *cluster) restart(f *fault, sig syscall.Signal) {
	c.t.Helper()
	pid := c.pid()
	c.signal(sig)
	if c.own != nil {
		_ = c.own.Wait() // ended by the signal
	}
	f.await("PostgreSQL has ended", func() bool { return ended(pid) })
	refused := f.refusals()
	c.own = exec.Command(c.exe, c.args...) // it is ended by the cleanup
	c.own.Dir = c.folder
	c.own.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	f.await("posts are refused", func() bool { return f.refusals() > refused })
	if err := c.own.Start(); err != nil {
		c.t.Fatal(err)
	}
}

// ended reports whether a process has ended, its parent's knowledge of it aside.
func ended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// TestPostgresRestarted stops and starts PostgreSQL under load, in good order and
// as a crash would: meanwhile posts are refused in a clear sentence, afterwards
// all goes on by itself, and what was answered is there once and was told once,
// in order.
func TestPostgresRestarted(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a database")
	}
	c := newCluster(t)
	f := begin(t, c.url)
	heard := f.hear()
	load := f.crowd(8)
	f.refusals = load.refused.Load
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGINT, syscall.SIGQUIT} {
		load.awaitMore(50)
		c.restart(f, sig)
	}
	load.awaitMore(50)
	load.stop()
	f.check()
	f.told(heard)
	t.Logf("%d posts were answered, %d tries refused meanwhile", load.posted.Load(), load.refused.Load())
	f.gate.shut()
	f.end()
}
