package httpapi

import (
	"net/http"
	"slices"
	"strings"
)

// Routes are found in a tree of path segments. The standard library's ServeMux
// cannot hold them: it refuses GET /messages/{id}/message-records beside
// GET /messages/roomId/{roomId}, redirects paths it would rather see written
// otherwise, and tells case apart.

// route is one line of the route table. A segment in braces is a parameter.
type route struct {
	method, path string
	handle       handler
}

// endpoint is everything that is served at one path.
type endpoint struct {
	path   string // as in the table; it stands for all paths it matches
	params []string
	routes []route
	allow  string // the methods, for the header Allow
}

// handler gives the handler of a method, nil when there is none. What can be got
// can be asked for its head alone.
func (e *endpoint) handler(method string) handler {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range e.routes {
		if e.routes[i].method == method {
			return e.routes[i].handle
		}
	}
	return nil
}

// maxParams is how many parameters a path has at most.
const maxParams = 2

// params are the parameters of a path that was found.
type params [maxParams]string

// node is a place in the tree; its children are one segment further.
type node struct {
	literal  map[string]*node // by segment in lower case
	param    *node            // any other segment
	endpoint *endpoint        // nil: no path ends here
}

// add puts a route into the tree. Two routes with the same path and method are
// a mistake in the table.
func (n *node) add(r route) {
	var names []string
	for segment := range strings.SplitSeq(r.path[1:], "/") {
		if strings.HasPrefix(segment, "{") {
			names = append(names, strings.Trim(segment, "{}"))
			if n.param == nil {
				n.param = new(node)
			}
			n = n.param
			continue
		}
		if n.literal == nil {
			n.literal = map[string]*node{}
		}
		segment = strings.ToLower(segment)
		if n.literal[segment] == nil {
			n.literal[segment] = new(node)
		}
		n = n.literal[segment]
	}
	if n.endpoint == nil {
		n.endpoint = &endpoint{path: r.path, params: names}
	}
	e := n.endpoint
	if e.handler(r.method) != nil || e.path != r.path || len(names) > maxParams {
		panic("httpapi: the route table holds " + r.method + " " + r.path + " twice, or too many parameters")
	}
	e.routes = append(e.routes, r)
	e.allow = allowed(e.routes)
}

// alias serves everything below the path of a segment below that of its sibling
// as well.
func (n *node) alias(path, sibling string) {
	segments := strings.Split(path[1:], "/")
	last := len(segments) - 1
	for _, segment := range segments[:last] {
		n = n.literal[segment]
	}
	n.literal[segments[last]] = n.literal[sibling]
}

func allowed(routes []route) string {
	methods := []string{http.MethodOptions}
	for _, r := range routes {
		methods = append(methods, r.method)
		if r.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// find gives what is served at a path, whatever its case and with or without a
// slash at the end, and notes its parameters. A literal segment goes before a
// parameter.
func (n *node) find(path string, p *params) *endpoint {
	path = strings.TrimSuffix(path, "/")
	if path == "" || path[0] != '/' {
		return nil
	}
	return n.descend(path[1:], 0, p)
}

func (n *node) descend(path string, depth int, p *params) *endpoint {
	segment, rest, more := strings.Cut(path, "/")
	if next := n.literal[strings.ToLower(segment)]; next != nil {
		if e := next.arrive(rest, more, depth, p); e != nil {
			return e
		}
	}
	if n.param == nil || segment == "" || depth == maxParams {
		return nil
	}
	p[depth] = segment
	return n.param.arrive(rest, more, depth+1, p)
}

func (n *node) arrive(rest string, more bool, depth int, p *params) *endpoint {
	if !more {
		return n.endpoint
	}
	return n.descend(rest, depth, p)
}
