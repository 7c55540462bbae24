package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"spika/api"
)

// TestPlaceholder: a picture whose bytes are gone is shown as one that says so; of
// anything else it is said.
func TestPlaceholder(t *testing.T) {
	r := newRig(t)
	for mime, want := range map[string]int{"image/heic": http.StatusOK, "text/plain": http.StatusNotFound} {
		r.as("POST", "/api/upload/files", fmt.Sprintf(`{"chunk":"AAE=","offset":0,"clientId":%q}`, mime[:4]))
		f := data[api.FileData](t, r.as("POST", "/api/upload/files/verify", fmt.Sprintf(
			`{"total":1,"size":2,"mimeType":%q,"fileName":"a","type":"a","fileHash":"b413f47d13ee2fe6c845b2ee141af81de858df4ec549a58b7970bb96645bc8d2","clientId":%q}`,
			mime, mime[:4]))).File
		path := fmt.Sprintf("/api/upload/files/%d", f.ID)
		if got := r.do("GET", path, ""); got.status != http.StatusOK || got.body != "\x00\x01" {
			t.Fatalf("%s: %d %q", mime, got.status, got.body)
		}
		r.lose(t, "files/b413f47d13ee2fe6c845b2ee141af81de858df4ec549a58b7970bb96645bc8d2")
		got := r.do("GET", path, "")
		if got.status != want {
			t.Errorf("%s: %d", mime, got.status)
		}
		if want == http.StatusOK && (got.header.Get("Content-Type") != "image/png" || got.body != string(placeholder) || got.header.Get("Cache-Control") != "no-store") {
			t.Errorf("the placeholder is %v %q", got.header, got.body)
		}
	}
}

// lose takes a file's bytes away, as somebody could who tidies up the folder.
func (r *rig) lose(t *testing.T, name string) {
	t.Helper()
	if err := r.blobs.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
}
