package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) listWebhooks(c *call, who chat.Session, room int64) error {
	list, err := a.svc.Webhooks(c.r.Context(), who, room)
	if err != nil {
		return err
	}
	return c.ok(api.WebhookList{Webhooks: all(list, toWebhook)})
}

func (a *API) createWebhook(c *call, who chat.Session, room int64) error {
	req, err := decode[api.WebhookURL](c)
	if err != nil {
		return err
	}
	return c.webhook(a.svc.CreateWebhook(c.r.Context(), who, room, req.URL))
}

// webhook replies with a webhook, if there is one.
func (c *call) webhook(w chat.WebhookView, err error) error {
	if err != nil {
		return err
	}
	return c.ok(api.WebhookData{Webhook: toWebhook(w)})
}

func (a *API) updateWebhook(c *call, who chat.Session, id int64) error {
	req, err := decode[api.WebhookURL](c)
	if err != nil {
		return err
	}
	return c.webhook(a.svc.UpdateWebhook(c.r.Context(), who, id, req.URL))
}

func (a *API) deleteWebhook(c *call, who chat.Session, id int64) error {
	if err := a.svc.DeleteWebhook(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok(api.Deleted{Deleted: true})
}
