package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"spika/api"
	"spika/internal/chat"
)

// statusOf gives the HTTP status of a failure. 405 is the router's own.
func statusOf(code chat.Code) int {
	switch code {
	case chat.Invalid:
		return http.StatusBadRequest
	case chat.Unauthorized:
		return http.StatusUnauthorized
	case chat.Forbidden:
		return http.StatusForbidden
	case chat.NotFound:
		return http.StatusNotFound
	case chat.Conflict:
		return http.StatusConflict
	case chat.TooLarge:
		return http.StatusRequestEntityTooLarge
	case chat.TooMany:
		return http.StatusTooManyRequests
	case chat.Incomplete: // the contract's statuses, whatever HTTP calls them
		return http.StatusGone
	case chat.Mismatch:
		return http.StatusLengthRequired
	case chat.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// wrongMethod is a path that exists with other methods only.
type wrongMethod struct{ allow string }

func (e *wrongMethod) Error() string {
	return "Method not allowed: this path takes " + e.allow
}

// Values of headers that every reply carries. They are shared between replies
// and never changed.
var (
	jsonType     = []string{"application/json"}
	noStore      = []string{"no-store"}
	noSniff      = []string{"nosniff"}
	anyOrigin    = []string{"*"}
	allowHeaders = []string{"Content-Type, Authorization, access-token, admin-accesstoken, adminaccesstoken, accesstoken, device-name, os-name, " +
		"os-version, device-type, app-version, Idempotency-Key, Last-Event-ID"}
	exposeHeaders = []string{"Idempotent-Replay, Retry-After"}
)

// begin sets what every reply under /api/ carries, event streams included: any
// origin may call, with a token in a header.
func (a *API) begin(c *call) {
	h := c.w.Header()
	h["Access-Control-Allow-Origin"] = anyOrigin
	h["Access-Control-Allow-Methods"] = anyOrigin
	h["Access-Control-Allow-Headers"] = allowHeaders
	h["Access-Control-Expose-Headers"] = exposeHeaders
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	c.markBegun()
}

// textType is the type of replies without an envelope.
var textType = []string{"text/plain; charset=utf-8"}

// text replies with a bare text.
func (c *call) text(s string) error { return c.sendAs(http.StatusOK, textType, []byte(s)) }

// ok replies with data in the success envelope.
func (c *call) ok(data any) error {
	return c.write(http.StatusOK, &api.Success[any]{Status: api.StatusSuccess, Data: data})
}

// fail replies with the error envelope. After a reply was begun it only notes
// the cause.
func (c *call) fail(err error) {
	var message string
	status := http.StatusInternalServerError
	var known *chat.Error
	var method *wrongMethod
	switch {
	case errors.As(err, &method):
		status, message = http.StatusMethodNotAllowed, method.Error()
		c.w.Header().Set("Allow", method.allow)
	case errors.As(err, &known) && known.Code != chat.Internal:
		status, message = statusOf(known.Code), known.Message
		c.failHeaders(known)
		if known.Code == chat.Unavailable { // whoever runs the server must hear of it
			c.cause = err
		}
	default:
		c.cause = err
		message = "Server error: the server's log says more under " + c.requestID() + "; the same request may be sent again"
	}
	if c.status != 0 {
		return
	}
	if err := c.write(status, api.Error{Status: api.StatusError, Message: strings.ToValidUTF8(message, "\uFFFD")}); err != nil {
		c.cause = errors.Join(c.cause, err)
	}
}

// failHeaders says in a header what the status calls for.
func (c *call) failHeaders(e *chat.Error) {
	switch e.Code {
	case chat.Unauthorized:
		c.w.Header().Set("WWW-Authenticate", "Bearer")
	case chat.TooMany, chat.Unavailable:
		c.w.Header().Set("Retry-After", strconv.Itoa(max(1, e.RetryAfter)))
	}
}

// crashed answers for a handler that panicked. A reply that was begun cannot be
// taken back: its connection is cut, so that nobody takes it for whole.
func (c *call) crashed(p any) {
	err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	if c.status == 0 {
		c.fail(err)
		return
	}
	c.cause = err
	c.logDone()
	panic(http.ErrAbortHandler)
}

// write sends the reply. Nothing is sent when it cannot be encoded.
func (c *call) write(status int, envelope any) error {
	buf := c.api.takeBuffer()
	defer c.api.giveBuffer(buf)
	if err := json.MarshalWrite(buf, envelope); err != nil {
		return fmt.Errorf("encode reply: %w", err)
	}
	return c.send(status, buf.Bytes())
}

// send sends a reply that is encoded. That the caller does not take it is the
// caller's affair.
func (c *call) send(status int, body []byte) error { return c.sendAs(status, jsonType, body) }

func (c *call) sendAs(status int, kind []string, body []byte) error {
	h := c.w.Header()
	h["Content-Type"] = kind
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.status = status
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body)
	return nil
}

func (a *API) takeBuffer() *bytes.Buffer { return a.buffers.Get().(*bytes.Buffer) }

// keepBuffer is the capacity up to which a buffer is kept for the next request:
// one large request must not cost memory for ever.
const keepBuffer = 64 << 10

func (a *API) giveBuffer(b *bytes.Buffer) {
	if b.Cap() <= keepBuffer {
		b.Reset()
		a.buffers.Put(b)
	}
}
