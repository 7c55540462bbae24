package chat

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// What whoever runs the server does with its database at hand. Nobody is asking
// here: being able to open the database is the permission.

// operator acts with the owner's rights and as nobody in particular.
func operator() Session { return Session{User: User{Name: "operator", Role: Owner}} }

// CreateRoomFor makes a group room with the person who has the address or phone number admin as
// its admin, and the people with those of members. Fails with NotFound,
// naming the address, when there is no such person.
func (s *Service) CreateRoomFor(ctx context.Context, name, admin string, members []string) (RoomView, error) {
	name, err := CleanName("name", name)
	if err != nil {
		return RoomView{}, err
	}
	who, err := personBy(ctx, s.store, admin)
	if err != nil {
		return RoomView{}, err
	}
	room := NewRoom{Name: name, Type: Group, strangers: true}
	for _, email := range members {
		u, err := personBy(ctx, s.store, email)
		if err != nil {
			return RoomView{}, err
		}
		room.UserIDs = append(room.UserIDs, u.ID)
	}
	return s.CreateRoom(ctx, Session{User: who}, room)
}

// personBy finds the person with an e-mail address or, if it begins with a plus, a
// phone number.
func personBy(ctx context.Context, r Reader, reach string) (User, error) {
	if strings.HasPrefix(reach, "+") {
		u, err := r.UserByPhone(ctx, reach)
		if err != nil || u.Deleted {
			return User{}, Errorf(NotFound, "there is no person with the phone number %s", reach).unless(err)
		}
		return u, nil
	}
	email, err := CleanEmail(reach)
	if err != nil {
		return User{}, err
	}
	u, err := r.UserByEmail(ctx, email)
	if err != nil || u.Deleted {
		return User{}, Errorf(NotFound, "there is no person with the e-mail address %s", email).unless(err)
	}
	return u, nil
}

// CreateRoomKey makes an API key for a room. Fails with NotFound when there is
// no such room, Forbidden when it is deleted.
func (s *Service) CreateRoomKey(ctx context.Context, room int64, name string) (KeyView, error) {
	if _, err := s.store.Room(ctx, room); err != nil {
		return KeyView{}, Errorf(NotFound, "there is no room %d", room).unless(err)
	}
	return s.CreateKey(ctx, operator(), room, name)
}

// RoomKeys lists a room's API keys, without their secrets; room 0: of all rooms
// that someone is in. Fails with NotFound when there is no such room.
func (s *Service) RoomKeys(ctx context.Context, room int64) ([]APIKey, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]APIKey, error) {
		if room != 0 {
			if _, err := r.Room(ctx, room); err != nil {
				return nil, Errorf(NotFound, "there is no room %d", room).unless(err)
			}
			return r.Keys(ctx, room)
		}
		rooms, err := livelyRooms(ctx, r)
		if err != nil {
			return nil, err
		}
		var out []APIKey
		for _, id := range rooms {
			keys, err := r.Keys(ctx, id)
			if err != nil {
				return nil, err
			}
			out = append(out, keys...)
		}
		return out, nil
	})
}

// livelyRooms lists the rooms that people are in, by id.
func livelyRooms(ctx context.Context, r Reader) ([]int64, error) {
	people, err := r.People(ctx)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, p := range people {
		rooms, err := r.JoinedRooms(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		out = slices.AppendSeq(out, maps.Keys(rooms))
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// RevokeKey ends an API key: it stops posting within a second everywhere. Fails
// with NotFound when there is no such key.
func (s *Service) RevokeKey(ctx context.Context, id int64) (APIKey, error) {
	key, err := s.DeleteKey(ctx, operator(), id)
	if IsNotFound(err) {
		err = Errorf(NotFound, "there is no API key %d", id)
	}
	return key, err
}
