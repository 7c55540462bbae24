package httpapi

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"
)

// requestID names the request in the log and, if it fails for the server's
// fault, in the reply.
func (c *call) requestID() string {
	if c.name == "" {
		c.name = rand.Text()[:12]
	}
	return c.name
}

// markBegun notes the time if someone wants to know how long requests take.
func (c *call) markBegun() {
	if c.api.log.Enabled(context.Background(), slog.LevelDebug) {
		c.begun = time.Now()
	}
}

// logDone logs the call: faults of the server always, others only for
// debugging. Queries, bodies and headers can hold secrets and are never logged.
func (c *call) logDone() {
	ctx := c.r.Context()
	switch {
	case c.cause != nil && ctx.Err() == nil:
		c.api.log.LogAttrs(ctx, slog.LevelError, "request failed", append(c.attrs(), slog.Any("error", c.cause))...)
	case !c.begun.IsZero():
		c.api.log.LogAttrs(ctx, slog.LevelDebug, "request", append(c.attrs(), slog.Duration("took", time.Since(c.begun)))...)
	}
}

func (c *call) attrs() []slog.Attr {
	path := "unknown"
	if c.route != nil {
		path = c.route.path
	}
	return []slog.Attr{
		slog.String("request", c.requestID()), slog.String("method", c.r.Method),
		slog.String("route", path), slog.Int("status", c.status),
	}
}
