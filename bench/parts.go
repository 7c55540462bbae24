package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
)

var connectionCounts = []int{1, 16, 64, 256}

const fewPeople = 10

// posts measures the limit and durable posts through one key.
func (b *bench) posts(ctx context.Context) error {
	bare, err := startBare(ctx, b.bare)
	if err != nil {
		return err
	}
	b.results.Limit, err = b.hammerAll(bare.addr, request(bare.addr, "/", "", postTo(1)))
	if err := errors.Join(err, bare.stop()); err != nil {
		return err
	}
	for _, database := range b.databases() {
		list, err := b.postsTo(ctx, database, contents{people: fewPeople}, connectionCounts)
		if err != nil {
			return err
		}
		b.results.Posts = append(b.results.Posts, posts{Database: database, People: fewPeople, Load: list})
	}
	return nil
}

// rooms measures posts into large rooms and a full store.
func (b *bench) rooms(ctx context.Context) error {
	at := []int{64}
	for _, database := range b.databases() {
		for _, c := range []contents{{people: fewPeople}, {people: 1_000}, {people: 10_000}, {people: fewPeople, messages: b.stored}} {
			list, err := b.postsTo(ctx, database, c, at)
			if err != nil {
				return err
			}
			b.results.Rooms = append(b.results.Rooms, posts{Database: database, People: c.people, Stored: c.messages, Load: list})
		}
	}
	return nil
}

// postsTo measures posts into a store with the contents.
func (b *bench) postsTo(ctx context.Context, database string, c contents, connections []int) ([]throughput, error) {
	p, s, err := b.start(ctx, database, c)
	if err != nil {
		return nil, err
	}
	req := request(p.addr, "/api/messaging/messages", s.key, postTo(s.room))
	var out []throughput
	for _, n := range connections {
		t, err := b.hammerRounds(p.addr, req, n)
		if err != nil {
			return nil, errors.Join(err, p.stop())
		}
		t.Ratio = ratio(t.PerSecond, b.results.limitAt(n))
		out = append(out, t)
	}
	return out, p.stop()
}

func (b *bench) hammerAll(addr string, req []byte) ([]throughput, error) {
	var out []throughput
	for _, n := range connectionCounts {
		t, err := b.hammerRounds(addr, req, n)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// hammerRounds gives the round with the median throughput.
func (b *bench) hammerRounds(addr string, req []byte, connections int) (throughput, error) {
	rounds := map[float64]throughput{}
	var rates []float64
	for range b.rounds {
		t, err := hammer(addr, req, connections, b.each)
		if err != nil {
			return throughput{}, err
		}
		rounds[t.PerSecond] = t
		rates = append(rates, t.PerSecond)
	}
	return rounds[median(rates)], nil
}

// fanout measures how fast posts reach those who listen.
func (b *bench) fanout(ctx context.Context) error {
	const most = 1_000
	for _, n := range []int{100, most} {
		f, err := b.fanoutAt(ctx, n, 50)
		if err != nil {
			return err
		}
		b.results.Fanout = append(b.results.Fanout, f)
	}
	for _, rate := range []int{75, 100, 150, 200, 300} {
		f, err := b.fanoutAt(ctx, most, rate)
		if err != nil {
			return err
		}
		b.results.Fanout = append(b.results.Fanout, f)
		if f.CutOff > 0 || f.Missing > 0 {
			break
		}
	}
	return nil
}

func (b *bench) fanoutAt(ctx context.Context, listeners, rate int) (fanout, error) {
	p, s, err := b.start(ctx, sqliteName, contents{people: listeners, sessions: listeners})
	if err != nil {
		return fanout{}, err
	}
	f, err := measureFanout(p, s, rate, 2*b.each)
	return f, errors.Join(err, p.stop())
}

// startup measures the time from starting the program to its first 200.
func (b *bench) startup(ctx context.Context) error {
	for _, stored := range []int{0, b.stored} {
		at := b.site(sqliteName)
		if stored > 0 {
			if _, err := seed(ctx, at, contents{people: fewPeople, messages: stored}); err != nil {
				return err
			}
		}
		var spans []float64
		for range 2*b.rounds + 1 {
			p, took, err := startSpika(ctx, b.spika, at)
			if err != nil {
				return err
			}
			spans = append(spans, ms(took))
			if err := p.stop(); err != nil {
				return err
			}
		}
		b.results.Startup = append(b.results.Startup, startup{Stored: stored, First: spans[0], Median: median(spans[1:])})
	}
	return nil
}

// memory measures the server at rest, without and with idle listeners.
func (b *bench) memory(ctx context.Context) error {
	const (
		listeners = 1_000
		settled   = 300 * time.Second
	)
	p, s, err := b.start(ctx, sqliteName, contents{people: listeners, sessions: listeners})
	if err != nil {
		return err
	}
	time.Sleep(time.Second)
	idle := p.memory()
	c, err := gather(p.addr, s, listeners, 0)
	if err != nil {
		return errors.Join(err, p.stop())
	}
	time.Sleep(settled) // connecting leaves garbage behind, which an idle server gives back over some minutes
	full := p.memory()
	close(c.over)
	info, err := os.Stat(b.spika)
	if err != nil {
		return err
	}
	b.results.Memory = &memory{IdleMB: mb(idle), ListenerKB: float64(full-idle) / listeners / 1024, BinaryMB: mb(info.Size())}
	err = p.stop() // ends the listeners, too
	c.wg.Wait()
	return err
}

func mb(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// profile writes what the server's processor did while it took posts.
func (b *bench) profile(ctx context.Context, file string) error {
	at := b.site(sqliteName)
	s, err := seed(ctx, at, contents{people: fewPeople})
	if err != nil {
		return err
	}
	p, _, err := startSpika(ctx, b.spika, at, "--cpu-profile", file)
	if err != nil {
		return err
	}
	_, err = hammer(p.addr, request(p.addr, "/api/messaging/messages", s.key, postTo(s.room)), 64, b.each)
	return errors.Join(err, p.stop())
}

const (
	sqliteName   = "sqlite"
	postgresName = "postgres"
)

func (b *bench) databases() []string {
	if b.pg == "" {
		return []string{sqliteName}
	}
	return []string{sqliteName, postgresName}
}

// start seeds a new site and starts the server over it.
func (b *bench) start(ctx context.Context, database string, c contents) (*process, seeded, error) {
	at, err := b.emptySite(ctx, database)
	if err != nil {
		return nil, seeded{}, err
	}
	s, err := seed(ctx, at, c)
	if err != nil {
		return nil, seeded{}, err
	}
	p, _, err := startSpika(ctx, b.spika, at)
	return p, s, err
}

// emptySite gives a new site on a database.
func (b *bench) emptySite(ctx context.Context, database string) (site, error) {
	at := b.site(database)
	if database == postgresName {
		return at, b.emptyPostgres(ctx, &at)
	}
	return at, nil
}

func (b *bench) site(name string) site {
	b.results.sites++
	return site{data: filepath.Join(b.dir, fmt.Sprintf("%s-%d", name, b.results.sites))}
}

// emptyPostgres gives the site a schema of its own.
func (b *bench) emptyPostgres(ctx context.Context, at *site) error {
	u, err := url.Parse(b.pg)
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", b.pg)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range []string{"DROP SCHEMA IF EXISTS bench CASCADE", "CREATE SCHEMA bench"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	q := u.Query()
	q.Set("search_path", "bench")
	u.RawQuery = q.Encode()
	at.database = u.String()
	return nil
}

// settle has PostgreSQL do at once what it does by itself some time after so much
// was written: without, the first reads would be measured before it, and the
// others after.
func settle(ctx context.Context, at site) error {
	if at.database == "" {
		return nil
	}
	db, err := sql.Open("pgx", at.database)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
	return err
}

func postTo(room int64) string {
	return fmt.Sprintf(`{"roomId":%d,"type":"text","body":%s}`, room, postBody)
}

func ratio(of, limit float64) float64 {
	if limit == 0 {
		return 0
	}
	return of / limit
}
