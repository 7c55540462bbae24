package chat

import "context"

// Mark is what a member sets on a room for themselves alone.
type Mark string

// The marks.
const (
	Mute Mark = "mute" // its messages make no noise
	Pin  Mark = "pin"  // it stands above the others in lists
)

// RoomMark says that a member has marked a room.
type RoomMark struct {
	RoomID int64
	UserID int64
	Mark   Mark
	Since  Time
}

// marked gives the flag that a mark is, and since when it is set.
func (m *Member) marked(mark Mark) (*bool, *Time) {
	if mark == Mute {
		return &m.Muted, &m.MutedAt
	}
	return &m.Pinned, &m.PinnedAt
}

// SetMark sets a mark on a room for the asker, or takes it off, and tells their
// devices. What is so already changes nothing. Fails with NotFound when there
// is no such room or the asker is not a member.
func (s *Service) SetMark(ctx context.Context, who Session, room int64, mark Mark, on bool) (RoomView, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (RoomView, error) {
		if _, err := tx.Room(ctx, room); err != nil {
			return RoomView{}, Errorf(NotFound, "Room not found").unless(err)
		}
		member, err := tx.Member(ctx, room, who.User.ID)
		if err != nil || member.Left {
			return RoomView{}, Errorf(NotFound, "User is not the member of the room.").unless(err)
		}
		flag, since := member.marked(mark)
		if *flag == on {
			return roomView(ctx, tx, room, who.User.ID)
		}
		if *flag, *since = on, 0; on {
			*since = tx.Stamp()
		}
		member.Changed = tx.Stamp()
		if err := tx.UpdateMember(ctx, member); err != nil {
			return RoomView{}, err
		}
		tx.Emit(Event{Kind: RoomMarked, RoomID: room, ToUser: who.User.ID, UserID: who.User.ID})
		return roomView(ctx, tx, room, who.User.ID)
	})
}

// Marks lists the marks that the asker has set, by room.
func (s *Service) Marks(ctx context.Context, who Session) ([]RoomMark, error) {
	stays, err := s.store.MarkedStays(ctx, who.User.ID)
	if err != nil {
		return nil, err
	}
	var out []RoomMark
	for _, m := range stays {
		for _, mark := range []Mark{Mute, Pin} {
			if set, since := m.marked(mark); *set {
				out = append(out, RoomMark{RoomID: m.RoomID, UserID: m.UserID, Mark: mark, Since: *since})
			}
		}
	}
	return out, nil
}

// UnreadCounts gives how many messages the asker has not seen, for each room
// that has any.
func (s *Service) UnreadCounts(ctx context.Context, who Session) ([]UnreadCount, error) {
	return s.store.UnreadCounts(ctx, who.User.ID)
}
