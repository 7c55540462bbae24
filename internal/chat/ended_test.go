package chat_test

import (
	"testing"
	"time"

	"spika/internal/chat"
)

// What is written into a message after someone left its room is not theirs to
// read; what was written before, and that it is deleted, is.
func TestEditsAfterOneLeft(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	room := tm.room(tm.owner, bob)
	edited, deleted := tm.post(by(tm.owner), room, "early"), tm.post(by(tm.owner), room, "goes")
	edit := func(text string) {
		t.Helper()
		tm.clock.pass(time.Second)
		must(tm.svc.EditMessage(tm.ctx, tm.owner, edited.ID, chat.Edit{Text: text}))(t)
	}
	synced := func(since chat.Time) map[int64]string {
		t.Helper()
		out := map[int64]string{}
		for _, m := range must(tm.svc.SyncMessages(tm.ctx, bob, since, false, 0))(t).List {
			out[m.ID] = string(m.Body)
		}
		return out
	}
	edit("while Bob was there")
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, room, chat.RoomChange{RemoveUsers: []int64{bob.User.ID}}))(t)
	same(t, synced(1), map[int64]string{edited.ID: `{"text":"while Bob was there"}`, deleted.ID: `{"text":"goes"}`})
	same(t, string(must(tm.svc.MessageFor(tm.ctx, bob.User.ID, edited.ID))(t).Body), `{"text":"while Bob was there"}`)
	edit("not for Bob")
	must(tm.svc.DeleteMessages(tm.ctx, tm.owner, []int64{deleted.ID}, true))(t)
	same(t, synced(1), map[int64]string{deleted.ID: "{}"})
	_, err := tm.svc.MessageFor(tm.ctx, bob.User.ID, edited.ID)
	tm.fails(err, chat.NotFound)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, room, chat.RoomChange{AddUsers: []int64{bob.User.ID}}))(t) // which opens no past
	edit("not for Bob either")
	same(t, synced(1), map[int64]string{deleted.ID: "{}"})
	_, err = tm.svc.MessageFor(tm.ctx, bob.User.ID, edited.ID)
	tm.fails(err, chat.NotFound)
}

// Whoever has been signed out, or whose password was set anew, while the old one
// is still checked, does not change it any more.
func TestNewPasswordLosesAgainstAnother(t *testing.T) {
	for what, end := range map[string]func(tm *team, bob chat.Session){
		"a reset": func(tm *team, bob chat.Session) {
			link := must(tm.svc.NewResetLink(tm.ctx, tm.owner, bob.User.ID))(tm)
			must(tm.svc.ResetPassword(tm.ctx, link.Token, "set by the link", chat.DeviceInfo{}))(tm)
		},
		"signing out": func(tm *team, bob chat.Session) { must(tm.svc.SignOut(tm.ctx, bob))(tm) },
	} {
		t.Run(what, func(t *testing.T) {
			tm := newTeam(t)
			bob := tm.joins("Bob")
			tm.passwords.meanwhile = func() {
				tm.passwords.meanwhile = nil
				end(tm, bob)
			}
			tm.fails(tm.svc.ChangePassword(tm.ctx, bob, goodPassword, "set by a thief"), chat.Unauthorized)
			_, err := tm.svc.SignIn(tm.ctx, bob.User.Email, "set by a thief", chat.DeviceInfo{})
			tm.fails(err, chat.Unauthorized)
		})
	}
}

// A change of one's profile that comes behind the end of the account does not
// bring the address back.
func TestProfileOfADeletedAccount(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	tm.ok(tm.svc.DeleteMe(tm.ctx, bob))
	email := bob.User.Email
	_, err := tm.svc.UpdateMe(tm.ctx, bob, chat.MeChange{Email: &email})
	tm.fails(err, chat.NotFound)
	tm.joins("Bob") // the address is free
}

// Whoever is to prove anew who they are has no power until then, and is back once
// they signed in with their password.
func TestVerifiedIsTakenAway(t *testing.T) {
	tm := newTeam(t)
	bea := tm.joins("Bea")
	must(tm.svc.SetRole(tm.ctx, tm.owner, bea.User.ID, chat.Admin))(t)
	token := must(tm.svc.SignInAdmin(tm.ctx, bea.User.Email, goodPassword))(t).Token
	must(tm.svc.AuthenticateAdmin(tm.ctx, token))(t)
	no := false
	must(tm.svc.ChangeUser(tm.ctx, tm.owner, bea.User.ID, chat.UserChange{Verified: &no}))(t)
	_, err := tm.svc.AuthenticateAdmin(tm.ctx, token)
	tm.fails(err, chat.Forbidden)
	same(t, tm.signsIn("Bea").User.Verified, true)
}

// A person made by hand is one of the team once they sign in with a password.
func TestPasswordsVerify(t *testing.T) {
	tm := newTeam(t)
	name, email := "Cy", "cy@example.org"
	cy := must(tm.svc.MakeUser(tm.ctx, tm.owner, chat.UserChange{Name: &name, Email: &email}))(t)
	same(t, cy.Verified, false)
	link := must(tm.svc.NewResetLink(tm.ctx, tm.owner, cy.ID))(t)
	in := must(tm.svc.ResetPassword(tm.ctx, link.Token, goodPassword, chat.DeviceInfo{}))(t)
	same(t, in.User.Verified, true)
	all, _ := tm.members(tm.general)
	same(t, all, []int64{tm.owner.User.ID, cy.ID})
}

// In a deleted room nothing is written any more, not by editing or reacting either.
func TestDeletedRoomsStayAsTheyAre(t *testing.T) {
	tm := newTeam(t)
	room := tm.room(tm.owner)
	m := tm.post(by(tm.owner), room, "last words")
	must(tm.svc.DeleteRoom(tm.ctx, tm.owner, room))(t)
	_, err := tm.svc.EditMessage(tm.ctx, tm.owner, m.ID, chat.Edit{Text: "more"})
	tm.fails(err, chat.Forbidden, "Room is deleted")
	_, err = tm.svc.React(tm.ctx, tm.owner, m.ID, "👍")
	tm.fails(err, chat.Forbidden, "Room is deleted")
}

// Lists of members and admins: whoever is in one of them stays.
func TestAdminsInAListStay(t *testing.T) {
	tm := newTeam(t)
	bob, cy, dan := tm.joins("Bob"), tm.joins("Cy"), tm.joins("Dan")
	room := tm.room(tm.owner, bob, cy)
	must(tm.svc.UpdateRoom(tm.ctx, tm.owner, room, chat.RoomChange{UserIDs: ids(cy), AdminIDs: ids(bob, dan)}))(t)
	all, admins := tm.members(room)
	same(t, [][]int64{all, admins}, [][]int64{ids(tm.owner, bob, cy, dan), ids(tm.owner, bob, dan)})
}

// Without a team, nobody's profile comes with their number: strangers can neither
// be blocked nor brought into a group.
func TestStrangers(t *testing.T) {
	tm := newTeam(t, func(o *chat.Options) { o.ContactsOnly = true })
	bob, cy := tm.joins("Bob"), tm.joins("Cy")
	_, err := tm.svc.Block(tm.ctx, bob, cy.User.ID)
	tm.fails(err, chat.NotFound, "there is no user")
	_, err = tm.svc.CreateRoom(tm.ctx, bob, chat.NewRoom{Name: "Trap", Type: chat.Group, UserIDs: ids(cy)})
	tm.fails(err, chat.Invalid, "Users doesn't exist")
	room := must(tm.svc.CreateRoom(tm.ctx, bob, chat.NewRoom{Name: "Own", Type: chat.Group}))(t).ID
	must(tm.svc.UpdateRoom(tm.ctx, bob, room, chat.RoomChange{AddUsers: ids(cy), AddAdmins: ids(cy)}))(t)
	_, err = tm.svc.LeaveRoom(tm.ctx, bob, room, ids(cy))
	tm.fails(err, chat.Invalid, "New admin(s) must be defined")
	all, _ := tm.members(room)
	same(t, all, ids(bob))
	must(tm.svc.AddToRoom(tm.ctx, tm.owner, tm.general, ids(bob, cy)))(t) // who manages the server can
	must(tm.svc.Block(tm.ctx, bob, cy.User.ID))(t)                        // they have met there
}
