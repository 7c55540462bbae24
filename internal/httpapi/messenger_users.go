package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) getUser(c *call, _ chat.Session, id int64) error {
	user, err := a.svc.User(c.r.Context(), id)
	if err != nil {
		return err
	}
	return c.ok(api.UserData{User: toUser(user)})
}

func (a *API) syncUsers(c *call, _ chat.Session) error {
	since, page, err := c.syncPlace()
	if err != nil {
		return err
	}
	found, err := a.svc.SyncUsers(c.r.Context(), since, page)
	if err != nil {
		return err
	}
	list := all(found.List, toUser)
	return c.ok(api.SyncUsers{List: list, Limit: chat.SyncPage, Count: len(list), HasNext: found.More, Users: list})
}

func (a *API) listContacts(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	from, err := queryID(q, "cursor")
	if err != nil {
		return err
	}
	found, err := a.svc.Contacts(c.r.Context(), who, q.Get("keyword"), from)
	if err != nil {
		return err
	}
	return c.ok(api.ContactList{
		List: all(found.List, toUser), Count: found.Count, Limit: chat.ContactPage, NextCursor: orNull(found.Next),
	})
}
