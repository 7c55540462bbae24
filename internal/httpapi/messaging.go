package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

// postFromCode stores a message that a program posts with a room's API key.
func (a *API) postFromCode(c *call) error {
	key, err := a.svc.AuthenticateKey(c.r.Context(), headerToken(c.r.Header))
	if err != nil {
		return err
	}
	draft, err := c.draft()
	if err != nil {
		return err
	}
	posted, err := a.svc.Post(c.r.Context(), chat.Sender{UserID: key.BotID, KeyID: key.ID}, draft)
	if err != nil {
		return err
	}
	a.svc.KeyUsed(key.ID)
	c.sayReplay(posted)
	return c.ok(api.PostedData{Message: toPosted(posted.MessageView)})
}

// sayReplay says in a header that an earlier request stored the message.
func (c *call) sayReplay(p chat.Posted) {
	if p.Replayed {
		c.w.Header().Set(api.HeaderReplay, "true")
	}
}
