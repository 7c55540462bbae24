package apidoc

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func parsed(t *testing.T) *description {
	t.Helper()
	root, err := parse(JSON())
	if err != nil {
		t.Fatal(err)
	}
	return &description{root}
}

// Every route is on the page, with a command, and every success with an example.
func TestEveryRouteIsShown(t *testing.T) {
	d := parsed(t)
	p := d.page()
	shown := map[string]operation{}
	for _, g := range p.Groups {
		if g.About == "" {
			t.Errorf("the group %s is not explained", g.Name)
		}
		for _, op := range g.Operations {
			shown[op.Method+" "+op.Path] = op
		}
	}
	d.root.at("paths").each(func(path string, item *value) {
		item.each(func(method string, op *value) {
			if op.at("responses") == nil {
				return
			}
			got, ok := shown[strings.ToUpper(method)+" "+path]
			switch {
			case !ok:
				t.Errorf("%s %s is in no group of the page", method, path)
			case got.Summary == "" || got.ID == "":
				t.Errorf("%s %s has no summary or operationId", method, path)
			case !strings.Contains(got.Curl, "curl -sS") || strings.Contains(got.Curl, "{"+"id") || !got.Open && !strings.Contains(got.Curl, "-H '"):
				t.Errorf("%s %s has the command %s", method, path, got.Curl)
			}
			checkReplies(t, got)
		})
	})
}

func checkReplies(t *testing.T, op operation) {
	t.Helper()
	for _, r := range op.Replies {
		if r.About == "" {
			t.Errorf("%s: %s is not explained", op.ID, r.Status)
		}
		if strings.HasPrefix(r.Kind, "application/json") && !json.Valid([]byte(r.Example)) {
			t.Errorf("%s: the example of %s is not JSON: %s", op.ID, r.Status, r.Example)
		}
	}
	if op.Body != nil && op.Body.Kind == "application/json" && !json.Valid([]byte(op.Body.Example)) {
		t.Errorf("%s: the example of the body is not JSON: %s", op.ID, op.Body.Example)
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	page, err := Page("https://chat.example.org/spika/")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllSubmatch(page, -1) {
		ids[string(m[1])]++
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d things have the id %s", n, id)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllSubmatch(page, -1) {
		if ids[string(m[1])] == 0 {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	for _, unwanted := range []string{anyBase, "<script", "ZgotmplZ", "<img"} {
		if strings.Contains(string(page), unwanted) {
			t.Errorf("the page holds %s", unwanted)
		}
	}
	if !strings.Contains(string(page), "https://chat.example.org/spika/api/messaging/messages") {
		t.Error("the page does not name the server's address")
	}
}

// A host that a request makes up cannot bring anything into the page.
func TestBaseIsEscaped(t *testing.T) {
	page, err := Page(`http://x"><script>alert(1)</script>`)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script") {
		t.Error("the address is not escaped")
	}
}

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb\n\nc":                      "<p>a\nb</p><p>c</p>",
		"**b** *e* `<i>*x*` <i>":         "<p><strong>b</strong> <em>e</em> <code>&lt;i&gt;*x*</code> &lt;i&gt;</p>",
		"## H\n\n- a\n  b\n- c":          "<h3>H</h3><ul><li>a\n  b</li><li>c</li></ul>",
		"[a](https://x.example) [b](#c)": `<p><a href="https://x.example">a</a> <a href="#c">b</a></p>`,
		"[a](javascript:x)":              "<p>a</p>",
		"[a](#operation/b)":              `<p><a href="#b">a</a></p>`,
		"x\n```\n<a>\n\nb\n```\ny":       `<p>x</p><pre tabindex="0"><code>&lt;a&gt;` + "\n\n" + `b</code></pre><p>y</p>`,
		`[a](https://x"onclick=1)`:       `<p><a href="https://x&#34;onclick=1">a</a></p>`,
	} {
		if got := string(toHTML(text)); got != want {
			t.Errorf("%q gives\n%s, want\n%s", text, got, want)
		}
	}
}

func TestOrderIsKept(t *testing.T) {
	v, err := parse([]byte(`{"b":1,"a":{"z":[true,null,"x\"<"],"y":{},"x":[]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.line(), `{"b":1,"a":{"z":[true,null,"x\"<"],"y":{},"x":[]}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, bad := range []string{"", "{", `{"a"`, "[1", "{1:2}"} {
		if _, err := parse([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
