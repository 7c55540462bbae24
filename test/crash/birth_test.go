package crash

import (
	"database/sql"
	"strings"
)

// checkBirth holds what a server that was killed at its first start left: all
// tables of a version of the schema, or none.
func (l *life) checkBirth() {
	l.look(l.t, func(tx *sql.Tx) {
		l.checkFile(tx)
		version, tables := l.countTables(tx)
		if known, ok := l.tables[version]; ok && known != tables {
			l.t.Fatalf("version %d of the schema has %d tables, and had %d", version, tables, known)
		}
		l.tables[version] = tables
	})
}

// countTables gives the schema's version and how many tables there are, the one
// that holds the version left out.
func (l *life) countTables(tx *sql.Tx) (version int64, tables int) {
	list := "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	if strings.HasPrefix(l.database, "sqlite:") {
		list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	}
	for _, name := range rows(l.t, tx, list, func(s *string) []any { return []any{s} }) {
		if name != "goose_db_version" {
			tables++
			continue
		}
		version = rows(l.t, tx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version", func(v *int64) []any { return []any{v} })[0]
	}
	return version, tables
}
