package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"spika/api"
)

// connection is what one connection to the stream brings.
type connection struct {
	text   string
	times  int  // how often the text comes, every 15 s; 0: once
	hang   bool // nothing more comes, and it does not end
	status int  // 0: 200
	header []string
}

// streaming answers each connection with the next of a list, notes where each
// starts, and refuses when the list is over.
func streaming(t *testing.T, list ...connection) (*Client, *[]string) {
	t.Helper()
	starts := &[]string{}
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		if r.URL.String() != "http://spika.test/api/sse" || r.Header.Get("accesstoken") != "KEY" {
			t.Errorf("asks for %s with %v", r.URL, r.Header)
		}
		*starts = append(*starts, r.Header.Get("Last-Event-ID"))
		if len(list) == 0 {
			return answer(401, `{"status":"error","message":"signed out"}`), nil
		}
		now := list[0]
		list = list[1:]
		if now.status != 0 {
			return answer(now.status, now.text, now.header...), nil
		}
		body, w := io.Pipe()
		go func() {
			for i := range max(1, now.times) {
				if i > 0 {
					time.Sleep(15 * time.Second)
				}
				w.Write([]byte(now.text)) //nolint:errcheck // the reader tells
			}
			if !now.hang {
				w.Close()
			}
		}()
		context.AfterFunc(r.Context(), func() { body.CloseWithError(r.Context().Err()) })
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
	})
	return c, starts
}

// collect reads a stream to its end.
func collect(ctx context.Context, c *Client, o EventOptions) (out []string, err error) {
	for e, err := range c.Events(ctx, o) {
		if err != nil {
			return out, err
		}
		out = append(out, e.ID+" "+string(e.Type))
	}
	return out, nil
}

const (
	ping  = `data: {"type":"PING"}` + "\n\n"
	seen  = `data: {"type":"NEW_MESSAGE_RECORD"}` + "\n\n"
	count = `data: {"type":"MESSAGE_COUNTS","roomId":3}` + "\n\n"
)

func TestEventsResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, starts := streaming(t,
			connection{text: "id: 10\n" + ping + "id: 11\ndata: {\"type\":\"NEW_MESSAGE\",\"message\":{\"id\":5}}\n\n" + seen},
			connection{status: 503},
			connection{text: seen + "id: 12\n" + seen + count + "id: 12\n" + seen + "id: 12\n" + ping},
		)
		var message int64
		var got []string
		var err error
		for e, failure := range c.Events(t.Context(), EventOptions{}) {
			if err = failure; err != nil {
				break
			}
			if e.Message != nil {
				message = e.Message.ID
			}
			got = append(got, e.ID+" "+string(e.Type))
		}
		want := []string{
			"10 PING", "11 NEW_MESSAGE", // the record that follows is not complete
			" NEW_MESSAGE_RECORD", "12 NEW_MESSAGE_RECORD", " MESSAGE_COUNTS", "12 PING", // 12 comes once
		}
		if !slices.Equal(got, want) || message != 5 {
			t.Errorf("got %q and message %d, want %q and 5", got, message, want)
		}
		if refused, ok := errors.AsType[*Error](err); !ok || refused.Status != 401 || refused.Message != "signed out" {
			t.Errorf("ends with %v", err)
		}
		if want := []string{"", "11", "11", "12"}; !slices.Equal(*starts, want) {
			t.Errorf("the connections start after %q, want %q", *starts, want)
		}
	})
}

func TestEventsStartWhereTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The first PING can be ahead of what is still to come.
		c, starts := streaming(t, connection{text: "id: 9\n" + ping + "id: 8\n" + seen + "id: 10\n" + ping})
		got, _ := collect(t.Context(), c, EventOptions{After: "7"})
		if want := []string{"9 PING", "8 NEW_MESSAGE_RECORD", "10 PING"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if want := []string{"7", "10"}; !slices.Equal(*starts, want) {
			t.Errorf("the connections start after %q, want %q", *starts, want)
		}
	})
}

// After a RESYNC the order may have begun anew, as when a backup was restored.
func TestEventsAfterResync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, starts := streaming(t, connection{text: "id: 3\ndata: {\"type\":\"RESYNC\"}\n\nid: 4\n" + seen})
		got, _ := collect(t.Context(), c, EventOptions{After: "900"})
		if want := []string{"3 RESYNC", "4 NEW_MESSAGE_RECORD"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if want := []string{"900", "4"}; !slices.Equal(*starts, want) {
			t.Errorf("the connections start after %q, want %q", *starts, want)
		}
	})
}

func TestEventsNotice(t *testing.T) {
	tests := []struct {
		name     string
		list     []connection
		min, max time.Duration
	}{
		{"a dead connection", []connection{{text: "id: 1\n" + ping, hang: true}}, defaultQuiet, defaultQuiet + firstWait},
		{"a slow but living one", []connection{{text: ": hello\n\n", times: 4}}, 45 * time.Second, 45*time.Second + firstWait},
		{"how long to stay away", []connection{{text: "retry: 3000\n\nid: 1\n" + ping}}, 3 * time.Second, 3 * time.Second},
		{"Retry-After", []connection{{status: 503, header: []string{"Retry-After", "4"}}}, 4 * time.Second, 4 * time.Second},
		{"a proxy that gives up", []connection{{status: 504, text: "<html>"}}, firstWait / 2, firstWait},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, starts := streaming(t, test.list...)
				begin := time.Now()
				if _, err := collect(t.Context(), c, EventOptions{}); err == nil || len(*starts) != 2 {
					t.Errorf("%d connections: %v", len(*starts), err)
				}
				if d := time.Since(begin); d < test.min || d > test.max {
					t.Errorf("connects again after %v, want %v to %v", d, test.min, test.max)
				}
			})
		})
	}
}

func TestEventsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, starts := streaming(t, connection{text: "id: 1\n" + ping, hang: true}, connection{text: "id: 1\n" + ping, hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if got, err := collect(ctx, c, EventOptions{}); !errors.Is(err, context.DeadlineExceeded) || len(got) != 1 {
			t.Errorf("with its context: %q, %v", got, err)
		}
		for e := range c.Events(t.Context(), EventOptions{}) {
			if e.Type != api.EventPing {
				t.Errorf("got %+v", e)
			}
			break // the stream must be closed now: the bubble ends only then
		}
		if len(*starts) != 2 {
			t.Errorf("%d connections", len(*starts))
		}
	})
}

// An event that is not understood must not stop the others.
func TestEventsSkipWhatIsNotUnderstood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, starts := streaming(t, connection{text: "id: 1\ndata: {]\n\nid: 2\ndata: {\"type\":\"NEW_MESSAGE\",\"message\":7}\n\nid: 3\ndata: {\"type\":\"SONG\",\"title\":\"a\"}\n\n"})
		got, _ := collect(t.Context(), c, EventOptions{})
		if want := []string{"3 SONG"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if want := []string{"", "3"}; !slices.Equal(*starts, want) {
			t.Errorf("the connections start after %q, want %q", *starts, want)
		}
	})
}
