package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// file is one file of the app, ready to be sent.
type file struct {
	data         []byte
	contentType  string
	cacheControl string
	tag          string
	// zipped gives the gzip form, made when it is first asked for so that
	// starting up stays cheap; nil where it would not be smaller.
	zipped func() []byte
}

// contentTypes is fixed here because the machine's own table may say otherwise.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".json":        "application/json",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

func newFile(name string, data []byte) *file {
	f := &file{
		data:         data,
		contentType:  contentTypes[path.Ext(name)],
		cacheControl: "no-cache",
		zipped:       sync.OnceValue(func() []byte { return compress(data) }),
	}
	if f.contentType == "" {
		f.contentType = "application/octet-stream"
	}
	if strings.HasPrefix(name, assetsPrefix) {
		// Their names change with their content.
		f.cacheControl = "public, max-age=31536000, immutable"
	}
	if path.Ext(name) == ".woff2" || path.Ext(name) == ".png" {
		f.zipped = func() []byte { return nil } // compressed by nature
	}
	sum := sha256.Sum256(data)
	f.tag = hex.EncodeToString(sum[:12])
	return f
}

func compress(data []byte) []byte {
	var out bytes.Buffer
	// Neither call can fail: the level is valid and a Buffer takes everything.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	if out.Len() >= len(data) {
		return nil
	}
	return out.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	data, tag := f.data, `"`+f.tag+`"`
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		if zipped := f.zipped(); zipped != nil {
			data, tag = zipped, `"`+f.tag+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.cacheControl)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(data) // a reader who left needs no answer
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3).
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || err == nil && value > 0
	}
	return false
}

// matches says whether an If-None-Match header names this tag.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}
