package apidoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// value is a JSON value whose objects keep the order of their keys, which is
// how the description's author wants things to be read.
type value struct {
	keys   []string // of an object, in order
	fields map[string]*value
	items  []*value // of an array
	plain  any      // anything else: string, json.Number, bool or nil
	kind   byte     // '{', '[' or 'v'
}

func parse(text []byte) (*value, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return read(d)
}

func read(d *json.Decoder) (*value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readObject(d)
	case json.Delim('['):
		v := &value{kind: '['}
		for d.More() {
			item, err := read(d)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, item)
		}
		_, err := d.Token()
		return v, err
	}
	return &value{kind: 'v', plain: token}, nil
}

func readObject(d *json.Decoder) (*value, error) {
	v := &value{kind: '{', fields: map[string]*value{}}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := fmt.Sprint(key)
		v.keys = append(v.keys, name)
		if v.fields[name], err = read(d); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return v, err
}

// at gives what is under a path of keys; nil when there is nothing.
func (v *value) at(path ...string) *value {
	for _, key := range path {
		if v == nil {
			return nil
		}
		v = v.fields[key]
	}
	return v
}

// text gives a text under a path of keys, "" when there is none.
func (v *value) text(path ...string) string {
	found := v.at(path...)
	if found == nil || found.kind != 'v' || found.plain == nil {
		return ""
	}
	return fmt.Sprint(found.plain)
}

// each calls do for every key of an object, in order.
func (v *value) each(do func(key string, field *value)) {
	if v == nil {
		return
	}
	for _, key := range v.keys {
		do(key, v.fields[key])
	}
}

// list gives the items of an array under a path of keys.
func (v *value) list(path ...string) []*value {
	if found := v.at(path...); found != nil {
		return found.items
	}
	return nil
}

// texts gives an array of texts under a path of keys, or a single text.
func (v *value) texts(path ...string) []string {
	found := v.at(path...)
	if found == nil {
		return nil
	}
	if found.kind == 'v' {
		return []string{found.text()}
	}
	var out []string
	for _, item := range found.items {
		out = append(out, item.text())
	}
	return out
}

// json writes a value down again, indented.
func (v *value) json() string {
	var b strings.Builder
	v.write(&b, "\n")
	return b.String()
}

func (v *value) write(b *strings.Builder, newline string) {
	deeper := newline + "  "
	switch {
	case v.kind == '{' && len(v.keys) > 0:
		b.WriteByte('{')
		for i, key := range v.keys {
			b.WriteString(comma(i) + deeper + quote(key) + ": ")
			v.fields[key].write(b, deeper)
		}
		b.WriteString(newline + "}")
	case v.kind == '[' && len(v.items) > 0:
		b.WriteByte('[')
		for i, item := range v.items {
			b.WriteString(comma(i) + deeper)
			item.write(b, deeper)
		}
		b.WriteString(newline + "]")
	case v.kind == 'v':
		b.WriteString(quote(v.plain))
	default:
		b.WriteString(map[byte]string{'{': "{}", '[': "[]"}[v.kind])
	}
}

// line writes a value down in one line.
func (v *value) line() string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(v.json())); err != nil {
		return v.json() // what was written just now is JSON
	}
	return b.String()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// quote writes something simple as JSON, without escaping what only HTML minds.
func quote(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts, numbers, booleans and null cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
