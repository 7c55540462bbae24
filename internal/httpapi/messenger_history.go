package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) listHistory(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	n, err := page(q)
	if err != nil {
		return err
	}
	found, err := a.svc.History(c.r.Context(), who, q.Get("keyword"), n)
	if err != nil {
		return err
	}
	return c.ok(api.HistoryList{List: all(found.List, toHistoryItem), Count: found.Count, Limit: chat.HistoryPage, Page: n + 1})
}

func (a *API) getHistoryItem(c *call, who chat.Session, room int64) error {
	item, err := a.svc.RoomHistory(c.r.Context(), who, room)
	if err != nil {
		return err
	}
	return c.ok(toHistoryItem(item))
}
