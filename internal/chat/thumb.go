package chat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// thumbWidth is how wide small pictures are at most, in pixels.
const thumbWidth = 256

// thumbTime is how long posting waits for small pictures, however many there are.
const thumbTime = 10 * time.Second

// thumbsFor makes small pictures for drafts with pictures that have none, so that
// everyone who gets the messages gets them. A picture that cannot be read, a store
// that is away, or too little time is no reason not to post.
func (s *Service) thumbsFor(ctx context.Context, who Sender, drafts ...Draft) error {
	if !slices.ContainsFunc(drafts, s.lacksThumb) {
		return nil // as most do: a limit of time would cost a post more than all else here
	}
	limited, done := context.WithTimeout(ctx, thumbTime)
	defer done()
	for _, d := range drafts {
		err := s.thumbFor(limited, who, d)
		if limited.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lacksThumb reports whether a draft brings a picture without a small one, and one
// can be made.
func (s *Service) lacksThumb(d Draft) bool {
	return d.Type == ImageType && d.FileID > 0 && d.ThumbID == 0 && s.opts.Files.Blobs != nil && s.opts.Files.Thumbnails != nil
}

func (s *Service) thumbFor(ctx context.Context, who Sender, d Draft) error {
	if !s.lacksThumb(d) {
		return nil
	}
	f, err := s.store.File(ctx, d.FileID)
	if err != nil || f.UserID != who.UserID || f.ThumbID != 0 || !f.IsPicture() {
		return ctx.Err()
	}
	if err := s.makeThumb(ctx, f); err != nil && CodeOf(err) == Internal {
		return err
	}
	return nil
}

// makeThumb makes the small picture of a file and notes how large the file's own
// is, if its uploader has not said.
func (s *Service) makeThumb(ctx context.Context, f File) error {
	picture, err := s.opts.Files.Blobs.Open(ctx, fileBlob(f.Hash))
	if err != nil {
		return err
	}
	content, width, height, err := s.opts.Files.Thumbnails.Thumbnail(ctx, picture)
	if err := errors.Join(err, picture.Close()); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	thumb := File{
		UserID: f.UserID, Name: "thumbnail.jpg", Mime: "image/jpeg", Shown: "image/jpeg", Type: "thumbnail", Size: int64(len(content)),
		Hash: hex.EncodeToString(sum[:]), Meta: thumbSize(int64(width), int64(height)),
	}
	if f.Meta.Width == 0 || f.Meta.Height == 0 {
		f.Meta.Width, f.Meta.Height = int64(width), int64(height)
	}
	return s.keepThumb(ctx, f, thumb, content)
}

// thumbSize gives how large the small picture of one of that size is.
func thumbSize(width, height int64) FileMeta {
	if width <= thumbWidth {
		return FileMeta{Width: width, Height: height}
	}
	return FileMeta{Width: thumbWidth, Height: max(1, (height*thumbWidth+width/2)/width)}
}

// keepThumb stores a small picture as an upload of the server's own: a clientId
// with a slash is nobody else's.
func (s *Service) keepThumb(ctx context.Context, f, thumb File, content []byte) error {
	up, err := update(ctx, s, func(ctx context.Context, tx Tx) (Upload, error) {
		if err := rescue(ctx, tx, thumb.Hash); err != nil {
			return Upload{}, err
		}
		id := fmt.Sprintf("thumb/%d", f.ID)
		up, err := tx.Upload(ctx, f.UserID, id)
		if err == nil {
			return up, tx.UpdateUpload(ctx, up)
		}
		if !IsNotFound(err) {
			return Upload{}, err
		}
		return tx.CreateUpload(ctx, Upload{UserID: f.UserID, ClientID: id, Hash: thumb.Hash})
	})
	if err != nil {
		return err
	}
	if err := s.opts.Files.Blobs.Put(ctx, fileBlob(thumb.Hash), bytes.NewReader(content), thumb.Size); err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		now, err := tx.File(ctx, f.ID)
		if err != nil || now.ThumbID != 0 { // it is gone, or somebody was faster
			return errUploadMoved().unless(err)
		}
		if _, err := tx.Upload(ctx, up.UserID, up.ClientID); err != nil {
			return errUploadMoved().unless(err)
		}
		if _, err := tx.DeleteUpload(ctx, up.ID); err != nil {
			return err
		}
		if thumb, err = createFile(ctx, tx, thumb); err != nil {
			return err
		}
		now.ThumbID, now.Meta = thumb.ID, f.Meta
		return tx.SetThumb(ctx, now)
	})
}
