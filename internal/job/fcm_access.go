package job

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
)

// fcmScope is what the server's access to Google is limited to.
const fcmScope = "https://www.googleapis.com/auth/firebase.messaging"

// access keeps the token that opens Firebase Cloud Messaging, and asks for a new
// one when it ends. The library's own source would do so in its own time: neither
// asking nor waiting for who asks could be given up.
type access struct {
	account jwt.Config
	turn    chan struct{} // holds one signal while somebody reads or changes token
	token   *oauth2.Token
}

func newAccess(a serviceAccount) *access {
	return &access{
		account: jwt.Config{
			Email: a.ClientEmail, PrivateKey: []byte(a.PrivateKey), PrivateKeyID: a.PrivateKeyID,
			Scopes: []string{fcmScope}, TokenURL: a.TokenURI,
		},
		turn: make(chan struct{}, 1),
	}
}

// get gives a token that is good by now. Whoever comes while one is asked for
// waits for it, until their ctx ends.
func (a *access) get(ctx context.Context) (*oauth2.Token, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-a.turn }()
	if a.token.Valid() {
		return a.token, nil
	}
	client := &http.Client{Transport: within{ctx}}
	token, err := a.account.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, client)).Token()
	if err == nil {
		a.token = token
	}
	return token, err
}

// within ends requests with a context: the library asks for tokens without one.
type within struct{ ctx context.Context }

// RoundTrip implements http.RoundTripper.
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	return http.DefaultTransport.RoundTrip(r.WithContext(w.ctx))
}
