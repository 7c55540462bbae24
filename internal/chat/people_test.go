package chat_test

import (
	"fmt"
	"testing"

	"spika/internal/chat"
)

func TestWhoGivesRoles(t *testing.T) {
	tm := newTeam(t)
	bob, eve, mia := tm.joins("Bob"), tm.admin("Eve"), tm.admin("Mia")
	bot := tm.key(tm.owner, tm.general, "CI").BotID
	for _, c := range []struct {
		who  chat.Session
		whom int64
		role chat.Role
		want chat.Code // -1: may
	}{
		{bob, bob.User.ID, chat.Admin, chat.Forbidden}, {bob, eve.User.ID, chat.Plain, chat.Forbidden},
		{eve, bob.User.ID, chat.Admin, chat.Forbidden}, {eve, bob.User.ID, chat.Plain, -1}, {eve, mia.User.ID, chat.Plain, chat.Forbidden},
		{eve, tm.owner.User.ID, chat.Plain, chat.Forbidden}, {tm.owner, tm.owner.User.ID, chat.Plain, chat.Forbidden},
		{tm.owner, bob.User.ID, chat.Owner, chat.Invalid}, {tm.owner, bob.User.ID, "king", chat.Invalid},
		{tm.owner, bot, chat.Admin, chat.NotFound}, {tm.owner, 99, chat.Admin, chat.NotFound},
		{tm.owner, bob.User.ID, chat.Admin, -1}, {tm.owner, mia.User.ID, chat.Plain, -1},
	} {
		place := tm.place()
		u, err := tm.svc.SetRole(tm.ctx, c.who, c.whom, c.role)
		if c.want != -1 {
			tm.fails(err, c.want)
			same(t, tm.kinds(place), nil)
			continue
		}
		tm.ok(err)
		same(t, u.Role, c.role)
		same(t, must(tm.svc.User(tm.ctx, c.whom))(t).Role, c.role)
		same(t, tm.kinds(place), []chat.EventKind{chat.UserChanged})
	}
	for role, want := range map[chat.Role]chat.Code{chat.Admin: chat.Forbidden, chat.Owner: chat.Invalid, "": chat.Invalid} {
		_, _, err := tm.svc.AddPerson(tm.ctx, eve, chat.Newcomer{Name: "New", Email: "new@example.org", Role: role})
		tm.fails(err, want)
	}
	_, _, err := tm.svc.AddPerson(tm.ctx, tm.signsIn("Mia").Session, chat.Newcomer{Name: "New", Email: "new@example.org", Role: chat.Plain})
	tm.fails(err, chat.Forbidden)
}

func TestPeopleAreForManagers(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	tm.key(tm.owner, tm.general, "Aardvark")
	_, err := tm.svc.People(tm.ctx, bob)
	tm.fails(err, chat.Forbidden)
	people := must(tm.svc.People(tm.ctx, tm.owner))(t)
	same(t, []int64{people[0].ID, people[1].ID}, ids(tm.owner, bob))
	same(t, len(people), 2)
}

func TestUpdateMe(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	avatar := tm.file(bob, "face").ID
	place := tm.place()
	name, email := " Robert ", "R@Example.org"
	u := must(tm.svc.UpdateMe(tm.ctx, bob, chat.MeChange{Name: &name, Email: &email, AvatarID: &avatar}))(t)
	want := bob.User
	want.Name, want.Email, want.AvatarID, want.Modified = "Robert", "r@example.org", avatar, u.Modified
	want.SignedIn = u.SignedIn
	same(t, u, want)
	same(t, must(tm.svc.User(tm.ctx, u.ID))(t), want)
	if u.Modified <= bob.User.Modified {
		t.Error("nobody can see that the person changed")
	}
	same(t, tm.kinds(place), []chat.EventKind{chat.UserChanged})
	own, taken, bad, empty := "r@example.org", "ada@example.org", "nobody", " "
	must(tm.svc.UpdateMe(tm.ctx, bob, chat.MeChange{Email: &own}))(t)
	for _, c := range []chat.MeChange{{Email: &taken}, {Email: &bad}, {Name: &empty}} {
		_, err := tm.svc.UpdateMe(tm.ctx, bob, c)
		tm.fails(err, chat.Invalid)
	}
}

func TestContactsAreReadPageByPage(t *testing.T) {
	tm := newTeam(t)
	for i := range 2*chat.ContactPage + 3 {
		must(tm.svc.CreatePerson(tm.ctx, person(fmt.Sprintf("P%02d", i)), false))(t)
	}
	seen := map[int64]bool{}
	var pages []int
	for from := int64(0); ; {
		list := must(tm.svc.Contacts(tm.ctx, tm.owner, "p", from))(t)
		same(t, list.Count, 2*chat.ContactPage+3)
		pages = append(pages, len(list.List))
		for _, u := range list.List {
			seen[u.ID] = true
		}
		if from = list.Next; from == 0 {
			break
		}
	}
	same(t, len(seen), 2*chat.ContactPage+3)
	same(t, pages, []int{chat.ContactPage, chat.ContactPage + 1, 4})            // each begins with the last one's end
	same(t, len(must(tm.svc.Contacts(tm.ctx, tm.owner, "", 1<<40))(t).List), 0) // not the first page again
	_, err := tm.svc.User(tm.ctx, 1<<40)
	tm.fails(err, chat.NotFound)
}
