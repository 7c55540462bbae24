package chat

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// DeleteMe deletes the asker's account: what is known of them is forgotten,
// their sessions end and they leave their groups. Their messages stay, under the
// names they were posted under. Fails with Forbidden for the team's owner.
func (s *Service) DeleteMe(ctx context.Context, who Session) error {
	_, err := changeAccess(ctx, s, func(ctx context.Context, tx Tx) (struct{}, error) {
		u, err := person(ctx, tx, who.User.ID)
		if err != nil {
			return struct{}{}, err
		}
		if u.Role == Owner {
			return struct{}{}, Errorf(Forbidden, "Forbidden: the owner of the team cannot delete their account, since nobody else could take their place")
		}
		return struct{}{}, s.erase(ctx, tx, u)
	})
	return err
}

// erase forgets who a person is. Who sees them is told, so that the name goes
// from their screens, too.
func (s *Service) erase(ctx context.Context, tx Tx, u User) error {
	if err := s.tellUser(ctx, tx, u.ID); err != nil {
		return err
	}
	rooms, err := tx.JoinedRooms(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(rooms)) {
		if err := vacate(ctx, tx, id, u.ID); err != nil {
			return err
		}
	}
	tx.Emit(Event{Kind: AccessChanged, UserID: u.ID})
	for _, forget := range []func(context.Context, int64) error{
		tx.DeleteDevices, tx.DeleteSignInCodes, tx.DeleteBlocksAbout, tx.DeleteContactsAbout,
		func(ctx context.Context, user int64) error { return endManaging(ctx, tx, user) },
		func(ctx context.Context, user int64) error { return tx.CloseLinks(ctx, ResetLink, user) },
	} {
		if err := forget(ctx, u.ID); err != nil {
			return err
		}
	}
	err = tx.UpdateUser(ctx, User{
		ID: u.ID, Kind: u.Kind, Name: fmt.Sprintf("Deleted user %d", u.ID), Role: Plain, Verified: u.Verified,
		Created: u.Created, Modified: tx.Stamp(), Deleted: true,
	})
	if err != nil {
		return err
	}
	return dropUnused(ctx, tx, u.AvatarID, u.CoverID)
}

// vacate takes a person who is about to be erased out of a room. In a private
// room they stay to be seen, so that the other keeps the conversation, but do not
// count any more. A group whose last admin goes is managed by whoever has been
// there longest.
func vacate(ctx context.Context, tx Tx, id, user int64) error {
	room, err := tx.Room(ctx, id)
	if err != nil {
		return err
	}
	defer tx.Emit(Event{Kind: RoomChanged, RoomID: id, UserID: user}) // after the stay has ended
	if room.Type == Private {
		room.People, room.Modified = room.People-1, tx.Stamp()
		return tx.UpdateRoom(ctx, room)
	}
	member, err := tx.Member(ctx, id, user)
	if err != nil {
		return err
	}
	if err := inherit(ctx, tx, id, member); err != nil {
		return err
	}
	return endStay(ctx, tx, &room, member)
}

// inherit makes the member who has been in a room longest its admin, if the one
// who goes is the last.
func inherit(ctx context.Context, tx Tx, room int64, leaving Member) error {
	if !leaving.Admin {
		return nil
	}
	members, err := tx.RoomMembers(ctx, room)
	if err != nil {
		return err
	}
	heir := int64(0)
	for _, m := range members { // by the order they joined in
		switch {
		case m.User.ID == leaving.UserID || m.User.IsBot():
		case m.Admin:
			return nil
		case heir == 0:
			heir = m.User.ID
		}
	}
	if heir == 0 {
		return nil
	}
	next, err := tx.Member(ctx, room, heir)
	if err != nil {
		return err
	}
	next.Admin = true
	return tx.UpdateMember(ctx, next)
}
