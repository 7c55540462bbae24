package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Limits of forwarding and sharing.
const (
	MaxPlaces    = 100   // rooms and people one request names
	MaxForwarded = 1_000 // messages it stores
)

// Places are where messages go: rooms, and people in their private rooms with the
// sender.
type Places struct{ RoomIDs, UserIDs []int64 }

// Forwarded are the messages that were stored, room by room in the order in which
// they were asked for, and the private rooms that were made for them.
type Forwarded struct {
	Messages []MessageView
	NewRooms []RoomView
}

// Forward posts messages that the asker sees once more in other places, in the
// order of ids: all of them or, if anything fails, none. Fails with NotFound for
// a message that the asker does not see or that was deleted, Invalid for a room
// or person that is not there, Forbidden for a room that is deleted or blocked.
func (s *Service) Forward(ctx context.Context, who Session, ids []int64, to Places) (Forwarded, error) {
	if len(ids) == 0 || len(ids) > MaxMessageIDs {
		return Forwarded{}, Errorf(Invalid, "messageIds must name 1 to %d messages", MaxMessageIDs)
	}
	ids = inOrderOnce(ids)
	return s.spread(ctx, who, len(ids), to, func(ctx context.Context, tx Tx) ([]Message, error) {
		out := make([]Message, len(ids))
		for i, id := range ids {
			m, _, err := seenMessage(ctx, tx, who.User.ID, id)
			if err != nil || m.Deleted {
				return nil, Errorf(NotFound, "Message not found: there is no message %d, one cannot see it, or it was deleted", id).unless(err)
			}
			if m.Type == SystemType {
				return nil, Errorf(Invalid, "Messages with type system can't be forwarded")
			}
			if out[i], err = m.forwarded(); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// forwarded gives what of a message is posted once more: what it says and shows,
// but not what it answers.
func (m Message) forwarded() (Message, error) {
	out := Message{Type: m.Type, Body: m.Body, HasLink: m.HasLink, Forwarded: true, FileID: m.FileID, ThumbID: m.ThumbID}
	content := map[string]json.RawMessage{}
	if err := json.Unmarshal(m.Body, &content); err != nil {
		return Message{}, fmt.Errorf("read a stored body: %w", err)
	}
	if _, ok := content[senderKey]; !ok {
		return out, nil
	}
	delete(content, senderKey)
	var err error
	out.Body, err = marshal(content)
	return out, err
}

// senderKey is the key under which a client finds its own message by its body.
const senderKey = "localId"

// Share posts new messages in several places at once, in their order: all of them
// or none. Of the drafts, type and body count. Fails as Forward does.
func (s *Service) Share(ctx context.Context, who Session, drafts []Draft, to Places) (Forwarded, error) {
	if len(drafts) == 0 || len(drafts) > MaxMessageIDs {
		return Forwarded{}, Errorf(Invalid, "messages must hold 1 to %d messages", MaxMessageIDs)
	}
	if err := s.thumbsFor(ctx, Sender{UserID: who.User.ID}, drafts...); err != nil {
		return Forwarded{}, err
	}
	return s.spread(ctx, who, len(drafts), to, func(ctx context.Context, tx Tx) ([]Message, error) {
		out := make([]Message, len(drafts))
		for i, d := range drafts {
			out[i] = Message{Type: d.Type, Body: d.Body, HasLink: d.HasLink || holdsLink(d.Body)}
			if err := attach(ctx, tx, Sender{UserID: who.User.ID}, d, &out[i]); err != nil {
				return nil, InvalidMessage(i, err)
			}
		}
		return out, nil
	})
}

// InvalidMessage tells which of several messages, counted from 0, cannot be
// posted, and why.
func InvalidMessage(i int, err error) error {
	var own *Error
	if !errors.As(err, &own) || own.Code != Invalid {
		return err
	}
	return Errorf(Invalid, "Invalid message: messages[%d]: %s", i, own.Message)
}

// spread posts so many messages, which find gives, in each place.
func (s *Service) spread(
	ctx context.Context, who Session, n int, to Places, find func(ctx context.Context, tx Tx) ([]Message, error),
) (Forwarded, error) {
	to = Places{inOrderOnce(to.RoomIDs), inOrderOnce(to.UserIDs)}
	places := len(to.RoomIDs) + len(to.UserIDs)
	switch {
	case places == 0 || places > MaxPlaces:
		return Forwarded{}, Errorf(Invalid, "roomIds and userIds must name 1 to %d rooms and people together", MaxPlaces)
	case places*n > MaxForwarded:
		return Forwarded{}, Errorf(Invalid, "that makes %d messages: at most %d can be posted at once", places*n, MaxForwarded)
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Forwarded, error) {
		msgs, err := find(ctx, tx)
		if err != nil {
			return Forwarded{}, err
		}
		rooms, made, err := s.roomsFor(ctx, tx, who, to)
		if err != nil {
			return Forwarded{}, err
		}
		var out Forwarded
		for _, room := range rooms {
			list, err := postAll(ctx, tx, who, room, msgs)
			if err != nil {
				return Forwarded{}, err
			}
			out.Messages = append(out.Messages, list...)
		}
		for _, room := range made {
			v, err := roomView(ctx, tx, room, who.User.ID)
			if err != nil {
				return Forwarded{}, err
			}
			out.NewRooms = append(out.NewRooms, v)
		}
		return out, nil
	})
}

// roomsFor gives the rooms that places stand for, each once, and those of them
// that it made.
func (s *Service) roomsFor(ctx context.Context, tx Tx, who Session, to Places) (rooms, made []int64, err error) {
	if slices.Contains(to.UserIDs, who.User.ID) {
		return nil, nil, Errorf(Invalid, "userIds must name other people than oneself")
	}
	if err := checkUsersExist(ctx, tx, to.UserIDs, "Users doesn't exist, ids: %s"); err != nil {
		return nil, nil, err
	}
	rooms = slices.Clone(to.RoomIDs)
	for _, user := range to.UserIDs {
		room, err := tx.PrivateRoom(ctx, who.User.ID, user)
		if IsNotFound(err) {
			room.ID, err = s.createRoom(ctx, tx, who, NewRoom{Type: Private, UserIDs: []int64{user}})
			made = append(made, room.ID)
		}
		if err != nil {
			return nil, nil, err
		}
		rooms = append(rooms, room.ID)
	}
	return inOrderOnce(rooms), made, nil
}

// postAll posts messages in one room.
func postAll(ctx context.Context, tx Tx, who Session, roomID int64, msgs []Message) ([]MessageView, error) {
	member, err := tx.Member(ctx, roomID, who.User.ID)
	if err != nil || member.Left {
		return nil, Errorf(Invalid, "Room with id %d does not exist, or one is not a member of it", roomID).unless(err)
	}
	room, err := tx.Room(ctx, roomID)
	if err != nil {
		return nil, err
	}
	heard, err := posterIn(ctx, tx, room, member)
	if err != nil {
		return nil, err
	}
	by := poster{Sender{UserID: who.User.ID, ExceptDevice: who.Device.ID}, room, member, heard}
	var out []MessageView
	for _, m := range msgs {
		if m, err = appendTo(ctx, tx, by, m); err != nil {
			return nil, err
		}
		v := MessageView{Message: m, Counts: Counts{Total: m.Total}}
		if err := addFiles(ctx, tx, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
