package crash

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"spika/internal/store/storetest"
)

// smallDisk gives a folder on a disk of its own, of few bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	mountSmall(t, dir, size)
	return dir
}

// mountSmall puts a disk of few bytes where a folder is.
func mountSmall(t *testing.T, dir string, size int) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		if os.Getenv("CI") == "" && os.Geteuid() != 0 {
			t.Skipf("only root can mount a small disk: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// TestFullDisk fills the disk with posts: what does not fit is refused in a clear
// sentence and not there, reading goes on, and so does posting as soon as there
// is room, without anyone's help.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 8<<20)
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	f := begin(t, "sqlite:"+filepath.Join(disk, "spika.db"))
	heard := f.hear()
	long := strings.Repeat("x", 60_000)
	var last string
	for n := 0; ; n++ {
		last = fmt.Sprint("message ", n)
		r, err := f.say(t.Context(), last, last+long)
		if err != nil {
			t.Fatal(err)
		}
		if r.status != http.StatusOK {
			f.refused(r, "The server's disk is full: nothing was stored.")
			break
		}
		if n > 1_000 {
			t.Fatal("the disk is never full")
		}
	}
	f.check()
	r, err := f.say(t.Context(), last, last+long)
	if err != nil {
		t.Fatal(err)
	}
	f.refused(r, "The server's disk is full")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	f.untilSaid(last, last+long)
	f.mustSay("after", "there is room again")
	f.check()
	f.told(heard)
	f.restart()
	f.check()
	f.gate.shut()
	f.end()
}

// TestLockedDatabase has another program hold the database's lock: a post is
// refused once waiting was in vain, reading goes on meanwhile, and all is well
// when the lock is gone.
func TestLockedDatabase(t *testing.T) {
	database := storetest.SQLite(t)
	f := begin(t, database)
	f.mustSay("before", "before")
	other, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(database, "sqlite:")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback() //nolint:errcheck // done below
	r, err := f.say(t.Context(), "meanwhile", "meanwhile")
	if err != nil {
		t.Fatal(err)
	}
	f.refused(r, "Another program keeps the server's database busy: nothing was stored.")
	f.check()
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	f.mustSay("meanwhile", "meanwhile")
	f.check()
	f.gate.shut()
	f.end()
}
