package passwd

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestHashAndVerify(t *testing.T) {
	h := New()
	hash, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q has not the promised cost", hash)
	}
	again, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil || again == hash {
		t.Errorf("the same password hashed twice gives the same hash, error %v", err)
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterY": false, "": false} {
		if ok, err := h.Verify(t.Context(), hash, password); ok != want || err != nil {
			t.Errorf("Verify(%q) = %t, %v; want %t", password, ok, err, want)
		}
	}
}

func TestVerifyKnownVector(t *testing.T) {
	// Made with the reference implementation:
	// printf password | argon2 somesalt -id -v 13 -t 2 -m 16 -p 1 -l 32 -e
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := New().Verify(t.Context(), hash, "password"); !ok || err != nil {
		t.Errorf("Verify = %t, %v", ok, err)
	}
}

func TestVerifyEmptyHashMatchesNothing(t *testing.T) {
	h := New()
	for _, password := range []string{"", "anything at all"} {
		if ok, err := h.Verify(t.Context(), "", password); ok || err != nil {
			t.Errorf("Verify(%q) = %t, %v", password, ok, err)
		}
	}
	if h.nobody.memory != memory || h.nobody.passes != passes || len(h.nobody.key) != keyLen {
		t.Error("an absent hash costs another time than a real one")
	}
}

func TestWaitingEndsWithContext(t *testing.T) {
	h := New()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := h.Hash(ctx, "a password")
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Hash = %v, want canceled", err)
	}
	if _, err := h.Verify(ctx, "", "a password"); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify = %v, want canceled", err)
	}
}

func TestParseRefusesMalformed(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, s := range []string{
		"plain", "$", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=8,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=1$" + salt + "$" + key,
		"$argon2id$v=19$t=1,m=8,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=0,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=1,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=99999999999,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=+8,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=08,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=1,p=1$$" + key,
		"$argon2id$v=19$m=8,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=8,t=1,p=1$" + salt + "=$" + key,
		"$argon2id$v=19$m=8,t=1,p=1$" + salt + "$" + key + "$",
		"$argon2id$v=19$m=8,t=1,p=1$" + salt + "$" + strings.Repeat("A", 200),
	} {
		if _, err := parse(s); !errors.Is(err, errMalformed) {
			t.Errorf("parse(%q) = %v", s, err)
		}
		if _, err := New().Verify(t.Context(), s, "x"); err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("Verify(%q) = %v: want an error that does not show the hash", s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parse(s)
		if err != nil {
			return
		}
		if p.String() != s {
			t.Errorf("%q was read as %q", s, p)
		}
		if p.memory > maxMemory || p.passes > maxPasses || p.threads > maxThreads || len(p.key) > maxField {
			t.Errorf("%q asks for too much", s)
		}
	})
}
