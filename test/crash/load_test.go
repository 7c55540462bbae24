package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/api"
)

// load is everybody who uses the server at once. An actor goes on where it was
// when the server is back.
type load struct {
	t      *testing.T
	site   *site
	ledger *ledger
	town   *town
	over   chan struct{} // closed when the actors are to come to an end

	actors, listeners sync.WaitGroup
}

// going reports whether an actor is to begin something new.
func (l *load) going(ctx context.Context) bool {
	select {
	case <-l.over:
		return false
	case <-ctx.Done():
		return false
	default:
		return true
	}
}

// pause lets up to d pass between two things an actor does.
func (l *load) pause(ctx context.Context, rng *rand.Rand, d time.Duration) {
	select {
	case <-time.After(time.Duration(rng.Int64N(int64(d)))):
	case <-l.over:
	case <-ctx.Done():
	}
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

const (
	keyPath    = "/api/messaging/messages" // for keys
	personPath = "/api/messenger/messages" // for people
)

// sender posts one message after the other. What has an id of its own it sends
// again until it is answered.
type sender struct {
	*load
	name  string // its own, unlike its account's
	who   account
	path  string
	rooms []int64
	rng   *rand.Rand

	n      int
	mine   []*post         // answered, with an id
	newest map[int64]int64 // by room: the newest message it knows of
}

func (s *sender) run(ctx context.Context) {
	s.newest = map[int64]int64{}
	for s.going(ctx) {
		switch n := s.rng.IntN(20); {
		case n < 2 && len(s.mine) > 0:
			s.send(ctx, pick(s.rng, s.mine))
		case n < 4:
			s.begin(ctx, s.wrong())
		default:
			s.begin(ctx, s.draft())
		}
	}
}

func (s *sender) begin(ctx context.Context, p *post) {
	s.ledger.add(p)
	s.send(ctx, p)
}

// draft makes a post that is in order: with one of the kinds of id or none,
// some of them answering a message.
func (s *sender) draft() *post {
	s.n++
	p := &post{by: s.who, path: s.path, room: pick(s.rng, s.rooms), text: s.text()}
	id := fmt.Sprintf("%s %d", s.name, s.n)
	switch s.rng.IntN(5) {
	case 0: // none
	case 1:
		p.local = id
	case 2:
		p.local = s.rng.IntN(1 << 50) // as good as unique
	case 3:
		p.key = id
	case 4:
		p.key, p.local = id, "for show"
	}
	if s.rng.IntN(8) == 0 {
		p.replyTo = s.newest[p.room]
	}
	return p
}

// wrong makes a post that must be refused, by the code that stores it: so it
// shares a transaction with others, and must not harm them.
func (s *sender) wrong() *post {
	p := s.draft()
	p.wrong = http.StatusBadRequest
	switch {
	case len(s.mine) > 0 && s.rng.IntN(3) == 0:
		first := pick(s.rng, s.mine)
		p.room, p.local, p.key, p.wrong = first.room, first.local, first.key, http.StatusConflict
	case s.rng.IntN(2) == 0:
		p.replyTo = 1 << 30
	default:
		p.room = 1 << 30
	}
	return p
}

// text is short for most, and now and then as long as many pages of a database.
func (s *sender) text() string {
	const filler = "\"Lücke\" \\ \n 🙂 "
	n := s.rng.IntN(10)
	switch s.rng.IntN(50) {
	case 0:
		n = s.rng.IntN(3_000)
	case 1, 2, 3:
		n = s.rng.IntN(300)
	}
	return fmt.Sprintf("%s %d: %s.", s.name, s.n, strings.Repeat(filler, n))
}

// send sends a post, and again while there is no answer, if that makes no second
// message.
func (s *sender) send(ctx context.Context, p *post) {
	for ctx.Err() == nil {
		r, err := s.site.do(ctx, s.who, p.call())
		if err != nil {
			s.ledger.cutOff(p)
			if p.clientID() == "" {
				return
			}
			continue
		}
		if m, ok := s.judge(p, r); ok {
			s.newest[p.room] = max(s.newest[p.room], m.ID)
			if p.clientID() != "" && !r.replay {
				s.mine = append(s.mine, p)
			}
		}
		return
	}
}

func (p *post) call() call {
	body := map[string]any{"roomId": p.room, "type": api.TypeText, "body": api.TextBody{Text: p.text}}
	if p.local != nil {
		body["localId"] = p.local
	}
	if p.replyTo != 0 {
		body["replyId"] = p.replyTo
	}
	return call{method: http.MethodPost, path: p.path, key: p.key, body: body}
}

// judge holds an answer against the post and notes it. It reports false for one
// that was refused.
func (l *load) judge(p *post, r reply) (api.PostedMessage, bool) {
	if p.wrong != 0 {
		if r.status != p.wrong {
			l.t.Errorf("%.40q is answered with %d, not %d: %s", p.text, r.status, p.wrong, r.message)
		}
		return api.PostedMessage{}, false
	}
	data, err := read[api.PostedData](r)
	if err != nil {
		l.t.Errorf("%.40q: %v", p.text, err)
		return api.PostedMessage{}, false
	}
	m := data.Message
	if complaint := p.differs(m); complaint != "" {
		l.t.Errorf("%.40q is answered with another %s: %.300s", p.text, complaint, r.data)
	}
	if err := l.ledger.settle(p, stored{id: m.ID, from: m.FromUserID, total: m.TotalUserCount, created: m.CreatedAt, replay: r.replay}); err != nil {
		l.t.Error(err)
	}
	return m, true
}

// differs says in what a message is not as it was posted.
func (p *post) differs(m api.PostedMessage) string {
	replyTo := int64(0)
	if m.ReplyID != nil {
		replyTo = *m.ReplyID
	}
	switch {
	case textOf(m.Body) != p.text:
		return "text"
	case m.RoomID != p.room:
		return "room"
	case m.Type != api.TypeText || m.Deleted || m.ModifiedAt != m.CreatedAt:
		return "state"
	case p.by.user != 0 && m.FromUserID != p.by.user:
		return "sender"
	case replyTo != p.replyTo:
		return "reply target"
	case !bytes.Equal(m.LocalID, p.localAsTold()):
		return "localId"
	case m.SeenCount > m.DeliveredCount || m.DeliveredCount > m.TotalUserCount:
		return "order of counts"
	}
	return ""
}

// localAsTold is the localId of a reply: as it came for keys, else a string.
func (p *post) localAsTold() []byte {
	local := p.local
	if n, ok := local.(int); ok && p.path == personPath {
		local = fmt.Sprint(n)
	}
	b, err := json.Marshal(local)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return b
}
