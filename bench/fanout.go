package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// fanout is how posts reached listeners that report receiving and seeing them.
type fanout struct {
	Listeners int     `json:"listeners"`
	Rate      int     `json:"postsPerSecond"`
	P50       float64 `json:"p50ms"` // from sending the post to reading the event
	P95       float64 `json:"p95ms"`
	P99       float64 `json:"p99ms"`
	ServerCPU float64 `json:"serverCpu"` // of its one core
	Reports   int64   `json:"reports"`   // receipts that were reported meanwhile
	CutOff    int64   `json:"cutOff"`    // listeners that lost their stream
	Missing   int     `json:"missing"`   // events that never came
}

// crowd are listeners on one room.
type crowd struct {
	addr    string
	room    int64
	sentAt  []atomic.Int64 // by number of the post: when it was sent, in ns
	base    time.Time
	reports chan report
	busy    []atomic.Bool // by listener: a report of it is on its way
	done    atomic.Int64  // reports made
	cut     atomic.Int64
	broken  atomic.Pointer[error] // a report that failed
	over    chan struct{}         // closed when enough was measured
	wg      sync.WaitGroup
	spans   [][]time.Duration // by listener
}

// report is a listener's request to note what it received or saw.
type report struct {
	listener int
	request  []byte
}

const (
	// reportPause is the least time between two reports of one listener, as in
	// the web app. The next waits for the last one's answer; meanwhile the
	// listener goes on reading.
	reportPause = 500 * time.Millisecond
	reporters   = 32 // connections that carry the reports
)

func gather(addr string, s seeded, listeners, posts int) (*crowd, error) {
	c := &crowd{
		addr: addr, room: s.room, sentAt: make([]atomic.Int64, posts), base: time.Now(),
		reports: make(chan report, listeners), busy: make([]atomic.Bool, listeners),
		over: make(chan struct{}), spans: make([][]time.Duration, listeners),
	}
	for range reporters {
		conn, err := dial(addr)
		if err != nil {
			return nil, err
		}
		c.wg.Go(func() { c.report(conn) })
	}
	ready := make(chan error, listeners)
	for i := range listeners {
		c.wg.Go(func() { c.listen(i, s.tokens[i], ready) })
	}
	for range listeners {
		if err := <-ready; err != nil {
			return nil, err
		}
	}
	return c, nil
}

// report carries listeners' reports to the server.
func (c *crowd) report(conn *conn) {
	defer conn.Close()
	for {
		select {
		case <-c.over:
			return
		case r := <-c.reports:
			if err := conn.do(r.request); err != nil {
				c.broken.Store(&err)
				return
			}
			c.busy[r.listener].Store(false)
			c.done.Add(1)
		}
	}
}

func (c *crowd) ended() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

// listen reads a stream and reports what it reads: every second listener has
// the room open and sees it, the others only receive it.
func (c *crowd) listen(i int, token string, ready chan<- error) {
	conn, err := dial(c.addr)
	if err == nil {
		_, err = fmt.Fprintf(conn, "GET /api/sse HTTP/1.1\r\nHost: %s\r\naccesstoken: %s\r\n\r\n", c.addr, token)
	}
	var resp *http.Response
	if err == nil {
		resp, err = http.ReadResponse(conn.in, nil)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		ready <- errors.Join(err, errReply)
		return
	}
	defer conn.Close()
	in := bufio.NewReaderSize(resp.Body, 2048)
	first := true
	var reported time.Time
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue // a long frame; only short ones are counted
		}
		if err != nil {
			if !c.ended() {
				c.cut.Add(1)
			}
			return
		}
		if first {
			first = false
			ready <- nil
		}
		n, id, found := parsePosted(line)
		if c.ended() {
			return
		}
		if !found {
			continue
		}
		now := time.Now()
		c.spans[i] = append(c.spans[i], now.Sub(c.base)-time.Duration(c.sentAt[n].Load()))
		if now.Sub(reported) >= reportPause && c.busy[i].CompareAndSwap(false, true) {
			reported = now
			c.reports <- report{i, c.reportOf(i, token, id)} // there is room for one of each listener
		}
	}
}

func (c *crowd) reportOf(i int, token, id string) []byte {
	if i%2 == 0 {
		return request(c.addr, "/api/messenger/messages/"+strconv.FormatInt(c.room, 10)+"/seen", token, `{"messageId":`+id+`}`)
	}
	return request(c.addr, "/api/messenger/messages/delivered", token, `{"messageIds":[`+id+`]}`)
}

// parsePosted reads the number of the post and the message's id from a line of
// a stream.
func parsePosted(line []byte) (n int, id string, found bool) {
	_, rest, found := bytes.Cut(line, []byte(`"message":{"id":`))
	if !found {
		return 0, "", false
	}
	idText, rest, _ := bytes.Cut(rest, []byte(","))
	_, rest, found = bytes.Cut(rest, []byte(`"text":"post-`))
	if !found {
		return 0, "", false
	}
	number, _, _ := bytes.Cut(rest, []byte(`"`))
	n, err := strconv.Atoi(string(number))
	return n, string(idText), err == nil
}

// post sends posts at an even rate, each on time whether or not the last one was
// answered.
func (c *crowd) post(key string, rate int) error {
	conns := make(chan *conn, 64)
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for n := range c.sentAt {
		<-tick.C
		wg.Go(func() {
			var conn *conn
			var err error
			select {
			case conn = <-conns:
			default:
				if conn, err = dial(c.addr); err != nil {
					failed.Store(&err)
					return
				}
			}
			body := fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"post-%d"}}`, c.room, n)
			c.sentAt[n].Store(int64(time.Since(c.base)))
			if err := conn.do(request(c.addr, "/api/messaging/messages", key, body)); err != nil {
				failed.Store(&err)
				return
			}
			select {
			case conns <- conn:
			default:
				conn.Close()
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// settle waits until every listener has every event, at most a while.
func (c *crowd) settle(p *process) {
	for range 20 {
		time.Sleep(100 * time.Millisecond)
		before := p.cpu()
		time.Sleep(100 * time.Millisecond)
		if p.cpu()-before < 5*time.Millisecond {
			return
		}
	}
}

// measureFanout posts at a rate for a while to a room whose people listen.
func measureFanout(p *process, s seeded, rate int, how time.Duration) (fanout, error) {
	listeners, posts := len(s.tokens), int(how.Seconds()*float64(rate))
	c, err := gather(p.addr, s, listeners, posts)
	if err != nil {
		return fanout{}, err
	}
	used, begun := p.cpu(), time.Now()
	if err := c.post(s.key, rate); err != nil {
		return fanout{}, err
	}
	busy := float64(p.cpu()-used) / float64(time.Since(begun))
	c.settle(p)
	close(c.over)
	out := fanout{Listeners: listeners, Rate: rate, ServerCPU: busy, Reports: c.done.Load(), CutOff: c.cut.Load()}
	// The streams end with the next frame: one more post wakes them.
	if err := wake(p.addr, s); err != nil {
		return fanout{}, err
	}
	c.wg.Wait()
	if err := c.broken.Load(); err != nil {
		return fanout{}, *err
	}
	all := slices.Concat(c.spans...)
	slices.Sort(all)
	out.P50, out.P95, out.P99 = ms(percentile(all, 50)), ms(percentile(all, 95)), ms(percentile(all, 99))
	out.Missing = listeners*posts - len(all)
	return out, nil
}

func wake(addr string, s seeded) error {
	conn, err := dial(addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.do(request(addr, "/api/messaging/messages", s.key, fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"post-0"}}`, s.room)))
}
