// Package passwd hashes passwords with argon2id and checks them, a bounded
// number at a time. It knows nothing of who they belong to.
package passwd

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/crypto/argon2"
)

// The cost of one hash: 19 MiB for about 30 ms, what OWASP recommends as a
// minimum for argon2id.
const (
	memory  = 19 * 1024 // KiB
	passes  = 2
	threads = 1
	saltLen = 16 // bytes
	keyLen  = 32 // bytes
)

// Hasher makes and checks password hashes. At most as many run at once as there
// are processors, so that a flood of sign-ins costs time and not memory. It is
// safe for concurrent use.
type Hasher struct {
	slots chan struct{}
	// nobody is compared with where there is no hash: an unknown account must
	// take as long as a known one.
	nobody phc
	// trim gives the memory of the last hashes back to the system, once no more
	// are asked for: left alone, a few sign-ins would treble what an idle server
	// holds for minutes.
	trim *time.Timer
}

// trimAfter is how long after a hash its memory may be kept for the next one.
const trimAfter = 5 * time.Second

// New makes a Hasher.
func New() *Hasher {
	h := &Hasher{slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.nobody = phc{memory: memory, passes: passes, threads: threads, salt: newSalt(), key: make([]byte, keyLen)}
	h.trim = time.AfterFunc(trimAfter, debug.FreeOSMemory)
	h.trim.Stop()
	return h
}

// Hash gives a salted hash of password in PHC form. It fails only when ctx ends
// while waiting for a processor.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	p := phc{memory: memory, passes: passes, threads: threads, salt: newSalt()}
	var err error
	p.key, err = h.derive(ctx, p, password, keyLen)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

// Verify reports whether password made hash. An empty hash matches nothing and
// takes as long as a real one. It fails when hash is not an argon2id hash in
// PHC form, or ctx ends while waiting for a processor.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	want := h.nobody
	if hash != "" {
		var err error
		if want, err = parse(hash); err != nil {
			return false, err
		}
	}
	got, err := h.derive(ctx, want, password, len(want.key))
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(got, want.key) == 1
	return same && hash != "", nil
}

// derive runs argon2id once a processor is free.
func (h *Hasher) derive(ctx context.Context, p phc, password string, length int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case h.slots <- struct{}{}:
		defer func() {
			<-h.slots
			h.trim.Reset(trimAfter)
		}()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(length)), nil
}

func newSalt() []byte {
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails
	return salt
}
