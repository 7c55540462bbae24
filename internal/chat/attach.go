package chat

import (
	"context"
	"fmt"
	"slices"
)

// ImageType is the type of a message that brings a picture.
const ImageType = "image"

// fileTypes are the types of messages that bring a file.
var fileTypes = []string{ImageType, "audio", "video", "file"}

// BringsFile reports whether messages of a type bring a file.
func BringsFile(messageType string) bool { return slices.Contains(fileTypes, messageType) }

// NoFileID stands for an id that no file can have.
const NoFileID = -1

// attach puts the files of a draft into the message that is made of it. Fails
// with Invalid when there is none, or one that the sender cannot send.
func attach(ctx context.Context, tx Tx, who Sender, d Draft, m *Message) error {
	if !BringsFile(d.Type) {
		return nil
	}
	if d.FileID == 0 {
		return Errorf(Invalid, "FileID is missing: body.fileId must be the id of a file that was uploaded")
	}
	f, err := sendable(ctx, tx, who, d.FileID)
	if err != nil {
		return Errorf(Invalid, "Invalid fileId: there is no such file, or the sender cannot send it").unless(err)
	}
	m.FileID, m.ThumbID = f.ID, d.ThumbID
	switch {
	case d.ThumbID != 0:
		if _, err := sendable(ctx, tx, who, d.ThumbID); err != nil {
			return Errorf(Invalid, "Invalid thumbId: there is no such file, or the sender cannot send it").unless(err)
		}
	case d.Type == ImageType && f.ThumbID != 0:
		m.ThumbID = f.ThumbID
		m.Body = fmt.Appendf(nil, `%s,"thumbId":%d}`, m.Body[:len(m.Body)-1], f.ThumbID) // bodies are compact objects with a fileId
	}
	return nil
}

// sendable finds a file that a sender may send: their own, or, for people, one of
// a message that they see. A key sends only what was uploaded with it. Others are
// not found.
func sendable(ctx context.Context, r Reader, who Sender, id int64) (File, error) {
	f, err := r.File(ctx, id)
	if err != nil || f.UserID == who.UserID {
		return f, err
	}
	may := false
	if who.KeyID == 0 {
		may, err = r.FileShownTo(ctx, id, who.UserID)
	}
	if err == nil && !may {
		err = Errorf(NotFound, "file not found")
	}
	return f, err
}

// checkFace refuses a picture of a person or room that is not their own upload,
// unless it is the one they have.
func checkFace(ctx context.Context, r Reader, user, id, before int64) error {
	if id == 0 || id == before {
		return nil
	}
	if _, err := sendable(ctx, r, Sender{UserID: user}, id); err != nil {
		return Errorf(Invalid, "Invalid avatarFileId: there is no such file, or it is another's").unless(err)
	}
	return nil
}

// addFiles puts into views what files their messages bring.
func addFiles(ctx context.Context, r Reader, views ...*MessageView) error {
	var ids []int64
	for _, v := range views {
		for _, id := range []int64{v.FileID, v.ThumbID} {
			if id != 0 {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	list, err := r.Files(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	found := make(map[int64]*File, len(list))
	for i := range list {
		found[list[i].ID] = &list[i]
	}
	for _, v := range views {
		v.File, v.Thumb = found[v.FileID], found[v.ThumbID]
	}
	return nil
}

// lacksFile reports whether a file that the message has was not found.
func (v MessageView) lacksFile() bool {
	return v.FileID != 0 && v.File == nil || v.ThumbID != 0 && v.Thumb == nil
}

// dropUnused deletes those of the files that nothing refers to any more, and has
// bytes that no file has any more removed.
func dropUnused(ctx context.Context, tx Tx, ids ...int64) error {
	for _, id := range ids {
		if id == 0 {
			continue
		}
		used, err := tx.FileUsed(ctx, id)
		if err != nil {
			return err
		}
		f, err := tx.File(ctx, id)
		switch {
		case used || IsNotFound(err):
			continue
		case err != nil:
			return err
		}
		if err := dropFile(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}

// dropFile deletes a file with the small picture the server made of it.
func dropFile(ctx context.Context, tx Tx, f File) error {
	if err := tx.DeleteFile(ctx, f.ID); err != nil {
		return err
	}
	used, err := tx.HashUsed(ctx, f.Hash)
	if err == nil && !used {
		err = tx.DropBlob(ctx, f.Hash)
	}
	if err != nil {
		return err
	}
	return dropUnused(ctx, tx, f.ThumbID)
}
