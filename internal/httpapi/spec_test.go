package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// spec loads the description of the API once.
var spec = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromFile("../../docs/api/openapi.yaml")
})

func loadSpec(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestRoutesAreThoseOfTheSpec(t *testing.T) {
	doc := loadSpec(t)
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	var described, served []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	for _, r := range new(API).routes() {
		served = append(served, r.method+" "+r.path)
	}
	for _, route := range described {
		if !slices.Contains(served, route) {
			t.Errorf("%s is described but not served", route)
		}
	}
	for _, route := range served {
		if !slices.Contains(described, route) {
			t.Errorf("%s is served but not described", route)
		}
	}
}

// anyRoute are the statuses that the spec gives to every route at once.
var anyRoute = []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError}

// checkReply holds a reply against the spec.
func checkReply(t testing.TB, a *API, req *http.Request, got reply) {
	t.Helper()
	doc := loadSpec(t)
	schema := doc.Components.Schemas["Error"].Value
	var p params
	if e := a.root.find(req.URL.Path, &p); e != nil && e.handler(req.Method) != nil {
		found := doc.Paths.Value(e.path).GetOperation(req.Method).Responses.Value(strconv.Itoa(got.status))
		switch {
		case found != nil && found.Value.Content["*/*"] != nil: // a file
			return
		case found != nil:
			schema = found.Value.Content.Get("application/json").Schema.Value
		case !slices.Contains(anyRoute, got.status):
			t.Errorf("%s %s may not answer %d: %s", req.Method, e.path, got.status, got.body)
			return
		}
	} else if req.Method == http.MethodOptions {
		return
	}
	var body any
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Errorf("%s %s: not JSON: %q", req.Method, req.URL.Path, got.body)
		return
	}
	if err := doc.ValidateSchemaJSON(schema, body); err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
	}
}
