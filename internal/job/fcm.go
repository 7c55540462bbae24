package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"spika/internal/chat"
)

// FCMOptions say how apps are reached through Firebase Cloud Messaging.
type FCMOptions struct {
	// Credentials are those of a service account, the JSON that Google gives out.
	Credentials []byte
	// URL is the service's address, without a slash at its end.
	URL string
	// Data gives what an app is told, by key.
	Data func(n chat.PushNote) (map[string]string, error)
}

// FCM pushes to apps (FCM HTTP v1).
type FCM struct {
	endpoint string
	access   *access
	client   *http.Client
	data     func(n chat.PushNote) (map[string]string, error)
}

var _ Sender = (*FCM)(nil)

// maxAnswer is how much of an answer is read.
const maxAnswer = 16 << 10

// serviceAccount is the part of the credentials that is needed.
type serviceAccount struct {
	ProjectID    string `json:"project_id"`
	PrivateKeyID string `json:"private_key_id"`
	PrivateKey   string `json:"private_key"`
	ClientEmail  string `json:"client_email"`
	TokenURI     string `json:"token_uri"`
}

// NewFCM makes a sender. It fails when the credentials are not those of a service
// account; what they hold is in no error.
func NewFCM(o FCMOptions) (*FCM, error) {
	var account serviceAccount
	if err := json.Unmarshal(o.Credentials, &account); err != nil {
		return nil, errors.New("the FCM credentials are not JSON: give the key file of a service account")
	}
	if account.ProjectID == "" || account.PrivateKey == "" || account.ClientEmail == "" || account.TokenURI == "" {
		return nil, errors.New("the FCM credentials lack project_id, private_key, client_email or token_uri: give the key file of a service account")
	}
	// Both addresses are the operator's choice, so a proxy of the operator's may
	// be asked.
	return &FCM{
		endpoint: strings.TrimSuffix(o.URL, "/") + "/v1/projects/" + url.PathEscape(account.ProjectID) + "/messages:send",
		access:   newAccess(account),
		client:   &http.Client{Timeout: sendTimeout},
		data:     o.Data,
	}, nil
}

// The message as FCM takes it.
type (
	fcmRequest struct {
		Message fcmMessage `json:"message"`
	}
	fcmMessage struct {
		Token   string            `json:"token"`
		Data    map[string]string `json:"data"`
		Android fcmAndroid        `json:"android"`
		APNs    fcmAPNs           `json:"apns"`
		Webpush fcmWebpush        `json:"webpush"`
	}
	fcmAndroid struct {
		Priority string `json:"priority"`
	}
	fcmAPNs struct {
		Payload struct {
			APS fcmAPS `json:"aps"`
		} `json:"payload"`
	}
	fcmAPS struct {
		ContentAvailable int       `json:"content-available,omitempty"`
		MutableContent   int       `json:"mutable-content,omitempty"`
		Alert            *fcmAlert `json:"alert,omitempty"`
		ThreadID         string    `json:"thread-id,omitempty"`
	}
	fcmAlert struct {
		Title string `json:"title"`
	}
	fcmWebpush struct {
		Headers map[string]string `json:"headers"`
	}
)

// request gives the message for a note. In a muted room the app is woken without
// anything being shown.
func (f *FCM) request(n chat.PushNote) ([]byte, error) {
	data, err := f.data(n)
	if err != nil {
		return nil, err
	}
	room := strconv.FormatInt(n.RoomID, 10)
	m := fcmMessage{Token: n.Token, Data: data, Android: fcmAndroid{Priority: "HIGH"}}
	m.Webpush.Headers = map[string]string{"Topic": room}
	if n.Muted {
		m.APNs.Payload.APS = fcmAPS{ContentAvailable: 1}
	} else {
		m.APNs.Payload.APS = fcmAPS{MutableContent: 1, Alert: &fcmAlert{Title: "New message"}, ThreadID: room}
	}
	return json.Marshal(fcmRequest{Message: m})
}

// Send implements Sender.
func (f *FCM) Send(ctx context.Context, n chat.PushNote) error {
	body, err := f.request(n)
	if err != nil {
		return &Failure{Cause: err, Final: true}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.endpoint, bytes.NewReader(body))
	if err != nil {
		return &Failure{Cause: err, Final: true}
	}
	token, err := f.access.get(ctx)
	if err != nil {
		return plainError(err)
	}
	token.SetAuthHeader(req)
	req.Header.Set("Content-Type", "application/json")
	resp, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return fcmFailure(resp, n.Token)
}

// plainError leaves out of an error what may be secret: the answer to a request
// for access.
func plainError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return fmt.Errorf("FCM credentials were refused: %s", refused.Response.Status)
	}
	return err
}

// fcmFailure says what an answer other than 200 means. An address is gone only
// when the service says so in its own words: a 404 for another reason must not
// cost every app its pushes.
func fcmFailure(resp *http.Response, token string) *Failure {
	var answer struct {
		Error struct {
			Status  string `json:"status"`
			Details []struct {
				ErrorCode string `json:"errorCode"`
			} `json:"details"`
		} `json:"error"`
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	_ = json.Unmarshal(body, &answer) // what is no JSON says nothing
	code := answer.Error.Status
	for _, d := range answer.Error.Details {
		if d.ErrorCode != "" {
			code = d.ErrorCode
		}
	}
	f := &Failure{Cause: fmt.Errorf("FCM answered %d %s", resp.StatusCode, short(code)), Wait: retryAfter(resp)}
	switch {
	case code == "UNREGISTERED" || resp.StatusCode == http.StatusNotFound && code == "NOT_FOUND":
		f.Gone = token
	case resp.StatusCode == http.StatusBadRequest || code == "SENDER_ID_MISMATCH":
		f.Final = true
	}
	return f
}

// short cuts a word of others for the log.
func short(word string) string { return word[:min(len(word), 60)] }

// retryAfter gives how long an answer asks to wait, 0 when it does not say.
func retryAfter(resp *http.Response) time.Duration {
	given := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(given); err == nil {
		return time.Duration(max(0, min(seconds, int(lastRetry.Seconds())))) * time.Second
	}
	if at, err := http.ParseTime(given); err == nil {
		return max(0, min(time.Until(at), lastRetry))
	}
	return 0
}
