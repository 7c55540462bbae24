package server

import (
	"net/netip"

	"spika/internal/chat"
	"spika/internal/job"
	"spika/internal/preview"
)

// linkRedirects is how many redirects are followed to a page that is linked to:
// shortened addresses have one or two.
const linkRedirects = 5

// links gives what reads the pages that people link to, nil when the operator
// does not want that.
func (s *Server) links() chat.LinkReader {
	if !s.cfg.LinkPreviews {
		return nil
	}
	client := job.NewClient(job.ClientOptions{Allowed: s.allowed(), Redirects: linkRedirects})
	return preview.NewReader(client, s.log)
}

// allowed are the networks beside the public Internet that may be called.
func (s *Server) allowed() []netip.Prefix {
	var out []netip.Prefix
	for _, n := range s.cfg.AllowedNetworks {
		out = append(out, n.Prefix)
	}
	return out
}
