// Package httpapi serves Spika's HTTP interface as docs/api/openapi.yaml
// describes it. It turns requests into use cases of package chat and their
// results into the wire types of package api, and knows every quirk of the
// wire; it must not know how anything is stored.
package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"spika/internal/chat"
	"spika/internal/hub"
)

// Options is what the interface is built on and how it behaves.
type Options struct {
	Service *chat.Service
	Hub     *hub.Hub // for event streams; it renders with NewRenderer
	Log     *slog.Logger
	Web     http.Handler    // everything outside /api/
	Links   chat.LinkReader // nil: pages that people link to are not read
	// PushKey is what browsers subscribe with; empty: they are not pushed.
	PushKey string

	// PublicURL is the address people use, without a slash at the end. Empty:
	// links carry the address the request came to.
	PublicURL string
	// TrustedProxies are the networks whose X-Forwarded-For and
	// X-Forwarded-Proto are believed.
	TrustedProxies []netip.Prefix

	MaxText int64 // bytes of a message's text
	MaxBody int64 // bytes of a request's body

	// SignInLimit is how many failed attempts to sign in an account, and an
	// address, has in SignInWindow; at least 1.
	SignInLimit  int
	SignInWindow time.Duration

	// CodeLimit is how many codes a phone number can ask for in CodeWindow; at
	// least 1. An address can ask for more.
	CodeLimit  int
	CodeWindow time.Duration

	// StrictFiles asks for a session or a signed link before a file is read.
	StrictFiles bool
	// FileMisses is how many files that do not exist an address can ask for in an
	// hour without either; at least 1.
	FileMisses int
}

// API is the handler of everything under /api/. It hands on what is outside.
type API struct {
	svc      *chat.Service
	hub      *hub.Hub
	renderer *Renderer
	log      *slog.Logger
	web      http.Handler
	links    chat.LinkReader
	pushKey  string
	root     node // of the routes
	maxText  int64
	maxBody  int64

	publicURL   string
	cookiePath  string
	secure      bool // whether people come by https
	proxies     []netip.Prefix
	crossOrigin *http.CrossOriginProtection

	signIns *limiter // failed attempts to sign in
	tokens  *limiter // uses of tokens that links carry
	pages   *limiter // pages that a person has read for a preview

	codeNumbers, codeAddresses *limiter // codes that were asked for

	strictFiles bool
	misses      *limiter // files that were asked for and do not exist

	streams openStreams
	intake  *intake // of chunks

	buffers sync.Pool // of *bytes.Buffer: bodies on their way in and out
}

// linkTries is how many unknown links an address may try in the sign-in window:
// their tokens cannot be guessed, so this only keeps the noise down.
const linkTries = 60

// New builds the interface. It fails when the public URL is not an address.
func New(o Options) (*API, error) {
	public, err := url.Parse(o.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	a := &API{
		svc: o.Service, hub: o.Hub, renderer: NewRenderer(o.Service), log: o.Log, web: o.Web, links: o.Links, pushKey: o.PushKey, maxText: o.MaxText, maxBody: o.MaxBody,
		publicURL: strings.TrimSuffix(o.PublicURL, "/"), proxies: o.TrustedProxies,
		cookiePath: strings.TrimSuffix(public.Path, "/") + "/", secure: public.Scheme == "https",
		crossOrigin: http.NewCrossOriginProtection(),
		signIns:     newLimiter(o.SignInLimit, o.SignInWindow),
		tokens:      newLimiter(linkTries, o.SignInWindow),
		pages:       newLimiter(pagesPerMinute, time.Minute),

		codeNumbers:   newLimiter(o.CodeLimit, o.CodeWindow),
		codeAddresses: newLimiter(codesPerAddress*o.CodeLimit, o.CodeWindow),

		strictFiles: o.StrictFiles, misses: newLimiter(o.FileMisses, time.Hour),

		intake: newIntake(max(maxChunkBody, o.MaxBody)),
	}
	if public.Host != "" {
		if err := a.crossOrigin.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
			return nil, fmt.Errorf("public URL: %w", err)
		}
	}
	a.buffers.New = func() any { return new(bytes.Buffer) }
	for _, r := range a.routes() {
		a.root.add(r)
	}
	a.root.alias("/api/uploads", "upload")
	return a, nil
}

// call is one request on its way through the interface.
type call struct {
	api    *API
	w      http.ResponseWriter
	r      *http.Request
	route  *endpoint // nil: no route has the path
	params params
	body   io.LimitedReader
	most   int64     // bytes of its body, for which there is room; 0: what all requests may have
	byKey  bool      // an API key vouches for an upload
	status int       // of the reply; 0: none was begun
	cause  error     // what a 500 is about
	begun  time.Time // zero: nobody wants to know
	name   string    // names the request in logs and in a 500; made when needed
}

// A handler serves one route: it replies once, through call.ok, or gives the
// error that the caller is told.
type handler func(c *call) error

// ServeHTTP serves what is under /api/ and hands on the rest.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !underAPI(r.URL.Path) {
		a.web.ServeHTTP(w, r)
		return
	}
	c := &call{api: a, w: w, r: r}
	defer c.end()
	a.begin(c)
	if err := a.serve(c); err != nil {
		c.fail(err)
	}
}

// underAPI reports whether a path is the interface's, in any case, and not the web
// app's. One slash too many before it, as from an address put together wrongly,
// must not be answered with a page.
func underAPI(path string) bool {
	for strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	return under(path, "/api") || under(path, rawFilesPath)
}

// under reports whether a path is top or below it, in any case.
func under(path, top string) bool {
	return len(path) >= len(top) && strings.EqualFold(path[:len(top)], top) && (len(path) == len(top) || path[len(top)] == '/')
}

func (a *API) serve(c *call) error {
	if c.r.Method == http.MethodOptions { // any path, before any credentials: a browser asks for leave to ask
		return c.text("OK")
	}
	c.route = a.root.find(c.r.URL.Path, &c.params)
	if c.route == nil {
		return noRoute(c.r.URL.Path)
	}
	handle := c.route.handler(c.r.Method)
	if handle == nil {
		return &wrongMethod{c.route.allow}
	}
	return handle(c)
}

// aborted reports whether a handler panicked to have its connection cut.
func aborted(panicked any) bool {
	err, ok := panicked.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// end finishes a call, also one that panicked.
func (c *call) end() {
	if p := recover(); p != nil {
		if aborted(p) {
			panic(p)
		}
		c.crashed(p)
	}
	c.logDone()
}
