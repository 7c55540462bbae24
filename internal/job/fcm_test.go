package job

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spika/internal/chat"
	"spika/internal/job/jobtest"
)

func newFCM(t *testing.T, g *jobtest.Google) *FCM {
	t.Helper()
	f, err := NewFCM(FCMOptions{Credentials: g.Credentials(t), URL: g.URL, Data: func(n chat.PushNote) (map[string]string, error) {
		if n.MessageID == 13 {
			return nil, errors.New("cannot be told")
		}
		return map[string]string{"message": "m", "messageAttributes": "a", "roomAttributes": "r"}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func note(muted bool) chat.PushNote {
	return chat.PushNote{Delivery: chat.Delivery{RoomID: 5, MessageID: 9}, Token: "phone", Muted: muted}
}

func TestFCMRequest(t *testing.T) {
	g := jobtest.NewGoogle(t)
	f := newFCM(t, g)
	for _, muted := range []bool{false, true} {
		if err := f.Send(t.Context(), note(muted)); err != nil {
			t.Fatal(err)
		}
	}
	const data = `"token":"phone","data":{"message":"m","messageAttributes":"a","roomAttributes":"r"},"android":{"priority":"HIGH"},"webpush":{"headers":{"Topic":"5"}}`
	requests := g.Got()
	for i, want := range []string{
		`{"message":{` + data + `,"apns":{"payload":{"aps":{"mutable-content":1,"alert":{"title":"New message"},"thread-id":"5"}}}}}`,
		`{"message":{` + data + `,"apns":{"payload":{"aps":{"content-available":1}}}}}`,
	} {
		var got, wanted any
		if json.Unmarshal([]byte(requests[i]), &got) != nil || json.Unmarshal([]byte(want), &wanted) != nil {
			t.Fatalf("not JSON: %s", requests[i])
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("push %d (-want +got):\n%s", i, diff)
		}
	}
	if n := g.Granted(); n != 1 {
		t.Errorf("access was asked for %d times", n)
	}
}

func TestFCMFailures(t *testing.T) {
	fcmError := func(status int, word, code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"error":{"code":404,"status":"`+word+`","details":[{"@type":"x"},{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"`+code+`"}]}}`)
		}
	}
	for name, row := range map[string]struct {
		answer func(http.ResponseWriter)
		gone   bool
		final  bool
		wait   time.Duration
	}{
		"unregistered":   {fcmError(404, "NOT_FOUND", "UNREGISTERED"), true, false, 0},
		"not found":      {fcmError(404, "NOT_FOUND", ""), true, false, 0},
		"another 404":    {func(w http.ResponseWriter) { http.Error(w, "<html>no such page", 404) }, false, false, 0},
		"bad argument":   {fcmError(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), false, true, 0},
		"another sender": {fcmError(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), false, true, 0},
		"no permission":  {fcmError(403, "PERMISSION_DENIED", ""), false, false, 0},
		"too many": {func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "70")
			w.WriteHeader(429)
		}, false, false, 70 * time.Second},
		"down": {func(w http.ResponseWriter) { w.WriteHeader(503) }, false, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := jobtest.NewGoogle(t)
			g.Answer(func(w http.ResponseWriter, _ string) { row.answer(w) })
			err := newFCM(t, g).Send(t.Context(), note(false))
			var f *Failure
			if !errors.As(err, &f) || (f.Gone == "phone") != row.gone || f.Final != row.final || f.Wait != row.wait {
				t.Errorf("%+v", f)
			}
			if strings.Contains(err.Error(), "phone") {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
	g := jobtest.NewGoogle(t)
	f := newFCM(t, g)
	g.Deny()
	err := f.Send(t.Context(), note(false))
	if fail := asFailure(err); err == nil || fail.Final || fail.Gone != "" || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("no access: %v", err)
	}
	bad := note(false)
	bad.MessageID = 13
	if fail := asFailure(f.Send(t.Context(), bad)); !fail.Final {
		t.Errorf("what cannot be told: %+v", fail)
	}
	g.Close()
	if fail := asFailure(f.Send(t.Context(), note(false))); fail.Final || fail.Gone != "" {
		t.Errorf("unreachable: %+v", fail)
	}
}

// TestFCMAccessIsGivenUp: asking for access used to go on after the push that
// asked was given up, and one after the other did so.
func TestFCMAccessIsGivenUp(t *testing.T) {
	g := jobtest.NewGoogle(t)
	asked, f := g.Hang(), newFCM(t, g)
	ctx, cancel := context.WithCancel(t.Context())
	const pushes = 4
	ended := make(chan error, pushes)
	for range pushes {
		go func() { ended <- f.Send(ctx, note(false)) }()
	}
	<-asked
	cancel()
	late := time.After(sendTimeout / 2)
	for range pushes {
		select {
		case err := <-ended:
			if err == nil || !strings.Contains(err.Error(), "context canceled") {
				t.Errorf("it ended with %v", err)
			}
		case <-late:
			t.Fatal("a push goes on though it was given up")
		}
	}
}

func TestFCMCredentials(t *testing.T) {
	for _, bad := range []string{"", "secret", "[]", "{}", `{"project_id":"p","private_key":"secret","client_email":"e"}`} {
		if _, err := NewFCM(FCMOptions{Credentials: []byte(bad)}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	for n, most := range map[int64]time.Duration{0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second, 11: time.Hour, 64: time.Hour, 1 << 40: time.Hour} {
		for range 100 {
			if got := Backoff(n); got > most || got < most/2 {
				t.Errorf("after try %d: %s, want %s to %s", n, got, most/2, most)
			}
		}
	}
}
