package api

// RecordType says what a message record records.
type RecordType string

// The types of record.
const (
	RecordDelivered RecordType = "delivered"
	RecordSeen      RecordType = "seen"
	RecordReaction  RecordType = "reaction"
)

// MessageRecord says that a person received, saw or reacted to a message.
type MessageRecord struct {
	ID         int64      `json:"id"` // below 2^53
	Type       RecordType `json:"type"`
	MessageID  int64      `json:"messageId"`
	UserID     int64      `json:"userId"`
	Reaction   *string    `json:"reaction"` // the emoji of a reaction; null in receipts
	RoomID     int64      `json:"roomId"`
	IsDeleted  bool       `json:"isDeleted"` // a reaction that was taken back
	CreatedAt  int64      `json:"createdAt"`
	ModifiedAt int64      `json:"modifiedAt"`
}

// MessageRecordList is the data of a reply that gives records.
type MessageRecordList struct {
	MessageRecords []MessageRecord `json:"messageRecords"`
}

// CreateRecordRequest is the body of POST /api/messenger/message-records.
type CreateRecordRequest struct {
	MessageID int64      `json:"messageId"`
	Type      RecordType `json:"type,omitzero"`     // RecordReaction may be left out
	Reaction  string     `json:"reaction,omitzero"` // of a RecordReaction: 1 to 64 characters
}

// RecordData is the data of a reply that gives one record.
type RecordData struct {
	MessageRecord MessageRecord `json:"messageRecord"`
}

// RecordMessage is the message that a record is about, with its counts now.
type RecordMessage struct {
	ID             int64 `json:"id"`
	TotalUserCount int64 `json:"totalUserCount"`
	DeliveredCount int64 `json:"deliveredCount"`
	SeenCount      int64 `json:"seenCount"`
	RoomID         int64 `json:"roomId"`
}

// SyncedRecord is a record with its message.
type SyncedRecord struct {
	MessageRecord
	Message RecordMessage `json:"message"`
}

// SyncRecords is one page of GET /api/messenger/message-records/sync/{lastUpdate}.
type SyncRecords struct {
	List           []SyncedRecord `json:"list"`
	Limit          int            `json:"limit"`          // entries a page can hold
	Count          int            `json:"count"`          // entries in this page
	HasNext        bool           `json:"hasNext"`        // whether there is another page
	MessageRecords []SyncedRecord `json:"messageRecords"` // the same as List
}

// DeliveredRequest is the body of POST /api/messenger/messages/delivered: 1 to
// 1,000 ids under either key. MessageIDs goes first.
type DeliveredRequest struct {
	MessageIDs  []int64 `json:"messageIds,omitzero"`
	MessagesIDs []int64 `json:"messagesIds,omitzero"` // the older spelling
}

// SeenRequest is the body of POST /api/messenger/messages/{roomId}/seen.
type SeenRequest struct {
	MessageID int64 `json:"messageId,omitzero"` // the newest message that was seen; 0: all of the room
}

// MessageCounts are how many people have received and seen a message.
type MessageCounts struct {
	MessageID      int64 `json:"messageId"`
	DeliveredCount int64 `json:"deliveredCount"`
	SeenCount      int64 `json:"seenCount"`
	TotalUserCount int64 `json:"totalUserCount"`
}
