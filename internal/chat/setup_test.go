package chat_test

import (
	"strings"
	"sync"
	"testing"

	"spika/internal/chat"
)

func TestSetUpMakesOwnerAndFirstRoom(t *testing.T) {
	tm := newServer(t)
	if needed := must(tm.svc.SetUpNeeded(tm.ctx))(t); !needed {
		t.Fatal("a new server is set up")
	}
	token := must(tm.svc.NewSetUpLink(tm.ctx))(t)
	in, room, err := tm.svc.SetUp(tm.ctx, token, chat.NewPerson{Name: " Ada ", Email: "ADA@example.org", Password: goodPassword}, "Crew", chat.DeviceInfo{Kind: "browser", Name: "Firefox"})
	tm.ok(err)
	if u := in.User; u.Role != chat.Owner || u.Name != "Ada" || u.Email != "ada@example.org" || !u.Verified || u.Kind != chat.Person {
		t.Errorf("the owner is %+v", u)
	}
	if room.Name != "General" || room.Type != chat.Group || room.People != 1 || len(room.Members) != 1 || !room.Members[0].Admin {
		t.Errorf("the first room is %+v", room)
	}
	same(t, must(tm.svc.Setting(tm.ctx, chat.TeamName))(t), "Crew")
	same(t, must(tm.svc.Authenticate(tm.ctx, in.Token))(t).User.ID, in.User.ID)
	same(t, must(tm.svc.SetUpNeeded(tm.ctx))(t), false)
	same(t, must(tm.svc.NewSetUpLink(tm.ctx))(t), "")
	_, _, err = tm.svc.SetUp(tm.ctx, token, person("Eve"), "", chat.DeviceInfo{})
	tm.fails(err, chat.Conflict)
}

func TestOnlyTheNewestSetUpLinkWorks(t *testing.T) {
	tm := newServer(t)
	old := must(tm.svc.NewSetUpLink(tm.ctx))(t)
	token := must(tm.svc.NewSetUpLink(tm.ctx))(t)
	for _, wrong := range []string{old, "", "guess", token + "x"} {
		_, _, err := tm.svc.SetUp(tm.ctx, wrong, person("Eve"), "", chat.DeviceInfo{})
		tm.fails(err, chat.Forbidden)
	}
	same(t, must(tm.store.PeopleCount(tm.ctx))(t), 0)
	_, _, err := tm.svc.SetUp(tm.ctx, token, person("Ada"), "", chat.DeviceInfo{})
	tm.ok(err)
}

func TestSetUpHappensOnce(t *testing.T) {
	tm := newServer(t)
	token := must(tm.svc.NewSetUpLink(tm.ctx))(t)
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			_, _, errs[i] = tm.svc.SetUp(tm.ctx, token, person(string(rune('a'+i))), "", chat.DeviceInfo{})
		})
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			tm.fails(err, chat.Conflict)
		}
	}
	same(t, won, 1)
	same(t, must(tm.store.PeopleCount(tm.ctx))(t), 1)
}

func TestSetUpRefusesBadData(t *testing.T) {
	tm := newServer(t)
	token := must(tm.svc.NewSetUpLink(tm.ctx))(t)
	for _, bad := range []struct {
		p    chat.NewPerson
		team string
	}{
		{chat.NewPerson{Name: " ", Email: "a@example.org", Password: goodPassword}, ""},
		{chat.NewPerson{Name: "Ada", Email: "nobody", Password: goodPassword}, ""},
		{chat.NewPerson{Name: "Ada", Email: "a@example.org", Password: "short"}, ""},
		{person("Ada"), "two\nlines"},
	} {
		_, _, err := tm.svc.SetUp(tm.ctx, token, bad.p, bad.team, chat.DeviceInfo{})
		tm.fails(err, chat.Invalid)
	}
	_, _, err := tm.svc.SetUp(tm.ctx, token, person("Ada"), "", chat.DeviceInfo{}) // the link was not used up
	tm.ok(err)
}

func TestFirstAdminOfAScriptIsTheOwner(t *testing.T) {
	tm := newServer(t)
	for _, c := range []struct {
		name  string
		admin bool
		want  chat.Role
	}{{"Bob", false, chat.Plain}, {"Ada", true, chat.Owner}, {"Eve", true, chat.Admin}} {
		same(t, must(tm.svc.CreatePerson(tm.ctx, person(c.name), c.admin))(t).Role, c.want)
	}
	_, err := tm.svc.CreatePerson(tm.ctx, person("Eve"), false)
	tm.fails(err, chat.Conflict)
}

func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"Ada": "Ada", "  Ada Lovelace\n": "Ada Lovelace", strings.Repeat("é", chat.MaxName): strings.Repeat("é", chat.MaxName),
		"👩🏽‍💻": "👩🏽‍💻", "": "", " \t ": "", strings.Repeat("a", chat.MaxName+1): "", "a\x00b": "", "a\nb": "", "a\x7fb": "", "a\u0085b": "",
		"\u202eadA": "\u202eadA", "\u202e\u2066": "", "\u200d\ufe0f": "", "\u3164 \u2800": "", // nothing that can be seen
	} {
		got, err := chat.CleanName("name", name)
		if (err != nil) != (want == "") || err == nil && got != want {
			t.Errorf("CleanName(%.20q) = %.20q, %v", name, got, err)
		}
	}
}

// TestNameThatIsNotUTF8IsRefused: PostgreSQL does not store it.
func TestNameThatIsNotUTF8IsRefused(t *testing.T) {
	for _, name := range []string{"\xff", "a\xc3", "\xed\xa0\x80"} {
		if got, err := chat.CleanName("name", name); chat.CodeOf(err) != chat.Invalid {
			t.Errorf("CleanName(%q) = %q, %v", name, got, err)
		}
	}
}

func TestCleanEmail(t *testing.T) {
	long := strings.Repeat("a", chat.MaxEmail-len("@example.org")) + "@example.org"
	for email, want := range map[string]string{
		"Ada@Example.ORG ": "ada@example.org", "a+b@x.y": "a+b@x.y", long: long, "": "", "ada": "", "ada@": "", "@x.y": "",
		"Ada <ada@example.org>": "", "a@x.y, b@x.y": "", "a b@x.y": "", "a\x00@x.y": "", "a" + long: "",
	} {
		got, err := chat.CleanEmail(email)
		if (err != nil) != (want == "") || err == nil && got != want {
			t.Errorf("CleanEmail(%.30q) = %.30q, %v", email, got, err)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, ok := range map[string]bool{
		"": false, strings.Repeat("é", chat.MinPassword-1): false, strings.Repeat("é", chat.MinPassword): true,
		strings.Repeat("é", chat.MaxPassword): true, strings.Repeat("é", chat.MaxPassword+1): false,
	} {
		if err := chat.CheckPassword(password); (err == nil) != ok {
			t.Errorf("a password of %d bytes: %v", len(password), err)
		}
	}
}
