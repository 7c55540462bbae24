package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"spika/api"
)

// site is the server as clients see it: at one address, however often it is
// killed.
type site struct {
	http *http.Client
}

// base is the address that the gate stands for.
const base = "http://spika.test"

// account is somebody with a token: a person, or an API key.
type account struct {
	name  string
	token string
	user  int64 // 0: not known, as a key does not tell its bot
}

// call is one request.
type call struct {
	method, path string
	key          string // Idempotency-Key; empty: none
	body         any    // nil: none
}

// reply is a whole answer.
type reply struct {
	status  int
	replay  bool
	message string // of an error
	data    json.RawMessage
}

// do sends a request once. An error says that no whole answer came: what was
// asked for may have been done or not.
func (s *site) do(ctx context.Context, who account, c call) (reply, error) {
	var body io.Reader
	if c.body != nil {
		b, err := json.Marshal(c.body)
		if err != nil {
			panic(fmt.Sprintf("%#v cannot be sent: %v", c.body, err))
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, c.method, base+c.path, body)
	if err != nil {
		panic(err) // the paths are our own
	}
	req.Header.Set(api.HeaderToken, who.token)
	req.Header.Set("Content-Type", "application/json")
	if c.key != "" {
		req.Header.Set(api.HeaderIdempotencyKey, c.key)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	out := reply{status: resp.StatusCode, replay: resp.Header.Get(api.HeaderReplay) == "true"}
	var envelope struct {
		Status, Message string
		Data            json.RawMessage
	}
	if err := json.Unmarshal(raw, &envelope); err != nil {
		out.status, out.message = -out.status, fmt.Sprintf("not an envelope: %q", raw) // a status that nobody expects
		return out, nil
	}
	out.message, out.data = envelope.Message, envelope.Data
	return out, nil
}

// read decodes a reply's data.
func read[T any](r reply) (T, error) {
	var out T
	if r.status != http.StatusOK {
		return out, fmt.Errorf("status %d: %s", r.status, r.message)
	}
	err := json.Unmarshal(r.data, &out)
	return out, err
}
