package httpapi

import (
	"net/url"

	"spika/api"
	"spika/internal/chat"
)

func toRawRoom(r chat.Room) api.RawRoom {
	return api.RawRoom{
		ID: r.ID, Type: string(r.Type), Name: r.Name, AvatarFileID: r.AvatarID, Deleted: r.Deleted,
		CreatedAt: toISO(r.Created), ModifiedAt: toISO(r.Modified),
	}
}

// listAllRooms makes the handler of a list of rooms; narrow reads how it is
// narrowed.
func (a *API) listAllRooms(narrow func(q url.Values) (chat.RoomFilter, error)) handler {
	return a.managed(func(c *call, who chat.Session) error {
		q, page, err := c.listPage()
		if err != nil {
			return err
		}
		filter, err := narrow(q)
		if err != nil {
			return err
		}
		found, err := a.svc.AllRooms(c.r.Context(), who, filter, page)
		if err != nil {
			return err
		}
		return c.ok(api.RawRoomList{List: all(found.List, toRawRoom), Count: found.Count, Limit: chat.ManagePage})
	})
}

func roomsOf(q url.Values) (chat.RoomFilter, error) {
	user, err := optionalID(q, "userId")
	return chat.RoomFilter{UserID: user, Deleted: q.Get("deleted") == "true"}, err
}

func foundRoom(q url.Values) (chat.RoomFilter, error) {
	return chat.RoomFilter{Keyword: q.Get("searchTerm")}, nil
}

// roomsOfType takes groups for what is not named.
func roomsOfType(q url.Values) (chat.RoomFilter, error) {
	kind := roomType(q.Get("type"))
	if kind == "" {
		kind = chat.Group
	}
	return chat.RoomFilter{Type: kind}, nil
}

func (a *API) getManagedRoom(c *call, who chat.Session, id int64) error {
	return c.room(a.svc.ManagedRoom(c.r.Context(), who, id))
}

// needRoom reads the ids that the query names beside the room's.
func (c *call) needRoom() (url.Values, int64, error) {
	q, err := c.query()
	if err != nil {
		return nil, 0, err
	}
	room, err := neededID(q, "roomId")
	return q, room, err
}

func neededID(q url.Values, name string) (int64, error) {
	id, err := queryID(q, name)
	if err == nil && id == 0 {
		err = invalid("%s must be an id, 1 or more", name)
	}
	return id, err
}

func (a *API) listRoomUsers(c *call, who chat.Session) error {
	_, id, err := c.needRoom()
	if err != nil {
		return err
	}
	room, err := a.svc.ManagedRoom(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.RoomMembers{Room: toRawRoom(room.Room), Users: all(room.Members, func(m chat.RoomMember) api.RawMember {
		return api.RawMember{UserID: m.User.ID, RoomID: id, IsAdmin: m.Admin, CreatedAt: toISO(m.Joined), User: toRawUser(m.User)}
	})})
}

// managedRoomRequest is api.ManagedRoomRequest as consoles write it.
type managedRoomRequest struct {
	Name    *string    `json:"name"`
	Type    string     `json:"type"`
	Deleted *looseBool `json:"deleted"`
}

func (a *API) makeRoom(c *call, who chat.Session) error {
	req, err := decode[managedRoomRequest](c)
	if err != nil {
		return err
	}
	name := ""
	if req.Name != nil {
		name = *req.Name
	}
	return c.rawRoom(a.svc.MakeRoom(c.r.Context(), who, name, roomType(req.Type)))
}

// rawRoom replies with a room, if there is one.
func (c *call) rawRoom(r chat.Room, err error) error {
	if err != nil {
		return err
	}
	return c.ok(api.RawRoomData{Room: toRawRoom(r)})
}

func (a *API) reformRoom(c *call, who chat.Session, id int64) error {
	req, err := decode[managedRoomRequest](c)
	if err != nil {
		return err
	}
	return c.rawRoom(a.svc.ReformRoom(c.r.Context(), who, id, chat.RoomReform{
		Name: req.Name, Type: roomType(req.Type), Deleted: (*bool)(req.Deleted),
	}))
}

func (a *API) destroyRoom(c *call, who chat.Session, id int64) error {
	if err := a.svc.DestroyRoom(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok("Room deleted")
}

func (a *API) toggleRoomAdmin(c *call, who chat.Session) error {
	q, room, err := c.needRoom()
	if err != nil {
		return err
	}
	user, err := neededID(q, "userId")
	if err != nil {
		return err
	}
	n, err := a.svc.ToggleRoomAdmin(c.r.Context(), who, room, user)
	return c.changedRoom(n, err)
}

func (c *call) changedRoom(n int, err error) error {
	if err != nil {
		return err
	}
	return c.ok(api.ChangedRoom{Room: api.Changed{Count: n}})
}

func (a *API) addToRoom(c *call, who chat.Session) error {
	q, room, err := c.needRoom()
	if err != nil {
		return err
	}
	users, err := idList(q["userIds"])
	if err != nil {
		return err
	}
	n, err := a.svc.AddToRoom(c.r.Context(), who, room, users)
	return c.changedRoom(n, err)
}

func (a *API) removeFromRoom(c *call, who chat.Session, room int64) error {
	user, ok := parseNumber(c.params[1], 1)
	if !ok {
		return chat.Errorf(chat.Invalid, "userId must be number: an id, 1 or more")
	}
	n, err := a.svc.RemoveFromRoom(c.r.Context(), who, room, user)
	if err != nil {
		return err
	}
	return c.ok(api.RemovedMembers{Users: api.Changed{Count: n}})
}
