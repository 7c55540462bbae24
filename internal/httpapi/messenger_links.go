package httpapi

import (
	"strconv"

	"spika/api"
	"spika/internal/chat"
)

// pagesPerMinute is how many pages a person can have read for a preview: each
// makes the server ask another one.
const pagesPerMinute = 30

func (a *API) getThumbnail(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	if a.links == nil {
		return chat.Errorf(chat.NotFound, "No thumbnail found: link previews are switched off on this server")
	}
	if _, err := a.pages.take("person " + strconv.FormatInt(who.User.ID, 10)); err != nil {
		return err
	}
	p, err := a.links.Preview(c.r.Context(), q.Get("url"))
	if err != nil {
		return err
	}
	return c.ok(api.LinkPreview{Title: p.Title, Description: p.Description, Image: p.Image, Icon: p.Icon, URL: p.URL})
}
