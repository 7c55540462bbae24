package httpapi

import (
	"strings"

	"spika/api"
	"spika/internal/chat"
)

// Routes with which clients and monitors try out whether they reach the server,
// get through its proxies and send their credentials right.

// textProbe answers with a bare text, without the envelope.
func textProbe(c *call) error { return c.text("test") }

// dataProbe answers with the least that has an envelope.
func dataProbe(c *call) error { return c.ok("test") }

// errorProbe fails on purpose, so that a client can try how it shows that.
func errorProbe(c *call) error {
	message := "Error happens"
	if language(c) == "ja" {
		message = "エラーが発生しました"
	}
	return chat.Errorf(chat.Invalid, "%s", message)
}

// language gives the language that the caller asks for.
func language(c *call) string {
	if lang := strings.ToLower(headerText(c.r, "Lang")); lang != "" {
		return lang
	}
	return "en"
}

func (a *API) probeSession(c *call, who chat.Session) error {
	return c.ok(api.SessionTest{Device: toRawDevice(who.Device), User: toRawUser(who.User), Lang: language(c)})
}

func (a *API) probeKey(c *call) error {
	key, err := a.svc.AuthenticateKey(c.r.Context(), headerToken(c.r.Header))
	if err != nil {
		return err
	}
	bot, err := a.svc.User(c.r.Context(), key.BotID)
	if err != nil {
		return err
	}
	return c.ok(api.KeyTest{User: toRawUser(bot)})
}

const (
	// callsPath is above what clients ask about calls.
	callsPath = "/api/confcall"
	// rawFilesPath is where servers have served what was uploaded as it is, and
	// where the path of a file still points (contract, section 4.11).
	rawFilesPath = "/uploads"
)

// newerConsole are the paths of a console that this server does not serve.
var newerConsole = [...]string{"/api/management/counts", "/api/management/users", "/api/management/groups"}

// noRoute says that a path is not served, and why where somebody could expect it.
func noRoute(path string) error {
	switch {
	case under(path, callsPath):
		return chat.Errorf(chat.NotFound, "Not found: this server does not serve calls")
	case under(path, rawFilesPath):
		return chat.Errorf(chat.NotFound, "Not found: files are read from GET /api/upload/files/:id")
	}
	for _, top := range newerConsole {
		if under(path, top) {
			return chat.Errorf(chat.NotFound, "Not found: this server serves the older management console, at /api/management/user, /device, /room and /message")
		}
	}
	return chat.Errorf(chat.NotFound, "Not found: there is no route with this path")
}

// listCallers answers that nobody is in a call: clients ask before they show a
// room.
func (a *API) listCallers(c *call, who chat.Session, room int64) error {
	if _, err := a.svc.Stay(c.r.Context(), room, who.User.ID); err != nil {
		if chat.IsNotFound(err) {
			err = chat.Errorf(chat.NotFound, "Not found")
		}
		return err
	}
	return c.ok([]api.CallParticipant{})
}
