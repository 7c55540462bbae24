package conformance

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// passList names the tests that have passed, one a line, in order.
const passList = "pass.list"

// results are how tests ended, by name. A test that ran on several targets
// passed if it passed on all.
type results struct {
	mu     sync.Mutex
	passed map[string]bool // false: failed or, on all targets, skipped
	failed map[string]bool
}

func newResults() *results { return &results{passed: map[string]bool{}, failed: map[string]bool{}} }

func (r *results) note(name string, t *testing.T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passed[name] = r.passed[name] || !t.Skipped()
	r.failed[name] = r.failed[name] || t.Failed()
}

// compare holds the results of a run that left nothing out against the list.
func (r *results) compare(t *testing.T) {
	listed := readPassList(t)
	var passed []string
	for _, name := range slices.Sorted(maps.Keys(r.passed)) {
		if r.passed[name] && !r.failed[name] {
			passed = append(passed, name)
		}
	}
	for _, name := range listed {
		ran, known := r.passed[name]
		switch {
		case !known:
			t.Errorf("%s is in %s, and there is no such test any more", name, passList)
		case r.failed[name] || !ran:
			t.Errorf("%s is in %s and does not pass any more", name, passList)
		}
	}
	missing := slices.DeleteFunc(passed, func(name string) bool { return slices.Contains(listed, name) })
	if len(missing) > 0 && *update {
		writePassList(t, append(listed, missing...))
		return
	}
	for _, name := range missing {
		t.Errorf("%s passes and is not in %s: add it with -update", name, passList)
	}
}

func readPassList(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(passList)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

func writePassList(t *testing.T, names []string) {
	t.Helper()
	slices.Sort(names)
	if err := os.WriteFile(passList, []byte(strings.Join(names, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
