package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// reader answers questions through one pool or one transaction.
type reader struct {
	q    *gen.Queries
	hand handQueries
	// before, if set, is called before each question: a write transaction then
	// stores what it still holds back.
	before func(context.Context)
}

func newReader(db *sql.DB, d dialect) reader {
	return reader{q: gen.New(db), hand: newHand(db, d)}
}

// within gives the reader inside a transaction.
func (r reader) within(tx *sql.Tx) reader {
	return reader{q: gen.New(tx), hand: r.hand.within(tx), before: r.before}
}

// at gives the queries, as of everything that was written so far.
func (r reader) at(ctx context.Context) *gen.Queries {
	if r.before != nil {
		r.before(ctx)
	}
	return r.q
}

// notFound turns an empty result into the domain's failure.
func notFound(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Errorf(chat.NotFound, "%s not found", what)
	}
	return failed(err, what)
}

// failed says what could not be read.
func failed(err error, what string) error {
	if err != nil {
		return trouble(fmt.Errorf("read %s: %w", what, err))
	}
	return nil
}

// limits gives a page's two numbers as the queries take them.
func limits(p chat.Page) (limit, offset int32) {
	return int32(min(p.Limit, 1<<30)), int32(min(p.Offset, 1<<30))
}

// Setting implements chat.Reader.
func (r reader) Setting(ctx context.Context, name string) (string, error) {
	v, err := r.at(ctx).Setting(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, failed(err, "setting")
}

// LinkByHash implements chat.Reader.
func (r reader) LinkByHash(ctx context.Context, hash []byte) (chat.Link, error) {
	l, err := r.at(ctx).LinkByHash(ctx, hash)
	return toLink(l), notFound(err, "link")
}

// Invites implements chat.Reader.
func (r reader) Invites(ctx context.Context) ([]chat.Link, error) {
	list, err := r.at(ctx).Invites(ctx)
	return each(list, failed(err, "invites"), toLink)
}

// Now implements chat.Reader.
func (r reader) Now(ctx context.Context) (int64, chat.Time, error) {
	c, err := r.at(ctx).Clock(ctx)
	return c.Seq, chat.Time(c.Ms), failed(err, "clock")
}

// Forgotten implements chat.Reader.
func (r reader) Forgotten(ctx context.Context) (int64, error) {
	c, err := r.at(ctx).Clock(ctx)
	return c.Forgotten, failed(err, "clock")
}

// Events implements chat.Reader.
func (r reader) Events(ctx context.Context, after, upTo int64, limit int) ([]chat.Event, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).Events(ctx, after, upTo, n)
	return each(list, failed(err, "events"), toEvent)
}

// EventsFor implements chat.Reader.
func (r reader) EventsFor(ctx context.Context, user, after, upTo int64, limit int) ([]chat.Event, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).EventsFor(ctx, after, upTo, user, n)
	return each(list, failed(err, "events"), toEvent)
}

// Key implements chat.Reader.
func (r reader) Key(ctx context.Context, id int64) (chat.APIKey, error) {
	k, err := r.at(ctx).Key(ctx, id)
	return toKey(k.ApiKey, k.Name), notFound(err, "API key")
}

// KeyByHash implements chat.Reader.
func (r reader) KeyByHash(ctx context.Context, hash []byte) (chat.APIKey, error) {
	k, err := r.at(ctx).KeyByHash(ctx, hash)
	return toKey(k.ApiKey, k.Name), notFound(err, "API key")
}

// Keys implements chat.Reader.
func (r reader) Keys(ctx context.Context, room int64) ([]chat.APIKey, error) {
	list, err := r.at(ctx).Keys(ctx, room)
	return each(list, failed(err, "API keys"), func(k gen.KeysRow) chat.APIKey { return toKey(k.ApiKey, k.Name) })
}
