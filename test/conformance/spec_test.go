package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// specFile is the description of the API.
const specFile = "../../docs/api/openapi.yaml"

// spec is the description, ready to hold replies against. Its schemas are those
// of JSON Schema 2020-12, as OpenAPI 3.1 has it, and are compiled as such.
type spec struct {
	operations []*operation
	events     map[string]*jsonschema.Schema // by type
	failure    *jsonschema.Schema            // the error envelope
}

// operation is one method of one path.
type operation struct {
	id, method, path string
	segments         []string
	replies          map[int]promised
	numbers          []string // parameters of the query that are whole numbers
	takesJSON        bool
	example          []byte // of its body; nil: there is none
}

// promised is what a reply must be like.
type promised struct {
	contentType string
	schema      *jsonschema.Schema
	headers     map[string]*jsonschema.Schema
}

func loadSpec(t testing.TB) *spec {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := doc.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	resource, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := specBuilder{t, jsonschema.NewCompiler()}
	b.schemas.DefaultDraft(jsonschema.Draft2020)
	if err := b.schemas.AddResource("spec", resource); err != nil {
		t.Fatal(err)
	}
	s := &spec{events: map[string]*jsonschema.Schema{}, failure: b.compile("#/components/schemas/Error")}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := b.operation(method, path, op)
			o.takes(t, slices.Concat(item.Parameters, op.Parameters), op.RequestBody)
			s.operations = append(s.operations, o)
		}
	}
	for _, ref := range doc.Components.Schemas["Event"].Value.OneOf {
		s.events[ref.Value.Properties["type"].Value.Enum[0].(string)] = b.compile(ref.Ref)
	}
	return s
}

type specBuilder struct {
	t       testing.TB
	schemas *jsonschema.Compiler
}

func (b specBuilder) compile(pointer string) *jsonschema.Schema {
	b.t.Helper()
	schema, err := b.schemas.Compile("spec" + pointer)
	if err != nil {
		b.t.Fatal(err)
	}
	return schema
}

func (b specBuilder) operation(method, path string, op *openapi3.Operation) *operation {
	out := &operation{id: op.OperationID, method: method, path: path, segments: strings.Split(path[1:], "/"), replies: map[int]promised{}}
	for code, ref := range op.Responses.Map() {
		status, err := strconv.Atoi(code)
		if err != nil {
			b.t.Fatalf("%s %s: status %q", method, path, code)
		}
		at := ref.Ref
		if at == "" {
			at = "#/paths/" + escape(path) + "/" + strings.ToLower(method) + "/responses/" + code
		}
		out.replies[status] = b.reply(at, ref.Value)
	}
	return out
}

// takes notes what a request of the operation holds.
func (o *operation) takes(t testing.TB, params openapi3.Parameters, body *openapi3.RequestBodyRef) {
	for _, ref := range params {
		if p := ref.Value; p.In == openapi3.ParameterInQuery && p.Schema.Value.Type.Includes(openapi3.TypeInteger) {
			o.numbers = append(o.numbers, p.Name)
		}
	}
	if body == nil {
		return
	}
	content := body.Value.Content.Get("application/json")
	if o.takesJSON = content != nil; !o.takesJSON {
		return
	}
	names := slices.Sorted(maps.Keys(content.Examples))
	if len(names) == 0 {
		return
	}
	var err error
	if o.example, err = json.Marshal(content.Examples[names[0]].Value.Value); err != nil {
		t.Fatal(err)
	}
}

func (b specBuilder) reply(at string, r *openapi3.Response) promised {
	out := promised{headers: map[string]*jsonschema.Schema{}}
	for kind := range r.Content {
		out.contentType = kind
		out.schema = b.compile(at + "/content/" + escape(kind) + "/schema")
	}
	for name, ref := range r.Headers {
		place := ref.Ref
		if place == "" {
			place = at + "/headers/" + escape(name)
		}
		out.headers[name] = b.compile(place + "/schema")
	}
	return out
}

// escape writes a key as a part of a JSON pointer in a URL's fragment.
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
}

// find gives the operation of a method and path, nil when there is none. Paths
// are case-insensitive and may end in a slash; a literal goes before a
// parameter.
func (s *spec) find(method, path string) *operation {
	var found *operation
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if len(segments) > 1 && strings.EqualFold(segments[1], "uploads") { // the other name of the upload routes
		segments[1] = "upload"
	}
	for _, op := range s.operations {
		if op.method == method && op.matches(segments) && (found == nil || op.literals() > found.literals()) {
			found = op
		}
	}
	return found
}

func (o *operation) matches(segments []string) bool {
	return slices.EqualFunc(o.segments, segments, func(want, got string) bool {
		return isParameter(want) && got != "" || strings.EqualFold(want, got)
	})
}

func (o *operation) literals() int {
	n := 0
	for _, s := range o.segments {
		if !isParameter(s) {
			n++
		}
	}
	return n
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// anywhere are the statuses that every route may answer with.
var anywhere = []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError}

// validate holds a reply against the description.
func (s *spec) validate(op *operation, status int, header http.Header, body []byte) error {
	want := promised{contentType: "application/json", schema: s.failure}
	if op != nil {
		described, ok := op.replies[status]
		switch {
		case ok:
			want = described
		case !slices.Contains(anywhere, status):
			return fmt.Errorf("%s may not answer %d", op.id, status)
		}
	}
	if want.contentType == "*/*" { // a file
		return nil
	}
	if got := header.Get("Content-Type"); got != want.contentType {
		return fmt.Errorf("Content-Type is %q, not %q", got, want.contentType)
	}
	for name, schema := range want.headers {
		if err := validateHeader(schema, header.Values(name)); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	if want.contentType != "application/json" { // an event stream: its frames are held against their own schemas
		return nil
	}
	return validateJSON(want.schema, body)
}

func validateHeader(schema *jsonschema.Schema, values []string) error {
	switch len(values) {
	case 0:
		return nil
	case 1:
		if err := schema.Validate(values[0]); err == nil {
			return nil
		}
		return validateJSON(schema, []byte(values[0]))
	}
	return fmt.Errorf("given %d times", len(values))
}

func validateJSON(schema *jsonschema.Schema, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return schema.Validate(value)
}

// coverage notes which statuses of which operations the tests have met.
type coverage struct {
	mu   sync.Mutex
	seen map[string]map[int]bool
}

func newCoverage() *coverage { return &coverage{seen: map[string]map[int]bool{}} }

func (c *coverage) note(op *operation, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[op.id] == nil {
		c.seen[op.id] = map[int]bool{}
	}
	c.seen[op.id][status] = true
}

// unreachable are documented statuses that no request from outside can bring
// about, with the reason.
var unreachable = map[string]string{
	"signOut 404":      "a session that vouches for the request has its device",
	"uploadChunk 503":  "it takes more chunks at a time than are sent here",
	"finishUpload 503": "a chunk must come again at one moment of it",
}

// check reports operations and statuses that no test has met.
func (c *coverage) check(t *testing.T, s *spec) {
	for _, op := range s.operations {
		for _, status := range slices.Sorted(maps.Keys(op.replies)) {
			name := fmt.Sprint(op.id, " ", status)
			met, excused := c.seen[op.id][status], unreachable[name] != "" || status == http.StatusInternalServerError
			switch {
			case !met && !excused:
				t.Errorf("no test has met %s (%s %s)", name, op.method, op.path)
			case met && excused:
				t.Errorf("%s can be met: it must not be called unreachable", name)
			}
		}
	}
}
