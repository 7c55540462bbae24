package chat

import (
	"context"
	"unicode/utf8"
)

// Reaction is what a person reacted to a message with: one for each person and
// message. Taken back, it stays, so that others learn that it is gone.
type Reaction struct {
	MessageID int64
	RoomID    int64
	UserID    int64
	Emoji     string
	Deleted   bool
	Created   Time
	Modified  Time
}

// MaxReaction is how many characters a reaction may have. What looks like one
// emoji can be a dozen.
const MaxReaction = 64

// RecordID gives the reaction's id, as Receipt.RecordID does.
func (r Reaction) RecordID() int64 { return recordID(r.MessageID, r.UserID, reacted) }

// ReactionView is a reaction with the counts its message has now.
type ReactionView struct {
	Reaction
	Counts
}

// React sets the asker's reaction to a message, in place of the one before. The
// same one again changes nothing. Fails with NotFound when the asker cannot see
// the message or it is deleted, Forbidden when the room is blocked or deleted, and
// Invalid when there is no reaction.
func (s *Service) React(ctx context.Context, who Session, message int64, emoji string) (Reaction, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (Reaction, error) {
		m, heard, err := reactable(ctx, tx, who, message)
		if err != nil {
			return Reaction{}, err
		}
		if n := utf8.RuneCountInString(emoji); n < 1 || n > MaxReaction {
			return Reaction{}, Errorf(Invalid, "reaction field is required when type='reaction': 1 to %d characters", MaxReaction)
		}
		now, err := tx.Reaction(ctx, message, who.User.ID)
		switch {
		case IsNotFound(err):
			now = Reaction{MessageID: message, RoomID: m.RoomID, UserID: who.User.ID, Created: tx.Stamp()}
		case err != nil:
			return Reaction{}, err
		case !now.Deleted && now.Emoji == emoji:
			return now, nil
		}
		now.Emoji, now.Deleted, now.Modified = emoji, false, tx.Stamp()
		if err := tx.PutReaction(ctx, now); err != nil {
			return Reaction{}, err
		}
		tx.Emit(heard.to(Event{Kind: Reacted, RoomID: m.RoomID, UserID: who.User.ID, MessageID: message}))
		return now, nil
	})
}

// reactable finds a message that the asker can react to, and who hears of it.
func reactable(ctx context.Context, tx Tx, who Session, id int64) (Message, audience, error) {
	m, _, err := seenMessage(ctx, tx, who.User.ID, id)
	if err != nil || m.Deleted {
		return Message{}, audience{}, Errorf(NotFound, "Message not found").unless(err)
	}
	heard, err := openIn(ctx, tx, m, who.User.ID)
	return m, heard, err
}

// TakeBack takes the asker's reaction back, by its id. Fails with NotFound when
// there is no such reaction of the asker's, or it is a receipt.
func (s *Service) TakeBack(ctx context.Context, who Session, id int64) (Reaction, error) {
	message, user, kind := splitRecordID(id)
	if user != who.User.ID {
		return Reaction{}, Errorf(NotFound, "Not found")
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Reaction, error) {
		m, _, err := seenMessage(ctx, tx, user, message)
		if err != nil {
			return Reaction{}, Errorf(NotFound, "Not found").unless(err)
		}
		if kind != reacted {
			return Reaction{}, Errorf(NotFound, "Only reactions can be deleted")
		}
		now, err := tx.Reaction(ctx, message, user)
		if err != nil {
			return Reaction{}, Errorf(NotFound, "Not found").unless(err)
		}
		if now.Deleted {
			return now, nil
		}
		room, err := tx.Room(ctx, m.RoomID)
		if err != nil {
			return Reaction{}, err
		}
		heard, err := heardIn(ctx, tx, room, user)
		if err != nil {
			return Reaction{}, err
		}
		now.Deleted, now.Modified = true, tx.Stamp()
		if err := tx.PutReaction(ctx, now); err != nil {
			return Reaction{}, err
		}
		tx.Emit(heard.to(Event{Kind: ReactionGone, RoomID: m.RoomID, UserID: user, MessageID: message}))
		return now, nil
	})
}

// ToldReaction gives the reaction a Reacted or ReactionGone event is about, with
// its message's counts. Fails with NotFound when it is not that way any more: a
// later event tells how it is now.
func (s *Service) ToldReaction(ctx context.Context, e Event) (ReactionView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (ReactionView, error) {
		now, err := r.Reaction(ctx, e.MessageID, e.UserID)
		if err != nil {
			return ReactionView{}, err
		}
		if now.Deleted != (e.Kind == ReactionGone) {
			return ReactionView{}, Errorf(NotFound, "reaction not found")
		}
		v, err := messageFor(ctx, s.positions.over(r), e.Reader, e.MessageID)
		return ReactionView{now, v.Counts}, err
	})
}
