package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"
)

// goldenFolder holds what whole replies look like: templates that make JSON, in
// which a string that begins with $ stands for what differs each time.
const goldenFolder = "testdata/golden"

// golden compares a success with the template of its name, field by field.
func golden(t *testing.T, name string, r reply, values any) {
	t.Helper()
	goldenJSON(t, name, r.ok(t).body, values)
}

func goldenJSON(t *testing.T, name string, got []byte, values any) {
	t.Helper()
	tmpl, err := template.New("").Option("missingkey=error").ParseFiles(
		filepath.Join(goldenFolder, "shared.tmpl"), filepath.Join(goldenFolder, name+".tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := tmpl.ExecuteTemplate(&text, name+".tmpl", values); err != nil {
		t.Fatal(err)
	}
	for _, difference := range compare("", decodeAny(t, text.Bytes()), decodeAny(t, got)) {
		t.Errorf("%s %s", name, difference)
	}
}

// decodeAny decodes JSON with its numbers as they are written.
func decodeAny(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		t.Fatalf("%v in %s", err, clip(text))
	}
	return v
}

// compare lists where got differs from want.
func compare(at string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			return compareObjects(at, want, got)
		}
	case []any:
		if got, ok := got.([]any); ok && len(got) == len(want) {
			var out []string
			for i := range want {
				out = append(out, compare(fmt.Sprintf("%s[%d]", at, i), want[i], got[i])...)
			}
			return out
		}
	case string:
		if fits, ok := volatile[want]; ok {
			if fits(got) {
				return nil
			}
			break
		}
		if want == got {
			return nil
		}
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s is %v, want %v", at, show(got), show(want))}
}

func compareObjects(at string, want, got map[string]any) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		value, ok := got[key]
		if !ok {
			out = append(out, fmt.Sprintf("%s.%s is missing", at, key))
			continue
		}
		out = append(out, compare(at+"."+key, want[key], value)...)
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			out = append(out, fmt.Sprintf("%s.%s should not be there", at, key))
		}
	}
	return out
}

func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return clip(text)
}

// volatile are the words that stand for what differs each time.
var volatile = map[string]func(any) bool{
	"$id":     func(v any) bool { n, ok := integer(v); return ok && n > 0 },
	"$record": func(v any) bool { n, ok := integer(v); return ok && n > 0 && n < 1<<53 },
	"$now":    func(v any) bool { return isTime(v, 0) },
	"$later":  func(v any) bool { return isTime(v, time.Hour) }, // a moment to come
	"$any":    func(any) bool { return true },
	"$iso":    isISO,
	"$secret": func(v any) bool { s, ok := v.(string); return ok && secretForm.MatchString(s) },
	"$sha256": func(v any) bool { s, ok := v.(string); return ok && sha256Form.MatchString(s) },
	"$invite": func(v any) bool { return isLink(v, "invite") },
	"$reset":  func(v any) bool { return isLink(v, "reset") },
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

var secretForm = regexp.MustCompile(`^[A-Za-z0-9]{43}$`)

func integer(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// isTime reports whether v is a moment in Unix milliseconds: about now, or at
// least so long from now.
func isTime(v any, ahead time.Duration) bool {
	ms, ok := integer(v)
	distance := time.Until(time.UnixMilli(ms))
	if ahead > 0 {
		return ok && distance > ahead/2
	}
	return ok && distance.Abs() < 5*time.Minute
}

// isISO reports whether v is a moment as JavaScript writes it.
func isISO(v any) bool {
	s, ok := v.(string)
	return ok && isoForm.MatchString(s)
}

var isoForm = regexp.MustCompile(`^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

func isLink(v any, page string) bool {
	s, ok := v.(string)
	before, token, _ := strings.Cut(s, "#")
	return ok && strings.HasPrefix(s, "http") && strings.HasSuffix(before, "/"+page) && secretForm.MatchString(token)
}

// TestGoldenCompare proves that a difference is found.
func TestGoldenCompare(t *testing.T) {
	want := decodeAny(t, []byte(`{"a":1,"b":[{"c":"x"}],"id":"$id","at":"$now","key":"$secret","n":null}`))
	good := fmt.Sprintf(`{"a":1,"b":[{"c":"x"}],"id":7,"at":%d,"key":%q,"n":null}`, time.Now().UnixMilli(), strings.Repeat("k", 43))
	if d := compare("", want, decodeAny(t, []byte(good))); len(d) != 0 {
		t.Errorf("finds differences where there are none: %q", d)
	}
	for _, change := range [][2]string{
		{`"a":1`, `"a":1.0`}, {`"a":1`, `"a":"1"`}, {`"c":"x"`, `"c":"y"`}, {`[{`, `[1,{`}, {`"id":7`, `"id":0`}, {`"id":7`, `"id":"7"`},
		{`"at":`, `"at":1`}, {`kk`, `k-`}, {`"n":null`, `"n":0`}, {`"n":null`, `"m":null`}, {`"n":null`, `"n":null,"more":1`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if d := compare("", want, decodeAny(t, []byte(bad))); len(d) == 0 {
			t.Errorf("finds no difference in %s", bad)
		}
	}
}

// TestGoldenFiles sees to it that every operation whose success is JSON has a
// template, but for the description itself, and no template is for nothing.
func TestGoldenFiles(t *testing.T) {
	names, err := filepath.Glob(goldenFolder + "/*.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, name := range names {
		have[strings.TrimSuffix(filepath.Base(name), ".tmpl")] = true
	}
	for _, op := range loadSpec(t).operations {
		if op.replies[200].contentType == "application/json" && !have[op.id] && op.id != "getDescription" {
			t.Errorf("there is no %s/%s.tmpl", goldenFolder, op.id)
		}
	}
	used := usedGoldens(t)
	for name := range have {
		if name != "shared" && !used[name] {
			t.Errorf("no test compares a reply with %s", name)
		}
	}
}

// usedGoldens gives the names that tests compare replies with.
func usedGoldens(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`golden(?:JSON)?\(t, "(\w+)"`).FindAllSubmatch(text, -1) {
			used[string(m[1])] = true
		}
	}
	return used
}
