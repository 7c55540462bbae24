// Package preview tells what a page on the web says about itself: its title,
// description, picture and icon. It must not decide what may be reached: its
// HTTP client does.
package preview

import (
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"spika/internal/chat"
)

const (
	// maxPage is how much of a page is read: its head is at its beginning.
	maxPage = 512 << 10
	// atOnce is how many pages are read at the same time.
	atOnce = 8
	// agent says who asks. Some sites show what is meant for previews only to
	// readers that look like one.
	agent = "Mozilla/5.0 (compatible; SpikaBot/1.0; link preview)"
)

// Reader reads pages and remembers for a while what they say. It is safe for
// concurrent use.
type Reader struct {
	client *http.Client
	log    *slog.Logger
	cache  *cache
	turns  chan struct{}
}

var _ chat.LinkReader = (*Reader)(nil)

// NewReader makes a reader on a client that is trusted to reach only what may be
// reached.
func NewReader(client *http.Client, log *slog.Logger) *Reader {
	return &Reader{client: client, log: log, cache: newCache(time.Now), turns: make(chan struct{}, atOnce)}
}

// Preview implements chat.LinkReader.
func (r *Reader) Preview(ctx context.Context, address string) (chat.LinkPreview, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || len(address) > maxAddress || !isWeb(u) {
		return chat.LinkPreview{}, chat.Errorf(chat.Invalid, "Invalid params: url must be an http or https address of at most %d characters", maxAddress)
	}
	u.Fragment = ""
	p, known := r.cache.get(u.String())
	if !known {
		if p, err = r.fetch(ctx, u); err != nil {
			return chat.LinkPreview{}, err
		}
		r.cache.put(u.String(), p)
	}
	if p.Title == "" && p.Description == "" && p.Image == "" {
		return chat.LinkPreview{}, chat.Errorf(chat.NotFound, "No thumbnail found")
	}
	return p, nil
}

// fetch reads a page; nothing is what comes of one that cannot be read. It fails
// only when nobody waits any more.
func (r *Reader) fetch(ctx context.Context, u *url.URL) (chat.LinkPreview, error) {
	select {
	case r.turns <- struct{}{}:
	case <-ctx.Done():
		return chat.LinkPreview{}, ctx.Err()
	}
	defer func() { <-r.turns }()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return chat.LinkPreview{}, nil
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	resp, err := r.client.Do(req)
	if err != nil {
		r.log.Debug("page could not be read", slog.String("host", u.Hostname()))
		return chat.LinkPreview{}, ctx.Err()
	}
	defer resp.Body.Close()
	given := resp.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(given)
	if resp.StatusCode != http.StatusOK || err != nil || kind != "text/html" && kind != "application/xhtml+xml" {
		return chat.LinkPreview{}, nil
	}
	text, err := charset.NewReader(io.LimitReader(resp.Body, maxPage), given)
	if err != nil { // an empty page
		return chat.LinkPreview{}, nil
	}
	return parse(text, resp.Request.URL), nil
}
