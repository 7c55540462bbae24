package job

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"spika/internal/chat"
	"spika/internal/job/jobtest"
)

func newWebPush(t *testing.T, o ClientOptions) *WebPush {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return NewWebPush(WebPushOptions{
		Client: NewClient(o), Contact: "https://chat.example.org",
		Identity: chat.PushIdentity{
			Public:  base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()),
			Private: base64.RawURLEncoding.EncodeToString(key.Bytes()),
		},
		Text: func(chat.PushNote) ([]byte, error) { return []byte(`{"title":"Ana"}`), nil },
	})
}

func browserNote(b *jobtest.Browser) chat.PushNote {
	return chat.PushNote{Subscription: chat.Subscription{Endpoint: b.Endpoint(), Key: b.P256dh(), Secret: b.Auth()}}
}

func TestWebPushArrives(t *testing.T) {
	b, w := jobtest.NewBrowser(t), newWebPush(t, ClientOptions{Allowed: loopback})
	if err := w.Send(t.Context(), browserNote(b)); err != nil {
		t.Fatal(err)
	}
	got := b.Got()
	if len(got) != 1 || got[0].Text != `{"title":"Ana"}` || got[0].Subject != "https://chat.example.org" || got[0].Public != w.o.Identity.Public {
		t.Errorf("got %+v", got)
	}
}

func TestWebPushFailures(t *testing.T) {
	for status, want := range map[int]struct{ gone, final bool }{
		http.StatusNotFound: {true, false}, http.StatusGone: {true, false}, http.StatusBadRequest: {false, true}, http.StatusForbidden: {false, true},
		http.StatusRequestEntityTooLarge: {false, true}, http.StatusFound: {false, true},
		http.StatusTooManyRequests: {false, false}, http.StatusInternalServerError: {false, false}, http.StatusServiceUnavailable: {false, false},
	} {
		b := jobtest.NewBrowser(t)
		b.Answer(status)
		err := newWebPush(t, ClientOptions{Allowed: loopback}).Send(t.Context(), browserNote(b))
		var f *Failure
		if !errors.As(err, &f) || (f.Gone == b.Endpoint()) != want.gone || f.Final != want.final {
			t.Errorf("%d: %+v", status, f)
		}
	}
	b := jobtest.NewBrowser(t)
	err := newWebPush(t, ClientOptions{}).Send(t.Context(), browserNote(b))
	if f := asFailure(err); !f.Final || len(b.Got()) != 0 || strings.Contains(err.Error(), b.Endpoint()) {
		t.Errorf("an address inside: %+v", f)
	}
	broken := browserNote(b)
	broken.Subscription.Key = "x"
	if f := asFailure(newWebPush(t, ClientOptions{Allowed: loopback}).Send(t.Context(), broken)); !f.Final {
		t.Errorf("a broken key: %+v", f)
	}
	b.Close()
	err = newWebPush(t, ClientOptions{Allowed: loopback}).Send(t.Context(), browserNote(b))
	if f := asFailure(err); f.Final || f.Gone != "" || strings.Contains(err.Error(), "/push/1") {
		t.Errorf("unreachable: %+v", f)
	}
}
