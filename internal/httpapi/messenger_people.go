package httpapi

import (
	"net/http"
	"time"

	"spika/api"
	"spika/internal/chat"
)

func (a *API) listPeople(c *call, who chat.Session) error {
	people, err := a.svc.People(c.r.Context(), who)
	if err != nil {
		return err
	}
	return c.ok(api.PersonList{List: all(people, toPerson), Count: len(people)})
}

func (a *API) addPerson(c *call, who chat.Session) error {
	req, err := decode[api.AddPersonRequest](c)
	if err != nil {
		return err
	}
	role := chat.Role(req.Role)
	if role == "" {
		role = chat.Plain
	}
	number, err := cleanPhoneIfAny(&req.TelephoneNumber)
	if err != nil {
		return err
	}
	user, link, err := a.svc.AddPerson(c.r.Context(), who, chat.Newcomer{
		Name: req.DisplayName, Email: req.EmailAddress, Phone: *number, Role: role,
	})
	if err != nil {
		return err
	}
	return c.ok(api.AddedPerson{User: toUser(user), Link: a.resetLink(c.r, link)})
}

// resetLink gives the link through which a person sets a password.
func (a *API) resetLink(r *http.Request, l chat.IssuedLink) api.Link {
	return api.Link{URL: a.link(r, "reset", l.Token), ExpiresAt: int64(l.Expires)}
}

func (a *API) updatePerson(c *call, who chat.Session, id int64) error {
	req, err := decode[api.UpdatePersonRequest](c)
	if err != nil {
		return err
	}
	if req.Role == nil && req.EmailAddress == nil && req.TelephoneNumber == nil {
		return chat.Errorf(chat.Invalid, "role must be \"admin\" or \"member\"; emailAddress and telephoneNumber can be given as well or in its place")
	}
	change := chat.PersonChange{Role: (*chat.Role)(req.Role), Email: req.EmailAddress}
	if change.Phone, err = cleanPhoneIfAny(req.TelephoneNumber); err != nil {
		return err
	}
	user, err := a.svc.UpdatePerson(c.r.Context(), who, id, change)
	if err != nil {
		return err
	}
	return c.ok(api.UserData{User: toUser(user)})
}

func (a *API) createResetLink(c *call, who chat.Session, id int64) error {
	link, err := a.svc.NewResetLink(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.ResetLink{Link: a.resetLink(c.r, link)})
}

func (a *API) listInvites(c *call, who chat.Session) error {
	links, err := a.svc.Invites(c.r.Context(), who)
	if err != nil {
		return err
	}
	return c.ok(api.InviteList{List: all(links, toInvite)})
}

func (a *API) createInvite(c *call, who chat.Session) error {
	req, err := decodeOptional[createInvite](c)
	if err != nil {
		return err
	}
	hours := int64(0)
	if req.ExpiresInHours != nil {
		if hours = *req.ExpiresInHours; hours < 1 || hours > maxInviteHours {
			return invalid("expiresInHours must be 1 to %d", maxInviteHours)
		}
	}
	link, err := a.svc.NewInvite(c.r.Context(), who, req.RoomIDs, time.Duration(hours)*time.Hour)
	if err != nil {
		return err
	}
	return c.ok(api.CreatedInvite{Invite: toInvite(link.Link), URL: a.link(c.r, "invite", link.Token)})
}

// createInvite is api.CreateInviteRequest that tells 0 hours from none given.
type createInvite struct {
	ExpiresInHours *int64  `json:"expiresInHours"`
	RoomIDs        []int64 `json:"roomIds"`
}

// maxInviteHours keeps an invite's life within 30 days.
const maxInviteHours = 720

func (a *API) deleteInvite(c *call, who chat.Session, id int64) error {
	if err := a.svc.CloseInvite(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok(api.Deleted{Deleted: true})
}
