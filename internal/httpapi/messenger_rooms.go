package httpapi

import (
	"slices"

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
	req, err := decode[createRoomRequest](c)
	if err != nil {
		return err
	}
	if err := req.check(); err != nil {
		return err
	}
	room, err := a.svc.CreateRoom(c.r.Context(), who, chat.NewRoom{
		Name: string(req.Name), Type: roomType(req.Type), AvatarID: int64(req.AvatarFileID), UserIDs: req.UserIDs, AdminIDs: req.AdminUserIDs,
	})
	return c.room(room, err)
}

// createRoomRequest is api.CreateRoomRequest as older clients may write it.
type createRoomRequest struct {
	Name         looseString `json:"name"`
	AvatarFileID looseInt    `json:"avatarFileId"`
	Type         string      `json:"type"`
	UserIDs      looseInts   `json:"userIds"`
	AdminUserIDs looseInts   `json:"adminUserIds"`
}

// check refuses what can be nobody's id.
func (req createRoomRequest) check() error {
	isNone := func(id int64) bool { return id < 1 }
	if slices.ContainsFunc(req.UserIDs, isNone) || slices.ContainsFunc(req.AdminUserIDs, isNone) {
		return invalid("userIds and adminUserIds must hold ids, each 1 or more")
	}
	avatar := int64(req.AvatarFileID)
	return checkFileID(&avatar)
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
	req, err := decode[updateRoomRequest](c)
	if err != nil {
		return err
	}
	change, err := req.change()
	if err != nil {
		return err
	}
	return c.room(a.svc.UpdateRoom(c.r.Context(), who, id, change))
}

// updateRoomRequest is api.UpdateRoomRequest, where an empty action is not the
// same as none.
type updateRoomRequest struct {
	Action       *api.RoomAction `json:"action"`
	Name         *string         `json:"name"`
	AvatarFileID *int64          `json:"avatarFileId"`
	UserIDs      []int64         `json:"userIds"`
	AdminUserIDs []int64         `json:"adminUserIds"`
}

// change reads what an admin wants changed: with an action one thing, as
// today's mobile apps send it, without one whole lists.
func (req updateRoomRequest) change() (chat.RoomChange, error) {
	var change chat.RoomChange
	if err := checkFileID(req.AvatarFileID); err != nil {
		return change, err
	}
	if req.Action == nil {
		return chat.RoomChange{Name: req.Name, AvatarID: req.AvatarFileID, UserIDs: req.UserIDs, AdminIDs: req.AdminUserIDs}, nil
	}
	switch *req.Action {
	case "":
		return change, chat.Errorf(chat.NotFound, "Action field is required. Name what to do, or leave it out to give whole lists")
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
	return change, req.checkAction(*req.Action)
}

// checkAction refuses an action without what it acts on.
func (req updateRoomRequest) checkAction(action api.RoomAction) error {
	switch action {
	case api.ChangeGroupName:
		if req.Name == nil || *req.Name == "" {
			return invalid("name must be given with the action %s", action)
		}
	case api.ChangeGroupAvatar:
		if req.AvatarFileID == nil {
			return invalid("avatarFileId must be given with the action %s", action)
		}
	default:
		if req.UserIDs == nil {
			return invalid("userIds must be given with the action %s", action)
		}
	}
	return nil
}

func (a *API) deleteRoom(c *call, who chat.Session, id int64) error {
	return c.room(a.svc.DeleteRoom(c.r.Context(), who, id))
}

// leaveRoom looks at the body before it asks who sends it, as servers before
// did.
func (a *API) leaveRoom(c *call) error {
	req, err := decodeOptional[api.LeaveRoomRequest](c)
	if err != nil {
		return err
	}
	leave := a.signedOn(func(c *call, who chat.Session, id int64) error {
		return c.room(a.svc.LeaveRoom(c.r.Context(), who, id, req.AdminUserIDs))
	})
	return leave(c)
}

// setMark makes the handler that sets a mark or takes it off.
func (a *API) setMark(mark chat.Mark, on bool) handler {
	return a.signedNeeding("id is required", func(c *call, who chat.Session, id int64) error {
		return c.room(a.svc.SetMark(c.r.Context(), who, id, mark, on))
	})
}

func (a *API) listUnreadCounts(c *call, who chat.Session) error {
	list, err := a.svc.UnreadCounts(c.r.Context(), who)
	if err != nil {
		return err
	}
	return c.ok(api.UnreadCounts{UnreadCounts: all(list, func(u chat.UnreadCount) api.UnreadCount { return api.UnreadCount(u) })})
}

func (a *API) listMySettings(c *call, who chat.Session) error {
	list, err := a.svc.Marks(c.r.Context(), who)
	if err != nil {
		return err
	}
	return c.ok(api.UserSettings{Settings: all(list, toSetting)})
}

func (a *API) listGroupRooms(c *call, who chat.Session) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	from, err := optionalID(q, "cursor")
	if err != nil {
		return err
	}
	found, err := a.svc.Groups(c.r.Context(), who, q.Get("keyword"), from)
	if err != nil {
		return err
	}
	return c.ok(api.GroupRoomList{
		List: all(found.List, toRoom), Count: found.Count, Limit: chat.GroupPage, NextCursor: orNull(found.Next),
	})
}

func (a *API) listRecentChats(c *call, who chat.Session) error {
	found, err := a.svc.RecentChats(c.r.Context(), who)
	if err != nil {
		return err
	}
	return c.ok(api.RecentChats{Users: all(found.People, toUser), Groups: all(found.Groups, toRoom)})
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
