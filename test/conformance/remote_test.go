package conformance

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The tests can be pointed at any address: what a run against a server of its own
// would not notice is tried on a few checks, those among them that write requests
// by hand or look at where the server lives.
func TestRemote(t *testing.T) {
	l := &local{program: build(t), spec: loadSpec(t), met: newCoverage(), sms: newGateway(t)}
	enough := []string{"--sign-in-attempts", "10000", "--file-misses", "10000"}
	t.Run("below a path, with commands", func(t *testing.T) {
		address := freeAddress(t)
		s, _ := l.start(t, append(enough, "--listen", address, "--public-url", "http://"+address+"/chat")...)
		runAt(t, s.url, envProvision+"="+s.cli.program+" "+strings.Join(s.cli.flags, " "))
	})
	t.Run("with a token", func(t *testing.T) {
		s, _ := l.peopled(t, enough...)
		runAt(t, s.url+"/", envToken+"="+s.people.owner().Token)
	})
}

// checksAt are what runAt runs.
var checksAt = []string{"files/everywhere", "http/CORS", "http/paths", "messaging/broken_connections", "messaging/once", "session/sign_in_by_cookie"}

// runAt runs this very program against an address.
func runAt(t *testing.T, address, people string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var areas, names []string
	for _, check := range checksAt {
		area, name, _ := strings.Cut(check, "/")
		areas, names = append(areas, area), append(names, name)
	}
	pattern := "^TestConformance$/^remote$/^checks$/^(" + strings.Join(areas, "|") + ")$/^(" + strings.Join(names, "|") + ")$"
	cmd := exec.CommandContext(t.Context(), program, "-test.v", "-test.run", pattern)
	cmd.Env = environ([]string{envURL + "=" + address, people})
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, check := range checksAt {
		if !strings.Contains(string(out), "--- PASS: TestConformance/remote/checks/"+check+" ") {
			t.Errorf("%s did not run:\n%s", check, out)
		}
	}
}
