package storetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"spika/internal/chat"
)

func userTests() []test {
	return []test{
		{"a user is kept whole", userIsKeptWhole},
		{"a changed user is kept whole", changedUserIsKeptWhole},
		{"addresses belong to one user each", addressesAreUnique},
		{"users are found by id, however many", usersAreFoundByID},
		{"people are listed by name", peopleAreListedByName},
		{"contacts are listed by name, page by page", contactsArePaged},
		{"contacts are found by part of their name", contactsAreFoundByName},
		{"changed users are listed by time", changedUsersAreListed},
		{"a user is found by phone number", userIsFoundByPhone},
		{"users are found by hashes of phone numbers", usersAreFoundByPhoneHash},
		{"a device is kept whole", deviceIsKeptWhole},
		{"a device is found by its client's id", deviceIsFoundByClientID},
		{"a person's newest browser is found", browserIsFound},
		{"mobile sessions end, but for one", mobileSessionsEnd},
		{"devices are forgotten", devicesAreForgotten},
		{"a session is found by its token", sessionIsFoundByToken},
		{"sessions end together, but for one", sessionsEnd},
		{"users and devices that are not there are not found", absentUsers},
	}
}

func fullUser() chat.User {
	return chat.User{
		Kind: chat.Person, Name: "Zoë 👩🏽‍💻 \"O'Neil\" \\ %_", Email: "zoe@example.org", Phone: "+385911234567",
		Password: "$argon2id$v=19$x", Role: chat.Admin, Verified: true, AvatarID: 7, SignedIn: 12, Deleted: false,
		ShortText: "Ships 🚢", LongText: "Two\nlines", CoverID: 9,
	}
}

func userIsKeptWhole(r *rig) {
	want := fullUser()
	made := r.user(want)
	if made.ID == 0 || made.Created == 0 || made.Created != made.Modified {
		r.Fatalf("a new user has id %d, created %d, modified %d", made.ID, made.Created, made.Modified)
	}
	want.ID, want.Created, want.Modified = made.ID, made.Created, made.Modified
	same(r, made, want)
	is(r, want)(r.s.User(r.ctx, made.ID))
	is(r, want)(r.s.UserByEmail(r.ctx, want.Email))
}

func changedUserIsKeptWhole(r *rig) {
	u := r.user(fullUser())
	u.Name, u.Email, u.Phone, u.Password, u.Role = "Y", "", "", "", chat.Owner
	u.Verified, u.AvatarID, u.SignedIn, u.Deleted, u.Modified = false, 0, 99, true, u.Modified+5
	u.ShortText, u.LongText, u.CoverID = "s", "", 1
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateUser(ctx, u); err != nil {
			return err
		}
		return isNow(u)(tx.User(ctx, u.ID))
	})
	is(r, u)(r.s.User(r.ctx, u.ID))
	_, err := r.s.UserByEmail(r.ctx, "zoe@example.org")
	missing(r, err)
	_, err = r.s.UserByPhone(r.ctx, "+385911234567")
	missing(r, err)
	is(r, []chat.User(nil))(r.s.UsersByPhoneHash(r.ctx, []string{fullUser().PhoneHash()}))
}

func addressesAreUnique(r *rig) {
	r.user(chat.User{Kind: chat.Person, Name: "A", Email: "a@example.org"})
	r.user(chat.User{Kind: chat.Bot, Name: "no address"})
	r.user(chat.User{Kind: chat.Bot, Name: "none either"})
	err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.CreateUser(ctx, chat.User{Kind: chat.Person, Name: "B", Email: "a@example.org"})
		return err
	})
	if err == nil {
		r.Fatal("a second user got the same address")
	}
	r.user(chat.User{Kind: chat.Person, Name: "C", Phone: "+385911111111"})
	err = r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.CreateUser(ctx, chat.User{Kind: chat.Person, Name: "D", Phone: "+385911111111"})
		return err
	})
	if err == nil {
		r.Fatal("a second user got the same phone number")
	}
}

func userIsFoundByPhone(r *rig) {
	zoe := r.user(fullUser())
	r.person("Ana")
	is(r, zoe)(r.s.UserByPhone(r.ctx, zoe.Phone))
	for _, none := range []string{"", "+385911234568", "385911234567"} {
		_, err := r.s.UserByPhone(r.ctx, none)
		missing(r, err)
	}
}

func usersAreFoundByPhoneHash(r *rig) {
	zoe := r.user(fullUser())
	ana := r.user(chat.User{Kind: chat.Person, Name: "Ana", Phone: "+385911111111"})
	r.person("Bob")
	hashes := []string{zoe.PhoneHash(), "", "42", `"]`, "ä", ana.PhoneHash(), zoe.PhoneHash()}
	for i := range 500 {
		hashes = append(hashes, chat.User{Phone: fmt.Sprint("+4", i)}.PhoneHash())
	}
	is(r, []chat.User{ana, zoe})(r.s.UsersByPhoneHash(r.ctx, hashes))
	is(r, []chat.User(nil))(r.s.UsersByPhoneHash(r.ctx, []string{""}))
	is(r, []chat.User(nil))(r.s.UsersByPhoneHash(r.ctx, nil))
}

func usersAreFoundByID(r *rig) {
	a, b := r.person("A"), r.person("B")
	ids := []int64{b.ID, 1 << 60, a.ID, -1, b.ID}
	for i := range int64(5_000) {
		ids = append(ids, 1_000_000+i)
	}
	list := got[[]chat.User](r)(r.s.Users(r.ctx, ids))
	slices.SortFunc(list, func(x, y chat.User) int { return int(x.ID - y.ID) })
	same(r, list, []chat.User{a, b})
	is(r, []chat.User(nil))(r.s.Users(r.ctx, nil))
}

// namesInOrder is how names are ordered everywhere: by their lower-case form,
// byte by byte, so that two databases agree.
var namesInOrder = []string{"10", "9", "Anna", "anna", "Ba", "bá", "Zoe", "Äb", "äC", "öl", "Ж", "中", "👋"}

func peopleAreListedByName(r *rig) {
	is(r, int64(0))(r.s.PeopleCount(r.ctx))
	var first []chat.User
	for _, name := range []string{"öl", "Ж", "Zoe", "9", "👋", "Ba", "10", "Anna", "中", "äC", "Äb", "bá", "anna"} {
		first = append(first, r.person(name))
	}
	r.user(chat.User{Kind: chat.Bot, Name: "a bot", Verified: true})
	r.user(chat.User{Kind: chat.Person, Name: "gone", Email: "gone@example.org", Verified: true, Deleted: true})
	r.user(chat.User{Kind: chat.Person, Name: "about to join", Phone: "+385911111111"})
	people := got[[]chat.User](r)(r.s.People(r.ctx))
	same(r, each(people, userName), namesInOrder)
	is(r, int64(len(first)+2))(r.s.PeopleCount(r.ctx))
}

func contactsArePaged(r *rig) {
	self := r.person("Me")
	var want []int64
	for i := range 25 { // three of each name, so that ids decide
		want = append(want, r.person(fmt.Sprintf("Person %02d", i/3)).ID)
	}
	r.user(chat.User{Kind: chat.Person, Name: "Person unverified", Email: "u@example.org"})
	r.user(chat.User{Kind: chat.Person, Name: "Person gone", Email: "g@example.org", Verified: true, Deleted: true})
	bot := r.user(chat.User{Kind: chat.Bot, Name: "Robot", Verified: true})
	want = append(want, bot.ID)
	is(r, int64(26))(r.s.ContactCount(r.ctx, self.ID, ""))
	for from := int64(0); len(want) > 0; {
		page := each(got[[]chat.User](r)(r.s.Contacts(r.ctx, self.ID, "", from, 10)), userID)
		same(r, page, want[:min(10, len(want))])
		if len(page) < 10 {
			break
		}
		from, want = page[9], want[9:] // the next page begins with the last one's end
	}
	is(r, []chat.User(nil))(r.s.Contacts(r.ctx, self.ID, "", 1<<40, 10))
}

func contactsAreFoundByName(r *rig) {
	self := r.person("Me")
	for _, name := range []string{"100% sure", "100 percent", "snake_case", "snakeXcase", `back\slash`, "ÄRGER", "Straße", "Ωmega", "emoji 🎉"} {
		r.person(name)
	}
	for keyword, want := range map[string][]string{
		"":                         {"100 percent", "100% sure", `back\slash`, "emoji 🎉", "snake_case", "snakeXcase", "Straße", "ÄRGER", "Ωmega"},
		"100%":                     {"100% sure"},
		"%":                        {"100% sure"},
		"e_c":                      {"snake_case"},
		`\`:                        {`back\slash`},
		`k\s`:                      {`back\slash`},
		"SNAKE":                    {"snake_case", "snakeXcase"},
		"ärg":                      {"ÄRGER"},
		"STRASSE":                  nil,
		"STRAß":                    {"Straße"},
		"ω":                        {"Ωmega"},
		"🎉":                        {"emoji 🎉"},
		"me":                       {"Ωmega"},
		strings.Repeat("x", 1<<17): nil,
		strings.Repeat("ä", 60001): nil,
	} {
		list := got[[]chat.User](r)(r.s.Contacts(r.ctx, self.ID, keyword, 0, 100))
		same(r, each(list, userName), want)
		is(r, int64(len(want)))(r.s.ContactCount(r.ctx, self.ID, keyword))
	}
}

func changedUsersAreListed(r *rig) {
	a, b, c := r.person("A"), r.person("B"), r.user(chat.User{Kind: chat.Bot, Name: "C", Verified: true, Deleted: true})
	r.user(chat.User{Kind: chat.Person, Name: "unverified", Email: "u@example.org"})
	r.change(func(ctx context.Context, tx chat.Tx) error {
		a.Modified = tx.Stamp()
		return tx.UpdateUser(ctx, a)
	})
	is(r, []chat.User{b, c, a})(entries(r.s.UsersChanged(r.ctx, 0, chat.Part{Limit: 10})))
	is(r, []chat.User{c})(entries(r.s.UsersChanged(r.ctx, 0, chat.Part{Limit: 1, Offset: 1})))
	is(r, []chat.User{c, a})(entries(r.s.UsersChanged(r.ctx, b.Modified, chat.Part{Limit: 10})))
	for _, since := range []chat.Time{a.Modified, math.MaxInt64} {
		is(r, []chat.User(nil))(entries(r.s.UsersChanged(r.ctx, since, chat.Part{Limit: 10})))
	}
}

func fullDevice(owner chat.User) chat.Device {
	return chat.Device{
		UserID: owner.ID, ClientID: "client 1", TokenHash: chat.HashSecret("token"), Expires: 1 << 41, Kind: "browser",
		Name: "Ana's 🖥", OSName: "Linux", OSVersion: "6.1", AppVersion: "1.0", PushToken: "push",
	}
}

func (r *rig) device(d chat.Device) chat.Device {
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Device, error) { return tx.CreateDevice(ctx, d) })
}

func deviceIsKeptWhole(r *rig) {
	ana := r.person("Ana")
	seq := r.seq()
	d := r.device(fullDevice(ana))
	want := fullDevice(ana)
	want.ID, want.Created, want.Modified, want.StartSeq = d.ID, d.Created, d.Created, seq+1
	same(r, d, want)
	is(r, want)(r.s.Device(r.ctx, d.ID))
	d.Expires, d.Kind, d.Name, d.OSName, d.OSVersion, d.AppVersion = 5, "k", "n", "o", "v", "a"
	d.TokenHash, d.PushToken, d.Modified = nil, "", d.Modified+1
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateDevice(ctx, d) })
	is(r, d)(r.s.Device(r.ctx, d.ID))
}

func deviceIsFoundByClientID(r *rig) {
	ana := r.person("Ana")
	d := r.device(fullDevice(ana))
	r.device(chat.Device{UserID: ana.ID})
	is(r, d)(r.s.DeviceByClientID(r.ctx, "client 1"))
	for _, none := range []string{"", "client", "CLIENT 1"} {
		_, err := r.s.DeviceByClientID(r.ctx, none)
		missing(r, err)
	}
}

func browserIsFound(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	_, err := r.s.BrowserDevice(r.ctx, ana.ID)
	missing(r, err)
	r.device(chat.Device{UserID: ana.ID, Kind: "browser", ClientID: "1"})
	newest := r.device(chat.Device{UserID: ana.ID, Kind: "browser", ClientID: "2"})
	r.device(chat.Device{UserID: ana.ID, Kind: "browser"})
	r.device(chat.Device{UserID: ana.ID, Kind: "phone", ClientID: "3"})
	r.device(chat.Device{UserID: bob.ID, Kind: "browser", ClientID: "4"})
	is(r, newest)(r.s.BrowserDevice(r.ctx, ana.ID))
}

func mobileSessionsEnd(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	for i, kind := range []string{"", "browser", "script", "phone", "tablet", "phone"} {
		owner := ana
		if i == 5 {
			owner = bob
		}
		r.device(chat.Device{UserID: owner.ID, Kind: kind, TokenHash: chat.HashSecret(fmt.Sprint(i)), PushToken: "p"})
	}
	keep := got[chat.Session](r)(r.s.SessionByToken(r.ctx, chat.HashSecret("4")))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.EndMobileSessions(ctx, ana.ID, keep.Device.ID) })
	var live []int
	for i := range 6 {
		if _, err := r.s.SessionByToken(r.ctx, chat.HashSecret(fmt.Sprint(i))); err == nil {
			live = append(live, i)
		}
	}
	same(r, live, []int{0, 1, 2, 4, 5})
}

func devicesAreForgotten(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	gone, stays := r.device(fullDevice(ana)), r.device(chat.Device{UserID: bob.ID})
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteDevices(ctx, ana.ID) })
	_, err := r.s.Device(r.ctx, gone.ID)
	missing(r, err)
	is(r, stays)(r.s.Device(r.ctx, stays.ID))
}

func sessionIsFoundByToken(r *rig) {
	ana := r.person("Ana")
	d := r.device(fullDevice(ana))
	is(r, chat.Session{User: ana, Device: d})(r.s.SessionByToken(r.ctx, chat.HashSecret("token")))
	ana.Deleted = true
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUser(ctx, ana) })
	_, err := r.s.SessionByToken(r.ctx, chat.HashSecret("token"))
	missing(r, err)
}

func sessionsEnd(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	var devices []chat.Device
	for i, owner := range []chat.User{ana, ana, bob} {
		d := fullDevice(owner)
		d.ClientID, d.TokenHash = "", chat.HashSecret(fmt.Sprint(i))
		devices = append(devices, r.device(d))
	}
	live := func() (out []int) {
		for i := range devices {
			if _, err := r.s.SessionByToken(r.ctx, chat.HashSecret(fmt.Sprint(i))); err == nil {
				out = append(out, i)
			} else {
				missing(r, err)
			}
		}
		return out
	}
	end := func(except int64) {
		r.change(func(ctx context.Context, tx chat.Tx) error { return tx.EndSessions(ctx, ana.ID, except) })
	}
	end(devices[1].ID)
	same(r, live(), []int{1, 2})
	ended := got[chat.Device](r)(r.s.Device(r.ctx, devices[0].ID))
	if ended.TokenHash != nil || ended.PushToken != "" || ended.Modified <= devices[0].Modified {
		r.Fatalf("the ended session's device is %+v", ended)
	}
	is(r, devices[1])(r.s.Device(r.ctx, devices[1].ID))
	end(0)
	same(r, live(), []int{2})
}

func absentUsers(r *rig) {
	_, err := r.s.User(r.ctx, 1)
	missing(r, err)
	_, err = r.s.User(r.ctx, 1<<62)
	missing(r, err)
	_, err = r.s.UserByEmail(r.ctx, "")
	missing(r, err)
	_, err = r.s.Device(r.ctx, 1)
	missing(r, err)
	_, err = r.s.SessionByToken(r.ctx, nil)
	missing(r, err)
}

// isNow checks, within a change, that a thing reads as it was written.
func isNow[T any](want T) func(v T, err error) error {
	return func(v T, err error) error {
		if err != nil {
			return err
		}
		return differ(v, want)
	}
}
