package httpapi

import (
	"bytes"
	"net/http"
	"strings"

	"spika/internal/apidoc"
)

// htmlType is the type of the page about the interface.
var htmlType = []string{"text/html; charset=utf-8"}

// getDescription gives the description of the interface itself.
func (a *API) getDescription(c *call) error {
	return c.send(http.StatusOK, apidoc.JSON())
}

// getDocs gives the page about the interface. It runs nothing and loads nothing.
func (a *API) getDocs(c *call) error {
	base := a.publicURL
	if base == "" {
		base = a.scheme(c.r) + "://" + c.r.Host
	}
	page, err := apidoc.Page(base)
	if err != nil {
		return err
	}
	if strings.HasSuffix(c.r.URL.Path, "/") { // the page's addresses are relative to its own
		page = bytes.Replace(page, []byte(`href="openapi.json"`), []byte(`href="../openapi.json"`), 1)
	}
	h := c.w.Header()
	h.Set("Content-Security-Policy", apidoc.Policy())
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	return c.sendAs(http.StatusOK, htmlType, page)
}
