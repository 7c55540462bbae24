package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spika/api"
)

const m = "/api/messenger"

// invite brings a person into the team and gives their session token.
func (r *rig) invite(name string) (api.User, string) {
	r.t.Helper()
	made := data[api.CreatedInvite](r.t, r.as("POST", m+"/invites", ""))
	_, token, _ := strings.Cut(made.URL, "/invite#")
	joined := r.do("POST", m+"/invites/accept", fmt.Sprintf(
		`{"token":%q,"displayName":%q,"emailAddress":"%s@example.org","password":"correct horse"}`, token, name, strings.ToLower(name)))
	return data[api.SignedIn](r.t, joined).User, sessionCookie(r.t, joined).Value
}

func sessionCookie(t testing.TB, got reply) *http.Cookie {
	t.Helper()
	res := http.Response{Header: got.header}
	for _, c := range res.Cookies() {
		if c.Name == api.SessionCookie {
			return c
		}
	}
	t.Fatalf("no session cookie in %v", got.header)
	return nil
}

func TestSignIn(t *testing.T) {
	r := newRig(t)
	const good = `{"emailAddress":" Ada@example.org","password":"correct horse","deviceName":"desk"`
	t.Run("by cookie", func(t *testing.T) {
		got := r.do("POST", m+"/session", good+`}`)
		in := data[api.SignedIn](t, got)
		if in.Device.Token != nil || *in.Device.Type != "browser" || *in.Device.DeviceName != "desk" {
			t.Errorf("device %+v", in.Device)
		}
		c := sessionCookie(t, got)
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || c.MaxAge < 30*24*3600 {
			t.Errorf("cookie %+v", c)
		}
		me := r.do("GET", m+"/me", "", "Cookie: spika_session="+c.Value)
		if data[api.UserData](t, me).User.ID != r.owner.User.ID || sessionCookie(t, me).Value != c.Value {
			t.Errorf("me: %s", me.body)
		}
		if d := data[api.DeviceData](t, r.do("GET", m+"/device", "", "Cookie: spika_session="+c.Value)).Device; d.Token != nil {
			t.Error("the device shows a token that only the cookie may hold")
		}
		out := r.do("POST", m+"/auth/logout", "", "Cookie: spika_session="+c.Value)
		if d := data[api.DeviceData](t, out).Device; d.Token != nil || sessionCookie(t, out).MaxAge >= 0 {
			t.Errorf("signed out: %s %v", out.body, out.header)
		}
		wantError(t, r.do("GET", m+"/me", "", "Cookie: spika_session="+c.Value), 401, "Invalid access token")
	})
	t.Run("by token", func(t *testing.T) {
		got := r.do("POST", m+"/session", good+`,"cookie":false}`, "os-name: linux", "app-version: 1.2\x01", "Origin: https://elsewhere.example")
		in := data[api.SignedIn](t, got)
		if in.Device.Token == nil || got.header.Get("Set-Cookie") != "" || *in.Device.OSName != "linux" || *in.Device.AppVersion != "1.2" {
			t.Fatalf("device %+v, headers %v", in.Device, got.header)
		}
		if d := data[api.DeviceData](t, r.do("GET", m+"/device", "", "accesstoken: "+*in.Device.Token)).Device; *d.Token != *in.Device.Token {
			t.Error("the device does not show the token the request came with")
		}
	})
	t.Run("refused", func(t *testing.T) {
		wantError(t, r.do("POST", m+"/session", `{"emailAddress":"ada@example.org","password":"wrong"}`), 401, "Wrong e-mail address or password")
		wantError(t, r.do("POST", m+"/session", `{"emailAddress":"bob@example.org","password":"wrong"}`), 401, "Wrong e-mail address or password")
		wantError(t, r.do("POST", m+"/session", `{"emailAddress":"ada@example.org"}`), 400, "Invalid params: password must be given")
		wantError(t, r.do("POST", m+"/session", `{"password":"x"}`), 400, "Invalid params: emailAddress must be given")
		wantError(t, r.do("POST", m+"/session", good+strings.Repeat(" ", 9)+`,"deviceName":"x"}`), 400, `Invalid params: the key "deviceName" is given twice`)
		wantError(t, r.do("POST", m+"/session", good+`}`, "Sec-Fetch-Site: cross-site"), 403, "Forbidden: pages of another origin")
	})
}

func TestSetUp(t *testing.T) {
	r := newRig(t)
	if data[api.SetupState](t, r.do("GET", m+"/setup", "")).Needed {
		t.Error("set up, and yet it is needed")
	}
	wantError(t, r.do("POST", m+"/setup", `{"token":"x","displayName":"Bob","emailAddress":"bob@example.org","password":"correct horse"}`), 409, "This server is set up already")
	if got := data[api.Settings](t, r.do("GET", m+"/settings", "")); got != (api.Settings{TeamMode: true, TeamName: "Clover"}) {
		t.Errorf("settings %+v", got)
	}
}

func TestMe(t *testing.T) {
	r := newRig(t)
	got := data[api.UserData](t, r.as("PUT", m+"/me", `{"displayName":"Ada L.","emailAddress":null}`)).User
	if *got.DisplayName != "Ada L." || *got.EmailAddress != "ada@example.org" {
		t.Errorf("got %+v", got)
	}
	wantError(t, r.as("PUT", m+"/me", `{"displayName":5}`), 400, "Invalid params: displayName must be a string, not a number")
	wantError(t, r.as("PUT", m+"/me", `{"avatarFileId":-1}`), 400, "Invalid params: avatarFileId")
	wantError(t, r.as("PUT", m+"/me/password", ``), 400, "Invalid params: the body must be JSON")
	wantError(t, r.as("PUT", m+"/me/password", `{"currentPassword":"wrong","newPassword":"battery staple"}`), 403, "currentPassword is wrong")
	wantError(t, r.as("PUT", m+"/me/password", `{"currentPassword":"correct horse","newPassword":"short"}`), 400, "password must have 10 to 200")
	wantError(t, r.as("PUT", m+"/me/password", `{"newPassword":"battery staple"}`), 400, "Invalid params: currentPassword must be given")
	if d := data[api.DeviceData](t, r.as("PUT", m+"/me/password", `{"currentPassword":"correct horse","newPassword":"battery staple"}`)).Device; d.ID != r.owner.Device.ID {
		t.Errorf("device %+v", d)
	}
	data[api.SignedIn](t, r.do("POST", m+"/session", `{"emailAddress":"ada@example.org","password":"battery staple"}`))
}

func TestPeople(t *testing.T) {
	r := newRig(t)
	added := data[api.AddedPerson](t, r.as("POST", m+"/people", `{"displayName":"Bob","emailAddress":"bob@example.org"}`))
	wantError(t, r.as("POST", m+"/people", `{"displayName":"Bob","emailAddress":"bob@example.org"}`), 409, "User with that email exists")
	wantError(t, r.as("POST", m+"/people", `{"displayName":"Eve","emailAddress":"eve@example.org","role":"owner"}`), 400, "role must be")
	page, token, _ := strings.Cut(added.Link.URL, "#")
	if page != "http://example.com/reset" {
		t.Errorf("the link is to %s", page)
	}
	info := data[api.LinkInfo](t, r.do("POST", m+"/links/inspect", fmt.Sprintf(`{"token":%q}`, token)))
	if info.Kind != api.LinkReset || *info.EmailAddress != "bob@example.org" || info.ExpiresAt == nil || info.TeamName != "Clover" {
		t.Errorf("link %+v", info)
	}
	reset := fmt.Sprintf(`{"token":%q,"password":"correct horse"}`, token)
	bob := sessionCookie(t, r.do("POST", m+"/password/reset", reset)).Value
	wantError(t, r.do("POST", m+"/password/reset", reset), 404, "This link is unknown")
	wantError(t, r.do("GET", m+"/people", "", "accesstoken: "+bob), 403, "Forbidden: only the owner and admins")

	path := fmt.Sprintf("%s/people/%d", m, added.User.ID)
	if u := data[api.UserData](t, r.as("PUT", path, `{"role":"admin"}`)).User; u.Role != api.RoleAdmin {
		t.Errorf("role %q", u.Role)
	}
	wantError(t, r.as("PUT", path, `{}`), 400, "role must be")
	data[api.ResetLink](t, r.as("POST", path+"/reset-link", ""))
	people := data[api.PersonList](t, r.as("GET", m+"/people", ""))
	if people.Count != 2 || people.List[1].LastSignInAt == nil {
		t.Errorf("people %+v", people)
	}
}

func TestInvites(t *testing.T) {
	r := newRig(t)
	wantError(t, r.as("POST", m+"/invites", `{"expiresInHours":0}`), 400, "Invalid params: expiresInHours must be 1 to 720")
	wantError(t, r.as("POST", m+"/invites", `{"expiresInHours":9000000000000000000}`), 400, "Invalid params: expiresInHours must be 1 to 720")
	made := data[api.CreatedInvite](t, r.as("POST", m+"/invites", `{"expiresInHours":2}`))
	if made.Invite.ExpiresAt-made.Invite.CreatedAt != 2*3600*1000 || len(made.Invite.RoomIDs) != 1 {
		t.Errorf("invite %+v", made.Invite)
	}
	if list := data[api.InviteList](t, r.as("GET", m+"/invites", "")).List; len(list) != 1 {
		t.Errorf("list %+v", list)
	}
	path := fmt.Sprintf("%s/invites/%d", m, made.Invite.ID)
	data[api.Deleted](t, r.as("DELETE", path, ""))
	wantError(t, r.as("DELETE", path, ""), 404, "Not found")
}

func TestUsers(t *testing.T) {
	r := newRig(t)
	bob, _ := r.invite("Bob")
	if u := data[api.UserData](t, r.as("GET", fmt.Sprintf("%s/users/%d", m, bob.ID), "")).User; *u.DisplayName != "Bob" {
		t.Errorf("user %+v", u)
	}
	wantError(t, r.as("GET", m+"/users/99999999999999999999999", ""), 404, "User not found")
	wantError(t, r.as("GET", m+"/users/x", ""), 400, "id must be number")
	wantError(t, r.as("GET", m+"/users/0", ""), 400, "id must be number")
	wantError(t, r.as("GET", m+"/users/-1", ""), 400, "id must be number")
	if s := data[api.SyncUsers](t, r.as("GET", m+"/users/sync/0", "")); s.Count != 3 || len(s.Users) != 3 || s.HasNext {
		t.Errorf("sync %+v", s)
	}
	if s := data[api.SyncUsers](t, r.as("GET", m+"/users/sync/0?page=9000000000000000000", "")); s.Count != 0 {
		t.Errorf("sync %+v", s)
	}
	wantError(t, r.as("GET", m+"/users/sync/yesterday", ""), 400, "timestamp must be number")
	wantError(t, r.as("GET", m+"/users/sync/0?page=x", ""), 400, "page must be valid number")
	if c := data[api.ContactList](t, r.as("GET", m+"/contacts?keyword=bo", "")); c.Count != 1 || c.List[0].ID != bob.ID || c.NextCursor != nil {
		t.Errorf("contacts %+v", c)
	}
	wantError(t, r.as("GET", m+"/contacts?cursor=", ""), 400, "Invalid params: cursor must be an id")
	wantError(t, r.as("GET", m+"/contacts?keyword=%ff", ""), 400, "Invalid params: the query must be UTF-8")
	wantError(t, r.as("GET", m+"/contacts?keyword=%00", ""), 400, "Invalid params: the query must be UTF-8")
	wantError(t, r.as("GET", m+"/contacts?keyword=%zz", ""), 400, "Invalid params: the query is not well formed")
}

func TestRooms(t *testing.T) {
	r := newRig(t)
	bob, token := r.invite("Bob")
	made := data[api.RoomData](t, r.as("POST", m+"/rooms", fmt.Sprintf(`{"name":"Releases","type":"custom","userIds":[%d]}`, bob.ID))).Room
	if made.Type != api.RoomGroup || len(made.Users) != 2 {
		t.Errorf("room %+v", made)
	}
	wantError(t, r.as("POST", m+"/rooms", `{"userIds":[65000000000000000]}`), 400, "Users doesn't exist, ids: 65000000000000000")
	wantError(t, r.as("POST", m+"/rooms", `{"userIds":5}`), 400, "Invalid params: userIds must be an array")
	wantError(t, r.as("POST", m+"/rooms", `{"userIds":["x"]}`), 400, "Invalid params: userIds must be an array of numbers")
	wantError(t, r.as("POST", m+"/rooms", `{"adminUserIds":[0]}`), 400, "Invalid params: userIds and adminUserIds must hold ids")
	private := data[api.RoomData](t, r.as("POST", m+"/rooms", fmt.Sprintf(`{"userIds":[%d]}`, bob.ID))).Room
	if found := data[api.RoomData](t, r.as("GET", fmt.Sprintf("%s/rooms/users/%d", m, bob.ID), "")).Room; found.ID != private.ID || found.Type != api.RoomPrivate {
		t.Errorf("private room %+v", found)
	}
	wantError(t, r.as("POST", m+"/rooms", fmt.Sprintf(`{"userIds":[%d]}`, bob.ID)), 409, "Room already exists")

	path := fmt.Sprintf("%s/rooms/%d", m, made.ID)
	if got := data[api.RoomData](t, r.as("PUT", path, `{"action":"changeGroupName","name":"Ships"}`)).Room; got.Name != "Ships" || len(got.Users) != 2 {
		t.Errorf("renamed %+v", got)
	}
	wantError(t, r.as("PUT", path, `{"action":"changeGroupName"}`), 400, "Invalid params: name must be given")
	wantError(t, r.as("PUT", path, `{"action":"changeGroupAvatar"}`), 400, "Invalid params: avatarFileId must be given")
	wantError(t, r.as("PUT", path, `{"action":"addGroupUsers"}`), 400, "Invalid params: userIds must be given")
	wantError(t, r.as("PUT", path, `{"action":"burn"}`), 400, "Invalid params: action must be")
	wantError(t, r.do("PUT", path, `{"name":"x"}`, "accesstoken: "+token), 403, "Forbidden")
	for _, change := range []struct {
		body  string
		users int
	}{
		{fmt.Sprintf(`{"action":"addGroupAdmins","userIds":[%d]}`, bob.ID), 2},
		{fmt.Sprintf(`{"action":"removeGroupAdmins","userIds":[%d]}`, bob.ID), 2},
		{fmt.Sprintf(`{"action":"removeGroupUsers","userIds":[%d]}`, bob.ID), 1},
		{fmt.Sprintf(`{"action":"addGroupUsers","userIds":[%d]}`, bob.ID), 2},
		{`{"action":"changeGroupAvatar","avatarFileId":0}`, 2},
		{`{"userIds":null}`, 2},
		{`{"userIds":[]}`, 1},
	} {
		if got := data[api.RoomData](t, r.as("PUT", path, change.body)).Room; len(got.Users) != change.users {
			t.Errorf("%s: %d users", change.body, len(got.Users))
		}
	}
	wantError(t, r.as("POST", path+"/leave", ""), 400, "New admin(s) must be defined")
	if got := data[api.RoomData](t, r.as("POST", path+"/leave", fmt.Sprintf(`{"adminUserIds":[%d]}`, bob.ID))).Room; len(got.Users) != 1 {
		t.Errorf("left %+v", got)
	}
	wantError(t, r.as("GET", path, ""), 404, "Room not found")
	if got := data[api.RoomData](t, r.do("DELETE", path, "", "accesstoken: "+token)).Room; !got.Deleted {
		t.Errorf("deleted %+v", got)
	}
	if got := data[api.RoomList](t, r.as("GET", m+"/rooms?page=1&keyword=gen", "")); got.Count != 1 || got.List[0].ID != r.room.ID {
		t.Errorf("rooms %+v", got)
	}
	if got := data[api.SyncRooms](t, r.as("GET", m+"/rooms/sync/0", "")); got.Count != 2 || len(got.Rooms) != 2 {
		t.Errorf("sync %+v", got)
	}
	wantError(t, r.as("GET", m+"/rooms/sync/x", ""), 400, "lastUpdate must be number")
}

func TestMessages(t *testing.T) {
	r := newRig(t)
	bob, token := r.invite("Bob")
	first := data[api.PostedData](t, r.post(r.text("one"))).Message
	mine := data[api.MessageData](t, r.as("POST", m+"/messages", fmt.Sprintf(
		`{"roomId":%d,"type":"text","body":{"text":"see http://example.org"},"localId":9,"replyId":%d}`, r.room.ID, first.ID))).Message
	if *mine.LocalID != "9" || !mine.HasLink || mine.SeenCount != 0 || mine.SenderName != "Ada" || *mine.ReplyID != first.ID {
		t.Errorf("posted %+v", mine)
	}
	list := fmt.Sprintf("%s/messages/roomId/%d", m, r.room.ID)
	got := data[api.MessageList](t, r.as("GET", list+"?cursor=&targetMessageId=", ""))
	if len(got.List) != 2 || got.List[0].ID != mine.ID || got.NextCursor != nil || got.Limit != 50 {
		t.Errorf("list %+v", got)
	}
	wantError(t, r.as("GET", list+"?cursor=x", ""), 400, "Invalid params: cursor must be an id")
	wantError(t, r.as("GET", list+"?targetMessageId=-1", ""), 400, "Invalid params: targetMessageId must be an id")
	wantError(t, r.as("GET", m+"/messages/roomId/77", ""), 404, "No room found")
	wantError(t, r.as("GET", m+"/messages/roomId/x", ""), 400, "roomId must be number")
	if s := data[api.SyncMessages](t, r.as("GET", m+"/messages/sync/0", "")); s.Count != 2 || len(s.Messages) != 2 {
		t.Errorf("sync %+v", s)
	}

	as := "accesstoken: " + token
	if got := r.do("POST", m+"/messages/delivered", fmt.Sprintf(`{"messagesIds":[%d]}`, first.ID), as); !strings.Contains(got.body, `"messageRecords":[]`) {
		t.Errorf("delivered: %s", got.body)
	}
	wantError(t, r.do("POST", m+"/messages/delivered", `{"messageIds":[77]}`, as), 400, "No messages with given ids found")
	wantError(t, r.do("POST", m+"/messages/delivered", `{}`, as), 400, "No messages with given ids found")
	seen := fmt.Sprintf("%s/messages/%d/seen", m, r.room.ID)
	wantError(t, r.do("POST", seen, `{"messageId":0}`, as), 400, "Invalid params: messageId must be")
	data[api.MessageRecordList](t, r.do("POST", seen, fmt.Sprintf(`{"messageId":%d}`, first.ID), as))
	data[api.MessageRecordList](t, r.do("POST", seen, "", as))
	wantError(t, r.do("POST", m+"/messages/x/seen", "", as), 400, "roomId must be number")
	wantError(t, r.do("POST", m+"/messages/77/seen", "", as), 400, "user is not in this room")

	records := data[api.MessageRecordList](t, r.as("GET", fmt.Sprintf("%s/messages/%d/message-records", m, mine.ID), "")).MessageRecords
	kinds := map[api.RecordType]bool{}
	for _, rec := range records {
		if rec.UserID == bob.ID && rec.MessageID == mine.ID {
			kinds[rec.Type] = true
		}
	}
	if !kinds[api.RecordDelivered] || !kinds[api.RecordSeen] {
		t.Errorf("records %+v", records)
	}
	wantError(t, r.as("GET", m+"/messages/77/message-records", ""), 404, "No message found")

	history := data[api.HistoryList](t, r.as("GET", m+"/history?page=1", ""))
	if history.Page != 1 || history.Limit != 20 || len(history.List) != 1 || history.List[0].LastMessage.ID != mine.ID {
		t.Errorf("history %+v", history)
	}
	wantError(t, r.as("GET", m+"/history?page=0", ""), 400, "page must be valid number")
	item := data[api.HistoryItem](t, r.as("GET", fmt.Sprintf("%s/history/roomId/%d", m, r.room.ID), ""))
	if item.LastMessage.SeenCount != 2 {
		t.Errorf("item %+v, last %+v", item, item.LastMessage)
	}
}

func TestAPIKeys(t *testing.T) {
	r := newRig(t)
	_, token := r.invite("Bob")
	path := fmt.Sprintf("%s/api-keys/roomId/%d", m, r.room.ID)
	wantError(t, r.do("GET", path, "", "accesstoken: "+token), 403, "User is not in room or he is not admin in this room")
	wantError(t, r.as("POST", path, `{}`), 400, "displayName must not be empty")
	made := data[api.APIKeyData](t, r.as("POST", path, `{"displayName":"CI"}`)).APIKey
	if len(made.Token) != 43 || made.RoomID != r.room.ID || made.LastUsedAt != nil {
		t.Errorf("key %+v", made)
	}
	one := fmt.Sprintf("%s/api-keys/%d", m, made.ID)
	if got := data[api.APIKeyData](t, r.as("PUT", one, `{"displayName":"Build"}`)).APIKey; got.DisplayName != "Build" || got.Token != made.Token {
		t.Errorf("renamed %+v", got)
	}
	if got := data[api.DeletedAPIKey](t, r.as("DELETE", one, "")); !got.Deleted || got.RoomID != r.room.ID {
		t.Errorf("deleted %+v", got)
	}
	wantError(t, r.as("PUT", one, `{"displayName":"x"}`), 404, "Not found")
	wantError(t, r.do("POST", "/api/messaging/messages", r.text("x"), "accesstoken: "+made.Token), 401, "Invalid access token")
}
