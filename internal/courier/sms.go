package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// SMS says how an SMS gateway that has the shape of Twilio's API is reached:
// POST {URL}/2010-04-01/Accounts/{Account}/Messages.json with Basic
// authentication and a form of To, From and Body.
type SMS struct {
	URL     string // the gateway's, without a path
	Account string // user name of the authentication, and part of the path
	Token   string // password of the authentication
	From    string // number or name that messages come from
	// AppHash is what Android puts into a message so that the app is handed it;
	// empty: none.
	AppHash string
}

// NewSMS gives a courier that sends codes as SMS.
func NewSMS(o SMS, log *slog.Logger) *Courier {
	client := &http.Client{
		// The operator chose the gateway. That it moved is for them to know.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Courier{way: &gateway{o, client}, log: log}
}

type gateway struct {
	o      SMS
	client *http.Client
}

// body is what the message says.
func (g *gateway) body(m message) string {
	if m.to.Android && g.o.AppHash != "" {
		return m.text() + "\n\n" + g.o.AppHash
	}
	return m.text()
}

func (g *gateway) send(ctx context.Context, m message) error {
	form := url.Values{"To": {m.to.Phone}, "From": {g.o.From}, "Body": {g.body(m)}}
	path := g.o.URL + "/2010-04-01/Accounts/" + url.PathEscape(g.o.Account) + "/Messages.json"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(form.Encode()))
	if err != nil {
		return errors.New("SMS gateway: its URL cannot be used")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(g.o.Account, g.o.Token)
	resp, err := g.client.Do(req)
	if err != nil {
		return fmt.Errorf("SMS gateway: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("SMS gateway: read its answer: %w", err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("SMS gateway: status %d%s", resp.StatusCode, reason(answer))
	}
	return nil
}

// maxAnswer is how much of a gateway's answer is read.
const maxAnswer = 16 << 10

// reason gives the number of an error, which the gateway's documentation
// explains. Its text is left out: it may repeat what was sent.
func reason(answer []byte) string {
	var e struct {
		Code int `json:"code"`
	}
	if json.Unmarshal(answer, &e) != nil || e.Code == 0 {
		return ""
	}
	return fmt.Sprintf(", error %d", e.Code)
}
