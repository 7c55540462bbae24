package conformance

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestFactsAreShown holds facts.list against the list of what passes: each fact
// has checks, and each check is one that has to pass.
func TestFactsAreShown(t *testing.T) {
	text, err := os.ReadFile("facts.list")
	if err != nil {
		t.Fatal(err)
	}
	passing, facts := readPassList(t), 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		facts++
		fields := strings.Split(line, " | ")
		if len(fields) != 3 || len(strings.Fields(fields[2])) == 0 {
			t.Fatalf("no fact with its checks: %q", line)
		}
		for _, name := range strings.Fields(fields[2]) {
			if name != "divergence" && !slices.Contains(passing, name) {
				t.Errorf("%s: there is no check %s in %s", fields[1], name, passList)
			}
		}
	}
	if facts == 0 {
		t.Error("no facts")
	}
}
