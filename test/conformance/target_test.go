package conformance

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/internal/store/storetest"
)

// target is the server under test.
type target struct {
	name string
	url  string // without a slash at the end
	spec *spec
	met  *coverage
	http *http.Client
	// people brings people in.
	people provisioner
	// cli runs the operator's commands beside the server; nil where none can be
	// run.
	cli *commands
	// local starts further servers; nil where none can be started.
	local *local
	// sms is where the server's messages go; nil where the tests cannot read them.
	sms *gateway
	// setupURL is the link that sets an empty server up; empty otherwise.
	setupURL string

	secrets *secrets
	marks   *markRoom
	// note notes how a test has ended.
	note func(t *testing.T)
}

// sub runs a part of a check that has a name of its own in pass.list.
func (s *target) sub(t *testing.T, name string, run func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Cleanup(func() { s.note(t) })
		run(t)
	})
}

// The environment variables that name another server.
const (
	envURL       = "SPIKA_CONFORMANCE_URL"
	envProvision = "SPIKA_CONFORMANCE_PROVISION"
	envToken     = "SPIKA_CONFORMANCE_TOKEN"
)

// idle is how long a connection is kept for the next request: not as long as
// any server keeps it, or a request could meet its end.
const idle = 3 * time.Second

func newTarget(name, address string, spec *spec, met *coverage) *target {
	return &target{
		name: name, url: strings.TrimSuffix(address, "/"), spec: spec, met: met, secrets: new(secrets), marks: new(markRoom),
		http: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: idle, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// at gives the address in its parts.
func (s *target) at(t testing.TB) *url.URL {
	t.Helper()
	u, err := url.Parse(s.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		t.Fatalf("the server's address must be like https://chat.example.org/below, not %q", s.url)
	}
	return u
}

// dial opens a connection to the server, for what no HTTP client would send.
func (s *target) dial(t testing.TB) net.Conn {
	t.Helper()
	u := s.at(t)
	host, ctx := u.Host, t.Context()
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), u.Scheme) // the name of a service does for its port
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: u.Hostname()})
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// remote is the server that the environment names.
func remote(t *testing.T, spec *spec, met *coverage) *target {
	t.Helper()
	s := newTarget("remote", os.Getenv(envURL), spec, met)
	s.at(t) // fails here rather than in each check
	switch words := strings.Fields(os.Getenv(envProvision)); {
	case len(words) > 0:
		s.cli = &commands{program: words[0], flags: words[1:]}
		s.people = byCommands(t, s)
	case os.Getenv(envToken) != "":
		s.people = byLinks(t, s, os.Getenv(envToken))
		s.people.owner().room(t, "Lobby") // newcomers join the first room there is, which is to be none of a test's
	default:
		t.Fatalf("%s is set, so %s or %s must be, too", envURL, envProvision, envToken)
	}
	return s
}

// local starts servers of our own, all on one kind of database.
type local struct {
	program  string // the path of the real program
	postgres bool
	spec     *spec
	met      *coverage
	note     func(t *testing.T)
	sms      *gateway // of the servers that are told to send there
}

// database gives the environment of a process that is to use a new database.
func (l *local) database(t testing.TB) []string {
	t.Helper()
	if l.postgres {
		return []string{"SPIKA_DATABASE=" + storetest.Postgres(t)}
	}
	return nil
}

// start starts a server with an empty database, and flags for it.
func (l *local) start(t testing.TB, flags ...string) (*target, *process) {
	t.Helper()
	data := t.TempDir()
	p := &process{program: l.program, data: data, env: append(l.database(t), "SPIKA_SMS_TOKEN="+smsToken), flags: flags}
	p.start(t)
	s := newTarget("sqlite", p.url, l.spec, l.met)
	if l.postgres {
		s.name = "postgres"
	}
	s.cli = &commands{program: l.program, flags: []string{"--data", data}, env: p.env}
	s.local, s.setupURL, s.note, s.sms = l, p.setupURL, l.note, l.sms
	s.secrets.add(smsToken)
	t.Cleanup(func() {
		p.stop(t)
		p.checkLog(t, s.secrets.list())
	})
	return s, p
}

// peopled is start with an owner in it.
func (l *local) peopled(t testing.TB, flags ...string) (*target, *process) {
	t.Helper()
	s, p := l.start(t, flags...)
	s.people = byCommands(t, s)
	return s, p
}

// needLocal skips a test that needs a server started for it.
func (s *target) needLocal(t testing.TB) *local {
	t.Helper()
	if s.local == nil {
		t.Skip("this needs a server that the tests can start themselves")
	}
	return s.local
}

// needCommands skips a test that needs the operator's commands.
func (s *target) needCommands(t testing.TB) *commands {
	t.Helper()
	if s.cli == nil {
		t.Skip("this needs the operator's commands beside the server: " + envProvision)
	}
	return s.cli
}

// secrets are the keys, tokens and passwords that were given out, which no log
// may hold.
type secrets struct {
	mu  sync.Mutex
	all []string
}

func (s *secrets) add(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, secret)
}

func (s *secrets) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

// parse decodes JSON that is ours to understand.
func parse[T any](t testing.TB, text []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, clip(text))
	}
	return v
}

// decode is json.Unmarshal, for other goroutines than the test's own.
func decode(text []byte, v any) error { return json.Unmarshal(text, v) }
