package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

// done is what routes that delete something answer with.
const done = "OK"

// managedOn is managed for routes about the one thing whose id is in the path.
func (a *API) managedOn(handle func(c *call, who chat.Session, id int64) error) handler {
	return a.managed(func(c *call, who chat.Session) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		return handle(c, who, id)
	})
}

// listUsers makes the handler of a list of users; narrow reads how it is narrowed.
func (a *API) listUsers(narrow func(term string) chat.UserFilter) handler {
	return a.managed(func(c *call, who chat.Session) error {
		q, page, err := c.listPage()
		if err != nil {
			return err
		}
		found, err := a.svc.AllUsers(c.r.Context(), who, narrow(q.Get("searchTerm")), page)
		if err != nil {
			return err
		}
		return c.ok(api.RawUserList{List: all(found.List, toRawUser), Count: found.Count, Limit: chat.ManagePage})
	})
}

func everyUser(string) chat.UserFilter        { return chat.UserFilter{} }
func verifiedUser(string) chat.UserFilter     { return chat.UserFilter{Verified: true} }
func foundUser(term string) chat.UserFilter   { return chat.UserFilter{Keyword: term} }
func (c *call) rawUser(u chat.User) error     { return c.ok(api.RawUserData{User: toRawUser(u)}) }
func (c *call) rawDevice(d chat.Device) error { return c.ok(api.RawDeviceData{Device: toRawDevice(d)}) }

func (a *API) getManagedUser(c *call, who chat.Session, id int64) error {
	u, err := a.svc.ManagedUser(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.UserData{User: toUser(u)})
}

// managedUserRequest is api.ManagedUserRequest as consoles write it.
type managedUserRequest struct {
	DisplayName     *string      `json:"displayName"`
	EmailAddress    *string      `json:"emailAddress"`
	TelephoneNumber *looseString `json:"telephoneNumber"`
	AvatarFileID    *looseInt    `json:"avatarFileId"`
	Verified        *looseBool   `json:"verified"`
}

func (req managedUserRequest) change() (chat.UserChange, error) {
	out := chat.UserChange{
		Name: req.DisplayName, Email: req.EmailAddress, AvatarID: (*int64)(req.AvatarFileID), Verified: (*bool)(req.Verified),
	}
	if err := checkFileID(out.AvatarID); err != nil {
		return out, err
	}
	var err error
	out.Phone, err = cleanPhoneIfAny((*string)(req.TelephoneNumber))
	return out, err
}

func (a *API) makeUser(c *call, who chat.Session) error {
	req, err := decode[managedUserRequest](c)
	if err != nil {
		return err
	}
	change, err := req.change()
	if err != nil {
		return err
	}
	u, err := a.svc.MakeUser(c.r.Context(), who, change)
	if err != nil {
		return err
	}
	return c.rawUser(u)
}

func (a *API) changeUser(c *call, who chat.Session, id int64) error {
	req, err := decode[managedUserRequest](c)
	if err != nil {
		return err
	}
	change, err := req.change()
	if err != nil {
		return err
	}
	u, err := a.svc.ChangeUser(c.r.Context(), who, id, change)
	if err != nil {
		return err
	}
	return c.rawUser(u)
}

func (a *API) removeUser(c *call, who chat.Session, id int64) error {
	if err := a.svc.RemoveUser(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok(done)
}
