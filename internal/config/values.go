package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Database is a database URL. Printing it leaves the password out.
type Database string

// UnmarshalText reads sqlite:, sqlite:PATH or postgres://….
func (d *Database) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	switch {
	case strings.HasPrefix(s, "sqlite:"):
		if strings.ContainsAny(s, "?#") {
			return errors.New("a sqlite: URL is just sqlite: and a path, without ? or #")
		}
	case strings.HasPrefix(s, "postgres://"), strings.HasPrefix(s, "postgresql://"):
		if u, err := url.Parse(s); err != nil || u.Host == "" && u.Query().Get("host") == "" {
			return errors.New("this is not a valid postgres://USER:PASSWORD@HOST/NAME") // the parser's error would show the password
		}
	default:
		return errors.New("must be sqlite:, sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")
	}
	*d = Database(s)
	return nil
}

// IsSQLite reports whether the database is a file.
func (d Database) IsSQLite() bool { return strings.HasPrefix(string(d), "sqlite:") }

// String gives the URL without its secrets.
func (d Database) String() string {
	if d.IsSQLite() {
		return string(d)
	}
	u, err := url.Parse(string(d))
	if err != nil {
		return "(hidden)"
	}
	u.RawQuery = "" // it can hold a password, too
	return u.Redacted()
}

// KeyLen is the length of a server key in bytes.
const KeyLen = 32

// Key is a server key; nil when none was given. It is never printed.
type Key []byte

// UnmarshalText reads KeyLen bytes of base64.
func (k *Key) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != KeyLen {
		return fmt.Errorf("must be %d bytes in base64, as `openssl rand -base64 %d` prints", KeyLen, KeyLen)
	}
	*k = b
	return nil
}

// String tells only whether there is a key.
func (k Key) String() string {
	if k == nil {
		return ""
	}
	return "(hidden)"
}

// BeforeResolve is called when the key is given as a flag, where every user of
// the machine can read it, and refuses that.
func (Key) BeforeResolve() error {
	return errors.New("the server key is not taken from the command line: use $SPIKA_SERVER_KEY, $SPIKA_SERVER_KEY_FILE or the configuration file")
}

// Secret is a password or the like. It is never printed.
type Secret string

// String tells only whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(hidden)"
}

// BeforeResolve is called when a secret is given as a flag, where every user of
// the machine can read it, and refuses that.
func (Secret) BeforeResolve() error {
	return errors.New("secrets are not taken from the command line: use the environment, a file that it names, or the configuration file")
}

// Listen is a host and port to listen at; the host may be empty.
type Listen string

// UnmarshalText reads HOST:PORT or :PORT.
func (l *Listen) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not HOST:PORT, like 127.0.0.1:8080 or :8080", s)
	}
	*l = Listen(s)
	return nil
}

// URL gives an address at which a program on this machine reaches the server.
func (l Listen) URL() string {
	host, port, err := net.SplitHostPort(string(l))
	if err != nil {
		return "http://" + string(l)
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1" // any address: this one is surely among them
	}
	return "http://" + net.JoinHostPort(host, port)
}

// PublicURL is an http or https URL without a slash at its end; empty when none
// was given.
type PublicURL string

// UnmarshalText reads an http or https URL that may have a path.
func (p *PublicURL) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(s, "#") || strings.HasSuffix(s, "?") {
		return errors.New("must be like https://chat.example.org or https://example.org/chat: http or https, a host and at most a path")
	}
	*p = PublicURL(strings.TrimRight(u.String(), "/"))
	return nil
}

// Size is a number of bytes.
type Size int64

var units = []struct {
	name string
	size Size
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// UnmarshalText reads bytes, KiB, MiB or GiB: 65536, 64KiB, 1MiB.
func (s *Size) UnmarshalText(text []byte) error {
	t := strings.TrimSpace(string(text))
	digits, unit := t, Size(1)
	for _, u := range units {
		if d, ok := strings.CutSuffix(t, u.name); ok {
			digits, unit = strings.TrimSpace(d), u.size
		}
	}
	n, err := strconv.ParseUint(digits, 10, 40)
	if err != nil || Size(n) > maxSize/unit {
		return fmt.Errorf("%q is not a size, like 65536, 64KiB or 1MiB", t)
	}
	*s = Size(n) * unit
	return nil
}

// maxSize is 1 PiB: more than anybody keeps here.
const maxSize Size = 1 << 50

// String gives the size in the largest unit that divides it.
func (s Size) String() string {
	for _, u := range units {
		if s >= u.size && s%u.size == 0 {
			return strconv.FormatInt(int64(s/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Network is a range of IP addresses.
type Network struct{ netip.Prefix }

// UnmarshalText reads an address or a network: 127.0.0.1, 10.0.0.0/8.
func (n *Network) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
		n.Prefix = netip.PrefixFrom(ip, ip.BitLen())
		return nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return fmt.Errorf("%q is not an IP address or network, like 127.0.0.1 or 10.0.0.0/8", s)
	}
	n.Prefix = p.Masked()
	return nil
}
