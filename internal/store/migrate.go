package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewerSchema says that a newer version of the program has written the
// database.
var ErrNewerSchema = errors.New("the database was written by a newer version of Spika: use that version, or restore a backup")

// migrate brings the schema up to date. It refuses a schema it does not know.
func migrate(ctx context.Context, d dialect, db *sql.DB) error {
	return d.alone(ctx, db, func() error { return migrateAlone(ctx, d, db) })
}

func migrateAlone(ctx context.Context, d dialect, db *sql.DB) error {
	p, err := provider(d, db)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	var failure error
	for before := int64(-1); ; {
		at, newest, err := p.GetVersions(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("read the schema's version: %w", err)
		case at > newest:
			return ErrNewerSchema
		case at == newest:
			return nil
		case at == before: // nobody has got any further, so it was no race on SQLite
			return fmt.Errorf("bring the schema up to date: %w", failure)
		}
		before = at
		_, failure = p.Up(ctx) // fails, too, when another process was quicker with a migration
	}
}

// provider makes the migrations of a database.
func provider(d dialect, db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d.goose(), db, translated{dir, d}, goose.WithDisableGlobalRegistry(true))
}

// translated gives migrations in a dialect's words.
type translated struct {
	fs.FS
	d dialect
}

func (t translated) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return f, err
	}
	raw, err := io.ReadAll(f)
	return &translatedFile{f, bytes.NewReader([]byte(t.d.ddl(string(raw))))}, err
}

type translatedFile struct {
	fs.File
	text *bytes.Reader
}

func (f *translatedFile) Read(p []byte) (int, error) { return f.text.Read(p) }
