package chat

import "context"

// Block is one user's wish not to hear from another in their private room.
type Block struct {
	ID      int64
	UserID  int64 // who blocks
	Blocked int64 // whom
	Created Time
}

// MaxBlocks is how many users one person can block.
const MaxBlocks = 1_000

// Block has the asker block a user, and gives the block there is when that was
// so already. Fails with NotFound when there is no such user or, where there is no
// team, none whom the asker knows or shares a room with, and with Invalid for
// oneself and beyond MaxBlocks.
func (s *Service) Block(ctx context.Context, who Session, other int64) (Block, error) {
	if other == who.User.ID {
		return Block{}, Errorf(Invalid, "blockedId must be number: the id of someone else")
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (Block, error) {
		known, err := tx.Block(ctx, who.User.ID, other)
		if err == nil || !IsNotFound(err) {
			return known, err
		}
		u, err := tx.User(ctx, other)
		if err == nil {
			err = s.checkMet(ctx, tx, who, other)
		}
		if err != nil || u.Deleted {
			return Block{}, Errorf(NotFound, "there is no user with that blockedId").unless(err)
		}
		n, err := tx.BlockCount(ctx, who.User.ID)
		if err == nil && n >= MaxBlocks {
			err = Errorf(Invalid, "nobody can block more than %d users: unblock someone first", MaxBlocks)
		}
		if err != nil {
			return Block{}, err
		}
		return tx.CreateBlock(ctx, Block{UserID: who.User.ID, Blocked: other})
	})
}

// Unblock ends one of the asker's blocks by its id, if there is one.
func (s *Service) Unblock(ctx context.Context, who Session, id int64) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.DeleteBlock(ctx, who.User.ID, id)
	})
}

// UnblockUser ends the asker's block of a user, if there is one.
func (s *Service) UnblockUser(ctx context.Context, who Session, other int64) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.DeleteBlockOf(ctx, who.User.ID, other)
	})
}

// BlockedUsers lists whom the asker blocks, in the order they were blocked.
func (s *Service) BlockedUsers(ctx context.Context, who Session) ([]User, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]User, error) {
		blocks, err := r.Blocks(ctx, who.User.ID, MaxBlocks)
		if err != nil {
			return nil, err
		}
		ids := make([]int64, len(blocks))
		for i, b := range blocks {
			ids[i] = b.Blocked
		}
		return usersInOrder(ctx, r, ids)
	})
}

// usersInOrder finds users in the order of their ids.
func usersInOrder(ctx context.Context, r Reader, ids []int64) ([]User, error) {
	found, err := r.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]User, len(found))
	for _, u := range found {
		byID[u.ID] = u
	}
	out := make([]User, 0, len(ids))
	for _, id := range ids {
		if u, ok := byID[id]; ok {
			out = append(out, u)
		}
	}
	return out, nil
}

// RoomBlock gives the asker's block of the other person in a private room. Fails
// with NotFound when there is none, or no such room of the asker's.
func (s *Service) RoomBlock(ctx context.Context, who Session, room int64) (Block, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (Block, error) {
		v, err := roomView(ctx, r, room, who.User.ID)
		if err != nil {
			return Block{}, err
		}
		for _, m := range v.Members {
			if v.Type == Private && m.User.ID != who.User.ID && !m.User.IsBot() {
				return r.Block(ctx, who.User.ID, m.User.ID)
			}
		}
		return Block{}, Errorf(NotFound, "Block not found")
	})
}
