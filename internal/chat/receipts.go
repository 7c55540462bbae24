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
	if len(ids) == 0 {
		return Errorf(Invalid, "No messages with given ids found: messageIds names none")
	}
	if len(ids) > MaxReceiptIDs {
		return Errorf(Invalid, "messageIds must name at most %d messages, these are %d", MaxReceiptIDs, len(ids))
	}
	places, err := s.placesOf(ctx, ids)
	if err != nil {
		return err
	}
	newest := map[int64]int64{}
	for _, p := range places {
		newest[p.room] = max(newest[p.room], p.n)
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

// placesOf finds where messages are. Fails with Invalid when any is unknown.
func (s *Service) placesOf(ctx context.Context, ids []int64) ([]place, error) {
	places, others := s.places.find(ids)
	if len(others) == 0 {
		return places, nil
	}
	msgs, err := s.store.MessagesByID(ctx, others)
	if err != nil {
		return nil, err
	}
	if len(msgs) == 0 && len(places) == 0 {
		return nil, Errorf(Invalid, "No messages with given ids found")
	}
	if missing := missingIDs(others, msgs); len(missing) > 0 {
		return nil, Errorf(Invalid, "Messages with ids: %s not found", joinIDs(missing))
	}
	for _, m := range msgs {
		places = append(places, place{m.RoomID, m.N})
	}
	return places, nil
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
		at, err := s.placesOf(ctx, []int64{upTo})
		if err != nil && CodeOf(err) != Invalid {
			return err
		}
		to.n = 0 // no such message: said below, unless the asker may not even know the room
		if err == nil && at[0].room == roomID {
			to.n = at[0].n
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
	r := reading{tx: tx, who: who, room: room, member: member}
	n := min(to.n, room.LastN)
	if err := r.move(ctx, &r.member.DeliveredN, Delivered, n); err != nil {
		return err
	}
	if kind == Seen {
		if err := r.see(ctx, n); err != nil {
			return err
		}
	}
	if r.member == member {
		return nil
	}
	return tx.UpdateMember(ctx, r.member)
}

// reading is a member on their way through a room's messages.
type reading struct {
	tx     Tx
	who    Session
	room   Room
	member Member
}

// see moves on what the member has seen, and what is unread.
func (r *reading) see(ctx context.Context, n int64) error {
	if n <= r.member.SeenN {
		return nil
	}
	var err error
	if r.member.Skip, err = r.skipAfter(ctx, n); err != nil {
		return err
	}
	if err := r.move(ctx, &r.member.SeenN, Seen, n); err != nil {
		return err
	}
	r.tx.Emit(Event{Kind: RoomSeen, RoomID: r.room.ID, ToUser: r.member.UserID, ExceptDevice: r.who.Device.ID})
	return nil
}

// skipAfter counts the own and hidden messages after n, which is after what the
// member has seen. It looks at the shorter of the two stretches that n parts, so
// that reading on in a long room costs what was read and not what is left.
func (r *reading) skipAfter(ctx context.Context, n int64) (int64, error) {
	room, user, seen, skip := r.room.ID, r.member.UserID, r.member.SeenN, r.member.Skip
	if skip == 0 || n == r.room.LastN {
		return 0, nil
	}
	if r.room.LastN-n < n-seen {
		return r.tx.SkippedWithin(ctx, room, user, n, r.room.LastN)
	}
	passed, err := r.tx.SkippedWithin(ctx, room, user, seen, n)
	return max(0, skip-passed), err
}

// move advances one position to n, keeps the range it passed over and says so.
func (r *reading) move(ctx context.Context, position *int64, kind ReceiptKind, n int64) error {
	if n <= *position {
		return nil
	}
	passed := ReceiptRange{RoomID: r.room.ID, UserID: r.member.UserID, Kind: kind, FromN: *position + 1, ToN: n, At: r.tx.Stamp()}
	*position = n
	if err := r.tx.AddReceipts(ctx, passed); err != nil {
		return err
	}
	return r.announce(ctx, passed)
}

// announce tells a small room's members of new receipts, and in a large one only
// whose messages they are about and the other devices of who made them.
func (r *reading) announce(ctx context.Context, passed ReceiptRange) error {
	data := ReceiptMadeData{Kind: passed.Kind, FromN: passed.FromN, ToN: passed.ToN, Large: r.room.People > LargeRoom, Private: r.room.Type == Private}
	e := Event{Kind: ReceiptMade, RoomID: passed.RoomID, UserID: passed.UserID}
	if !data.Large {
		heard, err := heardIn(ctx, r.tx, r.room, passed.UserID)
		if err != nil {
			return err
		}
		e.Data = data.encode()
		r.tx.Emit(heard.to(e))
		return nil
	}
	own := e
	own.ToUser, own.ExceptDevice, own.Data = passed.UserID, r.who.Device.ID, data.encode()
	r.tx.Emit(own)
	if passed.FromN > r.room.PersonN { // only bots posted since, and they read nothing
		return nil
	}
	senders, err := r.tx.PeoplePosting(ctx, passed.RoomID, passed.FromN, passed.ToN)
	for _, sender := range senders {
		if sender != passed.UserID {
			data.Sender = sender
			e.ToUser, e.Data = sender, data.encode()
			r.tx.Emit(e)
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
// message; they are told only when they are what the event is about.
func (s *Service) NewReceipts(ctx context.Context, e Event) ([]ReceiptView, error) {
	data, err := e.Receipts()
	if err != nil {
		return nil, err
	}
	views, err := s.RoomCounts(ctx, e.RoomID, data.FromN, data.ToN, int(min(data.ToN-data.FromN+1, maxNewReceipts)))
	if err != nil {
		return nil, err
	}
	var withheld map[int64]bool
	if data.Private {
		if withheld, err = s.withheld(ctx, e, views); err != nil {
			return nil, err
		}
	}
	var out []ReceiptView
	for _, v := range slices.Backward(views) {
		if (v.FromUser == e.UserID) != data.Own || data.Sender != 0 && v.FromUser != data.Sender || withheld[v.ID] {
			continue
		}
		out = append(out, ReceiptView{
			Receipt: Receipt{MessageID: v.ID, RoomID: e.RoomID, UserID: e.UserID, Kind: data.Kind, At: e.At},
			Counts:  v.Counts,
		})
	}
	return out, nil
}

// withheld tells which of the messages were withheld from whom an event is about,
// who has then not received them, or from whom it is read back for.
func (s *Service) withheld(ctx context.Context, e Event, views []MessageView) (map[int64]bool, error) {
	ids := make([]int64, len(views))
	for i, v := range views {
		ids[i] = v.ID
	}
	list, err := s.store.HiddenOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for _, h := range list {
		if h.Kind == Withheld && (h.UserID == e.UserID || h.UserID == e.Reader) {
			out[h.MessageID] = true
		}
	}
	return out, nil
}

// ReceiptView is a receipt with the counts its message has now.
type ReceiptView struct {
	Receipt
	Counts
}
