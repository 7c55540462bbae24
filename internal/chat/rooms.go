package chat

import (
	"context"
	"slices"
)

// RoomPage is how many rooms a page of a room list holds.
const RoomPage = 10

// NewRoom describes a room to be made.
type NewRoom struct {
	Name     string
	Type     RoomType // empty: private for up to two people, else group
	AvatarID int64
	UserIDs  []int64
	AdminIDs []int64 // are members, too

	strangers bool // the operator brings together whom they like
}

// CreateRoom makes a room with the asker as an admin. Fails with Invalid when a
// user does not exist or is a bot, which belongs to its key's room only, and with
// Conflict when the two people already share a private room.
func (s *Service) CreateRoom(ctx context.Context, who Session, n NewRoom) (RoomView, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (RoomView, error) {
		room, err := s.createRoom(ctx, tx, who, n)
		if err != nil {
			return RoomView{}, err
		}
		return roomView(ctx, tx, room, who.User.ID)
	})
}

// createRoom makes a room and gives its id.
func (s *Service) createRoom(ctx context.Context, tx Tx, who Session, n NewRoom) (int64, error) {
	admins := uniqueIDs(append(n.AdminIDs, who.User.ID))
	all := uniqueIDs(slices.Concat(n.UserIDs, admins))
	if err := s.checkMemberCount(len(all)); err != nil {
		return 0, err
	}
	if err := checkUsersExist(ctx, tx, n.UserIDs, "Users doesn't exist, ids: %s"); err != nil {
		return 0, err
	}
	if err := checkUsersExist(ctx, tx, n.AdminIDs, "Admin users doesn't exist, ids: %s"); err != nil {
		return 0, err
	}
	if err := checkFace(ctx, tx, who.User.ID, n.AvatarID, 0); err != nil {
		return 0, err
	}
	room, pair, err := planRoom(ctx, tx, n, all)
	if err != nil {
		return 0, err
	}
	if !n.strangers {
		if err := s.checkKnown(ctx, tx, who, room.Type, all); err != nil {
			return 0, err
		}
	}
	if room, err = tx.CreateRoom(ctx, room, pair); err != nil {
		return 0, err
	}
	if err := addMembers(ctx, tx, &room, all, admins); err != nil {
		return 0, err
	}
	tx.Emit(Event{Kind: RoomMade, RoomID: room.ID, UserID: who.User.ID})
	if room.Type == Private {
		return room.ID, nil
	}
	return room.ID, s.tell(ctx, tx, who, room.ID, aboutRoom(createdGroup, room))
}

func (s *Service) checkMemberCount(n int) error {
	if n > s.opts.MaxMembers {
		return Errorf(Invalid, "a room can have at most %d members", s.opts.MaxMembers)
	}
	return nil
}

// planRoom settles type and name, and for a private pair the key that makes it
// the only one. More than two people are a group, whatever they call it.
func planRoom(ctx context.Context, tx Tx, n NewRoom, members []int64) (Room, string, error) {
	room := Room{Type: n.Type, Name: n.Name, AvatarID: n.AvatarID}
	if room.Type == "" {
		room.Type = Group
		if len(members) < 3 {
			room.Type = Private
		}
	}
	if room.Type == Private && len(members) > 2 {
		room.Type = Group
	}
	var err error
	if room.Name, err = newRoomName(room.Name, len(members)); err != nil {
		return Room{}, "", err
	}
	if room.Type != Private || len(members) != 2 {
		return room, "", nil
	}
	if _, err := tx.PrivateRoom(ctx, members[0], members[1]); !IsNotFound(err) {
		if err == nil {
			err = Errorf(Conflict, "Room already exists")
		}
		return Room{}, "", err
	}
	return room, PairKey(members[0], members[1]), nil
}

// newRoomName settles the name of a room that is made with so many members. One
// of two people needs none: each sees the other's.
func newRoomName(name string, members int) (string, error) {
	switch {
	case name != "":
		return CleanName("name", name)
	case members == 1:
		return "Private room", nil
	case members == 2:
		return "", nil
	}
	return "Untitled room", nil
}

// checkUsersExist fails with the complaint, naming those of ids that are not
// people.
func checkUsersExist(ctx context.Context, r Reader, ids []int64, complaint string) error {
	ids = uniqueIDs(ids)
	users, err := r.Users(ctx, ids)
	if err != nil {
		return err
	}
	people := make(map[int64]bool, len(users))
	for _, u := range users {
		people[u.ID] = !u.Deleted && !u.IsBot()
	}
	missing := slices.DeleteFunc(ids, func(id int64) bool { return people[id] })
	if len(missing) > 0 {
		return Errorf(Invalid, complaint, joinIDs(missing))
	}
	return nil
}

func uniqueIDs(ids []int64) []int64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// addMembers opens stays from the room's newest message on, as of the next
// event, and counts the people.
func addMembers(ctx context.Context, tx Tx, room *Room, ids, admins []int64) error {
	users, err := tx.Users(ctx, ids)
	if err != nil {
		return err
	}
	slices.SortFunc(users, func(a, b User) int { return int(a.ID - b.ID) })
	for _, u := range users {
		err := tx.AddMember(ctx, Member{
			RoomID: room.ID, UserID: u.ID, JoinSeq: tx.NextSeq(), JoinN: room.LastN,
			DeliveredN: room.LastN, SeenN: room.LastN,
			Admin: slices.Contains(admins, u.ID), IsPerson: !u.IsBot(), Joined: tx.Stamp(),
		})
		if err != nil {
			return err
		}
		if !u.IsBot() {
			room.People++
		}
	}
	room.Modified = tx.Stamp()
	return tx.UpdateRoom(ctx, *room)
}

// endStay closes a member's stay as of the next event. The caller tells them.
func endStay(ctx context.Context, tx Tx, room *Room, m Member) error {
	if err := closeStay(ctx, tx, room, m); err != nil {
		return err
	}
	return tx.UpdateRoom(ctx, *room)
}

// closeStay is endStay for one of several: the caller stores the room.
func closeStay(ctx context.Context, tx Tx, room *Room, m Member) error {
	m.Left, m.LeftN, m.LeftSeq, m.Admin, m.Changed = true, room.LastN, tx.NextSeq(), false, tx.Stamp()
	if m.IsPerson {
		room.People--
	}
	room.Modified = tx.Stamp()
	return tx.UpdateMember(ctx, m)
}

// Room gives a room as the asker sees it, deleted or not. Fails with NotFound
// when the asker is not a member, or alone in a private room: clients show that
// as the other one.
func (s *Service) Room(ctx context.Context, who Session, id int64) (RoomView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomView, error) {
		room, err := roomView(ctx, r, id, who.User.ID)
		if err == nil && room.Type == Private && len(room.Members) < 2 {
			return RoomView{}, Errorf(NotFound, "Room not found: there is nobody else in this private room")
		}
		return room, err
	})
}

func roomView(ctx context.Context, r Reader, id, user int64) (RoomView, error) {
	room, err := r.Room(ctx, id)
	if err != nil {
		return RoomView{}, Errorf(NotFound, "Room not found").unless(err)
	}
	member, err := r.Member(ctx, id, user)
	if err != nil || member.Left {
		return RoomView{}, Errorf(NotFound, "Room not found").unless(err)
	}
	views, err := viewRooms(ctx, r, []RoomStay{{room, member}})
	if err != nil {
		return RoomView{}, err
	}
	return views[0], nil
}

// unless gives e, but an err that says something else than "not there" as it
// is.
func (e *Error) unless(err error) error {
	if err != nil && !IsNotFound(err) {
		return err
	}
	return e
}

func viewRooms(ctx context.Context, r Reader, stays []RoomStay) ([]RoomView, error) {
	var current []int64
	for _, st := range stays {
		if !st.Member.Left {
			current = append(current, st.Room.ID)
		}
	}
	members, err := r.MembersOf(ctx, current)
	if err != nil {
		return nil, err
	}
	out := make([]RoomView, len(stays))
	for i, st := range stays {
		if st.Member.Left {
			out[i] = goneRoom(st)
			continue
		}
		out[i] = RoomView{
			Room: st.Room, Members: members[st.Room.ID],
			Muted: st.Member.Muted, Pinned: st.Member.Pinned, Unread: st.Member.Unread(st.Room.LastN),
		}
		out[i].Modified = max(st.Room.Modified, st.Member.Changed)
	}
	return out, nil
}

// goneRoom is a room that the member has left: to them it is deleted, and what
// has become of it is not theirs to know.
func goneRoom(st RoomStay) RoomView {
	return RoomView{Room: Room{
		ID: st.Room.ID, Type: st.Room.Type, Created: st.Room.Created, Modified: st.Member.Changed, Deleted: true,
	}}
}

// RoomList is one page of rooms with the number of all.
type RoomList struct {
	List  []RoomView
	Count int64
}

// Rooms lists the asker's rooms, oldest first. keyword narrows by name; page
// counts from 0.
func (s *Service) Rooms(ctx context.Context, who Session, keyword string, page int) (RoomList, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomList, error) {
		stays, err := r.RoomsOf(ctx, who.User.ID, keyword, Page{Limit: RoomPage, Offset: page * RoomPage})
		if err != nil {
			return RoomList{}, err
		}
		views, err := viewRooms(ctx, r, stays)
		if err != nil {
			return RoomList{}, err
		}
		count, err := r.RoomCount(ctx, who.User.ID, keyword)
		return RoomList{List: views, Count: count}, err
	})
}

// PrivateRoom finds the private room the asker shares with another person.
func (s *Service) PrivateRoom(ctx context.Context, who Session, other int64) (RoomView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomView, error) {
		room, err := r.PrivateRoom(ctx, who.User.ID, other)
		if err != nil {
			return RoomView{}, Errorf(NotFound, "Room not found").unless(err)
		}
		return roomView(ctx, r, room.ID, who.User.ID)
	})
}

// DeleteRoom closes a room for good: nobody can post in it any more.
func (s *Service) DeleteRoom(ctx context.Context, who Session, id int64) (RoomView, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (RoomView, error) {
		room, _, err := managedRoom(ctx, tx, who, id, "Can't delete private room")
		if err != nil {
			return RoomView{}, err
		}
		room.Deleted, room.Modified = true, tx.Stamp()
		if err := tx.UpdateRoom(ctx, room); err != nil {
			return RoomView{}, err
		}
		tx.Emit(Event{Kind: RoomDeleted, RoomID: id, UserID: who.User.ID})
		return roomView(ctx, tx, id, who.User.ID)
	})
}

// managedRoom finds a group room the asker is an admin of.
func managedRoom(ctx context.Context, tx Tx, who Session, id int64, private string) (Room, Member, error) {
	room, err := tx.Room(ctx, id)
	if err != nil || room.Deleted {
		return Room{}, Member{}, Errorf(NotFound, "Not found").unless(err)
	}
	member, err := tx.Member(ctx, id, who.User.ID)
	if err != nil && !IsNotFound(err) {
		return Room{}, Member{}, err
	}
	switch {
	case room.Type == Private:
		return Room{}, Member{}, Errorf(Forbidden, "%s", private)
	case err != nil || member.Left || !member.Admin:
		return Room{}, Member{}, Errorf(Forbidden, "Forbidden: only admins of the room can do this")
	}
	return room, member, nil
}

// LeaveRoom ends the asker's stay. A sole admin names new ones, who become
// members if they are not. The room is given as those who stay see it.
func (s *Service) LeaveRoom(ctx context.Context, who Session, id int64, newAdmins []int64) (RoomView, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (RoomView, error) {
		room, err := tx.Room(ctx, id)
		if err != nil || room.Deleted {
			return RoomView{}, Errorf(NotFound, "Not found").unless(err)
		}
		member, err := tx.Member(ctx, id, who.User.ID)
		if err != nil || member.Left {
			return RoomView{}, Errorf(NotFound, "Not found").unless(err)
		}
		if room.Type == Private {
			return RoomView{}, Errorf(Forbidden, "Can't leave private room")
		}
		if err := s.handOver(ctx, tx, &room, member, newAdmins); err != nil {
			return RoomView{}, err
		}
		if err := s.tellLeaving(ctx, tx, who, &room, &member); err != nil {
			return RoomView{}, err
		}
		if err := endStay(ctx, tx, &room, member); err != nil {
			return RoomView{}, err
		}
		tx.Emit(Event{Kind: RoomChanged, RoomID: id, UserID: who.User.ID})
		tx.Emit(Event{Kind: RoomLeft, RoomID: id, ToUser: who.User.ID})
		members, err := tx.RoomMembers(ctx, id)
		return RoomView{Room: room, Members: members}, err
	})
}

// handOver makes new admins when the leaving member is the only one.
func (s *Service) handOver(ctx context.Context, tx Tx, room *Room, leaving Member, newAdmins []int64) error {
	if !leaving.Admin {
		return nil
	}
	members, err := tx.RoomMembers(ctx, room.ID)
	if err != nil {
		return err
	}
	others := slices.ContainsFunc(members, func(m RoomMember) bool { return m.Admin && m.User.ID != leaving.UserID })
	users, err := s.heirs(ctx, tx, leaving.UserID, members, newAdmins)
	if err != nil {
		return err
	}
	if len(users) == 0 {
		if others {
			return nil
		}
		return Errorf(Invalid, "New admin(s) must be defined: name at least one in adminUserIds before the last admin leaves")
	}
	if err := s.checkMemberCount(len(members) - 1 + joining(members, users)); err != nil {
		return err
	}
	for _, u := range users {
		if err := makeAdmin(ctx, tx, room, u.ID); err != nil {
			return err
		}
	}
	return nil
}

// heirs finds those of ids that can become admins in someone's place: people who
// are members, or can be made so.
func (s *Service) heirs(ctx context.Context, r Reader, leaving int64, members []RoomMember, ids []int64) ([]User, error) {
	unknown, err := s.strangers(ctx, r, leaving, uniqueIDs(ids))
	if err != nil {
		return nil, err
	}
	users, err := r.Users(ctx, uniqueIDs(ids))
	return slices.DeleteFunc(users, func(u User) bool {
		here := slices.ContainsFunc(members, func(m RoomMember) bool { return m.User.ID == u.ID })
		return u.ID == leaving || u.IsBot() || u.Deleted || !here && slices.Contains(unknown, u.ID)
	}), err
}

// joining counts the users who are not among the members.
func joining(members []RoomMember, users []User) int {
	here := make(map[int64]bool, len(members))
	for _, m := range members {
		here[m.User.ID] = true
	}
	n := 0
	for _, u := range users {
		if !here[u.ID] {
			n++
		}
	}
	return n
}

// makeAdmin makes a user an admin, and a member first if they are not.
func makeAdmin(ctx context.Context, tx Tx, room *Room, user int64) error {
	member, err := tx.Member(ctx, room.ID, user)
	if IsNotFound(err) || err == nil && member.Left {
		return addMembers(ctx, tx, room, []int64{user}, []int64{user})
	}
	if err != nil {
		return err
	}
	member.Admin = true
	return tx.UpdateMember(ctx, member)
}
