package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"spika/client"
)

// sendFiles posts the text, if there is one, and then each file.
func (s *send) sendFiles(ctx context.Context, e *env, c *client.Client) error {
	if s.LocalID != "" || s.IdempotencyKey != "" {
		return usagef("--local-id and --idempotency-key are for a text alone: a file is uploaded and posted anew each time")
	}
	for _, path := range s.File { // before the first is sent
		if info, err := os.Stat(path); err != nil {
			return usagef("--file: %v", err)
		} else if !info.Mode().IsRegular() || info.Size() == 0 {
			return usagef("--file: %s is not a file with something in it", path)
		}
	}
	var all []sent
	if s.Text != nil {
		posted, err := s.post(ctx, c, *s.Text)
		if err != nil {
			return err
		}
		all = append(all, posted)
		s.Reply = 0 // the text has answered
	}
	for _, path := range s.File {
		posted, err := s.sendFile(ctx, c, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, posted)
	}
	var ids []string
	for _, one := range all {
		ids = append(ids, fmt.Sprint(one.ID))
	}
	return e.print(strings.Join(ids, "\n"), struct {
		Messages []sent `json:"messages"`
	}{all})
}

// slowest is the slowest line that a file is sent over, in bytes a second.
const slowest = 64 << 10

func (s *send) sendFile(ctx context.Context, c *client.Client, path string) (_ sent, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sent{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return sent{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout+time.Duration(info.Size()/slowest)*time.Second)
	defer cancel()
	mimeType, kind, err := typeOf(f)
	if err != nil {
		return sent{}, err
	}
	file, err := c.Upload(ctx, client.NewFile{
		Name: filepath.Base(path), MimeType: mimeType, Type: kind, Size: info.Size(), Content: f,
	})
	if err != nil {
		return sent{}, err
	}
	posted, err := c.Post(ctx, client.Draft{RoomID: s.Room, FileID: file.ID, FileType: kind, ReplyID: s.Reply})
	s.Reply = 0 // the first one has answered
	return sent{posted.ID, posted.RoomID, posted.CreatedAt, posted.Replayed}, err
}

// typeOf tells a file's type and the kind of message that brings it: by how it
// begins, or by its name where that says nothing.
func typeOf(f *os.File) (mimeType, kind string, err error) {
	head := make([]byte, 512)
	n, err := f.ReadAt(head, 0)
	if n == 0 {
		return "", "", fmt.Errorf("read the file: %w", err)
	}
	found, _, _ := mime.ParseMediaType(http.DetectContentType(head[:n]))
	named, _, _ := mime.ParseMediaType(mime.TypeByExtension(filepath.Ext(f.Name())))
	if found == "application/octet-stream" || found == "text/plain" {
		found = cmp.Or(named, found)
	}
	kind, _, _ = strings.Cut(found, "/")
	switch found {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/wave", "audio/mp4", "audio/ogg", "video/mp4", "video/webm":
		return found, kind, nil
	}
	return found, "file", nil
}
