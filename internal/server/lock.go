package server

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps a second server off a database file, for which it would not know
// what the first one is about to tell its listeners. It ends with the process at
// the latest. Commands beside the server do not take it.
func lock(database string) (*os.File, error) {
	path := database + ".lock"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the lock file cannot be opened: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("another server is running on %s: stop it first, or give this one its own folder with --data", database)
	} else {
		err = fmt.Errorf("lock %s: %w", path, err)
	}
	return nil, errors.Join(err, f.Close())
}
