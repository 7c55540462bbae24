package server

import (
	"net/http"
	"strings"
	"time"
)

// bodyTimeout is how long a request's body may take to arrive.
const bodyTimeout = 30 * time.Second

// limitBodies cuts off requests whose body comes too slowly. Requests without a
// body, as event streams are, have no such limit.
func limitBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			// It fails only where the connection is gone, which reading tells.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
		}
		next.ServeHTTP(w, r)
	})
}

// underPath serves a handler made for the top at a path as well, so that it does
// not matter whether a proxy in front takes the path off.
func underPath(path string, next http.Handler) http.Handler {
	path = strings.TrimRight(path, "/")
	if path == "" {
		return next
	}
	below := http.StripPrefix(path, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == path:
			http.Redirect(w, r, path+"/", http.StatusPermanentRedirect) // the page's own address ends in a slash
		case strings.HasPrefix(r.URL.Path, path+"/"):
			below.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
