package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) postMessage(c *call, who chat.Session) error {
	draft, err := c.anyDraft()
	if err != nil {
		return err
	}
	posted, err := a.svc.Post(c.r.Context(), chat.Sender{UserID: who.User.ID, ExceptDevice: who.Device.ID}, draft)
	if err != nil {
		return err
	}
	c.sayReplay(posted)
	return c.ok(api.MessageData{Message: toMessage(posted.MessageView)})
}

func (a *API) listMessages(c *call, who chat.Session, room int64) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	req := chat.MessagePageRequest{RoomID: room}
	if req.From, err = optionalID(q, "cursor"); err != nil {
		return err
	}
	if req.Target, err = optionalID(q, "targetMessageId"); err != nil {
		return err
	}
	found, err := a.svc.Messages(c.r.Context(), who, req)
	if err != nil {
		return err
	}
	return c.ok(api.MessageList{
		List: all(found.List, toListedMessage), Count: found.Count,
		Limit: max(chat.MessagePage, len(found.List)), NextCursor: orNull(found.Next),
	})
}

func (a *API) syncMessages(c *call, who chat.Session) error { return a.syncChanged(c, who, false) }

func (a *API) syncModified(c *call, who chat.Session) error { return a.syncChanged(c, who, true) }

// syncChanged gives changed messages; edited: only those changed since they were
// stored.
func (a *API) syncChanged(c *call, who chat.Session, edited bool) error {
	since, page, err := c.syncPlace()
	if err != nil {
		return err
	}
	found, err := a.svc.SyncMessages(c.r.Context(), who, since, edited, page)
	if err != nil {
		return err
	}
	list := all(found.List, toMessage)
	return c.ok(api.SyncMessages{List: list, Limit: chat.SyncPage, Count: len(list), HasNext: found.More, Messages: list})
}

// syncPlace gives the moment and the page a sync request asks for.
func (c *call) syncPlace() (chat.Time, int, error) {
	since, err := c.since()
	if err != nil {
		return 0, 0, err
	}
	q, err := c.query()
	if err != nil {
		return 0, 0, err
	}
	n, err := page(q)
	return since, n, err
}
