package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	sqlitedriver "modernc.org/sqlite"
)

// openKept opens a pool of SQLite connections that keep their statements. The one
// to PostgreSQL keeps its own.
func openKept(dsn string) (*sql.DB, error) {
	c, err := sqlitedriver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{c}), nil
}

// keepingConnector makes connections that keep their statements.
type keepingConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeping{sqliteConn: opened.(sqliteConn), kept: map[string]*kept{}}, nil
}

// sqliteConn is all of SQLite's connection that the pool makes use of.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keeping is a connection that keeps what it has compiled a statement to, from its
// second use on: many are used never or once, and each takes memory on each of the
// connections. The texts of all that are asked for are few, as none holds values.
type keeping struct {
	sqliteConn
	kept map[string]*kept // by their text; nil: used once
}

// kept is a compiled statement.
type kept struct {
	sqliteStmt
	busy bool // its rows are being read
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// of gives a statement that is kept and free, or nil.
func (c *keeping) of(ctx context.Context, query string) (*kept, error) {
	k, again := c.kept[query]
	if !again {
		c.kept[query] = nil
		return nil, nil
	}
	if k == nil {
		s, err := c.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		k = &kept{sqliteStmt: s.(sqliteStmt)}
		c.kept[query] = k
	}
	if k.busy {
		return nil, nil
	}
	return k, nil
}

// ExecContext implements driver.ExecerContext.
func (c *keeping) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	k, err := c.of(ctx, query)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return k.ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (c *keeping) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	k, err := c.of(ctx, query)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := k.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	k.busy = true
	return &keptRows{rows, k}, nil
}

// Close implements driver.Conn.
func (c *keeping) Close() error {
	for _, k := range c.kept {
		if k != nil {
			_ = k.Close() // it was reset, and says only how its last run ended
		}
	}
	return c.sqliteConn.Close()
}

// keptRows are rows that a kept statement is busy with.
type keptRows struct {
	driver.Rows
	of *kept
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
