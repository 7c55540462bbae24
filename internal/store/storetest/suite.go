package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spika/internal/chat"
)

// Store is what the suite checks.
type Store interface {
	chat.Store
	// Follow tells every committed event after a place, in order and each once.
	Follow(ctx context.Context, at int64, tell func([]chat.Event))
	// Close waits for the changes under way; later ones fail.
	Close() error
}

// Open opens one database; opening it again is what a second process does. A nil
// clock is the machine's. The suite closes it only where a test is about that.
type Open func(t testing.TB, clock chat.Clock) Store

// Run checks that a store does all that the domain relies on. database makes a
// new, empty database, once for each test.
func Run(t *testing.T, database func(t testing.TB) Open) {
	tests := slices.Concat(userTests(), blockTests(), contactTests(), noteTests(), fileTests(), adminTests(), manageTests(), linkTests(), roomTests(), listTests(), messageTests(), receiptTests(), eventTests(),
		orderTests(), changeTests(), commitTests(), failureTests(), viewTests(), followTests(), pushTests(), sharingTests(), walkTests(), closeTests())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			open := database(t)
			test.run(&rig{T: t, ctx: t.Context(), open: open, s: open(t, nil)})
		})
	}
}

// test is one promise of a store.
type test struct {
	name string
	run  func(r *rig)
}

// rig is a test with a store under it.
type rig struct {
	*testing.T
	ctx  context.Context
	open Open
	s    Store
	made int // names and addresses given out
}

// change runs a change that must succeed.
func (r *rig) change(change func(ctx context.Context, tx chat.Tx) error) {
	r.Helper()
	if err := r.s.Update(r.ctx, change); err != nil {
		r.Fatal(err)
	}
}

// stored runs a change that yields a value and must succeed.
func stored[T any](r *rig, change func(ctx context.Context, tx chat.Tx) (T, error)) T {
	r.Helper()
	var out T
	r.change(func(ctx context.Context, tx chat.Tx) (err error) {
		out, err = change(ctx, tx)
		return err
	})
	return out
}

// got gives a value that must have come without an error.
func got[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// entries leaves out the places of a list by time of change.
func entries[T any](list []chat.Changed[T], err error) ([]T, error) {
	var out []T
	for _, c := range list {
		out = append(out, c.Entry)
	}
	return out, err
}

// is checks a value that must have come without an error.
func is[T any](t testing.TB, want T) func(v T, err error) {
	return func(v T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		same(t, v, want)
	}
}

// same checks that two values are equal. Nothing and an empty list are.
func same[T any](t testing.TB, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("wrong (-want +got):\n%s", diff)
	}
}

// differ tells how a value differs from the wanted one, nil if it does not.
func differ[T any](got, want T) error {
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		return unexpected("wrong (-want +got):\n%s", diff)
	}
	return nil
}

// unexpected is a failed check within a change, where a test cannot be failed
// itself: it runs on the store's goroutine.
func unexpected(format string, args ...any) error { return fmt.Errorf(format, args...) }

// missing checks that something is not found.
func missing(t testing.TB, err error) {
	t.Helper()
	if !chat.IsNotFound(err) {
		t.Fatalf("error %v, want not found", err)
	}
}

// await waits until something holds.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// person makes a person.
func (r *rig) person(name string) chat.User {
	r.Helper()
	r.made++
	u := chat.User{
		Kind: chat.Person, Name: name, Email: fmt.Sprintf("p%d@example.org", r.made), Role: chat.Plain, Verified: true,
	}
	return r.user(u)
}

// user stores a user.
func (r *rig) user(u chat.User) chat.User {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.User, error) { return tx.CreateUser(ctx, u) })
}

// room makes a group room with members, as it is then.
func (r *rig) room(name string, members ...chat.User) chat.Room {
	r.Helper()
	return r.roomOf(chat.Room{Type: chat.Group, Name: name}, "", members...)
}

// roomOf makes a room with members, as it is then.
func (r *rig) roomOf(room chat.Room, pair string, members ...chat.User) chat.Room {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Room, error) {
		made, err := tx.CreateRoom(ctx, room, pair)
		if err != nil {
			return made, err
		}
		for _, u := range members {
			if err := join(ctx, tx, &made, u); err != nil {
				return made, err
			}
		}
		tx.Emit(chat.Event{Kind: chat.RoomMade, RoomID: made.ID})
		return made, nil
	})
}

// join has a user join a room as of the next event.
func join(ctx context.Context, tx chat.Tx, room *chat.Room, u chat.User) error {
	if !u.IsBot() {
		room.People++
	}
	if err := tx.UpdateRoom(ctx, *room); err != nil {
		return err
	}
	return tx.AddMember(ctx, chat.Member{
		RoomID: room.ID, UserID: u.ID, JoinSeq: tx.NextSeq(), JoinN: room.LastN, DeliveredN: room.LastN, SeenN: room.LastN,
		IsPerson: !u.IsBot(), Joined: tx.Stamp(),
	})
}

// enter has a user join a room and says so.
func (r *rig) enter(room chat.Room, u chat.User) {
	r.Helper()
	r.change(func(ctx context.Context, tx chat.Tx) error {
		now, err := tx.Room(ctx, room.ID)
		if err != nil {
			return err
		}
		defer tx.Emit(chat.Event{Kind: chat.RoomChanged, RoomID: room.ID})
		return join(ctx, tx, &now, u)
	})
}

// leave ends a user's stay and says so.
func (r *rig) leave(room chat.Room, u chat.User) {
	r.Helper()
	r.change(func(ctx context.Context, tx chat.Tx) error {
		now, err := tx.Room(ctx, room.ID)
		if err != nil {
			return err
		}
		m, err := tx.Member(ctx, room.ID, u.ID)
		if err != nil {
			return err
		}
		m.Left, m.LeftN, m.LeftSeq, m.Changed = true, now.LastN, tx.NextSeq(), tx.Stamp()
		defer tx.Emit(chat.Event{Kind: chat.RoomChanged, RoomID: room.ID})
		return tx.UpdateMember(ctx, m)
	})
}

// post stores a message and says so.
func (r *rig) post(room chat.Room, from chat.User, text string) chat.Message {
	r.Helper()
	return stored(r, posting(room, from, text))
}

// posting is the change that stores a message and says so.
func posting(room chat.Room, from chat.User, text string) func(context.Context, chat.Tx) (chat.Message, error) {
	return func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
		m, err := tx.AppendMessage(ctx, message(room, from, text))
		if err == nil {
			tx.Emit(chat.Event{Kind: chat.MessagePosted, RoomID: room.ID, UserID: from.ID, MessageID: m.ID, Message: &m})
		}
		return m, err
	}
}

func message(room chat.Room, from chat.User, text string) chat.Message {
	return chat.Message{
		RoomID: room.ID, FromUser: from.ID, SenderName: from.Name, Type: chat.TextType, Body: fmt.Appendf(nil, `{"text":%q}`, text),
	}
}

// messages gives all of a room's messages, oldest first.
func (r *rig) messages(room chat.Room) []chat.Message {
	r.Helper()
	list := got[[]chat.Message](r)(r.s.Messages(r.ctx, room.ID, 1, 1<<40, 1<<20))
	slices.Reverse(list)
	return list
}

// events gives all events after a place.
func (r *rig) events(after int64) []chat.Event {
	r.Helper()
	return got[[]chat.Event](r)(r.s.Events(r.ctx, after, 1<<40, 1<<20))
}

// seq gives the newest event number.
func (r *rig) seq() int64 {
	r.Helper()
	seq, _, err := r.s.Now(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	return seq
}

// each gives one thing of every entry of a list.
func each[A, B any](list []A, pick func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = pick(v)
	}
	return out
}

func userID(u chat.User) int64       { return u.ID }
func userName(u chat.User) string    { return u.Name }
func stayRoom(s chat.RoomStay) int64 { return s.Room.ID }
func messageID(m chat.Message) int64 { return m.ID }
func eventSeq(e chat.Event) int64    { return e.Seq }
