package conformance

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"spika/api"
)

// again checks that a reply gives a message that was stored before.
func again(t testing.TB, r reply, first api.PostedMessage) api.PostedMessage {
	t.Helper()
	m := data[api.PostedData](t, r).Message
	if m.ID != first.ID || r.header.Get("Idempotent-Replay") != "true" {
		t.Errorf("the repeat gives message %d with Idempotent-Replay %q, the first was %d", m.ID, r.header.Get("Idempotent-Replay"), first.ID)
	}
	return m
}

func messagingOnce(t *testing.T, s *target) {
	c := s.chat(t)
	room := c.room
	raw := func(format string) string { return fmt.Sprintf(format, room) }
	const key = "Idempotency-Key: "
	for _, row := range []struct {
		name          string
		first, second any
		head, head2   []string
	}{
		{"localId", withLocalID(textPost(room, "a"), "once-1"), withLocalID(textPost(room, "a"), "once-1"), nil, nil},
		{"an integer", withLocalID(textPost(room, "a"), 11), withLocalID(textPost(room, "a"), 11), nil, nil},
		{"5 and \"5\"", withLocalID(textPost(room, "a"), 5), withLocalID(textPost(room, "a"), "5"), nil, nil},
		{"Idempotency-Key", textPost(room, "a"), textPost(room, "a"), []string{key + "once-2"}, []string{key + "once-2"}},
		{"Idempotency-Key goes first", withLocalID(textPost(room, "a"), "x"), withLocalID(textPost(room, "a"), "y"), []string{key + "once-3"}, []string{key + "once-3"}},
		{"Idempotency-Key is the same as localId", withLocalID(textPost(room, "a"), "once-4"), textPost(room, "a"), nil, []string{key + "once-4"}},
		{"the body as a string", raw(`{"roomId":%d,"type":"text","body":{"text":"a"},"localId":"once-5"}`),
			raw(`{"roomId":%d,"type":"text","body":"{\"text\":\"a\"}","localId":"once-5"}`), nil, nil},
		{"written in another way", raw(`{"roomId":%d,"type":"text","body":{"text":"ü","n":{"a":1,"b":2}},"localId":"once-6"}`),
			raw(`{ "localId":"once-6", "body":{"n":{"b":2,"a":1}, "text":"\u00fc"}, "type":"text", "roomId":%d }`), nil, nil},
		{"an explicit null", raw(`{"roomId":%d,"type":"text","body":{"text":"a"},"localId":"once-7"}`),
			raw(`{"roomId":%d,"type":"text","body":{"text":"a"},"localId":"once-7","replyId":null}`), nil, nil},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			before := c.stored(t)
			r := c.bot.post(t, row.first, row.head...)
			first := data[api.PostedData](t, r).Message
			if r.header.Get("Idempotent-Replay") != "" {
				t.Error("the first post is called a repeat")
			}
			m := again(t, c.bot.post(t, row.second, row.head2...), first)
			if m.CreatedAt != first.CreatedAt || m.ModifiedAt != first.ModifiedAt {
				t.Errorf("the repeat gives other times: %+v, first %+v", m, first)
			}
			if now := c.stored(t); now != before+1 {
				t.Errorf("%d messages were stored", now-before)
			}
		})
	}
	s.sub(t, "the repeat echoes the first localId", func(t *testing.T) {
		first := data[api.PostedData](t, c.bot.post(t, withLocalID(textPost(room, "a"), 901))).Message
		if m := again(t, c.bot.post(t, withLocalID(textPost(room, "a"), "901")), first); string(m.LocalID) != "901" {
			t.Errorf("localId is %s, want the message's own", m.LocalID)
		}
	})
	s.sub(t, "other content", func(t *testing.T) {
		first := data[api.PostedData](t, c.bot.post(t, withLocalID(textPost(room, "a"), "clash"))).Message
		begins := fmt.Sprintf("localId or Idempotency-Key was already used for message %d ", first.ID)
		for _, other := range []object{
			withLocalID(textPost(room, "b"), "clash"),
			withLocalID(withReply(textPost(room, "a"), first.ID), "clash"),
			withLocalID(object{"roomId": room, "type": "text", "body": object{"text": "a", "n": 1}}, "clash"),
		} {
			c.refuses(t, http.StatusConflict, begins, func() reply { return c.bot.post(t, other) })
		}
		c.refuses(t, http.StatusConflict, begins, func() reply { return c.bot.post(t, textPost(room, "b"), key+"clash") })
		again(t, c.bot.post(t, withLocalID(textPost(room, "a"), "clash")), first)
	})
	s.sub(t, "a refusal uses no id up", func(t *testing.T) {
		c.bot.post(t, withLocalID(object{"roomId": room, "type": "text", "body": object{}}, "later")).fails(t, 400, "Text is missing")
		c.bot.post(t, withReply(withLocalID(textPost(room, "a"), "later"), 1<<30)).fails(t, 400, "there is no message")
		r := c.bot.post(t, withLocalID(textPost(room, "a"), "later")).ok(t)
		if r.header.Get("Idempotent-Replay") != "" {
			t.Error("the first message that was stored is called a repeat")
		}
	})
	s.sub(t, "without an id", func(t *testing.T) {
		before := c.stored(t)
		c.bot.say(t, "twice")
		c.bot.say(t, "twice")
		if now := c.stored(t); now != before+2 {
			t.Errorf("%d messages were stored, want 2", now-before)
		}
	})
	s.sub(t, "a person's posts", func(t *testing.T) {
		post := withLocalID(textPost(room, "a"), "mine")
		first := data[api.MessageData](t, c.ben.post(t, "/messages", post)).Message
		r := c.ben.post(t, "/messages", post)
		if m := data[api.MessageData](t, r).Message; m.ID != first.ID || r.header.Get("Idempotent-Replay") != "true" {
			t.Errorf("the repeat gives message %d with Idempotent-Replay %q, the first was %d", m.ID, r.header.Get("Idempotent-Replay"), first.ID)
		}
		c.refuses(t, http.StatusConflict, fmt.Sprintf("localId or Idempotency-Key was already used for message %d ", first.ID), func() reply {
			return c.ben.post(t, "/messages", withLocalID(textPost(room, "b"), "mine"))
		})
	})
}

// Twins that race are one message.
func messagingRacing(t *testing.T, s *target) {
	c := s.chat(t)
	stream := c.ben.listen(t)
	const rounds, twins = 5, 8
	var want []string
	for round := range rounds {
		post := withLocalID(textPost(c.room, "a"), fmt.Sprint("twin-", round))
		replies := make([]reply, twins)
		var racing sync.WaitGroup
		for i := range twins {
			racing.Go(func() { replies[i] = c.bot.post(t, post) })
		}
		racing.Wait()
		fresh, id := 0, int64(0)
		for _, r := range replies {
			m := data[api.PostedData](t, r).Message
			if id == 0 {
				id = m.ID
			}
			if m.ID != id {
				t.Errorf("twins became messages %d and %d", id, m.ID)
			}
			if r.header.Get("Idempotent-Replay") == "" {
				fresh++
			}
		}
		if fresh != 1 {
			t.Errorf("%d of the twins are called the first", fresh)
		}
		want = append(want, fmt.Sprint("NEW_MESSAGE ", id))
	}
	sameTold(t, stream.told(t, s.mark(t)), want)
	if got := c.stored(t); got != rounds {
		t.Errorf("%d messages were stored, want %d", got, rounds)
	}
}

// Ids are each sender's own.
func messagingOnceForEachKey(t *testing.T, s *target) {
	c := s.chat(t)
	other := c.ann.bot(t, c.room, "Another")
	seen := map[int64]bool{}
	post := withLocalID(textPost(c.room, "a"), "same")
	for _, b := range []bot{c.bot, other} {
		seen[data[api.PostedData](t, b.post(t, post)).Message.ID] = true
	}
	for _, p := range []person{c.ann, c.ben} {
		seen[data[api.MessageData](t, p.post(t, "/messages", post)).Message.ID] = true
	}
	if len(seen) != 4 || c.stored(t) != 4 {
		t.Errorf("four senders with the same id made %d messages", len(seen))
	}
}

func messagingReplayIsCurrent(t *testing.T, s *target) {
	c := s.chat(t)
	post := withLocalID(textPost(c.room, "a"), "current")
	first := data[api.PostedData](t, c.bot.post(t, post)).Message
	c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), nil).ok(t)
	m := again(t, c.bot.post(t, post), first)
	if m.DeliveredCount != 1 || m.SeenCount != 1 || m.TotalUserCount != 2 || m.ModifiedAt != first.ModifiedAt {
		t.Errorf("the repeat gives %+v", m)
	}
}
