package httpapi

import (
	"cmp"

	"spika/api"
	"spika/internal/chat"
)

func (a *API) getMe(c *call, who chat.Session) error {
	if by := c.credentials(); by.cookie { // asked at every start of the web app: a good moment to keep the cookie alive
		a.setCookie(c, by.token)
	}
	return c.ok(api.UserData{User: toUser(who.User)})
}

func (a *API) updateMe(c *call, who chat.Session) error {
	req, err := decodeOptional[api.UpdateMeRequest](c)
	if err != nil {
		return err
	}
	if err := checkFileID(req.AvatarFileID); err != nil {
		return err
	}
	if req.CoverFileID != nil && *req.CoverFileID < 0 {
		return invalid("coverFileId must be the number of a file, or 0 for none")
	}
	number, err := cleanPhoneIfAny(req.TelephoneNumber)
	if err != nil {
		return err
	}
	user, err := a.svc.UpdateMe(c.r.Context(), who, chat.MeChange{
		Name: req.DisplayName, Email: req.EmailAddress, Phone: number, AvatarID: req.AvatarFileID,
		CoverID: req.CoverFileID, ShortText: req.ShortDescription, LongText: req.LongDescription,
	})
	if err != nil {
		return err
	}
	return c.ok(api.UserData{User: toUser(user)})
}

func (a *API) deleteMe(c *call, who chat.Session) error {
	if err := a.svc.DeleteMe(c.r.Context(), who); err != nil {
		return err
	}
	if c.credentials().cookie {
		a.clearCookie(c)
	}
	return c.ok(api.Deleted{Deleted: true})
}

// checkFileID refuses what can be no picture's id.
func checkFileID(id *int64) error {
	if id != nil && *id < 0 {
		return invalid("avatarFileId must be the number of a file, or 0 for none")
	}
	return nil
}

func (a *API) changePassword(c *call, who chat.Session) error {
	req, err := decode[api.ChangePasswordRequest](c)
	if err != nil {
		return err
	}
	if req.CurrentPassword == "" {
		return invalid("currentPassword must be given")
	}
	if err := chat.CheckPassword(req.NewPassword); err != nil {
		return err
	}
	try, err := a.signInAttempt(c, cmp.Or(who.User.Email, who.User.Phone))
	if err != nil {
		return err
	}
	if err := a.svc.ChangePassword(c.r.Context(), who, req.CurrentPassword, req.NewPassword); err != nil {
		return err
	}
	try.forgive()
	return a.getDevice(c, who)
}

func (a *API) getDevice(c *call, who chat.Session) error {
	token := ""
	if by := c.credentials(); !by.cookie {
		token = by.token
	}
	return c.ok(api.DeviceData{Device: toDevice(who.Device, token)})
}

func (a *API) updateDevice(c *call, who chat.Session) error {
	req, err := decodeOptional[api.UpdateDeviceRequest](c)
	if err != nil {
		return err
	}
	if who.Device, err = a.svc.SetPushToken(c.r.Context(), who, req.PushToken); err != nil {
		return err
	}
	return a.getDevice(c, who)
}
