package web

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// maxScript is how much script a first visit may load before it shows
// something, in bytes as sent: entry and what it imports statically.
const maxScript = 150 << 10

// chunk is an entry of the manifest that the build writes.
type chunk struct {
	File    string   `json:"file"`
	IsEntry bool     `json:"isEntry"`
	Imports []string `json:"imports"`
}

func TestFirstVisitIsLight(t *testing.T) {
	text, err := os.ReadFile("dist/.vite/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]chunk
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	needed := make(map[string]bool)
	var need func(name string)
	need = func(name string) {
		if needed[name] {
			return
		}
		needed[name] = true
		for _, imported := range manifest[name].Imports {
			need(imported)
		}
	}
	for name, c := range manifest {
		if c.IsEntry {
			need(name)
		}
	}
	total := 0
	for name := range needed {
		data, err := os.ReadFile(filepath.Join("dist", filepath.FromSlash(manifest[name].File)))
		if err != nil {
			t.Fatal(err)
		}
		total += len(compress(data))
	}
	if total < 50<<10 || total > maxScript {
		t.Errorf("a first visit loads %d bytes of script; the limit is %d", total, maxScript)
	}
	t.Logf("%d bytes of script in %d files", total, len(needed))
}
