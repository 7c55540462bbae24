package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"spika/internal/config"
)

// serverKey gives the key that API keys are sealed under: the one in the
// settings, or that of the key file, which is made when it is not there.
func serverKey(b config.Base) (config.Key, error) {
	if b.ServerKey != nil {
		return b.ServerKey, nil
	}
	key, err := readKey(b.KeyFile())
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolder(b.Data); err != nil {
			return nil, err
		}
		key, err = makeKey(b.KeyFile())
	}
	if err != nil {
		return nil, fmt.Errorf("server key: %w", err)
	}
	return key, nil
}

func readKey(path string) (config.Key, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var key config.Key
	if err := key.UnmarshalText(b); err != nil {
		return nil, fmt.Errorf("%s %w: put back the file from a backup, or remove it to have a new one made, after which keys made so far go on working but cannot be shown again", path, err)
	}
	return key, nil
}

// makeKey writes a new key where only the server's user can read it. The file
// appears whole or not at all, and when two processes make one at the same time,
// both go on with the same.
func makeKey(path string) (config.Key, error) {
	key := make(config.Key, config.KeyLen)
	rand.Read(key)                                               // never fails
	f, err := os.CreateTemp(filepath.Dir(path), ".server.key-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a left-over does no harm
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return readKey(path)
	} else if err != nil {
		return nil, err
	}
	return key, syncFolder(filepath.Dir(path))
}

// syncFolder makes a new name in a folder survive a power cut.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// makeFolder makes a folder for this user alone. One that is there stays as it
// is.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	return nil
}
