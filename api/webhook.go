package api

// Webhook is an address that is to be told of each message of a room.
type Webhook struct {
	ID              int64  `json:"id"`
	URL             string `json:"url"`
	VerifySignature string `json:"verifySignature"` // 16 letters and digits, by which the receiver knows the caller
	RoomID          int64  `json:"roomId"`
	CreatedAt       int64  `json:"createdAt"`
	ModifiedAt      int64  `json:"modifiedAt"`
}

// WebhookURL is the body of requests that make or change a webhook.
type WebhookURL struct {
	URL string `json:"url"` // like https://hooks.example.org/spika
}

// WebhookData is the data of a reply that gives one webhook.
type WebhookData struct {
	Webhook Webhook `json:"webhook"`
}

// WebhookList is the data of GET /api/messenger/webhooks/roomId/{roomId}, oldest
// first.
type WebhookList struct {
	Webhooks []Webhook `json:"webhooks"`
}
