package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

func toBlock(b gen.Block) chat.Block {
	return chat.Block{ID: b.ID, UserID: b.UserID, Blocked: b.BlockedID, Created: chat.Time(b.CreatedMs)}
}

// Block implements chat.Reader.
func (r reader) Block(ctx context.Context, user, blocked int64) (chat.Block, error) {
	b, err := r.at(ctx).Block(ctx, user, blocked)
	return toBlock(b), notFound(err, "block")
}

// Blocks implements chat.Reader.
func (r reader) Blocks(ctx context.Context, user int64, limit int) ([]chat.Block, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).Blocks(ctx, user, n)
	return each(list, failed(err, "blocks"), toBlock)
}

// BlockCount implements chat.Reader.
func (r reader) BlockCount(ctx context.Context, user int64) (int64, error) {
	n, err := r.at(ctx).BlockCount(ctx, user)
	return n, failed(err, "blocks")
}

// Block implements chat.Reader. Every post in a private room asks it, so that
// neither the held rows are written for it nor the database is asked twice.
func (t *txn) Block(ctx context.Context, user, blocked int64) (chat.Block, error) {
	b, err := cached(&t.w.rows.blocks, blockKey{user, blocked}, func() (chat.Block, error) {
		b, err := t.q.Block(ctx, user, blocked)
		if err = notFound(err, "block"); chat.IsNotFound(err) {
			return chat.Block{}, nil // that there is none is worth knowing, too
		}
		return toBlock(b), err
	})
	if err == nil && b.ID == 0 {
		err = chat.Errorf(chat.NotFound, "block not found")
	}
	return b, err
}

// CreateBlock implements chat.Tx.
func (t *txn) CreateBlock(ctx context.Context, b chat.Block) (chat.Block, error) {
	delete(t.w.rows.blocks, blockKey{b.UserID, b.Blocked})
	b.Created = t.Stamp()
	id, err := t.write(ctx).CreateBlock(ctx, b.UserID, b.Blocked, int64(b.Created))
	b.ID = id
	return b, t.stored(err, "block")
}

// DeleteBlock implements chat.Tx.
func (t *txn) DeleteBlock(ctx context.Context, user, id int64) error {
	clear(t.w.rows.blocks)
	return t.stored(t.write(ctx).DeleteBlock(ctx, user, id), "block")
}

// DeleteBlockOf implements chat.Tx.
func (t *txn) DeleteBlockOf(ctx context.Context, user, blocked int64) error {
	delete(t.w.rows.blocks, blockKey{user, blocked})
	return t.stored(t.write(ctx).DeleteBlockOf(ctx, user, blocked), "block")
}

// DeleteBlocksAbout implements chat.Tx.
func (t *txn) DeleteBlocksAbout(ctx context.Context, user int64) error {
	clear(t.w.rows.blocks)
	return t.stored(t.write(ctx).DeleteBlocksAbout(ctx, user), "blocks")
}
