package preview

import (
	"sync"
	"time"

	"spika/internal/chat"
)

// cache remembers what pages say, so that a link that many see is read once. An
// empty preview is a page with nothing to show.
type cache struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]entry
}

type entry struct {
	preview chat.LinkPreview
	until   time.Time
}

const (
	keepFound   = time.Hour
	keepNothing = 5 * time.Minute // the page may have been down
	maxKept     = 1_000
)

func newCache(now func() time.Time) *cache { return &cache{now: now, all: map[string]entry{}} }

func (c *cache) get(address string) (chat.LinkPreview, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.all[address]
	return e.preview, ok && c.now().Before(e.until)
}

func (c *cache) put(address string, p chat.LinkPreview) {
	life := keepFound
	if p == (chat.LinkPreview{}) {
		life = keepNothing
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) >= maxKept {
		c.sweep()
	}
	c.all[address] = entry{p, c.now().Add(life)}
}

// sweep drops what is too old, and everything if that is not enough.
func (c *cache) sweep() {
	now := c.now()
	for address, e := range c.all {
		if !now.Before(e.until) {
			delete(c.all, address)
		}
	}
	if len(c.all) >= maxKept {
		clear(c.all)
	}
}
