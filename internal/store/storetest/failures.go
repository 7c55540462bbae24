package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"spika/internal/chat"
)

func failureTests() []test {
	return []test{
		{"a change that fails leaves nothing behind", failureLeavesNothing},
		{"changes that fail harm no other of their transaction", failuresHarmNoOther},
		{"one that fails is told its own failure", failureIsTold},
	}
}

// failure is a way in which a change fails after it has written all it could.
type failure struct {
	name string
	code chat.Code
	run  func(ctx context.Context, tx chat.Tx, scene scene) error
}

// scene is where failures happen.
type scene struct {
	room     chat.Room
	ana, bob chat.User // bob's place in the room is moved by who fails
}

func failures() []failure {
	refuse := chat.Errorf(chat.Forbidden, "refused")
	return []failure{
		{"refused at once", chat.Forbidden, func(context.Context, chat.Tx, scene) error { return refuse }},
		{"refused after writing", chat.Forbidden, func(ctx context.Context, tx chat.Tx, s scene) error {
			return errors.Join(s.spoil(ctx, tx), refuse)
		}},
		{"refused after reading what was written", chat.Forbidden, func(ctx context.Context, tx chat.Tx, s scene) error {
			err := s.spoil(ctx, tx)
			_, err2 := tx.Messages(ctx, s.room.ID, 1, 1<<40, 1)
			return errors.Join(err, err2, refuse)
		}},
		{"refused after a rare write", chat.Forbidden, func(ctx context.Context, tx chat.Tx, s scene) error {
			return errors.Join(s.spoilAll(ctx, tx), refuse)
		}},
		{"broken", chat.Internal, func(ctx context.Context, tx chat.Tx, s scene) error {
			return errors.Join(s.spoil(ctx, tx), errors.New("broken"))
		}},
		{"refused by the database", chat.Internal, func(ctx context.Context, tx chat.Tx, s scene) error {
			if err := s.spoil(ctx, tx); err != nil {
				return err
			}
			_, err := tx.CreateUser(ctx, chat.User{Kind: chat.Person, Name: "spoilt", Email: s.ana.Email})
			return err
		}},
		{"refused by the database at the end", chat.Internal, func(ctx context.Context, tx chat.Tx, s scene) error {
			err := s.spoil(ctx, tx)
			m := message(s.room, s.ana, "spoilt")
			m.ClientID = "taken"
			_, err2 := tx.AppendMessage(ctx, m)
			return errors.Join(err, err2)
		}},
		{"refused by the database and going on", chat.Internal, func(ctx context.Context, tx chat.Tx, s scene) error {
			_, err := tx.CreateUser(ctx, chat.User{Kind: chat.Person, Name: "spoilt", Email: s.ana.Email})
			_ = errors.Join(err, s.spoilAll(ctx, tx)) // as if nothing had happened
			return nil
		}},
		{"panicking", chat.Internal, func(ctx context.Context, tx chat.Tx, s scene) error {
			panic(fmt.Sprint("on purpose ", s.spoilAll(ctx, tx)))
		}},
	}
}

// spoil writes what most changes write.
func (s scene) spoil(ctx context.Context, tx chat.Tx) error {
	draft := message(s.room, s.ana, "spoilt")
	draft.ClientID = "spoilt"
	m, err := tx.AppendMessage(ctx, draft)
	if err != nil {
		return err
	}
	tx.Emit(chat.Event{Kind: chat.MessagePosted, RoomID: s.room.ID, MessageID: m.ID, Message: &m})
	place, err := tx.Member(ctx, s.room.ID, s.bob.ID)
	if err != nil {
		return err
	}
	place.SeenN, place.Muted = m.N, true
	receipt := chat.ReceiptRange{RoomID: s.room.ID, UserID: s.bob.ID, Kind: chat.Seen, FromN: 1, ToN: m.N, At: tx.Stamp()}
	return errors.Join(tx.UpdateMember(ctx, place), tx.AddReceipts(ctx, receipt))
}

// spoilAll writes what rare changes write, too.
func (s scene) spoilAll(ctx context.Context, tx chat.Tx) error {
	room, err := tx.Room(ctx, s.room.ID)
	if err != nil {
		return err
	}
	room.Name, s.ana.Name = "spoilt", "spoilt"
	_, err = tx.CreateRoom(ctx, chat.Room{Type: chat.Group, Name: "spoilt"}, "")
	return errors.Join(err, tx.UpdateRoom(ctx, room), tx.UpdateUser(ctx, s.ana), tx.SetSetting(ctx, "team", "spoilt"), s.spoil(ctx, tx))
}

func (r *rig) scene() scene {
	s := scene{ana: r.person("Ana"), bob: r.person("Bob")}
	s.room = r.room("Ops", s.ana, s.bob)
	r.change(func(ctx context.Context, tx chat.Tx) error {
		m := message(s.room, s.ana, "taken")
		m.ClientID = "taken"
		m, err := tx.AppendMessage(ctx, m)
		tx.Emit(chat.Event{Kind: chat.MessagePosted, RoomID: s.room.ID, MessageID: m.ID})
		return err
	})
	return s
}

// checkUnspoilt checks that nothing of a failed change remains, as the database
// has it and as the next change reads it, after good ones made n messages.
func (r *rig) checkUnspoilt(s scene, n int) {
	r.Helper()
	list := r.messages(s.room)
	same(r, len(list), n+1)
	for _, m := range list {
		if strings.Contains(string(m.Body), "spoilt") {
			r.Fatalf("message %d of a failed change is there", m.ID)
		}
	}
	r.checkOrder(s.room)
	is(r, []chat.Receipt(nil))(r.s.Receipts(r.ctx, list[0]))
	is(r, "")(r.s.Setting(r.ctx, "team"))
	is(r, int64(2))(r.s.PeopleCount(r.ctx))
	is(r, int64(1))(r.s.RoomCount(r.ctx, s.ana.ID, ""))
	check := func(reader chat.Reader) error {
		room, err := reader.Room(r.ctx, s.room.ID)
		member, err2 := reader.Member(r.ctx, s.room.ID, s.bob.ID)
		return errors.Join(err, err2, differ(room.Name, "Ops"), differ(room.LastN, int64(n+1)), differ(room.LastMessage, list[n].ID),
			differ([]any{member.SeenN, member.Muted, member.Skip}, []any{int64(0), false, int64(n)}),
			isNow(s.ana)(reader.User(r.ctx, s.ana.ID)))
	}
	r.Check(check(r.s))
	r.change(func(_ context.Context, tx chat.Tx) error { return check(tx) })
}

func failureLeavesNothing(r *rig) {
	s := r.scene()
	for _, f := range failures() {
		seq := r.seq()
		err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error { return f.run(ctx, tx, s) })
		if err == nil || chat.CodeOf(err) != f.code {
			r.Errorf("%s: the error is %v", f.name, err)
		}
		same(r, r.seq(), seq)
		r.checkUnspoilt(s, 0)
	}
	r.post(s.room, s.ana, "next")
	r.checkOrder(s.room)
}

// good is a change that succeeds: a message, and one more that bob need not see.
func (s scene) good(ctx context.Context, tx chat.Tx) error {
	if m, err := tx.MessageByClientID(ctx, s.ana.ID, "spoilt"); !chat.IsNotFound(err) {
		// A refusal, since after any other failure it would be made again, alone.
		return chat.Errorf(chat.Conflict, "a failed change's message %d is there (%v)", m.ID, err)
	}
	if _, err := posting(s.room, s.ana, "good")(ctx, tx); err != nil {
		return err
	}
	place, err := tx.Member(ctx, s.room.ID, s.bob.ID)
	place.Skip++
	return errors.Join(err, tx.UpdateMember(ctx, place))
}

func failuresHarmNoOther(r *rig) {
	s := r.scene()
	good := 0
	// By twos, since a failure of some kinds has all others run once more.
	for _, pair := range [][]failure{failures()[:2], failures()[1:3], failures()[3:5], failures()[5:7], failures()[7:9]} {
		var changes []func(ctx context.Context, tx chat.Tx) error
		var want []chat.Code
		for i := range 12 {
			changes, want = append(changes, s.good), append(want, -1)
			good++
			if i%4 == 0 {
				for _, f := range pair {
					changes = append(changes, func(ctx context.Context, tx chat.Tx) error { return f.run(ctx, tx, s) })
					want = append(want, f.code)
				}
			}
		}
		for i, err := range r.inOneGo(changes) {
			if ok := want[i] == -1; (err == nil) != ok || !ok && chat.CodeOf(err) != want[i] {
				r.Errorf("change %d gave %v, want code %d", i, err, want[i])
			}
		}
		r.checkUnspoilt(s, good)
	}
}

func failureIsTold(r *rig) {
	broken := errors.New("broken")
	for _, want := range []error{broken, chat.Errorf(chat.TooMany, "later"), fmt.Errorf("wrapped: %w", broken)} {
		for _, writes := range []bool{false, true} {
			err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
				if writes {
					if err := tx.SetSetting(ctx, "team", "spoilt"); err != nil {
						return err
					}
				}
				return want
			})
			if !errors.Is(err, want) {
				r.Errorf("the error is %v, want %v", err, want)
			}
		}
	}
}
