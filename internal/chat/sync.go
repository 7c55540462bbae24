package chat

import (
	"context"
	"strconv"
	"strings"
)

// UserSync is one page of users changed since a moment.
type UserSync struct {
	List []User
	More bool
}

// SyncUsers gives the users changed after since, by that time: without a team
// those of the asker's address book and the asker. page counts from 0.
func (s *Service) SyncUsers(ctx context.Context, who Session, since Time, page int) (UserSync, error) {
	at := walker{who, WalkUsers, since, page}
	read := func(ctx context.Context, r Reader, p Part) ([]Changed[User], error) {
		return r.UsersChanged(ctx, since, p)
	}
	if s.opts.ContactsOnly {
		at.kind = WalkContacts
		read = func(ctx context.Context, r Reader, p Part) ([]Changed[User], error) {
			return r.OwnUsersChanged(ctx, who.User.ID, since, p)
		}
	}
	show := func(_ context.Context, _ Reader, list []User) ([]User, error) { return list, nil }
	list, more, err := walk(ctx, s, at, walked[User, User]{SyncPage, read, show})
	return UserSync{List: list, More: more}, err
}

// RoomSync is one page of rooms changed since a moment.
type RoomSync struct {
	List []RoomView
	More bool
}

// SyncRooms gives the asker's rooms changed after since, deleted ones
// included. page counts from 0.
func (s *Service) SyncRooms(ctx context.Context, who Session, since Time, page int) (RoomSync, error) {
	read := func(ctx context.Context, r Reader, p Part) ([]Changed[RoomStay], error) {
		return r.RoomsChanged(ctx, who.User.ID, since, p)
	}
	list, more, err := walk(ctx, s, walker{who, WalkRooms, since, page}, walked[RoomStay, RoomView]{SyncPage, read, viewRooms})
	return RoomSync{List: list, More: more}, err
}

func joinIDs(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}
