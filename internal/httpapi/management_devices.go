package httpapi

import (
	"net/url"

	"spika/api"
	"spika/internal/chat"
)

// listDevices makes the handler of a list of devices; narrow reads how it is
// narrowed.
func (a *API) listDevices(narrow func(q url.Values) (chat.DeviceFilter, error)) handler {
	return a.managed(func(c *call, who chat.Session) error {
		q, page, err := c.listPage()
		if err != nil {
			return err
		}
		filter, err := narrow(q)
		if err != nil {
			return err
		}
		found, err := a.svc.AllDevices(c.r.Context(), who, filter, page)
		if err != nil {
			return err
		}
		return c.ok(api.RawDeviceList{List: all(found.List, toRawDevice), Count: found.Count, Limit: chat.ManagePage})
	})
}

func devicesOf(q url.Values) (chat.DeviceFilter, error) {
	user, err := optionalID(q, "userId")
	return chat.DeviceFilter{UserID: user}, err
}

func foundDevice(q url.Values) (chat.DeviceFilter, error) {
	return chat.DeviceFilter{Keyword: q.Get("searchTerm")}, nil
}

func (a *API) getManagedDevice(c *call, who chat.Session, id int64) error {
	d, err := a.svc.ManagedDevice(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.rawDevice(d)
}

// managedDeviceRequest is api.ManagedDeviceRequest as consoles write it.
type managedDeviceRequest struct {
	UserID     looseInt    `json:"userId"`
	DeviceID   looseString `json:"deviceId"`
	DeviceName string      `json:"deviceName"`
	Type       string      `json:"type"`
	OSName     string      `json:"osName"`
	OSVersion  looseString `json:"osVersion"`
	AppVersion looseString `json:"appVersion"`
}

func (req managedDeviceRequest) info() chat.DeviceInfo {
	return chat.DeviceInfo{
		Kind: req.Type, Name: req.DeviceName, OSName: req.OSName, OSVersion: string(req.OSVersion), AppVersion: string(req.AppVersion),
	}
}

func (a *API) makeDevice(c *call, who chat.Session) error {
	req, err := decode[managedDeviceRequest](c)
	if err != nil {
		return err
	}
	d, err := a.svc.MakeDevice(c.r.Context(), who, int64(req.UserID), string(req.DeviceID), req.info())
	if err != nil {
		return err
	}
	return c.rawDevice(d)
}

func (a *API) changeDevice(c *call, who chat.Session, id int64) error {
	req, err := decode[managedDeviceRequest](c)
	if err != nil {
		return err
	}
	d, err := a.svc.ChangeDevice(c.r.Context(), who, id, string(req.DeviceID), req.info())
	if err != nil {
		return err
	}
	return c.rawDevice(d)
}

func (a *API) removeDevice(c *call, who chat.Session, id int64) error {
	if err := a.svc.RemoveDevice(c.r.Context(), who, id); err != nil {
		return err
	}
	return c.ok(done)
}
