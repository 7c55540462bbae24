package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// AdminToken implements chat.Reader.
func (r reader) AdminToken(ctx context.Context, hash []byte) (chat.AdminToken, error) {
	t, err := r.at(ctx).AdminToken(ctx, hash)
	return chat.AdminToken{
		Hash: t.Hash, UserID: t.UserID, Proof: t.Proof, Created: chat.Time(t.CreatedMs), Expires: chat.Time(t.ExpiresMs),
	}, notFound(err, "token")
}

// AuditLog implements chat.Reader.
func (r reader) AuditLog(ctx context.Context, p chat.Page) ([]chat.AuditEntry, error) {
	limit, offset := limits(p)
	list, err := r.at(ctx).AuditLog(ctx, limit, offset)
	return each(list, failed(err, "audit log"), func(a gen.Audit) chat.AuditEntry {
		return chat.AuditEntry{
			ID: a.ID, At: chat.Time(a.AtMs), ActorID: a.ActorID, Actor: a.Actor, Action: a.Action, TargetID: a.TargetID,
			Details: []byte(a.Details),
		}
	})
}

// AuditCount implements chat.Reader.
func (r reader) AuditCount(ctx context.Context) (int64, error) {
	n, err := r.at(ctx).AuditCount(ctx)
	return n, failed(err, "audit log")
}

// Audit implements chat.Tx.
func (t *txn) Audit(ctx context.Context, e chat.AuditEntry) error {
	return t.stored(t.write(ctx).AddAudit(ctx, gen.AddAuditParams{
		AtMs: int64(t.Stamp()), ActorID: e.ActorID, Actor: e.Actor, Action: e.Action, TargetID: e.TargetID, Details: string(e.Details),
	}), "audit entry")
}

// CreateAdminToken implements chat.Tx.
func (t *txn) CreateAdminToken(ctx context.Context, a chat.AdminToken) error {
	return t.stored(t.write(ctx).CreateAdminToken(ctx, gen.CreateAdminTokenParams{
		Hash: a.Hash, UserID: a.UserID, Proof: a.Proof, CreatedMs: int64(t.Stamp()), ExpiresMs: int64(a.Expires),
	}), "token")
}

// EndAdminTokens implements chat.Tx.
func (t *txn) EndAdminTokens(ctx context.Context, user int64) error {
	return t.stored(t.write(ctx).EndAdminTokens(ctx, user), "tokens")
}

// DropAdminTokens implements chat.Tx.
func (t *txn) DropAdminTokens(ctx context.Context, before chat.Time) error {
	return t.stored(t.write(ctx).DropAdminTokens(ctx, int64(before)), "tokens")
}
