package storetest

import (
	"context"
	"errors"
	"fmt"

	"spika/internal/chat"
)

func sharingTests() []test {
	return []test{
		{"a change sees what another process changed", changeSeesOtherProcess},
		{"two processes post into one room", twoProcessesPost},
		{"a key that another process deletes stops at once", deletedKeyStopsAtOnce},
		{"a key bears its bot's new name", keyBearsNewName},
	}
}

// twoStores gives the store and another one on the same database, in both
// orders.
func (r *rig) twoStores() [][2]Store {
	other := r.open(r, nil)
	return [][2]Store{{r.s, other}, {other, r.s}}
}

// changeSeesOtherProcess: whatever a store remembers of rows it has read, it
// must notice that another process has changed them.
func changeSeesOtherProcess(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	key, _ := r.key(room, "CI")
	for i, s := range append(r.twoStores(), r.twoStores()...) {
		name := fmt.Sprint("name ", i)
		r.Check(s[0].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error { // now they are remembered
			_, err := tx.Room(ctx, room.ID)
			_, err2 := tx.User(ctx, ana.ID)
			_, err3 := tx.Key(ctx, key.ID)
			_, err4 := tx.Member(ctx, room.ID, ana.ID)
			return errors.Join(err, err2, err3, err4)
		}))
		want := changeAll(r, s[1], room, ana, key, name)
		r.Check(s[0].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			return errors.Join(isNow(want.room)(tx.Room(ctx, room.ID)), isNow(want.user)(tx.User(ctx, ana.ID)),
				isNow(want.key)(tx.Key(ctx, key.ID)), isNow(want.member)(tx.Member(ctx, room.ID, ana.ID)))
		}))
	}
}

type rows struct {
	room   chat.Room
	user   chat.User
	key    chat.APIKey
	member chat.Member
}

// changeAll changes one row of each kind through a store and gives them.
func changeAll(r *rig, s Store, room chat.Room, u chat.User, k chat.APIKey, name string) rows {
	r.Helper()
	var out rows
	r.Check(s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) (err error) {
		if out.room, err = tx.Room(ctx, room.ID); err != nil {
			return err
		}
		out.room.Name = name
		if out.user, err = tx.User(ctx, u.ID); err != nil {
			return err
		}
		out.user.Name = name
		if out.key, err = tx.Key(ctx, k.ID); err != nil {
			return err
		}
		out.key.Modified++
		if out.member, err = tx.Member(ctx, room.ID, u.ID); err != nil {
			return err
		}
		out.member.Skip++
		return errors.Join(tx.UpdateRoom(ctx, out.room), tx.UpdateUser(ctx, out.user), tx.UpdateKey(ctx, out.key), tx.UpdateMember(ctx, out.member))
	}))
	return out
}

func twoProcessesPost(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	stores := r.twoStores()[0]
	for i := range 40 { // now this one, now that one, now both
		s := stores[i/3%2]
		r.Check(s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			m, err := posting(room, ana, "in turn")(ctx, tx)
			return errors.Join(err, differ(m.N, int64(i+1)))
		}))
	}
	r.together(60, func(i int) error {
		return stores[i%2].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			_, err := posting(room, ana, "at once")(ctx, tx)
			return err
		})
	})
	same(r, len(r.messages(room)), 100)
	r.checkOrder(room)
}

func deletedKeyStopsAtOnce(r *rig) {
	room := r.room("Ops")
	for i, s := range r.twoStores() {
		key, _ := r.key(room, fmt.Sprint("CI ", i))
		use := func() error {
			return s[0].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
				_, err := tx.Key(ctx, key.ID)
				return err
			})
		}
		r.Check(use())
		r.Check(s[1].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.DeleteKey(ctx, key.ID) }))
		missing(r, use())
	}
}

func keyBearsNewName(r *rig) {
	key, bot := r.key(r.room("Ops"), "CI")
	for _, name := range []string{"CD", "CE"} {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.Key(ctx, key.ID)
			bot.Name = name
			return errors.Join(err, tx.UpdateUser(ctx, bot))
		})
		key.Name = name
		r.change(func(ctx context.Context, tx chat.Tx) error { return isNow(key)(tx.Key(ctx, key.ID)) })
		is(r, key)(r.s.Key(r.ctx, key.ID))
	}
}
