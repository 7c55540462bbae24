package archtest

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// unwanted are texts that must not be in the repository. They are put together
// from pieces, so that this file does not hold them.
var unwanted = []struct {
	what string
	re   *regexp.Regexp
}{
	{"a note of unfinished work: finish it or file an issue", regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)},
	{"a mark of an unsettled merge", regexp.MustCompile(`(?m)^(<{7}|>{7}) `)},
	{"the address of a package registry", regexp.MustCompile(`\b(registry|proxy|sum|deb|security|snapshot|index)\.[a-z0-9-]+\.(org|com|net|io|dev)\b`)},
	{"the address a package was fetched from", regexp.MustCompile(`"resol` + `ved":`)},
}

// examples are host names reserved for examples.
var examples = regexp.MustCompile(`\.example(\.(org|com|net))?$`)

func TestUnwantedWords(t *testing.T) {
	for _, p := range paths(t) {
		text := read(t, p)
		if !utf8.ValidString(text) {
			continue // a picture or a font
		}
		for _, u := range unwanted {
			for _, at := range u.re.FindAllStringIndex(text, -1) {
				if !examples.MatchString(text[at[0]:at[1]]) {
					t.Errorf("%s:%d: %q is %s", p, 1+strings.Count(text[:at[0]], "\n"), text[at[0]:at[1]], u.what)
				}
			}
		}
	}
}

// sleepers are helpers that sleep.
var sleepers = exceptions{
	"client.streaming":               "runs in bubbles only, where time jumps",
	"internal/job.pass":              "runs in bubbles only, where time jumps",
	"internal/store/storetest.await": "asks for a condition again and again",
	"test/crash.fault.await":         "asks for a condition again and again",
}

// TestNoSleepInTests: a test awaits a condition, or runs in a bubble whose time
// jumps. Sleeping makes it slow on a good day and red on a bad one.
func TestNoSleepInTests(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		if !s.isTest() && !rules[path.Dir(s.path)].byTests {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := path.Dir(s.path) + "." + funcName(f)
			if at := sleep(f); at != nil && !sleepers.excuse(used, name) {
				t.Errorf("%s: %s sleeps; await a condition instead", s.at(at.Pos()), name)
			}
		}
	}
	sleepers.needed(t, used)
	for _, p := range paths(t) {
		if strings.HasSuffix(p, ".ts") && strings.Contains(read(t, p), "waitForTimeout(") {
			t.Errorf("%s: waitForTimeout sleeps; await a condition instead", p)
		}
	}
}

// sleep finds a call of time.Sleep outside a synctest bubble.
func sleep(f *ast.FuncDecl) (found ast.Node) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && isCall(call, "synctest", "Test") {
			return false
		}
		if ok && isCall(call, "time", "Sleep") {
			found = call
		}
		return true
	})
	return found
}

func isCall(call *ast.CallExpr, pkg, name string) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// wireNames are words of the HTTP interface for which the domain has its own.
var wireNames = regexp.MustCompile(`(?i)^(roomUsers?|messageRecords?|(total)?userCount|deliveredCount|seenCount|displayName|accessToken|telephoneNumber|emailAddress)$`)

// TestWireNamesStayAtTheBorder holds the domain to its own words.
func TestWireNamesStayAtTheBorder(t *testing.T) {
	inside := []string{"internal/chat", "internal/store", "internal/hub", "internal/config", "internal/passwd"}
	for _, s := range sources(t) {
		for _, dir := range inside {
			if path.Dir(s.path) != dir {
				continue
			}
			ast.Inspect(s.file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && wireNames.MatchString(id.Name) {
					t.Errorf("%s: %s is a name of the HTTP interface; see docs/glossary.md for the domain's", s.at(id.Pos()), id.Name)
				}
				return true
			})
		}
	}
}
