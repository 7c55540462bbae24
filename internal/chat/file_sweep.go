package chat

import (
	"context"
	"errors"
	"strings"
	"time"
)

const (
	// uploadLife is how long an upload is kept after its last chunk.
	uploadLife = 24 * time.Hour
	// unusedLife is how long a file is kept that nothing refers to.
	unusedLife = 7 * 24 * time.Hour
	// strayLife is how old bytes must be that no row knows before they are taken
	// for lost: those of what is under way are younger.
	strayLife = 24 * time.Hour
	// dropLease is how long whoever removes bytes has for it.
	dropLease = 10 * time.Minute
	// sweepStep is how much is looked at in one transaction.
	sweepStep = 100
)

// RemoveDropped removes bytes that no file has any more.
func (s *Service) RemoveDropped(ctx context.Context) error {
	blobs, err := s.blobs()
	if err != nil {
		return err
	}
	for {
		hashes, err := update(ctx, s, func(ctx context.Context, tx Tx) ([]string, error) {
			return tx.LeaseDropped(ctx, tx.Stamp().Add(dropLease), sweepStep)
		})
		if err != nil || len(hashes) == 0 {
			return err
		}
		if err := s.removeLeased(ctx, blobs, hashes); err != nil {
			return err
		}
	}
}

// removeLeased removes bytes within the time of their lease.
func (s *Service) removeLeased(ctx context.Context, blobs Blobs, hashes []string) error {
	within, cancel := context.WithTimeout(ctx, dropLease/2)
	defer cancel()
	for _, hash := range hashes {
		if err := blobs.Delete(within, fileBlob(hash)); err != nil {
			return err
		}
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, hash := range hashes {
			if err := tx.ForgetDropped(ctx, hash); err != nil {
				return err
			}
		}
		return nil
	})
}

// SweepFiles drops uploads that were given up and files that nothing refers to,
// each after its time.
func (s *Service) SweepFiles(ctx context.Context) error {
	blobs, err := s.blobs()
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = s.sweepUploads(ctx, blobs); err != nil {
			return err
		}
	}
	for after := int64(0); after >= 0; {
		if after, err = s.sweepUnused(ctx, after); err != nil {
			return err
		}
	}
	return nil
}

// sweepUploads drops a step of what was given up and reports whether there may be
// more.
func (s *Service) sweepUploads(ctx context.Context, blobs Blobs) (bool, error) {
	before := s.now().Add(-uploadLife)
	if list, err := s.store.StaleUploads(ctx, before, 1); err != nil || len(list) == 0 {
		return false, err
	}
	dropped, err := update(ctx, s, func(ctx context.Context, tx Tx) ([][]Chunk, error) {
		list, err := tx.StaleUploads(ctx, before, sweepStep)
		var out [][]Chunk
		for _, up := range list {
			chunks, err := tx.DeleteUpload(ctx, up.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, chunks)
		}
		return out, err
	})
	for _, chunks := range dropped {
		s.removeChunks(ctx, blobs, chunks...)
	}
	return len(dropped) == sweepStep, err
}

// sweepUnused drops a step of the files that nothing refers to, and gives after
// which id to go on; negative: there are no more.
func (s *Service) sweepUnused(ctx context.Context, after int64) (int64, error) {
	before := s.now().Add(-unusedLife)
	list, err := s.store.UnusedFiles(ctx, before, after, sweepStep)
	if err != nil || len(list) == 0 {
		return -1, err
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, f := range list {
			if err := dropUnused(ctx, tx, f.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return list[len(list)-1].ID, err
}

// SweepBlobs drops what writes that were cut off left, and bytes that no row
// knows: a crash left them, or a restored backup of the database is older than
// they are.
func (s *Service) SweepBlobs(ctx context.Context) error {
	blobs, err := s.blobs()
	if err != nil {
		return err
	}
	if store, ok := blobs.(Sweeper); ok {
		if err := store.Sweep(); err != nil {
			return err
		}
	}
	before := s.clock().Add(-strayLife)
	for prefix, drop := range map[string]func(context.Context, Blobs, []string) error{"files/": s.dropStrayFiles, "chunks/": s.dropStrayChunks} {
		var names []string
		err := blobs.List(ctx, prefix, func(b BlobInfo) error {
			if !b.Modified.Before(before) {
				return nil
			}
			names = append(names, strings.TrimPrefix(b.Name, prefix))
			if len(names) < sweepStep {
				return nil
			}
			defer func() { names = names[:0] }()
			return drop(ctx, blobs, names)
		})
		if err := errors.Join(err, drop(ctx, blobs, names)); err != nil {
			return err
		}
	}
	return nil
}

// dropStrayFiles has those of the bytes removed that nothing has or is about to
// have.
func (s *Service) dropStrayFiles(ctx context.Context, _ Blobs, hashes []string) error {
	strays, err := view(ctx, s, func(ctx context.Context, r Reader) ([]string, error) {
		var out []string
		for _, hash := range hashes {
			used, err := r.HashUsed(ctx, hash)
			if err != nil {
				return nil, err
			}
			if !used && hashForm.MatchString(hash) {
				out = append(out, hash)
			}
		}
		return out, nil
	})
	if err != nil || len(strays) == 0 {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, hash := range strays {
			used, err := tx.HashUsed(ctx, hash)
			if err == nil && !used {
				err = tx.DropBlob(ctx, hash)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// dropStrayChunks removes bytes of chunks that no upload has. No name is ever used
// again, but by earlier versions of the program.
func (s *Service) dropStrayChunks(ctx context.Context, blobs Blobs, places []string) error {
	for _, place := range places {
		c, ours := chunkAt(place)
		if !ours {
			continue
		}
		now, err := s.store.Chunk(ctx, c.UploadID, c.N)
		if IsNotFound(err) || err == nil && now.Copy != c.Copy {
			err = blobs.Delete(ctx, c.blob())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
