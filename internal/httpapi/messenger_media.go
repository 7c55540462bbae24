package httpapi

import (
	"net/url"
	"slices"

	"spika/api"
	"spika/internal/chat"
)

// What a room's messages brought.

func (a *API) listGallery(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	req, err := mediaRequest(q)
	if err != nil {
		return err
	}
	req.Kind, req.Newer, req.Older = chat.Pictures, q.Get("fetchNewer") == "true", q.Get("fetchOlder") == "true"
	found, err := a.svc.Media(c.r.Context(), who, req)
	if err != nil {
		return err
	}
	list := all(found.List, toFound)
	slices.Reverse(list) // clients show the oldest first
	return c.ok(api.Gallery{List: list, HasMoreOlderImages: found.Older, HasMoreNewerImages: found.Newer})
}

func (a *API) listMedia(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	req, err := mediaRequest(q)
	if err != nil {
		return err
	}
	req.Kind, req.Older, req.Counted = chat.MediaKind(q.Get("type")), req.At != 0, true
	found, err := a.svc.Media(c.r.Context(), who, req)
	if err != nil {
		return err
	}
	out := api.MediaList{List: all(found.List, toFound), Count: found.Total}
	if found.Older && len(found.List) > 0 {
		out.NextCursor = &found.List[len(found.List)-1].ID
	}
	return c.ok(out)
}

// mediaRequest reads what both lists can be asked for.
func mediaRequest(q url.Values) (chat.MediaRequest, error) {
	var req chat.MediaRequest
	var err error
	if req.RoomID, err = queryID(q, "roomId"); err != nil || req.RoomID == 0 {
		return req, chat.Errorf(chat.Invalid, "Invalid room id: roomId must be an id, 1 or more")
	}
	if req.At, err = optionalID(q, "cursor"); err != nil {
		return req, err
	}
	req.Limit, err = batchSize(q, chat.BatchSize, chat.MaxBatchSize)
	return req, err
}
