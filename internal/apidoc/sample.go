package apidoc

import (
	"encoding/json"
	"strings"
)

// maxSample is how deeply a made-up example nests: a message can hold the one it
// answers.
const maxSample = 7

// sample makes an example of a schema, with what its author gave where there is
// any.
func (d *description) sample(schema *value, depth int) *value {
	schema = d.resolve(schema)
	if schema == nil || depth > maxSample {
		return &value{kind: 'v'}
	}
	for _, given := range []*value{schema.at("example"), schema.at("default"), schema.at("const")} {
		if given != nil {
			return given
		}
	}
	if list := append(schema.list("examples"), schema.list("enum")...); len(list) > 0 {
		return list[0]
	}
	for _, choice := range []string{"oneOf", "anyOf"} {
		if list := schema.list(choice); len(list) > 0 {
			return d.sample(list[0], depth)
		}
	}
	return d.sampleOf(mainType(schema), schema, depth)
}

func (d *description) sampleOf(kind string, schema *value, depth int) *value {
	switch kind {
	case "object":
		return d.sampleObject(schema, depth)
	case "array":
		out := &value{kind: '['}
		if items := schema.at("items"); items != nil && schema.text("maxItems") != "0" {
			out.items = append(out.items, d.sample(items, depth+1))
		}
		return out
	case "integer", "number":
		if note := schema.text("description"); strings.Contains(note, "Unix ms") || strings.Contains(note, "Unix time in milliseconds") {
			return &value{kind: 'v', plain: json.Number("1667553066416")}
		}
		least := schema.text("minimum")
		if least == "" {
			least = "1"
		}
		return &value{kind: 'v', plain: json.Number(least)}
	case "boolean":
		return &value{kind: 'v', plain: false}
	case "string":
		if strings.Contains(schema.text("description"), "ISO 8601") {
			return &value{kind: 'v', plain: "2022-11-04T09:11:06.416Z"}
		}
		return &value{kind: 'v', plain: "…"}
	}
	return &value{kind: 'v'}
}

func (d *description) sampleObject(schema *value, depth int) *value {
	out := &value{kind: '{', fields: map[string]*value{}}
	for _, part := range append(schema.list("allOf"), schema) {
		d.resolve(part).at("properties").each(func(name string, property *value) {
			if _, there := out.fields[name]; !there {
				out.keys = append(out.keys, name)
			}
			out.fields[name] = d.sample(property, depth+1)
		})
	}
	return out
}

// mainType gives a schema's type, the first one that is not null.
func mainType(schema *value) string {
	for _, kind := range schema.texts("type") {
		if kind != "null" {
			return kind
		}
	}
	if schema.at("properties") != nil || schema.at("allOf") != nil {
		return "object"
	}
	return "null"
}

// exampleOf gives the first example of some content, or makes one.
func (d *description) exampleOf(content *value) *value {
	var found *value
	content.at("examples").each(func(_ string, example *value) {
		if example = d.resolve(example); found == nil && example.at("value") != nil {
			found = example.at("value")
		}
	})
	if found != nil {
		return found
	}
	if given := content.at("example"); given != nil {
		return given
	}
	return d.sample(content.at("schema"), 0)
}
