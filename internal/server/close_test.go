package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"spika/client"
	"spika/internal/server"
	"spika/internal/server/servertest"
)

// slowPost is a post of which only a part has arrived.
type slowPost struct {
	conn net.Conn
	in   *bufio.Reader
	rest string
}

func startPost(t *testing.T, s *servertest.Server) slowPost {
	t.Helper()
	conn, err := net.Dial("tcp", s.URL[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	body := fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"slow"}}`, s.RoomID)
	_, err = fmt.Fprintf(conn, "POST /api/messaging/messages HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\naccesstoken: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		s.Key.Token, len(body))
	if err != nil {
		t.Fatal(err)
	}
	// The server asks for the body when the handler begins to read it.
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	if err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := in.Discard(len("\r\n")); err != nil {
		t.Fatal(err)
	}
	return slowPost{conn, in, body}
}

func (p slowPost) finish() (*http.Response, error) {
	if _, err := io.WriteString(p.conn, p.rest); err != nil {
		return nil, err
	}
	return http.ReadResponse(p.in, nil)
}

// accepts reports whether the server takes connections.
func accepts(s *servertest.Server) bool {
	conn, err := net.Dial("tcp", s.URL[len("http://"):])
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func TestCloseFinishesWhatIsUnderWay(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "uses the key"}); err != nil {
		t.Fatal(err)
	}
	stream := openStream(t, s)
	post := startPost(t, s)
	closed := make(chan error, 1)
	go func() { closed <- s.Server.Close(context.WithoutCancel(t.Context())) }()

	rest, err := io.ReadAll(stream) // ends though the post does not
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasSuffix(string(rest), "retry: 500\n\n") {
		t.Errorf("the stream ends with %q, %v, without a hint when to come back, or as if its connection could be used again", rest, err)
	}
	for accepts(s) {
		if t.Context().Err() != nil {
			t.Fatal("it goes on taking connections")
		}
	}
	select {
	case err := <-closed:
		t.Fatalf("it closed before the post was over: %v", err)
	default:
	}
	if resp, err := post.finish(); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("the post under way: %+v, %v", resp, err)
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	s.Server = nil

	core, err := server.Open(t.Context(), s.Config, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	if keys, err := core.Service.RoomKeys(t.Context(), s.RoomID); err != nil || len(keys) != 1 || keys[0].LastUsed == 0 {
		t.Errorf("when the key was used last is not written down: %+v, %v", keys, err)
	}
}

// openStream opens Bob's event stream and reads its first frame.
func openStream(t *testing.T, s *servertest.Server) io.Reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/sse", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("accesstoken", s.Bob.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	r := bufio.NewReader(resp.Body)
	for line := ""; line != "\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestCloseCutsOffWhatTakesTooLong(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	post := startPost(t, s)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 50*time.Millisecond)
	defer cancel()
	if err := s.Server.Close(ctx); err == nil || !strings.Contains(err.Error(), "requests under way were cut off") {
		t.Errorf("error %v", err)
	}
	s.Server = nil
	if _, err := post.finish(); err == nil {
		t.Error("the post goes on")
	}
}

// TestCloseCutsOffStreams: a reader that takes nothing used to keep the server from
// stopping for 10 seconds, and its stream went on when a request was cut off.
func TestCloseCutsOffStreams(t *testing.T) {
	for _, busy := range []bool{false, true} {
		t.Run(fmt.Sprintf("with a request under way %t", busy), func(t *testing.T) {
			s := servertest.Start(t, servertest.Options{})
			missed := strings.Repeat("x", 60_000)
			for range 200 { // more than the system holds for a reader
				if _, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: missed}); err != nil {
					t.Fatal(err)
				}
			}
			conn, err := net.Dial("tcp", s.URL[len("http://"):])
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := fmt.Fprintf(conn, "GET /api/sse HTTP/1.1\r\nHost: x\r\naccesstoken: %s\r\nLast-Event-ID: 0\r\n\r\n", s.Bob.Token); err != nil {
				t.Fatal(err)
			}
			for in, line := bufio.NewReader(conn), ""; !strings.Contains(line, missed); {
				if line, err = in.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			if busy {
				startPost(t, s)
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 100*time.Millisecond)
			defer cancel()
			begun := time.Now()
			if err := s.Server.Close(ctx); busy != (err != nil) {
				t.Errorf("error %v", err)
			}
			s.Server = nil
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			if rest, err := io.ReadAll(conn); len(rest) > 150*len(missed) { // the system sends on what it has
				t.Errorf("the stream goes on: %d bytes, %v", len(rest), err)
			}
		})
	}
}
