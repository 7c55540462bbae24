package api

// Block is one user's wish not to hear from another in their private room.
type Block struct {
	ID        int64 `json:"id"`
	BlockedID int64 `json:"blockedId"` // whom
	UserID    int64 `json:"userId"`    // who blocks: the asker
	CreatedAt int64 `json:"createdAt"`
}

// BlockRequest is the body of POST /api/messenger/blocks.
type BlockRequest struct {
	BlockedID int64 `json:"blockedId"`
}

// BlockData is the data of a reply that gives one block.
type BlockData struct {
	Block *Block `json:"block"` // null where there is none
}

// BlockedUsers is the data of GET /api/messenger/blocks.
type BlockedUsers struct {
	BlockedUsers []User `json:"blockedUsers"` // in the order they were blocked
}
