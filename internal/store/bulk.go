package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// bulk inserts many rows with few statements: one for the largest power of two
// that is left, where most of a row's cost would be the call.
type bulk struct {
	width int
	stmts [maxBulkBits + 1]*sql.Stmt // of 1, 2, 4 … rows
}

const maxBulkBits = 6

func prepareBulk(ctx context.Context, db *sql.DB, d dialect, table, columns string) (bulk, error) {
	b := bulk{width: strings.Count(columns, ",") + 1}
	for bits := range b.stmts {
		query := "INSERT INTO " + table + " (" + columns + ") VALUES " + placeholders(d, 1<<bits, b.width)
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			return b, fmt.Errorf("prepare insert of %d rows into %s: %w", 1<<bits, table, err)
		}
		b.stmts[bits] = stmt
	}
	return b, nil
}

// insert stores rows whose values follow each other in args.
func (b bulk) insert(ctx context.Context, tx *sql.Tx, args []any) error {
	for bits := maxBulkBits; bits >= 0; bits-- {
		for n := b.width << bits; len(args) >= n; args = args[n:] {
			if _, err := tx.StmtContext(ctx, b.stmts[bits]).ExecContext(ctx, args[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}

func placeholders(d dialect, rows, width int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString(d.placeholder(r*width + c + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}
