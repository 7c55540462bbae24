package chat

import "context"

// AllRooms lists rooms, whoever is in them.
func (s *Service) AllRooms(ctx context.Context, who Session, f RoomFilter, page int) (Listed[Room], error) {
	return managedList(ctx, s, who, page, listing[Room]{
		whole: f == RoomFilter{},
		read:  func(ctx context.Context, r Reader, p Page) ([]Room, error) { return r.RoomsListed(ctx, f, p) },
		count: func(ctx context.Context, r Reader) (int64, error) { return r.CountOpenRooms(ctx) },
	})
}

// ManagedRoom gives a room with its members, deleted or not. What was said in it
// is not the asker's to read.
func (s *Service) ManagedRoom(ctx context.Context, who Session, id int64) (RoomView, error) {
	if err := mayManage(who); err != nil {
		return RoomView{}, err
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomView, error) {
		room, err := anyRoom(ctx, r, id)
		if err != nil {
			return RoomView{}, err
		}
		members, err := r.RoomMembers(ctx, id)
		return RoomView{Room: room, Members: members}, err
	})
}

func anyRoom(ctx context.Context, r Reader, id int64) (Room, error) {
	room, err := r.Room(ctx, id)
	if err != nil || room.Purged {
		return Room{}, Errorf(NotFound, "Wrong room id").unless(err)
	}
	return room, nil
}

// openRoom finds a group that can be changed from outside. What two people have
// between them is nobody else's.
func openRoom(ctx context.Context, r Reader, id int64) (Room, error) {
	room, err := anyRoom(ctx, r, id)
	if err == nil && room.Type == Private {
		err = Errorf(Forbidden, "Can't update private room")
	}
	return room, err
}

// MakeRoom makes a group without members.
func (s *Service) MakeRoom(ctx context.Context, who Session, name string, kind RoomType) (Room, error) {
	if err := mayManage(who); err != nil {
		return Room{}, err
	}
	switch {
	case name == "":
		return Room{}, Errorf(Invalid, "Name is required")
	case kind == "":
		return Room{}, Errorf(Invalid, "Type id is required")
	case kind == Private:
		return Room{}, Errorf(Invalid, "Type id is required: only groups are made here, a private room by one of its two people")
	}
	name, err := CleanName("name", name)
	if err != nil {
		return Room{}, err
	}
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (Room, error) {
		room, err := tx.CreateRoom(ctx, Room{Type: Group, Name: name}, "")
		if err != nil {
			return Room{}, err
		}
		return room, tx.Audit(ctx, who.did("room.add", room.ID))
	})
}

// RoomReform is what those who manage the team change about a group; nil leaves a
// thing as it is.
type RoomReform struct {
	Name    *string // empty: as it is
	Type    RoomType
	Deleted *bool
}

// ReformRoom changes a group, brings a deleted one back or deletes it. Fails with
// NotFound, with Forbidden for a private room, and with Invalid when there is
// nothing to change.
func (s *Service) ReformRoom(ctx context.Context, who Session, id int64, c RoomReform) (Room, error) {
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (Room, error) {
		room, err := openRoom(ctx, tx, id)
		if err != nil {
			return Room{}, err
		}
		switch {
		case (c.Name == nil || *c.Name == "") && c.Type == "" && c.Deleted == nil:
			return Room{}, Errorf(Invalid, "Nothing to update")
		case c.Type == Private:
			return Room{}, Errorf(Invalid, "A group cannot become a private room")
		}
		before := room
		if err := applyProfile(&room, RoomChange{Name: c.Name}); err != nil {
			return Room{}, err
		}
		if c.Deleted != nil {
			room.Deleted = *c.Deleted
		}
		room.Modified = tx.Stamp()
		if err := tx.UpdateRoom(ctx, room); err != nil {
			return Room{}, err
		}
		kind := RoomChanged
		if room.Deleted && !before.Deleted {
			kind = RoomDeleted
		}
		tx.Emit(Event{Kind: kind, RoomID: id})
		return room, tx.Audit(ctx, who.did("room.change", id, "name", before.Name != room.Name, "deleted", room.Deleted))
	})
}

// ToggleRoomAdmin makes a member of a group its admin, or an admin no more. The
// last one stays. It gives how many members it changed.
func (s *Service) ToggleRoomAdmin(ctx context.Context, who Session, id, user int64) (int, error) {
	return s.reshape(ctx, who, id, func(ctx context.Context, tx Tx, room *Room) (moves, AuditEntry, error) {
		members, err := tx.RoomMembers(ctx, id)
		if err != nil {
			return moves{}, AuditEntry{}, err
		}
		member, err := presentPerson(ctx, tx, id, user)
		if err != nil {
			return moves{}, AuditEntry{}, err
		}
		change := map[int64]bool{user: !member.Admin}
		for _, m := range members {
			if m.User.ID != user {
				change[m.User.ID] = m.Admin
			}
		}
		if !adminStays(members, nil, nil, change) {
			return moves{}, AuditEntry{}, Errorf(Invalid, "At least one admin should be in the group")
		}
		var moved moves
		entry := who.did("room.admin", id, "user", user, "admin", !member.Admin)
		if err := moved.setAdmins(ctx, tx, id, map[int64]bool{user: !member.Admin}); err != nil {
			return moves{}, AuditEntry{}, err
		}
		room.Modified = tx.Stamp()
		return moved, entry, tx.UpdateRoom(ctx, *room)
	})
}

// reshape changes who is in a group and what they may do there, and tells them.
func (s *Service) reshape(ctx context.Context, who Session, id int64,
	change func(ctx context.Context, tx Tx, room *Room) (moves, AuditEntry, error),
) (int, error) {
	return manage(ctx, s, who, func(ctx context.Context, tx Tx) (int, error) {
		room, err := openRoom(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		moved, entry, err := change(ctx, tx, &room)
		n := len(moved.added) + len(moved.removed) + len(moved.promoted) + len(moved.demoted)
		if err != nil || n == 0 {
			return 0, err
		}
		moved.announce(tx, id, 0)
		return n, tx.Audit(ctx, entry)
	})
}

// presentPerson finds a person's place in a room they are in.
func presentPerson(ctx context.Context, r Reader, room, user int64) (Member, error) {
	m, err := r.Member(ctx, room, user)
	switch {
	case err != nil || m.Left:
		return Member{}, Errorf(NotFound, "Wrong user id: not a member of this room").unless(err)
	case !m.IsPerson:
		return Member{}, Errorf(Invalid, "A bot is no admin, and leaves with its API key")
	}
	return m, nil
}

// AddToRoom has people join a group. Who is in it already, or is nobody, is passed
// over. It gives how many joined.
func (s *Service) AddToRoom(ctx context.Context, who Session, id int64, users []int64) (int, error) {
	return s.reshape(ctx, who, id, func(ctx context.Context, tx Tx, room *Room) (moves, AuditEntry, error) {
		members, err := tx.RoomMembers(ctx, id)
		if err != nil {
			return moves{}, AuditEntry{}, err
		}
		add, _, _ := plan(members, 0, RoomChange{AddUsers: users})
		if add, err = peopleOf(ctx, tx, add); err != nil || len(add) == 0 {
			return moves{}, AuditEntry{}, err
		}
		if err := s.checkMemberCount(len(members) + len(add)); err != nil {
			return moves{}, AuditEntry{}, err
		}
		return moves{added: add}, who.did("room.members", id, "added", add), addMembers(ctx, tx, room, add, nil)
	})
}

// RemoveFromRoom ends a person's stay in a group; if they were its last admin,
// whoever has been there longest manages it from then on.
func (s *Service) RemoveFromRoom(ctx context.Context, who Session, id, user int64) (int, error) {
	return s.reshape(ctx, who, id, func(ctx context.Context, tx Tx, room *Room) (moves, AuditEntry, error) {
		member, err := presentPerson(ctx, tx, id, user)
		if err != nil {
			return moves{}, AuditEntry{}, err
		}
		if err := inherit(ctx, tx, id, member); err != nil {
			return moves{}, AuditEntry{}, err
		}
		entry := who.did("room.members", id, "removed", []int64{user})
		return moves{removed: []int64{user}}, entry, endStay(ctx, tx, room, member)
	})
}

// DestroyRoom deletes a room of any type and everything in it, for good: nobody
// reads any of it once this has returned. Apps that were away are told that it is
// gone; that is all that is kept.
func (s *Service) DestroyRoom(ctx context.Context, who Session, id int64) error {
	_, err := manage(ctx, s, who, func(ctx context.Context, tx Tx) (struct{}, error) {
		room, err := anyRoom(ctx, tx, id)
		if err != nil {
			return struct{}{}, err
		}
		tx.Emit(Event{Kind: RoomDeleted, RoomID: id}) // while they are members
		tx.Emit(Event{Kind: AccessChanged})           // its keys end
		if err := tx.PurgeRoom(ctx, room); err != nil {
			return struct{}{}, err
		}
		if err := dropUnused(ctx, tx, room.AvatarID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ctx, who.did("room.delete", id))
	})
	if err != nil {
		return err
	}
	return s.purge(ctx, id)
}

// purge forgets a destroyed room's messages, and the files that nothing else
// refers to, in steps, so that others get their turn between them.
func (s *Service) purge(ctx context.Context, room int64) error {
	for {
		more, err := update(ctx, s, func(ctx context.Context, tx Tx) (bool, error) {
			files, more, err := tx.PurgeStep(ctx, room)
			if err != nil {
				return false, err
			}
			return more, dropUnused(ctx, tx, files...)
		})
		if err != nil || !more {
			return err
		}
	}
}

// FinishPurges forgets what is left of destroyed rooms where that was interrupted.
func (s *Service) FinishPurges(ctx context.Context) error {
	rooms, err := s.store.RoomsToPurge(ctx)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if err := s.purge(ctx, room); err != nil {
			return err
		}
	}
	return nil
}
