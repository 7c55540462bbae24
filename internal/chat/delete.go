package chat

import (
	"context"
	"slices"
)

// MaxMessageIDs is how many messages one request may delete or forward.
const MaxMessageIDs = 100

// DeleteMessages deletes messages for everyone, which only their sender can, or
// for the asker alone. All are deleted or none. A message that is deleted
// already stays so, which is no failure. Fails with NotFound for a message there
// is not or that the asker never saw, and with Forbidden for another's message or
// one of a room the asker is not in.
func (s *Service) DeleteMessages(ctx context.Context, who Session, ids []int64, forAll bool) ([]MessageView, error) {
	if len(ids) == 0 || len(ids) > MaxMessageIDs {
		return nil, Errorf(Invalid, "messageIds must name 1 to %d messages", MaxMessageIDs)
	}
	ids = inOrderOnce(ids)
	return update(ctx, s, func(ctx context.Context, tx Tx) ([]MessageView, error) {
		out := make([]Message, len(ids))
		for i, id := range ids {
			var err error
			if out[i], err = deleteMessage(ctx, tx, who, id, forAll); err != nil {
				return nil, err
			}
		}
		return viewMessages(ctx, tx, who.User.ID, out)
	})
}

// inOrderOnce drops what is named again.
func inOrderOnce(ids []int64) []int64 {
	var out []int64
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func deleteMessage(ctx context.Context, tx Tx, who Session, id int64, forAll bool) (Message, error) {
	m, err := tx.Message(ctx, id)
	if err != nil {
		return Message{}, Errorf(NotFound, "Not found").unless(err)
	}
	if forAll && m.Type == SystemType {
		return Message{}, Errorf(Forbidden, "User can't delete system messages for everyone")
	}
	if forAll && m.FromUser != who.User.ID {
		return Message{}, Errorf(Forbidden, "User can't delete another users message for everyone: target=user deletes it for oneself")
	}
	member, err := tx.Member(ctx, m.RoomID, who.User.ID)
	if err != nil || member.Left {
		return Message{}, Errorf(Forbidden, "User can't delete messages from room that he is not in").unless(err)
	}
	m, member, err = seenMessage(ctx, tx, who.User.ID, id)
	if err != nil {
		return Message{}, Errorf(NotFound, "Not found").unless(err)
	}
	if forAll {
		return deleteForAll(ctx, tx, who, id)
	}
	if m.Deleted {
		return m, nil
	}
	return m, hideFrom(ctx, tx, member, m)
}

// deleteForAll wipes what a message said, with its files where no other has them,
// and leaves that there was one.
func deleteForAll(ctx context.Context, tx Tx, who Session, id int64) (Message, error) {
	m, err := tx.Message(ctx, id)
	if err != nil || m.Deleted {
		return m, err
	}
	file, thumb := m.FileID, m.ThumbID
	m.wipe()
	m.Modified = tx.Stamp()
	if err := tx.UpdateMessage(ctx, m); err != nil {
		return Message{}, err
	}
	if err := dropUnused(ctx, tx, file, thumb); err != nil {
		return Message{}, err
	}
	tx.Emit(Event{Kind: MessageDeleted, RoomID: m.RoomID, UserID: who.User.ID, MessageID: m.ID})
	return m, nil
}

// hideFrom deletes a message for one member.
func hideFrom(ctx context.Context, tx Tx, member Member, m Message) error {
	err := tx.Hide(ctx, Hidden{UserID: member.UserID, MessageID: m.ID, RoomID: m.RoomID, N: m.N, Kind: DeletedForOne, At: tx.Stamp()})
	if err != nil {
		return err
	}
	if m.N > member.SeenN && m.FromUser != member.UserID && m.Type != SystemType { // those are skipped already
		member.Skip++
	}
	member.Changed = tx.Stamp()
	if err := tx.UpdateMember(ctx, member); err != nil {
		return err
	}
	tx.Emit(Event{Kind: MessageHidden, RoomID: m.RoomID, ToUser: member.UserID, MessageID: m.ID})
	return nil
}
