package api

// EventType tells events apart. Clients ignore types they do not know.
type EventType string

// The types of event.
const (
	EventNewMessage      EventType = "NEW_MESSAGE"
	EventUpdateMessage   EventType = "UPDATE_MESSAGE"
	EventDeleteMessage   EventType = "DELETE_MESSAGE"
	EventNewRecord       EventType = "NEW_MESSAGE_RECORD"
	EventDeleteRecord    EventType = "DELETE_MESSAGE_RECORD"
	EventMessageCounts   EventType = "MESSAGE_COUNTS"
	EventUserUpdate      EventType = "USER_UPDATE"
	EventNewRoom         EventType = "NEW_ROOM"
	EventUpdateRoom      EventType = "UPDATE_ROOM"
	EventDeleteRoom      EventType = "DELETE_ROOM"
	EventSeenRoom        EventType = "SEEN_ROOM"
	EventRemovedFromRoom EventType = "REMOVED_FROM_ROOM"
	EventAPIKeysChanged  EventType = "API_KEYS_CHANGED"
	EventPing            EventType = "PING"
	EventResync          EventType = "RESYNC"
)

// MessageEvent is EventNewMessage (a message was posted), EventUpdateMessage (it
// was edited) or EventDeleteMessage (it was deleted, for everyone or by the reader
// for themselves).
type MessageEvent struct {
	Type    EventType `json:"type"`
	Message Message   `json:"message"`
}

// RecordEvent is EventNewRecord (somebody received, saw or reacted to a message)
// or EventDeleteRecord (somebody took a reaction back).
type RecordEvent struct {
	Type           EventType     `json:"type"`
	MessageRecord  MessageRecord `json:"messageRecord"`
	DeliveredCount int64         `json:"deliveredCount"` // the message's, now
	SeenCount      int64         `json:"seenCount"`      // the message's, now
	TotalUserCount int64         `json:"totalUserCount"` // the message's
}

// CountsEvent is EventMessageCounts: counts moved in a large room. It takes no
// place in the order of events.
type CountsEvent struct {
	Type   EventType       `json:"type"`
	RoomID int64           `json:"roomId"`
	Counts []MessageCounts `json:"counts"`
}

// UserEvent is EventUserUpdate: a user joined the team or changed.
type UserEvent struct {
	Type EventType `json:"type"`
	User User      `json:"user"`
}

// RoomEvent is EventNewRoom, EventUpdateRoom or EventDeleteRoom, with the room
// as the reader sees it.
type RoomEvent struct {
	Type EventType `json:"type"`
	Room Room      `json:"room"`
}

// RemovedEvent is EventRemovedFromRoom: the reader is not a member any more, or
// a member still who is no admin any more.
type RemovedEvent struct {
	Type     EventType `json:"type"`
	RoomID   int64     `json:"roomId"`
	IsMember bool      `json:"isMember"`
}

// RoomIDEvent is EventSeenRoom (on another device of the reader) or
// EventAPIKeysChanged.
type RoomIDEvent struct {
	Type   EventType `json:"type"`
	RoomID int64     `json:"roomId"`
}

// SignalEvent is EventPing (the stream is alive; the frame's id is the current
// place) or EventResync (the place asked for is older than what is kept: fetch
// anew what is on show).
type SignalEvent struct {
	Type EventType `json:"type"`
}

// Event reads any event: Type tells which other fields are set.
type Event struct {
	Type           EventType       `json:"type"`
	Message        *Message        `json:"message,omitzero"`
	MessageRecord  *MessageRecord  `json:"messageRecord,omitzero"`
	DeliveredCount int64           `json:"deliveredCount,omitzero"`
	SeenCount      int64           `json:"seenCount,omitzero"`
	TotalUserCount int64           `json:"totalUserCount,omitzero"`
	RoomID         int64           `json:"roomId,omitzero"`
	IsMember       bool            `json:"isMember,omitzero"`
	Counts         []MessageCounts `json:"counts,omitzero"`
	User           *User           `json:"user,omitzero"`
	Room           *Room           `json:"room,omitzero"`
}
