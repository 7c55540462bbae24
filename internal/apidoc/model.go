package apidoc

import (
	"html/template"
	"slices"
	"strings"
)

// description is the parsed description.
type description struct{ root *value }

// resolve follows a reference to the thing itself.
func (d *description) resolve(v *value) *value {
	for v != nil && v.at("$ref") != nil {
		found := d.root
		for _, key := range strings.Split(strings.TrimPrefix(v.text("$ref"), "#/"), "/") {
			found = found.at(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
		}
		v = found
	}
	return v
}

// What the page shows.
type (
	page struct {
		Title, Version, Summary string
		About                   template.HTML
		Groups                  []group
		Schemas                 []schema
		Policy                  template.CSS // the page's style
		Base                    string
	}
	// group holds the operations of one tag.
	group struct {
		ID, Name   string
		About      template.HTML
		Operations []operation
	}
	operation struct {
		ID, Method, Path, Summary string
		About                     template.HTML
		Open                      bool     // it takes no credentials
		Credentials               []string // one of these
		Params                    []row
		Body                      *content
		Replies                   []reply
		Curl                      string
	}
	reply struct {
		Status string
		About  template.HTML
		content
	}
	content struct {
		Kind     string // media type
		Required bool
		Rows     []row
		Example  string
	}
	schema struct {
		ID, Name string
		About    template.HTML
		Rows     []row
	}
	// row is a field or parameter.
	row struct {
		Name, In string
		Required bool
		Type     kind
		About    template.HTML
	}
	// kind is a type; Ref is the schema it names.
	kind struct {
		Before, Ref, After string
	}
)

func (d *description) page() page {
	info := d.root.at("info")
	p := page{
		Title: info.text("title"), Version: info.text("version"), Summary: info.text("summary"), About: toHTML(info.text("description")),
	}
	for _, tag := range d.root.list("tags") {
		name := tag.text("name")
		p.Groups = append(p.Groups, group{ID: slug(name), Name: name, About: toHTML(tag.text("description"))})
	}
	d.root.at("paths").each(func(path string, item *value) {
		item.each(func(method string, op *value) {
			i := slices.IndexFunc(p.Groups, func(g group) bool { return slices.Contains(op.texts("tags"), g.Name) })
			if i >= 0 && op.at("responses") != nil {
				p.Groups[i].Operations = append(p.Groups[i].Operations, d.operation(method, path, item, op))
			}
		})
	})
	p.Groups = slices.DeleteFunc(p.Groups, func(g group) bool { return len(g.Operations) == 0 })
	d.root.at("components", "schemas").each(func(name string, s *value) {
		p.Schemas = append(p.Schemas, schema{
			ID: "schema-" + name, Name: name, About: toHTML(s.text("description")), Rows: d.rows("", s, 0),
		})
	})
	return p
}

// slug makes a name fit for an address.
func slug(name string) string {
	return strings.Trim(strings.Map(func(ch rune) rune {
		if 'a' <= ch && ch <= 'z' || '0' <= ch && ch <= '9' {
			return ch
		}
		return '-'
	}, strings.ToLower(name)), "-")
}

func (d *description) operation(method, path string, item, op *value) operation {
	out := operation{
		ID: op.text("operationId"), Method: strings.ToUpper(method), Path: path, Summary: op.text("summary"),
		About: toHTML(op.text("description")),
	}
	security := op.at("security")
	if security == nil {
		security = d.root.at("security")
	}
	for _, one := range security.items {
		for _, name := range one.keys {
			out.Credentials = append(out.Credentials, d.credential(name))
		}
	}
	out.Open = len(out.Credentials) == 0
	for _, p := range append(item.list("parameters"), op.list("parameters")...) {
		p = d.resolve(p)
		out.Params = append(out.Params, row{
			Name: p.text("name"), In: p.text("in"), Required: p.text("required") == "true",
			Type: d.kind(p.at("schema")), About: inlineHTML(p.text("description")),
		})
	}
	if body := d.resolve(op.at("requestBody")); body != nil {
		c := d.content(body.at("content"))
		c.Required = body.text("required") == "true"
		out.Body = &c
	}
	op.at("responses").each(func(status string, r *value) {
		r = d.resolve(r)
		out.Replies = append(out.Replies, reply{Status: status, About: toHTML(r.text("description")), content: d.content(r.at("content"))})
	})
	out.Curl = d.curl(out, security)
	return out
}

// credential says how credentials are sent.
func (d *description) credential(name string) string {
	s := d.root.at("components", "securitySchemes", name)
	what, _, _ := strings.Cut(strings.TrimSuffix(s.text("description"), "."), ",")
	if what != "" {
		what = " (" + strings.ToLower(what[:1]) + what[1:] + ")"
	}
	if s.text("type") == "http" {
		return "header Authorization: Bearer" + what
	}
	return s.text("in") + " " + s.text("name") + what
}

func (d *description) content(kinds *value) content {
	var out content
	kinds.each(func(kind string, c *value) {
		if out.Kind != "" {
			out.Kind += ", " + kind
			return
		}
		out.Kind = kind
		out.Rows = slices.DeleteFunc(d.rows("", c.at("schema"), 0), isEnvelope)
		if strings.HasPrefix(kind, "application/json") {
			out.Example = d.exampleOf(c).json()
		}
	})
	return out
}

// isEnvelope reports whether a row tells only what every success has.
func isEnvelope(r row) bool {
	return r.Name == "status" && r.Type.Ref == "Success" || r.Name == "data" && r.Type.Before == "object" && r.About == ""
}

// rows lists a schema's fields. What is written out within it is listed with
// dots, what has a name of its own is only named.
func (d *description) rows(before string, s *value, depth int) []row {
	if s == nil || depth > 3 || depth > 0 && s.at("$ref") != nil {
		return nil
	}
	s = d.resolve(s)
	var out []row
	for _, part := range append(s.list("allOf"), s) {
		part = d.resolve(part)
		required := part.texts("required")
		part.at("properties").each(func(name string, property *value) {
			note := property.text("description")
			if note == "" {
				note = d.resolve(property).text("description")
				note, _, _ = strings.Cut(note, "\n")
			}
			out = append(out, row{
				Name: before + name, Required: slices.Contains(required, name), Type: d.kind(property), About: inlineHTML(note),
			})
			inner := property
			if inner.text("type") == "array" {
				inner = inner.at("items")
				out = append(out, d.rows(before+name+"[].", inner, depth+1)...)
				return
			}
			out = append(out, d.rows(before+name+".", inner, depth+1)...)
		})
	}
	return out
}

// kind says in words what a schema takes.
func (d *description) kind(s *value) kind {
	switch {
	case s == nil:
		return kind{Before: "anything"}
	case s.at("$ref") != nil:
		name := s.text("$ref")[strings.LastIndex(s.text("$ref"), "/")+1:]
		return kind{Ref: name}
	case len(s.list("enum")) > 0:
		var values []string
		for _, v := range s.list("enum") {
			values = append(values, v.line())
		}
		return kind{Before: strings.Join(values, " or ")}
	case s.text("type") == "array":
		of := d.kind(s.at("items"))
		return kind{Before: "list of " + of.Before, Ref: of.Ref, After: of.After}
	}
	for _, choice := range []string{"oneOf", "anyOf", "allOf"} {
		if list := s.list(choice); len(list) > 0 {
			out := d.kind(list[0])
			for _, more := range list[1:] {
				of := d.kind(more)
				out.After += " or " + of.Before + of.Ref + of.After
			}
			return out
		}
	}
	if s.at("const") != nil {
		return kind{Before: s.at("const").line()}
	}
	return kind{Before: strings.Join(s.texts("type"), " or ")}
}
