package client

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"spika/api"
)

// Rooms lists one's rooms, oldest first, a page at a time from 1. keyword is
// the beginning of the name.
func (c *Client) Rooms(ctx context.Context, keyword string, page int) (api.RoomList, error) {
	return fetch[api.RoomList](ctx, c, get("/api/messenger/rooms").with(pageQuery(keyword, page)))
}

// Room gives a room, also a deleted one.
func (c *Client) Room(ctx context.Context, id int64) (api.Room, error) {
	out, err := fetch[api.RoomData](ctx, c, get("/api/messenger/rooms/%d", id))
	return out.Room, err
}

// PrivateRoom gives the private room shared with another user.
func (c *Client) PrivateRoom(ctx context.Context, userID int64) (api.Room, error) {
	out, err := fetch[api.RoomData](ctx, c, get("/api/messenger/rooms/users/%d", userID))
	return out.Room, err
}

// CreateRoom makes a room with oneself as an admin.
func (c *Client) CreateRoom(ctx context.Context, r api.CreateRoomRequest) (api.Room, error) {
	out, err := fetch[api.RoomData](ctx, c, post("/api/messenger/rooms", r))
	return out.Room, err
}

// UpdateRoom changes a group room.
func (c *Client) UpdateRoom(ctx context.Context, id int64, r api.UpdateRoomRequest) (api.Room, error) {
	out, err := fetch[api.RoomData](ctx, c, put(fmt.Sprintf("/api/messenger/rooms/%d", id), r))
	return out.Room, err
}

// DeleteRoom deletes a group room for everyone.
func (c *Client) DeleteRoom(ctx context.Context, id int64) error {
	_, err := fetch[api.RoomData](ctx, c, remove("/api/messenger/rooms/%d", id))
	return err
}

// LeaveRoom leaves a group room. The only admin names new ones.
func (c *Client) LeaveRoom(ctx context.Context, id int64, admins ...int64) error {
	_, err := fetch[api.RoomData](ctx, c, post(fmt.Sprintf("/api/messenger/rooms/%d/leave", id), api.LeaveRoomRequest{AdminUserIDs: admins}))
	return err
}

// SyncRooms lists one's rooms changed after a moment in Unix milliseconds, a
// page at a time from 1.
func (c *Client) SyncRooms(ctx context.Context, since int64, page int) (api.SyncRooms, error) {
	return fetch[api.SyncRooms](ctx, c, get("/api/messenger/rooms/sync/%d?page=%d", since, page))
}

// History lists one's rooms by their newest message, a page at a time from 1.
func (c *Client) History(ctx context.Context, keyword string, page int) (api.HistoryList, error) {
	return fetch[api.HistoryList](ctx, c, get("/api/messenger/history").with(pageQuery(keyword, page)))
}

// HistoryItem gives one room's entry in the history.
func (c *Client) HistoryItem(ctx context.Context, roomID int64) (api.HistoryItem, error) {
	return fetch[api.HistoryItem](ctx, c, get("/api/messenger/history/roomId/%d", roomID))
}

func pageQuery(keyword string, page int) url.Values {
	q := url.Values{}
	set(q, "keyword", keyword)
	setInt(q, "page", int64(page))
	return q
}

// set adds a parameter unless it is empty.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// setInt adds a parameter unless it is 0.
func setInt(q url.Values, name string, value int64) {
	if value != 0 {
		q.Set(name, strconv.FormatInt(value, 10))
	}
}
