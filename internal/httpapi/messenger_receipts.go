package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) reportDelivered(c *call, who chat.Session) error {
	req, err := decode[api.DeliveredRequest](c)
	if err != nil {
		return err
	}
	ids := req.MessageIDs
	if ids == nil {
		ids = req.MessagesIDs
	}
	if err := a.svc.Deliver(c.r.Context(), who, ids); err != nil {
		return err
	}
	return c.ok(api.MessageRecordList{})
}

func (a *API) reportSeen(c *call, who chat.Session, room int64) error {
	req, err := decodeOptional[seen](c)
	if err != nil {
		return err
	}
	upTo := int64(0)
	if req.MessageID != nil {
		if upTo = *req.MessageID; upTo < 1 {
			return invalid("messageId must be an id, 1 or more")
		}
	}
	if err := a.svc.See(c.r.Context(), who, room, upTo); err != nil {
		return err
	}
	return c.ok(api.MessageRecordList{})
}

// seen is api.SeenRequest that tells message 0 from none given: a mistaken 0
// must not mark the whole room.
type seen struct {
	MessageID *int64 `json:"messageId"`
}

func (a *API) listRecords(c *call, who chat.Session, id int64) error {
	receipts, err := a.svc.MessageReceipts(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.MessageRecordList{MessageRecords: all(receipts, toRecord)})
}
