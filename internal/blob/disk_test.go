package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"spika/internal/blob/blobtest"
	"spika/internal/chat"
)

func openDisk(t testing.TB, folder string) *Disk {
	t.Helper()
	d, err := OpenDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestDisk(t *testing.T) {
	blobtest.Run(t, func(t testing.TB) chat.Blobs { return openDisk(t, filepath.Join(t.TempDir(), "data", "files")) })
}

// entries lists all files and folders under a folder.
func entries(t *testing.T, folder string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(folder, func(p string, _ fs.DirEntry, err error) error {
		out = append(out, strings.TrimPrefix(p, folder))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out[1:]
}

func TestDiskKeepsNothingOfWhatFailedOrIsGone(t *testing.T) {
	folder := t.TempDir()
	d := openDisk(t, folder)
	if err := d.Put(t.Context(), "files/abc", strings.NewReader("x"), 2); err == nil {
		t.Fatal("a short file was taken")
	}
	if err := d.Put(t.Context(), "chunks/upload/1", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(entries(t, folder)), "[/.tmp /chunks /chunks/up /chunks/up/upload /chunks/up/upload/1]"; got != want {
		t.Errorf("there are %s, want %s", got, want)
	}
	if err := d.Delete(t.Context(), "chunks/upload/1"); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(entries(t, folder)), "[/.tmp /chunks]"; got != want {
		t.Errorf("there are %s, want %s", got, want)
	}
}

func TestDiskIsForItsUserAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	d := openDisk(t, folder)
	if err := d.Put(t.Context(), "files/abc", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	for _, p := range append(entries(t, folder), "") {
		info, err := os.Stat(folder + p)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", p, info.Mode(), err)
		}
	}
}

func TestDiskSweepsWhatACrashLeft(t *testing.T) {
	folder := t.TempDir()
	running := openDisk(t, folder)
	old, fresh := filepath.Join(folder, unfinished, "old"), filepath.Join(folder, unfinished, "fresh")
	for _, p := range []string{old, fresh} {
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const want = "[/.tmp /.tmp/fresh]" // another process may be writing the fresh one
	for what, sweep := range map[string]func() error{"while it runs": running.Sweep, "at start": func() error { openDisk(t, folder); return nil }} {
		if err := os.WriteFile(old, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*leftOver)); err != nil {
			t.Fatal(err)
		}
		if err := sweep(); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(entries(t, folder)); got != want {
			t.Errorf("%s: there are %s, want %s", what, got, want)
		}
	}
}

func TestDiskDoesNotFollowLinksOut(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	d := openDisk(t, folder)
	if err := os.Symlink(outside, filepath.Join(folder, "files")); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), "files/abc", strings.NewReader("x"), 1); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("put through a link: %v", err)
	}
	if got := entries(t, outside); len(got) > 0 {
		t.Errorf("%v was made outside", got)
	}
}

func TestDiskThatCannotBeOpened(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDisk(file); err == nil || !strings.Contains(err.Error(), "the folder for files cannot be made") {
		t.Errorf("a file as folder: %v", err)
	}
}

func TestDiskThatGoesAway(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	d := openDisk(t, folder)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	err := d.Put(t.Context(), "files/abc", strings.NewReader("x"), 1)
	var e *chat.Error
	if !errors.As(err, &e) || e.Code != chat.Unavailable || e.RetryAfter == 0 {
		t.Errorf("put without a folder: %v", err)
	}
}

func TestDiskTrouble(t *testing.T) {
	for cause, want := range map[error]string{
		syscall.ENOSPC: full, syscall.EDQUOT: full, syscall.EIO: gone, syscall.EROFS: gone, fs.ErrPermission: gone,
	} {
		err := trouble("put", "files/abc", fmt.Errorf("write: %w", cause))
		var e *chat.Error
		if !errors.As(err, &e) || e.Code != chat.Unavailable || e.Message != want || !errors.Is(err, cause) {
			t.Errorf("%v gives %v", cause, err)
		}
	}
}
