package conformance

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"spika/api"
)

func managementChecks() []check {
	return []check{
		{"sign in", managementSignIn},
		{"credentials", managementCredentials},
		{"attempts", managementAttempts},
		{"operator", managementOperator},
		{"losing the role", managementLosingTheRole},
		{"audit", managementAudit},
		{"sizes", managementSizes},
		{"users", manageUsers},
		{"users, making", manageMakeUser},
		{"users, changing", manageChangeUser},
		{"users, deleting", manageRemoveUser},
		{"pictures", managePictures},
		{"rights", manageRights},
		{"devices", manageDevices},
		{"devices, making", manageMakeDevice},
		{"devices, changing", manageChangeDevice},
		{"devices, deleting", manageRemoveDevice},
		{"rooms", manageRooms},
		{"rooms, refusals", manageRoomRefusals},
		{"rooms, changing", manageReformRoom},
		{"rooms, members", manageMembers},
		{"rooms, deleting", manageDestroyRoom},
		{"statistics", manageStats},
	}
}

// console is someone who uses the management routes.
type console struct {
	s     *target
	Token string
}

// do sends a request to a management route; path is what follows
// /api/management.
func (c console) do(t testing.TB, method, path string, body any) reply {
	t.Helper()
	return c.s.do(t, request{method: method, path: "/api/management" + path, body: body, header: []string{"admin-accesstoken: " + c.Token}})
}

func (c console) get(t testing.TB, format string, args ...any) reply {
	t.Helper()
	return c.do(t, "GET", fmt.Sprintf(format, args...), nil)
}

// file uploads a file from the console, with its token in the header of a name.
func (c console) file(t testing.TB, header string) api.File {
	t.Helper()
	send := func(method, path string, body any) reply {
		t.Helper()
		return c.s.do(t, request{method: method, path: "/api/upload" + path, body: body, header: []string{header + ": " + c.Token}})
	}
	id := newClientID()
	send("POST", "/files", chunkOf(id, 0, "a face")).ok(t)
	send("GET", "/files/check/"+id, nil).ok(t)
	return data[api.FileData](t, send("POST", "/files/verify", finish(id, "a.txt", "text/plain", "a face"))).File
}

func (s *target) signInAdmin(t testing.TB, name, password string) reply {
	t.Helper()
	return s.do(t, request{method: "POST", path: "/api/management/auth", body: object{"username": name, "password": password}})
}

// manage signs someone in to the management routes.
func (s *target) manage(t testing.TB, email string) console {
	t.Helper()
	in := data[api.AdminSignedIn](t, s.signInAdmin(t, email, password))
	s.secrets.add(in.Token)
	return console{s, in.Token}
}

// console is the owner's.
func (s *target) console(t testing.TB) console {
	t.Helper()
	s.needCommands(t) // the owner's password is known where the tests made the owner
	return s.manage(t, s.people.owner().Email)
}

func managementSignIn(t *testing.T, s *target) {
	s.needCommands(t)
	r := s.signInAdmin(t, s.people.owner().Email, password)
	golden(t, "signInAdmin", r, nil)
	in := data[api.AdminSignedIn](t, r)
	s.secrets.add(in.Token)
	if left := time.Until(time.Unix(in.ExpireDate, 0)); left < 29*24*time.Hour || left > 31*24*time.Hour {
		t.Errorf("the token ends in %v", left)
	}
	if r := s.do(t, request{method: "GET", path: "/api/management/auth"}).ok(t); string(r.body) != "OK" {
		t.Errorf("GET /api/management/auth: %s", r.body)
	}
	plain := s.withPassword(t, "Ann")
	for _, wrong := range [][2]string{
		{s.people.owner().Email, password + "x"}, {plain.Email, password}, {"nobody@example.org", password}, {"admin", ""}, {"", password}, {"", ""},
	} {
		s.signInAdmin(t, wrong[0], wrong[1]).fails(t, http.StatusForbidden, "Invalid username or password")
	}
	s.do(t, request{method: "POST", path: "/api/management/auth", body: object{"username": 1}}).fails(t, http.StatusBadRequest, "Invalid params")
	s.do(t, request{method: "POST", path: "/api/management/auth", body: object{}}).fails(t, http.StatusForbidden, "Invalid username or password")
}

func managementCredentials(t *testing.T, s *target) {
	c := s.console(t)
	check := func(path string, header ...string) reply {
		t.Helper()
		return s.do(t, request{method: "GET", path: "/api/management" + path, header: header})
	}
	golden(t, "checkAdmin", check("/auth/check", "admin-accesstoken: "+c.Token), nil)
	check("/auth/check", "adminaccesstoken: "+c.Token).ok(t)
	check("/auth/check?token=" + c.Token).ok(t)
	check("/audit", "adminaccesstoken: "+c.Token).ok(t)
	check("/audit?token="+c.Token).fails(t, http.StatusForbidden, "Invalid access token")
	for _, op := range s.spec.operations {
		if !strings.HasPrefix(op.path, "/api/management/") || strings.HasSuffix(op.path, "/auth") {
			continue
		}
		for _, header := range [][]string{nil, {"admin-accesstoken: " + repeat(43)}, {"accesstoken: " + c.Token}, {"admin-accesstoken: " + s.people.owner().Token}} {
			r := s.do(t, request{method: op.method, path: fill(op.path), header: header})
			r.fails(t, http.StatusForbidden, "Invalid access token")
		}
	}
	s.do(t, request{method: "GET", path: "/api/messenger/me", token: c.Token}).fails(t, http.StatusUnauthorized, "Invalid access token")
}

// Attempts are counted together with those to sign in: who guesses cannot take
// turns.
func managementAttempts(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t, "--sign-in-attempts", "3", "--sign-in-window", "1h")
	email := own.people.owner().Email
	own.signInAdmin(t, email, "wrong").fails(t, http.StatusForbidden, "Invalid username or password")
	own.signIn(t, email, "wrong password").fails(t, http.StatusUnauthorized, "Wrong e-mail address or password")
	own.manage(t, email) // does not count
	own.signInAdmin(t, strings.ToUpper(email), "wrong").fails(t, http.StatusForbidden, "Invalid username or password")
	r := own.signInAdmin(t, email, password)
	r.fails(t, http.StatusTooManyRequests, "Too many attempts")
	if r.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
}

// The access that the settings give survives a restart and ends when they change.
func managementOperator(t *testing.T, s *target) {
	l := s.needLocal(t)
	file := filepath.Join(t.TempDir(), "spika.conf")
	settings := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings("admin-username = root\nadmin-password = operators secret\n")
	own, p := l.peopled(t, "--config", file)
	own.secrets.add("operators secret")
	own.signInAdmin(t, "root", "wrong").fails(t, http.StatusForbidden, "Invalid username or password")
	in := data[api.AdminSignedIn](t, own.signInAdmin(t, "root", "operators secret"))
	own.secrets.add(in.Token)
	c, persons := console{own, in.Token}, own.console(t)
	c.get(t, "/auth/check").ok(t)
	ann := own.person(t, "Ann")
	face := c.file(t, "admin-accesstoken") // is the owner's, since the operator is nobody
	c.put(t, userPath(ann.ID), object{"avatarFileId": face.ID}).ok(t)
	persons.put(t, userPath(own.people.owner().ID), object{"avatarFileId": face.ID}).ok(t)
	p.stop(t)
	p.start(t)
	c.get(t, "/auth/check").ok(t)
	persons.get(t, "/auth/check").ok(t)
	settings("admin-username = root\nadmin-password = another secret\n")
	p.stop(t)
	p.start(t)
	c.get(t, "/auth/check").fails(t, http.StatusForbidden, "Invalid access token")
	persons.get(t, "/auth/check").ok(t)
}

func managementLosingTheRole(t *testing.T, s *target) {
	bea := s.admin(t, "Bea")
	c := s.manage(t, bea.Email)
	c.get(t, "/audit").ok(t)
	s.people.owner().put(t, fmt.Sprintf("/people/%d", bea.ID), object{"role": "member"}).ok(t)
	c.get(t, "/audit").fails(t, http.StatusForbidden, "Invalid access token")
	s.signInAdmin(t, bea.Email, password).fails(t, http.StatusForbidden, "Invalid username or password")
}

func managementAudit(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t)
	owner := own.people.owner()
	c := own.console(t)
	ann := own.person(t, "Ann")
	room := owner.room(t, "Releases")
	key := owner.bot(t, room, "ci")
	owner.delete(t, "/api-keys/%d", key.Key).ok(t)
	owner.put(t, fmt.Sprintf("/people/%d", ann.ID), object{"role": "admin"}).ok(t)
	golden(t, "listAudit", c.get(t, "/audit"), object{"owner": owner.ID, "ann": ann.ID, "room": room, "key": key.Key})

	for range 2*api50 - 7 { // with the seven above there are two pages
		owner.post(t, fmt.Sprintf("/people/%d/reset-link", ann.ID), nil).ok(t)
	}
	var ids []int64
	for page := range 3 {
		list := data[api.AuditList](t, c.get(t, "/audit?page=%d", page))
		if list.Count != 2*api50 || list.Limit != api50 {
			t.Errorf("page %d: count %d, limit %d", page, list.Count, list.Limit)
		}
		for _, e := range list.List {
			ids = append(ids, e.ID)
		}
	}
	down := slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) })
	if len(slices.Compact(slices.Clone(ids))) != 2*api50 || !down {
		t.Errorf("the pages hold %v", ids)
	}
	c.get(t, "/audit?page=-1").fails(t, http.StatusBadRequest, "page must be valid number")
	printed := string(own.cli.run(t, "", "audit", "--limit", "3"))
	if strings.Count(printed, `"action":"user.reset_link"`) != 3 {
		t.Errorf("the command prints %s", printed)
	}
}

// api50 is how many entries a page of the audit log holds.
const api50 = 50

func managementSizes(t *testing.T, s *target) {
	for _, op := range s.spec.operations {
		if _, ok := op.replies[http.StatusRequestEntityTooLarge]; !ok || !strings.HasPrefix(op.path, "/api/management/") {
			continue
		}
		c := s.console(t)
		r := c.do(t, op.method, strings.TrimPrefix(fill(op.path), "/api/management"), `{"a":"`+repeat(300<<10)+`"}`)
		r.fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	}
}
