package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// Room implements chat.Reader.
func (r reader) Room(ctx context.Context, id int64) (chat.Room, error) {
	room, err := r.at(ctx).Room(ctx, id)
	return toRoom(room), notFound(err, "room")
}

// PrivateRoom implements chat.Reader.
func (r reader) PrivateRoom(ctx context.Context, a, b int64) (chat.Room, error) {
	room, err := r.at(ctx).RoomByPair(ctx, text(chat.PairKey(a, b)))
	return toRoom(room), notFound(err, "room")
}

// Member implements chat.Reader.
func (r reader) Member(ctx context.Context, room, user int64) (chat.Member, error) {
	m, err := r.at(ctx).Member(ctx, room, user)
	return toMember(m), notFound(err, "member")
}

// RoomMembers implements chat.Reader.
func (r reader) RoomMembers(ctx context.Context, room int64) ([]chat.RoomMember, error) {
	list, err := r.at(ctx).RoomMembers(ctx, room)
	return each(list, failed(err, "members"), func(m gen.RoomMembersRow) chat.RoomMember {
		return chat.RoomMember{Admin: m.Admin, Joined: chat.Time(m.JoinedMs), User: toUser(m.User)}
	})
}

// MembersOf implements chat.Reader. People who work together share rooms, so each
// user is read once for all of them.
func (r reader) MembersOf(ctx context.Context, rooms []int64) (map[int64][]chat.RoomMember, error) {
	if len(rooms) == 0 {
		return nil, nil
	}
	r.at(ctx)
	list, err := r.hand.membersOf(ctx, rooms)
	if err != nil {
		return nil, failed(err, "members")
	}
	users, err := r.usersAmong(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make(map[int64][]chat.RoomMember, len(rooms))
	for _, m := range list {
		out[m.RoomID] = append(out[m.RoomID], chat.RoomMember{Admin: m.Admin, Joined: chat.Time(m.JoinedMs), User: users[m.UserID]})
	}
	return out, nil
}

// usersAmong finds the users behind members, by id.
func (r reader) usersAmong(ctx context.Context, members []gen.Member) (map[int64]chat.User, error) {
	users := map[int64]chat.User{}
	var ids []int64
	for _, m := range members {
		if _, known := users[m.UserID]; !known {
			users[m.UserID] = chat.User{}
			ids = append(ids, m.UserID)
		}
	}
	found, err := r.Users(ctx, ids)
	for _, u := range found {
		users[u.ID] = u
	}
	return users, err
}

// RoomsOf implements chat.Reader.
func (r reader) RoomsOf(ctx context.Context, user int64, keyword string, p chat.Page) ([]chat.RoomStay, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).RoomsOf(ctx, user, contains(keyword), offset, limit)
	return each(list, failed(err, "rooms"), func(s gen.RoomsOfRow) chat.RoomStay { return toStay(s.Room, s.Member) })
}

// RoomCount implements chat.Reader.
func (r reader) RoomCount(ctx context.Context, user int64, keyword string) (int64, error) {
	n, err := r.at(ctx).RoomCount(ctx, user, contains(keyword))
	return n, failed(err, "rooms")
}

// RoomsChanged implements chat.Reader.
func (r reader) RoomsChanged(ctx context.Context, user int64, since chat.Time, p chat.Part) ([]chat.Changed[chat.RoomStay], error) {
	limit, offset := partLimits(p)
	after := begin(since, p)
	list, err := r.at(ctx).RoomsChanged(ctx, gen.RoomsChangedParams{
		UserID: user, Since: int64(since), AfterMs: int64(after.At), AfterID: after.ID, MaxRows: limit, SkipRows: offset,
	})
	return each(list, failed(err, "rooms"), func(s gen.RoomsChangedRow) chat.Changed[chat.RoomStay] {
		return chat.Changed[chat.RoomStay]{Entry: toStay(s.Room, s.Member), Cut: chat.Cut{At: chat.Time(s.MovedMs), ID: s.Room.ID}}
	})
}

// History implements chat.Reader.
func (r reader) History(ctx context.Context, user int64, keyword string, p chat.Page) ([]chat.RoomStay, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).History(ctx, user, contains(keyword), offset, limit)
	return each(list, failed(err, "history"), func(s gen.HistoryRow) chat.RoomStay { return toStay(s.Room, s.Member) })
}

// HistoryCount implements chat.Reader.
func (r reader) HistoryCount(ctx context.Context, user int64, keyword string) (int64, error) {
	n, err := r.at(ctx).HistoryCount(ctx, user, contains(keyword))
	return n, failed(err, "history")
}

// UnreadCounts implements chat.Reader.
func (r reader) UnreadCounts(ctx context.Context, user int64) ([]chat.UnreadCount, error) {
	list, err := r.at(ctx).UnreadCounts(ctx, user)
	return each(list, failed(err, "unread counts"), func(u gen.UnreadCountsRow) chat.UnreadCount {
		return chat.UnreadCount{RoomID: u.ID, Unread: u.Unread}
	})
}

// MarkedStays implements chat.Reader.
func (r reader) MarkedStays(ctx context.Context, user int64) ([]chat.Member, error) {
	list, err := r.at(ctx).MarkedStays(ctx, user)
	return each(list, failed(err, "marked rooms"), toMember)
}

// GroupsByName implements chat.Reader.
func (r reader) GroupsByName(ctx context.Context, user int64, keyword string, from int64, limit int) ([]chat.RoomStay, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).GroupsByName(ctx, from, user, contains(keyword), n)
	return each(list, failed(err, "rooms"), func(s gen.GroupsByNameRow) chat.RoomStay { return toStay(s.Room, s.Member) })
}

// GroupCount implements chat.Reader.
func (r reader) GroupCount(ctx context.Context, user int64, keyword string) (int64, error) {
	n, err := r.at(ctx).GroupCount(ctx, user, contains(keyword))
	return n, failed(err, "rooms")
}

// RecentRooms implements chat.Reader.
func (r reader) RecentRooms(ctx context.Context, user int64, t chat.RoomType, limit int) ([]chat.RoomStay, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).RecentRooms(ctx, user, string(t), n)
	return each(list, failed(err, "rooms"), func(s gen.RecentRoomsRow) chat.RoomStay { return toStay(s.Room, s.Member) })
}

// JoinedRooms implements chat.Reader.
func (r reader) JoinedRooms(ctx context.Context, user int64) (map[int64]int64, error) {
	list, err := r.at(ctx).JoinedRooms(ctx, user)
	return byID(list, failed(err, "rooms"), func(row gen.JoinedRoomsRow) (id, since int64) { return row.ID, row.JoinSeq })
}

// JoinedPeople implements chat.Reader.
func (r reader) JoinedPeople(ctx context.Context, room int64) (map[int64]int64, error) {
	list, err := r.at(ctx).JoinedPeople(ctx, room)
	return byID(list, failed(err, "members"), func(row gen.JoinedPeopleRow) (id, since int64) { return row.ID, row.JoinSeq })
}

// FirstRoom implements chat.Reader.
func (r reader) FirstRoom(ctx context.Context) (chat.Room, error) {
	room, err := r.at(ctx).FirstRoom(ctx)
	return toRoom(room), notFound(err, "room")
}
