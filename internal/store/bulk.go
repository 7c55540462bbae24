package store

import (
	"context"
	"database/sql"
	"strings"
)

// bulk inserts many rows with few statements: one for the largest power of two
// that is left, where most of a row's cost would be the call.
type bulk struct {
	d       dialect
	into    string                  // the table and its columns
	row     string                  // as newBulk takes it
	width   int                     // how many values a row takes
	queries [maxBulkBits + 1]string // of 1, 2, 4 … rows; empty: never used
}

const maxBulkBits = 6

// newBulk makes the inserts of rows, whose values are given where there are question
// marks in row, and the same in all rows elsewhere. With an empty row, all are given.
func newBulk(d dialect, table, columns, row string) *bulk {
	if row == "" {
		row = strings.Repeat("?, ", strings.Count(columns, ",")) + "?"
	}
	return &bulk{d: d, into: table + " (" + columns + ")", row: row, width: strings.Count(row, "?")}
}

// query gives the statement for so many rows, as a power of two.
func (b *bulk) query(bits int) string {
	if b.queries[bits] == "" {
		b.queries[bits] = "INSERT INTO " + b.into + " VALUES " + tuples(b.d, 1<<bits, b.row)
	}
	return b.queries[bits]
}

// insert stores rows whose values follow each other in args.
func (b *bulk) insert(ctx context.Context, tx *sql.Tx, args []any) error {
	for bits := maxBulkBits; bits >= 0; bits-- {
		for n := b.width << bits; len(args) >= n; args = args[n:] {
			if _, err := tx.ExecContext(ctx, b.query(bits), args[:n]...); err != nil {
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
