package preview

import (
	"io"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"spika/internal/chat"
)

// Lengths of what is kept, in characters.
const (
	maxTitle       = 300
	maxDescription = 1_000
	maxAddress     = 2_048 // bytes
)

// maxToken bounds one tag or text of a page, in bytes.
const maxToken = 64 << 10

// head collects what the top of a page says. The first of a kind counts.
type head struct {
	base  *url.URL
	found map[string]string // by kind; see places
}

// places lists from where each part is taken, the best first.
var places = struct{ title, description, image, icon []string }{
	title:       []string{"og:title", "twitter:title", "title"},
	description: []string{"og:description", "twitter:description", "description"},
	image:       []string{"og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "image_src"},
	icon:        []string{"icon", "apple-touch-icon"},
}

// parse reads the head of a page that was found at an address. It never fails:
// a page that is no page says nothing.
func parse(page io.Reader, at *url.URL) chat.LinkPreview {
	h := &head{base: at, found: map[string]string{}}
	h.read(page)
	p := chat.LinkPreview{
		Title:       clean(h.first(places.title), maxTitle),
		Description: clean(h.first(places.description), maxDescription),
		Image:       h.address(h.first(places.image)),
		Icon:        h.address(h.first(places.icon)),
		URL:         at.String(),
	}
	return p
}

// read goes through the page up to its body.
func (h *head) read(page io.Reader) {
	z := html.NewTokenizer(page)
	z.SetMaxBuf(maxToken)
	inTitle := false
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return
		case html.TextToken:
			if inTitle {
				h.note("title", string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if tag == atom.Body {
				return
			}
			inTitle = tag == atom.Title
			h.tag(tag, attributes(z))
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Head {
				return
			}
			inTitle = false
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

func attributes(z *html.Tokenizer) map[string]string {
	out := map[string]string{}
	for {
		key, value, more := z.TagAttr()
		if len(key) > 0 && len(out) < 32 {
			out[string(key)] = string(value)
		}
		if !more {
			return out
		}
	}
}

func (h *head) tag(tag atom.Atom, attr map[string]string) {
	switch tag {
	case atom.Meta:
		for _, key := range []string{attr["property"], attr["name"]} {
			h.note(strings.ToLower(strings.TrimSpace(key)), attr["content"])
		}
	case atom.Link:
		for rel := range strings.FieldsSeq(strings.ToLower(attr["rel"])) {
			h.note(rel, attr["href"])
		}
	case atom.Base:
		if u, err := h.base.Parse(attr["href"]); err == nil && attr["href"] != "" {
			h.base = u
		}
	default:
	}
}

func (h *head) note(kind, text string) {
	if h.found[kind] == "" && strings.TrimSpace(text) != "" && len(h.found) < 256 {
		h.found[kind] = text
	}
}

func (h *head) first(kinds []string) string {
	for _, kind := range kinds {
		if text := h.found[kind]; text != "" {
			return text
		}
	}
	return ""
}

// address makes a whole address of one in the page; "" unless it is one of the
// web.
func (h *head) address(ref string) string {
	if ref = strings.TrimSpace(ref); ref == "" {
		return ""
	}
	u, err := h.base.Parse(ref)
	if err != nil || !isWeb(u) || len(u.String()) > maxAddress {
		return ""
	}
	return u.String()
}

// isWeb reports whether an address is of the web and gives no password away.
func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

// clean makes one line of a text, of at most so many characters.
func clean(text string, limit int) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimSpace(string(runes[:limit-1])) + "…"
}
