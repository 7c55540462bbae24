package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) listRooms(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	n, err := page(q)
	if err != nil {
		return err
	}
	found, err := a.svc.Rooms(c.r.Context(), who, q.Get("keyword"), n)
	if err != nil {
		return err
	}
	return c.ok(api.RoomList{List: all(found.List, toRoom), Count: found.Count, Limit: chat.RoomPage})
}

func (a *API) createRoom(c *call, who chat.Session) error {
	req, err := decode[api.CreateRoomRequest](c)
	if err != nil {
		return err
	}
	if err := checkFileID(&req.AvatarFileID); err != nil {
		return err
	}
	room, err := a.svc.CreateRoom(c.r.Context(), who, chat.NewRoom{
		Name: req.Name, Type: roomType(req.Type), AvatarID: req.AvatarFileID, UserIDs: req.UserIDs, AdminIDs: req.AdminUserIDs,
	})
	return c.room(room, err)
}

// roomType reads a room's type: any that is not known is a group, since clients
// know no other.
func roomType(name string) chat.RoomType {
	switch name {
	case "", api.RoomPrivate:
		return chat.RoomType(name)
	}
	return chat.Group
}

// room replies with a room, if there is one.
func (c *call) room(v chat.RoomView, err error) error {
	if err != nil {
		return err
	}
	return c.ok(api.RoomData{Room: toRoom(v)})
}

func (a *API) getRoom(c *call, who chat.Session, id int64) error {
	return c.room(a.svc.Room(c.r.Context(), who, id))
}

func (a *API) updateRoom(c *call, who chat.Session, id int64) error {
	req, err := decode[api.UpdateRoomRequest](c)
	if err != nil {
		return err
	}
	change, err := roomChange(req)
	if err != nil {
		return err
	}
	return c.room(a.svc.UpdateRoom(c.r.Context(), who, id, change))
}

// roomChange reads what an admin wants changed: with an action one thing, as
// today's mobile apps send it, without one whole lists.
func roomChange(req api.UpdateRoomRequest) (chat.RoomChange, error) {
	var change chat.RoomChange
	if err := checkFileID(req.AvatarFileID); err != nil {
		return change, err
	}
	switch req.Action {
	case "":
		change = chat.RoomChange{Name: req.Name, AvatarID: req.AvatarFileID, UserIDs: req.UserIDs, AdminIDs: req.AdminUserIDs}
	case api.AddGroupUsers:
		change.AddUsers = req.UserIDs
	case api.RemoveGroupUsers:
		change.RemoveUsers = req.UserIDs
	case api.AddGroupAdmins:
		change.AddAdmins = req.UserIDs
	case api.RemoveGroupAdmins:
		change.RemoveAdmins = req.UserIDs
	case api.ChangeGroupName:
		change.Name = req.Name
	case api.ChangeGroupAvatar:
		change.AvatarID = req.AvatarFileID
	default:
		return change, invalid("action must be addGroupUsers, removeGroupUsers, addGroupAdmins, removeGroupAdmins, changeGroupName or changeGroupAvatar")
	}
	return change, checkAction(req)
}

// checkAction refuses an action without what it acts on.
func checkAction(req api.UpdateRoomRequest) error {
	switch req.Action {
	case "":
		return nil
	case api.ChangeGroupName:
		if req.Name == nil || *req.Name == "" {
			return invalid("name must be given with the action %s", req.Action)
		}
	case api.ChangeGroupAvatar:
		if req.AvatarFileID == nil {
			return invalid("avatarFileId must be given with the action %s", req.Action)
		}
	default:
		if req.UserIDs == nil {
			return invalid("userIds must be given with the action %s", req.Action)
		}
	}
	return nil
}

func (a *API) deleteRoom(c *call, who chat.Session, id int64) error {
	return c.room(a.svc.DeleteRoom(c.r.Context(), who, id))
}

func (a *API) leaveRoom(c *call, who chat.Session, id int64) error {
	req, err := decodeOptional[api.LeaveRoomRequest](c)
	if err != nil {
		return err
	}
	return c.room(a.svc.LeaveRoom(c.r.Context(), who, id, req.AdminUserIDs))
}

func (a *API) getPrivateRoom(c *call, who chat.Session, other int64) error {
	return c.room(a.svc.PrivateRoom(c.r.Context(), who, other))
}

func (a *API) syncRooms(c *call, who chat.Session) error {
	since, page, err := c.syncPlace()
	if err != nil {
		return err
	}
	found, err := a.svc.SyncRooms(c.r.Context(), who, since, page)
	if err != nil {
		return err
	}
	list := all(found.List, toRoom)
	return c.ok(api.SyncRooms{List: list, Limit: chat.SyncPage, Count: len(list), HasNext: found.More, Rooms: list})
}
