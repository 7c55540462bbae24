package courier

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spika/internal/chat"
)

// account is the gateway's, with characters that do not stand for themselves in
// a path or a form.
var account = SMS{Account: "AC/1", Token: "to:ken&", From: "Spika & Co", AppHash: "AbCdEfGhIjK"}

func TestSMS(t *testing.T) {
	var got []string
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.Method != http.MethodPost || r.URL.EscapedPath() != "/2010-04-01/Accounts/AC%2F1/Messages.json" || user != account.Account || password != account.Token ||
			r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.PostFormValue("From") != account.From || r.PostFormValue("To") != pia.Phone {
			t.Errorf("got %s %s by %s:%s, %v", r.Method, r.URL, user, password, r.PostForm)
		}
		got = append(got, r.PostFormValue("Body"))
		w.WriteHeader(http.StatusCreated)
	}))
	defer gateway.Close()
	o := account
	o.URL = gateway.URL
	log, text := logTo()
	c := NewSMS(o, log)
	android := pia
	android.Android = true
	for _, to := range []chat.Recipient{pia, android} {
		if err := c.Bring(t.Context(), to, "012345", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	o.AppHash = ""
	if err := NewSMS(o, log).Bring(t.Context(), android, "012345", time.Minute); err != nil {
		t.Fatal(err)
	}
	want := []string{"Your Spika code: 012345", "Your Spika code: 012345\n\nAbCdEfGhIjK", "Your Spika code: 012345"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("the messages are %q", got)
	}
	if text.Len() != 0 {
		t.Errorf("the log is %q", text)
	}
}

func TestSMSRefused(t *testing.T) {
	elsewhere := false
	moved := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere = true }))
	defer moved.Close()
	for name, row := range map[string]struct {
		handle http.HandlerFunc
		why    string
	}{
		"refused": {func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, `{"code":21211,"message":"`+r.PostFormValue("Body")+` to `+r.PostFormValue("To")+`"}`, http.StatusBadRequest)
		}, "status 400, error 21211"},
		"no JSON": {func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, r.PostFormValue("Body"), http.StatusInternalServerError)
		}, "status 500\""},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, moved.URL, http.StatusTemporaryRedirect)
		}, "status 307"},
		"broken": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := httptest.NewServer(row.handle)
			defer gateway.Close()
			o := account
			o.URL = gateway.URL
			log, text := logTo()
			if err := NewSMS(o, log).Bring(t.Context(), pia, "012345", time.Minute); chat.CodeOf(err) != chat.Unavailable {
				t.Errorf("error %v", err)
			}
			if s := text.String(); !strings.Contains(s, row.why) || strings.Contains(s, "012345") || strings.Contains(s, account.Token) {
				t.Errorf("the log is %q, want %q in it and no secrets", s, row.why)
			}
		})
	}
	if elsewhere {
		t.Error("it follows the gateway elsewhere, with the account's password")
	}
}

// A gateway that does not answer holds nobody up for long.
func TestSMSEndsWithItsContext(t *testing.T) {
	hold := make(chan struct{})
	gateway := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer gateway.Close()
	defer close(hold)
	o := account
	o.URL = gateway.URL
	log, _ := logTo()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := NewSMS(o, log).Bring(ctx, pia, "012345", time.Minute); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("error %v", err)
	}
}
