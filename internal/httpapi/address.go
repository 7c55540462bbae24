package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
)

// address gives the address a request comes from: the connection's, or what
// trusted proxies say. Of the addresses in X-Forwarded-For the last one that is
// no trusted proxy counts: everything before it can be made up.
func (a *API) address(r *http.Request) netip.Addr {
	addr := parseAddress(r.RemoteAddr)
	if !a.trusts(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && a.trusts(addr); i-- {
		hop := parseAddress(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break
		}
		addr = hop
	}
	return addr
}

func (a *API) trusts(addr netip.Addr) bool {
	for _, p := range a.proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// parseAddress reads an address with or without a port; the zero Addr when it
// is none.
func parseAddress(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// scheme gives the scheme under which the caller reached the server.
func (a *API) scheme(r *http.Request) string {
	if r.TLS != nil || a.trusts(parseAddress(r.RemoteAddr)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https"
	}
	return "http"
}

// link gives the address of a page of the web app with a token in the fragment,
// which browsers keep to themselves.
func (a *API) link(r *http.Request, page, token string) string {
	base := a.publicURL
	if base == "" {
		base = a.scheme(r) + "://" + r.Host
	}
	return base + "/" + page + "#" + token
}
