package httpapi

import "testing"

func TestRouter(t *testing.T) {
	var root node
	for _, path := range []string{"/api/rooms", "/api/rooms/{id}", "/api/rooms/users/{userId}", "/api/rooms/{id}/leave", "/api/rooms/{a}/{b}/x"} {
		root.add(route{"GET", path, func(*call) error { return nil }})
	}
	for path, want := range map[string]struct {
		route  string
		params params
	}{
		"/api/rooms":           {"/api/rooms", params{}},
		"/API/Rooms/":          {"/api/rooms", params{}},
		"/api/rooms/7":         {"/api/rooms/{id}", params{"7"}},
		"/api/rooms/aB/":       {"/api/rooms/{id}", params{"aB"}},
		"/api/rooms/users/7":   {"/api/rooms/users/{userId}", params{"7"}},
		"/api/rooms/USERS/7":   {"/api/rooms/users/{userId}", params{"7"}},
		"/api/rooms/7/leave":   {"/api/rooms/{id}/leave", params{"7"}},
		"/api/rooms/users":     {"/api/rooms/{id}", params{"users"}},
		"/api/rooms/users/8/x": {"/api/rooms/{a}/{b}/x", params{"users", "8"}}, // no literal path goes there
		"/api/rooms//":         {},
		"/api//rooms":          {},
		"/api/rooms/7/leave/1": {},
		"/api/rooms/7/8/9/x":   {},
		"/api":                 {},
		"/":                    {},
		"":                     {},
		"api/rooms":            {},
	} {
		var p params
		e := root.find(path, &p)
		switch {
		case e == nil && want.route != "":
			t.Errorf("%s was not found", path)
		case e != nil && (e.path != want.route || p != want.params):
			t.Errorf("%s: got %s %q, want %s %q", path, e.path, p, want.route, want.params)
		}
	}
}

func TestRouterRefusesTheSameTwice(t *testing.T) {
	for _, second := range []string{"/api/rooms/{id}", "/api/rooms/{other}"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken twice", second)
				}
			}()
			var root node
			root.add(route{"GET", "/api/rooms/{id}", func(*call) error { return nil }})
			root.add(route{"GET", second, func(*call) error { return nil }})
		}()
	}
}

func TestUnderAPI(t *testing.T) {
	for path, want := range map[string]bool{
		"/api": true, "/api/": true, "/API/x": true, "/apix": false, "/": false, "": false, "/web/api/": false,
		"//api/x": true, "///API": true, "//": false, "//x//api": false,
	} {
		if underAPI(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
}
