package crash

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestFlushBeforeAnswer traces the server's system calls and sees that each
// message is on the disk, or with PostgreSQL that the commit is answered, before
// the answer to its post is written.
func TestFlushBeforeAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the server")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("strace is missing: scripts/setup installs it")
		}
		t.Skip("strace is missing")
	}
	program := build(t)
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			i := install(t, program, db.url(t))
			posts, calls := tracePosts(t, i)
			stored := inLog
			if !strings.HasPrefix(i.database, "sqlite:") {
				stored = inPostgres(t, i.database).committed
			}
			answered := answers(calls)
			for _, text := range posts {
				if err := inOrder(calls, answered, text, stored); err != nil {
					t.Errorf("%s: %v", text, err)
				}
			}
		})
	}
}

const (
	lonePosts = 5
	burstOf   = 16 // posts at once
	bursts    = 4
)

// tracePosts runs a traced server, posts one message after the other and then
// many at once, and gives their texts and the trace.
func tracePosts(t *testing.T, i *installation) ([]string, []traced) {
	ada := enter(t, i, "ada")
	lobby := room(t, i, "Lobby")
	robot := key(t, i, lobby, "robot")
	out := filepath.Join(t.TempDir(), "trace")
	i.wrap = straceCommand(out)
	p := i.start(t)
	i.gate.open(p.await(t))
	s := &site{http: i.gate.client()}
	var texts []string
	post := func(text string) {
		who, path := robot, keyPath
		if len(text)%2 == 0 {
			who, path = ada, personPath
		}
		r, err := s.do(t.Context(), who, (&post{path: path, room: lobby, text: text}).call())
		if err != nil || r.status != http.StatusOK {
			t.Errorf("%s: %v, %d %s", text, err, r.status, r.message)
		}
	}
	for n := range lonePosts {
		texts = append(texts, fmt.Sprintf("<lone %d%s>", n, strings.Repeat("!", n)))
		post(texts[n])
	}
	for n := range bursts {
		var wg sync.WaitGroup
		for k := range burstOf {
			text := fmt.Sprintf("<burst %d/%d%s>", n, k, strings.Repeat("!", k))
			texts = append(texts, text)
			wg.Go(func() { post(text) })
		}
		wg.Wait()
	}
	s.http.CloseIdleConnections()
	p.stop(t, childOf(t, p.cmd.Process.Pid))
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	calls, err := readStrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return texts, calls
}

// childOf gives the only child of a process: the one that it traces.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatalf("the tracer's children are %q", b)
	}
	return child
}

// answers are the calls that begin to answer a request with success.
func answers(calls []traced) []traced {
	var out []traced
	for _, c := range calls {
		if strings.HasPrefix(c.file, "TCP") && bytes.HasPrefix(c.data, []byte("HTTP/1.1 200 ")) {
			out = append(out, c)
		}
	}
	return out
}

// inOrder sees that the answer that echoes text was begun after text was stored.
func inOrder(calls, answers []traced, text string, stored func([]traced, string) (int, error)) error {
	safe, err := stored(calls, text)
	if err != nil {
		return err
	}
	found := 0
	for _, a := range answers {
		if !bytes.Contains(a.data, []byte(text)) {
			continue
		}
		found++
		if a.begin <= safe {
			return fmt.Errorf("it is answered on line %d of the trace, and stored by line %d", a.begin, safe)
		}
	}
	if found != 1 {
		return fmt.Errorf("it is answered %d times", found)
	}
	return nil
}

// A frame of SQLite's write-ahead log is a header of 24 bytes and a page. Bytes 4
// to 7 of the header are not zero in the last frame of a transaction
// (sqlite.org/fileformat2.html, section 4.1).
const frameHeader = 24

// inLog gives the line by which the transaction that holds text was flushed:
// written to the log up to its last frame, and that with success handed to the
// disk.
func inLog(calls []traced, text string) (int, error) {
	begun, last, written := false, false, 0
	for _, c := range calls {
		switch {
		case !strings.HasSuffix(c.file, "-wal") || c.result < 0:
		case c.name == "pwrite64" && len(c.data) == frameHeader:
			last = !bytes.Equal(c.data[4:8], make([]byte, 4))
		case c.name == "pwrite64" && written == 0:
			begun = begun || bytes.Contains(c.data, []byte(text))
			if begun && last {
				written = c.end
			}
		case (c.name == "fsync" || c.name == "fdatasync") && written != 0 && c.begin > written && c.result == 0:
			return c.end, nil
		}
	}
	switch {
	case !begun:
		return 0, errors.New("it was never written to the log")
	case written == 0:
		return 0, errors.New("its transaction never ended")
	}
	return 0, errors.New("it was never flushed")
}

// server is a PostgreSQL server as a trace shows it.
type server struct {
	suffix string // of the descriptors that lead to it
}

// inPostgres checks the settings that make a server's answer to a commit mean
// that it is on disk.
func inPostgres(t *testing.T, database string) server {
	t.Helper()
	i := &installation{database: database}
	i.look(t, func(tx *sql.Tx) {
		for _, setting := range []string{"fsync", "full_page_writes"} {
			is := rows(t, tx, "SHOW "+setting, func(s *string) []any { return []any{s} })[0]
			if is != "on" {
				t.Errorf("PostgreSQL runs with %s=%s", setting, is)
			}
		}
	})
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal("the database's URL is none")
	}
	return server{suffix: ":" + cmp.Or(u.Port(), "5432") + "]"}
}

// committed gives the line by which PostgreSQL had answered the commit of the
// transaction that holds text, in a session that asked for commits to be flushed.
func (s server) committed(calls []traced, text string) (int, error) {
	session, asked := "", false
	for _, c := range calls {
		switch {
		case !strings.HasSuffix(c.file, s.suffix) || c.result <= 0 || session != "" && c.file != session:
		case c.name == "read" || c.name == "recvfrom":
			if asked && bytes.Contains(c.data, []byte("COMMIT\x00")) {
				return c.end, flushing(calls, session)
			}
		default:
			if bytes.Contains(c.data, []byte(text)) {
				session = c.file
			}
			asked = asked || session != "" && bytes.Contains(c.data, []byte("commit"))
		}
	}
	return 0, errors.New("PostgreSQL never answered a commit of it")
}

// flushing sees that a session asked for commits to be on disk before they are
// answered, whatever the server's default is.
func flushing(calls []traced, session string) error {
	for _, c := range calls {
		if c.file == session && bytes.Contains(c.data, []byte("synchronous_commit\x00on\x00")) {
			return nil
		}
	}
	return errors.New("its session did not ask for synchronous_commit")
}
