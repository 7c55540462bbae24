package server

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"spika/internal/config"
)

func base(t *testing.T) config.Base {
	t.Helper()
	return config.Base{Data: filepath.Join(t.TempDir(), "data")}
}

func TestServerKeyIsMadeOnce(t *testing.T) {
	b := base(t)
	keys := make([]config.Key, 20)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = serverKey(b); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		if len(k) != config.KeyLen || !bytes.Equal(k, keys[0]) {
			t.Fatal("processes that start together have different keys")
		}
	}
	files, err := os.ReadDir(b.Data)
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v, want server.key alone", files, err)
	}
	for path, want := range map[string]os.FileMode{b.Data: 0o700, b.KeyFile(): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v, want %v", path, info.Mode().Perm(), err, want)
		}
	}
}

func TestServerKeyFromSettings(t *testing.T) {
	b := base(t)
	b.ServerKey = bytes.Repeat([]byte{1}, config.KeyLen)
	if key, err := serverKey(b); err != nil || !bytes.Equal(key, b.ServerKey) {
		t.Errorf("got %d bytes, %v", len(key), err)
	}
	if _, err := os.Stat(b.Data); err == nil {
		t.Error("a key that was given is not needed on disk, and a folder was made for it")
	}
}

func TestBrokenServerKey(t *testing.T) {
	b := base(t)
	if err := makeFolder(b.Data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.KeyFile(), []byte("secret but short"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := serverKey(b)
	if err == nil || !strings.Contains(err.Error(), b.KeyFile()) || strings.Contains(err.Error(), "secret but short") {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadFile(b.KeyFile()); err != nil || string(left) != "secret but short" {
		t.Errorf("the file was overwritten: %q, %v", left, err)
	}
}
