package chat

import "testing"

// TestAnswersReadBeforeAChangeAreNotRemembered: a lookup that began before the
// cache was emptied must not bring the old meaning back.
func TestAnswersReadBeforeAChangeAreNotRemembered(t *testing.T) {
	var c accessCache
	hash := HashSecret("x")
	gen := c.generation()
	c.clear()
	c.addSession(gen, hash, Session{})
	c.addKey(gen, hash, APIKey{})
	if _, ok := c.session(hash); ok {
		t.Error("an old session is remembered")
	}
	if _, ok := c.key(hash); ok {
		t.Error("an old key is remembered")
	}
	gen = c.generation()
	c.addSession(gen, hash, Session{User: User{ID: 1}})
	c.addKey(gen, hash, APIKey{ID: 2})
	if s, ok := c.session(hash); !ok || s.User.ID != 1 {
		t.Error("a session is not remembered")
	}
	if k, ok := c.key(hash); !ok || k.ID != 2 {
		t.Error("a key is not remembered")
	}
}

func TestRememberedTokensAreBounded(t *testing.T) {
	var c accessCache
	for i := range maxCachedTokens + 10 {
		hash := make([]byte, 32)
		hash[0], hash[1], hash[2] = byte(i), byte(i>>8), byte(i>>16)
		c.addSession(0, hash, Session{})
		c.addKey(0, hash, APIKey{})
	}
	if len(c.sessions) > maxCachedTokens || len(c.keys) > maxCachedTokens {
		t.Errorf("%d sessions and %d keys are remembered", len(c.sessions), len(c.keys))
	}
}

// TestRememberedPositionsFollowTheEvents: whichever of reading and being told
// comes first.
func TestRememberedPositionsFollowTheEvents(t *testing.T) {
	made := func(seq, user, to int64, kind ReceiptKind) Event {
		return Event{Seq: seq, Kind: ReceiptMade, RoomID: 1, UserID: user, Data: ReceiptMadeData{Kind: kind, FromN: 1, ToN: to}.encode()}
	}
	var c positionCache
	c.observe([]Event{made(5, 1, 3, Seen)}) // of a room nobody asked for
	if _, ok := c.get(1); ok {
		t.Fatal("positions are known that were never read")
	}
	c.put(1, 4, []Position{{UserID: 1}}) // read before event 5
	if _, ok := c.get(1); ok {
		t.Fatal("positions from before an event are remembered after it")
	}
	c.put(1, 7, []Position{{UserID: 1, JoinN: 4, DeliveredN: 6, SeenN: 6}, {UserID: 1, DeliveredN: 2, SeenN: 1}, {UserID: 2}})
	c.observe([]Event{made(6, 1, 5, Seen), made(8, 1, 9, Delivered), made(9, 2, 9, Seen), made(10, 3, 9, Seen)})
	want := map[Position]bool{
		{UserID: 1, DeliveredN: 2, SeenN: 1}:           true, // an ended stay
		{UserID: 1, JoinN: 4, DeliveredN: 9, SeenN: 6}: true,
		{UserID: 2, SeenN: 9}:                          true,
	}
	list, ok := c.get(1)
	for _, p := range list {
		if !want[p] {
			t.Errorf("somebody is at %+v", p)
		}
	}
	if !ok || len(list) != len(want) {
		t.Errorf("the positions are %+v", list)
	}
	for _, kind := range []EventKind{RoomMade, RoomChanged, RoomLeft} {
		c.put(1, 20, nil)
		c.observe([]Event{{Seq: 11, Kind: kind, RoomID: 1}})
		if _, ok := c.get(1); ok {
			t.Errorf("positions outlive %s", kind)
		}
	}
}

// TestWhoCameBackAtOnceIsCountedOnce: leaving and coming back without a message in
// between leaves two stays that begin at the same number. Only the newer one
// moves on, in whatever order they were read.
func TestWhoCameBackAtOnceIsCountedOnce(t *testing.T) {
	ended, now := Position{UserID: 1, JoinN: 5, DeliveredN: 5, SeenN: 5}, Position{UserID: 1, JoinN: 5, DeliveredN: 7, SeenN: 6}
	for _, list := range [][]Position{{ended, now}, {now, ended}} {
		var c positionCache
		c.put(1, 1, list)
		c.observe([]Event{{Seq: 2, Kind: ReceiptMade, RoomID: 1, UserID: 1, Data: ReceiptMadeData{Kind: Seen, FromN: 7, ToN: 9}.encode()}})
		got, _ := c.get(1)
		if counts := countReceipts(Message{N: 6, FromUser: 2, Total: 3}, false, got); counts != (Counts{Delivered: 1, Seen: 1, Total: 3}) {
			t.Errorf("from %+v the counts are %+v", list, counts)
		}
	}
}

func TestCodeOf(t *testing.T) {
	if CodeOf(nil) != Internal || CodeOf(Errorf(TooMany, "later")) != TooMany || !IsNotFound(Errorf(NotFound, "x")) {
		t.Error("failures have other codes")
	}
}
