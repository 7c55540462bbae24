package archtest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link      = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)
	testNamed = regexp.MustCompile("`(Test[A-Z]\\w*|Fuzz[A-Z]\\w*)`")
)

// TestLinksLead holds the documents to files that exist.
func TestLinksLead(t *testing.T) {
	for _, p := range paths(t) {
		if path.Ext(p) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(read(t, p), -1) {
			if strings.Contains(m[1], ":") {
				continue // elsewhere
			}
			if _, err := os.Stat(filepath.Join(root, path.Dir(p), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", p, m[1])
			}
		}
	}
}

// TestNamedTestsExist holds the documents to the tests they call as witnesses.
func TestNamedTestsExist(t *testing.T) {
	all := map[string]bool{}
	for _, s := range sources(t) {
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(s.text, -1) {
			all[m[1]] = true
		}
	}
	for _, p := range paths(t) {
		if path.Ext(p) != ".md" {
			continue
		}
		for _, m := range testNamed.FindAllStringSubmatch(read(t, p), -1) {
			if !all[m[1]] {
				t.Errorf("%s names the test %s, which is not there", p, m[1])
			}
		}
	}
}

// witness is a case of the conformance tests as documents name it: its area, a
// slash and more.
var witness = regexp.MustCompile("`([a-z]+)/([^` ]+)`")

// TestNamedCasesPass holds documents to the conformance cases they call as
// witnesses, and has docs/divergences.md call at least one test for each line.
func TestNamedCasesPass(t *testing.T) {
	passes, areas := map[string]bool{}, map[string]bool{}
	for name := range strings.Lines(read(t, "test/conformance/pass.list")) {
		area, _, _ := strings.Cut(name, "/")
		passes[strings.TrimSpace(name)], areas[area] = true, true
	}
	for _, doc := range []string{"docs/divergences.md", "docs/architecture.md"} {
		rows := 0
		for line := range strings.Lines(read(t, doc)) {
			cells := strings.Split(strings.TrimSpace(line), " | ")
			shown := cells[len(cells)-1]
			cases := witness.FindAllStringSubmatch(shown, -1)
			for _, m := range cases {
				if name := m[1] + "/" + m[2]; (areas[m[1]] || doc == "docs/divergences.md") && !passes[name] {
					t.Errorf("%s names the case %s, which is not in pass.list", doc, name)
				}
			}
			switch {
			case !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Before"):
			case len(cases) > 0 || testNamed.MatchString(shown):
				rows++
			case doc == "docs/divergences.md":
				t.Errorf("%s names no test in %s", doc, line)
			}
		}
		if rows == 0 {
			t.Errorf("%s names no test", doc)
		}
	}
}
