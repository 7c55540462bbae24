package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"spika/api"
)

// Messages lists a room's messages, newest first, a page at a time. cursor is
// the NextCursor of the page before, whose message comes first again, and 0 for
// the newest. Asking reports everything in the room as delivered.
func (c *Client) Messages(ctx context.Context, roomID, cursor int64) (api.MessageList, error) {
	q := url.Values{}
	setInt(q, "cursor", cursor)
	return fetch[api.MessageList](ctx, c, get("/api/messenger/messages/roomId/%d", roomID).with(q))
}

// SyncMessages lists messages of all one's rooms changed after a moment in Unix
// milliseconds, a page at a time from 1.
func (c *Client) SyncMessages(ctx context.Context, since int64, page int) (api.SyncMessages, error) {
	return fetch[api.SyncMessages](ctx, c, get("/api/messenger/messages/sync/%d?page=%d", since, page))
}

// Delivered reports 1 to 1,000 messages as received, and with them all earlier
// ones of their rooms.
func (c *Client) Delivered(ctx context.Context, messageIDs ...int64) error {
	return c.report(ctx, "/api/messenger/messages/delivered", api.DeliveredRequest{MessageIDs: messageIDs})
}

// Seen reports a room's messages as seen up to one of them; 0: all of them.
func (c *Client) Seen(ctx context.Context, roomID, upTo int64) error {
	return c.report(ctx, fmt.Sprintf("/api/messenger/messages/%d/seen", roomID), api.SeenRequest{MessageID: upTo})
}

// report sends a receipt, which changes nothing when it is sent again.
func (c *Client) report(ctx context.Context, path string, body any) error {
	_, err := fetch[api.MessageRecordList](ctx, c, call{method: http.MethodPost, path: path, body: body, safe: true})
	return err
}

// Records tells who has received and seen a message.
func (c *Client) Records(ctx context.Context, messageID int64) ([]api.MessageRecord, error) {
	out, err := fetch[api.MessageRecordList](ctx, c, get("/api/messenger/messages/%d/message-records", messageID))
	return out.MessageRecords, err
}
