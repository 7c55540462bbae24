package httpapi

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Older clients write some fields in more than one way. These types take them
// all; docs/api/openapi.yaml says where. Everything else is read strictly.

// kindError says in a request's own words what a field must be.
type kindError struct{ want string }

func (e *kindError) Error() string { return "must be " + e.want }

// isNull reports whether a value is null, which is the same as leaving it out.
func isNull(b []byte) bool { return jsontext.Value(b).Kind() == jsontext.KindNull }

// looseInt is a whole number that may come in a string. One beyond 64 bits, in
// either form, is nobody's id: it becomes the largest one.
type looseInt int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *looseInt) UnmarshalJSON(b []byte) error {
	if isNull(b) {
		return nil
	}
	text := b
	if jsontext.Value(b).Kind() == jsontext.KindString {
		var err error
		if text, err = jsontext.AppendUnquote(nil, b); err != nil {
			return err
		}
	}
	v, err := wholeNumber(string(text))
	if err != nil {
		return err
	}
	*n = looseInt(v)
	return nil
}

// wholeNumber reads decimal digits with or without a minus before them.
func wholeNumber(text string) (int64, error) {
	v, err := strconv.ParseInt(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return math.MaxInt64, nil
	case err != nil:
		return 0, &kindError{"a number"}
	}
	return v, nil
}

// looseInts is a list of whole numbers, each of which may come in a string or
// in a list of its own, whose first number then counts. The whole list may come
// as a string that holds its JSON, or numbers with commas between them.
type looseInts []int64

// UnmarshalJSON implements json.Unmarshaler.
func (l *looseInts) UnmarshalJSON(b []byte) error {
	if isNull(b) {
		return nil
	}
	items, err := looseItems(b)
	if err != nil {
		return err
	}
	out := make([]int64, 0, len(items))
	for _, item := range items {
		n, err := firstNumber(item)
		if err != nil {
			return &kindError{"an array of numbers"}
		}
		out = append(out, n)
	}
	*l = out
	return nil
}

// firstNumber gives a number, or the first one of a list.
func firstNumber(v jsontext.Value) (int64, error) {
	if v.Kind() == jsontext.KindBeginArray {
		var inner []jsontext.Value
		if err := json.Unmarshal(v, &inner); err != nil || len(inner) == 0 {
			return 0, &kindError{"a number"}
		}
		v = inner[0]
	}
	var n looseInt
	err := n.UnmarshalJSON(v)
	return int64(n), err
}

// looseStrings is a list of texts, which may come as a string that holds its
// JSON, or as one string with commas in it. Elements must be strings.
type looseStrings []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *looseStrings) UnmarshalJSON(b []byte) error {
	if isNull(b) {
		return nil
	}
	items, err := looseItems(b)
	if err != nil {
		return err
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		if item.Kind() != jsontext.KindString {
			return &kindError{"an array of strings"}
		}
		text, err := jsontext.AppendUnquote(nil, item)
		if err != nil {
			return err
		}
		out = append(out, string(text))
	}
	*l = out
	return nil
}

// looseItems gives the elements of a list: of a JSON array, of a string that
// holds one, or the parts of a string between its commas.
func looseItems(b []byte) ([]jsontext.Value, error) {
	var items []jsontext.Value
	switch jsontext.Value(b).Kind() {
	case jsontext.KindBeginArray:
		return items, json.Unmarshal(b, &items)
	case jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, b)
		if err != nil {
			return nil, err
		}
		if held := jsontext.Value(text); held.Kind() == jsontext.KindBeginArray && held.IsValid() {
			if err := inspect(text); err != nil {
				return nil, err
			}
			return items, json.Unmarshal(text, &items)
		}
		for part := range bytes.SplitSeq(text, []byte(",")) {
			quoted, err := jsontext.AppendQuote(nil, bytes.TrimSpace(part))
			if err != nil {
				return nil, err
			}
			items = append(items, quoted)
		}
		return items, nil
	}
	return nil, &kindError{"an array"}
}

// looseString is a text that may come as a number or as true or false, which
// then stand for themselves.
type looseString string

// UnmarshalJSON implements json.Unmarshaler.
func (s *looseString) UnmarshalJSON(b []byte) error {
	if isNull(b) {
		return nil
	}
	switch jsontext.Value(b).Kind() {
	case jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, b)
		*s = looseString(text)
		return err
	case jsontext.KindNumber, jsontext.KindTrue, jsontext.KindFalse:
		*s = looseString(b)
		return nil
	}
	return &kindError{"a string"}
}

// looseBool is true or false, which may come in a string.
type looseBool bool

// UnmarshalJSON implements json.Unmarshaler.
func (v *looseBool) UnmarshalJSON(b []byte) error {
	if isNull(b) {
		return nil
	}
	switch string(b) {
	case `true`, `"true"`, `"1"`, `1`:
		*v = true
	case `false`, `"false"`, `"0"`, `0`:
		*v = false
	default:
		return &kindError{"true or false"}
	}
	return nil
}
