package chat

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestSecretsAreDrawnEvenly(t *testing.T) {
	const n = 4_000
	counts := map[rune]int{}
	seen := map[string]bool{}
	for range n {
		s := NewSecret()
		if len(s) != SecretLen || strings.Trim(s, alphabet) != "" || seen[s] {
			t.Fatalf("the secret %q is too long, has other characters or was drawn before", s)
		}
		seen[s] = true
		for _, c := range s {
			counts[c]++
		}
	}
	const mean = n * SecretLen / len(alphabet)
	for _, c := range alphabet { // the standard deviation is under 2 % of the mean
		if got := counts[c]; got < mean*88/100 || got > mean*112/100 {
			t.Errorf("%q was drawn %d times, %d are to be expected", c, got, mean)
		}
	}
	if len(alphabet) != 62 || len(slices.Compact(slices.Sorted(slices.Values([]byte(alphabet))))) != 62 {
		t.Errorf("the alphabet is %s", alphabet)
	}
}

func TestSealedSecretsOpenInTheirRowOnly(t *testing.T) {
	master := bytes.Repeat([]byte{7}, MasterKeyLen)
	sealer, err := NewSealer(master)
	if err != nil {
		t.Fatal(err)
	}
	secret := NewSecret()
	sealed := sealer.Seal(5, secret)
	if got, err := sealer.Open(5, sealed); err != nil || got != secret {
		t.Errorf("it opens as %q (%v)", got, err)
	}
	if bytes.Contains(sealed, []byte(secret)) || bytes.Equal(sealed, sealer.Seal(5, secret)) {
		t.Error("a sealed secret can be read or recognised")
	}
	if got, err := sealer.Open(6, sealed); err == nil || got != "" {
		t.Errorf("in another row it opens as %q", got)
	}
	master[0]++
	other, err := NewSealer(master)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Open(5, sealed); err == nil || got != "" {
		t.Errorf("under another key it opens as %q", got)
	}
	for i := range sealed {
		broken := slices.Clone(sealed)
		broken[i] ^= 1
		if _, err := sealer.Open(5, broken); err == nil {
			t.Fatalf("it opens with byte %d changed", i)
		}
	}
	for _, bad := range [][]byte{nil, {}, sealed[:5], sealed[:len(sealed)-1]} {
		if _, err := sealer.Open(5, bad); err == nil {
			t.Errorf("%d bytes of it open", len(bad))
		}
	}
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := NewSealer(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes is taken", n)
		}
	}
}

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

func TestCodeOf(t *testing.T) {
	if CodeOf(nil) != Internal || CodeOf(Errorf(TooMany, "later")) != TooMany || !IsNotFound(Errorf(NotFound, "x")) {
		t.Error("failures have other codes")
	}
}
