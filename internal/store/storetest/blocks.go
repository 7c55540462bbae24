package storetest

import (
	"context"
	"slices"

	"spika/internal/chat"
)

func blockTests() []test {
	return []test{
		{"a block is kept whole", blockIsKeptWhole},
		{"blocks are listed, oldest first", blocksAreListed},
		{"blocks end", blocksEnd},
		{"a change sees the blocks it makes and ends", blocksWithinAChange},
		{"who is blocked is known afresh after a change elsewhere", blocksElsewhere},
	}
}

func (r *rig) block(by, whom chat.User) chat.Block {
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Block, error) {
		return tx.CreateBlock(ctx, chat.Block{UserID: by.ID, Blocked: whom.ID})
	})
}

func blockIsKeptWhole(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	made := r.block(ana, bob)
	if made.ID == 0 || made.Created == 0 || made.UserID != ana.ID || made.Blocked != bob.ID {
		r.Fatalf("a new block is %+v", made)
	}
	is(r, made)(r.s.Block(r.ctx, ana.ID, bob.ID))
	_, err := r.s.Block(r.ctx, bob.ID, ana.ID)
	missing(r, err)
}

func blocksAreListed(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	second, first := r.block(ana, cy), r.block(ana, bob)
	r.block(bob, ana)
	is(r, []chat.Block{second, first})(r.s.Blocks(r.ctx, ana.ID, 10))
	is(r, []chat.Block{second})(r.s.Blocks(r.ctx, ana.ID, 1))
	is(r, int64(2))(r.s.BlockCount(r.ctx, ana.ID))
	is(r, int64(0))(r.s.BlockCount(r.ctx, cy.ID))
}

func blocksEnd(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	left := func(want ...chat.Block) {
		r.Helper()
		all := slices.Concat(got[[]chat.Block](r)(r.s.Blocks(r.ctx, ana.ID, 10)), got[[]chat.Block](r)(r.s.Blocks(r.ctx, bob.ID, 10)))
		same(r, all, want)
	}
	onBob, onCy, onAna := r.block(ana, bob), r.block(ana, cy), r.block(bob, ana)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteBlock(ctx, ana.ID, onAna.ID) })
	left(onBob, onCy, onAna)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteBlock(ctx, ana.ID, onBob.ID) })
	left(onCy, onAna)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteBlockOf(ctx, ana.ID, bob.ID) })
	left(onCy, onAna)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteBlockOf(ctx, ana.ID, cy.ID) })
	left(onAna)
	onBob, onCy = r.block(ana, bob), r.block(ana, cy)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteBlocksAbout(ctx, bob.ID) })
	left(onCy)
	_, err := r.s.Block(r.ctx, ana.ID, bob.ID)
	missing(r, err)
}

func blocksWithinAChange(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if _, err := tx.Block(ctx, ana.ID, bob.ID); !chat.IsNotFound(err) {
			return unexpected("no block is found as %v", err)
		}
		made, err := tx.CreateBlock(ctx, chat.Block{UserID: ana.ID, Blocked: bob.ID})
		if err != nil {
			return err
		}
		if err := isNow(made)(tx.Block(ctx, ana.ID, bob.ID)); err != nil {
			return err
		}
		if err := tx.DeleteBlock(ctx, ana.ID, made.ID); err != nil {
			return err
		}
		if _, err := tx.Block(ctx, ana.ID, bob.ID); !chat.IsNotFound(err) {
			return unexpected("an ended block is found as %v", err)
		}
		return nil
	})
}

func blocksElsewhere(r *rig) {
	other := r.open(r, nil)
	ana, bob := r.person("Ana"), r.person("Bob")
	blocked := func() (out bool) {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.Block(ctx, ana.ID, bob.ID)
			if out = err == nil; chat.IsNotFound(err) {
				err = nil
			}
			tx.Emit(chat.Event{Kind: chat.UserChanged})
			return err
		})
		return out
	}
	same(r, blocked(), false)
	err := other.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.CreateBlock(ctx, chat.Block{UserID: ana.ID, Blocked: bob.ID})
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	same(r, blocked(), true)
	if err := other.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.DeleteBlockOf(ctx, ana.ID, bob.ID) }); err != nil {
		r.Fatal(err)
	}
	same(r, blocked(), false)
	if err := other.Close(); err != nil {
		r.Fatal(err)
	}
}
