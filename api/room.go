package api

// The types of room.
const (
	RoomGroup   = "group"
	RoomPrivate = "private"
)

// RoomUser is a member of a room.
type RoomUser struct {
	UserID    int64 `json:"userId"`
	IsAdmin   bool  `json:"isAdmin"` // whether they manage the room and its keys
	User      User  `json:"user"`
	RoomID    int64 `json:"roomId"`
	CreatedAt int64 `json:"createdAt"` // when they joined
}

// Room is a room as the asker sees it.
type Room struct {
	ID           int64      `json:"id"`
	Name         string     `json:"name"`         // empty in a private room: show the other's name
	Users        []RoomUser `json:"users"`        // members now, bots included
	AvatarFileID int64      `json:"avatarFileId"` // 0: none
	Muted        bool       `json:"muted"`        // whether the asker muted it
	Type         string     `json:"type"`         // RoomGroup or RoomPrivate
	Deleted      bool       `json:"deleted"`
	Pinned       bool       `json:"pinned"`      // whether the asker pinned it
	UnreadCount  int64      `json:"unreadCount"` // messages of others that the asker has not seen
	CreatedAt    int64      `json:"createdAt"`
	ModifiedAt   int64      `json:"modifiedAt"` // also raised when members change
}

// RoomData is the data of a reply that gives one room.
type RoomData struct {
	Room Room `json:"room"`
}

// RoomList is one page of GET /api/messenger/rooms.
type RoomList struct {
	List  []Room `json:"list"`
	Count int64  `json:"count"` // all rooms there are
	Limit int    `json:"limit"` // rooms a page holds
}

// CreateRoomRequest is the body of POST /api/messenger/rooms.
type CreateRoomRequest struct {
	Name         string  `json:"name,omitzero"`         // up to 100 characters
	AvatarFileID int64   `json:"avatarFileId,omitzero"` // 0: none
	Type         string  `json:"type,omitzero"`         // left out: private for up to two members, else group
	UserIDs      []int64 `json:"userIds,omitzero"`
	AdminUserIDs []int64 `json:"adminUserIds,omitzero"` // they become members, too
}

// RoomAction says what an UpdateRoomRequest changes.
type RoomAction string

// The actions, each with the fields it needs.
const (
	AddGroupUsers     RoomAction = "addGroupUsers"     // UserIDs
	RemoveGroupUsers  RoomAction = "removeGroupUsers"  // UserIDs
	AddGroupAdmins    RoomAction = "addGroupAdmins"    // UserIDs
	RemoveGroupAdmins RoomAction = "removeGroupAdmins" // UserIDs
	ChangeGroupName   RoomAction = "changeGroupName"   // Name
	ChangeGroupAvatar RoomAction = "changeGroupAvatar" // AvatarFileID
)

// UpdateRoomRequest is the body of PUT /api/messenger/rooms/{id}. With an
// Action it does that one thing; without, every field given replaces what was
// there, and nil leaves it.
type UpdateRoomRequest struct {
	Action       RoomAction `json:"action,omitzero"`
	Name         *string    `json:"name,omitzero"`         // empty is ignored
	AvatarFileID *int64     `json:"avatarFileId,omitzero"` // 0: none
	UserIDs      []int64    `json:"userIds,omitzero"`      // all members from now on; admins and bots stay
	AdminUserIDs []int64    `json:"adminUserIds,omitzero"` // all admins from now on; the asker stays one
}

// LeaveRoomRequest is the body of POST /api/messenger/rooms/{id}/leave.
type LeaveRoomRequest struct {
	AdminUserIDs []int64 `json:"adminUserIds,omitzero"` // who manages the room when the last admin leaves
}

// UnreadCounts is the data of GET /api/messenger/rooms/unread-count.
type UnreadCounts struct {
	UnreadCounts []UnreadCount `json:"unreadCounts"` // only of rooms that have any
}

// UnreadCount is how many messages of a room the asker has not seen.
type UnreadCount struct {
	RoomID int64 `json:"roomId"`
	Unread int64 `json:"unreadCount"` // 1 or more
}

// UserSettings is the data of GET /api/messenger/me/settings.
type UserSettings struct {
	Settings []UserSetting `json:"settings"`
}

// UserSetting is one thing that a person has set for themselves; what is not set
// has none.
type UserSetting struct {
	ID         int64  `json:"id"` // the person's own: others have the same ids
	UserID     int64  `json:"userId"`
	Key        string `json:"key"`       // mute_ or pin_, and the room's id
	Value      string `json:"value"`     // always "true"
	CreatedAt  string `json:"createdAt"` // ISO 8601 in UTC, with milliseconds
	ModifiedAt string `json:"modifiedAt"`
}

// GroupRoomList is one page of GET /api/messenger/group-message-rooms, by name.
type GroupRoomList struct {
	List       []Room `json:"groupMessageRoomList"`
	Count      int64  `json:"count"`      // all group rooms there are
	Limit      int    `json:"limit"`      // rooms a page holds
	NextCursor *int64 `json:"nextCursor"` // null on the last page
}

// RecentChats is the data of GET /api/messenger/recent-chats, newest message
// first.
type RecentChats struct {
	Users  []User `json:"recentUserChats"` // the others of private rooms
	Groups []Room `json:"recentGroupChats"`
}

// SyncRooms is one page of GET /api/messenger/rooms/sync/{lastUpdate}.
type SyncRooms struct {
	List    []Room `json:"list"`
	Limit   int    `json:"limit"`   // entries a page holds
	Count   int    `json:"count"`   // entries in this page
	HasNext bool   `json:"hasNext"` // whether there is another page
	Rooms   []Room `json:"rooms"`   // the same as List
}
