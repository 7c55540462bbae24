package httpapi

import (
	"spika/api"
	"spika/internal/chat"
	"spika/internal/phone"
)

// codeRequest is api.CodeRequest as older clients send it, too.
type codeRequest struct {
	TelephoneNumber looseString `json:"telephoneNumber"`
	DeviceID        looseString `json:"deviceId"`
}

// verifyRequest is api.VerifyRequest as older clients send it, too.
type verifyRequest struct {
	Code     looseString `json:"code"`
	DeviceID looseString `json:"deviceId"`
}

// sendCode has a code sent that signs the person with a phone number in.
func (a *API) sendCode(c *call) error {
	req, err := decode[codeRequest](c)
	if err != nil {
		return err
	}
	if req.TelephoneNumber == "" || req.DeviceID == "" {
		return invalid("telephoneNumber and deviceId must be given")
	}
	number, err := cleanPhone(string(req.TelephoneNumber))
	if err != nil {
		return err
	}
	if err := a.codeAttempt(c, number); err != nil {
		return err
	}
	sent, err := a.svc.SendCode(c.r.Context(), chat.CodeRequest{
		Phone: number, ClientID: string(req.DeviceID), Device: deviceInfo(c.r, "", false),
	})
	if err != nil {
		return err
	}
	out := api.CodeSent{IsNewUser: sent.New, User: toUnproven(sent.User), Device: toDevice(sent.Device, "")}
	if deviceInfo(c.r, "", false).Kind == browserType {
		out.BrowserDeviceID = &sent.Device.ClientID
	}
	return c.ok(out)
}

// cleanPhone gives a phone number as the domain keeps it.
func cleanPhone(number string) (string, error) {
	clean, err := phone.Normalize(number)
	if err != nil {
		return "", chat.Errorf(chat.Invalid, "Invalid params: telephoneNumber %v", err)
	}
	return clean, nil
}

// cleanPhoneIfAny is cleanPhone for a number that may be left out or empty.
func cleanPhoneIfAny(number *string) (*string, error) {
	if number == nil || *number == "" {
		return number, nil
	}
	clean, err := cleanPhone(*number)
	return &clean, err
}

// toUnproven gives a user to someone who has not shown yet that they are it:
// nothing but what they know already.
func toUnproven(u chat.User) api.User {
	return toUser(chat.User{ID: u.ID, Kind: u.Kind, Phone: u.Phone, Role: chat.Plain, Verified: u.Verified, Created: u.Created, Modified: u.Modified})
}

func (a *API) verifyCode(c *call) error {
	req, err := decode[verifyRequest](c)
	if err != nil {
		return err
	}
	if req.Code == "" || req.DeviceID == "" {
		return invalid("code and deviceId must be given")
	}
	if err := chat.CheckClientID(string(req.DeviceID)); err != nil { // what is counted by it is kept
		return err
	}
	try, err := a.signIns.take(addressKey(a.address(c.r)), "device "+string(req.DeviceID))
	if err != nil {
		return err
	}
	in, err := a.svc.VerifyCode(c.r.Context(), string(req.DeviceID), string(req.Code), deviceInfo(c.r, "", false))
	if err != nil {
		return err
	}
	try.forgive()
	return a.signedIn(c, in, false)
}

func (a *API) refreshSession(c *call, who chat.Session) error {
	in, err := a.svc.RefreshSession(c.r.Context(), who)
	if err != nil {
		return err
	}
	token := in.Token
	if c.credentials().cookie {
		a.setCookie(c, token)
		token = ""
	}
	return c.ok(api.DeviceData{Device: toDevice(in.Device, token)})
}
