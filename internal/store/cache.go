package store

import "spika/internal/chat"

// rowCache holds rows that nearly every post asks for. It is used inside write
// transactions only: there the locked clock tells whether anybody else has
// written since, and then it is emptied. So it never holds anything stale.
type rowCache struct {
	rooms   map[int64]chat.Room
	users   map[int64]chat.User
	keys    map[int64]chat.APIKey
	members map[memberKey]chat.Member
	peers   map[memberKey]int64     // of a room and a user: the other person; 0: there is none
	blocks  map[blockKey]chat.Block // id 0: there is none
}

type memberKey struct{ room, user int64 }

type blockKey struct{ user, blocked int64 }

// maxCachedRows bounds the cache, about: it is cut between transactions, since a
// running one keeps in it what it has not written yet.
const maxCachedRows = 100_000

func (c *rowCache) clear() { *c = rowCache{} }

// full reports whether the cache should be emptied.
func (c *rowCache) full() bool {
	return len(c.rooms)+len(c.users)+len(c.keys)+len(c.members)+len(c.peers)+len(c.blocks) > maxCachedRows
}

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// moved are the cached rows of one kind that a transaction changed and has not
// written yet.
type moved[K comparable, V any] struct {
	keys map[K]struct{}
	undo []was[K, V] // what the change that runs now made of them, in turn
}

// was is a row before a change.
type was[K comparable, V any] struct {
	key   K
	row   V
	first bool // nothing changed it since it was last written
}

// put changes a row in the cache.
func (m *moved[K, V]) put(cache map[K]V, k K, row V) {
	_, again := m.keys[k]
	m.undo = append(m.undo, was[K, V]{k, cache[k], !again})
	cache[k] = row
	if !again {
		put(&m.keys, k, struct{}{})
	}
}

// takeBack undoes what the change that runs now made of the rows.
func (m *moved[K, V]) takeBack(cache map[K]V) {
	for i := len(m.undo) - 1; i >= 0; i-- {
		u := &m.undo[i]
		cache[u.key] = u.row
		if u.first {
			delete(m.keys, u.key)
		}
	}
}

// cached gives a row from the cache or else from the database.
func cached[K comparable, V any](m *map[K]V, k K, read func() (V, error)) (V, error) {
	if v, ok := (*m)[k]; ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		put(m, k, v)
	}
	return v, err
}
