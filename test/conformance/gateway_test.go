package conformance

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// gateway is an SMS gateway in this process. It keeps what it is given, and takes
// nothing when it is told to be broken.
type gateway struct {
	*httptest.Server
	mu     sync.Mutex
	sent   map[string][]string // by number
	broken bool
}

// What the gateway's account is called and opened with.
const (
	smsAccount = "AC0123456789"
	smsToken   = "gateway-token-5f8a1c3e"
	smsFrom    = "+15550100"
	smsHash    = "AbCdEfGhIjK"
)

func newGateway(t testing.TB) *gateway {
	t.Helper()
	g := &gateway{sent: map[string][]string{}}
	g.Server = httptest.NewServer(http.HandlerFunc(g.take))
	t.Cleanup(g.Close)
	return g
}

// take takes a message as Twilio's API does.
func (g *gateway) take(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	user, password, _ := r.BasicAuth()
	right := r.Method == http.MethodPost && r.URL.Path == "/2010-04-01/Accounts/"+smsAccount+"/Messages.json" &&
		user == smsAccount && password == smsToken && r.PostFormValue("From") == smsFrom
	if !right || g.broken {
		http.Error(w, `{"code": 20003, "message": "Authenticate"}`, http.StatusUnauthorized)
		return
	}
	to := r.PostFormValue("To")
	g.sent[to] = append(g.sent[to], r.PostFormValue("Body"))
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"sid": "SM1", "status": "queued"}`)
}

// messages gives what was sent to a number.
func (g *gateway) messages(number string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sent[number]
}

// breakDown has the gateway refuse everything.
func (g *gateway) breakDown() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.broken = true
}

// flags give a server that sends its codes through the gateway.
func (g *gateway) flags(more ...string) []string {
	return append([]string{
		"--code-sender", "sms", "--sms-url", g.URL, "--sms-account", smsAccount, "--sms-from", smsFrom, "--sms-app-hash", smsHash,
	}, more...)
}

var sixDigits = regexp.MustCompile(`^[^0-9]*([0-9]{6})[^0-9]*$`)

// code gives the code that was sent to a number last.
func (s *target) code(t testing.TB, number string) string {
	t.Helper()
	all := s.sms.messages(number)
	if len(all) == 0 {
		t.Fatalf("nothing was sent to %s", number)
	}
	line, _, _ := strings.Cut(all[len(all)-1], "\n")
	m := sixDigits.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("the first line is %q, whose digits are not just a code", line)
	}
	return m[1]
}

// needGateway skips a test on a server whose messages the tests cannot read.
func (s *target) needGateway(t testing.TB) {
	t.Helper()
	if s.sms == nil {
		t.Skip("this needs a server that sends its codes to the tests")
	}
}

// newPhone gives a number that nobody has.
func newPhone() string { return fmt.Sprintf("+38591%07d", rand.IntN(10_000_000)) }
