package httpapi

import (
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

// places are the rooms and people that messages go to, as they come over the wire.
type places struct {
	RoomIDs looseInts `json:"roomIds"`
	UserIDs looseInts `json:"userIds"`
}

func (p places) get() chat.Places { return chat.Places{RoomIDs: p.RoomIDs, UserIDs: p.UserIDs} }

func (a *API) forwardMessages(c *call, who chat.Session) error {
	req, err := decode[struct {
		MessageIDs looseInts `json:"messageIds"`
		places
	}](c)
	if err != nil {
		return err
	}
	return c.forwarded(a.svc.Forward(c.r.Context(), who, req.MessageIDs, req.get()))
}

func (a *API) shareMessages(c *call, who chat.Session) error {
	var to chat.Places
	var drafts []chat.Draft
	err := c.withObject(reflect.TypeFor[shareRequest](), func(body []byte) (err error) {
		to, drafts, err = readShare(body, a.maxText)
		return err
	})
	if err != nil {
		return err
	}
	return c.forwarded(a.svc.Share(c.r.Context(), who, drafts, to))
}

func (c *call) forwarded(f chat.Forwarded, err error) error {
	if err != nil {
		return err
	}
	return c.ok(api.ForwardedData{Messages: all(f.Messages, toMessage), NewRooms: all(f.NewRooms, toRoom)})
}

// shareRequest is api.ShareRequest as it comes over the wire.
type shareRequest struct {
	places
	Messages []struct {
		Type string         `json:"type"`
		Body jsontext.Value `json:"body"`
	} `json:"messages"`
}

func readShare(body []byte, maxText int64) (chat.Places, []chat.Draft, error) {
	var req shareRequest
	if err := decodeInto(body, &req); err != nil {
		return chat.Places{}, nil, err
	}
	drafts := make([]chat.Draft, len(req.Messages))
	for i, m := range req.Messages {
		drafts[i].Type = m.Type
		err := readContent(m.Body, maxText, &drafts[i])
		if err == nil {
			err = drafts[i].Fault
		}
		if err != nil {
			return chat.Places{}, nil, chat.InvalidMessage(i, err)
		}
	}
	return req.get(), drafts, nil
}
