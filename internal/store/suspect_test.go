package store

import (
	"database/sql"
	"net"
	"runtime"
	"sync"
	"testing"

	"spika/internal/store/storetest"
)

// TestConnectionsThatTheServerEnded: reads go on when PostgreSQL has ended all
// connections, as its restart does, and none of them fails.
func TestConnectionsThatTheServerEnded(t *testing.T) {
	s := openStore(t, storetest.Postgres(t))
	for range 3 {
		for _, pid := range fillPool(t, s.read) {
			if _, err := s.write.ExecContext(t.Context(), "SELECT pg_terminate_backend($1, 5000)", pid); err != nil {
				t.Fatal(err)
			}
		}
		for range 8 {
			var one int
			if err := s.read.QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil {
				t.Fatalf("a read after the connections ended: %v", err)
			}
		}
	}
}

// fillPool leaves as many idle connections in a pool as it keeps, and gives the
// numbers of their processes: other tests use the database at the same time.
func fillPool(t *testing.T, db *sql.DB) (pids []int) {
	t.Helper()
	var taken []*sql.Conn
	for range 8 {
		c, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var pid int
		if err := c.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		taken, pids = append(taken, c), append(pids, pid)
	}
	for _, c := range taken {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return pids
}

// TestStirs: a connection stirs when something has arrived on it or it has ended.
func TestStirs(t *testing.T) {
	for name, act := range map[string]func(far net.Conn) error{
		"quiet":  nil,
		"data":   func(far net.Conn) error { _, err := far.Write([]byte("E")); return err },
		"closed": net.Conn.Close,
	} {
		t.Run(name, func(t *testing.T) {
			near, far := connected(t)
			if act == nil {
				if stirs(near) {
					t.Error("a quiet connection stirs")
				}
				return
			}
			if err := act(far); err != nil {
				t.Fatal(err)
			}
			for !stirs(near) { // what was sent takes a moment
				if t.Context().Err() != nil {
					t.Fatal("it never stirs")
				}
			}
		})
	}
	piped, other := net.Pipe()
	t.Cleanup(func() { _, _ = piped.Close(), other.Close() })
	if !stirs(piped) {
		t.Error("what cannot be looked at is taken to be quiet")
	}
}

// TestStirsWhileSomeoneReads: the driver may be reading ahead on an idle connection
// after a slow write, and the look at it must not wait for that.
func TestStirsWhileSomeoneReads(t *testing.T) {
	near, far := connected(t)
	began, read := make(chan struct{}), make(chan error)
	go func() {
		close(began)
		_, err := near.Read(make([]byte, 1))
		read <- err
	}()
	<-began
	for range 1_000 { // the reader is in its read by the last of them
		if stirs(near) {
			t.Fatal("a quiet connection stirs")
		}
		runtime.Gosched()
	}
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err == nil {
		t.Fatal("there was nothing to read")
	}
	for !stirs(near) {
		if t.Context().Err() != nil {
			t.Fatal("it never stirs")
		}
	}
}

func connected(t *testing.T) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var wait sync.WaitGroup
	wait.Go(func() { far, err = l.Accept() })
	near, dialled := net.Dial("tcp", l.Addr().String())
	wait.Wait()
	if err != nil || dialled != nil {
		t.Fatal(err, dialled)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	return near, far
}
