package job

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
)

// ClientOptions say how far a client for addresses of others may go.
type ClientOptions struct {
	// Allowed are networks that may be reached although they are not the public
	// Internet.
	Allowed []netip.Prefix
	// Timeout bounds a whole call, its redirects and the reading of its reply
	// included; 0: 10 s.
	Timeout time.Duration
	// Redirects is how many of them are followed; 0: a redirect is the reply.
	Redirects int
	// Resolver finds addresses; nil: the machine's.
	Resolver *net.Resolver
}

const (
	clientTimeout = 10 * time.Second
	dialTimeout   = 5 * time.Second
	// maxReplyHeader bounds what is read before the body; a body is bounded by
	// its reader.
	maxReplyHeader = 64 << 10
)

// NewClient gives an HTTP client for addresses that were chosen by others than
// the operator. Every connection's address is checked after its name was looked
// up, and again for every redirect: only the public Internet and what the
// options allow is reached, directly and never through a proxy.
func NewClient(o ClientOptions) *http.Client {
	if o.Timeout == 0 {
		o.Timeout = clientTimeout
	}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: guard(o.Allowed).Safe, Resolver: o.Resolver}
	return &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: o.Timeout, MaxResponseHeaderBytes: maxReplyHeader,
			MaxIdleConns: 64, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			switch {
			case o.Redirects == 0:
				return http.ErrUseLastResponse
			case len(via) > o.Redirects:
				return fmt.Errorf("more than %d redirects", o.Redirects)
			case req.URL.Scheme != "http" && req.URL.Scheme != "https":
				return fmt.Errorf("redirect to the scheme %s", req.URL.Scheme)
			}
			return nil
		},
	}
}

// guard gives the rules for addresses. Any port will do: what listens at a
// public address is public.
func guard(allowed []netip.Prefix) *ssrf.Guardian {
	var v4, v6 []netip.Prefix
	for _, p := range allowed {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
}

// Refused reports whether a call failed because its address may not be reached.
func Refused(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrInvalidHostPort)
}
