package store

import (
	"context"
	"database/sql"
	"errors"
	"math"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// begin gives the place after which a part of what changed after since begins. That
// is before the next moment's first entry, and not after since's last: there can be
// many of that moment, which would all be read.
func begin(since chat.Time, p chat.Part) chat.Cut {
	if p.After == (chat.Cut{}) {
		return chat.Cut{At: min(since, math.MaxInt64-1) + 1}
	}
	return p.After
}

func partLimits(p chat.Part) (limit, offset int32) {
	return limits(chat.Page{Limit: p.Limit, Offset: p.Offset})
}

// Walk implements chat.Reader.
func (r reader) Walk(ctx context.Context, who chat.Session, kind chat.WalkKind) (chat.Walk, error) {
	w, err := r.at(ctx).Walk(ctx, who.Device.ID, string(kind), who.User.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Walk{}, nil
	}
	return chat.Walk{
		Kind: chat.WalkKind(w.Kind), Since: chat.Time(w.SinceMs), Page: int(w.Page),
		From: chat.Cut{At: chat.Time(w.FromMs), RoomID: w.FromRoom, UserID: w.FromUser, Rank: w.FromRank, ID: w.FromID},
		Next: chat.Cut{At: chat.Time(w.NextMs), RoomID: w.NextRoom, UserID: w.NextUser, Rank: w.NextRank, ID: w.NextID},
	}, failed(err, "walk")
}

// SetWalk implements chat.Tx.
func (t *txn) SetWalk(ctx context.Context, who chat.Session, w chat.Walk) error {
	return t.stored(t.write(ctx).SetWalk(ctx, gen.SetWalkParams{
		DeviceID: who.Device.ID, UserID: who.User.ID, Kind: string(w.Kind), SinceMs: int64(w.Since), Page: int64(w.Page),
		FromMs: int64(w.From.At), FromRoom: w.From.RoomID, FromUser: w.From.UserID, FromRank: w.From.Rank, FromID: w.From.ID,
		NextMs: int64(w.Next.At), NextRoom: w.Next.RoomID, NextUser: w.Next.UserID, NextRank: w.Next.Rank, NextID: w.Next.ID,
		SteppedMs: int64(t.Stamp()),
	}), "walk")
}

// DropWalks implements chat.Tx.
func (t *txn) DropWalks(ctx context.Context, before chat.Time) error {
	return t.stored(t.write(ctx).DropWalks(ctx, int64(before)), "walks")
}
