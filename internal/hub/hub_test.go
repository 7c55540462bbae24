package hub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spika/internal/chat"
	"spika/internal/hub"
)

// team is a Source and Renderer: who is in which room, and events as text.
type team struct {
	mu       sync.Mutex
	seq      int64
	rooms    map[int64][]int64  // room -> people
	since    map[[2]int64]int64 // room and person -> the first event that is for them
	past     []chat.Event
	rendered int
	broken   int64 // the event that cannot be rendered
	fails    error

	meanwhile func() // if set, happens while an event is written down for one person
}

func newTeam() *team { return &team{rooms: map[int64][]int64{}, since: map[[2]int64]int64{}} }

func (t *team) Replay(_ context.Context, user, after int64) (chat.Replay, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := chat.Replay{Seq: t.seq, Rooms: map[int64]int64{}}
	for room, people := range t.rooms {
		if slices.Contains(people, user) {
			r.Rooms[room] = t.since[[2]int64{room, user}]
		}
	}
	return r, t.fails
}

func (t *team) RoomPeople(_ context.Context, room int64) (map[int64]int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[int64]int64{}
	for _, user := range t.rooms[room] {
		out[user] = t.since[[2]int64{room, user}]
	}
	return out, t.fails
}

func (t *team) Event(_ context.Context, e chat.Event) (hub.Rendering, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rendered++
	broken := e.Seq == t.broken
	if e.Kind == chat.RoomChanged || e.Kind == chat.RoomDeleted {
		return hub.Rendering{One: func(_ context.Context, user int64) ([][]byte, error) {
			if t.meanwhile != nil {
				t.meanwhile()
			}
			if broken {
				return nil, errors.New("no database")
			}
			return [][]byte{fmt.Appendf(nil, "%d for %d", e.Seq, user)}, nil
		}}, nil
	}
	if broken {
		return hub.Rendering{}, errors.New("no database")
	}
	return hub.Rendering{All: fmt.Appendf(nil, "%d", e.Seq)}, nil
}

func (t *team) Counts(_ context.Context, room, from, to int64) ([]byte, error) {
	return fmt.Appendf(nil, "counts %d %d-%d", room, from, to), nil
}

// happen numbers events and publishes them.
func (t *team) happen(h *hub.Hub, events ...chat.Event) {
	t.mu.Lock()
	for i := range events {
		t.seq++
		events[i].Seq = t.seq
	}
	t.past = append(t.past, events...)
	t.mu.Unlock()
	h.Publish(events)
}

func (t *team) put(room int64, people ...int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rooms[room] = people
}

func start(t *testing.T, source *team) *hub.Hub {
	h := hub.New(0, hub.Options{
		Source: source, Renderer: source, Remember: 8,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	t.Cleanup(h.Close)
	return h
}

func listen(t *testing.T, h *hub.Hub, user, device, after int64) (*hub.Listener, hub.Catchup) {
	t.Helper()
	l, c, err := h.Listen(t.Context(), user, device, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l, c
}

// heard gives what waits for a listener, as text, and its state.
func heard(l *hub.Listener) (string, hub.State) {
	frames, state := l.Take()
	var out []string
	for _, f := range frames {
		out = append(out, strings.Join(text(f.Parts), ""))
	}
	return strings.Join(out, " "), state
}

func text(parts [][]byte) []string {
	var out []string
	for _, p := range parts {
		out = append(out, string(p))
	}
	return out
}

func wantHeard(t *testing.T, who string, l *hub.Listener, want string) {
	t.Helper()
	if got, _ := heard(l); got != want {
		t.Errorf("%s heard %q, want %q", who, got, want)
	}
}

func posted(room int64) chat.Event { return chat.Event{Kind: chat.MessagePosted, RoomID: room} }

func TestEventsReachTheirAudience(t *testing.T) {
	team := newTeam()
	team.put(1, 10, 11)
	team.put(2, 11)
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	annPhone, _ := listen(t, h, 10, 101, -1)
	bob, _ := listen(t, h, 11, 110, -1)

	team.happen(h, posted(1))                                                          // 1
	team.happen(h, posted(2))                                                          // 2
	team.happen(h, chat.Event{Kind: chat.MessagePosted, RoomID: 1, ExceptDevice: 100}) // 3
	team.happen(h, chat.Event{Kind: chat.RoomSeen, RoomID: 1, ToUser: 10, ExceptDevice: 101})
	team.happen(h, chat.Event{Kind: chat.UserChanged, UserID: 99}) // 5

	wantHeard(t, "ann", ann, "1 4 5")
	wantHeard(t, "ann's phone", annPhone, "1 3 5")
	wantHeard(t, "bob", bob, "1 2 3 5")
}

func TestRoomsAreToldToEachReaderAndFollowedLive(t *testing.T) {
	team := newTeam()
	team.put(1, 10)
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	bob, _ := listen(t, h, 11, 110, -1)

	team.happen(h, posted(1)) // 1: bob is not in yet
	team.put(1, 10, 11)
	team.happen(h, chat.Event{Kind: chat.RoomChanged, RoomID: 1}) // 2
	team.happen(h, posted(1))                                     // 3
	team.put(1, 11)
	team.happen(h, chat.Event{Kind: chat.RoomChanged, RoomID: 1}, chat.Event{Kind: chat.RoomLeft, RoomID: 1, ToUser: 10}) // 4 5
	team.happen(h, posted(1))                                                                                             // 6

	wantHeard(t, "ann", ann, "1 2 for 10 3 5")
	wantHeard(t, "bob", bob, "2 for 11 3 4 for 11 6")
}

func TestTwoChangesOfARoomInOneGoAreToldOnce(t *testing.T) {
	team := newTeam()
	team.put(1, 10)
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	team.happen(h, chat.Event{Kind: chat.RoomChanged, RoomID: 1}, posted(1), chat.Event{Kind: chat.RoomChanged, RoomID: 1})
	wantHeard(t, "ann", ann, "2 3 for 10")
}

func TestReturningListenerGetsWhatItMissed(t *testing.T) {
	team := newTeam()
	team.put(1, 10, 11)
	h := start(t, team)
	listen(t, h, 11, 110, -1) // someone listens, so events are rendered
	for range 5 {
		team.happen(h, posted(1))
	}
	rendered := team.rendered
	back, c := listen(t, h, 10, 100, 2)
	if c.Replay || c.Place != 2 {
		t.Fatalf("catch-up is %+v, want from memory, at place 2", c)
	}
	team.happen(h, posted(1))
	wantHeard(t, "who came back", back, "3 4 5 6")
	if team.rendered != rendered+1 {
		t.Errorf("rendered %d times for one new event: what is remembered must not be rendered again", team.rendered-rendered)
	}
}

func TestListenersThatMemoryCannotServeReadTheDatabase(t *testing.T) {
	cases := map[string]func(team *team, h *hub.Hub){
		"away for longer than is remembered": func(team *team, h *hub.Hub) {
			for range 9 {
				team.happen(h, posted(1))
			}
		},
		"its room changed meanwhile": func(team *team, h *hub.Hub) {
			team.happen(h, chat.Event{Kind: chat.RoomChanged, RoomID: 1})
		},
		"it was taken out of a room meanwhile": func(team *team, h *hub.Hub) {
			team.happen(h, chat.Event{Kind: chat.RoomLeft, RoomID: 2, ToUser: 10})
		},
	}
	for name, happens := range cases {
		t.Run(name, func(t *testing.T) {
			team := newTeam()
			team.put(1, 10, 11)
			h := start(t, team)
			listen(t, h, 11, 110, -1)
			team.happen(h, posted(1))
			happens(team, h)
			if _, c := listen(t, h, 10, 100, 0); !c.Replay || c.From != 0 {
				t.Errorf("catch-up is %+v, want a replay from 0", c)
			}
		})
	}
	t.Run("nobody listened", func(t *testing.T) {
		team := newTeam()
		team.put(1, 10)
		h := start(t, team)
		team.happen(h, posted(1))
		if team.rendered != 0 {
			t.Error("an event that nobody hears was rendered")
		}
		if _, c := listen(t, h, 10, 100, 0); !c.Replay {
			t.Errorf("catch-up is %+v, want a replay", c)
		}
	})
}

func TestSlowReaderIsCutOffAndNobodyElse(t *testing.T) {
	team := newTeam()
	team.put(1, 10, 11)
	h := start(t, team)
	slow, _ := listen(t, h, 10, 100, -1)
	quick, _ := listen(t, h, 11, 110, -1)
	for range 2_000 {
		team.happen(h, posted(1))
		if _, state := heard(quick); state != hub.Open {
			t.Fatal("the quick reader was cut off")
		}
	}
	if got, state := heard(slow); state != hub.Cut || got != "" {
		t.Errorf("the slow reader's state is %v with %d bytes waiting, want Cut with none", state, len(got))
	}
}

// A room changes between reading which rooms a listener is in and putting it
// there: it must not end up in a room it was taken out of.
func TestRoomChangeWhileJoiningIsNotLost(t *testing.T) {
	team := newTeam()
	team.put(1, 10)
	var h *hub.Hub
	stale := &staleOnce{team: team, h: func() *hub.Hub { return h }}
	h = hub.New(0, hub.Options{Source: stale, Renderer: team, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	t.Cleanup(h.Close)
	l, _ := listen(t, h, 10, 100, -1)
	team.happen(h, posted(1))
	if got, _ := heard(l); strings.Contains(got, "2") {
		t.Errorf("heard %q from a room it had left", got)
	}
	if stale.calls < 2 {
		t.Error("the stale answer was taken")
	}
}

// Someone joins a room while older events of it are still to be told: those are
// from before their time.
func TestNewcomersHearNothingFromBefore(t *testing.T) {
	team := newTeam()
	team.put(1, 10)
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	bob, _ := listen(t, h, 11, 110, -1)
	team.put(1, 10, 11) // as the database has it already, from event 3 on
	team.since[[2]int64{1, 11}] = 3
	late, _ := listen(t, h, 11, 111, -1)
	changed := chat.Event{Kind: chat.RoomChanged, RoomID: 1}
	team.happen(h, changed)
	team.happen(h, posted(1))
	team.happen(h, changed)
	team.happen(h, posted(1))
	wantHeard(t, "ann", ann, "1 for 10 2 3 for 10 4")
	wantHeard(t, "bob", bob, "3 for 11 4")
	wantHeard(t, "bob's other device", late, "3 for 11 4")
}

// Some come while an event that each reads in their own way is written down: it is
// written down for them, too.
func TestEventsAreNotLostForWhoComesMeanwhile(t *testing.T) {
	team := newTeam()
	team.put(1, 10)
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	var late []*hub.Listener
	team.meanwhile = func() {
		if user := int64(11 + len(late)); user < 14 {
			bob, _ := listen(t, h, user, 10*user, -1)
			late = append(late, bob)
		}
	}
	team.happen(h, chat.Event{Kind: chat.RoomDeleted})
	wantHeard(t, "ann", ann, "1 for 10")
	for i, l := range late {
		wantHeard(t, "who came later", l, fmt.Sprintf("1 for %d", 11+i))
	}
	if len(late) != 3 {
		t.Errorf("%d came later", len(late))
	}
}

// Where no end of them come, the last are cut off, so that they read it in the
// database, and nobody waits for them without end.
func TestEventsDoNotWaitForAllWhoCome(t *testing.T) {
	team := newTeam()
	h := start(t, team)
	var late []*hub.Listener
	team.meanwhile = func() {
		user := int64(11 + len(late))
		l, _ := listen(t, h, user, 10*user, -1)
		late = append(late, l)
	}
	ann, _ := listen(t, h, 10, 100, -1)
	team.happen(h, chat.Event{Kind: chat.RoomDeleted})
	wantHeard(t, "ann", ann, "1 for 10")
	last := len(late) - 1
	wantHeard(t, "the last but one", late[last-1], fmt.Sprintf("1 for %d", 10+last))
	if got, state := heard(late[last]); got != "" || state != hub.Cut {
		t.Errorf("the last heard %q, and their state is %v, want Cut", got, state)
	}
}

// staleOnce takes person 10 out of room 1 right after its first answer.
type staleOnce struct {
	*team
	h     func() *hub.Hub
	calls int
}

func (s *staleOnce) Replay(ctx context.Context, user, after int64) (chat.Replay, error) {
	r, err := s.team.Replay(ctx, user, after)
	if s.calls++; s.calls == 1 {
		s.put(1)
		s.happen(s.h(), chat.Event{Kind: chat.RoomChanged, RoomID: 1})
	}
	return r, err
}

func TestEndedSessionsAreDoubted(t *testing.T) {
	team := newTeam()
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	bob, _ := listen(t, h, 11, 110, -1)
	team.happen(h, chat.Event{Kind: chat.AccessChanged, UserID: 10})
	if _, state := heard(ann); state != hub.Doubted {
		t.Errorf("ann's state is %v, want Doubted", state)
	}
	if _, state := heard(ann); state != hub.Open {
		t.Errorf("ann's state is %v after the doubt was told, want Open", state)
	}
	if _, state := heard(bob); state != hub.Open {
		t.Errorf("bob's state is %v, want Open", state)
	}
}

func TestCountsOfLargeRoomsAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		team := newTeam()
		team.put(1, 10)
		h := start(t, team)
		ann, _ := listen(t, h, 10, 100, -1)
		receipt := func(from, to int64) chat.Event {
			return chat.Event{
				Kind: chat.ReceiptMade, RoomID: 1, ToUser: 99, UserID: 99,
				Data: fmt.Appendf(nil, `{"k":1,"a":%d,"b":%d,"l":true}`, from, to),
			}
		}
		team.happen(h, receipt(5, 5), receipt(3, 4), receipt(7, 9))
		wantHeard(t, "ann, at once,", ann, "")
		time.Sleep(time.Second) // of the test's own time
		synctest.Wait()
		wantHeard(t, "ann, a second later,", ann, "counts 1 3-9")
		time.Sleep(time.Second)
		synctest.Wait()
		wantHeard(t, "ann, when nothing moved,", ann, "")
		h.Close()
	})
}

func TestCloseEndsEveryListener(t *testing.T) {
	team := newTeam()
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	h.Close()
	<-ann.Wake()
	if _, state := heard(ann); state != hub.Closed {
		t.Errorf("state is %v, want Closed", state)
	}
	late, _ := listen(t, h, 11, 110, -1)
	if _, state := heard(late); state != hub.Closed {
		t.Errorf("a listener that came late is %v, want Closed", state)
	}
}

func TestUnreadableMembersCutEveryoneOff(t *testing.T) {
	team := newTeam()
	team.put(1, 10)
	h := start(t, team)
	ann, _ := listen(t, h, 10, 100, -1)
	team.fails = context.DeadlineExceeded
	team.happen(h, chat.Event{Kind: chat.RoomChanged, RoomID: 1})
	if _, state := heard(ann); state != hub.Cut {
		t.Errorf("state is %v, want Cut", state)
	}
}

// An event that cannot be told now must not be left out: whoever is told a later
// one would never ask for it again.
func TestEventThatCannotBeRenderedIsReadLater(t *testing.T) {
	for _, kind := range []chat.EventKind{chat.MessagePosted, chat.RoomChanged} {
		t.Run(string(kind), func(t *testing.T) {
			team := newTeam()
			team.put(1, 10)
			team.put(2, 11)
			team.broken = 2
			h := start(t, team)
			ann, _ := listen(t, h, 10, 100, -1)
			bob, _ := listen(t, h, 11, 110, -1)
			team.happen(h, posted(1), chat.Event{Kind: kind, RoomID: 1}, posted(1), posted(2))

			if got, state := heard(ann); got != "1" || state != hub.Cut {
				t.Errorf("ann heard %q, state %v", got, state)
			}
			if got, state := heard(bob); got != "4" || state != hub.Open {
				t.Errorf("bob heard %q, state %v", got, state)
			}
			ann.Close()
			if _, c := listen(t, h, 10, 100, 1); !c.Replay || c.From != 1 {
				t.Errorf("ann comes back and catches up by %+v, not from the database", c)
			}
		})
	}
}
