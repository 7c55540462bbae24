package apidoc

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"strings"
	"sync"
)

//go:embed openapi.json
var source []byte

//go:embed page.html
var layout string

//go:embed page.css
var style string

// JSON gives the description. It must not be changed.
func JSON() []byte { return source }

// Policy is the Content-Security-Policy of the page: it loads nothing at all and
// runs nothing; its own style is allowed by its hash.
func Policy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// rendered is the page, made when it is first asked for.
var rendered = sync.OnceValues(func() ([]byte, error) {
	root, err := parse(source)
	if err != nil {
		return nil, fmt.Errorf("description of the API: %w", err)
	}
	p := (&description{root}).page()
	p.Policy, p.Base = template.CSS(style), anyBase //nolint:gosec // our own file
	t, err := template.New("page").Parse(layout)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
})

// Page gives the page to read, in which the server is at the address base,
// without a slash at its end.
func Page(base string) ([]byte, error) {
	text, err := rendered()
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(text, []byte(anyBase), []byte(html.EscapeString(strings.TrimSuffix(base, "/")))), nil
}
