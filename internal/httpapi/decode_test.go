package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"spika/api"
	"spika/internal/chat"
)

func TestInspect(t *testing.T) {
	for _, good := range []string{
		`{}`, ``, `{"a":"\\u0000"}`, `{"a":"\\\\"}`, `{"a":9223372036854775807,"b":-9223372036854775808}`, `{"a":1.5e300}`, `{"a":1e-999}`,
		strings.Repeat("[", 32) + strings.Repeat("]", 32), `{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}`, `[[],[],[]]`, `{"a":"99999999999999999999"}`,
		`{"a":"unfinished`, `{"a":"\`, `-`, `12-34e`,
	} {
		if err := inspect([]byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		`{"a":"x\u0000"}`:           "NUL",
		`{"a":"\\\u0000"}`:          "NUL",
		`{"\u0000":1}`:              "NUL",
		`{"a":9223372036854775808}`: "64 bits",
		`[-9223372036854775809]`:    "64 bits",
		`[1e309]`:                   "64 bits",
		`[-1.8e308]`:                "64 bits",
		strings.Repeat("[", 33) + strings.Repeat("]", 33):  "nests deeper",
		strings.Repeat(`{"a":`, 33):                        "nests deeper",
		strings.Repeat("[", 16) + strings.Repeat("{", 100): "nests deeper",
	} {
		if err := inspect([]byte(bad)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestComplaintsKeepSecrets(t *testing.T) {
	var req api.SignInRequest
	err := decodeInto([]byte(`{"password":12345678901234,"emailAddress":"a"}`), &req)
	if err == nil || strings.Contains(err.Error(), "1234") || err.Error() != "Invalid params: password must be a string, not a number" {
		t.Errorf("got %v", err)
	}
}

func TestBodySize(t *testing.T) {
	a := &API{maxBody: 10}
	a.buffers.New = func() any { return new(bytes.Buffer) }
	read := func(body io.Reader, length int64) (string, error) {
		r := httptest.NewRequest("POST", "/api/x", body)
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/json")
		var got string
		err := (&call{api: a, r: r}).withBody(func(b []byte) error { got = string(b); return nil })
		return got, err
	}
	if got, err := read(strings.NewReader("0123456789"), 10); got != "0123456789" || err != nil {
		t.Errorf("at the limit: %q %v", got, err)
	}
	if got, err := read(strings.NewReader("0123456789"), -1); got != "0123456789" || err != nil {
		t.Errorf("in chunks: %q %v", got, err)
	}
	if _, err := read(strings.NewReader("0123456789A"), -1); chat.CodeOf(err) != chat.TooLarge {
		t.Errorf("over the limit in chunks: %v", err)
	}
	unread := iotest.ErrReader(errors.New("this must not be read"))
	if _, err := read(unread, 11); chat.CodeOf(err) != chat.TooLarge {
		t.Errorf("over the limit: %v", err)
	}
	if _, err := read(unread, 5); chat.CodeOf(err) != chat.Invalid || !strings.Contains(err.Error(), "ended before") {
		t.Errorf("cut off: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]int64{"1": 1, "007": 7, "9223372036854775807": 1<<63 - 1, "99999999999999999999": 1<<63 - 1} {
		if n, ok := parseNumber(s, 1); !ok || n != want {
			t.Errorf("%s: %d %v", s, n, ok)
		}
	}
	for _, s := range []string{"", "0", "-1", "+1", "1.0", "1e3", " 1", "0x1", "١", "1_0"} {
		if n, ok := parseNumber(s, 1); ok {
			t.Errorf("%q became %d", s, n)
		}
	}
}

// TestOptionalBody: a body of unknown length can turn out to be empty.
func TestOptionalBody(t *testing.T) {
	a := &API{maxBody: 100}
	a.buffers.New = func() any { return new(bytes.Buffer) }
	for body, want := range map[string]string{"": "", `{"emailAddress":"a"}`: "a"} {
		for _, length := range []int64{-1, int64(len(body))} {
			r := httptest.NewRequest("POST", "/api/x", strings.NewReader(body))
			r.ContentLength = length
			if body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			got, err := decodeOptional[api.SignInRequest](&call{api: a, r: r})
			if err != nil || got.EmailAddress != want {
				t.Errorf("%q of length %d: %+v, %v", body, length, got, err)
			}
		}
	}
	r := httptest.NewRequest("POST", "/api/x", iotest.ErrReader(errors.New("gone")))
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	if _, err := decodeOptional[api.SignInRequest](&call{api: a, r: r}); chat.CodeOf(err) != chat.Invalid {
		t.Errorf("a body that breaks off at once: %v", err)
	}
}
