package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	sqlitedriver "modernc.org/sqlite"
)

// How transactions begin. One that writes takes the lock first: it could not get it
// later, when another has written since it began.
const (
	beginReading = "BEGIN"
	beginWriting = "BEGIN IMMEDIATE"
)

// openKept opens a pool of SQLite connections that keep their statements, and begin
// transactions like this. PostgreSQL's driver does the first by itself.
func openKept(dsn, begin string) (*sql.DB, error) {
	c, err := sqlitedriver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{c, begin}), nil
}

// keepingConnector makes connections that keep their statements.
type keepingConnector struct {
	driver.Connector
	begin string // begins a transaction
}

// Connect implements driver.Connector.
func (c keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeping{sqliteConn: opened.(sqliteConn), begin: c.begin, kept: map[string]*kept{}}, nil
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
	begin string
	kept  map[string]*kept // by their text; nil: used once
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

// of gives the statement if it is kept and free, or nil. It is kept from now on if it was
// used before.
func (c *keeping) of(ctx context.Context, query string) (*kept, error) {
	k, again := c.kept[query]
	if !again {
		c.kept[query] = nil
		return nil, nil
	}
	if k == nil {
		var err error
		if k, err = c.keep(ctx, query); err != nil {
			return nil, err
		}
	}
	if k.busy {
		return nil, nil
	}
	return k, nil
}

// keep compiles a statement.
func (c *keeping) keep(ctx context.Context, query string) (*kept, error) {
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	k := &kept{sqliteStmt: s.(sqliteStmt)}
	c.kept[query] = k
	return k, nil
}

// BeginTx implements driver.ConnBeginTx. Where the beginning can wait for a lock and
// ctx can end, it is the driver's, which ends the waiting, and so it is with options.
func (c *keeping) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if opts != (driver.TxOptions{}) || c.begin != beginReading && ctx.Done() != nil {
		return c.sqliteConn.BeginTx(ctx, opts)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.run(c.begin); err != nil {
		return nil, err
	}
	return keptTx{c}, nil
}

// run runs a statement that is always kept, to its end.
func (c *keeping) run(query string) error {
	ctx := context.Background()
	k := c.kept[query]
	if k == nil {
		var err error
		if k, err = c.keep(ctx, query); err != nil {
			return err
		}
	}
	_, err := k.ExecContext(ctx, nil)
	return err
}

// keptTx is a transaction of a connection that keeps its statements.
type keptTx struct{ c *keeping }

// Commit implements driver.Tx. A connection is used again afterwards, so a transaction
// that cannot be committed is undone.
func (t keptTx) Commit() error {
	err := t.c.run("COMMIT")
	if err != nil {
		_ = t.Rollback() // there may be nothing to undo; what went wrong is told already
	}
	return err
}

// Rollback implements driver.Tx.
func (t keptTx) Rollback() error { return t.c.run("ROLLBACK") }

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
