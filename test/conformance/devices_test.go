package conformance

import (
	"net/http"
	"testing"

	"spika/api"
)

func deviceChecks() []check {
	return []check{
		{"what clients say", devicesHeaders},
		{"push token", devicesPushToken},
		{"push token, refusals", devicesRefusals},
	}
}

// device gives the device of p's session.
func (p person) thisDevice(t testing.TB) api.Device {
	t.Helper()
	return data[api.DeviceData](t, p.get(t, "/device")).Device
}

// says is a request that tells something of the device.
func (p person) says(t testing.TB, path string, header ...string) reply {
	t.Helper()
	return p.s.do(t, request{method: "GET", path: "/api/messenger" + path, token: p.Token, header: header})
}

func devicesHeaders(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	other := ann.device(t)
	before := other.thisDevice(t)
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	want := func(t *testing.T, d api.Device, name, kind, os, version, app string) {
		t.Helper()
		got := [5]string{text(d.DeviceName), text(d.Type), text(d.OSName), text(d.OSVersion), text(d.AppVersion)}
		if got != [5]string{name, kind, os, version, app} {
			t.Errorf("the device is %q", got)
		}
	}
	ann.says(t, "/rooms", "os-name: android", "os-version: 15", "device-name: Pixel", "app-version: 1.2.1", "device-type: phone").ok(t)
	want(t, ann.thisDevice(t), "Pixel", "phone", "android", "15", "1.2.1")
	s.sub(t, "nothing is no news", func(t *testing.T) {
		ann.says(t, "/rooms", "os-name: ", "os-version: 16").ok(t)
		want(t, ann.thisDevice(t), "Pixel", "phone", "android", "16", "1.2.1")
	})
	s.sub(t, "in the same reply", func(t *testing.T) {
		d := data[api.DeviceData](t, ann.says(t, "/device", "app-version: 1.3", "device-type: Browser")).Device
		want(t, d, "Pixel", "browser", "android", "16", "1.3")
	})
	s.sub(t, "too long or not text", func(t *testing.T) {
		ann.says(t, "/me", "os-name: "+repeat(5_000), "device-name: a\xffb").ok(t)
		want(t, ann.thisDevice(t), "ab", "browser", repeat(100), "16", "1.3")
	})
	if after := other.thisDevice(t); text(after.OSName) != text(before.OSName) || text(after.DeviceName) != text(before.DeviceName) {
		t.Errorf("another device of hers became %+v", after)
	}
	s.do(t, request{method: "GET", path: "/api/messenger/me", token: repeat(43), header: []string{"os-name: x"}}).
		fails(t, http.StatusUnauthorized, "Invalid access token")
}

func devicesPushToken(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := ann.thisDevice(t).ID
	r := ann.put(t, "/device", object{"pushToken": "push 1"})
	golden(t, "updateDevice", r, map[string]any{"id": id, "ann": ann.ID, "token": ann.Token})
	golden(t, "updateDevice", ann.put(t, "/device", object{}), map[string]any{"id": id, "ann": ann.ID, "token": ann.Token})
	golden(t, "updateDevice", ann.put(t, "/device/", nil), map[string]any{"id": id, "ann": ann.ID, "token": ann.Token})
	if d := ann.thisDevice(t); *d.PushToken != "push 1" {
		t.Errorf("the device is %+v", d)
	}
	ann.form(t, "PUT", "/device", "pushToken=push+2").ok(t)
	if d := ann.thisDevice(t); *d.PushToken != "push 2" {
		t.Errorf("the device is %+v", d)
	}
	if d := ann.device(t).thisDevice(t); d.PushToken != nil {
		t.Errorf("another device is %+v", d)
	}
	ann.put(t, "/device", object{"pushToken": ""}).ok(t)
	if d := ann.thisDevice(t); d.PushToken != nil {
		t.Errorf("the device is %+v", d)
	}
}

func devicesRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for body, begins := range map[string]string{
		`{"pushToken":5}`:                       "Invalid params: pushToken must be a string",
		`{"pushToken":["a"]}`:                   "Invalid params: pushToken must be a string",
		`{"pushToken":"a\nb"}`:                  "pushToken must be at most 4096 bytes",
		`{"pushToken":"` + repeat(4_097) + `"}`: "pushToken must be at most 4096 bytes",
		`{`:                                     "Invalid params: the body is not valid JSON",
	} {
		ann.put(t, "/device", body).fails(t, http.StatusBadRequest, begins)
	}
	ann.put(t, "/device", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	crossOriginRefused(t, s, ann, "PUT", "/device")
	if d := ann.thisDevice(t); d.PushToken != nil {
		t.Errorf("the device is %+v", d)
	}
}
