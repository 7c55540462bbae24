package chat

import "context"

// LinkPreview is what a page on the web says about itself. What it does not say
// is empty.
type LinkPreview struct {
	Title, Description string
	Image, Icon        string // http or https addresses
	URL                string // where the page was found in the end
}

// LinkReader looks at pages on the web.
type LinkReader interface {
	// Preview reads the page at an http or https address. Fails with Invalid for
	// another address, with NotFound when there is nothing to show or the address
	// may not be reached.
	Preview(ctx context.Context, address string) (LinkPreview, error)
}
