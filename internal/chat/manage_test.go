package chat_test

import (
	"context"
	"testing"

	"spika/internal/chat"
)

// A server that was stopped while it emptied a room goes on with it.
func TestPurgesAreFinished(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	room, other := tm.room(tm.owner, bob), tm.room(tm.owner, bob)
	for range 3 {
		tm.post(by(bob), room, "secret")
	}
	tm.post(by(bob), other, "kept")
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		r, err := tx.Room(ctx, room)
		if err != nil {
			return err
		}
		return tx.PurgeRoom(ctx, r)
	}))
	_, err := tm.svc.ManagedRoom(tm.ctx, tm.owner, room)
	tm.fails(err, chat.NotFound, "Wrong room id")
	tm.ok(tm.svc.FinishPurges(tm.ctx))
	same(t, len(must(tm.store.Messages(tm.ctx, room, 1, 100, 100))(t)), 0)
	same(t, len(must(tm.store.Messages(tm.ctx, other, 1, 100, 100))(t)), 1)
	tm.ok(tm.svc.FinishPurges(tm.ctx)) // there is nothing left to do
}

// Who manages nothing is refused, whatever they ask for.
func TestManagingNeedsTheRole(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	room := tm.room(tm.owner, bob)
	name := "x"
	for what, err := range map[string]error{
		"user":          tm.svc.RemoveUser(tm.ctx, bob, tm.owner.User.ID),
		"device":        tm.svc.RemoveDevice(tm.ctx, bob, tm.owner.Device.ID),
		"room":          tm.svc.DestroyRoom(tm.ctx, bob, room),
		"make a user":   last(tm.svc.MakeUser(tm.ctx, bob, chat.UserChange{Name: &name})),
		"change a user": last(tm.svc.ChangeUser(tm.ctx, bob, bob.User.ID, chat.UserChange{Name: &name})),
		"a device":      last(tm.svc.MakeDevice(tm.ctx, bob, bob.User.ID, "x", chat.DeviceInfo{})),
		"a room":        last(tm.svc.MakeRoom(tm.ctx, bob, name, chat.Group)),
		"a name":        last(tm.svc.ReformRoom(tm.ctx, bob, room, chat.RoomReform{Name: &name})),
		"members":       last(tm.svc.AddToRoom(tm.ctx, bob, room, []int64{bob.User.ID})),
		"users":         last(tm.svc.AllUsers(tm.ctx, bob, chat.UserFilter{}, 0)),
		"devices":       last(tm.svc.AllDevices(tm.ctx, bob, chat.DeviceFilter{}, 0)),
		"rooms":         last(tm.svc.AllRooms(tm.ctx, bob, chat.RoomFilter{}, 0)),
		"statistics":    last(tm.svc.CountMessages(tm.ctx, bob, 0, 1, 1)),
	} {
		if chat.CodeOf(err) != chat.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func last[T any](_ T, err error) error { return err }
