package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"spika/api"
)

// keeper is the admin of a room, who changes it all the time: its name, its
// members, its keys. Such changes share transactions with the posts.
type keeper struct {
	*load
	who   account
	room  int64
	guest int64
	rng   *rand.Rand
	ended []account // keys that were deleted
}

// Names of facts. A room's name is a name, the guest is "in" or "out", a key's
// is its name, or empty when there is no such key.
const (
	roomName = "the room's name"
	guestIn  = "the guest"
)

func (k *keeper) run(ctx context.Context) {
	for n := 1; k.going(ctx); n++ {
		switch k.rng.IntN(4) {
		case 0:
			name := fmt.Sprintf("Room %d", n)
			k.set(ctx, roomName, name, k.update(api.UpdateRoomRequest{Action: api.ChangeGroupName, Name: &name}))
		case 1:
			k.set(ctx, guestIn, "out", k.update(api.UpdateRoomRequest{Action: api.RemoveGroupUsers, UserIDs: []int64{k.guest}}))
		case 2:
			k.set(ctx, guestIn, "in", k.update(api.UpdateRoomRequest{Action: api.AddGroupUsers, UserIDs: []int64{k.guest}}))
		case 3:
			k.key(ctx, n)
		}
		k.pause(ctx, k.rng, 20*time.Millisecond)
	}
}

func (k *keeper) update(change api.UpdateRoomRequest) call {
	return call{method: http.MethodPut, path: fmt.Sprintf("/api/messenger/rooms/%d", k.room), body: change}
}

// set asks for a change once, and notes what came of it.
func (k *keeper) set(ctx context.Context, fact, value string, c call) (reply, bool) {
	k.ledger.ask(fact, value)
	r, err := k.site.do(ctx, k.who, c)
	if err != nil {
		return reply{}, false
	}
	if r.status != http.StatusOK {
		k.t.Errorf("%s %s: %d %s", c.method, c.path, r.status, r.message)
		return reply{}, false
	}
	k.ledger.confirm(fact, value)
	return r, true
}

// keyFact is the fact about the nth key the keeper makes.
func keyFact(n int) string { return fmt.Sprintf("Key %d", n) }

// renamed is what a key is renamed to.
func renamed(key string) string { return key + " renamed" }

// key makes a key, posts with it, renames it, deletes it and tries to post with
// it all the same.
func (k *keeper) key(ctx context.Context, n int) {
	fact := keyFact(n)
	k.ledger.confirm(fact, "")
	r, ok := k.set(ctx, fact, fact, call{
		method: http.MethodPost, path: fmt.Sprintf("/api/messenger/api-keys/roomId/%d", k.room), body: api.APIKeyName{DisplayName: fact},
	})
	if !ok {
		return
	}
	made, err := read[api.APIKeyData](r)
	if err != nil {
		k.t.Errorf("make a key: %v", err)
		return
	}
	bot := account{name: fact, token: made.APIKey.Token}
	k.post(ctx, bot, fact+" is new", 0)
	path, name := fmt.Sprintf("/api/messenger/api-keys/%d", made.APIKey.ID), renamed(fact)
	if _, ok := k.set(ctx, fact, name, call{method: http.MethodPut, path: path, body: api.APIKeyName{DisplayName: name}}); !ok || n%4 == 0 {
		return // some stay
	}
	if _, ok := k.set(ctx, fact, "", call{method: http.MethodDelete, path: path}); ok {
		k.ended = append(k.ended, bot)
		k.post(ctx, pick(k.rng, k.ended), fact+" has ended", http.StatusUnauthorized)
	}
}

func (k *keeper) post(ctx context.Context, bot account, text string, wrong int) {
	p := &post{by: bot, path: keyPath, room: k.room, text: text, wrong: wrong}
	k.ledger.add(p)
	r, err := k.site.do(ctx, bot, p.call())
	if err != nil {
		k.ledger.cutOff(p)
		return
	}
	k.judge(p, r)
}
