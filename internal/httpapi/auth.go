package httpapi

import (
	"log/slog"
	"net/http"
	"strings"

	"spika/api"
	"spika/internal/chat"
)

// credentials is what vouches for a request.
type credentials struct {
	token  string // empty: nothing does
	cookie bool   // browsers send it by themselves, whoever asked them to
}

// headerToken gives the token of the header accesstoken or of Authorization:
// Bearer; empty when there is neither.
func headerToken(h http.Header) string {
	if token := h.Get(api.HeaderToken); token != "" {
		return token
	}
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// credentials gives what vouches for the call: a header before the cookie.
func (c *call) credentials() credentials {
	if token := headerToken(c.r.Header); token != "" {
		return credentials{token: token}
	}
	if cookie, err := c.r.Cookie(api.SessionCookie); err == nil && cookie.Value != "" {
		return credentials{token: cookie.Value, cookie: true}
	}
	return credentials{}
}

// streamCredentials is credentials for event streams, whose clients often
// cannot set a header: a token in the query counts like one.
func (c *call) streamCredentials() credentials {
	found := c.credentials()
	if found.token != "" && !found.cookie {
		return found
	}
	q := c.r.URL.Query()
	for _, name := range []string{"accesstoken", "accessToken"} {
		if token := q.Get(name); token != "" {
			return credentials{token: token}
		}
	}
	return found
}

// authenticate finds the session that credentials open. It fails with
// Unauthorized, or Forbidden for a write from another origin where only a
// cookie vouches for it.
func (a *API) authenticate(c *call, by credentials) (chat.Session, error) {
	if by.cookie {
		if err := a.sameOrigin(c.r); err != nil {
			return chat.Session{}, err
		}
	}
	who, err := a.svc.Authenticate(c.r.Context(), by.token)
	if err != nil {
		return chat.Session{}, err
	}
	return a.noted(c, who), nil
}

// noted keeps what the client says about its device. That this fails is no
// reason to refuse what it asks for.
func (a *API) noted(c *call, who chat.Session) chat.Session {
	if !describesItself(c.r.Header) {
		return who
	}
	now, err := a.svc.NoteDevice(c.r.Context(), who, deviceInfo(c.r, "", false))
	if err != nil {
		a.log.Debug("what a client says about its device was not kept", slog.Any("cause", err))
		return who
	}
	return now
}

// describesItself reports whether a client says anything about its device.
func describesItself(h http.Header) bool {
	for _, name := range []string{"Os-Name", "Os-Version", "Device-Name", "App-Version", "Device-Type"} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// sameOrigin refuses what a browser sends on behalf of another origin, unless
// it only reads.
func (a *API) sameOrigin(r *http.Request) error {
	if a.crossOrigin.Check(r) != nil {
		return chat.Errorf(chat.Forbidden, "Forbidden: pages of another origin cannot use this browser's session; "+
			"send a session token in the header \"accesstoken\" instead")
	}
	return nil
}

// signed makes a handler of one that needs to know who is asking.
func (a *API) signed(handle func(c *call, who chat.Session) error) handler {
	return func(c *call) error {
		who, err := a.authenticate(c, c.credentials())
		if err != nil {
			return err
		}
		return handle(c, who)
	}
}

// signedOn is signed for routes about the one thing whose id is in the path.
func (a *API) signedOn(handle func(c *call, who chat.Session, id int64) error) handler {
	return a.signed(func(c *call, who chat.Session) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		return handle(c, who, id)
	})
}

// signedNeeding is signedOn for routes where clients know another complaint
// about an id that is none.
func (a *API) signedNeeding(complaint string, handle func(c *call, who chat.Session, id int64) error) handler {
	return a.signed(func(c *call, who chat.Session) error {
		id, err := c.id()
		if err != nil {
			return chat.Errorf(chat.Invalid, "%s: it must be a number, 1 or more", complaint)
		}
		return handle(c, who, id)
	})
}

// cookieDays is how long browsers keep the session cookie: the longest they
// allow. When the session itself ends is the server's decision.
const cookieDays = 400

// setCookie gives the browser its session token.
func (a *API) setCookie(c *call, token string) { a.writeCookie(c, token, cookieDays*24*60*60) }

// clearCookie has the browser forget its session token.
func (a *API) clearCookie(c *call) { a.writeCookie(c, "", -1) }

func (a *API) writeCookie(c *call, value string, maxAge int) {
	http.SetCookie(c.w, &http.Cookie{
		Name: api.SessionCookie, Value: value, Path: a.cookiePath, MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.secure || a.scheme(c.r) == "https",
	})
}
