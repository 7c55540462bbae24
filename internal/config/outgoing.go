package config

// Outgoing is what the server asks of others.
type Outgoing struct {
	AllowedNetworks []Network `setting:"" placeholder:"NETWORK" help:"Addresses or networks beside the public Internet that links, webhooks and push subscriptions may lead to, like 10.1.0.0/16. Private and local addresses are refused otherwise."`
	LinkPreviews    bool      `setting:"" default:"true" help:"Read pages that people link to, to show their title and picture."`
}
