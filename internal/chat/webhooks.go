package chat

import "context"

// WebhookView is a webhook with its signature, which tells the receiver that a
// call comes from here.
type WebhookView struct {
	Webhook
	Signature string // SignatureLen letters and digits; empty when the server key does not open it any more
}

// CreateWebhook adds a webhook to a room. Fails with Invalid when the address is
// none or the room has MaxWebhooks, Forbidden when the asker may not manage
// the room's keys.
func (s *Service) CreateWebhook(ctx context.Context, who Session, roomID int64, url string) (WebhookView, error) {
	if err := CheckWebhookURL(url); err != nil {
		return WebhookView{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (WebhookView, error) {
		room, err := keyRoom(ctx, tx, who, roomID)
		if err != nil {
			return WebhookView{}, err
		}
		if room.Deleted {
			return WebhookView{}, Errorf(Forbidden, "Room is deleted: nothing is posted in it any more")
		}
		count, err := tx.WebhookCount(ctx, roomID)
		if err != nil {
			return WebhookView{}, err
		}
		if count >= MaxWebhooks {
			return WebhookView{}, Errorf(Invalid, "a room can have at most %d webhooks: delete one first", MaxWebhooks)
		}
		hook, err := tx.CreateWebhook(ctx, Webhook{RoomID: roomID, URL: url})
		if err != nil {
			return WebhookView{}, err
		}
		out := WebhookView{Webhook: hook, Signature: NewSignature()}
		out.Sealed = s.sealer.SealSignature(hook.ID, out.Signature) // needs the id
		return out, tx.UpdateWebhook(ctx, out.Webhook)
	})
}

// Webhooks lists a room's webhooks, oldest first. Fails with Forbidden when the
// asker may not manage the room's keys.
func (s *Service) Webhooks(ctx context.Context, who Session, roomID int64) ([]WebhookView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]WebhookView, error) {
		if _, err := keyRoom(ctx, r, who, roomID); err != nil {
			return nil, err
		}
		hooks, err := r.Webhooks(ctx, roomID, MaxWebhooks)
		if err != nil {
			return nil, err
		}
		out := make([]WebhookView, len(hooks))
		for i, h := range hooks {
			out[i] = s.viewWebhook(h)
		}
		return out, nil
	})
}

func (s *Service) viewWebhook(h Webhook) WebhookView {
	v := WebhookView{Webhook: h}
	if signature, err := s.sealer.OpenSignature(h.ID, h.Sealed); err == nil {
		v.Signature = signature
	}
	return v
}

// UpdateWebhook gives a webhook another address; its signature stays. Fails like
// CreateWebhook, and with NotFound when there is no such webhook.
func (s *Service) UpdateWebhook(ctx context.Context, who Session, id int64, url string) (WebhookView, error) {
	if err := CheckWebhookURL(url); err != nil {
		return WebhookView{}, err
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (WebhookView, error) {
		hook, err := managedWebhook(ctx, tx, who, id)
		if err != nil {
			return WebhookView{}, err
		}
		hook.URL, hook.Modified = url, tx.Stamp()
		return s.viewWebhook(hook), tx.UpdateWebhook(ctx, hook)
	})
}

// DeleteWebhook deletes a webhook for good. Fails with NotFound when there is
// none, Forbidden when the asker may not manage the room's keys.
func (s *Service) DeleteWebhook(ctx context.Context, who Session, id int64) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := managedWebhook(ctx, tx, who, id); err != nil {
			return err
		}
		return tx.DeleteWebhook(ctx, id)
	})
}

func managedWebhook(ctx context.Context, tx Tx, who Session, id int64) (Webhook, error) {
	hook, err := tx.Webhook(ctx, id)
	if err != nil {
		return Webhook{}, Errorf(NotFound, "Not found").unless(err)
	}
	_, err = keyRoom(ctx, tx, who, hook.RoomID)
	return hook, err
}
