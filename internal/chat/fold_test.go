package chat

import (
	"strings"
	"testing"
)

// FuzzFoldCase holds folding against the standard library's comparison.
func FuzzFoldCase(f *testing.F) {
	for _, pair := range [][2]string{
		{"Straße", "STRAßE"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"k", "\u212a"}, {"ſ", "S"}, {"İ", "i"}, {"ǅ", "ǆ"}, {"A", "b"}, {"\xff", "�"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, "")
		if got := foldCase(a) == foldCase(b); got != strings.EqualFold(a, b) {
			t.Errorf("%q and %q are the same: %v", a, b, got)
		}
		if again := foldCase(foldCase(a)); again != foldCase(a) {
			t.Errorf("%q becomes %q, then %q", a, foldCase(a), again)
		}
	})
}
