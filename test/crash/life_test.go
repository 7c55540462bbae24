package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"spika/internal/store/storetest"
)

// Environment variables that shape the run.
const (
	killsEnv = "SPIKA_CRASH_KILLS" // how many kills under load for each database
	seedEnv  = "SPIKA_CRASH_SEED"  // what chance starts from; every run says its own
)

const (
	defaultKills = 25
	// killsPerLife is how many of them one database has to survive: checking it
	// takes the longer the more is in it.
	killsPerLife = 25
	// birthKills is how many servers are killed on an empty database, while they
	// make its tables.
	birthKills = 5
	// startWithin is about how long a server takes to start.
	startWithin = 120 * time.Millisecond
	// loadFor is how long a server is under load at most before it is killed.
	loadFor = 150 * time.Millisecond
	// longLoad is how much longer some of them are.
	longLoad = time.Second
)

// databases are what everything is tried on.
var databases = []struct {
	name string
	url  func(testing.TB) string
}{
	{"SQLite", storetest.SQLite},
	{"PostgreSQL", storetest.Postgres},
}

// TestKill has databases live through servers that are killed under load, and
// checks after each kill, and over HTTP at the end, that they hold what was
// answered and nothing by halves.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	kills, seed := number(t, killsEnv, defaultKills), uint64(number(t, seedEnv, 1+int(rand.Uint32N(1<<31))))
	t.Logf("chance starts from %s=%d", seedEnv, seed)
	program, kept := build(t), 0
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			for left, n := kills, uint64(0); left > 0; left, n = left-killsPerLife, n+1 {
				t.Run(fmt.Sprintf("life %d", n+1), func(t *testing.T) {
					l := &life{t: t, rng: rand.New(rand.NewPCG(seed, n)), installation: install(t, program, db.url(t)), tables: map[int64]int{0: 0}}
					kept += l.live(min(left, killsPerLife))
				})
			}
		})
	}
	if kept == 0 && kills >= defaultKills && !t.Failed() {
		t.Error("no kill hit a post between being stored and being answered: the moments are badly chosen")
	}
}

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("%s must be a number, 1 or more", name)
	}
	return n
}

// life is one database from its birth to its last check.
type life struct {
	*installation
	t    *testing.T
	rng  *rand.Rand
	load *load

	before state         // at the last check
	tables map[int64]int // how many there are, by version of the schema
	early  int           // kills during the start
	late   int           // kills while stopping
}

// live has a database live through so many kills under load. It gives how many
// posts were stored and their answers cut off.
func (l *life) live(kills int) int {
	l.beBorn()
	l.load = &load{t: l.t, site: &site{http: l.gate.client()}, ledger: newLedger(), town: settle(l.t, l.installation), over: make(chan struct{})}
	ctx, cancel := context.WithCancel(l.t.Context())
	defer l.load.listeners.Wait()
	defer l.load.actors.Wait()
	defer cancel()

	server := l.start(l.t)
	l.gate.open(server.await(l.t))
	heard := l.listen(ctx)
	l.act(ctx)
	for kills > 0 {
		if l.killUnderLoad(server) {
			kills--
		}
		l.check()
		l.killAtStart()
		server = l.start(l.t)
		l.gate.open(server.await(l.t))
	}
	l.checkBirth()
	l.calm()
	l.visit(ctx, heard)
	cancel()
	l.gate.shut()
	server.stop(l.t, server.cmd.Process.Pid)
	l.check()
	l.checkRules()
	return l.tell(heard)
}

// calm lets everybody finish what they began: what has an id is now answered.
func (l *life) calm() {
	close(l.load.over)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.load.actors.Wait()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		l.t.Fatal("some requests are never answered")
	}
	for _, p := range l.load.ledger.view().posts {
		if p.clientID() != "" && p.wrong == 0 && p.stored == nil {
			l.t.Errorf("%.40q was never answered", p.text)
		}
	}
}

// beBorn has servers killed while they make the tables.
func (l *life) beBorn() {
	for range birthKills {
		p := l.start(l.t)
		l.after(startWithin, p)
		p.kill(l.t, false)
		l.early++
		l.checkBirth()
	}
}

// after lets a random time of at most d pass.
func (l *life) after(d time.Duration, p *process) {
	select {
	case <-time.After(time.Duration(l.rng.Int64N(int64(d)))):
	case <-p.ended: // which is noticed soon enough
	}
}

// killUnderLoad kills the server at a random moment after the first post it
// answers, or after it is up; now and then, a moment after it was asked to stop,
// when it may be too late to kill it.
func (l *life) killUnderLoad(p *process) bool {
	if l.rng.IntN(4) > 0 {
		l.awaitPost(p)
	}
	if l.rng.IntN(5) == 0 {
		l.after(longLoad, p) // much may be in the log by then, and a checkpoint due
	}
	l.after(loadFor, p)
	l.gate.shut()
	asked := l.rng.IntN(5) == 0
	if asked {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			l.t.Fatalf("the server ended by itself: %v\n%s", err, p.log.String())
		}
		l.after(loadFor, p)
		l.late++
	}
	return p.kill(l.t, asked)
}

// awaitPost waits until a post is answered.
func (l *life) awaitPost(p *process) {
	select {
	case <-l.load.ledger.news: // may be of the last server
	default:
	}
	select {
	case <-l.load.ledger.news:
	case <-p.ended:
	case <-time.After(patience):
		l.t.Fatal("no post is answered")
	}
}

// killAtStart kills servers while they start on what the last one left.
func (l *life) killAtStart() {
	for l.rng.IntN(3) == 0 {
		p := l.start(l.t)
		l.after(startWithin, p)
		p.kill(l.t, false)
		l.early++
		l.check()
	}
}

// act sends everybody off who changes anything.
func (l *life) act(ctx context.Context) {
	town := l.load.town
	var senders []*sender
	for _, k := range town.lobbyKeys {
		senders = append(senders, &sender{who: k, path: keyPath, rooms: []int64{town.lobby}})
	}
	for _, k := range town.annexKeys {
		senders = append(senders, &sender{who: k, path: keyPath, rooms: []int64{town.annex}})
	}
	for _, p := range town.talkers {
		senders = append(senders, &sender{who: p, path: personPath, rooms: []int64{town.lobby, town.annex}})
	}
	for _, s := range senders {
		for n := range 2 { // of each, to have one account post twice at once
			s := &sender{load: l.load, name: fmt.Sprintf("%s/%d", s.who.name, n+1), who: s.who, path: s.path, rooms: s.rooms, rng: l.chance()}
			l.load.actors.Go(func() { s.run(ctx) })
		}
	}
	for _, p := range town.talkers {
		r := &reader{load: l.load, who: p, rooms: []int64{town.lobby, town.annex}, rng: l.chance()}
		l.load.actors.Go(func() { r.run(ctx) })
	}
	guest := &reader{load: l.load, who: town.guest, rooms: []int64{town.lobby}, rng: l.chance(), guest: true}
	l.load.actors.Go(func() { guest.run(ctx) })
	l.load.ledger.confirm(roomName, "Lobby")
	l.load.ledger.confirm(guestIn, "in")
	keeper := &keeper{load: l.load, who: town.keeper, room: town.lobby, guest: town.guest.user, rng: l.chance()}
	l.load.actors.Go(func() { keeper.run(ctx) })
}

// listen has both listeners listen, before the first message is posted.
func (l *life) listen(ctx context.Context) []*heard {
	who := l.load.town.listeners
	all := []*heard{newHeard(), newHeard()}
	b := &browser{load: l.load, who: who[0], heard: all[0]}
	f := &follower{load: l.load, who: who[1], heard: all[1], rng: l.chance()}
	l.load.listeners.Go(func() { b.run(ctx) })
	l.load.listeners.Go(func() { f.run(ctx) })
	for _, h := range all {
		select {
		case <-h.live:
		case <-time.After(patience):
			l.t.Fatal("a listener hears nothing")
		}
	}
	return all
}

// chance gives an actor a source of its own.
func (l *life) chance() *rand.Rand { return rand.New(rand.NewPCG(l.rng.Uint64(), 0)) }
