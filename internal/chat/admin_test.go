package chat_test

import (
	"testing"
	"time"

	"spika/internal/chat"
)

var operator = chat.OperatorAccess{Name: "root", Password: "a long secret"}

func TestOperatorSignsIn(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.Operator = operator })
	for _, c := range []struct {
		access         chat.OperatorAccess
		name, password string
	}{
		{operator, "root", "a long secret "},
		{operator, "roota", " long secret"}, // name and password are told apart
		{operator, "Root", "a long secret"},
		{operator, "", ""},
		{chat.OperatorAccess{}, "", ""},
		{chat.OperatorAccess{Name: "root"}, "root", ""},
		{chat.OperatorAccess{Password: "a long secret"}, "", "a long secret"},
	} {
		tm.opts.Operator = c.access
		_, err := tm.node().SignInAdmin(tm.ctx, c.name, c.password)
		tm.fails(err, chat.Forbidden, "Invalid username or password")
	}
	in := must(tm.svc.SignInAdmin(tm.ctx, "root", "a long secret"))(t)
	who := must(tm.svc.AuthenticateAdmin(tm.ctx, in.Token))(t)
	if who.User.ID != 0 || who.User.Role != chat.Owner || who.User.Name != "root" {
		t.Errorf("the operator is %+v", who.User)
	}
	tm.clock.pass(chat.AdminTokenLife - time.Minute)
	must(tm.svc.AuthenticateAdmin(tm.ctx, in.Token))(t)
	tm.clock.pass(2 * time.Minute)
	_, err := tm.svc.AuthenticateAdmin(tm.ctx, in.Token)
	tm.fails(err, chat.Forbidden, "Invalid access token")
}

// The operator's token is bound to the settings.
func TestOperatorsTokenEndsWithTheSettings(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.Operator = operator })
	in := must(tm.svc.SignInAdmin(tm.ctx, "root", "a long secret"))(t)
	for _, changed := range []chat.OperatorAccess{{}, {Name: "root", Password: "another secret"}, {Name: "boss", Password: "a long secret"}} {
		tm.opts.Operator = changed
		_, err := tm.node().AuthenticateAdmin(tm.ctx, in.Token)
		tm.fails(err, chat.Forbidden, "Invalid access token")
	}
	tm.opts.Operator = operator
	must(tm.node().AuthenticateAdmin(tm.ctx, in.Token))(t) // a restart
}

// manager makes an admin and signs them in to the management routes.
func (tm *team) manager(name string) (chat.Session, string) {
	tm.Helper()
	u := tm.joins(name)
	must(tm.svc.SetRole(tm.ctx, tm.owner, u.User.ID, chat.Admin))(tm)
	u.User = must(tm.store.User(tm.ctx, u.User.ID))(tm)
	in := must(tm.svc.SignInAdmin(tm.ctx, u.User.Email, goodPassword))(tm)
	must(tm.svc.AuthenticateAdmin(tm.ctx, in.Token))(tm)
	return u, in.Token
}

func TestAdminsTokenEndsWithThePower(t *testing.T) {
	for name, end := range map[string]func(tm *team, who chat.Session) error{
		"another role": func(tm *team, who chat.Session) error {
			_, err := tm.svc.SetRole(tm.ctx, tm.owner, who.User.ID, chat.Plain)
			if err == nil { // made an admin again, they have to sign in again
				_, err = tm.svc.SetRole(tm.ctx, tm.owner, who.User.ID, chat.Admin)
			}
			return err
		},
		"another password": func(tm *team, who chat.Session) error {
			return tm.svc.ChangePassword(tm.ctx, who, goodPassword, goodPassword+"!")
		},
		"a reset": func(tm *team, who chat.Session) error {
			link, err := tm.svc.NewResetLink(tm.ctx, tm.owner, who.User.ID)
			if err != nil {
				return err
			}
			_, err = tm.svc.ResetPassword(tm.ctx, link.Token, goodPassword+"!", chat.DeviceInfo{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			tm := newTeam(t)
			who, token := tm.manager("Bea")
			tm.ok(end(tm, who))
			_, err := tm.svc.AuthenticateAdmin(tm.ctx, token)
			tm.fails(err, chat.Forbidden, "Invalid access token")
		})
	}
}

func TestWhoDoesNotManageCannotSignIn(t *testing.T) {
	tm := newTeam(t)
	cas := tm.joins("Cas")
	for _, c := range [][2]string{
		{cas.User.Email, goodPassword}, {tm.owner.User.Email, "wrong"}, {"nobody@example.org", goodPassword}, {"", ""}, {tm.owner.User.Email, ""},
	} {
		_, err := tm.svc.SignInAdmin(tm.ctx, c[0], c[1])
		tm.fails(err, chat.Forbidden, "Invalid username or password")
	}
	if n := len(tm.passwords.verified); n < 5 {
		t.Errorf("%d passwords were verified: what is wrong shows in the time", n)
	}
	for _, token := range []string{"", "guess"} {
		_, err := tm.svc.AuthenticateAdmin(tm.ctx, token)
		tm.fails(err, chat.Forbidden, "Invalid access token")
	}
}

// An admin who loses the role while the password is verified gets no token.
func TestLosingTheRoleWhileSigningIn(t *testing.T) {
	tm := newTeam(t)
	bea := tm.joins("Bea")
	must(tm.svc.SetRole(tm.ctx, tm.owner, bea.User.ID, chat.Admin))(t)
	tm.passwords.meanwhile = func() { must(tm.svc.SetRole(tm.ctx, tm.owner, bea.User.ID, chat.Plain))(t) }
	_, err := tm.svc.SignInAdmin(tm.ctx, bea.User.Email, goodPassword)
	tm.fails(err, chat.Forbidden, "Invalid username or password")
}

// What changes people, invites and keys is in the audit log, by whom and what.
func TestAuditLog(t *testing.T) {
	tm := newTeam(t)
	bea := tm.joins("Bea").User.ID
	must(tm.svc.SetRole(tm.ctx, tm.owner, bea, chat.Admin))(t)
	must(tm.svc.NewResetLink(tm.ctx, tm.owner, bea))(t)
	invite := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, 0))(t)
	tm.ok(tm.svc.CloseInvite(tm.ctx, tm.owner, invite.ID))
	key := must(tm.svc.CreateKey(tm.ctx, tm.owner, tm.general, "ci"))(t)
	must(tm.svc.RenameKey(tm.ctx, tm.owner, key.ID, "cd"))(t)
	must(tm.svc.RevokeKey(tm.ctx, key.ID))(t)
	want := []string{"key.delete operator", "key.rename Ada", "key.add Ada", "invite.delete Ada", "invite.add Ada", "user.reset_link Ada", "user.role Ada"}
	list := must(tm.svc.AuditLog(tm.ctx, tm.owner, 0))(t)
	for i, w := range want {
		if got := list.List[i].Action + " " + list.List[i].Actor; got != w {
			t.Errorf("entry %d is %s, want %s", i, got, w)
		}
	}
	role := list.List[len(want)-1]
	same(t, string(role.Details), `{"from":"member","to":"admin"}`)
	same(t, role.TargetID, bea)
	same(t, role.ActorID, tm.owner.User.ID)
	same(t, list.List[0].ActorID, 0)
	tm.fails(tm.svc.CloseInvite(tm.ctx, tm.owner, invite.ID), chat.NotFound) // and is not noted
	same(t, must(tm.svc.AuditLog(tm.ctx, tm.owner, 0))(t).List[0].Action, "key.delete")
	_, err := tm.svc.AuditLog(tm.ctx, tm.joins("Cas"), 0)
	tm.fails(err, chat.Forbidden)
	same(t, len(must(tm.svc.AuditLog(tm.ctx, tm.owner, 1))(t).List), 0)
}
