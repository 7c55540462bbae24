package conformance

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"testing"

	"spika/api"
)

func devicePath(id int64) string { return fmt.Sprintf("/device/%d", id) }

func manageDevices(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t)
	c, boss, ann := own.console(t), own.people.owner(), own.person(t, "Ann")
	id := func(p person) int64 { return data[api.DeviceData](t, p.get(t, "/device")).Device.ID }
	session := func(p person, name, kind string) object {
		return object{"id": id(p), "user": p.ID, "device": "", "name": name, "type": kind, "os": "null", "expires": `"$iso"`}
	}
	r := c.post(t, "/device", object{"userId": fmt.Sprint(ann.ID), "deviceId": "Pixel_1", "type": "android", "osName": "Android", "token": repeat(43), "pushToken": "mine"})
	made := object{"id": data[api.RawDeviceData](t, r).Device.ID, "user": ann.ID, "device": "Pixel_1", "name": "null", "type": `"android"`, "os": `"Android"`, "expires": "null"}
	golden(t, "makeDevice", r, made)
	list := []object{session(boss, `"$any"`, `"script"`), session(ann, "null", `"browser"`), made}
	golden(t, "listDevices", c.get(t, "/device"), object{"list": list, "count": 3})
	golden(t, "listDevices", c.get(t, "/device?userId=%d", ann.ID), object{"list": list[1:], "count": 2})
	for term, want := range map[string][]object{"": list, "L_": list[2:], "ROID": list[2:], "none": nil} {
		golden(t, "searchDevices", c.get(t, "/device/search?searchTerm=%s", term), object{"list": want, "count": len(want)})
	}
	golden(t, "getManagedDevice", c.get(t, "%s", devicePath(made["id"].(int64))), made)
	for _, path := range []string{"/device", "/device/search"} {
		c.get(t, "%s?page=x", path).fails(t, http.StatusBadRequest, "page must be valid number")
	}
	c.get(t, "/device?userId=x").fails(t, http.StatusBadRequest, "Invalid params: userId")
	s.sub(t, "a token cannot be chosen", func(t *testing.T) {
		own.do(t, request{method: "GET", path: "/api/messenger/me", token: repeat(43)}).fails(t, http.StatusUnauthorized, "Invalid access token")
	})
}

func manageMakeDevice(t *testing.T, s *target) {
	c, ann := s.console(t), s.person(t, "Ann")
	taken := rand.Text()
	c.post(t, "/device", object{"userId": ann.ID, "deviceId": taken}).ok(t)
	for _, wrong := range []struct {
		body   object
		begins string
	}{
		{object{"userId": nil}, "User id is required"}, {object{}, "User id is required"}, {object{"userId": ann.ID}, "Device id is required"},
		{object{"userId": 1 << 40, "deviceId": "x"}, "User id is required"}, {object{"userId": ann.ID, "deviceId": taken}, "Device id already exists"},
		{object{"userId": "x", "deviceId": "x"}, "Invalid params: userId"}, {object{"userId": ann.ID, "deviceId": repeat(201)}, "deviceId must be"},
		{object{"userId": ann.ID, "deviceId": rand.Text(), "osName": repeat(201)}, "what is said about a device"},
	} {
		c.post(t, "/device", wrong.body).fails(t, http.StatusBadRequest, wrong.begins)
	}
	s.sub(t, "its person signs in on it", func(t *testing.T) {
		p := s.phone(t).signsIn(t).names(t, "Pia").on(rand.Text())
		d := data[api.RawDeviceData](t, c.post(t, "/device", object{"userId": p.ID, "deviceId": p.Device, "osName": "ios"})).Device
		p = p.signsIn(t)
		if got := data[api.DeviceData](t, p.get(t, "/device")).Device; got.ID != d.ID || *got.OSName != "ios" {
			t.Errorf("signed in on %+v", got)
		}
	})
}

func manageChangeDevice(t *testing.T, s *target) {
	c, ann := s.console(t), s.person(t, "Ann")
	taken := rand.Text()
	c.post(t, "/device", object{"userId": ann.ID, "deviceId": taken}).ok(t)
	own := rand.Text()
	id := data[api.RawDeviceData](t, c.post(t, "/device", object{"userId": ann.ID, "deviceId": own})).Device.ID
	path := devicePath(id)
	r := c.put(t, path, object{"userId": 1, "deviceId": rand.Text(), "osName": "ios"})
	golden(t, "changeDevice", r, object{"id": id, "user": ann.ID, "device": own, "name": "null", "type": "null", "os": `"ios"`, "expires": "null"})
	c.put(t, path, object{"deviceId": taken, "osName": "ios"}).fails(t, http.StatusNotFound, "Device id already in use")
	for _, nothing := range []object{{}, {"token": repeat(43), "pushToken": "mine"}, {"userId": 5, "deviceId": rand.Text(), "osName": ""}} {
		c.put(t, path, nothing).fails(t, http.StatusBadRequest, "Nothing to update")
	}
	c.put(t, path, object{"osName": 1}).fails(t, http.StatusBadRequest, "Invalid params")
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		c.do(t, method, "/device/9999999999999999999999", object{"osName": "a"}).fails(t, http.StatusNotFound, "Wrong device id")
		c.do(t, method, "/device/x", object{"osName": "a"}).fails(t, http.StatusBadRequest, "id must be number")
	}
	session := data[api.DeviceData](t, ann.get(t, "/device")).Device.ID
	c.put(t, devicePath(session), object{"appVersion": 7}).ok(t)
	if got := data[api.DeviceData](t, ann.get(t, "/device")).Device; *got.AppVersion != "7" {
		t.Errorf("the session's device is %+v", got)
	}
}

func manageRemoveDevice(t *testing.T, s *target) {
	c, p := s.console(t), s.phone(t).signsIn(t)
	other := p.on(rand.Text()).signsIn(t)
	own, others := p.listen(t), other.listen(t)
	id := data[api.DeviceData](t, p.get(t, "/device")).Device.ID
	p.asks(t).ok(t)
	code := s.code(t, p.Number)
	golden(t, "removeDevice", c.delete(t, "%s", devicePath(id)), nil)
	own.end(t, patience)
	p.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	p.gives(t, code).fails(t, http.StatusNotFound, "Device not found")
	c.get(t, "%s", devicePath(id)).fails(t, http.StatusNotFound, "Wrong device id")
	other.put(t, "/me", object{"displayName": "Pia"}).ok(t)
	others.next(t, "what happens on the other device", func(f frame) bool { return f.named("Pia") })
}
