package chat

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzSubscription(f *testing.F) {
	f.Add("https://push.example/1", "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg")
	f.Add("http://[::1]:0/", "====", "")
	f.Fuzz(func(t *testing.T, endpoint, key, secret string) {
		s := Subscription{Endpoint: endpoint, Key: key, Secret: secret}
		if err := s.check(); err != nil {
			if CodeOf(err) != Invalid {
				t.Errorf("%q %q %q: %v", endpoint, key, secret, err)
			}
			return
		}
		if !utf8.ValidString(endpoint) || strings.ContainsRune(endpoint, 0) || len(key) > 90 || len(secret) > 26 {
			t.Errorf("%q %q %q is taken", endpoint, key, secret)
		}
	})
}
