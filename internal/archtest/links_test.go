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

// witness is a case of the conformance tests as documents name it.
var witness = regexp.MustCompile("`((?:events|expiry|history|http|keys|links|limits|messages|messaging|push|receipts|rooms|session|team|users)/[^` ]+)`")

// TestNamedCasesPass holds docs/divergences.md to the conformance cases it calls
// as witnesses.
func TestNamedCasesPass(t *testing.T) {
	passes := map[string]bool{}
	for name := range strings.Lines(read(t, "test/conformance/pass.list")) {
		passes[strings.TrimSpace(name)] = true
	}
	named := witness.FindAllStringSubmatch(read(t, "docs/divergences.md"), -1)
	if len(named) == 0 {
		t.Error("docs/divergences.md names no case")
	}
	for _, m := range named {
		if !passes[m[1]] {
			t.Errorf("docs/divergences.md names the case %s, which is not in pass.list", m[1])
		}
	}
}
