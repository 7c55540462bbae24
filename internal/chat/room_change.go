package chat

import (
	"context"
	"maps"
	"slices"
)

// RoomChange is what an admin wants changed; nil leaves a thing as it is.
type RoomChange struct {
	Name         *string // empty: as it is
	AvatarID     *int64
	UserIDs      []int64 // all members; nil: as they are. Admins and bots stay anyway
	AdminIDs     []int64 // all admins among them; nil: as they are. The asker stays
	AddUsers     []int64
	RemoveUsers  []int64 // admins, too, but not the asker, who can leave; bots stay
	AddAdmins    []int64
	RemoveAdmins []int64
}

// UpdateRoom changes a group room. Unknown users are ignored. Fails with
// NotFound, or Forbidden when the room is private or the asker no admin.
func (s *Service) UpdateRoom(ctx context.Context, who Session, id int64, c RoomChange) (RoomView, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (RoomView, error) {
		room, _, err := managedRoom(ctx, tx, who, id, "Can't update private room")
		if err != nil {
			return RoomView{}, err
		}
		before := room
		if err := applyProfile(&room, c); err != nil {
			return RoomView{}, err
		}
		if err := checkFace(ctx, tx, who.User.ID, room.AvatarID, before.AvatarID); err != nil {
			return RoomView{}, err
		}
		moved, err := s.applyMembers(ctx, tx, who, &room, c)
		if err != nil {
			return RoomView{}, err
		}
		room.Modified = tx.Stamp()
		if err := tx.UpdateRoom(ctx, room); err != nil {
			return RoomView{}, err
		}
		if err := dropUnused(ctx, tx, before.AvatarID); err != nil {
			return RoomView{}, err
		}
		moved.announce(tx, id, who.User.ID)
		if err := s.tellChanges(ctx, tx, who, roomChange{before, room, moved}); err != nil {
			return RoomView{}, err
		}
		return roomView(ctx, tx, id, who.User.ID)
	})
}

// moves are the people whom a change made or unmade members and admins.
type moves struct{ added, removed, promoted, demoted []int64 }

// announce tells the room and those whom the change took something from. Who is
// an admin no more hears of it first, since clients drop a room at that: what is
// told to the room puts it back.
func (m moves) announce(tx Tx, room, by int64) {
	for _, user := range m.demoted {
		tx.Emit(Event{Kind: AdminEnded, RoomID: room, ToUser: user})
	}
	tx.Emit(Event{Kind: RoomChanged, RoomID: room, UserID: by})
	for _, user := range m.removed {
		tx.Emit(Event{Kind: RoomLeft, RoomID: room, ToUser: user})
	}
}

func applyProfile(room *Room, c RoomChange) (err error) {
	if c.Name != nil && *c.Name != "" {
		if room.Name, err = CleanName("name", *c.Name); err != nil {
			return err
		}
	}
	if c.AvatarID != nil {
		room.AvatarID = *c.AvatarID
	}
	return nil
}

// applyMembers brings members and admins to what the change asks for and tells
// who moved. The caller stores the room.
func (s *Service) applyMembers(ctx context.Context, tx Tx, who Session, room *Room, c RoomChange) (moves, error) {
	now, err := tx.RoomMembers(ctx, room.ID)
	if err != nil {
		return moves{}, err
	}
	add, remove, admins := plan(now, who.User.ID, c)
	if add, err = s.peopleFor(ctx, tx, who, add); err != nil {
		return moves{}, err
	}
	if !adminStays(now, add, remove, admins) {
		return moves{}, Errorf(Invalid, "At least one admin should be in the group")
	}
	if err := s.checkMemberCount(len(now) + len(add) - len(remove)); err != nil {
		return moves{}, err
	}
	if len(add) > 0 {
		if err := addMembers(ctx, tx, room, add, nil); err != nil {
			return moves{}, err
		}
	}
	for _, id := range remove {
		member, err := tx.Member(ctx, room.ID, id)
		if err != nil {
			return moves{}, err
		}
		if err := closeStay(ctx, tx, room, member); err != nil {
			return moves{}, err
		}
	}
	moved := moves{added: add, removed: remove}
	return moved, moved.setAdmins(ctx, tx, room.ID, admins)
}

// plan works out who is added and removed and who is an admin afterwards.
func plan(now []RoomMember, asker int64, c RoomChange) (add, remove []int64, admins map[int64]bool) {
	admins = map[int64]bool{}
	here := map[int64]RoomMember{}
	for _, m := range now {
		here[m.User.ID] = m
		admins[m.User.ID] = m.Admin
	}
	add = append(slices.Clone(c.AddUsers), c.UserIDs...)
	wanted, unwanted := setOf(append(slices.Clone(c.UserIDs), c.AdminIDs...)), setOf(c.RemoveUsers)
	for _, m := range now {
		dropped := c.UserIDs != nil && !wanted[m.User.ID] && !m.Admin || unwanted[m.User.ID] && m.User.ID != asker
		if dropped && !m.User.IsBot() { // a bot leaves with its key
			remove = append(remove, m.User.ID)
		}
	}
	if c.AdminIDs != nil {
		for id := range admins {
			admins[id] = id == asker
		}
		add = append(add, c.AdminIDs...)
		for _, id := range c.AdminIDs {
			admins[id] = true
		}
	}
	for _, id := range c.AddAdmins {
		add = append(add, id)
		admins[id] = true
	}
	for _, id := range c.RemoveAdmins {
		admins[id] = false
	}
	add = slices.DeleteFunc(uniqueIDs(add), func(id int64) bool { _, ok := here[id]; return ok })
	return add, remove, admins
}

func setOf(ids []int64) map[int64]bool {
	set := make(map[int64]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// peopleFor gives those of ids that the asker can make members.
func (s *Service) peopleFor(ctx context.Context, r Reader, who Session, ids []int64) ([]int64, error) {
	unknown, err := s.strangers(ctx, r, who.User.ID, ids)
	if err != nil {
		return nil, err
	}
	return peopleOf(ctx, r, slices.DeleteFunc(ids, func(id int64) bool { return slices.Contains(unknown, id) }))
}

// peopleOf gives those of ids that are people who can become members.
func peopleOf(ctx context.Context, r Reader, ids []int64) ([]int64, error) {
	users, err := r.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	var people []int64
	for _, u := range users {
		if !u.IsBot() && !u.Deleted {
			people = append(people, u.ID)
		}
	}
	return people, nil
}

// adminStays reports whether a person is an admin once the change is made.
func adminStays(now []RoomMember, add, remove []int64, admins map[int64]bool) bool {
	return slices.ContainsFunc(add, func(id int64) bool { return admins[id] }) ||
		slices.ContainsFunc(now, func(m RoomMember) bool {
			return admins[m.User.ID] && !m.User.IsBot() && !slices.Contains(remove, m.User.ID)
		})
}

// setAdmins stores who is an admin now, in the order of their ids.
func (m *moves) setAdmins(ctx context.Context, tx Tx, room int64, admins map[int64]bool) error {
	for _, id := range slices.Sorted(maps.Keys(admins)) {
		want := admins[id]
		member, err := tx.Member(ctx, room, id)
		if IsNotFound(err) || err == nil && (member.Left || member.Admin == want || !member.IsPerson) {
			continue
		}
		if err != nil {
			return err
		}
		member.Admin = want
		if err := tx.UpdateMember(ctx, member); err != nil {
			return err
		}
		if want {
			m.promoted = append(m.promoted, id)
		} else {
			m.demoted = append(m.demoted, id)
		}
	}
	return nil
}
