package chat

import "context"

// UserFilter narrows a list of users.
type UserFilter struct {
	Keyword  string // held by name or address or, when it is digits, by the number
	Verified bool   // only those who are
}

// DeviceFilter narrows a list of devices.
type DeviceFilter struct {
	Keyword string // held by its own id, its name or its system's name
	UserID  int64  // 0: anyone's
}

// RoomFilter narrows a list of rooms.
type RoomFilter struct {
	Keyword string // held by the name
	UserID  int64  // who is a member; 0: anyone
	Type    RoomType
	Deleted bool // those that are deleted in place of those that are not
}

// HourCount is how many messages were posted in an hour.
type HourCount struct {
	Hour   int64 // hours since 1970
	Posted int64
}

// ManageReader asks about everything there is, for those who manage the team.
// Lists come by id.
type ManageReader interface {
	// UsersListed lists people and bots that are not deleted.
	UsersListed(ctx context.Context, f UserFilter, p Page) ([]User, error)
	// CountUsers counts them all.
	CountUsers(ctx context.Context) (int64, error)
	DevicesListed(ctx context.Context, f DeviceFilter, p Page) ([]Device, error)
	CountDevices(ctx context.Context) (int64, error)
	// RoomsListed lists rooms. Those that were destroyed are in no list.
	RoomsListed(ctx context.Context, f RoomFilter, p Page) ([]Room, error)
	// CountOpenRooms counts the rooms that are not deleted.
	CountOpenRooms(ctx context.Context) (int64, error)
	// PostedPerHour counts the messages stored from a moment on and before
	// another; hours without any are left out.
	PostedPerHour(ctx context.Context, from, to Time) ([]HourCount, error)
	// RoomsToPurge lists destroyed rooms of which something is left.
	RoomsToPurge(ctx context.Context) ([]int64, error)
}

// ManageWriter changes what only those who manage the team change.
type ManageWriter interface {
	DeleteDevice(ctx context.Context, id int64) error
	// PurgeRoom marks a room as destroyed, ends its stays as of the next event,
	// also for reading what was said before, and forgets its name, keys, notes,
	// webhooks and pushes. Its messages go with PurgeStep.
	PurgeRoom(ctx context.Context, room Room) error
	// PurgeStep forgets some of a destroyed room's messages, with what belongs
	// to them, gives which files they referred to, and reports whether more are
	// left.
	PurgeStep(ctx context.Context, id int64) (files []int64, more bool, err error)
}
