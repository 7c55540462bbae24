package archtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"path"
	"testing"
)

// maxInitialJS is how many bytes of JavaScript, gzipped, a browser may have to
// load before the page starts.
const maxInitialJS = 150 * 1024

// chunk is an entry of the manifest that Vite writes beside what it builds.
type chunk struct {
	File    string   `json:"file"`
	IsEntry bool     `json:"isEntry"`
	Imports []string `json:"imports"`
}

func TestInitialJavaScriptIsSmall(t *testing.T) {
	var manifest map[string]chunk
	if err := json.Unmarshal([]byte(read(t, "web/dist/.vite/manifest.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	initial := map[string]bool{}
	var load func(name string)
	load = func(name string) {
		c, ok := manifest[name]
		if !ok {
			t.Fatalf("the manifest has no %s", name)
		}
		if !initial[c.File] {
			initial[c.File] = true
			for _, i := range c.Imports {
				load(i)
			}
		}
	}
	for name, c := range manifest {
		if c.IsEntry {
			load(name)
		}
	}
	total := 0
	for file := range initial {
		if path.Ext(file) == ".js" {
			total += gzipped(t, read(t, "web/dist/"+file))
		}
	}
	t.Logf("%d files, %.1f KB gzipped", len(initial), float64(total)/1024)
	if total == 0 || total > maxInitialJS {
		t.Errorf("the page loads %d bytes of gzipped JavaScript before it starts; at most %d are wanted", total, maxInitialJS)
	}
}

func gzipped(t *testing.T, text string) int {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
