// Package jobtest holds made-up services of others that tests push through. It
// knows what those services ask for, and nothing of how a push is made. Only
// tests import it.
package jobtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Google is a made-up Firebase: it gives access to the service account of the
// project team-7 and takes messages from it.
type Google struct {
	*httptest.Server
	mu      sync.Mutex
	granted int
	got     []string
	answer  func(w http.ResponseWriter, token string)
	deny    bool
	hang    chan struct{} // nil: it does not
}

// NewGoogle starts one until the test ends.
func NewGoogle(t testing.TB) *Google {
	t.Helper()
	g := &Google{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", g.grant)
	mux.HandleFunc("POST /v1/projects/team-7/messages:send", g.take)
	g.Server = httptest.NewServer(mux)
	t.Cleanup(g.Close)
	return g
}

func (g *Google) grant(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	hang := g.hang
	g.mu.Unlock()
	if hang != nil {
		hang <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the caller goes
		<-r.Context().Done()
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.deny || r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || strings.Count(r.FormValue("assertion"), ".") != 2 {
		http.Error(w, `{"error":"invalid_grant","secret":"s3cret"}`, http.StatusBadRequest)
		return
	}
	g.granted++
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"access_token":"access","token_type":"Bearer","expires_in":3600}`)
}

func (g *Google) take(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer access" || r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	var m struct{ Message struct{ Token string } }
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &m) != nil {
		http.Error(w, "what?", http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = append(g.got, string(body))
	if g.answer != nil {
		g.answer(w, m.Message.Token)
		return
	}
	_, _ = io.WriteString(w, `{"name":"projects/team-7/messages/1"}`)
}

// Answer sets how messages are answered; nil: they are taken.
func (g *Google) Answer(answer func(w http.ResponseWriter, token string)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answer = answer
}

// Deny has it give no more access.
func (g *Google) Deny() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deny = true
}

// Hang has it take requests for access and answer none. Each that comes is told.
func (g *Google) Hang() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hang = make(chan struct{}, 100)
	return g.hang
}

// Granted counts how often access was given.
func (g *Google) Granted() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.granted
}

// Got gives the requests that came in, in order.
func (g *Google) Got() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{}, g.got...)
}

// Credentials are the key file of the project's service account.
func (g *Google) Credentials(t testing.TB) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "team-7", "private_key_id": "k1", "client_email": "push@team-7.example",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": g.URL + "/token",
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// CredentialsFile is the path of a file with Credentials.
func (g *Google) CredentialsFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fcm.json")
	if err := os.WriteFile(path, g.Credentials(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
