package store

import (
	"context"
	"crypto/tls"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// trustedFor is how long a pooled connection may lie idle and be used again
// without a question whether it still works.
const trustedFor = time.Second

// suspect reports whether a pooled connection wants a ping before its next use.
// PostgreSQL says nothing unasked but that it ends a connection, so one on which
// something has arrived may be dead, however short it lay idle: without the look
// the first reads after a restart of PostgreSQL would fail.
func suspect(_ context.Context, p stdlib.ShouldPingParams) bool {
	return p.IdleDuration > trustedFor || stirs(p.Conn.PgConn().Conn())
}

// stirs reports whether there is something to read on a connection, its end
// included, or no telling.
func stirs(c net.Conn) bool {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	socket, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	quiet := false
	err = raw.Control(func(fd uintptr) { // Read would wait for the driver, which may be reading ahead
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = err == syscall.EAGAIN
	})
	return err != nil || !quiet
}
