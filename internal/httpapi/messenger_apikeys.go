package httpapi

import (
	"spika/api"
	"spika/internal/chat"
)

func (a *API) listKeys(c *call, who chat.Session, room int64) error {
	keys, err := a.svc.Keys(c.r.Context(), who, room)
	if err != nil {
		return err
	}
	return c.ok(api.APIKeyList{APIKeys: all(keys, toKey)})
}

func (a *API) createKey(c *call, who chat.Session, room int64) error {
	req, err := decode[api.APIKeyName](c)
	if err != nil {
		return err
	}
	key, err := a.svc.CreateKey(c.r.Context(), who, room, req.DisplayName)
	if err != nil {
		return err
	}
	return c.ok(api.APIKeyData{APIKey: toKey(key)})
}

func (a *API) renameKey(c *call, who chat.Session, id int64) error {
	req, err := decode[api.APIKeyName](c)
	if err != nil {
		return err
	}
	key, err := a.svc.RenameKey(c.r.Context(), who, id, req.DisplayName)
	if err != nil {
		return err
	}
	return c.ok(api.APIKeyData{APIKey: toKey(key)})
}

func (a *API) deleteKey(c *call, who chat.Session, id int64) error {
	key, err := a.svc.DeleteKey(c.r.Context(), who, id)
	if err != nil {
		return err
	}
	return c.ok(api.DeletedAPIKey{Deleted: true, RoomID: key.RoomID})
}
