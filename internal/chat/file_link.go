package chat

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"
)

// linkLife is how long the link of a file works at least; it works for less than
// twice as long. All links of one stretch of this length are the same, so that
// browsers find in their caches what they have read.
const linkLife = 6 * time.Hour

// Names of a link's parameters.
const (
	LinkExpires   = "expires"
	LinkSignature = "signature"
)

// filePath gives the link of a file as of now.
func (s *Service) filePath(id int64) string {
	life := Time(linkLife.Milliseconds())
	expires := int64((s.now()/life + 2) * life)
	return fmt.Sprintf("/upload/files/%d?%s=%d&%s=%s", id, LinkExpires, expires, LinkSignature,
		base64.RawURLEncoding.EncodeToString(s.sealer.signFile(id, expires)))
}

// FileLinkOpens reports whether a link's parameters open a file now.
func (s *Service) FileLinkOpens(id int64, expires, signature string) bool {
	until, err := strconv.ParseInt(expires, 10, 64)
	given, bad := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || bad != nil || int64(s.now()) >= until {
		return false
	}
	return hmac.Equal(given, s.sealer.signFile(id, until))
}

// linkedReader is a reader whose files come with their links.
type linkedReader struct {
	Reader
	s *Service
}

// Files implements Reader.
func (l linkedReader) Files(ctx context.Context, ids []int64) ([]File, error) {
	return l.s.linked(l.Reader.Files(ctx, ids))
}

// linkedTx is linkedReader for a write transaction.
type linkedTx struct {
	Tx
	s *Service
}

// Files implements Reader.
func (l linkedTx) Files(ctx context.Context, ids []int64) ([]File, error) {
	return l.s.linked(l.Tx.Files(ctx, ids))
}

func (s *Service) linked(list []File, err error) ([]File, error) {
	for i := range list {
		list[i].Link = s.filePath(list[i].ID)
	}
	return list, err
}
