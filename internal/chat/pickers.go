package chat

import (
	"context"
	"slices"
)

// How many rooms the lists to pick a room from hold.
const (
	GroupPage   = 20
	recentChats = 10
)

// GroupList is one page of group rooms with the number of all.
type GroupList struct {
	List  []RoomView
	Count int64
	Next  int64 // id to start the next page at; 0: all is listed
}

// Groups lists the asker's group rooms by name, from the room with id from on
// (0: the first). keyword narrows by name.
func (s *Service) Groups(ctx context.Context, who Session, keyword string, from int64) (GroupList, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (GroupList, error) {
		limit := GroupPage
		if from != 0 { // the page starts with the room the last one ended with
			limit++
		}
		stays, err := r.GroupsByName(ctx, who.User.ID, keyword, from, limit)
		if err != nil {
			return GroupList{}, err
		}
		views, err := viewRooms(ctx, r, stays)
		if err != nil {
			return GroupList{}, err
		}
		out := GroupList{List: views}
		if len(views) == limit {
			out.Next = views[limit-1].ID
		}
		out.Count, err = r.GroupCount(ctx, who.User.ID, keyword)
		return out, err
	})
}

// Recent are the rooms in which something was posted last: of private ones the
// other person, who can still be written to.
type Recent struct {
	People []User
	Groups []RoomView
}

// RecentChats gives the asker's rooms with the newest messages, newest first.
func (s *Service) RecentChats(ctx context.Context, who Session) (Recent, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (Recent, error) {
		var out Recent
		groups, err := r.RecentRooms(ctx, who.User.ID, Group, recentChats)
		if err != nil {
			return Recent{}, err
		}
		if out.Groups, err = viewRooms(ctx, r, groups); err != nil {
			return Recent{}, err
		}
		pairs, err := r.RecentRooms(ctx, who.User.ID, Private, recentChats)
		if err != nil {
			return Recent{}, err
		}
		views, err := viewRooms(ctx, r, pairs)
		for _, v := range views {
			other := slices.IndexFunc(v.Members, func(m RoomMember) bool {
				return m.User.ID != who.User.ID && !m.User.IsBot() && !m.User.Deleted
			})
			if other >= 0 {
				out.People = append(out.People, v.Members[other].User)
			}
		}
		return out, err
	})
}
