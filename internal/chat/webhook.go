package chat

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Webhook is an address that is to be told of each message of a room.
type Webhook struct {
	ID       int64
	RoomID   int64
	URL      string // as it was given, with or without http:// or https://
	Sealed   []byte // the signature, sealed
	Created  Time
	Modified Time
}

// Limits of webhooks.
const (
	MaxWebhookURL = 2_048 // bytes
	MaxWebhooks   = 100   // in one room
)

// CheckWebhookURL refuses what does not look like an address of the internet:
// http or https or neither, a host name with a dot in it or an IPv4 address,
// and at most a port, a path, a query and a fragment. Where the address really
// leads is looked at when it is called.
func CheckWebhookURL(address string) error {
	if !isWebhookURL(address) {
		return Errorf(Invalid, "Url not valid: it must be like https://hooks.example.org/spika, of at most %d bytes", MaxWebhookURL)
	}
	return nil
}

func isWebhookURL(address string) bool {
	isPrinted := func(r rune) bool { return '!' <= r && r <= '~' }
	if len(address) > MaxWebhookURL || strings.ContainsFunc(address, func(r rune) bool { return !isPrinted(r) }) {
		return false
	}
	scheme, rest, given := strings.Cut(address, "://")
	if !given {
		rest = address
	} else if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return false
	}
	u, err := url.Parse("http://" + rest)
	return err == nil && u.User == nil && isPort(u) && (isHostName(u.Hostname()) || isIPv4(u.Hostname()))
}

// isPort reports whether a URL has no port or one that can be called.
func isPort(u *url.URL) bool {
	if u.Host == u.Hostname() {
		return true
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0 && u.Host == u.Hostname()+":"+u.Port()
}

func isIPv4(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Is4()
}

// isHostName reports whether a host has at least two labels (RFC 1123, section
// 2.1), of which the last one is no number.
func isHostName(host string) bool {
	labels := strings.Split(host, ".")
	if len(labels) < 2 || len(host) > 253 {
		return false
	}
	for _, l := range labels {
		isOther := func(r rune) bool { return r != '-' && !isDigit(r) && !isLetter(r) }
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, isOther) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(last) > 1 && isLetter(rune(last[0]))
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }
