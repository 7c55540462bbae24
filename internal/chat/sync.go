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
	p := Page{Limit: SyncPage + 1, Offset: page * SyncPage}
	var list []User
	var err error
	if s.opts.ContactsOnly {
		list, err = s.store.OwnUsersChanged(ctx, who.User.ID, since, p)
	} else {
		list, err = s.store.UsersChanged(ctx, since, p)
	}
	return UserSync{List: list[:min(len(list), SyncPage)], More: len(list) > SyncPage}, err
}

// RoomSync is one page of rooms changed since a moment.
type RoomSync struct {
	List []RoomView
	More bool
}

// SyncRooms gives the asker's rooms changed after since, deleted ones
// included. page counts from 0.
func (s *Service) SyncRooms(ctx context.Context, who Session, since Time, page int) (RoomSync, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomSync, error) {
		stays, err := r.RoomsChanged(ctx, who.User.ID, since, Page{Limit: SyncPage + 1, Offset: page * SyncPage})
		if err != nil {
			return RoomSync{}, err
		}
		views, err := viewRooms(ctx, r, stays[:min(len(stays), SyncPage)])
		return RoomSync{List: views, More: len(stays) > SyncPage}, err
	})
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
