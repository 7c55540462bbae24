package chat

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestSecretsAreDrawnEvenly(t *testing.T) {
	const n = 4_000
	counts := map[rune]int{}
	seen := map[string]bool{}
	for range n {
		s := NewSecret()
		if len(s) != SecretLen || strings.Trim(s, alphabet) != "" || seen[s] {
			t.Fatalf("the secret %q is too long, has other characters or was drawn before", s)
		}
		seen[s] = true
		for _, c := range s {
			counts[c]++
		}
	}
	const mean = n * SecretLen / len(alphabet)
	for _, c := range alphabet { // the standard deviation is under 2 % of the mean
		if got := counts[c]; got < mean*88/100 || got > mean*112/100 {
			t.Errorf("%q was drawn %d times, %d are to be expected", c, got, mean)
		}
	}
	if len(alphabet) != 62 || len(slices.Compact(slices.Sorted(slices.Values([]byte(alphabet))))) != 62 {
		t.Errorf("the alphabet is %s", alphabet)
	}
}

func TestSealedSecretsOpenInTheirRowOnly(t *testing.T) {
	master := bytes.Repeat([]byte{7}, MasterKeyLen)
	sealer, err := NewSealer(master)
	if err != nil {
		t.Fatal(err)
	}
	secret := NewSecret()
	sealed := sealer.Seal(5, secret)
	if got, err := sealer.Open(5, sealed); err != nil || got != secret {
		t.Errorf("it opens as %q (%v)", got, err)
	}
	if bytes.Contains(sealed, []byte(secret)) || bytes.Equal(sealed, sealer.Seal(5, secret)) {
		t.Error("a sealed secret can be read or recognised")
	}
	if got, err := sealer.Open(6, sealed); err == nil || got != "" {
		t.Errorf("in another row it opens as %q", got)
	}
	master[0]++
	other, err := NewSealer(master)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Open(5, sealed); err == nil || got != "" {
		t.Errorf("under another key it opens as %q", got)
	}
	for i := range sealed {
		broken := slices.Clone(sealed)
		broken[i] ^= 1
		if _, err := sealer.Open(5, broken); err == nil {
			t.Fatalf("it opens with byte %d changed", i)
		}
	}
	for _, bad := range [][]byte{nil, {}, sealed[:5], sealed[:len(sealed)-1]} {
		if _, err := sealer.Open(5, bad); err == nil {
			t.Errorf("%d bytes of it open", len(bad))
		}
	}
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := NewSealer(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes is taken", n)
		}
	}
}
