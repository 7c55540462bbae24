package chat

import "sync"

// placeCache remembers where the newest messages are: every reader reports each
// of them, and where a message is never changes.
type placeCache struct {
	mu     sync.RWMutex
	places map[int64]place
	ids    []int64 // of the remembered messages, a ring
	next   int
}

const maxPlaces = 4_096

// observe takes in messages that were just stored.
func (c *placeCache) observe(events []Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range events {
		if e.Kind == MessagePosted && e.Message != nil {
			c.put(e.MessageID, place{e.Message.RoomID, e.Message.N})
		}
	}
}

func (c *placeCache) put(id int64, at place) {
	if c.places == nil {
		c.places, c.ids = make(map[int64]place), make([]int64, maxPlaces)
	}
	delete(c.places, c.ids[c.next])
	c.places[id], c.ids[c.next] = at, id
	c.next = (c.next + 1) % maxPlaces
}

// find gives the places of those of ids that are remembered, and the other ids.
func (c *placeCache) find(ids []int64) (found []place, others []int64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, id := range ids {
		if at, ok := c.places[id]; ok {
			found = append(found, at)
		} else {
			others = append(others, id)
		}
	}
	return found, others
}
