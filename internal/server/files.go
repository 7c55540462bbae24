package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"spika/internal/blob"
	"spika/internal/chat"
	"spika/internal/config"
)

// files is the store for files that the settings name.
type files struct {
	chat.Blobs
	disk *blob.Disk // nil: it is a bucket
	s3   *blob.S3   // nil: it is a folder
}

// openFiles opens the store. A bucket is not asked yet: commands that have
// nothing to do with files work while it is away.
func openFiles(cfg config.Config) (*files, error) {
	bucket, inBucket := cfg.Files.Bucket()
	if !inBucket {
		disk, err := blob.OpenDisk(cfg.FilesFolder())
		if err != nil {
			return nil, err
		}
		return &files{Blobs: disk, disk: disk}, nil
	}
	host, insecure := cfg.S3Endpoint.Host()
	s3, err := blob.NewS3(blob.S3Options{
		Host: host, Insecure: insecure, Bucket: bucket, Region: cfg.S3Region, PathStyle: cfg.S3PathStyle,
		KeyID: cfg.S3KeyID, Secret: string(cfg.S3Secret),
	})
	if err != nil {
		return nil, err
	}
	return &files{Blobs: s3, s3: s3}, nil
}

// checkTimeout is how long a start waits for a bucket.
const checkTimeout = 10 * time.Second

// check fails when the bucket refuses what the settings say. One that is away may
// come back: the server starts, and files wait.
func (f *files) check(ctx context.Context, log *slog.Logger) error {
	if f.s3 == nil {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := f.s3.Check(within)
	switch {
	case errors.Is(err, blob.ErrRefused), ctx.Err() != nil:
		return fmt.Errorf("files: %w", err)
	case err != nil:
		log.Warn("the store for files cannot be reached: files can be neither stored nor read until it can", slog.Any("cause", err))
	}
	return nil
}

// Close closes the store.
func (f *files) Close() error {
	if f.disk == nil {
		return nil
	}
	return f.disk.Close()
}
