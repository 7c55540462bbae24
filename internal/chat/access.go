package chat

import (
	"context"
	"crypto/subtle"
	"sync"
)

// accessCache remembers who a token belongs to. It is emptied whenever any
// session, key or user changes, here or elsewhere; and what depends on a key
// is checked again inside the write transaction.
type accessCache struct {
	mu       sync.RWMutex
	gen      int64 // how often it was emptied
	sessions map[[32]byte]Session
	keys     map[[32]byte]APIKey
}

const maxCachedTokens = 50_000

func (c *accessCache) session(hash []byte) (Session, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.sessions[[32]byte(hash)]
	return v, ok
}

func (c *accessCache) key(hash []byte) (APIKey, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.keys[[32]byte(hash)]
	return v, ok
}

// generation is taken before reading what is then added: an answer read before
// the cache was emptied must not be added after.
func (c *accessCache) generation() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.gen
}

func (c *accessCache) addSession(gen int64, hash []byte, v Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gen != gen {
		return
	}
	if c.sessions == nil || len(c.sessions) >= maxCachedTokens {
		c.sessions = map[[32]byte]Session{}
	}
	c.sessions[[32]byte(hash)] = v
}

func (c *accessCache) addKey(gen int64, hash []byte, v APIKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gen != gen {
		return
	}
	if c.keys == nil || len(c.keys) >= maxCachedTokens {
		c.keys = map[[32]byte]APIKey{}
	}
	c.keys[[32]byte(hash)] = v
}

func (c *accessCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gen++
	c.sessions, c.keys = nil, nil
}

// Observe must be told every committed event, in order, before anyone else
// is: it drops what the event makes stale.
func (s *Service) Observe(events []Event) {
	s.positions.observe(events)
	s.places.observe(events)
	for _, e := range events {
		if e.Kind == AccessChanged || e.Kind == UserChanged || e.Kind == KeysChanged {
			s.access.clear()
			return
		}
	}
}

// changeAccess runs a change after which tokens may mean something else, and
// returns only when no old meaning is remembered here.
func changeAccess[T any](ctx context.Context, s *Service, change func(ctx context.Context, tx Tx) (T, error)) (T, error) {
	defer s.access.clear()
	return update(ctx, s, change)
}

// Authenticate finds the session a token opens and lengthens it now and then. It
// fails with Unauthorized when the token is empty, unknown or expired.
func (s *Service) Authenticate(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, Errorf(Unauthorized, "No access token: sign in, or send a session token in the header \"accesstoken\"")
	}
	hash := HashSecret(token)
	session, cached := s.access.session(hash)
	now := s.now()
	if !cached || !session.Device.signedIn(now) { // another node may have lengthened it, of which no event tells
		gen := s.access.generation()
		var err error
		session, err = s.store.SessionByToken(ctx, hash)
		if err != nil || !sameHash(session.Device.TokenHash, hash) {
			return Session{}, Errorf(Unauthorized, "Invalid access token: it is unknown or was signed out; sign in again").unless(err)
		}
		s.access.addSession(gen, hash, session)
	}
	if !session.Device.signedIn(now) {
		return Session{}, Errorf(Unauthorized, "Expired access token: sign in again")
	}
	if session.Device.Expires != 0 && session.Device.Expires < now.Add(s.opts.SessionLife-renewAfter(s.opts.SessionLife)) {
		return s.renew(ctx, session, hash)
	}
	return session, nil
}

// renew moves a session's end to a full life from now.
func (s *Service) renew(ctx context.Context, session Session, hash []byte) (Session, error) {
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (Session, error) {
		now, err := tx.SessionByToken(ctx, hash)
		if IsNotFound(err) {
			return Session{}, Errorf(Unauthorized, "Invalid access token: it was signed out; sign in again")
		}
		if err != nil {
			return Session{}, err
		}
		now.Device.Expires = tx.Stamp().Add(s.opts.SessionLife)
		now.Device.Modified = tx.Stamp()
		return now, tx.UpdateDevice(ctx, now.Device)
	})
}

// AuthenticateKey finds the API key a secret belongs to. It fails with
// Unauthorized when the secret is empty, unknown or revoked.
func (s *Service) AuthenticateKey(ctx context.Context, secret string) (APIKey, error) {
	if secret == "" {
		return APIKey{}, Errorf(Unauthorized, "No access token: send the room's API key in the header \"accesstoken\"")
	}
	hash := HashSecret(secret)
	if key, ok := s.access.key(hash); ok {
		return key, nil
	}
	gen := s.access.generation()
	key, err := s.store.KeyByHash(ctx, hash)
	if err != nil || !sameHash(key.Hash, hash) {
		return APIKey{}, errUnknownKey().unless(err)
	}
	s.access.addKey(gen, hash, key)
	return key, nil
}

// sameHash compares what was found with what was sent, in a time that does not
// depend on where they differ. It also guards against a look-up that is not exact.
func sameHash(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func errUnknownKey() *Error {
	return Errorf(Unauthorized, "Invalid access token: this API key is unknown or was revoked; make a new one in the room's Settings")
}
