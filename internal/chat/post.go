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
// with Unauthorized when the key was revoked, Invalid when the room or a file is
// not the sender's or the reply target not in the room, Forbidden when the room is deleted,
// Conflict when the client id was used for another message.
func (s *Service) Post(ctx context.Context, who Sender, d Draft) (Posted, error) {
	if err := s.thumbsFor(ctx, who, d); err != nil {
		return Posted{}, err
	}
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
	if clientID != "" && d.Fault == nil {
		hash = d.meaning()
		first, err := tx.MessageByClientID(ctx, who.UserID, clientID)
		if err == nil {
			return replay(ctx, tx, who.UserID, first, hash)
		}
		if !IsNotFound(err) {
			return Posted{}, err
		}
	}
	heard, err := posterIn(ctx, tx, room, member)
	if err != nil {
		return Posted{}, err
	}
	m := Message{
		Type: d.Type, Body: d.Body, ReplyTo: d.ReplyTo, ClientID: clientID, LocalID: d.LocalID, Hash: hash,
		HasLink: d.HasLink || holdsLink(d.Body),
	}
	if err := attach(ctx, tx, who, d, &m); err != nil {
		return Posted{}, err
	}
	if err := checkReply(ctx, tx, member, d); err != nil {
		return Posted{}, err
	}
	if d.Fault != nil {
		return Posted{}, d.Fault
	}
	if m, err = appendTo(ctx, tx, poster{who, room, member, heard}, m); err != nil {
		return Posted{}, err
	}
	return fresh(ctx, tx, who.UserID, m)
}

// poster is who posts where, and who hears of it.
type poster struct {
	who    Sender
	room   Room
	member Member
	heard  audience
}

// posterIn finds who hears of a post. Fails with Forbidden when the room is
// deleted or the sender has blocked the other person of a private room.
func posterIn(ctx context.Context, tx Tx, room Room, member Member) (audience, error) {
	if room.Deleted {
		return audience{}, Errorf(Forbidden, "Room is deleted: nobody can post in it any more")
	}
	if !member.IsPerson {
		return audience{}, nil
	}
	return openTo(ctx, tx, room, member.UserID)
}

// appendTo stores a message as the room's newest and announces it.
func appendTo(ctx context.Context, tx Tx, by poster, m Message) (Message, error) {
	sender, err := tx.User(ctx, by.who.UserID)
	if err != nil {
		return Message{}, err
	}
	m.RoomID, m.FromUser, m.SenderName, m.Total = by.room.ID, sender.ID, sender.Name, by.room.People
	if by.heard.blocker != 0 {
		m.Total--
	}
	if m, err = tx.AppendMessage(ctx, m); err != nil {
		return Message{}, err
	}
	if err := countUnread(ctx, tx, by, m); err != nil {
		return Message{}, err
	}
	tx.Emit(by.heard.to(Event{
		Kind: MessagePosted, RoomID: m.RoomID, UserID: m.FromUser, MessageID: m.ID, ExceptDevice: by.who.ExceptDevice, Message: &m,
	}))
	if by.member.IsPerson {
		announceOwn(tx, by, m)
	}
	return m, nil
}

// countUnread sees to it that a new message is unread to those only to whom it is
// news: not to its sender, nor to who does not see it.
func countUnread(ctx context.Context, tx Tx, by poster, m Message) error {
	var err error
	switch {
	case m.Type == SystemType:
		err = tx.SkipNewest(ctx, m.RoomID)
	case by.member.IsPerson:
		err = skip(ctx, tx, m.RoomID, m.FromUser)
	}
	if err != nil || by.heard.blocker == 0 {
		return err
	}
	if err := withhold(ctx, tx, by.heard.blocker, m); err != nil || m.Type == SystemType {
		return err
	}
	return skip(ctx, tx, m.RoomID, by.heard.blocker)
}

// skip leaves the newest message out of a member's unread count.
func skip(ctx context.Context, tx Tx, room, user int64) error {
	member, err := tx.Member(ctx, room, user)
	if err != nil {
		return err
	}
	member.Skip++
	return tx.UpdateMember(ctx, member)
}

// withhold keeps a message from the person who has blocked its sender.
func withhold(ctx context.Context, tx Tx, blocker int64, m Message) error {
	return tx.Hide(ctx, Hidden{UserID: blocker, MessageID: m.ID, RoomID: m.RoomID, N: m.N, Kind: Withheld, At: m.Created})
}

// announceOwn tells that a person has received and seen the message they posted:
// clients count a receipt for each person, the sender among them. In a large room
// only the sender counts.
func announceOwn(tx Tx, by poster, m Message) {
	heard := by.heard
	if by.room.People > LargeRoom {
		heard.only = m.FromUser
	}
	for _, kind := range []ReceiptKind{Delivered, Seen} {
		data := ReceiptMadeData{Kind: kind, FromN: m.N, ToN: m.N, Own: true}
		tx.Emit(heard.to(Event{Kind: ReceiptMade, RoomID: m.RoomID, UserID: m.FromUser, Data: data.encode()}))
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
	if err == nil && member.IsPerson {
		target, _, err = seenMessage(ctx, tx, member.UserID, d.ReplyTo)
	}
	if err != nil && !IsNotFound(err) {
		return err
	}
	if err != nil || target.RoomID != d.RoomID {
		return Errorf(Invalid, "there is no message with replyId %d in this room", d.ReplyTo)
	}
	return nil
}

// replay answers a repeated client id with the message as it is now.
func replay(ctx context.Context, tx Tx, sender int64, first Message, hash []byte) (Posted, error) {
	if !bytes.Equal(first.Hash, hash) {
		return Posted{}, Errorf(Conflict, "localId or Idempotency-Key was already used for message %d with other content: use a new id for a new message", first.ID)
	}
	views, err := viewMessages(ctx, tx, sender, []Message{first})
	if err != nil {
		return Posted{}, err
	}
	return Posted{MessageView: views[0], Replayed: true}, nil
}

// fresh is the view that a reader (0: nobody in particular) has of a message
// nobody has received yet.
func fresh(ctx context.Context, r Reader, reader int64, m Message) (Posted, error) {
	v := MessageView{Message: m, Counts: Counts{Total: m.Total}}
	if m.ReplyTo != 0 {
		target, err := r.Message(ctx, m.ReplyTo)
		if err != nil {
			return Posted{}, err
		}
		views, err := viewMessages(ctx, r, reader, []Message{target})
		if err != nil {
			return Posted{}, err
		}
		v.Reply = withoutReply(views[0])
	}
	err := addFiles(ctx, r, &v)
	return Posted{MessageView: v}, err
}

// withoutReply cuts a chain of replies after one link: a reply shows what it
// answers, not what that answered.
func withoutReply(v MessageView) *MessageView {
	v.Reply = nil
	return &v
}
