package chat

import (
	"context"
	"time"
)

// Passwords makes and checks password hashes.
type Passwords interface {
	// Hash gives a salted hash in PHC form.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether password made hash. It takes as long for an
	// empty hash as for a real one.
	Verify(ctx context.Context, hash, password string) (bool, error)
}

// Options are the operator's choices that rules depend on.
type Options struct {
	SessionLife time.Duration // how long an unused session lives
	MaxMembers  int           // people in one room
	HideKeys    bool          // never show an API key again after its creation
	Operator    OperatorAccess
	// ContactsOnly shows people only those of their address books: there is no
	// team in which everyone sees everyone.
	ContactsOnly bool
	Codes        CodeOptions
	Files        FileOptions
	// SystemMessages has the server tell in a room what was changed about it.
	SystemMessages bool
}

// Service holds the use cases. It is safe for concurrent use.
type Service struct {
	store     Store
	clock     Clock
	passwords Passwords
	sealer    *Sealer
	opts      Options
	access    accessCache
	used      keyUses
	positions positionCache
	places    placeCache
}

// NewService puts the use cases over a store.
func NewService(store Store, clock Clock, passwords Passwords, sealer *Sealer, opts Options) *Service {
	return &Service{store: store, clock: clock, passwords: passwords, sealer: sealer, opts: opts}
}

func (s *Service) now() Time { return TimeOf(s.clock()) }

// update runs a change that yields a value.
func update[T any](ctx context.Context, s *Service, change func(ctx context.Context, tx Tx) (T, error)) (T, error) {
	var out T
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
		out, err = change(ctx, linkedTx{tx, s})
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return out, nil
}

// view runs reads against one snapshot and yields a value.
func view[T any](ctx context.Context, s *Service, read func(ctx context.Context, r Reader) (T, error)) (T, error) {
	var out T
	err := s.store.View(ctx, func(ctx context.Context, r Reader) (err error) {
		out, err = read(ctx, linkedReader{r, s})
		return err
	})
	return out, err
}
