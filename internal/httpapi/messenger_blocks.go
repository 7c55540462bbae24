package httpapi

import (
	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

// blockRequest is api.BlockRequest as older clients send it, too: with the id in
// a string.
type blockRequest struct {
	BlockedID jsontext.Value `json:"blockedId"`
}

func (a *API) listBlocks(c *call, who chat.Session) error {
	users, err := a.svc.BlockedUsers(c.r.Context(), who)
	if err != nil {
		return err
	}
	return c.ok(api.BlockedUsers{BlockedUsers: all(users, toUser)})
}

func (a *API) createBlock(c *call, who chat.Session) error {
	req, err := decode[blockRequest](c)
	if err != nil {
		return err
	}
	var user looseInt
	if err := user.UnmarshalJSON(req.BlockedID); err != nil || user < 1 { // clients know this wording
		return chat.Errorf(chat.Invalid, "blockedId must be number: a user's id, 1 or more")
	}
	block, err := a.svc.Block(c.r.Context(), who, int64(user))
	if err != nil {
		return err
	}
	return c.ok(api.BlockData{Block: toBlock(block)})
}

func (a *API) deleteBlock(c *call, who chat.Session, id int64) error {
	if err := a.svc.Unblock(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok(api.Deleted{Deleted: true})
}

func (a *API) deleteBlockOf(c *call, who chat.Session) error {
	user, ok := parseNumber(c.params[0], 1)
	if !ok { // clients know this wording
		return chat.Errorf(chat.Invalid, "blockId must be number: a user's id, 1 or more")
	}
	if err := a.svc.UnblockUser(c.r.Context(), who, user); err != nil {
		return err
	}
	return c.ok(api.Deleted{Deleted: true})
}

func (a *API) getRoomBlock(c *call, who chat.Session, room int64) error {
	block, err := a.svc.RoomBlock(c.r.Context(), who, room)
	if chat.IsNotFound(err) { // also where there is no such room, as clients expect it
		return c.ok(api.BlockData{})
	}
	if err != nil {
		return err
	}
	return c.ok(api.BlockData{Block: toBlock(block)})
}

func toBlock(b chat.Block) *api.Block {
	return &api.Block{ID: b.ID, BlockedID: b.Blocked, UserID: b.UserID, CreatedAt: int64(b.Created)}
}
