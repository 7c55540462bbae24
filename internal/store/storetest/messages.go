package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"spika/internal/chat"
)

func messageTests() []test {
	return []test{
		{"a message is kept whole", messageIsKeptWhole},
		{"bodies of any text are kept byte by byte", bodiesAreKept},
		{"a message moves its room on", messageMovesItsRoomOn},
		{"messages are listed newest first, by number", messagesAreListed},
		{"messages are found by id, however many", messagesAreFoundByID},
		{"a client id is the sender's own", clientIDIsTheSendersOwn},
		{"changed messages are those of one's stays", changedMessagesAreThoseOfStays},
		{"changed messages come by time, page by page", changedMessagesArePaged},
		{"changed messages are found among many others", changesAmongManyOthers},
		{"changed messages are found from any moment on", changesFromAnyMoment},
		{"who posted what range is known", sendersAreKnown},
		{"messages that are not there are not found", absentMessages},
	}
}

func messageIsKeptWhole(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	first := r.post(room, ana, "1")
	for _, local := range []chat.LocalID{{Text: "5", IsInt: true}, {Text: "five"}, {}} {
		want := chat.Message{
			RoomID: room.ID, FromUser: ana.ID, SenderName: "Ana \"🦊\"", Type: "text", Body: []byte(`{"text":"hi","x":[1,null]}`),
			ReplyTo: first.ID, ClientID: local.Text, LocalID: local, Hash: []byte{0, 255, 1}, Total: 12, Deleted: true,
		}
		m := stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
			m, err := tx.AppendMessage(ctx, want)
			if err != nil {
				return m, err
			}
			return m, isNow(m)(tx.Message(ctx, m.ID))
		})
		if m.ID <= first.ID || m.N <= first.N || m.Created == 0 || m.Created != m.Modified {
			r.Fatalf("a new message is %+v, after %+v", m, first)
		}
		want.ID, want.N, want.Created, want.Modified = m.ID, m.N, m.Created, m.Modified
		same(r, m, want)
		is(r, want)(r.s.Message(r.ctx, m.ID))
		first = m
	}
}

func bodiesAreKept(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	for _, text := range []string{
		"", "plain", "line\nbreak\r\n\ttab", "\u0001\u001f\u007f", `"'\%_` + "`;--", "👩🏽‍👩🏽‍👧🏽‍👦🏽 e\u0301 \u202e rtl עברית", "\ufffd\uffff",
		strings.Repeat("a", chat.MaxText), strings.Repeat("🦊", chat.MaxText/4), strings.Repeat("\"", chat.MaxText),
	} {
		body, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			r.Fatal(err)
		}
		m := stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
			return tx.AppendMessage(ctx, chat.Message{RoomID: room.ID, FromUser: ana.ID, Type: "text", Body: body})
		})
		back := got[chat.Message](r)(r.s.Message(r.ctx, m.ID))
		if !bytes.Equal(back.Body, body) {
			r.Errorf("a body of %d bytes came back as %d others: %.60q", len(body), len(back.Body), back.Body)
		}
	}
}

func messageMovesItsRoomOn(r *rig) {
	ana := r.person("Ana")
	ops, dev := r.room("Ops", ana), r.room("Dev", ana)
	for i := range int64(5) {
		for _, room := range []chat.Room{ops, dev} {
			m := r.post(room, ana, "x")
			now := got[chat.Room](r)(r.s.Room(r.ctx, room.ID))
			if m.N != i+1 || now.LastN != m.N || now.LastMessage != m.ID || now.LastMs != m.Created {
				r.Fatalf("after message %+v its room is %+v", m, now)
			}
			if now.Modified != room.Modified {
				r.Fatal("a post counts as a change of the room")
			}
		}
	}
}

func messagesAreListed(r *rig) {
	ana := r.person("Ana")
	room, other := r.room("Ops", ana), r.room("Dev", ana)
	for i := range 10 {
		r.post(room, ana, fmt.Sprint(i+1))
		r.post(other, ana, "other")
	}
	for _, c := range []struct {
		from, to int64
		limit    int
		want     []int64
	}{
		{1, 10, 3, []int64{10, 9, 8}}, {4, 6, 10, []int64{6, 5, 4}}, {-5, 2, 10, []int64{2, 1}}, {9, 1 << 50, 10, []int64{10, 9}},
		{11, 20, 10, nil}, {6, 5, 10, nil}, {1, 10, 0, nil},
	} {
		list := got[[]chat.Message](r)(r.s.Messages(r.ctx, room.ID, c.from, c.to, c.limit))
		same(r, each(list, func(m chat.Message) int64 { return m.N }), c.want)
	}
	is(r, []chat.Message(nil))(r.s.Messages(r.ctx, 1<<62, 1, 10, 10))
}

func messagesAreFoundByID(r *rig) {
	ana := r.person("Ana")
	a, b := r.post(r.room("Ops", ana), ana, "a"), r.post(r.room("Dev", ana), ana, "b")
	ids := []int64{b.ID, 1 << 61, a.ID, a.ID, 0}
	for i := range int64(5_000) {
		ids = append(ids, 1_000_000+i)
	}
	list := got[[]chat.Message](r)(r.s.MessagesByID(r.ctx, ids))
	slices.SortFunc(list, func(x, y chat.Message) int { return int(x.ID - y.ID) })
	same(r, list, []chat.Message{a, b})
	is(r, []chat.Message(nil))(r.s.MessagesByID(r.ctx, nil))
}

func clientIDIsTheSendersOwn(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room := r.room("Ops", ana, bob)
	with := func(from chat.User, id string) chat.Message {
		m := message(room, from, id)
		m.ClientID = id
		return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) { return tx.AppendMessage(ctx, m) })
	}
	id := strings.Repeat("ж", chat.MaxClientID)
	a, b, upper := with(ana, id), with(bob, id), with(ana, strings.ToUpper(id))
	with(ana, "") // no id: as often as one likes
	with(ana, "")
	is(r, a)(r.s.MessageByClientID(r.ctx, ana.ID, id))
	is(r, b)(r.s.MessageByClientID(r.ctx, bob.ID, id))
	is(r, upper)(r.s.MessageByClientID(r.ctx, ana.ID, strings.ToUpper(id)))
	_, err := r.s.MessageByClientID(r.ctx, ana.ID, "other")
	missing(r, err)
	err = r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.AppendMessage(ctx, chat.Message{RoomID: room.ID, FromUser: ana.ID, ClientID: id})
		return err
	})
	if err == nil {
		r.Fatal("a client id was used twice")
	}
}

func changedMessagesAreThoseOfStays(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	room, other := r.room("Ops", ana), r.room("Dev", ana)
	r.post(room, ana, "1 before")
	r.enter(room, bob)
	seen := []chat.Message{r.post(room, ana, "2 first stay"), r.post(room, bob, "3 first stay")}
	r.leave(room, bob)
	r.post(room, ana, "4 between")
	r.post(other, ana, "another room")
	r.enter(room, bob)
	seen = append(seen, r.post(room, ana, "5 second stay"))
	is(r, seen)(entries(r.s.MessagesChanged(r.ctx, bob.ID, chat.Changes{}, chat.Part{Limit: 10})))
	is(r, seen[1:])(entries(r.s.MessagesChanged(r.ctx, bob.ID, chat.Changes{Since: seen[0].Modified}, chat.Part{Limit: 10})))
	is(r, []chat.Message(nil))(entries(r.s.MessagesChanged(r.ctx, bob.ID, chat.Changes{Since: seen[2].Modified}, chat.Part{Limit: 10})))
}

func changedMessagesArePaged(r *rig) {
	ana := r.person("Ana")
	rooms := []chat.Room{r.room("Ops", ana), r.room("Dev", ana)}
	var want []int64
	for i := range 3 {
		want = append(want, stored(r, func(ctx context.Context, tx chat.Tx) ([]int64, error) {
			var ids []int64
			for j := range 4 { // of one moment
				m, err := tx.AppendMessage(ctx, message(rooms[(i+j)%2], ana, "x"))
				if err != nil {
					return nil, err
				}
				ids = append(ids, m.ID)
			}
			return ids, nil
		})...)
	}
	var all []int64
	for page := range 4 {
		list := got[[]chat.Message](r)(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{}, chat.Part{Limit: 5, Offset: 5 * page})))
		all = append(all, each(list, messageID)...)
	}
	same(r, all, want)
}

// changesFromAnyMoment looks from each message on of two rooms that are long enough
// to have several milestones, also of one moment, beside a busy one. The short looks
// end amid them.
func changesFromAnyMoment(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	rooms, busy := []chat.Room{r.room("Ops", ana), r.room("Dev", ana)}, r.room("Busy", bob)
	var posts, all []chat.Message
	for range 8 {
		posts = append(posts, r.post(rooms[1], ana, "x")) // so their milestones do not go side by side
	}
	all = slices.Clone(posts)
	for len(posts) < 70 {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			for i := range 4 * (1 + len(posts)%40) {
				to := message(busy, bob, "x")
				if i%4 == 0 {
					to = message(rooms[i/4%2], ana, "x")
				}
				m, err := tx.AppendMessage(ctx, to)
				if err != nil {
					return err
				}
				all = append(all, m)
				if i%4 == 0 {
					posts = append(posts, m)
				}
			}
			return nil
		})
	}
	edited := r.alter(posts[20])
	for i, m := range posts {
		later := func(p chat.Message) bool { return p.Created > m.Created && p.ID != edited.ID }
		stored := append(each(only(posts, later), messageID), edited.ID)
		since := func(p chat.Part) ([]chat.Changed[chat.Message], error) {
			return r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{Since: m.Created}, p)
		}
		for _, limit := range []int{40, 200} {
			list := got[[]chat.Message](r)(entries(since(chat.Part{Limit: limit})))
			same(r, each(list, messageID), stored[:min(limit, len(stored))])
		}
		if i%15 == 0 {
			goesOn(r, len(stored), since)
		}
		from := func(p chat.Message) bool { return p.Created >= m.Created }
		places := got[[]chat.RecordPlace](r)(entries(r.s.RecordsChanged(r.ctx, ana.ID, chat.Changes{Born: m.Created}, chat.Part{Limit: 200})))
		found := each(places, func(p chat.RecordPlace) int64 { return p.MessageID })
		slices.Sort(found)
		records := each(only(posts, from), messageID)
		records = append(records, records...) // one of receiving, one of seeing
		slices.Sort(records)
		same(r, found, records)
		var counted int64
		for _, h := range got[[]chat.HourCount](r)(r.s.PostedPerHour(r.ctx, m.Created, 1<<50)) {
			counted += h.Posted
		}
		same(r, counted, int64(len(only(all, from))))
		if r.Failed() {
			r.Fatalf("from message %d on", i)
		}
	}
}

func only(list []chat.Message, fits func(chat.Message) bool) []chat.Message {
	return slices.DeleteFunc(slices.Clone(list), func(m chat.Message) bool { return !fits(m) })
}

func changesAmongManyOthers(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	own, other := r.room("Ops", ana), r.room("Dev", bob)
	var want []chat.Message
	for range 3 {
		for range 30 { // more than are looked at first, and then
			r.post(other, bob, "not hers")
		}
		want = append(want, r.post(own, ana, "hers"))
	}
	for i := range want {
		is(r, want[i:i+1])(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{}, chat.Part{Limit: 1, Offset: i})))
	}
	is(r, want[1:])(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{Since: want[0].Modified}, chat.Part{Limit: 2})))
	r.hide(ana, want[0], chat.DeletedForOne)
	want = append(want[1:], want[0])
	for i := range want {
		is(r, want[i:i+1])(entries(r.s.MessagesChanged(r.ctx, ana.ID, chat.Changes{}, chat.Part{Limit: 1, Offset: i})))
	}
}

func sendersAreKnown(r *rig) {
	ana, bob, bot := r.person("Ana"), r.person("Bob"), r.user(chat.User{Kind: chat.Bot, Name: "CI"})
	room := r.room("Ops", ana, bob, bot)
	for _, from := range []chat.User{ana, bob, bot, ana, ana} {
		r.post(room, from, "x")
	}
	for _, c := range []struct {
		from, to int64
		want     []int64
	}{{1, 5, []int64{ana.ID, bob.ID}}, {2, 3, []int64{bob.ID}}, {3, 3, nil}, {4, 99, []int64{ana.ID}}} {
		ids := got[[]int64](r)(r.s.PeoplePosting(r.ctx, room.ID, c.from, c.to))
		slices.Sort(ids)
		same(r, ids, c.want)
	}
	is(r, int64(3))(r.s.SkippedWithin(r.ctx, room.ID, ana.ID, 0, 5))
	is(r, int64(2))(r.s.SkippedWithin(r.ctx, room.ID, ana.ID, 1, 5))
	is(r, int64(1))(r.s.SkippedWithin(r.ctx, room.ID, ana.ID, 1, 4))
	is(r, int64(0))(r.s.SkippedWithin(r.ctx, room.ID, bob.ID, 2, 5))
}

func absentMessages(r *rig) {
	_, err := r.s.Message(r.ctx, 1)
	missing(r, err)
	_, err = r.s.MessageByClientID(r.ctx, 1, "")
	missing(r, err)
}
