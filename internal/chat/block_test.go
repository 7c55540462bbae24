package chat_test

import (
	"context"
	"testing"

	"spika/internal/chat"
)

func TestBlocksAreLimited(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.owner, tm.joins("Bob")
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		for i := range int64(chat.MaxBlocks) {
			if _, err := tx.CreateBlock(ctx, chat.Block{UserID: ada.User.ID, Blocked: 1_000 + i}); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := tm.svc.Block(tm.ctx, ada, bob.User.ID)
	tm.fails(err, chat.Invalid)
	must(tm.svc.Block(tm.ctx, bob, ada.User.ID))(t) // others can
	tm.ok(tm.svc.UnblockUser(tm.ctx, ada, 1_000))
	block := must(tm.svc.Block(tm.ctx, ada, bob.User.ID))(t)
	same(t, must(tm.svc.Block(tm.ctx, ada, bob.User.ID))(t), block)
}
