package httpapi

import (
	"strings"

	"spika/api"
	"spika/internal/chat"
)

func (a *API) getUser(c *call, who chat.Session, id int64) error {
	user, err := a.svc.UserFor(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.UserData{User: toUser(user)})
}

func (a *API) syncUsers(c *call, who chat.Session) error {
	since, page, err := c.syncPlace()
	if err != nil {
		return err
	}
	found, err := a.svc.SyncUsers(c.r.Context(), who, since, page)
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

// matchRequest is api.MatchContactsRequest as older clients send it, too.
type matchRequest struct {
	Contacts   looseStrings `json:"contacts"`
	IsLastPage looseBool    `json:"isLastPage"`
}

// matchContacts finds the people whose phone numbers are in an address book.
func (a *API) matchContacts(c *call, who chat.Session) error {
	req, err := decode[matchRequest](c)
	if err != nil {
		return err
	}
	hashes := make([]string, 0, len(req.Contacts))
	for _, hash := range req.Contacts {
		if hash != "" {
			hashes = append(hashes, strings.ToLower(hash))
		}
	}
	if len(hashes) == 0 {
		return invalid("contacts must be an array of 1 to %d hashes of phone numbers", chat.MaxMatched)
	}
	found, err := a.svc.MatchContacts(c.r.Context(), who, hashes, bool(req.IsLastPage))
	if err != nil {
		return err
	}
	return c.ok(api.MatchedContacts{List: all(found, toUser), Count: len(found), Limit: chat.MaxMatched})
}
