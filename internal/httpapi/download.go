package httpapi

import (
	_ "embed"
	"net/http"
	"strings"
	"time"
	"unicode"

	"spika/api"
	"spika/internal/chat"
)

// readTimeout is how long a reader of a file may take to accept a part of it.
const readTimeout = time.Minute

// placeholder is shown for a picture whose bytes are gone: 1×1, grey.
//
//go:embed placeholder.png
var placeholder []byte

// getFile gives the bytes of a file.
func (a *API) getFile(c *call) error {
	id, ok := parseNumber(c.params[0], 1)
	if !ok {
		return chat.Errorf(chat.Invalid, "Invalid id")
	}
	known, err := a.mayDownload(c, id)
	if err != nil {
		return err
	}
	if !known {
		if err := a.misses.check(addressKey(a.address(c.r))); err != nil {
			return err
		}
	}
	f, content, err := a.svc.Download(c.r.Context(), id)
	switch {
	case chat.IsNotFound(err) && f.IsPicture():
		return c.sendAs(http.StatusOK, []string{"image/png"}, placeholder)
	case chat.IsNotFound(err):
		if _, over := a.misses.take(addressKey(a.address(c.r))); over != nil && !known {
			return over
		}
		return err
	case err != nil:
		return err
	}
	defer content.Close()
	return a.sendFile(c, f, content)
}

// mayDownload reports whether a signed link or a session vouches for the call.
// Where files are strict, it fails when neither does.
func (a *API) mayDownload(c *call, id int64) (bool, error) {
	q := c.r.URL.Query()
	if a.svc.FileLinkOpens(id, q.Get(chat.LinkExpires), q.Get(chat.LinkSignature)) {
		return true, nil
	}
	by := c.credentials()
	who, err := a.authenticate(c, by)
	switch {
	case !a.strictFiles:
		return err == nil, nil
	case err != nil:
		return false, err
	}
	may, err := a.svc.MayRead(c.r.Context(), who, id)
	if err == nil && !may {
		err = chat.Errorf(chat.NotFound, "Not found")
	}
	return true, err
}

// sendFile sends a file, or the part of it that is asked for.
func (a *API) sendFile(c *call, f chat.File, content chat.Blob) error {
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", disposition("attachment", f.Name))
	if f.Shown != "" {
		h.Set("Content-Type", f.Shown)
		h.Set("Content-Disposition", disposition("inline", f.Name))
	}
	h.Set("Content-Security-Policy", filePolicy(f))
	h.Set("ETag", `"`+f.Hash[:32]+`"`)
	h.Set("Cache-Control", "public, max-age=86400")
	if a.strictFiles {
		h.Set("Cache-Control", "private, max-age=86400")
	}
	// RFC 9110 has other units ignored, and lets a server ignore several parts at
	// once: they are read behind the answer's back, also after it has ended.
	if parts := c.r.Header.Get("Range"); !strings.HasPrefix(parts, "bytes=") || strings.Contains(parts, ",") {
		c.r.Header.Del("Range")
	}
	w := &patientWriter{ResponseWriter: c.w, conn: http.NewResponseController(c.w)}
	http.ServeContent(w, c.r, "", f.Created.Std(), content)
	if w.refused == 0 {
		c.status = w.status
		return nil
	}
	for _, name := range []string{"Content-Disposition", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	h["Cache-Control"] = noStore
	return c.write(w.refused, api.Error{Status: api.StatusError, Message: "The file has no such part, or is not the one that was asked for"})
}

// filePolicy lets nothing in a file run or load anything. Browsers do not show
// PDF in a sandbox, and their viewers run none of its scripts in our name.
func filePolicy(f chat.File) string {
	if f.Shown == "application/pdf" {
		return "default-src 'none'"
	}
	return "default-src 'none'; sandbox"
}

// patientWriter gives a reader time for each part rather than for the whole, and
// holds back refusals: they are to come in the envelope.
type patientWriter struct {
	http.ResponseWriter
	conn    *http.ResponseController
	status  int
	refused int // the status of a refusal; 0: none
}

// WriteHeader implements http.ResponseWriter.
func (w *patientWriter) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		w.refused = status
		return
	}
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *patientWriter) Write(p []byte) (int, error) {
	if w.refused != 0 {
		return len(p), nil
	}
	_ = w.conn.SetWriteDeadline(time.Now().Add(readTimeout)) // fails only where the connection is gone
	return w.ResponseWriter.Write(p)
}

// disposition writes down how a file is to be treated and what it is called, as
// RFC 6266 has it: in ASCII for old readers, and in UTF-8. What would mislead who
// reads the name is left out.
func disposition(kind, name string) string {
	name = strings.Map(func(ch rune) rune {
		if unicode.IsControl(ch) || unicode.In(ch, unicode.Bidi_Control) || ch == unicode.ReplacementChar {
			return -1
		}
		if ch == '/' || ch == '\\' {
			return '_'
		}
		return ch
	}, name)
	if strings.Trim(name, " .") == "" {
		name = "file"
	}
	var plain, coded strings.Builder
	for _, ch := range name {
		if ch == '"' || ch == '%' || ch > unicode.MaxASCII {
			ch = '_'
		}
		plain.WriteRune(ch)
	}
	for _, b := range []byte(name) {
		if isAttrChar(b) {
			coded.WriteByte(b)
		} else {
			const hex = "0123456789ABCDEF"
			coded.Write([]byte{'%', hex[b>>4], hex[b&15]})
		}
	}
	return kind + `; filename="` + plain.String() + `"; filename*=UTF-8''` + coded.String()
}

// isAttrChar reports whether a byte stands for itself in RFC 8187's coding.
func isAttrChar(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0
}
