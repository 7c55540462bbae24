package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

func toWebhook(w gen.Webhook) chat.Webhook {
	return chat.Webhook{
		ID: w.ID, RoomID: w.RoomID, URL: w.Url, Sealed: w.Sealed,
		Created: chat.Time(w.CreatedMs), Modified: chat.Time(w.ModifiedMs),
	}
}

// Webhook implements chat.Reader.
func (r reader) Webhook(ctx context.Context, id int64) (chat.Webhook, error) {
	w, err := r.at(ctx).Webhook(ctx, id)
	return toWebhook(w), notFound(err, "webhook")
}

// Webhooks implements chat.Reader.
func (r reader) Webhooks(ctx context.Context, room int64, limit int) ([]chat.Webhook, error) {
	n, _ := limits(chat.Page{Limit: limit})
	list, err := r.at(ctx).Webhooks(ctx, room, n)
	return each(list, failed(err, "webhooks"), toWebhook)
}

// WebhookCount implements chat.Reader.
func (r reader) WebhookCount(ctx context.Context, room int64) (int64, error) {
	n, err := r.at(ctx).WebhookCount(ctx, room)
	return n, failed(err, "webhooks")
}

// CreateWebhook implements chat.Tx.
func (t *txn) CreateWebhook(ctx context.Context, w chat.Webhook) (chat.Webhook, error) {
	w.Created, w.Modified = t.Stamp(), t.Stamp()
	id, err := t.write(ctx).CreateWebhook(ctx, gen.CreateWebhookParams{
		RoomID: w.RoomID, Url: w.URL, Sealed: w.Sealed, CreatedMs: int64(w.Created), ModifiedMs: int64(w.Modified),
	})
	w.ID = id
	return w, t.stored(err, "webhook")
}

// UpdateWebhook implements chat.Tx.
func (t *txn) UpdateWebhook(ctx context.Context, w chat.Webhook) error {
	return t.stored(t.write(ctx).UpdateWebhook(ctx, w.ID, w.URL, w.Sealed, int64(w.Modified)), "webhook")
}

// DeleteWebhook implements chat.Tx.
func (t *txn) DeleteWebhook(ctx context.Context, id int64) error {
	return t.stored(t.write(ctx).DeleteWebhook(ctx, id), "webhook")
}
