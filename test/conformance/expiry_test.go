package conformance

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"spika/api"
	"spika/internal/config"
	"spika/internal/server/servertest"
)

func expiryChecks() []check {
	return []check{
		{"session", expirySession},
		{"links", expiryLinks},
		{"old events", expiryEvents},
		{"a clock that jumps back", expiryClock},
	}
}

// clock is a time that the test can move.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) move(d time.Duration) { c.ahead.Add(int64(d)) }

// withClock starts a server in this process whose time the test can move.
func (l *local) withClock(t *testing.T, change func(*config.Config)) (*target, *servertest.Server, *clock) {
	t.Helper()
	c := new(clock)
	server := servertest.Start(t, servertest.Options{Postgres: l.postgres, Clock: c.now, Config: func(cfg *config.Config) {
		cfg.Listen = config.Listen(freeAddress(t))
		if change != nil {
			change(cfg)
		}
	}})
	s := newTarget("sqlite", server.URL, l.spec, l.met)
	s.local, s.note = l, l.note
	s.people = byLinks(t, s, server.Alice.Token)
	return s, server, c
}

func expirySession(t *testing.T, s *target) {
	s, _, clock := s.needLocal(t).withClock(t, func(c *config.Config) { c.SessionLife = 10 * time.Hour })
	used, unused := s.person(t, "Ann"), s.person(t, "Ben")
	for range 4 { // each use lengthens it
		clock.move(6 * time.Hour)
		used.get(t, "/me").ok(t)
	}
	unused.get(t, "/me").fails(t, http.StatusUnauthorized, "Expired access token")
	unused.post(t, "/rooms", object{"type": "group"}).fails(t, http.StatusUnauthorized, "Expired access token")
	s.do(t, request{method: "GET", path: "/api/sse", token: unused.Token}).fails(t, http.StatusUnauthorized, "Expired access token")
	device := data[api.DeviceData](t, used.get(t, "/device")).Device
	if left := time.UnixMilli(*device.TokenExpiredAt).Sub(clock.now()); left < 9*time.Hour || left > 10*time.Hour+time.Minute {
		t.Errorf("a session that was just used lives another %v, want about 10 h", left)
	}
	clock.move(11 * time.Hour)
	used.get(t, "/me").fails(t, http.StatusUnauthorized, "Expired access token")
}

func expiryLinks(t *testing.T, s *target) {
	s, _, clock := s.needLocal(t).withClock(t, nil)
	owner := s.people.owner()
	invite := data[api.CreatedInvite](t, owner.post(t, "/invites", object{"expiresInHours": 1})).URL
	reset := data[api.AddedPerson](t, owner.post(t, "/people", object{"displayName": "Ann", "emailAddress": newEmail()})).Link.URL
	const gone = "This link is unknown, used or expired"
	clock.move(59 * time.Minute)
	s.inspect(t, invite).ok(t)
	s.join(t, invite, "Ben", newEmail()).ok(t)
	clock.move(2 * time.Minute)
	s.inspect(t, invite).fails(t, http.StatusNotFound, gone)
	s.join(t, invite, "Cy", newEmail()).fails(t, http.StatusNotFound, gone)
	if got := data[api.InviteList](t, owner.get(t, "/invites")).List; len(got) != 0 {
		t.Errorf("an expired invite is listed: %+v", got)
	}
	clock.move(70 * time.Hour)
	s.inspect(t, reset).ok(t)
	clock.move(2 * time.Hour)
	s.inspect(t, reset).fails(t, http.StatusNotFound, gone)
	s.reset(t, reset, password).fails(t, http.StatusNotFound, gone)
}

// Events are kept for a week. Who was away for longer fetches anew what it
// shows.
func expiryEvents(t *testing.T, s *target) {
	s, server, clock := s.needLocal(t).withClock(t, nil)
	c := s.chat(t)
	st := c.ben.listen(t)
	begin := st.last()
	c.bot.say(t, "long ago")
	st.next(t, "the message", is(api.EventNewMessage))
	clock.move(8 * 24 * time.Hour)
	kept := c.bot.say(t, "yesterday")
	st.next(t, "the message", is(api.EventNewMessage))
	if err := server.Service().DropOldEvents(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Restart(t) // what is in memory is kept for longer
	told := func(f frame) bool { return brief(f) != "" }
	late := c.ben.listen(t, place{after: begin})
	if f := late.next(t, "RESYNC", told); f.event.Type != api.EventResync {
		t.Errorf("who was away for too long is told %v", f)
	}
	m := c.bot.say(t, "now")
	if f := late.next(t, "the message", told); f.event.Message == nil || f.event.Message.ID != m.ID {
		t.Errorf("after that it is told %v", f)
	}
	reached, err := strconv.ParseInt(st.last(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	back := c.ben.listen(t, place{after: strconv.FormatInt(reached-1, 10)})
	if f := back.next(t, "the message", told); f.event.Message == nil || f.event.Message.ID != kept.ID {
		t.Errorf("who was away for a day is told %v, want message %d", f, kept.ID)
	}
}

// Times never go back, whatever the machine's clock does.
func expiryClock(t *testing.T, s *target) {
	s, _, clock := s.needLocal(t).withClock(t, nil)
	c := s.chat(t)
	clock.move(2 * time.Hour)
	first := c.bot.say(t, "in two hours")
	_, place := c.ben.syncMessages(t, 0)
	clock.move(-time.Hour)
	second := c.bot.say(t, "an hour before")
	if second.CreatedAt < first.CreatedAt || second.ID <= first.ID {
		t.Errorf("message %d is of %d, the one before, %d, of %d", second.ID, second.CreatedAt, first.ID, first.CreatedAt)
	}
	c.bot.say(t, "and another")
	if ids, _ := c.ben.syncMessages(t, place); len(ids) != 2 {
		t.Errorf("sync from the first message on gives %v, want the two later ones", ids)
	}
}
