package chat_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"spika/internal/chat"
)

func TestInvitedPersonJoins(t *testing.T) {
	tm := newTeam(t)
	ops := tm.room(tm.owner)
	inv := must(tm.svc.NewInvite(tm.ctx, tm.owner, []int64{ops, tm.general, ops}, 0))(t)
	same(t, inv.RoomIDs, []int64{tm.general, ops})
	link, _, err := tm.svc.InspectLink(tm.ctx, inv.Token)
	tm.ok(err)
	same(t, link.Kind, chat.InviteLink)
	place := tm.place()
	in := must(tm.svc.AcceptInvite(tm.ctx, inv.Token, person("Bob"), chat.DeviceInfo{}))(t)
	if u := in.User; u.Role != chat.Plain || u.Name != "Bob" || !u.Verified {
		t.Errorf("the invited person is %+v", u)
	}
	same(t, must(tm.svc.Authenticate(tm.ctx, in.Token))(t).User.ID, in.User.ID)
	for _, room := range []int64{ops, tm.general} {
		all, admins := tm.members(room)
		same(t, all, ids(tm.owner, in.Session))
		same(t, admins, ids(tm.owner))
	}
	same(t, tm.kinds(place), []chat.EventKind{chat.UserChanged, chat.RoomChanged, chat.RoomChanged})
	must(tm.svc.AcceptInvite(tm.ctx, inv.Token, person("Eve"), chat.DeviceInfo{}))(t) // as often as wanted
	same(t, must(tm.svc.Invites(tm.ctx, tm.owner))(t)[0].Uses, 2)
}

func TestRefusedInvitationIsNotUsed(t *testing.T) {
	tm := newTeam(t)
	inv := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, 0))(t)
	_, err := tm.svc.AcceptInvite(tm.ctx, inv.Token, person("Ada"), chat.DeviceInfo{}) // who is there already
	tm.fails(err, chat.Conflict)
	_, err = tm.svc.AcceptInvite(tm.ctx, inv.Token, chat.NewPerson{Name: "Bob", Email: "b@example.org", Password: "short"}, chat.DeviceInfo{})
	tm.fails(err, chat.Invalid)
	same(t, must(tm.svc.Invites(tm.ctx, tm.owner))(t)[0].Uses, 0)
	must(tm.svc.AcceptInvite(tm.ctx, inv.Token, person("Bob"), chat.DeviceInfo{}))(t)
}

func TestInvitationsEnd(t *testing.T) {
	tm := newTeam(t)
	hour := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, time.Hour))(t)
	week := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, 0))(t)
	closed := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, 0))(t)
	tm.ok(tm.svc.CloseInvite(tm.ctx, tm.owner, closed.ID))
	tm.fails(tm.svc.CloseInvite(tm.ctx, tm.owner, closed.ID), chat.NotFound)
	open := func(link chat.IssuedLink, want bool) {
		t.Helper()
		if _, _, err := tm.svc.InspectLink(tm.ctx, link.Token); (err == nil) != want || err != nil && !chat.IsNotFound(err) {
			t.Fatalf("the link is open: %t, want %t (%v)", err == nil, want, err)
		}
		if !want {
			_, err := tm.svc.AcceptInvite(tm.ctx, link.Token, person("Bob"), chat.DeviceInfo{})
			tm.fails(err, chat.NotFound)
		}
	}
	listed := func() (out []int64) {
		for _, l := range must(tm.svc.Invites(tm.ctx, tm.owner))(t) {
			out = append(out, l.ID)
		}
		return out
	}
	open(hour, true)
	open(closed, false)
	same(t, listed(), []int64{week.ID, hour.ID})
	tm.clock.pass(time.Hour + time.Second)
	open(hour, false)
	open(week, true)
	same(t, listed(), []int64{week.ID})
	tm.clock.pass(7 * 24 * time.Hour)
	open(week, false)
	same(t, listed(), nil)
	open(chat.IssuedLink{Token: "unknown"}, false)
}

func TestWhoMayInvite(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	_, err := tm.svc.NewInvite(tm.ctx, bob, nil, 0)
	tm.fails(err, chat.Forbidden)
	_, err = tm.svc.Invites(tm.ctx, bob)
	tm.fails(err, chat.Forbidden)
	tm.fails(tm.svc.CloseInvite(tm.ctx, bob, 1), chat.Forbidden)
	must(tm.svc.NewInvite(tm.ctx, tm.admin("Eve"), nil, 0))(t)
	private := tm.private(tm.owner, bob)
	deleted := tm.room(tm.owner)
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, deleted))(t)
	for _, rooms := range [][]int64{{private}, {deleted}, {tm.general, 99}} {
		_, err = tm.svc.NewInvite(tm.ctx, tm.owner, rooms, 0)
		tm.fails(err, chat.Invalid, "roomIds")
	}
	for _, life := range []time.Duration{-1, time.Hour - 1, 30*24*time.Hour + 1} {
		_, err = tm.svc.NewInvite(tm.ctx, tm.owner, nil, life)
		tm.fails(err, chat.Invalid, "expiresInHours")
	}
	for _, life := range []time.Duration{time.Hour, 30 * 24 * time.Hour} {
		must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, life))(t)
	}
}

// TestInvitationSurvivesItsRooms: who is invited into a room that is deleted or
// full by then joins the others.
func TestInvitationSurvivesItsRooms(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.MaxMembers = 2 })
	deleted, full := tm.room(tm.owner), tm.room(tm.owner)
	inv := must(tm.svc.NewInvite(tm.ctx, tm.owner, []int64{deleted, full, tm.general}, 0))(t)
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, deleted))(t)
	eve := tm.joins("Eve")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, full, chat.RoomChange{AddUsers: ids(eve)}))(t)
	in := must(tm.svc.AcceptInvite(tm.ctx, inv.Token, person("Bob"), chat.DeviceInfo{}))(t)
	rooms := must(tm.store.JoinedRooms(tm.ctx, in.User.ID))(t)
	same(t, slices.Collect(maps.Keys(rooms)), []int64{tm.general})
}

func TestAddedPersonSetsAPassword(t *testing.T) {
	tm := newTeam(t)
	user, link, err := tm.svc.AddPerson(tm.ctx, tm.owner, chat.Newcomer{Name: "Bob", Email: "Bob@Example.org", Role: chat.Plain})
	tm.ok(err)
	if user.Email != "bob@example.org" || user.Password != "" || !user.Verified {
		t.Errorf("the added person is %+v", user)
	}
	all, _ := tm.members(tm.general)
	same(t, all, []int64{tm.owner.User.ID, user.ID})
	_, err = tm.svc.SignIn(tm.ctx, user.Email, "", chat.DeviceInfo{})
	tm.fails(err, chat.Unauthorized)
	found, whose, err := tm.svc.InspectLink(tm.ctx, link.Token)
	tm.ok(err)
	same(t, []any{found.Kind, whose.ID}, []any{chat.ResetLink, user.ID})
	in := must(tm.svc.ResetPassword(tm.ctx, link.Token, "a new password", chat.DeviceInfo{}))(t)
	same(t, must(tm.svc.Authenticate(tm.ctx, in.Token))(t).User.ID, user.ID)
	must(tm.svc.SignIn(tm.ctx, user.Email, "a new password", chat.DeviceInfo{}))(t)
	_, _, err = tm.svc.AddPerson(tm.ctx, tm.owner, chat.Newcomer{Name: "Bob", Email: "bob@example.org", Role: chat.Plain})
	tm.fails(err, chat.Conflict)
	for _, bad := range [][2]string{{"", "c@example.org"}, {"C", "nobody"}} {
		_, _, err = tm.svc.AddPerson(tm.ctx, tm.owner, chat.Newcomer{Name: bad[0], Email: bad[1], Role: chat.Plain})
		tm.fails(err, chat.Invalid)
	}
}

func TestResetLinksWorkOnce(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	before := tm.signsIn("Bob").Token
	first := must(tm.svc.NewResetLink(tm.ctx, tm.owner, bob.User.ID))(t)
	second := must(tm.svc.NewResetLink(tm.ctx, tm.owner, bob.User.ID))(t) // closes the first
	reset := func(token, password string) error {
		_, err := tm.svc.ResetPassword(tm.ctx, token, password, chat.DeviceInfo{})
		return err
	}
	tm.fails(reset(first.Token, "another password"), chat.NotFound)
	tm.fails(reset(second.Token, "short"), chat.Invalid)
	must(tm.svc.Authenticate(tm.ctx, before))(t)
	tm.ok(reset(second.Token, "another password"))
	_, err := tm.svc.Authenticate(tm.ctx, before)
	tm.fails(err, chat.Unauthorized)
	tm.fails(reset(second.Token, "a third password"), chat.NotFound)
	must(tm.svc.SignIn(tm.ctx, bob.User.Email, "another password", chat.DeviceInfo{}))(t)
	third := must(tm.svc.NewResetLink(tm.ctx, tm.owner, bob.User.ID))(t)
	tm.clock.pass(3*24*time.Hour + time.Second)
	tm.fails(reset(third.Token, "a third password"), chat.NotFound)
}

func TestLinksAreForOneThing(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	reset := must(tm.svc.NewResetLink(tm.ctx, tm.owner, bob.User.ID))(t)
	invite := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, 0))(t)
	_, err := tm.svc.AcceptInvite(tm.ctx, reset.Token, person("Eve"), chat.DeviceInfo{})
	tm.fails(err, chat.NotFound)
	_, err = tm.svc.ResetPassword(tm.ctx, invite.Token, "another password", chat.DeviceInfo{})
	tm.fails(err, chat.NotFound)
	same(t, must(tm.store.PeopleCount(tm.ctx))(t), 2)
	must(tm.svc.SignIn(tm.ctx, bob.User.Email, goodPassword, chat.DeviceInfo{}))(t)
}

func TestWhoMayReset(t *testing.T) {
	tm := newTeam(t)
	bob, eve, mia := tm.joins("Bob"), tm.admin("Eve"), tm.admin("Mia")
	key := tm.key(tm.owner, tm.general, "CI")
	for _, c := range []struct {
		who  chat.Session
		whom int64
		want chat.Code // -1: may
	}{
		{bob, bob.User.ID, chat.Forbidden}, {bob, eve.User.ID, chat.Forbidden}, {eve, bob.User.ID, -1}, {eve, eve.User.ID, -1},
		{eve, mia.User.ID, chat.Forbidden}, {eve, tm.owner.User.ID, chat.Forbidden}, {tm.owner, eve.User.ID, -1},
		{tm.owner, tm.owner.User.ID, -1}, {tm.owner, key.BotID, chat.NotFound}, {tm.owner, 99, chat.NotFound},
	} {
		_, err := tm.svc.NewResetLink(tm.ctx, c.who, c.whom)
		if c.want == -1 {
			tm.ok(err)
		} else {
			tm.fails(err, c.want)
		}
	}
}

// TestLinksEndWithTheirMakersPower: who does not manage the team any more has
// kept no way in, for themselves or others.
func TestLinksEndWithTheirMakersPower(t *testing.T) {
	for name, end := range map[string]func(tm *team, eve chat.Session) error{
		"demoted": func(tm *team, eve chat.Session) error {
			_, err := tm.svc.SetRole(tm.ctx, tm.owner, eve.User.ID, chat.Plain)
			return err
		},
		"removed": func(tm *team, eve chat.Session) error { return tm.svc.RemoveUser(tm.ctx, tm.owner, eve.User.ID) },
		"shut out": func(tm *team, eve chat.Session) error {
			_, err := tm.svc.ChangeUser(tm.ctx, tm.owner, eve.User.ID, chat.UserChange{Verified: new(false)})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			tm := newTeam(t)
			bob, eve := tm.joins("Bob"), tm.admin("Eve")
			others := must(tm.svc.NewInvite(tm.ctx, tm.owner, nil, 0))(t)
			invite := must(tm.svc.NewInvite(tm.ctx, eve, nil, 0))(t)
			reset := must(tm.svc.NewResetLink(tm.ctx, eve, bob.User.ID))(t)
			tm.ok(end(tm, eve))
			for _, link := range []chat.IssuedLink{invite, reset} {
				_, _, err := tm.svc.InspectLink(tm.ctx, link.Token)
				tm.fails(err, chat.NotFound)
			}
			_, err := tm.svc.ResetPassword(tm.ctx, reset.Token, "another password", chat.DeviceInfo{})
			tm.fails(err, chat.NotFound)
			_, _, err = tm.svc.InspectLink(tm.ctx, others.Token)
			tm.ok(err)
			requestsFail(tm, eve, bob.User.ID)
		})
	}
}

// TestResetLinkDoesNotReachAnAdmin: an admin makes one for a member, not for the
// admin that member becomes.
func TestResetLinkDoesNotReachAnAdmin(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.admin("Eve")
	reset := must(tm.svc.NewResetLink(tm.ctx, eve, bob.User.ID))(t)
	must(tm.svc.SetRole(tm.ctx, tm.owner, bob.User.ID, chat.Admin))(t)
	_, err := tm.svc.ResetPassword(tm.ctx, reset.Token, "another password", chat.DeviceInfo{})
	tm.fails(err, chat.NotFound)
}

// requestsFail checks that requests that somebody began while they managed the
// team change nothing any more.
func requestsFail(tm *team, eve chat.Session, bob int64) {
	tm.Helper()
	refused := func(_ any, err error) {
		tm.Helper()
		tm.fails(err, chat.Forbidden)
	}
	refused(tm.svc.NewInvite(tm.ctx, eve, nil, 0))
	refused(tm.svc.NewResetLink(tm.ctx, eve, bob))
	refused(nil, tm.svc.CloseInvite(tm.ctx, eve, 1))
	_, _, err := tm.svc.AddPerson(tm.ctx, eve, chat.Newcomer{Name: "Mal", Email: "mal@example.org", Role: chat.Plain})
	refused(nil, err)
	refused(tm.svc.UpdatePerson(tm.ctx, eve, bob, chat.PersonChange{Email: new("mal@example.org")}))
	refused(tm.svc.MakeUser(tm.ctx, eve, chat.UserChange{Name: new("Mal")}))
	refused(tm.svc.ChangeUser(tm.ctx, eve, bob, chat.UserChange{Email: new("mal@example.org")}))
	refused(nil, tm.svc.RemoveUser(tm.ctx, eve, bob))
	refused(tm.svc.MakeDevice(tm.ctx, eve, bob, "a device of mine", chat.DeviceInfo{}))
	refused(nil, tm.svc.RemoveDevice(tm.ctx, eve, 1))
	refused(tm.svc.MakeRoom(tm.ctx, eve, "Mal", chat.Group))
	refused(tm.svc.ReformRoom(tm.ctx, eve, tm.general, chat.RoomReform{Name: new("Mal")}))
	refused(nil, tm.svc.DestroyRoom(tm.ctx, eve, tm.general))
}
