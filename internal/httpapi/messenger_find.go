package httpapi

import (
	"net/url"
	"time"

	"spika/api"
	"spika/internal/chat"
)

// Finding one's way in the messages of a room.

func (a *API) listBatch(c *call, who chat.Session, room int64) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	req := chat.BatchRequest{RoomID: room}
	for name, id := range map[string]*int64{"targetMessageId": &req.Target, "cursorUp": &req.Older, "cursorDown": &req.Newer} {
		if *id, err = optionalID(q, name); err != nil {
			return err
		}
	}
	if req.Limit, err = batchSize(q, chat.BatchSize, chat.MaxBatchSize); err != nil {
		return err
	}
	found, err := a.svc.Batch(c.r.Context(), who, req)
	if err != nil {
		return err
	}
	return c.ok(api.MessageBatch{
		List: all(found.List, toListedMessage), NextCursorUp: orNull(found.Up), NextCursorDown: orNull(found.Down),
		HasMoreOlderMessages: found.Older, HasMoreNewerMessages: found.Newer,
	})
}

// batchSize reads how many messages are wanted.
func batchSize(q url.Values, usual, most int) (int, error) {
	const name = "itemsPerBatch"
	if q.Get(name) == "" {
		return usual, nil
	}
	n, ok := parseNumber(q.Get(name), 1)
	if !ok {
		return 0, invalid("%s must be a number, 1 or more", name)
	}
	return int(min(n, int64(most))), nil
}

func (a *API) findByDate(c *call, who chat.Session, room int64) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	at, ok := parseDate(q.Get("date"))
	if !ok {
		return invalid("date must be Unix milliseconds, or a date such as 2026-01-31 or 2026-01-31T08:00:00Z")
	}
	id, err := a.svc.FirstSince(c.r.Context(), who, room, at)
	if err != nil {
		return err
	}
	return c.ok(api.TargetMessage{TargetMessageID: orNull(id)})
}

// parseDate reads a moment: Unix milliseconds, or ISO 8601 with a time zone, or
// a day, which begins in UTC.
func parseDate(s string) (chat.Time, bool) {
	if n, ok := parseNumber(s, 0); ok {
		return chat.Time(n), true
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return chat.TimeOf(t), true
		}
	}
	return 0, false
}

func (a *API) findOldest(c *call, who chat.Session, room int64) error {
	at, err := a.svc.OldestMessage(c.r.Context(), who, room)
	if err != nil {
		return err
	}
	return c.ok(api.OldestMessageDate{MessageDate: toISOOrNull(at)})
}

func (a *API) searchMessages(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	req := chat.SearchRequest{Keyword: q.Get("keyword")}
	if req.RoomID, err = queryID(q, "roomId"); err != nil {
		return err
	}
	if req.RoomID == 0 {
		return invalid("roomId must be given: an id, 1 or more")
	}
	if req.Before, err = optionalID(q, "cursor"); err != nil {
		return err
	}
	if req.Limit, err = batchSize(q, chat.SearchSize, chat.MaxSearch); err != nil {
		return err
	}
	found, err := a.svc.Search(c.r.Context(), who, req)
	if err != nil {
		return err
	}
	return c.ok(api.FoundMessages{List: all(found.List, toFound), Count: len(found.List), NextCursor: orNull(found.Next)})
}

func toFound(m chat.MessageView) api.FoundMessage {
	return api.FoundMessage{
		ID: m.ID, MessageID: m.ID, Type: m.Type, Body: toBody(m), UserID: m.FromUser, Username: m.SenderName, Date: toISO(m.Created),
	}
}
