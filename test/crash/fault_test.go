package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"spika/api"
	"spika/client"
)

// fault is a server while something around it fails: its disk, its database, its
// clients.
type fault struct {
	*installation
	t      *testing.T
	server *process
	site   *site
	room   int64
	person account // reads in the room
	key    account // posts in it

	refusals func() int64 // how many posts were refused so far

	mu   sync.Mutex
	said map[string]int64 // by localId: the id of the message as it was answered
}

// begin starts a server over a database, with a room in it.
func begin(t *testing.T, database string) *fault {
	t.Helper()
	f := prepare(t, database)
	f.start()
	return f
}

// prepare is begin without the start.
func prepare(t *testing.T, database string) *fault {
	t.Helper()
	f := &fault{t: t, installation: install(t, build(t), database), said: map[string]int64{}}
	t.Cleanup(func() { // when the servers have ended
		if t.Failed() && f.server != nil {
			t.Logf("the last server's log:\n%s", f.server.log.String())
		}
	})
	f.site = &site{http: f.gate.client()}
	f.person = enter(t, f.installation, "ada")
	f.room = room(t, f.installation, "Lobby")
	f.key = key(t, f.installation, f.room, "robot")
	return f
}

func (f *fault) start() {
	f.t.Helper()
	f.server = f.installation.start(f.t)
	f.gate.open(f.server.await(f.t))
}

// restart stops the server as an operator does, and starts another one.
func (f *fault) restart() {
	f.t.Helper()
	f.gate.shut()
	f.end()
	f.start()
}

// end stops the server. What failed around it may have gone into its log, but it
// must not have crashed.
func (f *fault) end() {
	f.t.Helper()
	if err := f.server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		f.t.Fatal(err)
	}
	select {
	case <-f.server.ended:
	case <-time.After(patience):
		f.t.Fatal("the server does not stop")
	}
	if log := f.server.log.String(); !f.server.cmd.ProcessState.Success() || strings.Contains(log, "panic") || strings.Contains(log, f.key.token) {
		f.t.Fatalf("the server ended badly: %v", f.server.cmd.ProcessState)
	}
}

// say posts a message under an id of its own and notes the answer.
func (f *fault) say(ctx context.Context, id, text string) (reply, error) {
	r, err := f.site.do(ctx, f.key, call{method: http.MethodPost, path: "/api/messaging/messages", body: map[string]any{
		"roomId": f.room, "type": "text", "localId": id, "body": map[string]string{"text": text},
	}})
	if err != nil || r.status != http.StatusOK {
		return r, err
	}
	posted, err := read[api.PostedData](r)
	if err != nil {
		return r, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if first, ok := f.said[id]; ok && first != posted.Message.ID {
		return r, fmt.Errorf("%s is message %d, and was %d", id, posted.Message.ID, first)
	}
	f.said[id] = posted.Message.ID
	return r, nil
}

// mustSay is say that must be answered well at once.
func (f *fault) mustSay(id, text string) {
	f.t.Helper()
	if r, err := f.say(f.t.Context(), id, text); err != nil || r.status != http.StatusOK {
		f.t.Fatalf("%s: status %d: %s: %v", id, r.status, r.message, err)
	}
}

// untilSaid says it again until it is answered well.
func (f *fault) untilSaid(id, text string) {
	f.t.Helper()
	f.await("the server recovers", func() bool {
		r, err := f.say(f.t.Context(), id, text)
		return err == nil && r.status == http.StatusOK
	})
}

// await asks until something holds. A test that has failed meanwhile is over.
func (f *fault) await(what string, holds func() bool) {
	f.t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if f.t.Failed() {
			f.t.FailNow()
		}
		if time.Now().After(end) {
			f.t.Fatalf("in vain waited until %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// answered gives the ids of the messages as they were answered, in order.
func (f *fault) answered() []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ids []int64
	for _, id := range f.said {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// texts gives the room's messages as a member reads them, by id.
func (f *fault) texts() map[int64]string {
	f.t.Helper()
	out := map[int64]string{}
	for cursor := int64(0); ; {
		path := fmt.Sprintf("/api/messenger/messages/roomId/%d", f.room)
		if cursor != 0 {
			path += fmt.Sprintf("?cursor=%d", cursor)
		}
		r, err := f.site.do(f.t.Context(), f.person, call{method: http.MethodGet, path: path})
		if err != nil {
			f.t.Fatal(err)
		}
		list, err := read[api.MessageList](r)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, m := range list.List {
			var body struct{ Text string }
			if err := json.Unmarshal(m.Body, &body); err != nil {
				f.t.Fatal(err)
			}
			out[m.ID] = body.Text
		}
		if list.NextCursor == nil {
			return out
		}
		cursor = *list.NextCursor
	}
}

// check holds what the room shows against what was answered: every answered
// message once, and nothing else.
func (f *fault) check() {
	f.t.Helper()
	shown := f.texts()
	var ids []int64
	texts := map[string]bool{}
	for id, text := range shown {
		ids = append(ids, id)
		if texts[text] {
			f.t.Errorf("%.40q is there twice", text)
		}
		texts[text] = true
	}
	slices.Sort(ids)
	if want := f.answered(); !slices.Equal(ids, want) {
		f.t.Errorf("the room holds %d messages, and %d were answered: %v and %v", len(ids), len(want), ids, want)
	}
}

// refused fails the test unless a reply says, with its status and in a sentence,
// that the server cannot do it now.
func (f *fault) refused(r reply, want string) {
	f.t.Helper()
	if r.status != http.StatusServiceUnavailable || !strings.HasPrefix(r.message, want) {
		f.t.Fatalf("status %d: %q; want 503: %s", r.status, r.message, want)
	}
}

// hear listens as the person until the test ends.
func (f *fault) hear() *heard {
	f.t.Helper()
	c, err := client.New(client.Options{URL: base, Token: f.person.token, HTTP: f.site.http})
	if err != nil {
		f.t.Fatal(err)
	}
	h := newHeard()
	ctx, cancel := context.WithCancel(f.t.Context())
	var listening sync.WaitGroup
	listening.Go(func() {
		for e, err := range c.Events(ctx, client.EventOptions{}) {
			if err == nil {
				err = h.take(e.Event)
			}
			if err != nil && ctx.Err() == nil {
				f.t.Errorf("the events: %v", err)
			}
		}
	})
	f.t.Cleanup(func() { cancel(); listening.Wait() })
	select {
	case <-h.live:
	case <-time.After(patience):
		f.t.Fatal("the listener hears nothing")
	}
	return h
}

// told waits until a listener was told every answered message, each once and in
// order.
func (f *fault) told(h *heard) {
	f.t.Helper()
	f.await("everything is told", func() bool { return slices.Equal(h.all(), f.answered()) })
}

// crowd posts from several connections at once until it is stopped. What is not
// answered well is said again under the same id until it is.
type crowd struct {
	f       *fault
	end     func() // the posting; the second time it does nothing
	over    chan struct{}
	wg      sync.WaitGroup
	posted  atomic.Int64
	refused atomic.Int64
}

func (f *fault) crowd(n int) *crowd {
	c := &crowd{f: f, over: make(chan struct{})}
	c.end = sync.OnceFunc(func() { close(c.over) })
	f.t.Cleanup(c.stop)
	for i := range n {
		c.wg.Go(func() { c.post(i) })
	}
	return c
}

func (c *crowd) post(who int) {
	for n := 0; ; n++ {
		select {
		case <-c.over:
			return
		default:
		}
		id := fmt.Sprintf("%d/%d", who, n)
		for end := time.Now().Add(patience); ; {
			r, err := c.f.say(c.f.t.Context(), id, "says "+id)
			if err == nil && r.status == http.StatusOK {
				c.posted.Add(1)
				break
			}
			if err != nil || r.status != http.StatusServiceUnavailable || time.Now().After(end) {
				c.f.t.Errorf("%s: status %d: %s: %v", id, r.status, r.message, err)
				return
			}
			c.refused.Add(1)
			select { // of its own accord: a client may ask again at once
			case <-time.After(10 * time.Millisecond):
			case <-c.over:
				return
			}
		}
	}
}

// awaitMore waits until some more posts are answered.
func (c *crowd) awaitMore(n int64) {
	c.f.t.Helper()
	want := c.posted.Load() + n
	c.f.await("posts are answered", func() bool { return c.posted.Load() >= want })
}

func (c *crowd) stop() {
	c.end()
	c.wg.Wait()
}
