// Package web serves the web app that is built into the binary: the page, its
// scripts, styles and fonts, with the headers that keep everything else out of
// it. It must not know of the API, of sessions or of settings; the app reaches
// the server as any other client does.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var dist embed.FS

const (
	indexFile    = "index.html"
	assetsPrefix = "assets/"
	// baseTag stands in the built page where the public path goes.
	baseTag = `<base href="/">`
)

// policy lets the page load from its own origin and from nowhere else. Scripts
// and styles come from files only; "sw" is the one Trusted Types policy, for
// starting the app's worker; base-uri is 'self' for the <base> put in here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
	"base-uri 'self'; form-action 'self'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types sw"

// Options says where the app lives.
type Options struct {
	// BasePath is the path of the public address, like "/chat"; "" or "/" for
	// the top. It goes into the page; requests come with it taken off.
	BasePath string
}

// Handler serves the app with GET and HEAD. Every path that is no file of the
// app and does not look like one gives the page, which finds its way by itself;
// a file that is not there is a 404. It fails only when the embedded build is
// not the one this code belongs to.
func Handler(o Options) (http.Handler, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("web app: %w", err)
	}
	return newApp(built, o)
}

// app holds every file in memory by its path below the build's root.
type app struct {
	files map[string]*file
}

func newApp(built fs.FS, o Options) (*app, error) {
	files := make(map[string]*file)
	err := fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(built, name)
		if err != nil {
			return err
		}
		if name == indexFile {
			if data, err = withBase(data, o.BasePath); err != nil {
				return err
			}
		}
		files[name] = newFile(name, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web app: %w", err)
	}
	if files[indexFile] == nil {
		return nil, fmt.Errorf("web app: the build has no %s", indexFile)
	}
	return &app{files: files}, nil
}

// withBase names the public path in the page, so that its relative addresses
// hold on every route of the app.
func withBase(page []byte, basePath string) ([]byte, error) {
	if !bytes.Contains(page, []byte(baseTag)) {
		return nil, fmt.Errorf("%s lacks %s", indexFile, baseTag)
	}
	href := "/"
	if trimmed := strings.Trim(basePath, "/"); trimmed != "" {
		href = "/" + trimmed + "/"
	}
	tag := `<base href="` + html.EscapeString(href) + `">`
	return bytes.Replace(page, []byte(baseTag), []byte(tag), 1), nil
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this address can only be read", http.StatusMethodNotAllowed)
		return
	}
	f := a.find(r.URL.Path)
	if f == nil {
		w.Header().Set("Cache-Control", "no-cache")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	f.serve(w, r)
}

// find gives the file at a path, the page for a route of the app, or nil for a
// file that does not exist. Routes of the app never hold a dot.
func (a *app) find(urlPath string) *file {
	name := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	if f := a.files[name]; f != nil {
		return f
	}
	last := name[strings.LastIndex(name, "/")+1:]
	if strings.HasPrefix(name+"/", assetsPrefix) || strings.Contains(last, ".") {
		return nil
	}
	return a.files[indexFile]
}

// guard sets what every answer carries, errors included.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
}
