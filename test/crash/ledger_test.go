package crash

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// post is a message that somebody tries to post, and what came of it. Its text
// is its own: no two posts share one.
type post struct {
	by      account
	path    string
	room    int64
	text    string
	local   any    // localId: a string, an int or nil
	key     string // Idempotency-Key; empty: none
	replyTo int64  // 0: nothing
	wrong   int    // the status it must be refused with; 0: nothing is wrong with it

	// Guarded by the ledger.
	stored *stored // as it was answered; nil: no answer came
	cut    int     // tries whose answer was cut off
}

// stored is what an answer says of a message.
type stored struct {
	id, from, total, created int64
	replay                   bool
}

// clientID is what makes the post exactly-once; empty: nothing does.
func (p *post) clientID() string {
	switch local := p.local.(type) {
	case string:
		return p.idOr(local)
	case int:
		return p.idOr(strconv.Itoa(local))
	}
	return p.key
}

func (p *post) idOr(local string) string {
	if p.key != "" {
		return p.key
	}
	return local
}

// mark is something a person reported: having received (kind 1) or seen (2).
type mark struct {
	user, room int64
	kind       int
}

// ledger is what the world outside the server knows.
type ledger struct {
	mu    sync.Mutex
	posts map[string]*post // by text
	marks map[mark]int64   // the newest message whose report was answered
	facts map[string]*fact // by name
	news  chan struct{}    // holds a signal once a post was answered
}

func newLedger() *ledger {
	return &ledger{posts: map[string]*post{}, marks: map[mark]int64{}, facts: map[string]*fact{}, news: make(chan struct{}, 1)}
}

func (l *ledger) add(p *post) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.posts[p.text] != nil {
		panic("two posts share the text " + p.text)
	}
	l.posts[p.text] = p
}

func (l *ledger) cutOff(p *post) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p.cut++
}

// settle notes an answer. It complains when it differs from an earlier one.
func (l *ledger) settle(p *post, s stored) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.news <- struct{}{}:
	default:
	}
	if p.stored == nil {
		p.stored = &s
		return nil
	}
	before := *p.stored
	before.replay = s.replay
	if before != s || !s.replay {
		return fmt.Errorf("%.40q was answered with %+v, and again with %+v", p.text, *p.stored, s)
	}
	return nil
}

func (l *ledger) mark(m mark, message int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks[m] = max(l.marks[m], message)
}

// fact is a value that one actor sets over and over. After a crash it is what
// the newest answer confirmed, or what was asked for since without an answer.
type fact struct {
	possible []string
}

// ask notes that a value was asked for. The fact must have been confirmed
// before.
func (l *ledger) ask(name, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts[name].possible = append(l.facts[name].possible, value)
}

// confirm notes that value was answered to be so.
func (l *ledger) confirm(name, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts[name] = &fact{possible: []string{value}}
}

// view is a copy of a ledger at one moment. What it holds is not to be changed.
type view struct {
	posts map[string]post
	marks map[mark]int64
	facts map[string][]string
}

func (l *ledger) view() view {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := view{posts: make(map[string]post, len(l.posts)), marks: maps.Clone(l.marks), facts: map[string][]string{}}
	for text, p := range l.posts {
		v.posts[text] = *p
	}
	for name, f := range l.facts {
		v.facts[name] = slices.Clone(f.possible)
	}
	return v
}

// textOf reads the text in a message's body.
func textOf(body []byte) string {
	var b struct{ Text string }
	if err := json.Unmarshal(body, &b); err != nil {
		return fmt.Sprintf("not a body: %q", body)
	}
	return b.Text
}
