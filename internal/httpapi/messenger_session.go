package httpapi

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"spika/api"
	"spika/internal/chat"
)

func (a *API) getSettings(c *call) error {
	name, err := a.svc.Setting(c.r.Context(), chat.TeamName)
	if err != nil {
		return err
	}
	return c.ok(api.Settings{TeamMode: a.svc.TeamMode(), TeamName: name, PublicURL: a.publicURL})
}

func (a *API) getSetup(c *call) error {
	needed, err := a.svc.SetUpNeeded(c.r.Context())
	if err != nil {
		return err
	}
	return c.ok(api.SetupState{Needed: needed})
}

func (a *API) setUp(c *call) error {
	req, try, err := withToken[api.SetupRequest](c)
	if err != nil {
		return err
	}
	owner := chat.NewPerson{Name: req.DisplayName, Email: req.EmailAddress, Password: req.Password}
	in, room, err := a.svc.SetUp(c.r.Context(), req.Token, owner, req.TeamName, deviceInfo(c.r, "", true))
	if err != nil {
		return err
	}
	try.forgive()
	a.setCookie(c, in.Token)
	return c.ok(api.SetupDone{User: toUser(in.User), Device: toDevice(in.Device, ""), Room: toRoom(room)})
}

// withToken reads the body of a request that carries a link's token, and counts
// the attempt. Those requests sign a browser in, so they must come from our own
// pages.
func withToken[T any](c *call) (T, *attempt, error) {
	var none T
	if err := c.api.sameOrigin(c.r); err != nil {
		return none, nil, err
	}
	req, err := decode[T](c)
	if err != nil {
		return none, nil, err
	}
	try, err := c.api.linkAttempt(c)
	return req, try, err
}

func (a *API) signIn(c *call) error {
	req, err := decode[api.SignInRequest](c)
	if err != nil {
		return err
	}
	if err := checkSignIn(req); err != nil {
		return err
	}
	byCookie := req.Cookie == nil || *req.Cookie
	if byCookie {
		if err := a.sameOrigin(c.r); err != nil {
			return err
		}
	}
	try, err := a.signInAttempt(c, req.EmailAddress)
	if err != nil {
		return err
	}
	in, err := a.svc.SignIn(c.r.Context(), req.EmailAddress, req.Password, deviceInfo(c.r, req.DeviceName, byCookie))
	if err != nil {
		return err
	}
	try.forgive()
	return a.signedIn(c, in, byCookie)
}

// checkSignIn refuses what could not be anyone's before it costs an attempt.
func checkSignIn(req api.SignInRequest) error {
	switch {
	case req.EmailAddress == "" || len(req.EmailAddress) > chat.MaxEmail:
		return invalid("emailAddress must be given, with at most %d bytes", chat.MaxEmail)
	case req.Password == "" || utf8.RuneCountInString(req.Password) > chat.MaxPassword:
		return invalid("password must be given, with at most %d characters", chat.MaxPassword)
	case utf8.RuneCountInString(req.DeviceName) > chat.MaxName:
		return invalid("deviceName must be at most %d characters", chat.MaxName)
	}
	return nil
}

// signedIn replies with a new session: its token goes into the cookie, where no
// script can read it, or into the reply.
func (a *API) signedIn(c *call, in chat.SignedIn, byCookie bool) error {
	token := in.Token
	if byCookie {
		a.setCookie(c, token)
		token = ""
	}
	return c.ok(api.SignedIn{User: toUser(in.User), Device: toDevice(in.Device, token)})
}

func (a *API) signOut(c *call, who chat.Session) error {
	device, err := a.svc.SignOut(c.r.Context(), who)
	if err != nil {
		return err
	}
	if c.credentials().cookie {
		a.clearCookie(c)
	}
	return c.ok(api.DeviceData{Device: toDevice(device, "")})
}

func (a *API) inspectLink(c *call) error {
	req, err := decode[api.LinkToken](c)
	if err != nil {
		return err
	}
	try, err := a.linkAttempt(c)
	if err != nil {
		return err
	}
	link, user, err := a.svc.InspectLink(c.r.Context(), req.Token)
	if err != nil {
		return err
	}
	try.forgive()
	team, err := a.svc.Setting(c.r.Context(), chat.TeamName)
	if err != nil {
		return err
	}
	return c.ok(api.LinkInfo{
		Kind: api.LinkKind(link.Kind), ExpiresAt: timeOrNull(link.Expires), TeamName: team,
		DisplayName: orNull(user.Name), EmailAddress: orNull(user.Email),
	})
}

func (a *API) acceptInvite(c *call) error {
	req, try, err := withToken[api.AcceptInviteRequest](c)
	if err != nil {
		return err
	}
	person := chat.NewPerson{Name: req.DisplayName, Email: req.EmailAddress, Password: req.Password}
	in, err := a.svc.AcceptInvite(c.r.Context(), req.Token, person, deviceInfo(c.r, "", true))
	if err != nil {
		return err
	}
	try.forgive()
	return a.signedIn(c, in, true)
}

func (a *API) resetPassword(c *call) error {
	req, try, err := withToken[api.ResetPasswordRequest](c)
	if err != nil {
		return err
	}
	in, err := a.svc.ResetPassword(c.r.Context(), req.Token, req.Password, deviceInfo(c.r, "", true))
	if err != nil {
		return err
	}
	try.forgive()
	return a.signedIn(c, in, true)
}

// deviceInfo describes the client that signs in, from what it says about itself.
func deviceInfo(r *http.Request, name string, browser bool) chat.DeviceInfo {
	info := chat.DeviceInfo{
		Kind: deviceType(r), Name: name, OSName: headerText(r, "Os-Name"),
		OSVersion: headerText(r, "Os-Version"), AppVersion: headerText(r, "App-Version"),
	}
	if browser {
		info.Kind = browserType
	}
	if info.Name == "" {
		info.Name = headerText(r, "Device-Name")
	}
	return info
}

// browserType is the type of device that browsers are.
const browserType = "browser"

// deviceType gives what kind of device a client says it runs on.
func deviceType(r *http.Request) string {
	kind := headerText(r, "Device-Type")
	if strings.EqualFold(kind, browserType) {
		return browserType
	}
	return kind
}

// headerText gives a header's value as a short text.
func headerText(r *http.Request, name string) string {
	text := []rune(strings.Map(func(ch rune) rune {
		if unicode.IsControl(ch) {
			return -1
		}
		return ch
	}, strings.ToValidUTF8(r.Header.Get(name), "")))
	return string(text[:min(len(text), chat.MaxName)])
}
