package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// bulk inserts many rows with few statements: most of a row's cost would be the call.
type bulk struct {
	width int // how many values are given with a row
	inserter
}

type inserter interface {
	// insert stores rows whose given values follow each other in args.
	insert(ctx context.Context, tx *sql.Tx, args []any) error
}

func newBulk(d dialect, table, columns string) *bulk {
	s := rowsOf(table, columns)
	return &bulk{s.width(), d.inserter(s)}
}

// shape is what inserted rows look like.
type shape struct {
	table   string
	columns []column
}

// column is a column of inserted rows.
type column struct {
	name, kind string // the kind in PostgreSQL's words
	value      string // what all rows have there; empty: it is given with each
}

// rowsOf says what rows look like: the columns with a kind are given with each, those
// with a value have it in all.
func rowsOf(table, columns string) shape {
	s := shape{table: table}
	for part := range strings.SplitSeq(columns, ", ") {
		name, rest, _ := strings.Cut(part, " ")
		if value, same := strings.CutPrefix(rest, "= "); same {
			s.columns = append(s.columns, column{name: name, value: value})
		} else {
			s.columns = append(s.columns, column{name: name, kind: rest})
		}
	}
	return s
}

// width is how many values are given with a row.
func (s shape) width() int {
	width := 0
	for _, c := range s.columns {
		if c.value == "" {
			width++
		}
	}
	return width
}

// into is the beginning of an insert.
func (s shape) into() string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	return "INSERT INTO " + s.table + " (" + strings.Join(names, ", ") + ") "
}

// values lists a row's values, with these for those that are given.
func (s shape) values(given []string) string {
	all := make([]string, len(s.columns))
	for i, c := range s.columns {
		all[i] = c.value
		if c.value == "" {
			all[i], given = given[0], given[1:]
		}
	}
	return strings.Join(all, ", ")
}

// tuples is the bulk for SQLite: a statement for the largest power of two of the rows
// that are left, and so on. A statement of its own for each number of rows would take
// much memory.
type tuples struct {
	shape
	queries [maxTupleBits + 1]string // of 1, 2, 4 … rows; empty: never used
}

const maxTupleBits = 6

func (b *tuples) insert(ctx context.Context, tx *sql.Tx, args []any) error {
	width := b.width()
	for bits := maxTupleBits; bits >= 0; bits-- {
		for n := width << bits; len(args) >= n; args = args[n:] {
			if _, err := tx.ExecContext(ctx, b.query(bits), args[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// query gives the statement for so many rows, as a power of two. Its placeholders have
// no numbers: the driver looks a numbered one up in a list, for each argument, and there
// are a thousand.
func (b *tuples) query(bits int) string {
	if b.queries[bits] == "" {
		row := "(" + b.values(slices.Repeat([]string{"?"}, b.width())) + ")"
		b.queries[bits] = b.into() + "VALUES " + strings.Repeat(row+",", 1<<bits-1) + row
	}
	return b.queries[bits]
}

// arrays is the bulk for PostgreSQL: one statement for any number of rows, as each
// takes a turn on the network. It is given each column's values as a list. A lone row
// has a statement without lists, which costs less.
type arrays struct {
	width     int
	one, many string
}

func newArrays(s shape) *arrays {
	var names, numbers, lists []string
	for _, c := range s.columns {
		if c.value == "" {
			names = append(names, c.name)
			numbers = append(numbers, "$"+strconv.Itoa(len(names)))
			lists = append(lists, "$"+strconv.Itoa(len(names))+"::"+c.kind+"[]")
		}
	}
	return &arrays{
		width: len(names),
		one:   s.into() + "VALUES (" + s.values(numbers) + ")",
		many: s.into() + "SELECT " + s.values(names) +
			" FROM unnest(" + strings.Join(lists, ", ") + ") AS given (" + strings.Join(names, ", ") + ")",
	}
}

func (b *arrays) insert(ctx context.Context, tx *sql.Tx, args []any) error {
	switch rows := len(args) / b.width; rows {
	case 0:
		return nil
	case 1:
		_, err := tx.ExecContext(ctx, b.one, args...)
		return err
	default:
		_, err := tx.ExecContext(ctx, b.many, b.lists(args, rows)...)
		return err
	}
}

// lists gives the rows' values column by column.
func (b *arrays) lists(args []any, rows int) []any {
	values, lists := make([]any, 0, len(args)), make([]any, b.width)
	for c := range lists {
		for r := range rows {
			values = append(values, args[r*b.width+c])
		}
		lists[c] = pgtype.FlatArray[any](values[c*rows:])
	}
	return lists
}
