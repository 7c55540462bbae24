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
	width int                        // how many values a row takes
	stmts [maxBulkBits + 1]*sql.Stmt // of 1, 2, 4 … rows
}

const maxBulkBits = 6

// shape is what inserted rows look like.
type shape struct {
	table, columns string
	// row is a row's values: those at its question marks are given, the others are
	// the same in all rows. Empty: all are given.
	row string
}

func prepareBulk(ctx context.Context, db *sql.DB, d dialect, s shape) (bulk, error) {
	if s.row == "" {
		s.row = strings.Repeat("?, ", strings.Count(s.columns, ",")) + "?"
	}
	b := bulk{width: strings.Count(s.row, "?")}
	for bits := range b.stmts {
		query := "INSERT INTO " + s.table + " (" + s.columns + ") VALUES " + tuples(d, 1<<bits, s.row)
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			return b, fmt.Errorf("prepare insert of %d rows into %s: %w", 1<<bits, s.table, err)
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

// tuples writes rows down, with the database's placeholders for the question marks.
func tuples(d dialect, count int, row string) string {
	var b strings.Builder
	given := 0
	for r := range count {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for i, part := range strings.Split(row, "?") {
			if i > 0 {
				given++
				b.WriteString(d.placeholder(given))
			}
			b.WriteString(part)
		}
		b.WriteByte(')')
	}
	return b.String()
}
