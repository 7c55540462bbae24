package httpapi

import (
	"net/http"
	"strconv"

	"spika/api"
	"spika/internal/chat"
)

// postFromCode stores a message that a program posts with a room's API key.
func (a *API) postFromCode(c *call) error {
	key, err := a.svc.AuthenticateKey(c.r.Context(), headerToken(c.r.Header))
	if err != nil {
		return err
	}
	draft, err := c.draft()
	if err != nil {
		return err
	}
	posted, err := a.svc.Post(c.r.Context(), chat.Sender{UserID: key.BotID, KeyID: key.ID}, draft)
	if err != nil {
		return err
	}
	a.svc.KeyUsed(key.ID)
	c.sayReplay(posted)
	return c.okPosted(posted.MessageView)
}

// sayReplay says in a header that an earlier request stored the message.
func (c *call) sayReplay(p chat.Posted) {
	if p.Replayed {
		c.w.Header().Set(api.HeaderReplay, "true")
	}
}

// okPosted is ok for the one reply that is worth writing by hand: encoding it
// by reflection costs a tenth of a post. A test holds it to api.PostedMessage.
func (c *call) okPosted(v chat.MessageView) error {
	buf := c.api.takeBuffer()
	defer c.api.giveBuffer(buf)
	buf.Write(appendPosted(buf.AvailableBuffer(), toPosted(v)))
	return c.send(http.StatusOK, buf.Bytes())
}

// appendPosted writes the success envelope around a posted message.
func appendPosted(b []byte, m api.PostedMessage) []byte {
	number := func(key string, n int64) { b = strconv.AppendInt(append(b, key...), n, 10) }
	number(`{"status":"success","data":{"message":{"id":`, m.ID)
	number(`,"roomId":`, m.RoomID)
	number(`,"fromUserId":`, m.FromUserID)
	number(`,"totalUserCount":`, m.TotalUserCount)
	number(`,"deliveredCount":`, m.DeliveredCount)
	number(`,"seenCount":`, m.SeenCount)
	b = append(append(append(b, `,"type":"`...), m.Type...), `","body":`...) // types need no escapes
	b = append(b, m.Body...)
	number(`,"modifiedAt":`, m.ModifiedAt)
	number(`,"createdAt":`, m.CreatedAt)
	b = append(append(append(b, `,"localId":`...), m.LocalID...), `,"replyId":`...)
	if m.ReplyID == nil {
		b = append(b, nullJSON...)
	} else {
		number("", *m.ReplyID)
	}
	return append(strconv.AppendBool(append(b, `,"deleted":`...), m.Deleted), "}}}"...)
}
