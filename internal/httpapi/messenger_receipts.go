package httpapi

import (
	"slices"

	"spika/api"
	"spika/internal/chat"
)

// deliveredRequest is api.DeliveredRequest as older clients may write it.
type deliveredRequest struct {
	MessageIDs  looseInts `json:"messageIds"`
	MessagesIDs looseInts `json:"messagesIds"`
}

func (a *API) reportDelivered(c *call, who chat.Session) error {
	req, err := decode[deliveredRequest](c)
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
	q, err := c.query()
	if err != nil {
		return err
	}
	kind := api.RecordType(q.Get("type"))
	if kind != "" && !isRecordType(kind) {
		return errRecordType()
	}
	found, err := a.svc.RecordsOf(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	records := slices.Concat(all(found.Receipts, toRecord), all(found.Reactions, toReaction))
	if kind != "" {
		records = slices.DeleteFunc(records, func(r api.MessageRecord) bool { return r.Type != kind })
	}
	return c.ok(api.MessageRecordList{MessageRecords: records})
}

func isRecordType(t api.RecordType) bool {
	return t == api.RecordDelivered || t == api.RecordSeen || t == api.RecordReaction
}

func errRecordType() error {
	return chat.Errorf(chat.Invalid, "Invalid type, allowed: seen,delivered,reaction")
}

// recordRequest is api.CreateRecordRequest as it comes over the wire. Newer
// clients send a reaction without a type.
type recordRequest struct {
	MessageID int64          `json:"messageId"`
	Type      api.RecordType `json:"type"`
	Reaction  string         `json:"reaction"`
}

func (a *API) createRecord(c *call, who chat.Session) error {
	req, err := decode[recordRequest](c)
	if err != nil {
		return err
	}
	if req.MessageID < 1 {
		return invalid("messageId must be the number of a message, 1 or more")
	}
	if req.Type == "" && req.Reaction != "" {
		req.Type = api.RecordReaction
	}
	var record api.MessageRecord
	switch req.Type {
	case api.RecordReaction:
		var made chat.Reaction
		made, err = a.svc.React(c.r.Context(), who, req.MessageID, req.Reaction)
		record = toReaction(made)
	case api.RecordSeen, api.RecordDelivered:
		kind := chat.Delivered
		if req.Type == api.RecordSeen {
			kind = chat.Seen
		}
		var made chat.Receipt
		made, err = a.svc.Receive(c.r.Context(), who, req.MessageID, kind)
		record = toRecord(made)
	default:
		return errRecordType()
	}
	if err != nil {
		return err
	}
	return c.ok(api.RecordData{MessageRecord: record})
}

func (a *API) deleteRecord(c *call, who chat.Session, id int64) error {
	taken, err := a.svc.TakeBack(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.RecordData{MessageRecord: toReaction(taken)})
}

func (a *API) syncRecords(c *call, who chat.Session) error {
	since, page, err := c.syncPlace()
	if err != nil {
		return err
	}
	found, err := a.svc.SyncRecords(c.r.Context(), who, since, page)
	if err != nil {
		return err
	}
	list := all(found.List, toRecordChange)
	return c.ok(api.SyncRecords{List: list, Limit: chat.RecordPage, Count: len(list), HasNext: found.More, MessageRecords: list})
}
