package storetest

import (
	"cmp"
	"context"
	"slices"

	"spika/internal/chat"
)

func receiptTests() []test {
	return []test{
		{"a receipt lies in one range", receiptLiesInOneRange},
		{"receipts are of those who can see the message", receiptsAreOfThoseWhoSee},
		{"receipts outlive leaving and coming back", receiptsOutliveLeaving},
		{"a range is stored once", rangeIsStoredOnce},
		{"a change of nothing but receipts is stored", receiptsAloneAreStored},
		{"positions are those of people who have received", positionsAreOfPeople},
	}
}

// advance moves a person's positions on and keeps the ranges passed.
func (r *rig) advance(room chat.Room, u chat.User, deliveredN, seenN int64) chat.Time {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Time, error) {
		m, err := tx.Member(ctx, room.ID, u.ID)
		if err != nil {
			return 0, err
		}
		for kind, p := range map[chat.ReceiptKind]struct {
			at *int64
			to int64
		}{chat.Delivered: {&m.DeliveredN, deliveredN}, chat.Seen: {&m.SeenN, seenN}} {
			if p.to <= *p.at {
				continue
			}
			err := tx.AddReceipts(ctx, chat.ReceiptRange{
				RoomID: room.ID, UserID: u.ID, Kind: kind, FromN: *p.at + 1, ToN: p.to, At: tx.Stamp(),
			})
			if err != nil {
				return 0, err
			}
			*p.at = p.to
		}
		return tx.Stamp(), tx.UpdateMember(ctx, m)
	})
}

// receipts gives who received and saw a message, by time, kind and user.
func (r *rig) receipts(m chat.Message) []chat.Receipt {
	r.Helper()
	list := got[[]chat.Receipt](r)(r.s.Receipts(r.ctx, m))
	if !slices.IsSortedFunc(list, func(a, b chat.Receipt) int { return cmp.Compare(a.At, b.At) }) {
		r.Errorf("receipts are out of order: %+v", list)
	}
	slices.SortFunc(list, func(a, b chat.Receipt) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.UserID, b.UserID))
	})
	return list
}

func receiptOf(m chat.Message, u chat.User, kind chat.ReceiptKind, at chat.Time) chat.Receipt {
	return chat.Receipt{MessageID: m.ID, RoomID: m.RoomID, UserID: u.ID, Kind: kind, At: at}
}

func receiptLiesInOneRange(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	var posts []chat.Message
	for range 9 {
		posts = append(posts, r.post(room, ana, "x"))
	}
	t1 := r.advance(room, bob, 3, 0) // received 1..3
	t2 := r.advance(room, bob, 4, 2) // received 4, saw 1..2
	t3 := r.advance(room, bob, 8, 8) // received 5..8, saw 3..8
	for i, want := range [][2]chat.Time{{t1, t2}, {t1, t2}, {t1, t3}, {t2, t3}, {t3, t3}, {t3, t3}, {t3, t3}, {t3, t3}} {
		same(r, r.receipts(posts[i]), []chat.Receipt{
			receiptOf(posts[i], bob, chat.Delivered, want[0]), receiptOf(posts[i], bob, chat.Seen, want[1]),
		})
	}
	same(r, r.receipts(posts[8]), nil)
}

func receiptsAreOfThoseWhoSee(r *rig) {
	ana, bob, eve := r.person("Ana"), r.person("Bob"), r.person("Eve")
	bot := r.user(chat.User{Kind: chat.Bot, Name: "CI"})
	room := r.room("Ops", ana, bob, bot)
	early := r.post(room, bot, "before Eve")
	r.enter(room, eve)
	late := r.post(room, ana, "after")
	t1 := r.advance(room, eve, 2, 2)
	t2 := r.advance(room, ana, 2, 0)
	same(r, r.receipts(early), []chat.Receipt{receiptOf(early, ana, chat.Delivered, t2)})
	same(r, r.receipts(late), []chat.Receipt{receiptOf(late, eve, chat.Delivered, t1), receiptOf(late, eve, chat.Seen, t1)})
}

func receiptsOutliveLeaving(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	first, second := r.post(room, ana, "1"), r.post(room, ana, "2")
	t1 := r.advance(room, bob, 2, 1)
	r.leave(room, bob)
	between := r.post(room, ana, "3")
	r.enter(room, bob)
	last := r.post(room, ana, "4")
	t2 := r.advance(room, bob, 4, 4)
	same(r, r.receipts(first), []chat.Receipt{receiptOf(first, bob, chat.Delivered, t1), receiptOf(first, bob, chat.Seen, t1)})
	same(r, r.receipts(second), []chat.Receipt{receiptOf(second, bob, chat.Delivered, t1)})
	same(r, r.receipts(between), nil)
	same(r, r.receipts(last), []chat.Receipt{receiptOf(last, bob, chat.Delivered, t2), receiptOf(last, bob, chat.Seen, t2)})
}

func rangeIsStoredOnce(r *rig) {
	add := func(ctx context.Context, tx chat.Tx) error {
		return tx.AddReceipts(ctx, chat.ReceiptRange{RoomID: 1, UserID: 2, Kind: chat.Seen, FromN: 1, ToN: 4, At: tx.Stamp()})
	}
	r.change(add)
	if err := r.s.Update(r.ctx, add); err == nil {
		r.Fatal("a range of receipts was stored twice")
	}
}

func receiptsAloneAreStored(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	m := r.post(room, ana, "x")
	r.advance(room, bob, 1, 0)
	seq := r.seq()
	at := stored(r, func(ctx context.Context, tx chat.Tx) (chat.Time, error) {
		return tx.Stamp(), tx.AddReceipts(ctx, chat.ReceiptRange{
			RoomID: room.ID, UserID: bob.ID, Kind: chat.Seen, FromN: 1, ToN: 1, At: tx.Stamp(),
		})
	})
	if list := r.receipts(m); len(list) != 2 || list[1] != receiptOf(m, bob, chat.Seen, at) {
		r.Fatalf("the receipts are %+v", list)
	}
	if r.seq() == seq {
		r.Fatal("nobody can tell that something was stored")
	}
}

func positionsAreOfPeople(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	bot := r.user(chat.User{Kind: chat.Bot, Name: "CI"})
	room := r.room("Ops", ana, bob, bot)
	for range 6 {
		r.post(room, ana, "x")
	}
	r.advance(room, ana, 5, 3)
	r.advance(room, bob, 2, 2)
	r.advance(room, bot, 6, 6)
	r.leave(room, bob)
	r.enter(room, bob)
	list := func(from int64) []chat.Position {
		r.Helper()
		out := got[[]chat.Position](r)(r.s.Positions(r.ctx, room.ID, from))
		slices.SortFunc(out, func(a, b chat.Position) int {
			return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.JoinN, b.JoinN))
		})
		return out
	}
	anas, bobs := chat.Position{UserID: ana.ID, DeliveredN: 5, SeenN: 3}, chat.Position{UserID: bob.ID, DeliveredN: 2, SeenN: 2}
	back := chat.Position{UserID: bob.ID, JoinN: 6, DeliveredN: 6, SeenN: 6}
	same(r, list(1), []chat.Position{anas, bobs, back})
	same(r, list(3), []chat.Position{anas, back})
	same(r, list(6), []chat.Position{back})
}
