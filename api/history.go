package api

// HistoryItem is a room in the asker's list: its newest message and what is
// unread.
type HistoryItem struct {
	RoomID      int64    `json:"roomId"`
	Muted       bool     `json:"muted"`
	Pinned      bool     `json:"pinned"`
	LastMessage *Message `json:"lastMessage"` // the newest the asker can see; null if there is none
	UnreadCount int64    `json:"unreadCount"`
}

// HistoryList is one page of GET /api/messenger/history, newest message first.
type HistoryList struct {
	List  []HistoryItem `json:"list"`
	Count int64         `json:"count"` // all entries there are
	Limit int           `json:"limit"` // entries a page holds
	Page  int           `json:"page"`  // from 1
}
