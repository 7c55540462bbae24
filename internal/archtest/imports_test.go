package archtest

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rule says what a package may import beyond the standard library.
type rule struct {
	ours    []string // packages of this module, without "spika/"
	theirs  []string // modules of others, by the beginning of their path
	byTests bool     // only tests may import the package
}

// rules has every package of the module: the order of the layers is decided
// here and nowhere else.
var rules = map[string]rule{
	"api":    {},
	"client": {ours: []string{"api"}},
	"web":    {},

	"internal/chat":   {},
	"internal/config": {theirs: []string{"github.com/alecthomas/kong"}},
	"internal/passwd": {theirs: []string{"golang.org/x/crypto/argon2"}},
	"internal/job": {
		ours:   []string{"internal/chat"},
		theirs: []string{"code.dny.dev/ssrf", "golang.org/x/oauth2", "github.com/SherClockHolmes/webpush-go"},
	},
	"internal/job/jobtest": {byTests: true},
	"internal/preview":     {ours: []string{"internal/chat"}, theirs: []string{"golang.org/x/net/html"}},
	"internal/phone":       {theirs: []string{"github.com/nyaruka/phonenumbers"}},
	"internal/courier":     {ours: []string{"internal/chat"}},

	"internal/apidoc": {},

	"internal/blob": {
		ours:   []string{"internal/chat"},
		theirs: []string{"github.com/minio/minio-go/v7", "golang.org/x/image"},
	},
	"internal/blob/blobtest": {ours: []string{"internal/chat"}, byTests: true},

	"internal/hub": {ours: []string{"internal/chat"}},
	"internal/store": {
		ours:   []string{"internal/chat", "internal/store/gen"},
		theirs: []string{"github.com/jackc/pgx/v5", "modernc.org/sqlite", "github.com/pressly/goose/v3"},
	},
	"internal/store/gen": {},
	"internal/store/storetest": {
		ours:    []string{"internal/chat"},
		theirs:  []string{"github.com/jackc/pgx/v5", "github.com/google/go-cmp", "pgregory.net/rapid"},
		byTests: true,
	},

	"internal/httpapi": {
		ours:   []string{"api", "internal/chat", "internal/hub", "internal/apidoc", "internal/phone"},
		theirs: []string{"github.com/go-json-experiment/json", "golang.org/x/sync/semaphore", "golang.org/x/time/rate"},
	},
	"internal/server": {
		ours: []string{
			"api", "web", "internal/blob", "internal/chat", "internal/config", "internal/courier", "internal/httpapi", "internal/hub", "internal/job",
			"internal/passwd", "internal/preview", "internal/store",
		},
	},
	"internal/server/servertest": {
		ours: []string{
			"api", "client", "internal/chat", "internal/config", "internal/server", "internal/store/storetest",
		},
		byTests: true,
	},
	"internal/cli": {
		ours:   []string{"api", "client", "internal/chat", "internal/config", "internal/phone", "internal/server"},
		theirs: []string{"github.com/alecthomas/kong"},
	},
	"cmd/spika": {ours: []string{"internal/cli"}},

	"internal/archtest": {},
}

// outside are programs and suites around the product. They may use any of it,
// and nothing of it may use them.
var outside = []string{"bench", "test"}

func isOutside(pkg string) bool {
	return slices.ContainsFunc(outside, func(dir string) bool {
		return pkg == dir || strings.HasPrefix(pkg, dir+"/")
	})
}

func TestImportRules(t *testing.T) {
	found := map[string]bool{}
	for _, s := range sources(t) {
		pkg := strings.TrimPrefix(s.inPackage(), "spika/")
		found[pkg] = true
		r, known := rules[pkg]
		if !known && !isOutside(pkg) {
			t.Errorf("%s: package %s has no rule in imports_test.go", s.path, pkg)
			continue
		}
		for _, spec := range s.file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if complaint := checkImport(s, pkg, r, imported); complaint != "" {
				t.Errorf("%s: %s", s.at(spec.Pos()), complaint)
			}
		}
	}
	for pkg := range rules {
		if !found[pkg] {
			t.Errorf("package %s has a rule and no files", pkg)
		}
	}
}

// checkImport says what is wrong with an import, if anything.
func checkImport(s source, pkg string, r rule, imported string) string {
	if isOutside(pkg) || s.isTest() {
		return "" // a test may use what it likes; its package's sources may not
	}
	ours, isOurs := strings.CutPrefix(imported, "spika/")
	switch {
	case isOurs && isOutside(ours):
		return "the product must not import " + ours
	case isOurs && rules[ours].byTests && !r.byTests:
		return ours + " is for tests only"
	case isOurs && !slices.Contains(r.ours, ours):
		return pkg + " must not import " + ours
	case !isOurs && isTheirs(imported) && !slices.ContainsFunc(r.theirs, func(begin string) bool {
		return imported == begin || strings.HasPrefix(imported, begin+"/")
	}):
		return pkg + " must not import " + imported
	}
	return ""
}

// isTheirs reports whether an import path is outside the standard library:
// those begin with a host name.
func isTheirs(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

func TestCheckImport(t *testing.T) {
	for _, c := range []struct {
		pkg, imported string
		ok            bool
	}{
		{"internal/chat", "net/url", true},
		{"internal/chat", "spika/api", false},
		{"internal/chat", "github.com/google/uuid", false},
		{"internal/store", "modernc.org/sqlite", true},
		{"internal/store", "modernc.org/sqlite/lib", true},
		{"internal/store", "modernc.org/sqliteother", false},
		{"internal/store", "spika/internal/store/storetest", false},
		{"internal/httpapi", "spika/internal/store", false},
		{"internal/server", "spika/client", false},
		{"internal/server", "spika/bench", false},
		{"internal/server/servertest", "spika/internal/store/storetest", true},
		{"cmd/spika", "spika/internal/server", false},
	} {
		s := source{path: path.Join(c.pkg, "x.go")}
		if complaint := checkImport(s, c.pkg, rules[c.pkg], c.imported); (complaint == "") != c.ok {
			t.Errorf("%s importing %s: got complaint %q, want ok = %v", c.pkg, c.imported, complaint, c.ok)
		}
	}
}
