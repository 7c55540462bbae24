package httpapi

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"spika/internal/chat"
)

// everyKind has a field of every kind that requests have.
type everyKind struct {
	Text    string         `json:"text"`
	Number  *int64         `json:"number"`
	Flag    *bool          `json:"flag"`
	Numbers []int64        `json:"numbers"`
	Texts   []string       `json:"texts"`
	Raw     jsontext.Value `json:"raw"`
	Int     looseInt       `json:"int"`
	Ints    looseInts      `json:"ints"`
	Strings looseStrings   `json:"strings"`
	String  looseString    `json:"string"`
	Bool    looseBool      `json:"bool"`
	Thing   struct {
		A int64 `json:"a"`
	} `json:"thing"`
}

func TestForm(t *testing.T) {
	for form, want := range map[string]string{
		"":                                     `{}`,
		"unknown=1&hidden=2":                   `{}`,
		"text=a+b%26&number=-5&flag=true":      `{"text":"a b&","number":-5,"flag":true}`,
		"text=5&number=x&flag=1":               `{"text":"5","number":"x","flag":"1"}`,
		"numbers=1&numbers=2&texts=1":          `{"numbers":[1,2],"texts":["1"]}`,
		"numbers%5B%5D=1&texts=a&texts[]=b":    `{"numbers":[1],"texts":["a","b"]}`,
		"raw=%7B%22a%22%3A1%7D":                `{"raw":"{\"a\":1}"}`,
		"int=5&ints=5&string=5&bool=true":      `{"int":"5","ints":"5","string":"5","bool":"true"}`,
		"ints=5&ints=6&strings=a&strings=b%2C": `{"ints":["5","6"],"strings":["a","b,"]}`,
		"thing=%7B%22a%22%3A1%7D":              `{"thing":{"a":1}}`,
		"thing=%7B&number=+5&number=":          `error: the key "number" is given twice`,
		"thing=%7B&number=+5":                  `{"number":" 5","thing":"{"}`,
		"text=a&text=b":                        `error: the key "text" is given twice`,
		"text=%":                               `error: the form is not well formed`,
		"text=%ff":                             `error: the form must be in UTF-8`,
		"a;b":                                  `error: the form is not well formed`,
	} {
		got, err := formJSON([]byte(form), reflect.TypeFor[everyKind]())
		if begins, fails := strings.CutPrefix(want, "error: "); fails {
			if err == nil || chat.CodeOf(err) != chat.Invalid || !strings.HasPrefix(err.Error(), "Invalid params: "+begins) {
				t.Errorf("%s: %s, %v", form, got, err)
			}
			continue
		}
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", form, got, err, want)
		}
	}
}

// A list of one comes as it is given; lists take it.
func TestFormListOfOne(t *testing.T) {
	var v everyKind
	body, err := formJSON([]byte("numbers=7&texts=a&ints=7&strings=x%2Cy"), reflect.TypeFor[everyKind]())
	if err == nil {
		err = decodeInto(body, &v)
	}
	if err != nil || !reflect.DeepEqual(v.Numbers, []int64{7}) || !reflect.DeepEqual(v.Texts, []string{"a"}) ||
		!reflect.DeepEqual(v.Ints, looseInts{7}) || !reflect.DeepEqual(v.Strings, looseStrings{"x", "y"}) {
		t.Errorf("%s gives %+v, %v", body, v, err)
	}
}

func TestLooseTypes(t *testing.T) {
	for body, want := range map[string]everyKind{
		`{"int":5}`:                      {Int: 5},
		`{"int":"-5"}`:                   {Int: -5},
		`{"int":"99999999999999999999"}`: {Int: 1<<63 - 1},
		`{"ints":[1,"2",[3,4],["5"]]}`:   {Ints: looseInts{1, 2, 3, 5}},
		`{"ints":"[1,2]"}`:               {Ints: looseInts{1, 2}},
		`{"ints":"1, 2"}`:                {Ints: looseInts{1, 2}},
		`{"ints":[]}`:                    {Ints: looseInts{}},
		`{"strings":["a","b,c"]}`:        {Strings: looseStrings{"a", "b,c"}},
		`{"strings":"a,b"}`:              {Strings: looseStrings{"a", "b"}},
		`{"strings":"[\"a\"]"}`:          {Strings: looseStrings{"a"}},
		`{"string":5.50}`:                {String: "5.50"},
		`{"string":true}`:                {String: "true"},
		`{"bool":"true"}`:                {Bool: true},
		`{"bool":0}`:                     {},
	} {
		var v everyKind
		if err := decodeInto([]byte(body), &v); err != nil || !reflect.DeepEqual(v, want) {
			t.Errorf("%s gives %+v, %v", body, v, err)
		}
	}
	for body, want := range map[string]string{
		`{"int":1.5}`:              "int must be a number",
		`{"int":"x"}`:              "int must be a number",
		`{"int":""}`:               "int must be a number",
		`{"int":[1]}`:              "int must be a number",
		`{"ints":[[]]}`:            "ints must be an array of numbers",
		`{"ints":["x"]}`:           "ints must be an array of numbers",
		`{"ints":5}`:               "ints must be an array",
		`{"ints":true}`:            "ints must be an array",
		`{"strings":[1]}`:          "strings must be an array of strings",
		`{"strings":{}}`:           "strings must be an array",
		`{"string":{}}`:            "string must be a string",
		`{"bool":"yes"}`:           "bool must be true or false",
		`{"ints":"[\"\\u0000\"]"}`: "the body holds a NUL character",
	} {
		var v everyKind
		if err := decodeInto([]byte(body), &v); err == nil || !strings.HasPrefix(err.Error(), "Invalid params: "+want) {
			t.Errorf("%s: %+v, %v; want %q", body, v, err, want)
		}
	}
}

// FuzzForm checks that a form becomes JSON that can be read or is refused, and
// that texts come through as they are.
func FuzzForm(f *testing.F) {
	f.Add("text=a&number=5&flag=true&numbers=1&numbers=2&raw={}&int=5&ints=1,2&strings=a&string=x&bool=1&thing={}")
	f.Add("text=%00&ints=[[1]]&ints[]=2")
	f.Add("number=1e5&thing={\"a\":1,\"a\":2}&flag=null")
	f.Fuzz(func(t *testing.T, form string) {
		body, err := formJSON([]byte(form), reflect.TypeFor[everyKind]())
		if err != nil {
			if chat.CodeOf(err) != chat.Invalid {
				t.Fatalf("%q: %v", form, err)
			}
			return
		}
		if !json.Valid(body) || !utf8.Valid(body) {
			t.Fatalf("%q becomes %q", form, body)
		}
		var v everyKind
		if err := decodeInto(body, &v); err != nil {
			if chat.CodeOf(err) != chat.Invalid {
				t.Fatalf("%q, %s: %v", form, body, err)
			}
			return
		}
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		if sent := slices.Concat(values["text"], values["text[]"]); len(sent) == 1 && v.Text != sent[0] {
			t.Fatalf("text %q was read as %q", sent[0], v.Text)
		}
	})
}
