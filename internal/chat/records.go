package chat

import (
	"context"
	"slices"
)

// Records are who received, saw and reacted to a message.
type Records struct {
	Receipts  []Receipt
	Reactions []Reaction
}

// RecordsOf tells who has received, seen and reacted to a message, the
// sender included. Fails with NotFound when the asker cannot see the message.
func (s *Service) RecordsOf(ctx context.Context, who Session, id int64) (Records, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (Records, error) {
		m, _, err := seenMessage(ctx, r, who.User.ID, id)
		if err != nil {
			return Records{}, Errorf(NotFound, "No message found").unless(err)
		}
		var out Records
		if !m.Deleted {
			if out.Reactions, err = r.Reactions(ctx, []int64{id}, maxListedReactions); err != nil {
				return Records{}, err
			}
		}
		out.Receipts, err = receiptsFor(ctx, r, m)
		return out, err
	})
}

func receiptsFor(ctx context.Context, r Reader, m Message) ([]Receipt, error) {
	list, err := r.Receipts(ctx, m)
	if err != nil {
		return nil, err
	}
	sender, err := r.User(ctx, m.FromUser)
	if err != nil || sender.IsBot() {
		return list, err
	}
	return slices.Concat(ownReceipts(m), list), nil
}

// ownReceipts are those of a person for their own message: they come with it.
func ownReceipts(m Message) []Receipt {
	own := Receipt{MessageID: m.ID, RoomID: m.RoomID, UserID: m.FromUser, Kind: Delivered, At: m.Created}
	seen := own
	seen.Kind = Seen
	return []Receipt{own, seen}
}

// Receive notes that the asker has received or seen one message, and with it all
// visible ones before it, and gives the receipt. Fails with NotFound when the
// asker cannot see the message, Forbidden when the room is blocked.
func (s *Service) Receive(ctx context.Context, who Session, id int64, kind ReceiptKind) (Receipt, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (Receipt, error) {
		m, _, err := seenMessage(ctx, tx, who.User.ID, id)
		if err != nil {
			return Receipt{}, Errorf(NotFound, "Message not found").unless(err)
		}
		room, err := tx.Room(ctx, m.RoomID)
		if err != nil {
			return Receipt{}, err
		}
		if _, err := openTo(ctx, tx, room, who.User.ID); err != nil {
			return Receipt{}, err
		}
		if err := advance(ctx, tx, who, place{m.RoomID, m.N}, kind); err != nil {
			return Receipt{}, err
		}
		if m.FromUser == who.User.ID {
			return ownReceipts(m)[kind-Delivered], nil
		}
		return tx.ReceiptOf(ctx, m, who.User.ID, kind)
	})
}

// RecordPage is how many records a page of the records' sync holds.
const RecordPage = 500

// RecordChange is a receipt or a reaction with the message it is about.
type RecordChange struct {
	Receipt  Receipt   // unless Reaction is set
	Reaction *Reaction // as it is now
	Message  MessageView
}

// RecordSync is one page of records changed since a moment. It can hold less
// than RecordPage also when there is more.
type RecordSync struct {
	List []RecordChange
	More bool
}

// SyncRecords gives receipts and reactions in the asker's rooms made or changed
// after since, by that time, of messages stored since the asker's device came to
// be. page counts from 0.
func (s *Service) SyncRecords(ctx context.Context, who Session, since Time, page int) (RecordSync, error) {
	read := func(ctx context.Context, r Reader, p Part) ([]Changed[RecordPlace], error) {
		return r.RecordsChanged(ctx, who.User.ID, Changes{Since: since, Born: who.Device.Created}, p)
	}
	show := func(ctx context.Context, r Reader, places []RecordPlace) ([]RecordChange, error) {
		found, err := recordMessages(ctx, r, who, places)
		if err != nil {
			return nil, err
		}
		var out []RecordChange
		for _, p := range found.places {
			out = append(out, found.change(p))
		}
		return out, nil
	}
	list, more, err := walk(ctx, s, walker{who, WalkRecords, since, page}, walked[RecordPlace, RecordChange]{RecordPage, read, show})
	return RecordSync{List: list, More: more}, err
}

// foundRecords are records with what they are about.
type foundRecords struct {
	places    []RecordPlace
	messages  map[int64]MessageView
	reactions map[reactionKey]Reaction
}

type reactionKey struct{ message, user int64 }

// recordMessages finds the messages that records are about, and leaves out the
// records that are none of the asker's or none at all.
func recordMessages(ctx context.Context, r Reader, who Session, places []RecordPlace) (foundRecords, error) {
	out := foundRecords{messages: map[int64]MessageView{}, reactions: map[reactionKey]Reaction{}}
	var ids []int64
	for _, p := range places {
		ids = append(ids, p.MessageID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	msgs, err := r.MessagesByID(ctx, ids)
	if err != nil {
		return out, err
	}
	views, err := viewMessages(ctx, r, 0, msgs)
	if err != nil {
		return out, err
	}
	for _, v := range views {
		if v.Created >= who.Device.Created {
			out.messages[v.ID] = v
		}
	}
	hidden, err := hiddenKinds(ctx, r, ids)
	if err != nil {
		return out, err
	}
	for _, p := range places {
		v, ok := out.messages[p.MessageID]
		mine := hidden[reactionKey{v.ID, who.User.ID}]
		switch {
		case !ok, !p.Own && v.FromUser == p.UserID, mine == Withheld, hidden[reactionKey{v.ID, p.UserID}] == Withheld,
			p.Kind == reacted && mine == DeletedForOne:
			continue
		}
		if p.Kind == reacted {
			key := reactionKey{p.MessageID, p.UserID}
			if out.reactions[key], err = r.Reaction(ctx, p.MessageID, p.UserID); err != nil {
				return out, err
			}
		}
		out.places = append(out.places, p)
	}
	return out, nil
}

// hiddenKinds tells from whom which messages are hidden, and why.
func hiddenKinds(ctx context.Context, r Reader, ids []int64) (map[reactionKey]HiddenKind, error) {
	list, err := r.HiddenOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := map[reactionKey]HiddenKind{}
	for _, h := range list {
		out[reactionKey{h.MessageID, h.UserID}] = h.Kind
	}
	return out, nil
}

func (f foundRecords) change(p RecordPlace) RecordChange {
	c := RecordChange{Message: f.messages[p.MessageID]}
	if p.Kind == reacted {
		reaction := f.reactions[reactionKey{p.MessageID, p.UserID}]
		c.Reaction = &reaction
		return c
	}
	c.Receipt = Receipt{MessageID: p.MessageID, RoomID: c.Message.RoomID, UserID: p.UserID, Kind: p.Kind, At: p.At}
	return c
}
