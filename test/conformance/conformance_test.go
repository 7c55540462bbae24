package conformance

import (
	"flag"
	"os"
	"strings"
	"testing"

	"spika/internal/store/storetest"
)

var update = flag.Bool("update", false, "add the tests that pass to pass.list")

// check is one thing that is tested.
type check struct {
	name string
	run  func(t *testing.T, s *target)
}

// areas are all checks, by what they are about.
func areas() map[string][]check {
	return map[string][]check{
		"messaging": messagingChecks(),
		"keys":      keyChecks(),
		"rooms":     roomChecks(),
		"messages":  messageChecks(),
		"changes":   changeChecks(),
		"reactions": reactionChecks(),
		"records":   recordChecks(),
		"withheld":  withheldChecks(),
		"receipts":  receiptChecks(),
		"notes":     noteChecks(),
		"webhooks":  webhookChecks(),
		"history":   historyChecks(),
		"find":      findChecks(),
		"forward":   forwardChecks(),
		"upload":    uploadChecks(),
		"download":  downloadChecks(),
		"system":    systemChecks(),
		"files":     fileChecks(),
		"media":     mediaChecks(),
		"links":     linkChecks(),
		"push":      pushChecks(),
		"session":   sessionChecks(),
		"codes":     codeChecks(),
		"devices":   deviceChecks(),
		"contacts":  contactChecks(),
		"leaving":   leavingChecks(),
		"team":      teamChecks(),
		"users":     userChecks(),
		"blocks":    blockChecks(),
		"http":      httpChecks(),
		"events":    eventChecks(),
		"limits":    limitChecks(),
		"expiry":    expiryChecks(),
		"generic":   genericChecks(),
		"probes":    probeChecks(),
		"manage":    managementChecks(),
		"clients":   clientChecks(),
	}
}

// atOnce is how many checks run at the same time: most of them wait.
const atOnce = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	if !given("test.parallel") {
		_ = flag.Set("test.parallel", atOnce)
	}
	os.Exit(m.Run())
}

func given(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

func TestConformance(t *testing.T) {
	whole := !given("test.run") && !given("test.skip")
	r := &run{spec: loadSpec(t), results: newResults(), whole: whole}
	if os.Getenv(envURL) != "" { // where some tests are skipped
		t.Run("remote", func(t *testing.T) { r.all(t, remote(t, r.spec, newCoverage())) })
		return
	}
	r.local(t)
	if whole {
		r.results.compare(t)
	}
}

// run is one run of the tests on all targets.
type run struct {
	spec    *spec
	results *results
	whole   bool // nothing was left out by flags
}

// local runs everything on servers of our own, on both databases at once.
func (r *run) local(t *testing.T) {
	program := build(t)
	t.Run("local", func(t *testing.T) {
		for _, name := range []string{"sqlite", "postgres"} {
			t.Run(name, func(t *testing.T) {
				if name == "postgres" {
					storetest.Postgres(t) // skips or fails where there is none
				}
				t.Parallel()
				l := &local{program: program, postgres: name == "postgres", spec: r.spec, met: newCoverage(), sms: newGateway(t)}
				s, _ := l.peopled(t, l.sms.flags("--phone-sign-in", "open", "--code-requests", "10000", "--sign-in-attempts", "10000", "--file-misses", "10000")...)
				r.all(t, s)
			})
		}
	})
}

// all runs every check on one target, and looks whether that was everything.
func (r *run) all(t *testing.T, s *target) {
	prefix := t.Name() + "/checks/"
	s.note = func(t *testing.T) { r.results.note(strings.TrimPrefix(t.Name(), prefix), t) }
	if s.local != nil {
		s.local.note = s.note
	}
	t.Run("checks", func(t *testing.T) {
		for area, checks := range areas() {
			for _, c := range checks {
				t.Run(area+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					t.Cleanup(func() { s.note(t) })
					c.run(t, s)
				})
			}
		}
	})
	if r.whole && !t.Failed() && s.local != nil {
		s.met.check(t, r.spec)
	}
}
