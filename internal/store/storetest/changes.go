package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"spika/internal/chat"
)

func changeTests() []test {
	return []test{
		{"a changed message is kept", changedMessageIsKept},
		{"a message changed with its post is as changed", messageChangesAtOnce},
		{"a message is hidden once, from one user", messageIsHiddenOnce},
		{"what the server says is unread to nobody", systemMessagesAreSkipped},
		{"what was withheld is not listed", withheldIsNotListed},
		{"what one deleted for oneself is a change of its own", hidingIsAChange},
		{"changes begin where a device does", changesBeginWithTheDevice},
		{"media and links are listed by kind", mediaAreListed},
		{"a reaction is replaced", reactionIsReplaced},
		{"records come by time, cut into pages", recordsArePaged},
		{"records are of what one can see", recordsAreOfWhatOneSees},
		{"the other person of a private room is known", peerIsKnown},
	}
}

// hide keeps a message from a user.
func (r *rig) hide(u chat.User, m chat.Message, kind chat.HiddenKind) chat.Hidden {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Hidden, error) {
		h := chat.Hidden{UserID: u.ID, MessageID: m.ID, RoomID: m.RoomID, N: m.N, Kind: kind, At: tx.Stamp()}
		return h, tx.Hide(ctx, h)
	})
}

// alter changes a message as if it were edited.
func (r *rig) alter(m chat.Message) chat.Message {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
		m.Modified = tx.Stamp()
		return m, tx.UpdateMessage(ctx, m)
	})
}

func changedMessageIsKept(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	m := r.post(room, ana, "x")
	m.Type, m.Body, m.ReplyTo, m.HasLink, m.Deleted = "system", []byte(`{"a":1}`), 7, true, true
	m = r.alter(m)
	is(r, m)(r.s.Message(r.ctx, m.ID))
	is(r, []chat.Message{m})(r.s.MessagesByID(r.ctx, []int64{m.ID}))
	same(r, r.messages(room), []chat.Message{m})
	m = message(room, ana, "forwarded")
	m.Forwarded, m.HasLink = true, true
	m = stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) { return tx.AppendMessage(ctx, m) })
	is(r, m)(r.s.Message(r.ctx, m.ID))
	is(r, []chat.Message{m})(r.s.MessagesByID(r.ctx, []int64{m.ID}))
}

func messageChangesAtOnce(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	m := stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
		m, err := tx.AppendMessage(ctx, message(room, ana, "x"))
		if err != nil {
			return m, err
		}
		m.Body, m.Deleted = []byte("{}"), true
		if err := tx.UpdateMessage(ctx, m); err != nil {
			return m, err
		}
		return m, isNow(m)(tx.Message(ctx, m.ID))
	})
	is(r, m)(r.s.Message(r.ctx, m.ID))
}

func messageIsHiddenOnce(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	m, other := r.post(room, ana, "1"), r.post(room, ana, "2")
	h := r.hide(bob, m, chat.DeletedForOne)
	r.hide(bob, m, chat.Withheld) // stays as it is
	ids := []int64{other.ID, m.ID, 1 << 40}
	is(r, []chat.Hidden{h})(r.s.HiddenAmong(r.ctx, bob.ID, ids))
	is(r, []chat.Hidden{h})(r.s.HiddenOf(r.ctx, ids))
	is(r, []chat.Hidden(nil))(r.s.HiddenAmong(r.ctx, ana.ID, ids))
	is(r, []chat.Hidden(nil))(r.s.HiddenAmong(r.ctx, bob.ID, []int64{other.ID}))
	is(r, []chat.Hidden(nil))(r.s.HiddenAmong(r.ctx, bob.ID, nil))
	is(r, []chat.Hidden(nil))(r.s.HiddenOf(r.ctx, nil))
	r.hide(ana, m, chat.DeletedForOne)
	if list := got[[]chat.Hidden](r)(r.s.HiddenOf(r.ctx, ids)); len(list) != 2 {
		r.Fatalf("the message is hidden as %+v", list)
	}
	for stretch, want := range map[[2]int64]int64{{0, 2}: 2, {0, 1}: 1, {1, 9}: 1, {1, 1}: 0, {2, 9}: 0} { // both are Ana's own
		is(r, want)(r.s.SkippedWithin(r.ctx, room.ID, ana.ID, stretch[0], stretch[1]))
	}
	is(r, int64(1))(r.s.SkippedWithin(r.ctx, room.ID, bob.ID, 0, 2))
	is(r, int64(0))(r.s.SkippedWithin(r.ctx, room.ID, bob.ID, 1, 2))
}

// What the server says itself is unread to nobody.
func systemMessagesAreSkipped(r *rig) {
	ana, bob, eve := r.person("Ana"), r.person("Bob"), r.person("Eve")
	room, other := r.room("Ops", ana, bob), r.room("Dev", ana, eve)
	r.post(room, ana, "1")
	r.Check(r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		before, err := tx.Member(ctx, room.ID, bob.ID) // which the transaction remembers
		if err != nil {
			return err
		}
		_, err = tx.AppendMessage(ctx, chat.Message{RoomID: room.ID, FromUser: ana.ID, Type: chat.SystemType, Body: []byte("{}")})
		if err := errors.Join(err, tx.SkipNewest(ctx, room.ID)); err != nil {
			return err
		}
		before.Skip++
		return isNow(before)(tx.Member(ctx, room.ID, bob.ID))
	}))
	for _, row := range []struct{ room, user, skip int64 }{{room.ID, ana.ID, 1}, {room.ID, bob.ID, 1}, {other.ID, ana.ID, 0}, {other.ID, eve.ID, 0}} {
		if m := got[chat.Member](r)(r.s.Member(r.ctx, row.room, row.user)); m.Skip != row.skip {
			r.Errorf("in room %d user %d skips %d, want %d", row.room, row.user, m.Skip, row.skip)
		}
	}
	is(r, int64(1))(r.s.SkippedWithin(r.ctx, room.ID, bob.ID, 0, 2))
	is(r, int64(0))(r.s.SkippedWithin(r.ctx, room.ID, bob.ID, 0, 1))
}

func withheldIsNotListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	var posts []chat.Message
	for i := range 6 {
		posts = append(posts, r.post(room, ana, fmt.Sprint(i+1)))
	}
	r.hide(bob, posts[1], chat.Withheld)
	r.hide(bob, posts[2], chat.DeletedForOne)
	r.hide(bob, posts[5], chat.Withheld)
	list := func(u chat.User, s chat.Stretch) []int64 {
		r.Helper()
		s.RoomID = room.ID
		return each(got[[]chat.Message](r)(r.s.MessagesFor(r.ctx, u.ID, s)), func(m chat.Message) int64 { return m.N })
	}
	same(r, list(bob, chat.Stretch{From: 1, To: 9, Limit: 9}), []int64{5, 4, 3, 1})
	same(r, list(bob, chat.Stretch{From: 1, To: 9, Limit: 2, Up: true}), []int64{1, 3})
	same(r, list(bob, chat.Stretch{From: 2, To: 4, Limit: 9}), []int64{4, 3})
	same(r, list(bob, chat.Stretch{From: 1, To: 6, Limit: 1}), []int64{5})
	same(r, list(ana, chat.Stretch{From: 1, To: 9, Limit: 9, Up: true}), []int64{1, 2, 3, 4, 5, 6})
	is(r, int64(2))(r.s.WithheldCount(r.ctx, room.ID, bob.ID, 0))
	is(r, int64(1))(r.s.WithheldCount(r.ctx, room.ID, bob.ID, 2))
	is(r, int64(0))(r.s.WithheldCount(r.ctx, room.ID, ana.ID, 0))
	at := r.advance(room, bob, 6, 6)
	same(r, r.receipts(posts[1]), nil)
	same(r, r.receipts(posts[2]), []chat.Receipt{receiptOf(posts[2], bob, chat.Delivered, at), receiptOf(posts[2], bob, chat.Seen, at)})
	is(r, receiptOf(posts[3], bob, chat.Seen, at))(r.s.ReceiptOf(r.ctx, posts[3], bob.ID, chat.Seen))
	_, err := r.s.ReceiptOf(r.ctx, posts[3], ana.ID, chat.Seen)
	missing(r, err)
}

func hidingIsAChange(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	first, second, third := r.post(room, ana, "1"), r.post(room, ana, "2"), r.post(room, ana, "3")
	r.hide(bob, second, chat.Withheld)
	h := r.hide(bob, first, chat.DeletedForOne)
	list := func(u chat.User, c chat.Changes) []int64 {
		r.Helper()
		return each(got[[]chat.Message](r)(entries(r.s.MessagesChanged(r.ctx, u.ID, c, chat.Part{Limit: 10}))), messageID)
	}
	same(r, list(bob, chat.Changes{}), []int64{third.ID, first.ID})
	same(r, list(ana, chat.Changes{}), []int64{first.ID, second.ID, third.ID})
	same(r, list(bob, chat.Changes{Since: third.Modified}), []int64{first.ID})
	same(r, list(bob, chat.Changes{Since: h.At}), nil)
	same(r, list(bob, chat.Changes{Edited: true}), []int64{first.ID})
	same(r, list(ana, chat.Changes{Edited: true}), nil)
	first, third = r.alter(first), r.alter(third)
	same(r, list(bob, chat.Changes{Since: h.At}), []int64{first.ID, third.ID})
	same(r, list(ana, chat.Changes{Edited: true, Since: first.Modified}), []int64{third.ID})
}

func changesBeginWithTheDevice(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	old, fresh := r.post(room, ana, "1"), r.post(room, ana, "2")
	r.alter(old)
	hidden := r.post(room, ana, "3")
	r.hide(ana, hidden, chat.DeletedForOne)
	for born, want := range map[chat.Time][]int64{
		0: {fresh.ID, old.ID, hidden.ID}, fresh.Created: {fresh.ID, hidden.ID}, fresh.Created + 1: {hidden.ID}, hidden.Created + 1: nil,
	} {
		list := got[[]chat.Message](r)(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{Born: born}, chat.Part{Limit: 10})))
		same(r, each(list, messageID), want)
	}
}

func mediaAreListed(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	var posts []chat.Message
	for i, kind := range []string{"image", "text", "file", "image", "text", "image", "image"} {
		posts = append(posts, stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
			m := message(room, ana, "x")
			m.Type, m.HasLink, m.Deleted = kind, kind == "text", i == 5
			return tx.AppendMessage(ctx, m)
		}))
	}
	r.hide(bob, posts[6], chat.DeletedForOne)
	r.hide(bob, posts[1], chat.Withheld)
	list := func(u chat.User, kind string, s chat.Stretch) []int64 {
		r.Helper()
		s.RoomID = room.ID
		return each(got[[]chat.Message](r)(r.s.MediaFor(r.ctx, u.ID, kind, s)), func(m chat.Message) int64 { return m.N })
	}
	count := func(u chat.User, kind string, from, to int64) int64 {
		r.Helper()
		return got[int64](r)(r.s.CountMedia(r.ctx, u.ID, kind, chat.Stretch{RoomID: room.ID, From: from, To: to, Limit: 1}))
	}
	all := chat.Stretch{From: 1, To: 9, Limit: 9}
	same(r, list(ana, "image", all), []int64{7, 4, 1})
	same(r, list(bob, "image", all), []int64{4, 1})
	same(r, list(ana, "image", chat.Stretch{From: 2, To: 9, Limit: 1, Up: true}), []int64{4})
	same(r, list(ana, "image", chat.Stretch{From: 1, To: 6, Limit: 1}), []int64{4})
	same(r, list(ana, "file", all), []int64{3})
	same(r, list(ana, "", all), []int64{5, 2})
	same(r, list(bob, "", all), []int64{5})
	same(r, list(ana, "text", all), nil)
	for who, want := range map[*chat.User][4]int64{&ana: {3, 2, 1, 2}, &bob: {2, 1, 1, 1}} {
		same(r, [4]int64{count(*who, "image", 1, 9), count(*who, "image", 2, 9), count(*who, "file", 1, 9), count(*who, "", 1, 9)}, want)
	}
	same(r, count(ana, "image", 2, 6), 1)
	same(r, count(ana, "text", 1, 9), 0)
}

// react stores a reaction.
func (r *rig) react(m chat.Message, u chat.User, emoji string, deleted bool) chat.Reaction {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Reaction, error) {
		v := chat.Reaction{MessageID: m.ID, RoomID: m.RoomID, UserID: u.ID, Emoji: emoji, Deleted: deleted, Created: tx.Stamp(), Modified: tx.Stamp()}
		if before, err := tx.Reaction(ctx, m.ID, u.ID); err == nil {
			v.Created = before.Created
		}
		return v, tx.PutReaction(ctx, v)
	})
}

func reactionIsReplaced(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	m, other := r.post(room, ana, "1"), r.post(room, ana, "2")
	_, err := r.s.Reaction(r.ctx, m.ID, ana.ID)
	missing(r, err)
	r.react(m, ana, "👍", false)
	anas, bobs := r.react(m, ana, "👩🏽‍👩🏽‍👧🏽‍👦🏽", false), r.react(m, bob, "👍", false)
	is(r, anas)(r.s.Reaction(r.ctx, m.ID, ana.ID))
	is(r, []chat.Reaction{anas, bobs})(r.s.Reactions(r.ctx, []int64{other.ID, m.ID}, 10))
	is(r, []chat.Reaction{anas})(r.s.Reactions(r.ctx, []int64{m.ID}, 1))
	is(r, []chat.Reaction(nil))(r.s.Reactions(r.ctx, nil, 1))
	gone := r.react(m, ana, "👍", true)
	is(r, gone)(r.s.Reaction(r.ctx, m.ID, ana.ID))
	is(r, []chat.Reaction{bobs})(r.s.Reactions(r.ctx, []int64{m.ID}, 10))
}

func recordsArePaged(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	bot := r.user(chat.User{Kind: chat.Bot, Name: "CI"})
	ops, dev := r.room("Ops", ana, bob, cy, bot), r.room("Dev", ana, bob)
	var want []chat.RecordPlace
	for _, room := range []chat.Room{ops, dev} {
		for range 4 {
			r.post(room, bot, "x")
		}
	}
	at := r.advance(ops, bob, 3, 3)
	for _, kind := range []chat.ReceiptKind{chat.Delivered, chat.Seen} {
		for _, m := range r.messages(ops)[:3] {
			want = append(want, chat.RecordPlace{MessageID: m.ID, UserID: bob.ID, Kind: kind, At: at})
		}
	}
	mine := r.post(dev, ana, "mine")
	for _, kind := range []chat.ReceiptKind{chat.Delivered, chat.Seen} {
		want = append(want, chat.RecordPlace{MessageID: mine.ID, UserID: ana.ID, Kind: kind, At: mine.Created, Own: true})
	}
	reaction := r.react(mine, bob, "👍", true)
	want = append(want, chat.RecordPlace{MessageID: mine.ID, UserID: bob.ID, Kind: 3, At: reaction.Modified, Own: true})
	at = r.advance(dev, bob, 5, 0)
	for _, m := range r.messages(dev) {
		want = append(want, chat.RecordPlace{MessageID: m.ID, UserID: bob.ID, Kind: chat.Delivered, At: at})
	}
	for _, size := range []int{1, 2, 5, 100} {
		var all []chat.RecordPlace
		for page := range len(want)/size + 2 {
			list := got[[]chat.RecordPlace](r)(entries(r.s.RecordsChanged(r.ctx, ana.ID, chat.Changes{}, chat.Part{Limit: size, Offset: page * size})))
			if full := min(size, max(0, len(want)-page*size)); len(list) != full {
				r.Fatalf("page %d of %d records has %d, want %d", page, size, len(list), full)
			}
			all = append(all, list...)
		}
		same(r, all, want)
	}
	is(r, want[9:])(entries(r.s.RecordsChanged(r.ctx, ana.ID, chat.Changes{Since: reaction.Modified}, chat.Part{Limit: 100})))
	is(r, want[:6])(entries(r.s.RecordsChanged(r.ctx, cy.ID, chat.Changes{}, chat.Part{Limit: 100})))
}

func recordsAreOfWhatOneSees(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana)
	for range 3 {
		r.post(room, ana, "before Bob")
	}
	r.enter(room, bob)
	old := r.post(room, ana, "x")
	fresh := r.post(room, ana, "y")
	r.change(func(ctx context.Context, tx chat.Tx) error { // as if Ana had read all of it just now
		return tx.AddReceipts(ctx, chat.ReceiptRange{RoomID: room.ID, UserID: ana.ID, Kind: chat.Seen, FromN: 1, ToN: 5, At: tx.Stamp()})
	})
	list := func(u chat.User, born chat.Time) []int64 {
		r.Helper()
		places := got[[]chat.RecordPlace](r)(entries(r.s.RecordsChanged(r.ctx, u.ID, chat.Changes{Born: born, Since: fresh.Created}, chat.Part{Limit: 100})))
		slices.SortFunc(places, func(a, b chat.RecordPlace) int { return cmp.Compare(a.MessageID, b.MessageID) })
		return each(places, func(p chat.RecordPlace) int64 { return p.MessageID })
	}
	same(r, list(bob, 0), []int64{old.ID, fresh.ID})
	same(r, list(bob, fresh.Created), []int64{fresh.ID})
	same(r, len(list(ana, 0)), 5)
	r.leave(room, bob)
	same(r, list(bob, 0), nil)
}

func peerIsKnown(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	bot := r.user(chat.User{Kind: chat.Bot, Name: "CI"})
	room := r.room("Both", bot, ana, bob)
	check := func(u chat.User, want int64) {
		r.Helper()
		both := func(peer int64, err error) error {
			if want == 0 && chat.IsNotFound(err) {
				return nil
			}
			return isNow(want)(peer, err)
		}
		r.Check(both(r.s.Peer(r.ctx, room.ID, u.ID)))
		for range 2 {
			r.change(func(ctx context.Context, tx chat.Tx) error { return both(tx.Peer(ctx, room.ID, u.ID)) })
		}
	}
	check(ana, bob.ID)
	check(bob, ana.ID)
	r.leave(room, bob)
	check(ana, 0)
	r.enter(room, bob)
	check(ana, bob.ID)
}
