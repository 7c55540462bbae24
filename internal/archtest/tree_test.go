package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// skipped are folders that hold nothing written by hand, by name or by path.
var skipped = map[string]bool{
	".git": true, ".build": true, "bin": true, "data": true, "node_modules": true, "testdata": true,
	"tools": true, "web/dist": true, "test-results": true, "playwright-report": true,
}

// walk lists the repository's own files, relative to its root. It walks rather
// than asks git, so that a cached test result is dropped when a file comes or
// goes.
var walk = sync.OnceValues(func() ([]string, error) {
	var out []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))
		if d.IsDir() && (skipped[d.Name()] || skipped[rel]) {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			out = append(out, rel)
		}
		return nil
	})
	return out, err
})

func paths(t *testing.T) []string {
	t.Helper()
	out, err := walk()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("only %d files found: is %s the repository's root?", len(out), root)
	}
	return out
}

func read(t *testing.T, rel string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, rel))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// source is one Go file.
type source struct {
	path string // relative to the root
	text string
	fset *token.FileSet
	file *ast.File
}

func (s source) isTest() bool      { return strings.HasSuffix(s.path, "_test.go") }
func (s source) isGenerated() bool { return ast.IsGenerated(s.file) }

// inPackage is the import path of the package that the file belongs to.
func (s source) inPackage() string {
	if dir := path.Dir(s.path); dir != "." {
		return "spika/" + dir
	}
	return "spika"
}

func (s source) line(p token.Pos) int { return s.fset.Position(p).Line }

func (s source) at(p token.Pos) string { return s.path + ":" + strconv.Itoa(s.line(p)) }

func (s source) lines(n ast.Node) int { return s.line(n.End()) - s.line(n.Pos()) + 1 }

// parse parses every Go file of the module.
var parse = sync.OnceValues(func() ([]source, error) {
	files, err := walk()
	if err != nil {
		return nil, err
	}
	var out []source
	for _, p := range files {
		if path.Ext(p) != ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, p))
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		out = append(out, source{p, string(text), fset, f})
	}
	return out, nil
})

func sources(t *testing.T) []source {
	t.Helper()
	out, err := parse()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// exceptions are places where a rule does not hold, each with the reason.
type exceptions map[string]string

// excuse reports whether what breaks a rule may; used notes that it did.
func (e exceptions) excuse(used map[string]bool, what string) bool {
	used[what] = true
	return e[what] != ""
}

// needed fails for every exception that nothing needs any more.
func (e exceptions) needed(t *testing.T, used map[string]bool) {
	t.Helper()
	for what := range e {
		if !used[what] {
			t.Errorf("%s keeps the rule now: take its exception out", what)
		}
	}
}
