package api

// LinkPreview is the data of GET /api/messenger/messages/get-thumbnail: what a
// page says about itself. What it does not say is empty.
type LinkPreview struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Image       string `json:"image"` // an http or https address
	Icon        string `json:"icon"`  // an http or https address
	URL         string `json:"url"`   // where the page was found in the end
}
