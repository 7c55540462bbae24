package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"spika/internal/chat"
	"spika/internal/store/storetest"
)

// TestTroubleWithConnections: whatever keeps a connection from its work calls for
// another try, a caller who has left aside.
func TestTroubleWithConnections(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	_, gone := conn.Exec(left, "SELECT 1")
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, closed := conn.Exec(t.Context(), "SELECT 1")
	refused := conn.Config().Copy()
	refused.Database = "there is none of this name"
	_, none := pgx.ConnectConfig(t.Context(), refused)
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"closed meanwhile":     {closed, true},
		"refused by a server":  {none, true},
		"ended by a server":    {&pgconn.PgError{Code: "57P01"}, true},
		"a fault, then closed": {errors.Join(&pgconn.PgError{Code: "42601"}, closed), true},
		"the caller has left":  {gone, false},
		"a fault of statement": {&pgconn.PgError{Code: "42601"}, false},
	} {
		if c.err == nil {
			t.Errorf("%s: no error", name)
		} else if got := chat.CodeOf(trouble(c.err)) == chat.Unavailable; got != c.want {
			t.Errorf("%s (%v): for another try: %t", name, c.err, got)
		}
	}
	if full := trouble(errors.Join(&pgconn.PgError{Code: "53100"}, closed)); !strings.HasPrefix(full.Error(), diskFull) {
		t.Errorf("a full disk ends the connection, and the callers hear of that only: %v", full)
	}
}
