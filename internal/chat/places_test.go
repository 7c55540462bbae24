package chat

import "testing"

func TestNewestPlacesAreRemembered(t *testing.T) {
	var c placeCache
	const extra = 10
	for id := int64(1); id <= maxPlaces+extra; id++ {
		c.observe([]Event{{Kind: MessagePosted, MessageID: id, Message: &Message{RoomID: 7, N: id * 2}}, {Kind: RoomSeen}})
	}
	c.observe([]Event{{Kind: MessagePosted, MessageID: 1}}) // read back: it does not say where
	found, others := c.find([]int64{1, extra, extra + 1, maxPlaces + extra})
	if len(found) != 2 || found[0] != (place{7, 2 * (extra + 1)}) || found[1] != (place{7, 2 * (maxPlaces + extra)}) {
		t.Errorf("found %v", found)
	}
	if len(others) != 2 || others[0] != 1 || others[1] != extra {
		t.Errorf("did not find %v", others)
	}
}
