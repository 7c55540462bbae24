package api

// APIKey posts into one room under a display name.
type APIKey struct {
	ID          int64  `json:"id"`
	DisplayName string `json:"displayName"`
	Token       string `json:"token"` // the secret; empty where the operator chose never to show it again
	RoomID      int64  `json:"roomId"`
	CreatedAt   int64  `json:"createdAt"`
	ModifiedAt  int64  `json:"modifiedAt"` // when it was renamed last
	LastUsedAt  *int64 `json:"lastUsedAt"` // of the last post; null if it was never used
}

// APIKeyName is the body of requests that make or rename a key.
type APIKeyName struct {
	DisplayName string `json:"displayName"` // 1 to 100 characters
}

// APIKeyData is the data of a reply that gives one key.
type APIKeyData struct {
	APIKey APIKey `json:"apiKey"`
}

// APIKeyList is the data of GET /api/messenger/api-keys/roomId/{roomId}, oldest
// first.
type APIKeyList struct {
	APIKeys []APIKey `json:"apiKeys"`
}

// DeletedAPIKey is the data of DELETE /api/messenger/api-keys/{id}.
type DeletedAPIKey struct {
	Deleted bool  `json:"deleted"` // always true
	RoomID  int64 `json:"roomId"`  // the room it belonged to
}
