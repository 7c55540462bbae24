package httpapi

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"spika/internal/chat"
)

// maxDepth is how deeply the JSON of a request may nest.
const maxDepth = 32

// invalid is a 400 about the form of a request.
func invalid(format string, args ...any) error {
	return chat.Errorf(chat.Invalid, "Invalid params: "+format, args...)
}

// decode reads the request's body, a JSON object or a form, into a T. Keys T does
// not know are ignored, null is the same as leaving a key out.
func decode[T any](c *call) (T, error) {
	var v T
	err := c.withObject(reflect.TypeFor[T](), func(body []byte) error { return decodeInto(body, &v) })
	return v, err
}

// decodeOptional is decode for routes that take an empty body as well.
func decodeOptional[T any](c *call) (T, error) {
	if c.bodyIsEmpty() {
		var none T
		return none, nil
	}
	return decode[T](c)
}

// bodyIsEmpty reports whether there is nothing in the body, waiting for its
// beginning when the length is not known.
func (c *call) bodyIsEmpty() bool {
	if c.r.ContentLength >= 0 {
		return c.r.ContentLength == 0
	}
	first := make([]byte, 1)
	n, err := io.ReadFull(c.r.Body, first)
	c.r.Body = &rest{io.MultiReader(bytes.NewReader(first[:n]), c.r.Body), c.r.Body}
	return errors.Is(err, io.EOF)
}

// rest is a body whose beginning was read already.
type rest struct {
	io.Reader
	io.Closer
}

func decodeInto(body []byte, v any) error {
	if err := inspect(body); err != nil {
		return err
	}
	text := jsontext.Value(body)
	if kind := text.Kind(); kind != jsontext.KindBeginObject && kind != jsontext.KindInvalid {
		if !text.IsValid() { // the kind is told by the first letter: "name=x" would be a null
			return invalid("the body is not valid JSON")
		}
		return invalid("the body must be a JSON object, not %s", kindName(kind))
	}
	return explain(json.Unmarshal(body, v))
}

// withBody reads a body that must be JSON and hands it on. It must not be kept.
func (c *call) withBody(use func(body []byte) error) error {
	if err := checkContentType(c.r.Header); err != nil {
		return err
	}
	return c.readBody(use)
}

// withObject is withBody that takes a form for JSON that is read into a t.
func (c *call) withObject(t reflect.Type, use func(body []byte) error) error {
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind != formType {
		return c.withBody(use)
	}
	if err := checkPlain(c.r.Header); err != nil {
		return err
	}
	return c.readBody(func(form []byte) error {
		body, err := formJSON(form, t)
		if err != nil {
			return err
		}
		return use(body)
	})
}

const formType = "application/x-www-form-urlencoded"

func (c *call) readBody(use func(body []byte) error) error {
	limit := cmp.Or(c.most, c.api.maxBody)
	if c.r.ContentLength > limit { // -1 when the length is not known
		return errTooLarge(limit)
	}
	buf := c.api.takeBuffer()
	defer c.api.giveBuffer(buf)
	if c.most > 0 && c.r.ContentLength > 0 { // there is room for it: growing step by step would take more
		buf.Grow(int(c.r.ContentLength) + bytes.MinRead)
	}
	c.body = io.LimitedReader{R: c.r.Body, N: limit + 1}
	n, err := buf.ReadFrom(&c.body)
	switch {
	case n > limit:
		return errTooLarge(limit)
	case err != nil:
		return invalid("the body ended before it was whole")
	case n == 0:
		return invalid("the body is empty: send a JSON object")
	}
	return use(buf.Bytes())
}

func errTooLarge(limit int64) error {
	return chat.Errorf(chat.TooLarge, "The request's body is too large: at most %d bytes are taken", limit)
}

// checkContentType refuses bodies that do not say they are JSON in UTF-8.
func checkContentType(h http.Header) error {
	if err := checkPlain(h); err != nil {
		return err
	}
	given := h.Get("Content-Type")
	if given == "application/json" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(given)
	charset, named := params["charset"]
	if err != nil || kind != "application/json" {
		return invalid("the body must be JSON, sent with the header Content-Type: application/json")
	}
	if named && !strings.EqualFold(charset, "utf-8") {
		return invalid("the body must be in UTF-8")
	}
	return nil
}

// checkPlain refuses bodies that are packed.
func checkPlain(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return invalid("the body must be sent without Content-Encoding")
	}
	return nil
}

// inspect refuses what the JSON grammar allows and nothing behind it can store:
// deep nesting, NUL characters and numbers beyond 64 bits. Anything else that is
// wrong with the text is left to the decoder.
func inspect(b []byte) error {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch ch := b[i]; {
		case ch == '"':
			end, nul := skipString(b, i+1)
			if nul {
				return invalid("the body holds a NUL character (\\u0000)")
			}
			i = end
		case ch == '{' || ch == '[':
			if depth++; depth > maxDepth {
				return invalid("the body nests deeper than %d levels", maxDepth)
			}
		case ch == '}' || ch == ']':
			depth--
		case ch == '-' || '0' <= ch && ch <= '9':
			end := i + 1
			for end < len(b) && isNumberByte(b[end]) {
				end++
			}
			if end-i >= shortNumber && !fits(string(b[i:end])) {
				return invalid("the body holds a number beyond 64 bits")
			}
			i = end - 1
		}
	}
	return nil
}

// skipString gives the place of the quote that ends a string and whether the
// string holds an escaped NUL.
func skipString(b []byte, i int) (end int, nul bool) {
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i, nul
		case '\\':
			nul = nul || bytes.HasPrefix(b[i+1:], []byte("u0000"))
			i++
		}
	}
	return i, nul
}

func isNumberByte(ch byte) bool {
	return '0' <= ch && ch <= '9' || ch == '.' || ch == 'e' || ch == 'E' || ch == '+' || ch == '-'
}

// shortNumber is the length below which every number fits: 1e308 is the shortest
// text near the bounds.
const shortNumber = 5

// fits reports whether a number fits an int64 or, with a fraction or exponent,
// a float64.
func fits(number string) bool {
	if strings.ContainsAny(number, ".eE") {
		f, err := strconv.ParseFloat(number, 64)
		return !errors.Is(err, strconv.ErrRange) && !math.IsInf(f, 0)
	}
	_, err := strconv.ParseInt(number, 10, 64)
	return !errors.Is(err, strconv.ErrRange)
}

// explain turns a decoder's complaint into a sentence for whoever sent the
// body. It never repeats a value: that could be a secret.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var own *chat.Error
	var meaning *json.SemanticError
	var grammar *jsontext.SyntacticError
	switch {
	case errors.As(err, &own): // of what a string held
		return own
	case errors.As(err, &meaning):
		return invalid("%s", complaint(meaning))
	case errors.As(err, &grammar) && errors.Is(err, jsontext.ErrDuplicateName):
		return invalid("the key %q is given twice", grammar.JSONPointer.LastToken())
	case errors.As(err, &grammar) && errors.Is(err, io.ErrUnexpectedEOF):
		return invalid("the body is not valid JSON: it ends too early")
	case errors.As(err, &grammar):
		return invalid("the body is not valid JSON: %v, near byte %d", grammar.Err, grammar.ByteOffset)
	}
	return invalid("the body is not valid JSON")
}

func complaint(e *json.SemanticError) string {
	field := strings.ReplaceAll(strings.TrimPrefix(string(e.JSONPointer), "/"), "/", ".")
	want := wanted(e.GoType)
	var own *kindError
	switch got := kindName(e.JSONKind); {
	case errors.As(e.Err, &own):
		return field + " must be " + own.want
	case errors.Is(e.Err, strconv.ErrRange):
		return field + " is beyond 64 bits"
	case got == want: // only numbers have a further condition
		return field + " must be a whole number, without fraction or exponent"
	default:
		return fmt.Sprintf("%s must be %s, not %s", field, want, got)
	}
}

// wanted says in JSON's words what a Go type takes.
func wanted(t reflect.Type) string {
	if t == nil {
		return "of another type"
	}
	switch t.Kind() {
	case reflect.Int64:
		return "a number"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	}
	return "an object"
}

func kindName(k jsontext.Kind) string {
	switch k {
	case jsontext.KindNull:
		return "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "true or false"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "an array"
	}
	return "this"
}
