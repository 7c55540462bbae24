package crash

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"

	"spika/api"
	"spika/client"
)

// heard is what one listener was told.
type heard struct {
	mu     sync.Mutex
	ids    []int64          // of new messages, as they came
	counts map[int64]counts // of each message, as they were told last
	live   chan struct{}    // closed with the first sign of life
	begun  bool
}

func newHeard() *heard { return &heard{counts: map[int64]counts{}, live: make(chan struct{})} }

// take takes an event in, and complains about what must not be told.
func (h *heard) take(e api.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e.Type {
	case api.EventPing:
		if !h.begun {
			close(h.live)
		}
		h.begun = true
	case api.EventResync:
		return errors.New("events are said to be lost")
	case api.EventNewMessage:
		return h.message(*e.Message)
	case api.EventNewRecord:
		return h.count(e.MessageRecord.MessageID, counts{e.DeliveredCount, e.SeenCount, e.TotalUserCount})
	}
	return nil
}

func (h *heard) message(m api.Message) error {
	if n := len(h.ids); n > 0 && m.ID <= h.ids[n-1] {
		return fmt.Errorf("message %d comes after message %d", m.ID, h.ids[n-1])
	}
	h.ids = append(h.ids, m.ID)
	return h.count(m.ID, counts{m.DeliveredCount, m.SeenCount, m.TotalUserCount})
}

// count takes in a message's counts. They can be told a moment late, so they may
// fall behind what was told with the message itself; in the end they are right.
func (h *heard) count(id int64, now counts) error {
	h.counts[id] = now
	if !now.possible() {
		return fmt.Errorf("the counts of message %d are %+v", id, now)
	}
	return nil
}

// countsOf gives the counts of a message as they were told last.
func (h *heard) countsOf(id int64) counts {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.counts[id]
}

// all gives the messages told so far.
func (h *heard) all() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.ids)
}

// browser listens as a browser's EventSource does (WHATWG HTML, section 9.2),
// without any care of its own for what comes twice: all it does is name the last
// id it read when it connects again.
type browser struct {
	*load
	who   account
	heard *heard
	place string
}

func (b *browser) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.connect(ctx); err != nil && ctx.Err() == nil {
			b.t.Errorf("the event stream of %s: %v", b.who.name, err)
		}
	}
}

func (b *browser) connect(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/sse", nil)
	if err != nil {
		return err
	}
	req.Header.Set(api.HeaderToken, b.who.token)
	if b.place != "" {
		req.Header.Set(api.HeaderLastEventID, b.place)
	}
	resp, err := b.site.http.Do(req)
	if err != nil {
		return nil // the server is down
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	lines := bufio.NewReader(resp.Body)
	var data, id string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil // killed; what was not ended by an empty line does not count
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
		case "data":
			data += value
		case "id":
			id = value
		case "":
			if err := b.dispatch(data, id); err != nil {
				return err
			}
			data, id = "", ""
		}
	}
}

func (b *browser) dispatch(data, id string) error {
	if id != "" {
		b.place = id
	}
	if data == "" {
		return nil
	}
	var e api.Event
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return fmt.Errorf("%w: %.100q", err, data)
	}
	return b.heard.take(e)
}

// follower listens through the client package, and leaves off and goes on where
// it was by itself now and then.
type follower struct {
	*load
	who   account
	rng   *rand.Rand
	heard *heard
}

func (f *follower) run(ctx context.Context) {
	c, err := client.New(client.Options{URL: base, Token: f.who.token, HTTP: f.site.http})
	if err != nil {
		f.t.Error(err)
		return
	}
	place := ""
	for ctx.Err() == nil {
		left := 1 + f.rng.IntN(1_000)
		for e, err := range c.Events(ctx, client.EventOptions{After: place}) {
			if err == nil {
				err = f.heard.take(e.Event)
			}
			if err != nil && ctx.Err() == nil {
				f.t.Errorf("the events of %s: %v", f.who.name, err)
			}
			if e.ID != "" {
				place = e.ID
			}
			if left--; left == 0 || ctx.Err() != nil {
				break
			}
		}
	}
}
