package passwd

import (
	"runtime/metrics"
	"testing"
	"time"
)

// TestMemoryOfHashesIsGivenBack: some time after the last hash, the process holds
// less than one of them needs.
func TestMemoryOfHashesIsGivenBack(t *testing.T) {
	h := New()
	for range 4 {
		if _, err := h.Hash(t.Context(), "correct horse"); err != nil {
			t.Fatal(err)
		}
	}
	held := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64() + s[1].Value.Uint64()
	}
	if held() < memory*1024 {
		t.Fatalf("%d bytes are held right after a hash, fewer than one needs", held())
	}
	deadline := time.After(4 * trimAfter)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for held() >= memory*1024 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d bytes are still held", held())
		}
	}
}
