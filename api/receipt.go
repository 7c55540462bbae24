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
