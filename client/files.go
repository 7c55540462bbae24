package client

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"spika/api"
)

// NewFile is a file to be uploaded.
type NewFile struct {
	// Name and MimeType are shown to who gets it; no MimeType: unknown.
	Name     string
	MimeType string
	// Type is what you call its kind, like the message's type; empty: "file".
	Type string
	// Size is that of Content in bytes, 1 at least.
	Size    int64
	Content io.ReaderAt
	// Meta says how long or how large it is; zero: nothing is said.
	Meta api.FileMetaData
	// UploadID is your own id of the upload, without slashes. With it, an upload
	// that broke off, even in another process, goes on where it was for a day.
	// Empty: one is drawn.
	UploadID string
}

// chunkSize is what one request carries, in bytes: little enough to get through
// in the time that a try has.
const chunkSize = 1 << 20

// Upload sends a file, piece by piece, and returns once it is whole and on the
// server's disk. Pieces that get no answer are sent again.
//
// It fails with an *Error: status 413 when the file, or all that one has
// uploaded, is too large, 409 when the UploadID was used for another file, 429
// when too many uploads were begun. It also fails when Content ends early.
func (c *Client) Upload(ctx context.Context, f NewFile) (api.File, error) {
	if f.Size < 1 {
		return api.File{}, errors.New("the file is empty: only files with something in them can be sent")
	}
	if f.UploadID != "" {
		return c.upload(ctx, f, true)
	}
	f.UploadID = rand.Text()
	file, err := c.upload(ctx, f, false)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Status == http.StatusConflict {
		f.UploadID = rand.Text() // it was finished, and the answer got lost
		file, err = c.upload(ctx, f, false)
	}
	return file, err
}

// upload sends what is not there yet. begun says that something may be.
func (c *Client) upload(ctx context.Context, f NewFile, begun bool) (api.File, error) {
	there := map[int64]bool{}
	if begun {
		var err error
		if there, err = c.chunks(ctx, f.UploadID); err != nil {
			return api.File{}, err
		}
	}
	total := (f.Size + chunkSize - 1) / chunkSize
	sum := sha256.New()
	for n := range total {
		chunk := make([]byte, min(chunkSize, f.Size-n*chunkSize))
		if got, err := f.Content.ReadAt(chunk, n*chunkSize); got < len(chunk) {
			return api.File{}, fmt.Errorf("read %s: %w", f.Name, err)
		}
		sum.Write(chunk)
		if there[n] {
			continue
		}
		if err := c.sendChunk(ctx, f.UploadID, n, chunk); err != nil {
			return api.File{}, err
		}
	}
	return c.finish(ctx, f, total, hex.EncodeToString(sum.Sum(nil)))
}

// chunks tells which chunks of an upload are there.
func (c *Client) chunks(ctx context.Context, id string) (map[int64]bool, error) {
	out, err := fetch[api.UploadedChunks](ctx, c, get("/api/upload/files/check/%s", url.PathEscape(id)))
	if refused, ok := errors.AsType[*Error](err); ok && refused.Status == http.StatusNotFound {
		return map[int64]bool{}, nil
	}
	there := map[int64]bool{}
	for _, n := range out.UploadedChunks {
		there[n] = true
	}
	return there, err
}

func (c *Client) sendChunk(ctx context.Context, id string, n int64, chunk []byte) error {
	body := api.ChunkRequest{ClientID: id, Offset: n, Chunk: base64.StdEncoding.EncodeToString(chunk)}
	_, err := fetch[api.UploadedChunks](ctx, c, call{method: http.MethodPost, path: "/api/upload/files", body: body, safe: true})
	return err
}

func (c *Client) finish(ctx context.Context, f NewFile, total int64, hash string) (api.File, error) {
	body := api.FinishRequest{
		ClientID: f.UploadID, FileName: f.Name, MimeType: f.MimeType, Type: f.Type,
		Size: f.Size, Total: total, FileHash: hash, MetaData: f.Meta,
	}
	if body.MimeType == "" {
		body.MimeType = "application/octet-stream"
	}
	if body.Type == "" {
		body.Type = "file"
	}
	out, err := fetch[api.FileData](ctx, c, call{method: http.MethodPost, path: "/api/upload/files/verify", body: body, safe: true})
	return out.File, err
}

// Download opens the bytes of a file. The context bounds reading them, too; close
// them. It fails with an *Error, status 404, when there is no such file.
func (c *Client) Download(ctx context.Context, id int64) (io.ReadCloser, error) {
	req, err := c.request(ctx, get("/api/upload/files/%d", id), nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	return nil, errors.Join(refusal(resp, reply), err, resp.Body.Close())
}
