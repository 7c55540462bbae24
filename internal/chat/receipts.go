package chat

import (
	"context"
	"math"
	"slices"
)

// place is a message's position: everything up to it is meant.
type place struct{ room, n int64 }

// newestOfRoom stands for the number of a room's newest message.
const newestOfRoom = math.MaxInt64

// MaxReceiptIDs is how many message ids one report may name.
const MaxReceiptIDs = 1_000

// Deliver notes that the asker has received the messages, and with each all
// visible ones of its room before it. Fails with Invalid when any is unknown or
// of a room the asker is not in.
func (s *Service) Deliver(ctx context.Context, who Session, ids []int64) error {
	if len(ids) == 0 || len(ids) > MaxReceiptIDs {
		return Errorf(Invalid, "messageIds must name 1 to %d messages", MaxReceiptIDs)
	}
	msgs, err := s.store.MessagesByID(ctx, ids)
	if err != nil {
		return err
	}
	if len(msgs) == 0 {
		return Errorf(Invalid, "No messages with given ids found")
	}
	if missing := missingIDs(ids, msgs); len(missing) > 0 {
		return Errorf(Invalid, "Messages with ids: %s not found", joinIDs(missing))
	}
	newest := map[int64]int64{}
	for _, m := range msgs {
		newest[m.RoomID] = max(newest[m.RoomID], m.N)
	}
	var to []place
	for room, n := range newest {
		to = append(to, place{room, n})
	}
	err = s.receive(ctx, who, to, Delivered)
	if IsNotFound(err) {
		return Errorf(Invalid, "One or more message is from room that user is not part of")
	}
	return err
}

func missingIDs(ids []int64, msgs []Message) []int64 {
	var out []int64
	for _, id := range ids {
		if !slices.ContainsFunc(msgs, func(m Message) bool { return m.ID == id }) {
			out = append(out, id)
		}
	}
	return out
}

// See notes that the asker has seen a room's messages up to the one with id
// upTo (0: the newest), which also receives them. Fails with Invalid when the
// asker is not in the room or the message not in it.
func (s *Service) See(ctx context.Context, who Session, roomID, upTo int64) error {
	to := place{roomID, newestOfRoom}
	if upTo != 0 {
		m, err := s.store.Message(ctx, upTo)
		if err != nil && !IsNotFound(err) {
			return err
		}
		to.n = m.N
		if err != nil || m.RoomID != roomID {
			to.n = 0 // said below, unless the asker may not even know the room
		}
	}
	err := s.receive(ctx, who, []place{to}, Seen)
	switch {
	case IsNotFound(err):
		return Errorf(Invalid, "user is not in this room")
	case err == nil && to.n == 0:
		return Errorf(Invalid, "messageId must be the id of a message of this room")
	}
	return err
}

// receive moves the asker's positions on, where they are behind. Fails with
// NotFound when the asker is not in one of the rooms.
func (s *Service) receive(ctx context.Context, who Session, to []place, kind ReceiptKind) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, p := range to {
			if err := advance(ctx, tx, who, p, kind); err != nil {
				return err
			}
		}
		return nil
	})
}

func advance(ctx context.Context, tx Tx, who Session, to place, kind ReceiptKind) error {
	member, err := tx.Member(ctx, to.room, who.User.ID)
	if err != nil || member.Left {
		return Errorf(NotFound, "No room found").unless(err)
	}
	room, err := tx.Room(ctx, to.room)
	if err != nil {
		return err
	}
	before := member
	to.n = min(to.n, room.LastN)
	if err := move(ctx, tx, who, room, &member.DeliveredN, receiptTo(to, who, Delivered)); err != nil {
		return err
	}
	if kind == Seen && to.n > member.SeenN {
		if err := move(ctx, tx, who, room, &member.SeenN, receiptTo(to, who, Seen)); err != nil {
			return err
		}
		if to.n == room.LastN {
			member.Skip = 0
		}
		if member.Skip > 0 { // some of the own messages may be among what was seen
			if member.Skip, err = tx.OwnAfter(ctx, to.room, who.User.ID, to.n); err != nil {
				return err
			}
		}
		tx.Emit(Event{Kind: RoomSeen, RoomID: to.room, ToUser: who.User.ID, ExceptDevice: who.Device.ID})
	}
	if member == before {
		return nil
	}
	return tx.UpdateMember(ctx, member)
}

func receiptTo(to place, who Session, kind ReceiptKind) ReceiptRange {
	return ReceiptRange{RoomID: to.room, UserID: who.User.ID, Kind: kind, ToN: to.n}
}

// move advances one position to r.ToN, keeps the range it passed over and says
// so.
func move(ctx context.Context, tx Tx, who Session, room Room, position *int64, r ReceiptRange) error {
	if r.ToN <= *position {
		return nil
	}
	r.FromN, r.At = *position+1, tx.Stamp()
	*position = r.ToN
	if err := tx.AddReceipts(ctx, r); err != nil {
		return err
	}
	return announceReceipts(ctx, tx, who, room, r)
}

// announceReceipts tells a small room's members of new receipts, and in a large
// one only whose messages they are about and the other devices of who made them.
func announceReceipts(ctx context.Context, tx Tx, who Session, room Room, r ReceiptRange) error {
	data := ReceiptMadeData{Kind: r.Kind, FromN: r.FromN, ToN: r.ToN, Large: room.People > LargeRoom}
	e := Event{Kind: ReceiptMade, RoomID: r.RoomID, UserID: r.UserID}
	if !data.Large {
		e.Data = data.encode()
		tx.Emit(e)
		return nil
	}
	own := e
	own.ToUser, own.ExceptDevice, own.Data = r.UserID, who.Device.ID, data.encode()
	tx.Emit(own)
	if r.FromN > room.PersonN { // only bots posted since, and they read nothing
		return nil
	}
	senders, err := tx.PeoplePosting(ctx, r.RoomID, r.FromN, r.ToN)
	for _, sender := range senders {
		if sender != r.UserID {
			data.Sender = sender
			e.ToUser, e.Data = sender, data.encode()
			tx.Emit(e)
		}
	}
	return err
}

// maxNewReceipts is how many receipts of one event are spelled out. Who comes
// back to a room that a program filled meanwhile receives a million messages at
// once.
const maxNewReceipts = 500

// NewReceipts spells out what a ReceiptMade event stands for: one receipt with
// the message it is about, oldest first, but only those of the range's newest
// messages when there are many. Receipts of a person's own messages come with the
// message and are not repeated.
func (s *Service) NewReceipts(ctx context.Context, e Event) ([]ReceiptView, error) {
	data, err := e.Receipts()
	if err != nil {
		return nil, err
	}
	views, err := s.RoomCounts(ctx, e.RoomID, data.FromN, data.ToN, int(min(data.ToN-data.FromN+1, maxNewReceipts)))
	if err != nil {
		return nil, err
	}
	var out []ReceiptView
	for _, v := range slices.Backward(views) {
		if v.FromUser == e.UserID || data.Sender != 0 && v.FromUser != data.Sender {
			continue
		}
		out = append(out, ReceiptView{
			Receipt: Receipt{MessageID: v.ID, RoomID: e.RoomID, UserID: e.UserID, Kind: data.Kind, At: e.At},
			Counts:  v.Counts,
		})
	}
	return out, nil
}

// ReceiptView is a receipt with the counts its message has now.
type ReceiptView struct {
	Receipt
	Counts
}
