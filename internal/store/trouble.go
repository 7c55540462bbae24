package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	lite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"spika/internal/chat"
)

// The sentences for whoever asks while the database cannot do its work. What it
// says itself is for the log.
const (
	diskFull = "The server's disk is full: nothing was stored. Its operator must make room; then send the same request again"
	heldUp   = "Another program keeps the server's database busy: nothing was stored. Send the same request again"
	gone     = "The server's database cannot be reached: send the same request again in a while"
	unsure   = "The server's database did not say whether this was stored: send it again with the same localId or Idempotency-Key"
)

// retryAfter is how many seconds callers are asked to wait for a database that
// cannot do its work.
const retryAfter = 5

// trouble marks an error that is not the fault of what was asked, and that time
// or the operator cures, as Unavailable. Others it gives as they are.
func trouble(err error) error {
	sentence := sentenceFor(err)
	if sentence == "" || chat.CodeOf(err) == chat.Unavailable {
		return err
	}
	e := chat.Errorf(chat.Unavailable, "%s", sentence)
	e.RetryAfter = retryAfter
	return fmt.Errorf("%w: %w", e, err)
}

func sentenceFor(err error) string {
	var file *lite.Error
	var server *pgconn.PgError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errUnknownOutcome):
		return unsure
	case errors.As(err, &file):
		return sqliteSentence(file.Code())
	case errors.As(err, &server) && postgresSentence(server.Code) != "":
		return postgresSentence(server.Code)
	case isBroken(err): // also by a server that refuses a connection for a reason of its own
		return gone
	}
	return ""
}

// sqliteSentence reads a result code of SQLite, extended or not
// (https://sqlite.org/rescode.html).
func sqliteSentence(code int) string {
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return diskFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return heldUp
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return gone
	}
	return ""
}

// postgresSentence reads an error code of PostgreSQL (its manual, appendix A).
func postgresSentence(code string) string {
	switch {
	case code == "53100":
		return diskFull
	case code == "55P03": // a lock that could not be had
		return heldUp
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"):
		return gone
	}
	return ""
}

// isBroken reports whether the connection to the database failed or cannot be
// made. The driver says "safe to retry" of one that was found closed before
// anything was sent, and of a caller who has left, which is not meant here.
func isBroken(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err) && !errors.Is(err, context.Canceled)
}
