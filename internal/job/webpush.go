package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"spika/internal/chat"
)

// WebPushOptions say how browsers are reached.
type WebPushOptions struct {
	// Client reaches the push services, whose addresses browsers choose.
	Client *http.Client
	// Identity is what they know this server by.
	Identity chat.PushIdentity
	// Contact is an e-mail address, without "mailto:", or an https URL at which
	// they can reach whoever runs the server.
	Contact string
	// Text gives what a browser is told.
	Text func(n chat.PushNote) ([]byte, error)
}

// WebPush pushes to browsers (RFC 8030), encrypted for each (RFC 8291).
type WebPush struct{ o WebPushOptions }

var _ Sender = (*WebPush)(nil)

// NewWebPush makes a sender.
func NewWebPush(o WebPushOptions) *WebPush { return &WebPush{o} }

// Send implements Sender.
func (w *WebPush) Send(ctx context.Context, n chat.PushNote) error {
	text, err := w.o.Text(n)
	if err != nil {
		return &Failure{Cause: err, Final: true}
	}
	to := &webpush.Subscription{Endpoint: n.Subscription.Endpoint, Keys: webpush.Keys{Auth: n.Subscription.Secret, P256dh: n.Subscription.Key}}
	resp, err := webpush.SendNotificationWithContext(ctx, text, to, &webpush.Options{
		HTTPClient: w.o.Client, Subscriber: w.o.Contact, TTL: int(chat.PushLife / time.Second), Urgency: webpush.UrgencyHigh,
		Topic:          fmt.Sprint("room-", n.RoomID), // a newer message takes an older one's place where neither was shown yet
		VAPIDPublicKey: w.o.Identity.Public, VAPIDPrivateKey: w.o.Identity.Private,
	})
	if err != nil {
		return webPushError(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // so that the connection can be used again
	return webPushFailure(resp, n.Subscription.Endpoint)
}

// webPushError says what a call means that got no answer. The address is left
// out: who knows it can push to the browser.
func webPushError(err error) error {
	var called *url.Error
	if errors.As(err, &called) {
		return &Failure{Cause: called.Err, Final: Refused(err)}
	}
	return &Failure{Cause: errors.New("the push could not be encrypted or signed"), Final: true}
}

// webPushFailure says what an answer means (RFC 8030, section 5 and 7.3).
func webPushFailure(resp *http.Response, endpoint string) error {
	f := &Failure{Cause: fmt.Errorf("the push service answered %d", resp.StatusCode), Wait: retryAfter(resp)}
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusNotFound || code == http.StatusGone:
		f.Gone = endpoint
	case code < 500 && code != http.StatusTooManyRequests && code != http.StatusRequestTimeout:
		f.Final = true
	}
	return f
}
