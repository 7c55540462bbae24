package httpapi

import (
	"bytes"
	"encoding/base64"
	"mime"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"spika/api"
)

func FuzzChunk(f *testing.F) {
	r := newRig(f)
	for _, seed := range []string{
		`{"chunk":"SGVsbG8=","offset":0,"clientId":"1"}`, `{"chunk":"SGVs\nbG8","offset":65535,"clientId":"a b"}`,
		`{"chunk":"-_==","offset":1e0,"clientId":".."}`, `{"chunk":"","offset":-1,"clientId":"a/b"}`, `[`, `{"chunk":null,"offset":null}`,
	} {
		f.Add([]byte(seed), "application/json")
	}
	f.Add([]byte("chunk=aGk%3D&offset=0&clientId=5"), formType)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		headers := http.Header{"Accesstoken": {r.owner.Token}, "Content-Type": {contentType}}
		got := r.send(t, "POST", "/api/upload/files", "", body, headers)
		if got.status == http.StatusOK && len(data[api.UploadedChunks](t, got).UploadedChunks) == 0 {
			t.Error("a chunk was taken and is not here")
		}
	})
}

func FuzzFinishUpload(f *testing.F) {
	r := newRig(f)
	for _, seed := range []string{
		`{"total":1,"size":1,"mimeType":"a","fileName":"a","type":"a","fileHash":"` + strings.Repeat("a", 64) + `","clientId":"1","metaData":null}`,
		`{"total":1,"size":1,"mimeType":"a","fileName":"a","type":"a","fileHash":42,"clientId":"1","relationId":1,"metaData":{"duration":1.5e3,"width":-0}}`,
		`{"total":0,"size":1e300,"fileHash":[],"metaData":{"height":9007199254740993}}`, `{"metaData":5}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		headers := http.Header{"Accesstoken": {r.owner.Token}, "Content-Type": {"application/json"}}
		r.send(t, "POST", "/api/upload/files", "", []byte(`{"chunk":"eA==","offset":0,"clientId":"1"}`), headers)
		r.send(t, "POST", "/api/upload/files/verify", "", body, headers)
	})
}

// FuzzBase64 holds our reader against the standard library's, and takes what that
// writes.
func FuzzBase64(f *testing.F) {
	for _, seed := range []string{"", "a", "SGVsbG8=", "SGVs\r\nbG8", "_-8", "\xff", "=", "aa=a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if content, err := readBase64(text); err == nil && len(content) == 0 {
			t.Error("nothing was taken for something")
		}
		if text == "" {
			return
		}
		for _, coding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding} {
			if got, err := readBase64(coding.EncodeToString([]byte(text))); err != nil || !bytes.Equal(got, []byte(text)) {
				t.Errorf("%q comes back as %q (%v)", text, got, err)
			}
		}
	})
}

// FuzzDisposition: whatever a file is called, the header is one line that readers
// understand, and says nothing but a name.
func FuzzDisposition(f *testing.F) {
	for _, seed := range []string{"a.txt", `"; filename=evil.html; x="`, "Grüße\r\nX: y", "../../etc/passwd", "\u202e", "a%20b", "\xff", "*''", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := disposition("attachment", name)
		if strings.ContainsFunc(got, func(ch rune) bool { return ch < ' ' || ch > '~' }) {
			t.Fatalf("%q", got)
		}
		kind, params, err := mime.ParseMediaType(got)
		if err != nil || kind != "attachment" || len(params) != 1 {
			t.Fatalf("%q: %q %v (%v)", got, kind, params, err)
		}
		if shown := params["filename"]; shown == "" || !utf8.ValidString(shown) || strings.ContainsAny(shown, "/\\") {
			t.Errorf("%q is shown as %q", name, shown)
		}
	})
}
