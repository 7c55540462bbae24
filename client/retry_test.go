package client

import (
	"testing"
	"time"
)

func TestBackoffGrowsToItsLimit(t *testing.T) {
	for n, want := range map[int]time.Duration{1: firstWait, 2: 2 * firstWait, 4: 8 * firstWait, 9: maxWait, 100: maxWait} {
		for range 50 {
			if d := backoff(n); d <= want/2-1 || d > want {
				t.Fatalf("backoff(%d) = %v, want %v to %v", n, d, want/2, want)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-1": 0, "soon": 0, "99999999999999": 0,
		"Wed, 25 Nov 2026 12:00:30 GMT": 30 * time.Second, "Wed, 25 Nov 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestAgain(t *testing.T) {
	broken := &transportError{errFrameTooLarge}
	tests := []struct {
		name     string
		err      error
		safe     bool
		want     bool
		atLeast  time.Duration
		notAbove time.Duration
	}{
		{"no answer, safe", broken, true, true, 0, firstWait},
		{"no answer, unsafe", broken, false, false, 0, 0},
		{"500, safe", &Error{Status: 500}, true, true, 0, firstWait},
		{"500, unsafe", &Error{Status: 500}, false, false, 0, 0},
		{"503 says when", &Error{Status: 503, RetryAfter: 5 * time.Second}, true, true, 5 * time.Second, 5 * time.Second},
		{"503 says much later", &Error{Status: 503, RetryAfter: time.Hour}, true, false, 0, 0},
		{"429, unsafe", &Error{Status: 429, RetryAfter: 2 * time.Second}, false, true, 2 * time.Second, 2 * time.Second},
		{"429 says much later", &Error{Status: 429, RetryAfter: 5 * time.Minute}, true, false, 0, 0},
		{"400", &Error{Status: 400}, true, false, 0, 0},
		{"409", &Error{Status: 409}, true, false, 0, 0},
		{"not understood", errFrameTooLarge, true, false, 0, 0},
	}
	for _, test := range tests {
		d, ok := again(test.err, test.safe, 1)
		if ok != test.want || ok && (d < test.atLeast || d > test.notAbove) {
			t.Errorf("%s: %v after %v", test.name, ok, d)
		}
	}
}
