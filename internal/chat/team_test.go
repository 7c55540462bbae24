package chat_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spika/internal/blob"
	"spika/internal/chat"
	"spika/internal/store"
	"spika/internal/store/storetest"
)

// team is a test with a set-up server's use cases over a real store. Its clock
// stands still unless a test moves it.
type team struct {
	*testing.T
	ctx       context.Context
	store     *store.Store
	clock     *clock
	passwords *passwords
	blobs     *blobs
	opts      chat.Options
	svc       *chat.Service
	owner     chat.Session
	general   int64 // the first room
}

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// passwords keeps passwords as they are and notes what was verified.
type passwords struct {
	mu        sync.Mutex
	verified  []string // the hashes
	meanwhile func()   // if set, happens while a password is verified
}

func (p *passwords) Hash(_ context.Context, password string) (string, error) {
	return "hash of " + password, nil
}

func (p *passwords) Verify(_ context.Context, hash, password string) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verified = append(p.verified, hash)
	if p.meanwhile != nil {
		p.meanwhile()
	}
	return hash == "hash of "+password, nil
}

const goodPassword = "correct horse"

// newServer gives a server that is not set up yet.
func newServer(t *testing.T, change ...func(*chat.Options)) *team {
	t.Helper()
	t.Parallel()
	return openServer(t, change...)
}

// openServer is newServer for a test that does not run beside others, such as one
// with a time of its own.
func openServer(t *testing.T, change ...func(*chat.Options)) *team {
	t.Helper()
	return openServerOn(t, storetest.SQLite(t), change...)
}

// openServerOn is openServer with a database of the test's choice.
func openServerOn(t *testing.T, url string, change ...func(*chat.Options)) *team {
	t.Helper()
	c := &clock{at: time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)}
	tm := &team{
		T: t, ctx: t.Context(), store: openStore(t, url, c), clock: c, passwords: &passwords{},
		opts: chat.Options{SessionLife: 30 * 24 * time.Hour, MaxMembers: 60, Files: chat.FileOptions{MaxSize: 1 << 20}},
	}
	disk, err := blob.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	tm.blobs = &blobs{Blobs: disk}
	tm.opts.Files.Blobs, tm.opts.Files.Thumbnails = tm.blobs, blob.NewThumbnails()
	for _, f := range change {
		f(&tm.opts)
	}
	tm.svc = tm.node()
	return tm
}

func openStore(t *testing.T, url string, c *clock) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, Clock: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newTeam gives a team with its owner, Ada, and the first room, General.
func newTeam(t *testing.T, change ...func(*chat.Options)) *team {
	t.Helper()
	return newServer(t, change...).founded()
}

// founded sets a server up.
func (tm *team) founded() *team {
	tm.Helper()
	token := must(tm.svc.NewSetUpLink(tm.ctx))(tm)
	in, room, err := tm.svc.SetUp(tm.ctx, token, person("Ada"), "Team", chat.DeviceInfo{})
	if err != nil {
		tm.Fatal(err)
	}
	tm.owner, tm.general = in.Session, room.ID
	return tm
}

// node gives the use cases as another node of the same server has them.
func (tm *team) node() *chat.Service {
	tm.Helper()
	sealer, err := chat.NewSealer(make([]byte, chat.MasterKeyLen))
	if err != nil {
		tm.Fatal(err)
	}
	return chat.NewService(tm.store, tm.clock.now, tm.passwords, sealer, tm.opts)
}

// must gives a value that has to have come without an error.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (tm *team) ok(err error) {
	tm.Helper()
	if err != nil {
		tm.Fatal(err)
	}
}

// fails checks that an error has a code and says certain things.
func (tm *team) fails(err error, code chat.Code, says ...string) {
	tm.Helper()
	if err == nil || chat.CodeOf(err) != code {
		tm.Fatalf("the error is %v (code %d), want code %d", err, chat.CodeOf(err), code)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			tm.Fatalf("the error is %q and does not say %q", err, s)
		}
	}
}

func same[T any](t testing.TB, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("wrong (-want +got):\n%s", diff)
	}
}

func person(name string) chat.NewPerson {
	return chat.NewPerson{Name: name, Email: strings.ToLower(name) + "@example.org", Password: goodPassword}
}

// joins makes a person and signs them in.
func (tm *team) joins(name string) chat.Session {
	tm.Helper()
	must(tm.svc.CreatePerson(tm.ctx, person(name), false))(tm)
	return tm.signsIn(name).Session
}

// admin makes an admin of the team.
func (tm *team) admin(name string) chat.Session {
	tm.Helper()
	must(tm.svc.CreatePerson(tm.ctx, person(name), true))(tm)
	return tm.signsIn(name).Session
}

func (tm *team) signsIn(name string) chat.SignedIn {
	tm.Helper()
	return must(tm.svc.SignIn(tm.ctx, person(name).Email, goodPassword, chat.DeviceInfo{Kind: "browser"}))(tm)
}

// room makes a group room with the first of the people as its admin.
func (tm *team) room(admin chat.Session, members ...chat.Session) int64 {
	tm.Helper()
	n := chat.NewRoom{Name: "Ops", Type: chat.Group}
	for _, m := range members {
		n.UserIDs = append(n.UserIDs, m.User.ID)
	}
	return must(tm.svc.CreateRoom(tm.ctx, admin, n))(tm).ID
}

// private makes the private room of two people.
func (tm *team) private(a, b chat.Session) int64 {
	tm.Helper()
	return must(tm.svc.CreateRoom(tm.ctx, a, chat.NewRoom{Type: chat.Private, UserIDs: []int64{b.User.ID}}))(tm).ID
}

func (tm *team) key(who chat.Session, room int64, name string) chat.KeyView {
	tm.Helper()
	return must(tm.svc.CreateKey(tm.ctx, who, room, name))(tm)
}

// text is a draft of a text message.
func text(room int64, text string) chat.Draft {
	return chat.Draft{RoomID: room, Type: chat.TextType, Text: text, Body: fmt.Appendf(nil, `{"text":%q}`, text)}
}

func by(s chat.Session) chat.Sender { return chat.Sender{UserID: s.User.ID, ExceptDevice: s.Device.ID} }

func byKey(k chat.KeyView) chat.Sender { return chat.Sender{UserID: k.BotID, KeyID: k.ID} }

// post posts a text that must be stored.
func (tm *team) post(from chat.Sender, room int64, what string) chat.Posted {
	tm.Helper()
	return must(tm.svc.Post(tm.ctx, from, text(room, what)))(tm)
}

// members gives the ids of a room's members, and those of its admins.
func (tm *team) members(room int64) (all, admins []int64) {
	tm.Helper()
	for _, m := range must(tm.store.RoomMembers(tm.ctx, room))(tm) {
		all = append(all, m.User.ID)
		if m.Admin {
			admins = append(admins, m.User.ID)
		}
	}
	return all, admins
}

func ids(sessions ...chat.Session) []int64 {
	var out []int64
	for _, s := range sessions {
		out = append(out, s.User.ID)
	}
	return out
}

// place gives the newest event number.
func (tm *team) place() int64 {
	tm.Helper()
	seq, _, err := tm.store.Now(tm.ctx)
	tm.ok(err)
	return seq
}

// events gives the events after a place.
func (tm *team) events(after int64) []chat.Event {
	tm.Helper()
	return must(tm.store.Events(tm.ctx, after, 1<<40, 1_000))(tm)
}

// kinds names the kinds of the events after a place.
func (tm *team) kinds(after int64) []chat.EventKind {
	tm.Helper()
	var out []chat.EventKind
	for _, e := range tm.events(after) {
		out = append(out, e.Kind)
	}
	return out
}

// updateUser is the change that stores a user.
func updateUser(u chat.User) func(ctx context.Context, tx chat.Tx) error {
	return func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUser(ctx, u) }
}
