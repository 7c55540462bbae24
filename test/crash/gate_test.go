package crash

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// gate leads clients to the server wherever it listens now, and has them wait
// while it is down.
type gate struct {
	mu   sync.Mutex
	addr string
	up   chan struct{} // closed while there is an address
}

func (g *gate) open(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addr = addr
	close(g.up)
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.addr != "" {
		g.addr, g.up = "", make(chan struct{})
	}
}

func (g *gate) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	for {
		g.mu.Lock()
		addr, up := g.addr, g.up
		g.mu.Unlock()
		if addr != "" {
			return new(net.Dialer).DialContext(ctx, network, addr)
		}
		select {
		case <-up:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// client gives an HTTP client that goes through the gate.
func (g *gate) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: g.dial, MaxIdleConnsPerHost: 64}}
}
