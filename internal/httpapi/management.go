package httpapi

import (
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"spika/api"
	"spika/internal/chat"
)

// adminToken gives the token for the management routes that a call carries.
func (c *call) adminToken() string {
	if token := c.r.Header.Get(api.HeaderAdminToken); token != "" {
		return token
	}
	return c.r.Header.Get(api.HeaderAdminTokenPlain)
}

// managed makes a handler of one that needs to know who manages.
func (a *API) managed(handle func(c *call, who chat.Session) error) handler {
	return func(c *call) error {
		who, err := a.svc.AuthenticateAdmin(c.r.Context(), c.adminToken())
		if err != nil {
			return err
		}
		return handle(c, who)
	}
}

// okProbe answers that the management routes are there.
func okProbe(c *call) error { return c.text("OK") }

func (a *API) signInAdmin(c *call) error {
	req, err := decode[api.AdminSignInRequest](c)
	if err != nil {
		return err
	}
	if req.Username == "" || req.Password == "" || len(req.Username) > chat.MaxEmail || len(req.Password) > 4*chat.MaxPassword {
		return chat.Errorf(chat.Forbidden, "Invalid username or password")
	}
	try, err := a.signInAttempt(c, req.Username)
	if err != nil {
		return err
	}
	issued, err := a.svc.SignInAdmin(c.r.Context(), req.Username, req.Password)
	if err != nil {
		return err
	}
	try.forgive()
	return c.ok(api.AdminSignedIn{Token: issued.Token, ExpireDate: int64(issued.Expires) / 1000})
}

// checkAdmin tells whether a token is good. A console without headers sends it
// in the query.
func (a *API) checkAdmin(c *call) error {
	token := c.adminToken()
	if token == "" {
		token = c.r.URL.Query().Get("token")
	}
	if _, err := a.svc.AuthenticateAdmin(c.r.Context(), token); err != nil {
		return err
	}
	return c.ok("true")
}

// pageFrom0 gives the page asked for; the management routes count from 0 on the
// wire, too.
func pageFrom0(q url.Values) (int, error) {
	if q.Get("page") == "" {
		return 0, nil
	}
	n, ok := parseNumber(q.Get("page"), 0)
	if !ok {
		return 0, chat.Errorf(chat.Invalid, "page must be valid number: 0 or more")
	}
	return int(min(n, maxPage)), nil
}

// listPage gives the query and the page asked for.
func (c *call) listPage() (url.Values, int, error) {
	q, err := c.query()
	if err != nil {
		return nil, 0, err
	}
	page, err := pageFrom0(q)
	return q, page, err
}

func (a *API) listAudit(c *call, who chat.Session) error {
	_, page, err := c.listPage()
	if err != nil {
		return err
	}
	found, err := a.svc.AuditLog(c.r.Context(), who, page)
	if err != nil {
		return err
	}
	return c.ok(api.AuditList{List: all(found.List, toAuditEntry), Count: found.Count, Limit: chat.AuditPage})
}

func toAuditEntry(e chat.AuditEntry) api.AuditEntry {
	target, _, _ := strings.Cut(e.Action, ".")
	out := api.AuditEntry{
		ID: e.ID, At: int64(e.At), ActorID: orNull(e.ActorID), Actor: e.Actor,
		Action: e.Action, Target: target, TargetID: orNull(e.TargetID), Details: map[string]any{},
	}
	if err := json.Unmarshal(e.Details, &out.Details); err != nil {
		panic("the stored details of an audit entry are not JSON: " + err.Error())
	}
	return out
}
