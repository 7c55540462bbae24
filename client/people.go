package client

import (
	"context"
	"fmt"
	"net/url"

	"spika/api"
)

// People lists everyone in the team, for its owner and admins.
func (c *Client) People(ctx context.Context) ([]api.Person, error) {
	out, err := fetch[api.PersonList](ctx, c, get("/api/messenger/people"))
	return out.List, err
}

// AddPerson makes an account and gives the link that sets its password.
func (c *Client) AddPerson(ctx context.Context, r api.AddPersonRequest) (api.AddedPerson, error) {
	return fetch[api.AddedPerson](ctx, c, post("/api/messenger/people", r))
}

// SetRole makes a person an admin or a plain member.
func (c *Client) SetRole(ctx context.Context, userID int64, role api.Role) (api.User, error) {
	out, err := fetch[api.UserData](ctx, c, put(fmt.Sprintf("/api/messenger/people/%d", userID), api.UpdatePersonRequest{Role: &role}))
	return out.User, err
}

// CreateResetLink makes a link that sets a person's password once.
func (c *Client) CreateResetLink(ctx context.Context, userID int64) (api.Link, error) {
	out, err := fetch[api.ResetLink](ctx, c, post(fmt.Sprintf("/api/messenger/people/%d/reset-link", userID), nil))
	return out.Link, err
}

// Invites lists the invite links that still work, newest first.
func (c *Client) Invites(ctx context.Context) ([]api.Invite, error) {
	out, err := fetch[api.InviteList](ctx, c, get("/api/messenger/invites"))
	return out.List, err
}

// CreateInvite makes a link through which people join the team.
func (c *Client) CreateInvite(ctx context.Context, r api.CreateInviteRequest) (api.CreatedInvite, error) {
	return fetch[api.CreatedInvite](ctx, c, post("/api/messenger/invites", r))
}

// DeleteInvite ends an invite link.
func (c *Client) DeleteInvite(ctx context.Context, id int64) error {
	_, err := fetch[api.Deleted](ctx, c, remove("/api/messenger/invites/%d", id))
	return err
}

// User gives a person or a bot.
func (c *Client) User(ctx context.Context, id int64) (api.User, error) {
	out, err := fetch[api.UserData](ctx, c, get("/api/messenger/users/%d", id))
	return out.User, err
}

// Contacts lists everyone one can talk to by name, a page at a time. keyword is
// the beginning of the name; cursor is the NextCursor of the page before, and 0
// for the first.
func (c *Client) Contacts(ctx context.Context, keyword string, cursor int64) (api.ContactList, error) {
	q := url.Values{}
	set(q, "keyword", keyword)
	setInt(q, "cursor", cursor)
	return fetch[api.ContactList](ctx, c, get("/api/messenger/contacts").with(q))
}

// SyncUsers lists users changed after a moment in Unix milliseconds, a page at
// a time from 1.
func (c *Client) SyncUsers(ctx context.Context, since int64, page int) (api.SyncUsers, error) {
	return fetch[api.SyncUsers](ctx, c, get("/api/messenger/users/sync/%d?page=%d", since, page))
}
