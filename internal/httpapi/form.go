package httpapi

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// formJSON turns a form, as application/x-www-form-urlencoded, into the JSON
// object that a struct of type t is read from, so that both are checked by the
// same rules. A key that is given more than once is a list; a list of one may be
// given once. Keys that t does not know are left out.
func formJSON(form []byte, t reflect.Type) ([]byte, error) {
	values, err := url.ParseQuery(string(form))
	if err != nil {
		return nil, invalid("the form is not well formed: a percent sign must be written as %%25, and keys parted by &")
	}
	out := []byte{'{'}
	for _, f := range fieldsOf(t) {
		given := slices.Concat(values[f.name], values[f.name+"[]"])
		if len(given) == 0 {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		name, err := jsontext.AppendQuote(out, f.name)
		if err != nil {
			return nil, err
		}
		if out, err = appendFormValue(append(name, ':'), f, given); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// field is one that a form can give.
type field struct {
	name string
	typ  reflect.Type // no pointer
}

// fieldsOf lists the fields of a struct that JSON can set.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		typ := f.Type
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		switch {
		case name == "" && f.Anonymous && typ.Kind() == reflect.Struct:
			out = append(out, fieldsOf(typ)...)
		case name != "" && name != "-" && f.IsExported():
			out = append(out, field{name, typ})
		}
	}
	return out
}

// appendFormValue writes down what a form gives for a field, in the kind of JSON
// that the field takes; what does not fit is left to the decoder to refuse.
func appendFormValue(b []byte, f field, given []string) ([]byte, error) {
	if readsItself(f.typ) && len(given) == 1 || f.typ.Kind() != reflect.Slice && len(given) == 1 {
		return appendFormText(b, f.typ, given[0])
	}
	var element reflect.Type
	switch {
	case readsItself(f.typ):
		element = reflect.TypeFor[string]()
	case f.typ.Kind() == reflect.Slice:
		element = f.typ.Elem()
	default:
		return nil, invalid("the key %q is given twice", f.name)
	}
	b = append(b, '[')
	for i, text := range given {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendFormText(b, element, text); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// readsItself reports whether a type has its own way of reading JSON. Those take
// strings.
func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

// appendFormText writes one text down as the kind of JSON that a type takes.
func appendFormText(b []byte, t reflect.Type, text string) ([]byte, error) {
	v := jsontext.Value(text)
	literal := false
	if !readsItself(t) && strings.TrimSpace(text) == text {
		switch kind := v.Kind(); t.Kind() {
		case reflect.Int64:
			literal = kind == jsontext.KindNumber
		case reflect.Bool:
			literal = kind == jsontext.KindTrue || kind == jsontext.KindFalse
		case reflect.Struct, reflect.Map:
			literal = kind == jsontext.KindBeginObject
		}
	}
	if literal && v.IsValid() {
		return append(b, text...), nil
	}
	b, err := jsontext.AppendQuote(b, text)
	if err != nil {
		return nil, invalid("the form must be in UTF-8")
	}
	return b, nil
}
