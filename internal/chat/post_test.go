package chat_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"spika/internal/chat"
)

func TestPostIsStoredAndAnnounced(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	key := tm.key(tm.owner, ops, "CI")
	place := tm.place()
	p := tm.post(byKey(key), ops, "one")
	if p.N != 1 || p.Created != p.Modified || p.Created == 0 || p.Replayed || p.Type != chat.TextType || string(p.Body) != `{"text":"one"}` {
		t.Errorf("the first message is %+v", p)
	}
	same(t, p.Counts, chat.Counts{Total: 2}) // people, not bots
	own := tm.post(by(bob), ops, "two")
	same(t, []any{own.N, own.Counts, own.SenderName}, []any{int64(2), chat.Counts{Total: 2}, "Bob"})
	events := slices.DeleteFunc(tm.events(place), func(e chat.Event) bool { return e.Kind != chat.MessagePosted })
	same(t, len(events), 2)
	want := chat.Event{Seq: events[1].Seq, At: own.Created, Kind: chat.MessagePosted, RoomID: ops, UserID: bob.User.ID, ExceptDevice: bob.Device.ID, MessageID: own.ID}
	same(t, events[1], want)
	same(t, must(tm.svc.MessageFor(tm.ctx, 0, own.ID))(t).Counts, chat.Counts{Delivered: 1, Seen: 1, Total: 2}) // its sender's
	same(t, must(tm.svc.Announced(tm.ctx, 0, own.Message))(t).Counts, chat.Counts{Total: 2})
}

func TestWhoMayPost(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	ops := tm.room(tm.owner, bob)
	for _, room := range []int64{ops, 99} {
		_, err := tm.svc.Post(tm.ctx, by(eve), text(room, "x"))
		tm.fails(err, chat.Invalid, "Room user not found")
	}
	tm.post(by(bob), ops, "x")
	must(tm.svc.LeaveRoom(tm.ctx, bob, ops, nil))(t)
	_, err := tm.svc.Post(tm.ctx, by(bob), text(ops, "x"))
	tm.fails(err, chat.Invalid, "Room user not found")
}

// TestSameIDIsTheSameMessage: however the id was written down.
func TestSameIDIsTheSameMessage(t *testing.T) {
	tm := newTeam(t)
	key := tm.key(tm.owner, tm.general, "CI")
	other := tm.key(tm.owner, tm.general, "CD")
	five, fiveText := chat.LocalID{Text: "5", IsInt: true}, chat.LocalID{Text: "5"}
	var posted []int64
	for _, c := range []struct {
		from   chat.KeyView
		local  chat.LocalID
		header string
		same   int // as which earlier one; -1: a new message
	}{
		{key, five, "", -1}, {key, fiveText, "", 0}, {key, five, "", 0},
		{other, five, "", -1},                                                                                                // ids are the sender's own
		{key, five, "h", -1}, {key, fiveText, "h", 4}, {key, chat.LocalID{Text: "6"}, "h", 4}, {key, chat.LocalID{}, "h", 4}, // the header comes first
		{key, chat.LocalID{Text: "7"}, "5", 0}, // and is an id like any other
		{key, chat.LocalID{}, "", -1}, {key, chat.LocalID{}, "", -1},
	} {
		before := must(tm.store.Room(tm.ctx, tm.general))(t).LastN
		d := text(tm.general, "x")
		d.LocalID, d.IdempotencyKey = c.local, c.header
		p := must(tm.svc.Post(tm.ctx, byKey(c.from), d))(t)
		posted = append(posted, p.ID)
		after := must(tm.store.Room(tm.ctx, tm.general))(t).LastN
		if c.same == -1 {
			same(t, []any{p.Replayed, after}, []any{false, before + 1})
			same(t, p.LocalID, c.local)
		} else {
			same(t, []any{p.Replayed, after, p.ID}, []any{true, before, posted[c.same]})
		}
	}
}

// TestSameIDWithOtherContentIsRefused: the failure names the first message.
func TestSameIDWithOtherContentIsRefused(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, tm.general, chat.RoomChange{AddUsers: ids(bob)}))(t)
	target := tm.post(by(tm.owner), ops, "question")
	d := text(ops, "x")
	d.LocalID = chat.LocalID{Text: "id"}
	first := must(tm.svc.Post(tm.ctx, by(bob), d))(t)
	for name, change := range map[string]func(*chat.Draft){
		"text":  func(d *chat.Draft) { d.Body = []byte(`{"text":"y"}`) },
		"reply": func(d *chat.Draft) { d.ReplyTo = target.ID },
		"room":  func(d *chat.Draft) { d.RoomID = tm.general },
		"type":  func(d *chat.Draft) { d.Type = "image" },
	} {
		other := d
		change(&other)
		t.Log(name)
		_, err := tm.svc.Post(tm.ctx, by(bob), other)
		tm.fails(err, chat.Conflict, fmt.Sprintf("message %d", first.ID), "new id")
	}
	same(t, must(tm.store.Room(tm.ctx, ops))(t).LastN, 2)
}

// TestMeaningDecidesWhatIsTheSame: not how a body was written down.
func TestMeaningDecidesWhatIsTheSame(t *testing.T) {
	tm := newTeam(t)
	d := chat.Draft{RoomID: tm.general, Type: chat.TextType, Body: []byte(`{"text":"x","a":1}`), Meaning: []byte(`{"a":1,"text":"x"}`), IdempotencyKey: "id"}
	first := must(tm.svc.Post(tm.ctx, by(tm.owner), d))(t)
	d.Body = []byte(`{"a":1,"text":"x"}`)
	again := must(tm.svc.Post(tm.ctx, by(tm.owner), d))(t)
	same(t, []any{again.Replayed, again.ID, string(again.Body)}, []any{true, first.ID, `{"text":"x","a":1}`})
	d.Meaning = []byte(`{"a":2,"text":"x"}`)
	_, err := tm.svc.Post(tm.ctx, by(tm.owner), d)
	tm.fails(err, chat.Conflict)
}

func TestRepeatedPostIsAnsweredAsItIsNow(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner, bob)
	key := tm.key(tm.owner, ops, "CI")
	d := text(ops, "x")
	d.IdempotencyKey = "id"
	first := must(tm.svc.Post(tm.ctx, byKey(key), d))(t)
	tm.ok(tm.svc.See(tm.ctx, bob, ops, 0))
	place := tm.place()
	again := must(tm.svc.Post(tm.ctx, byKey(key), d))(t)
	same(t, again.Counts, chat.Counts{Delivered: 1, Seen: 1, Total: 2})
	same(t, again.Message, must(tm.store.Message(tm.ctx, first.ID))(t))
	same(t, tm.kinds(place), nil)
}

func TestIdenticalPostsThatRaceAreOne(t *testing.T) {
	tm := newTeam(t)
	key := tm.key(tm.owner, tm.general, "CI")
	const n, distinct = 60, 4
	posted := make([]chat.Posted, n)
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			d := text(tm.general, "x")
			d.LocalID = chat.LocalID{Text: fmt.Sprint(i % distinct), IsInt: i%8 < 4}
			posted[i], errs[i] = tm.svc.Post(tm.ctx, byKey(key), d)
		})
	}
	all.Wait()
	fresh := 0
	for i := range n {
		tm.ok(errs[i])
		same(t, posted[i].ID, posted[i%distinct].ID)
		if !posted[i].Replayed {
			fresh++
		}
	}
	same(t, []int64{int64(fresh), must(tm.store.Room(tm.ctx, tm.general))(t).LastN}, []int64{distinct, distinct})
}

func TestReplies(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	ops := tm.room(tm.owner)
	hidden := tm.post(by(tm.owner), ops, "before Bob")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, ops, chat.RoomChange{AddUsers: ids(bob)}))(t)
	key := tm.key(tm.owner, ops, "CI")
	elsewhere := tm.post(by(tm.owner), tm.general, "elsewhere")
	question := tm.post(by(tm.owner), ops, "question")
	reply := func(from chat.Sender, to int64) (chat.Posted, error) {
		d := text(ops, "answer")
		d.ReplyTo = to
		return tm.svc.Post(tm.ctx, from, d)
	}
	for _, to := range []int64{elsewhere.ID, hidden.ID, 99, -1} {
		_, err := reply(by(bob), to)
		tm.fails(err, chat.Invalid, "there is no message with replyId")
	}
	_, err := reply(byKey(key), elsewhere.ID)
	tm.fails(err, chat.Invalid, "there is no message with replyId")
	answer := must(reply(by(bob), question.ID))(t)
	same(t, answer.Reply.Message, question.Message)
	tm.ok(tm.svc.See(tm.ctx, tm.owner, ops, 0))
	second := must(reply(byKey(key), answer.ID))(t)
	same(t, []int64{second.Reply.ID, second.Reply.Seen}, []int64{answer.ID, 2})
	if second.Reply.Reply != nil {
		t.Error("a reply shows what its target answered")
	}
	list := must(tm.svc.Messages(tm.ctx, bob, chat.MessagePageRequest{RoomID: ops}))(t).List
	same(t, []int64{list[0].Reply.ID, list[1].Reply.ID}, []int64{answer.ID, question.ID})
	if list[2].Reply != nil {
		t.Error("the question answers something")
	}
	same(t, must(tm.svc.Announced(tm.ctx, 0, answer.Message))(t).Reply.ID, question.ID)
}
