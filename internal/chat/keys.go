package chat

import (
	"context"
	"sync"
)

// KeyView is an API key with its secret.
type KeyView struct {
	APIKey
	Secret string // empty when it cannot be shown again
}

const errNoKeyAccess = "User is not in room or he is not admin in this room"

// keyRoom finds a room whose keys the asker may manage: a room's admins, either
// person of a private room, and whoever manages the team.
func keyRoom(ctx context.Context, r Reader, who Session, id int64) (Room, error) {
	room, err := r.Room(ctx, id)
	if err != nil || room.Purged {
		return Room{}, Errorf(Forbidden, errNoKeyAccess).unless(err)
	}
	if who.User.Role.Manages() {
		return room, nil
	}
	member, err := r.Member(ctx, id, who.User.ID)
	if err != nil || member.Left || !member.ManagesKeys(room.Type) {
		return Room{}, Errorf(Forbidden, errNoKeyAccess).unless(err)
	}
	return room, nil
}

// CreateKey makes an API key for a room and the bot that posts under name.
// Fails with Forbidden when the asker may not manage the room's keys.
func (s *Service) CreateKey(ctx context.Context, who Session, roomID int64, name string) (KeyView, error) {
	name, err := CleanName("displayName", name)
	if err != nil {
		return KeyView{}, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (KeyView, error) {
		room, err := keyRoom(ctx, tx, who, roomID)
		if err != nil {
			return KeyView{}, err
		}
		key, err := s.createKey(ctx, tx, room, name)
		if err != nil {
			return KeyView{}, err
		}
		return key, tx.Audit(ctx, who.did("key.add", key.ID, "room", roomID))
	})
}

func (s *Service) createKey(ctx context.Context, tx Tx, room Room, name string) (KeyView, error) {
	if room.Deleted {
		return KeyView{}, Errorf(Forbidden, "Room is deleted: nobody can post in it any more")
	}
	bot, err := tx.CreateUser(ctx, User{Kind: Bot, Name: name, Role: Plain, Verified: true})
	if err != nil {
		return KeyView{}, err
	}
	secret := NewSecret()
	key := APIKey{RoomID: room.ID, BotID: bot.ID, Name: name, Hash: HashSecret(secret)}
	if !s.opts.HideKeys {
		key.Sealed = s.sealer.Seal(bot.ID, secret)
	}
	if key, err = tx.CreateKey(ctx, key); err != nil {
		return KeyView{}, err
	}
	if err := addMembers(ctx, tx, &room, []int64{bot.ID}, nil); err != nil {
		return KeyView{}, err
	}
	emitKeyChange(tx, room.ID)
	return KeyView{APIKey: key, Secret: secret}, nil
}

// emitKeyChange says that a room's keys, and so its bots, changed.
func emitKeyChange(tx Tx, room int64) {
	tx.Emit(Event{Kind: RoomChanged, RoomID: room})
	tx.Emit(Event{Kind: KeysChanged, RoomID: room})
}

// Keys lists a room's API keys, oldest first.
func (s *Service) Keys(ctx context.Context, who Session, roomID int64) ([]KeyView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]KeyView, error) {
		if _, err := keyRoom(ctx, r, who, roomID); err != nil {
			return nil, err
		}
		keys, err := r.Keys(ctx, roomID)
		if err != nil {
			return nil, err
		}
		out := make([]KeyView, len(keys))
		for i, k := range keys {
			out[i] = s.viewKey(k)
		}
		return out, nil
	})
}

// viewKey adds the secret, if it may be shown and the server key still opens
// it.
func (s *Service) viewKey(k APIKey) KeyView {
	k.LastUsed = max(k.LastUsed, s.used.last(k.ID))
	v := KeyView{APIKey: k}
	if k.Sealed != nil && !s.opts.HideKeys {
		if secret, err := s.sealer.Open(k.BotID, k.Sealed); err == nil {
			v.Secret = secret
		}
	}
	return v
}

// RenameKey gives a key's bot another name; the secret stays. Messages keep the
// name they were posted under.
func (s *Service) RenameKey(ctx context.Context, who Session, id int64, name string) (KeyView, error) {
	name, err := CleanName("displayName", name)
	if err != nil {
		return KeyView{}, err
	}
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (KeyView, error) {
		key, room, err := managedKey(ctx, tx, who, id)
		if err != nil {
			return KeyView{}, err
		}
		bot, err := tx.User(ctx, key.BotID)
		if err != nil {
			return KeyView{}, err
		}
		bot.Name, bot.Modified = name, tx.Stamp()
		if err := tx.UpdateUser(ctx, bot); err != nil {
			return KeyView{}, err
		}
		key.Name, key.Modified = name, tx.Stamp()
		if err := tx.UpdateKey(ctx, key); err != nil {
			return KeyView{}, err
		}
		room.Modified = tx.Stamp()
		if err := tx.UpdateRoom(ctx, room); err != nil {
			return KeyView{}, err
		}
		s.tellBot(tx, room.ID, bot.ID)
		emitKeyChange(tx, room.ID)
		return s.viewKey(key), tx.Audit(ctx, who.did("key.rename", key.ID, "room", room.ID))
	})
}

func managedKey(ctx context.Context, tx Tx, who Session, id int64) (APIKey, Room, error) {
	key, err := tx.Key(ctx, id)
	if err != nil {
		return APIKey{}, Room{}, Errorf(NotFound, "Not found").unless(err)
	}
	room, err := keyRoom(ctx, tx, who, key.RoomID)
	return key, room, err
}

// DeleteKey revokes a key: its bot leaves the room, its messages stay.
func (s *Service) DeleteKey(ctx context.Context, who Session, id int64) (APIKey, error) {
	return changeAccess(ctx, s, func(ctx context.Context, tx Tx) (APIKey, error) {
		key, room, err := managedKey(ctx, tx, who, id)
		if err != nil {
			return APIKey{}, err
		}
		if err := deleteKey(ctx, tx, key, room); err != nil {
			return APIKey{}, err
		}
		return key, tx.Audit(ctx, who.did("key.delete", key.ID, "room", room.ID))
	})
}

func deleteKey(ctx context.Context, tx Tx, key APIKey, room Room) error {
	if err := tx.DeleteKey(ctx, key.ID); err != nil {
		return err
	}
	member, err := tx.Member(ctx, room.ID, key.BotID)
	if err != nil && !IsNotFound(err) {
		return err
	}
	if err == nil && !member.Left {
		if err := endStay(ctx, tx, &room, member); err != nil {
			return err
		}
	}
	emitKeyChange(tx, room.ID)
	return nil
}

// keyUses gathers when keys were last used, so that a post need not write it.
type keyUses struct {
	mu   sync.Mutex
	keys map[int64]Time
}

func (u *keyUses) note(id int64, at Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.keys == nil {
		u.keys = map[int64]Time{}
	}
	u.keys[id] = max(u.keys[id], at)
}

func (u *keyUses) last(id int64) Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.keys[id]
}

func (u *keyUses) take() map[int64]Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	taken := u.keys
	u.keys = nil
	return taken
}

// KeyUsed notes that a key was used just now. FlushKeyUses writes it down.
func (s *Service) KeyUsed(id int64) { s.used.note(id, s.now()) }

// FlushKeyUses stores when keys were last used.
func (s *Service) FlushKeyUses(ctx context.Context) error {
	taken := s.used.take()
	if len(taken) == 0 {
		return nil
	}
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for id, at := range taken {
			if err := tx.TouchKey(ctx, id, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // next time
		for id, at := range taken {
			s.used.note(id, at)
		}
	}
	return err
}
