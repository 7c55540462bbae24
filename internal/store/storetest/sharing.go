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
	ids := rows{room: room, user: ana, key: key}
	for i, s := range append(r.twoStores(), r.twoStores()...) {
		r.Check(s[0].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error { // now they are remembered
			_, err := readRows(ctx, tx, ids)
			return err
		}))
		var want rows
		r.Check(s[1].Update(r.ctx, func(ctx context.Context, tx chat.Tx) (err error) {
			if want, err = readRows(ctx, tx, ids); err != nil {
				return err
			}
			want.room.Name, want.user.Name = fmt.Sprint("room ", i), fmt.Sprint("user ", i)
			want.key.Modified++
			want.member.Skip++
			return errors.Join(tx.UpdateRoom(ctx, want.room), tx.UpdateUser(ctx, want.user),
				tx.UpdateKey(ctx, want.key), tx.UpdateMember(ctx, want.member))
		}))
		r.Check(s[0].Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
			now, err := readRows(ctx, tx, ids)
			return errors.Join(err, differ(now.room, want.room), differ(now.user, want.user),
				differ(now.key, want.key), differ(now.member, want.member))
		}))
	}
}

// rows are one row of each kind that nearly every post needs.
type rows struct {
	room   chat.Room
	user   chat.User
	key    chat.APIKey
	member chat.Member
}

// readRows gives the rows with the same ids, as they are now.
func readRows(ctx context.Context, tx chat.Tx, ids rows) (now rows, err error) {
	var errs [4]error
	now.room, errs[0] = tx.Room(ctx, ids.room.ID)
	now.user, errs[1] = tx.User(ctx, ids.user.ID)
	now.key, errs[2] = tx.Key(ctx, ids.key.ID)
	now.member, errs[3] = tx.Member(ctx, ids.room.ID, ids.user.ID)
	return now, errors.Join(errs[:]...)
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
