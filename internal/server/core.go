package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"spika/internal/blob"
	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/passwd"
	"spika/internal/store"
)

// Options are what a server or core takes beside its settings.
type Options struct {
	// Logger gets what happens; nil: the default one.
	Logger *slog.Logger
	// Clock tells the time; nil: the machine's.
	Clock chat.Clock
}

// Core is the domain over an opened database: what the server and the
// operator's commands have in common. Several processes can have one open.
type Core struct {
	// Service holds the use cases.
	Service *chat.Service
	store   *store.Store
	files   *files
}

// Open opens the database that the settings name, with its server key, and
// makes both when they are not there. Close it when done.
func Open(ctx context.Context, cfg config.Config, o Options) (*Core, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = chat.NewClock()
	}
	key, err := serverKey(cfg.Base)
	if err != nil {
		return nil, err
	}
	sealer, err := chat.NewSealer(key)
	if err != nil {
		return nil, err
	}
	if path, ok := databaseFile(cfg.Base); ok {
		if err := makeDatabaseFile(path); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL(), Clock: o.Clock, Logger: o.Logger})
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", cfg.Database, err)
	}
	files, err := openFiles(cfg)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	service := chat.NewService(db, o.Clock, passwd.New(), sealer, chat.Options{
		SessionLife: cfg.SessionLife, MaxMembers: cfg.MaxMembers, HideKeys: cfg.HideKeys,
		SystemMessages: cfg.SystemMessages,
		Operator:       chat.OperatorAccess{Name: cfg.AdminUsername, Password: string(cfg.AdminPassword)},
		ContactsOnly:   !cfg.TeamMode, Codes: codeOptions(cfg, o.Logger),
		Files: chat.FileOptions{
			Blobs: files.Blobs, Thumbnails: blob.NewThumbnails(), MaxSize: int64(cfg.MaxFile), Quota: int64(cfg.Quota), QuotaOfAll: int64(cfg.QuotaOfAll),
		},
	})
	return &Core{Service: service, store: db, files: files}, nil
}

// Close closes the database and the store for files.
func (c *Core) Close() error { return errors.Join(c.store.Close(), c.files.Close()) }

// databaseFile gives the path of the database if it is a file.
func databaseFile(b config.Base) (string, bool) {
	return strings.CutPrefix(b.DatabaseURL(), "sqlite:")
}

// makeDatabaseFile makes an empty file that only this user can read, which
// SQLite then fills: left to itself it would let everyone read.
func makeDatabaseFile(path string) error {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("the database cannot be opened: %w", err)
	}
	return f.Close()
}

// addressSetting is where a server notes at which address it is reached.
const addressSetting = "server_url"

// Address gives the address of the server that was started last on this
// database, "" when there was none.
func (c *Core) Address(ctx context.Context) (string, error) {
	return c.Service.Setting(ctx, addressSetting)
}

// noteAddress notes where this server is reached, for commands that show it.
func (c *Core) noteAddress(ctx context.Context, address string) error {
	if known, err := c.Address(ctx); err != nil || known == address {
		return err
	}
	return c.store.Update(ctx, func(ctx context.Context, tx chat.Tx) error {
		return tx.SetSetting(ctx, addressSetting, address)
	})
}
