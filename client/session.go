package client

import (
	"context"
	"errors"
	"net/http"

	"spika/api"
)

// Settings gives what is to be known before signing in. It needs no token.
func (c *Client) Settings(ctx context.Context) (api.Settings, error) {
	return fetch[api.Settings](ctx, c, get("/api/messenger/settings"))
}

// SetUpNeeded reports whether nobody has an account yet. It needs no token.
func (c *Client) SetUpNeeded(ctx context.Context) (bool, error) {
	out, err := fetch[api.SetupState](ctx, c, get("/api/messenger/setup"))
	return out.Needed, err
}

// SetUp makes the owner's account and the first room, with the token of the
// set-up link that the server printed. Sign in afterwards.
func (c *Client) SetUp(ctx context.Context, r api.SetupRequest) (api.SetupDone, error) {
	return fetch[api.SetupDone](ctx, c, post("/api/messenger/setup", r))
}

// SignIn opens a session and gives a client that acts as that person.
func (c *Client) SignIn(ctx context.Context, email, password string) (*Client, error) {
	noCookie := false
	out, err := fetch[api.SignedIn](ctx, c, post("/api/messenger/session", api.SignInRequest{
		EmailAddress: email, Password: password, DeviceName: userAgent, Cookie: &noCookie,
	}))
	if err != nil {
		return nil, err
	}
	if out.Device.Token == nil {
		return nil, errors.New("the server gave no session token")
	}
	return c.WithToken(*out.Device.Token), nil
}

// SignOut ends the client's session.
func (c *Client) SignOut(ctx context.Context) error {
	_, err := fetch[api.DeviceData](ctx, c, post("/api/messenger/auth/logout", nil))
	return err
}

// InspectLink tells what a set-up, invite or reset link is for, by the part of
// it after "#". It needs no token and does not use the link up.
func (c *Client) InspectLink(ctx context.Context, token string) (api.LinkInfo, error) {
	return fetch[api.LinkInfo](ctx, c, post("/api/messenger/links/inspect", api.LinkToken{Token: token}))
}

// AcceptInvite makes an account through an invite link. Sign in afterwards.
func (c *Client) AcceptInvite(ctx context.Context, r api.AcceptInviteRequest) (api.User, error) {
	out, err := fetch[api.SignedIn](ctx, c, post("/api/messenger/invites/accept", r))
	return out.User, err
}

// ResetPassword sets a password through a reset link and ends all sessions of
// that person. Sign in afterwards.
func (c *Client) ResetPassword(ctx context.Context, r api.ResetPasswordRequest) (api.User, error) {
	out, err := fetch[api.SignedIn](ctx, c, post("/api/messenger/password/reset", r))
	return out.User, err
}

// Me gives the person the session belongs to.
func (c *Client) Me(ctx context.Context) (api.User, error) {
	out, err := fetch[api.UserData](ctx, c, get("/api/messenger/me"))
	return out.User, err
}

// UpdateMe changes that person's profile.
func (c *Client) UpdateMe(ctx context.Context, r api.UpdateMeRequest) (api.User, error) {
	out, err := fetch[api.UserData](ctx, c, put("/api/messenger/me", r))
	return out.User, err
}

// ChangePassword sets that person's password and ends their other sessions.
func (c *Client) ChangePassword(ctx context.Context, r api.ChangePasswordRequest) error {
	// Sent twice, the current password is not the current one any more.
	_, err := fetch[api.DeviceData](ctx, c, call{method: http.MethodPut, path: "/api/messenger/me/password", body: r})
	return err
}

// Device gives the device of the session.
func (c *Client) Device(ctx context.Context) (api.Device, error) {
	out, err := fetch[api.DeviceData](ctx, c, get("/api/messenger/device"))
	return out.Device, err
}
