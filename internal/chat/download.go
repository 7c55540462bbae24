package chat

import (
	"context"
	"strings"
)

// Download gives a file and its bytes, to anyone who knows its id; the caller
// closes them. Fails with NotFound when there is no such file, or when there is
// and its bytes are gone: then the file is given all the same.
func (s *Service) Download(ctx context.Context, id int64) (File, Blob, error) {
	blobs, err := s.blobs()
	if err != nil {
		return File{}, nil, err
	}
	f, err := s.store.File(ctx, id)
	if err != nil {
		return File{}, nil, Errorf(NotFound, "Not found").unless(err)
	}
	b, err := blobs.Open(ctx, fileBlob(f.Hash))
	if err != nil {
		return f, nil, Errorf(NotFound, "Not found: the bytes of this file are gone").unless(err)
	}
	return f, b, nil
}

// MayRead reports whether a person may read a file where not everyone may: their
// own, that of a message they see, and the pictures of people and rooms.
func (s *Service) MayRead(ctx context.Context, who Session, id int64) (bool, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (bool, error) {
		f, err := r.File(ctx, id)
		if err != nil {
			if IsNotFound(err) {
				err = nil
			}
			return false, err
		}
		if f.UserID == who.User.ID {
			return true, nil
		}
		if shown, err := r.FileShownTo(ctx, id, who.User.ID); shown || err != nil {
			return shown, err
		}
		return r.FileIsFace(ctx, id)
	})
}

// IsPicture reports whether a file is shown as a picture.
func (f File) IsPicture() bool { return strings.HasPrefix(f.Shown, "image/") }
