package chat

import (
	"bytes"
	"context"
)

// Sender is who posts: a person from a device, or a bot through its key.
type Sender struct {
	UserID       int64
	KeyID        int64 // 0: a person
	ExceptDevice int64 // a device that is not told, because it posts; 0: none
}

// Posted is a stored message, or the one an earlier identical post stored.
type Posted struct {
	MessageView
	Replayed bool
}

// Post stores a message and announces it. The same client id from the same
// sender never makes a second message: the first one is given again. Fails
// with Unauthorized when the key was revoked, Invalid when the room is not the
// sender's or the reply target not in it, Forbidden when the room is deleted,
// Conflict when the client id was used for another message.
func (s *Service) Post(ctx context.Context, who Sender, d Draft) (Posted, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (Posted, error) {
		return post(ctx, tx, who, d)
	})
}

func post(ctx context.Context, tx Tx, who Sender, d Draft) (Posted, error) {
	room, member, err := writer(ctx, tx, who, d.RoomID)
	if err != nil {
		return Posted{}, err
	}
	clientID := d.ClientID()
	var hash []byte
	if clientID != "" {
		hash = d.meaning()
		first, err := tx.MessageByClientID(ctx, who.UserID, clientID)
		if err == nil {
			return replay(ctx, tx, first, hash)
		}
		if !IsNotFound(err) {
			return Posted{}, err
		}
	}
	if room.Deleted {
		return Posted{}, Errorf(Forbidden, "Room is deleted: nobody can post in it any more")
	}
	if err := checkReply(ctx, tx, member, d); err != nil {
		return Posted{}, err
	}
	sender, err := tx.User(ctx, who.UserID)
	if err != nil {
		return Posted{}, err
	}
	m, err := tx.AppendMessage(ctx, Message{
		RoomID: d.RoomID, FromUser: who.UserID, SenderName: sender.Name, Type: d.Type, Body: d.Body,
		ReplyTo: d.ReplyTo, ClientID: clientID, LocalID: d.LocalID, Hash: hash, Total: room.People,
	})
	if err != nil {
		return Posted{}, err
	}
	if member.IsPerson { // an own message is never unread
		member.Skip++
		if err := tx.UpdateMember(ctx, member); err != nil {
			return Posted{}, err
		}
	}
	tx.Emit(Event{Kind: MessagePosted, RoomID: m.RoomID, UserID: m.FromUser, MessageID: m.ID, ExceptDevice: who.ExceptDevice, Message: &m})
	if member.IsPerson && room.People <= LargeRoom {
		announceOwn(tx, m)
	}
	return fresh(ctx, tx, m)
}

// announceOwn tells that a person has received and seen the message they posted:
// clients count a receipt for each person, the sender among them.
func announceOwn(tx Tx, m Message) {
	for _, kind := range []ReceiptKind{Delivered, Seen} {
		data := ReceiptMadeData{Kind: kind, FromN: m.N, ToN: m.N, Own: true}
		tx.Emit(Event{Kind: ReceiptMade, RoomID: m.RoomID, UserID: m.FromUser, Data: data.encode()})
	}
}

// writer finds the room and the sender's place in it, as of this transaction.
func writer(ctx context.Context, tx Tx, who Sender, roomID int64) (Room, Member, error) {
	if who.KeyID != 0 {
		key, err := tx.Key(ctx, who.KeyID)
		if IsNotFound(err) {
			return Room{}, Member{}, errUnknownKey()
		}
		if err != nil {
			return Room{}, Member{}, err
		}
		if key.RoomID != roomID {
			return Room{}, Member{}, Errorf(Invalid, "Room user not found: this API key does not open room %d; use the roomId shown beside the key", roomID)
		}
	}
	member, err := tx.Member(ctx, roomID, who.UserID)
	if IsNotFound(err) || err == nil && member.Left {
		return Room{}, Member{}, Errorf(Invalid, "Room user not found: the sender is not a member of room %d", roomID)
	}
	if err != nil {
		return Room{}, Member{}, err
	}
	room, err := tx.Room(ctx, roomID)
	return room, member, err
}

// checkReply refuses a reply to what is not in the room, or what a person
// cannot see.
func checkReply(ctx context.Context, tx Tx, member Member, d Draft) error {
	if d.ReplyTo == 0 {
		return nil
	}
	target, err := tx.Message(ctx, d.ReplyTo)
	if err != nil && !IsNotFound(err) {
		return err
	}
	if err != nil || target.RoomID != d.RoomID || member.IsPerson && !member.Sees(target.N) {
		return Errorf(Invalid, "there is no message with replyId %d in this room", d.ReplyTo)
	}
	return nil
}

// replay answers a repeated client id with the message as it is now.
func replay(ctx context.Context, tx Tx, first Message, hash []byte) (Posted, error) {
	if !bytes.Equal(first.Hash, hash) {
		return Posted{}, Errorf(Conflict, "localId or Idempotency-Key was already used for message %d with other content: use a new id for a new message", first.ID)
	}
	views, err := viewMessages(ctx, tx, []Message{first})
	if err != nil {
		return Posted{}, err
	}
	return Posted{MessageView: views[0], Replayed: true}, nil
}

// fresh is the view of a message nobody has received yet.
func fresh(ctx context.Context, r Reader, m Message) (Posted, error) {
	v := MessageView{Message: m, Counts: Counts{Total: m.Total}}
	if m.ReplyTo != 0 {
		target, err := r.Message(ctx, m.ReplyTo)
		if err != nil {
			return Posted{}, err
		}
		views, err := viewMessages(ctx, r, []Message{target})
		if err != nil {
			return Posted{}, err
		}
		v.Reply = withoutReply(views[0])
	}
	return Posted{MessageView: v}, nil
}

// withoutReply cuts a chain of replies after one link: a reply shows what it
// answers, not what that answered.
func withoutReply(v MessageView) *MessageView {
	v.Reply = nil
	return &v
}
