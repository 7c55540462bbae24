package httpapi

import (
	"math"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"spika/internal/chat"
)

// limiter counts attempts that someone could repeat to guess a secret. Each key
// has a bucket of n attempts that fills up again in one window; an attempt that
// turns out well is given back. Counts are this process's own.
type limiter struct {
	n       int
	window  time.Duration
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
	sweepAt int // buckets at which those that are full again are dropped
}

// fewBuckets is how many buckets are not worth sweeping.
const fewBuckets = 1_000

func newLimiter(n int, window time.Duration) *limiter {
	return &limiter{n: n, window: window, buckets: map[string]*rate.Limiter{}, sweepAt: fewBuckets}
}

// attempt is one that was allowed and may be given back.
type attempt struct {
	at    time.Time
	taken []*rate.Reservation
}

// forgive gives the attempt back: it did no harm.
func (t *attempt) forgive() {
	for _, r := range t.taken {
		r.CancelAt(t.at)
	}
}

// take counts an attempt under every key, in order. It fails with TooMany at
// the first key that has none left.
func (l *limiter) take(keys ...string) (*attempt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &attempt{at: time.Now()}
	for _, key := range keys {
		r := l.bucket(key, t.at).ReserveN(t.at, 1)
		if wait := r.DelayFrom(t.at); wait > 0 {
			r.CancelAt(t.at)
			return nil, errTooMany(wait)
		}
		t.taken = append(t.taken, r)
	}
	return t, nil
}

// check fails with TooMany when a key has no attempt left, and counts none.
func (l *limiter) check(key string) error {
	t, err := l.take(key)
	if err == nil {
		t.forgive()
	}
	return err
}

func errTooMany(wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	e := chat.Errorf(chat.TooMany, "Too many attempts: try again in %d seconds", seconds)
	e.RetryAfter = seconds
	return e
}

func (l *limiter) bucket(key string, now time.Time) *rate.Limiter {
	b, ok := l.buckets[key]
	if !ok {
		l.sweep(now)
		b = rate.NewLimiter(rate.Every(l.window/time.Duration(l.n)), l.n)
		l.buckets[key] = b
	}
	return b
}

// sweep drops buckets that are full, once there are many.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < l.sweepAt {
		return
	}
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.n) {
			delete(l.buckets, key)
		}
	}
	l.sweepAt = max(fewBuckets, 2*len(l.buckets))
}

// addressKey is under what attempts from an address are counted. Whoever has one
// IPv6 address has a /64 of them.
func addressKey(addr netip.Addr) string {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return "address " + p.String()
		}
	}
	return "address " + addr.String()
}

// accountKey is under what attempts on an account are counted, whether there is
// one or not.
func accountKey(email string) string { return "account " + strings.ToLower(strings.TrimSpace(email)) }

// signInAttempt counts an attempt to tell an account's password.
func (a *API) signInAttempt(c *call, email string) (*attempt, error) {
	return a.signIns.take(addressKey(a.address(c.r)), accountKey(email))
}

// codesPerAddress is how many times as many codes an address can ask for as a
// number: colleagues share one.
const codesPerAddress = 10

// codeAttempt counts a code that is asked for. It is not given back: every
// message costs money and bothers someone.
func (a *API) codeAttempt(c *call, number string) error {
	if _, err := a.codeAddresses.take(addressKey(a.address(c.r))); err != nil {
		return err
	}
	_, err := a.codeNumbers.take(number)
	return err
}

// linkAttempt counts an attempt to use a link's token.
func (a *API) linkAttempt(c *call) (*attempt, error) {
	return a.tokens.take(addressKey(a.address(c.r)))
}
