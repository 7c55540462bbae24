// Package client talks to a Spika server: it posts messages with an API key,
// and does what a person's app does with a session token. It knows the HTTP API
// and nothing of how a server works inside.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"spika/api"
)

// Options say which server to talk to, and as whom.
type Options struct {
	// URL is the server's address, like https://chat.example.org or
	// https://example.org/chat. The POST URL that is shown beside an API key
	// does as well.
	URL string
	// Token is an API key or a session token; empty for what needs neither.
	Token string
	// HTTP sends the requests; nil: a client of our own. It must have no
	// Timeout when Events is used. Redirects are never followed, whatever it
	// says about them: they would carry the token elsewhere or turn a post into
	// a read.
	HTTP *http.Client
	// Tries is how often a request that is safe to repeat is sent at most;
	// 0: 6, over some 6 seconds.
	Tries int
	// Timeout bounds each try; 0: 30 s. The context bounds them all.
	Timeout time.Duration
}

// Client talks to one server with one token. It is safe for concurrent use.
type Client struct {
	base    string
	token   string
	http    http.Client
	tries   int
	timeout time.Duration
}

const (
	defaultTries   = 6
	defaultTimeout = 30 * time.Second
	maxReply       = 64 << 20 // bytes
	userAgent      = "spika-go"
)

// New makes a client. It fails when the URL is not one.
func New(o Options) (*Client, error) {
	base, err := baseURL(o.URL)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, token: strings.TrimSpace(o.Token), tries: o.Tries, timeout: o.Timeout}
	if o.HTTP != nil {
		c.http = *o.HTTP
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.tries == 0 {
		c.tries = defaultTries
	}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	return c, nil
}

// baseURL cuts an address down to what stands before /api.
func baseURL(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("the server's URL must be like https://chat.example.org, or the POST URL shown beside the API key")
	}
	path := strings.TrimRight(u.Path, "/")
	for _, end := range []string{postPath, "/api"} {
		path = strings.TrimRight(strings.TrimSuffix(path, end), "/")
	}
	return u.Scheme + "://" + u.Host + path, nil
}

// WithToken gives a client that differs only in its token.
func (c *Client) WithToken(token string) *Client {
	other := *c
	other.token = strings.TrimSpace(token)
	return &other
}

// URL gives the server's address without a slash at its end.
func (c *Client) URL() string { return c.base }

// call is one request.
type call struct {
	method string
	path   string // from /api on, with the query
	header map[string]string
	body   any  // sent as JSON; nil: none
	safe   bool // sending it twice does no harm
}

func get(path string, args ...any) call {
	return call{method: http.MethodGet, path: fmt.Sprintf(path, args...), safe: true}
}

// with adds a query.
func (c call) with(q url.Values) call {
	if len(q) > 0 {
		c.path += "?" + q.Encode()
	}
	return c
}

// post is a request that must not be sent twice.
func post(path string, body any) call { return call{method: http.MethodPost, path: path, body: body} }

func put(path string, body any) call {
	return call{method: http.MethodPut, path: path, body: body, safe: true}
}

// remove is a request that, sent twice, would find nothing left to delete.
func remove(path string, args ...any) call {
	return call{method: http.MethodDelete, path: fmt.Sprintf(path, args...)}
}

// fetch sends a request and gives the reply's data.
func fetch[T any](ctx context.Context, c *Client, call call) (T, error) {
	var out T
	_, err := c.do(ctx, call, &out)
	return out, err
}

// do sends a request, again where that helps and does no harm, and decodes the
// reply's data into out. It gives the headers of the reply.
func (c *Client) do(ctx context.Context, call call, out any) (http.Header, error) {
	var body []byte
	if call.body != nil {
		var err error
		if body, err = json.Marshal(call.body); err != nil {
			return nil, err
		}
	}
	for n := 1; ; n++ {
		header, err := c.try(ctx, call, body, out)
		if err == nil {
			return header, nil
		}
		wait, retry := again(err, call.safe, n)
		if !retry || n >= c.tries || !inTime(ctx, wait) || !sleep(ctx, wait) {
			return nil, err
		}
	}
}

// try sends a request once.
func (c *Client) try(ctx context.Context, call call, body []byte, out any) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := c.request(ctx, call, body)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return nil, &transportError{fmt.Errorf("the answer of %s broke off: %w", c.base, err)}
	}
	if resp.StatusCode != http.StatusOK {
		return nil, refusal(resp, reply)
	}
	return resp.Header, c.decode(reply, out)
}

func (c *Client) request(ctx context.Context, call call, body []byte) (*http.Request, error) {
	var r io.Reader
	if call.body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, call.method, c.base+call.path, r)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if call.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set(api.HeaderToken, c.token)
	}
	for name, value := range call.header {
		req.Header.Set(name, value)
	}
	return req, nil
}

// unreachable says that no answer came, without the path and the method that
// the standard library puts before the cause.
func (c *Client) unreachable(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return &transportError{fmt.Errorf("cannot reach %s: %w", c.base, err)}
}

// envelope is around every reply.
type envelope struct {
	Status  string          `json:"status"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

func (c *Client) decode(reply []byte, out any) error {
	var e envelope
	if err := json.Unmarshal(reply, &e); err != nil || e.Status != api.StatusSuccess {
		return fmt.Errorf("%s does not answer like a Spika server: check the URL", c.base)
	}
	if err := json.Unmarshal(e.Data, out); err != nil {
		return fmt.Errorf("the answer of %s is not understood: %w", c.base, err)
	}
	return nil
}

// refusal makes an Error of a reply. What stands between us and the server may
// have written it, so it need not be an envelope.
func refusal(resp *http.Response, reply []byte) *Error {
	out := &Error{Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	var e envelope
	switch location := resp.Header.Get("Location"); {
	case json.Unmarshal(reply, &e) == nil && e.Message != "":
		out.Message = e.Message
	case resp.StatusCode >= 300 && resp.StatusCode < 400 && location != "":
		out.Message = "the server answered with a redirect to " + location + ": use that address"
	default:
		out.Message = "the answer is " + strings.TrimSpace(http.StatusText(resp.StatusCode)+" without a message") + ": is the URL that of a Spika server?"
	}
	return out
}
