package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// conn is a kept-alive HTTP/1.1 connection that costs the load generator as
// little as can be: it shares the machine with what it measures.
type conn struct {
	net.Conn
	in *bufio.Reader
}

func dial(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, in: bufio.NewReaderSize(c, 4096)}, nil
}

var errReply = errors.New("unexpected reply")

// do sends a whole request and reads the reply, which must have a 200 and a
// Content-Length.
func (c *conn) do(request []byte) error {
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := c.Write(request); err != nil {
		return err
	}
	status, length := []byte(nil), -1
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			status = bytes.Clone(line)
		case len(line) == 0:
			return c.finish(status, length)
		case len(line) > 15 && bytes.EqualFold(line[:15], []byte("Content-Length:")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return err
			}
		}
	}
}

func (c *conn) finish(status []byte, length int) error {
	if length < 0 {
		return fmt.Errorf("%w: %s without a length", errReply, status)
	}
	if !bytes.Contains(status, []byte(" 200 ")) {
		body := make([]byte, length)
		_, _ = io.ReadFull(c.in, body)
		return fmt.Errorf("%w: %s: %s", errReply, status, body)
	}
	_, err := c.in.Discard(length)
	return err
}

// request writes a POST down.
func request(addr, path, token, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\naccesstoken: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, addr, token, len(body), body)
}

// get writes a GET down.
func get(addr, path, token string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\naccesstoken: %s\r\n\r\n", path, addr, token)
}

// throughput is what a load of requests gave.
type throughput struct {
	Connections int     `json:"connections"`
	PerSecond   float64 `json:"perSecond"`
	P50         float64 `json:"p50ms"`
	P99         float64 `json:"p99ms"`
	Ratio       float64 `json:"ratioToLimit,omitempty"`
}

// warm is how long a load runs before it is measured.
const warm = 500 * time.Millisecond

// hammer keeps a request under way on every connection for a while.
func hammer(addr string, req []byte, connections int, how time.Duration) (throughput, error) {
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	spans := make([][]time.Duration, connections)
	begin := time.Now().Add(warm)
	end := begin.Add(how)
	for i := range connections {
		c, err := dial(addr)
		if err != nil {
			return throughput{}, err
		}
		wg.Go(func() {
			defer c.Close()
			for {
				at := time.Now()
				if at.After(end) || failed.Load() != nil {
					return
				}
				if err := c.do(req); err != nil {
					failed.Store(&err)
					return
				}
				if done := time.Now(); at.After(begin) && done.Before(end) {
					spans[i] = append(spans[i], done.Sub(at))
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return throughput{}, *err
	}
	all := slices.Concat(spans...)
	slices.Sort(all)
	return throughput{
		Connections: connections, PerSecond: float64(len(all)) / how.Seconds(),
		P50: ms(percentile(all, 50)), P99: ms(percentile(all, 99)),
	}, nil
}

// percentile gives the pth percentile of sorted spans.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*p/100))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
