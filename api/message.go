package api

import "encoding/json"

// The types of messages.
const (
	TypeText   = "text"
	TypeImage  = "image" // this and the next three bring a file
	TypeAudio  = "audio"
	TypeVideo  = "video"
	TypeFile   = "file"
	TypeSystem = "system" // the server's own: what changed in the room
)

// Message is a message as people's clients see it.
type Message struct {
	ID             int64           `json:"id"` // grows with the order of messages
	RoomID         int64           `json:"roomId"`
	FromUserID     int64           `json:"fromUserId"`     // who posted it; a key's bot for messages from code
	TotalUserCount int64           `json:"totalUserCount"` // people who can see it; never bots
	DeliveredCount int64           `json:"deliveredCount"`
	SeenCount      int64           `json:"seenCount"`
	Type           string          `json:"type"`
	Body           json.RawMessage `json:"body"` // an object, by Type: a TextBody
	CreatedAt      int64           `json:"createdAt"`
	ModifiedAt     int64           `json:"modifiedAt"` // CreatedAt unless edited or deleted
	LocalID        *string         `json:"localId"`    // the sender's own id; an integer is given as a string
	ReplyID        *int64          `json:"replyId"`    // the message this one answers
	Deleted        bool            `json:"deleted"`
	IsForwarded    bool            `json:"isForwarded"`
	HasLink        bool            `json:"hasLink"`
	SenderName     string          `json:"senderName"` // the name it was posted under, for ever
}

// ListedMessage is a message in a room's list.
type ListedMessage struct {
	Message
	MessageRecords []MessageRecord `json:"messageRecords"` // reactions only
}

// PostedMessage is a message in the Messaging API's own reply: these 13 keys
// and no others.
type PostedMessage struct {
	ID             int64           `json:"id"`
	RoomID         int64           `json:"roomId"`
	FromUserID     int64           `json:"fromUserId"`     // the key's bot
	TotalUserCount int64           `json:"totalUserCount"` // people who can see it; never bots
	DeliveredCount int64           `json:"deliveredCount"` // 0 unless it was stored before
	SeenCount      int64           `json:"seenCount"`      // 0 unless it was stored before
	Type           string          `json:"type"`
	Body           json.RawMessage `json:"body"` // an object, by Type: a TextBody
	ModifiedAt     int64           `json:"modifiedAt"`
	CreatedAt      int64           `json:"createdAt"`
	LocalID        json.RawMessage `json:"localId"` // a string, an integer or null: as it was sent
	ReplyID        *int64          `json:"replyId"`
	Deleted        bool            `json:"deleted"`
}

// FileBody is the body of a message that brings a file. The sender may have added
// further keys.
type FileBody struct {
	FileID  int64 `json:"fileId"`
	ThumbID int64 `json:"thumbId,omitzero"` // a small picture of it; of images the server's own where the sender gave none
	// File and Thumb are what the ids stand for; nil when they are gone. Only the
	// server sets them.
	File  *FileRef `json:"file,omitzero"`
	Thumb *FileRef `json:"thumb,omitzero"`
	// ReferenceMessage is the message that is answered, as it is now. Only the
	// server sets it.
	ReferenceMessage *Message `json:"referenceMessage,omitzero"`
}

// TextBody is the body of a text message. The sender may have added further
// keys.
type TextBody struct {
	Text string `json:"text"` // up to 65,536 bytes of UTF-8; not empty
	// ReferenceMessage is the message that is answered, as it is now. Only the
	// server sets it.
	ReferenceMessage *Message `json:"referenceMessage,omitzero"`
}

// SystemBody is the body of a system message: what someone changed about the
// room.
type SystemBody struct {
	Text      string   `json:"text"` // a sentence
	Subject   string   `json:"subject"`
	SubjectID int64    `json:"subjectId"` // who made the change
	Type      string   `json:"type"`      // such as "added_group_members"
	Objects   []string `json:"objects"`   // names of what was changed, 100 at most
	ObjectIDs []int64  `json:"objectIds"`
}

// PostMessageRequest is the body of POST /api/messaging/messages, with an API
// key, and of POST /api/messenger/messages, with a session.
type PostMessageRequest struct {
	RoomID int64  `json:"roomId"`
	Type   string `json:"type"` // TypeText
	// Body is a TextBody or anything else that encodes to an object with "text",
	// or a string that holds such an object.
	Body any `json:"body"`
	// LocalID makes the post exactly-once: 1 to 200 characters of the sender's
	// choice. Empty: none. (Integers are accepted on the wire as well.)
	LocalID string `json:"localId,omitzero"`
	ReplyID int64  `json:"replyId,omitzero"` // a message of the room to answer; 0: none
	// HasLink says that there is a web address in it; the server finds plain ones
	// itself. Not with an API key.
	HasLink bool `json:"hasLink,omitzero"`
}

// EditMessageRequest is the body of PUT /api/messenger/messages/{id}.
type EditMessageRequest struct {
	Text          string `json:"text"`                   // not empty
	HasLink       *bool  `json:"hasLink,omitzero"`       // whether there is a web address in it
	ThumbnailData any    `json:"thumbnailData,omitzero"` // an object: the preview of that address
}

// MessageIDsRequest is the body of POST /api/messenger/messages/delete-many.
type MessageIDsRequest struct {
	MessageIDs []int64 `json:"messageIds"` // 1 to 100
}

// MessagesData is the data of a reply that gives messages.
type MessagesData struct {
	Messages []Message `json:"messages"`
}

// ForwardRequest is the body of POST /api/messenger/messages/forward.
type ForwardRequest struct {
	MessageIDs []int64 `json:"messageIds"`
	RoomIDs    []int64 `json:"roomIds,omitzero"`
	UserIDs    []int64 `json:"userIds,omitzero"` // their private rooms with the asker, which are made where there are none
}

// ShareRequest is the body of POST /api/messenger/messages/share.
type ShareRequest struct {
	RoomIDs  []int64         `json:"roomIds,omitzero"`
	UserIDs  []int64         `json:"userIds,omitzero"`
	Messages []SharedMessage `json:"messages"`
}

// SharedMessage is a message to be shared.
type SharedMessage struct {
	Type string `json:"type"` // TypeText
	Body any    `json:"body"` // as in PostMessageRequest
}

// ForwardedData is the data of a reply that says what was forwarded or shared.
type ForwardedData struct {
	Messages []Message `json:"messages"`
	NewRooms []Room    `json:"newRooms"`
}

// MessageBatch is the data of
// GET /api/messenger/messages/roomId/{roomId}/target-message-batch, newest first.
type MessageBatch struct {
	List                 []ListedMessage `json:"list"`
	NextCursorUp         *int64          `json:"nextCursorUp"`   // the id to ask for older messages with
	NextCursorDown       *int64          `json:"nextCursorDown"` // the id to ask for newer messages with
	HasMoreOlderMessages bool            `json:"hasMoreOlderMessages"`
	HasMoreNewerMessages bool            `json:"hasMoreNewerMessages"`
}

// TargetMessage is the data of
// GET /api/messenger/messages/roomId/{roomId}/target-message-id-by-date.
type TargetMessage struct {
	TargetMessageID *int64 `json:"targetMessageId"` // null: none so late
}

// OldestMessageDate is the data of
// GET /api/messenger/messages/roomId/{roomId}/oldest-message-date.
type OldestMessageDate struct {
	MessageDate *string `json:"messageDate"` // ISO 8601; null: there is no message
}

// FoundMessage is a message that a search found.
type FoundMessage struct {
	ID        int64           `json:"id"`
	MessageID int64           `json:"messageId"` // the same as ID
	Type      string          `json:"type"`
	Body      json.RawMessage `json:"body"`
	UserID    int64           `json:"userId"`
	Username  string          `json:"username"` // the name it was posted under
	Date      string          `json:"date"`     // ISO 8601
}

// FoundMessages is the data of GET /api/messenger/messages/search, newest first.
type FoundMessages struct {
	List       []FoundMessage `json:"list"`
	Count      int            `json:"count"`      // entries in this reply
	NextCursor *int64         `json:"nextCursor"` // the cursor to search on with; null when all was searched
}

// Gallery is the data of GET /api/messenger/gallery, oldest first.
type Gallery struct {
	List               []FoundMessage `json:"list"`
	HasMoreOlderImages bool           `json:"hasMoreOlderImages"`
	HasMoreNewerImages bool           `json:"hasMoreNewerImages"`
}

// MediaList is the data of GET /api/messenger/media, newest first.
type MediaList struct {
	List       []FoundMessage `json:"list"`
	Count      int64          `json:"count"`      // how many there are in all, on all pages
	NextCursor *int64         `json:"nextCursor"` // the cursor to ask for older ones with; null when there are none
}

// PostedData is the data of POST /api/messaging/messages.
type PostedData struct {
	Message PostedMessage `json:"message"`
}

// MessageData is the data of POST /api/messenger/messages.
type MessageData struct {
	Message Message `json:"message"`
}

// MessageList is one page of GET /api/messenger/messages/roomId/{roomId},
// newest first.
type MessageList struct {
	List       []ListedMessage `json:"list"`
	Count      int64           `json:"count"`      // all messages of the room that the asker can see
	Limit      int             `json:"limit"`      // how many this page could hold
	NextCursor *int64          `json:"nextCursor"` // the id to ask for older ones with; null when there are none
}

// SyncMessages is one page of GET /api/messenger/messages/sync/{lastUpdate}.
type SyncMessages struct {
	List     []Message `json:"list"`
	Limit    int       `json:"limit"`    // entries a page holds
	Count    int       `json:"count"`    // entries in this page
	HasNext  bool      `json:"hasNext"`  // whether there is another page
	Messages []Message `json:"messages"` // the same as List
}
