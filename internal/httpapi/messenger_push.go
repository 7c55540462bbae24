package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) getPushKey(c *call, _ chat.Session) error {
	return c.ok(api.PushKey{PublicKey: orNull(a.pushKey)})
}

func (a *API) subscribe(c *call, who chat.Session) error {
	req, err := decode[api.PushSubscription](c)
	if err != nil {
		return err
	}
	if a.pushKey == "" {
		return chat.Errorf(chat.Forbidden, "Push to browsers is switched off on this server: ask whoever runs it")
	}
	sub := chat.Subscription{Endpoint: req.Endpoint, Key: req.Keys.P256dh, Secret: req.Keys.Auth}
	if err := a.svc.Subscribe(c.r.Context(), who, sub); err != nil {
		return err
	}
	return c.ok(api.Subscribed{Subscribed: true})
}

func (a *API) unsubscribe(c *call, who chat.Session) error {
	if err := a.svc.Unsubscribe(c.r.Context(), who); err != nil {
		return err
	}
	return c.ok(api.Deleted{Deleted: true})
}
