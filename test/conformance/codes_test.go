package conformance

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spika/api"
	"spika/internal/config"
)

func codeChecks() []check {
	return []check{
		{"sign up", codesSignUp},
		{"sign in", codesSignIn},
		{"browser", codesBrowser},
		{"device rule", codesDeviceRule},
		{"refusals", codesRefusals},
		{"wrong codes", codesWrong},
		{"a new code", codesNew},
		{"messages", codesMessages},
		{"as older clients send it", codesOlder},
		{"asking changes nothing", codesAsking},
		{"people with an address", codesAddress},
		{"a number an admin takes away", codesTakenAway},
		{"known numbers only", codesKnown},
		{"switched off", codesOff},
		{"a gateway that fails", codesGatewayFails},
		{"limits", codesLimits},
		{"expiry", codesExpiry},
		{"one mobile device", codesOneMobile},
		{"method", codesMethod},
		{"refresh", codesRefresh},
	}
}

// phone is someone with a phone number on a device.
type phone struct {
	person
	Number, Device string
	header         []string
}

// phone gives someone new, who has not signed in.
func (s *target) phone(t testing.TB, header ...string) phone {
	t.Helper()
	s.needGateway(t)
	return phone{person: person{s: s}, Number: newPhone(), Device: rand.Text(), header: header}
}

// on is the same person on another device.
func (p phone) on(device string, header ...string) phone {
	p.Device, p.header, p.Token = device, header, ""
	return p
}

// asks asks for a code.
func (p phone) asks(t testing.TB) reply {
	t.Helper()
	return p.s.do(t, request{method: "POST", path: "/api/messenger/auth", header: p.header, body: object{
		"telephoneNumber": p.Number, "deviceId": p.Device, "telephoneNumberHashed": "x", "countryCode": "385",
	}})
}

// gives gives a code back.
func (p phone) gives(t testing.TB, code string) reply {
	t.Helper()
	r := p.s.do(t, request{method: "POST", path: "/api/messenger/auth/verify", header: p.header, body: object{"code": code, "deviceId": p.Device}})
	if r.status == http.StatusOK {
		p.s.secrets.add(*data[api.SignedIn](t, r).Device.Token)
	}
	return r
}

// signsIn asks for a code and gives it back.
func (p phone) signsIn(t testing.TB) phone {
	t.Helper()
	p.asks(t).ok(t)
	in := data[api.SignedIn](t, p.gives(t, p.s.code(t, p.Number)))
	p.ID, p.Token = in.User.ID, *in.Device.Token
	return p
}

// leaveAll leaves the rooms that newcomers join, where others come and go.
func (p phone) leaveAll(t testing.TB) {
	t.Helper()
	for _, room := range data[api.RoomList](t, p.get(t, "/rooms")).List {
		p.post(t, roomPath(room.ID)+"/leave", nil).ok(t)
	}
}

// names sets a name.
func (p phone) names(t testing.TB, name string) phone {
	t.Helper()
	p.put(t, "/me", object{"displayName": name}).ok(t)
	p.Name = name
	return p
}

func codesSignUp(t *testing.T, s *target) {
	p := s.phone(t, "os-name: iOS", "os-version: 17", "app-version: 3", "device-name: Pia's phone")
	r := p.asks(t)
	golden(t, "sendCode", r, p)
	sent := data[api.CodeSent](t, r)
	if sent.User.Verified || sent.BrowserDeviceID != nil {
		t.Errorf("got %+v", sent)
	}
	s.sub(t, "is new until there is a name", func(t *testing.T) {
		again := data[api.CodeSent](t, p.asks(t))
		if !again.IsNewUser || again.User.ID != sent.User.ID || again.Device.ID != sent.Device.ID {
			t.Errorf("asked again: %+v", again)
		}
	})
	s.sub(t, "nobody sees them yet", func(t *testing.T) {
		owner := s.people.owner()
		for _, u := range data[api.PersonList](t, owner.get(t, "/people")).List {
			if u.ID == sent.User.ID {
				t.Error("the team's admins see someone who has only asked for a code")
			}
		}
	})
	in := p.gives(t, s.code(t, p.Number))
	golden(t, "verifyCode", in, p)
	p.ID, p.Token = sent.User.ID, *data[api.SignedIn](t, in).Device.Token
	me := data[api.UserData](t, p.get(t, "/me")).User
	if me.ID != p.ID || !me.Verified || *me.TelephoneNumber != p.Number || me.Role != api.RoleMember {
		t.Errorf("the new person is %+v", me)
	}
	rooms := data[api.RoomList](t, p.get(t, "/rooms")).List
	if len(rooms) != 1 || rooms[0].Name != "Lobby" {
		t.Errorf("the new person is in %+v", rooms)
	}
	if again := data[api.CodeSent](t, p.asks(t)); !again.IsNewUser {
		t.Error("someone who has no name is not new any more")
	}
	p.names(t, "Pia")
	if again := data[api.CodeSent](t, p.asks(t)); again.IsNewUser || again.User.DisplayName != nil {
		t.Errorf("someone who has a name is %+v", again)
	}
}

// Whoever signs in once more is the same person, on the same device, whose
// earlier session has ended.
func codesSignIn(t *testing.T, s *target) {
	p := s.phone(t).signsIn(t).names(t, "Pia")
	first := data[api.DeviceData](t, p.get(t, "/device")).Device
	p.put(t, "/device", object{"pushToken": "push"}).ok(t)
	again := p.signsIn(t)
	if again.ID != p.ID {
		t.Errorf("the same number is person %d and %d", p.ID, again.ID)
	}
	second := data[api.DeviceData](t, again.get(t, "/device")).Device
	if second.ID != first.ID || second.PushToken != nil || *second.DeviceID != p.Device {
		t.Errorf("the device is %+v, it was %+v", second, first)
	}
	p.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	other := p.on(rand.Text()).signsIn(t)
	again.get(t, "/me").ok(t) // devices stand side by side
	if d := data[api.DeviceData](t, other.get(t, "/device")).Device; d.ID == first.ID {
		t.Error("another device has the same id")
	}
}

func codesBrowser(t *testing.T, s *target) {
	const browser = "device-type: browser"
	p := s.phone(t, browser, "device-name: Firefox", "os-name: Linux")
	if sent := data[api.CodeSent](t, p.asks(t)); sent.BrowserDeviceID == nil || *sent.BrowserDeviceID != p.Device {
		t.Errorf("the first browser is %+v", sent)
	}
	p = p.signsIn(t)
	second := p.on(rand.Text(), browser)
	sent := data[api.CodeSent](t, second.asks(t))
	if sent.BrowserDeviceID == nil || *sent.BrowserDeviceID != second.Device || *sent.Device.DeviceID != second.Device ||
		sent.Device.DeviceName != nil || sent.Device.OSName != nil {
		t.Fatalf("the second browser is %+v: anyone can ask, so it must not learn of the first one's device", sent)
	}
	p.get(t, "/me").ok(t) // nothing has ended yet
	on := data[api.DeviceData](t, p.get(t, "/device")).Device
	p.gives(t, s.code(t, p.Number)).fails(t, http.StatusForbidden, wrongCode)
	in := data[api.SignedIn](t, second.gives(t, s.code(t, p.Number)))
	if in.Device.ID != on.ID {
		t.Errorf("the second browser is on device %d, the first was on %d", in.Device.ID, on.ID)
	}
	p.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	s.sub(t, "shared by two people", func(t *testing.T) {
		ann := s.phone(t, browser).signsIn(t)
		ben := s.phone(t, browser)
		ben.Device = ann.Device
		sent := data[api.CodeSent](t, ben.asks(t))
		ann.get(t, "/me").ok(t)
		if sent.Device.UserID != sent.User.ID || *sent.BrowserDeviceID == ann.Device {
			t.Errorf("the device is %+v", sent.Device)
		}
		ben.Device = *sent.BrowserDeviceID
		in := data[api.SignedIn](t, ben.gives(t, s.code(t, ben.Number)))
		if in.Device.UserID != in.User.ID || in.User.ID == ann.ID {
			t.Errorf("Ben is signed in as %+v", in)
		}
		ann.get(t, "/me").ok(t) // whoever knows a device's id must not end its session
	})
}

func codesDeviceRule(t *testing.T, s *target) {
	const tied = "There is already phone number tied to this device"
	first := s.phone(t)
	first.asks(t).ok(t)
	second := s.phone(t).on(first.Device)
	second.asks(t).ok(t) // whoever has not signed in may take another number
	second.gives(t, s.code(t, first.Number)).fails(t, http.StatusForbidden, "Verification code is invalid")
	second = second.signsIn(t)
	third := s.phone(t).on(first.Device)
	third.asks(t).fails(t, http.StatusForbidden, tied)
	first.asks(t).fails(t, http.StatusForbidden, tied)
	second.get(t, "/me").ok(t)
	s.sub(t, "someone asked for another's number", func(t *testing.T) {
		fourth := second.on(rand.Text())
		fourth.asks(t).ok(t) // the number of someone who is signed in elsewhere
		fourth.Number = newPhone()
		fourth = fourth.signsIn(t)
		if fourth.ID == second.ID {
			t.Error("they are signed in as the other")
		}
		second.get(t, "/me").ok(t)
	})
	s.sub(t, "after signing out", func(t *testing.T) {
		second.post(t, "/auth/logout", nil).ok(t)
		third = third.signsIn(t)
		third.get(t, "/me").ok(t)
	})
}

func codesRefusals(t *testing.T, s *target) {
	p := s.phone(t)
	send := func(path, body string) reply {
		return s.do(t, request{method: "POST", path: "/api/messenger/auth" + path, body: body})
	}
	for name, row := range map[string][2]string{
		"no number":         {`{"deviceId":"a"}`, "Invalid params: telephoneNumber and deviceId must be given"},
		"no device":         {`{"telephoneNumber":"` + p.Number + `"}`, "Invalid params: telephoneNumber and deviceId must be given"},
		"empty":             {`{"telephoneNumber":"","deviceId":""}`, "Invalid params: telephoneNumber and deviceId must be given"},
		"no country":        {`{"telephoneNumber":"0911234567","deviceId":"a"}`, "Invalid params: telephoneNumber must be a phone number"},
		"no number at all":  {`{"telephoneNumber":"ada@example.org","deviceId":"a"}`, "Invalid params: telephoneNumber must be a phone number"},
		"too short":         {`{"telephoneNumber":"+38591","deviceId":"a"}`, "Invalid params: telephoneNumber must be a phone number"},
		"a list":            {`{"telephoneNumber":[],"deviceId":"a"}`, "Invalid params: telephoneNumber must be a string"},
		"a device too long": {`{"telephoneNumber":"` + p.Number + `","deviceId":"` + repeat(201) + `"}`, "deviceId must be given and have at most 200"},
		"no JSON":           {`{`, "Invalid params: the body is not valid JSON"},
	} {
		s.sub(t, name, func(t *testing.T) { send("", row[0]).fails(t, http.StatusBadRequest, row[1]) })
	}
	for name, body := range map[string]string{"no code": `{"deviceId":"a"}`, "no device to verify": `{"code":"123456"}`, "null": `{"code":null,"deviceId":null}`} {
		s.sub(t, name, func(t *testing.T) {
			send("/verify", body).fails(t, http.StatusBadRequest, "Invalid params: code and deviceId must be given")
		})
	}
	for _, path := range []string{"", "/verify"} {
		send(path, `{"x":"`+repeat(maxBody)+`"}`).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	}
	if got := s.sms.messages(p.Number); len(got) != 0 {
		t.Errorf("messages were sent all the same: %q", got)
	}
}

const wrongCode = "Verification code is invalid"

func codesWrong(t *testing.T, s *target) {
	p := s.phone(t)
	p.asks(t).ok(t)
	code := s.code(t, p.Number)
	p.on(rand.Text()).gives(t, code).fails(t, http.StatusNotFound, "Device not found")
	for i := range 4 {
		p.gives(t, wrong(code, i)).fails(t, http.StatusForbidden, wrongCode)
	}
	in := p.gives(t, code).ok(t) // four wrong ones are forgiven
	p.gives(t, code).fails(t, http.StatusForbidden, wrongCode)
	p.Token = *data[api.SignedIn](t, in).Device.Token
	p.get(t, "/me").ok(t)

	p = s.phone(t)
	p.asks(t).ok(t)
	code = s.code(t, p.Number)
	for i, text := range []string{"", "x", "eureka", "000000 ", wrong(code, 1), wrong(code, 2)} {
		if text == "" {
			continue
		}
		if p.gives(t, text).status == http.StatusOK {
			t.Fatalf("code %d, %q, opens a session", i, text)
		}
	}
	p.gives(t, code).fails(t, http.StatusForbidden, wrongCode) // five do not
	p.signsIn(t)
}

// wrong gives a code that is not the right one.
func wrong(code string, i int) string {
	b := []byte(code)
	b[i%6] = '0' + (b[i%6]-'0'+1)%10
	return string(b)
}

func codesNew(t *testing.T, s *target) {
	p := s.phone(t)
	seen := map[string]bool{}
	for range 8 {
		p.asks(t).ok(t)
		seen[s.code(t, p.Number)] = true
	}
	if len(seen) < 7 {
		t.Errorf("eight codes are %v", seen)
	}
	last := s.code(t, p.Number)
	delete(seen, last)
	for old := range seen {
		p.gives(t, old).fails(t, http.StatusForbidden, wrongCode)
		break
	}
	p.gives(t, last).ok(t)
	s.sub(t, "of each device", func(t *testing.T) {
		q := s.phone(t)
		q.asks(t).ok(t)
		first := s.code(t, q.Number)
		other := q.on(rand.Text())
		other.asks(t).ok(t)
		second := s.code(t, q.Number)
		if first != second {
			other.gives(t, first).fails(t, http.StatusForbidden, wrongCode)
		}
		other.gives(t, second).ok(t)
		q.gives(t, first).ok(t)
	})
}

func codesMessages(t *testing.T, s *target) {
	p := s.phone(t)
	p.asks(t).ok(t)
	p.header = []string{"os-name: Android"}
	p.asks(t).ok(t)
	all := s.sms.messages(p.Number)
	if len(all) != 2 || strings.Contains(all[0], "\n") || !sixDigits.MatchString(all[0]) {
		t.Fatalf("the messages are %q", all)
	}
	lines := strings.Split(all[1], "\n")
	if len(lines) != 3 || !sixDigits.MatchString(lines[0]) || lines[1] != "" || lines[2] != smsHash {
		t.Errorf("the message for Android is %q", all[1])
	}
}

func codesOlder(t *testing.T, s *target) {
	p := s.phone(t)
	spaced := p.Number[:4] + " " + p.Number[4:6] + "/" + p.Number[6:]
	form := strings.NewReader("telephoneNumber=" + strings.NewReplacer("+", "%2B", " ", "+").Replace(spaced) + "&deviceId=" + p.Device)
	header := []string{"Content-Type: application/x-www-form-urlencoded"}
	sent := data[api.CodeSent](t, s.do(t, request{method: "POST", path: "/api/messenger/auth/", body: form, header: header}))
	if *sent.User.TelephoneNumber != p.Number {
		t.Errorf("the number is %s, want %s", *sent.User.TelephoneNumber, p.Number)
	}
	code := s.code(t, p.Number)
	if code[0] == '0' { // no number
		code = `"` + code + `"`
	}
	body := fmt.Sprintf(`{"code":%s,"deviceId":"%s"}`, code, p.Device)
	in := data[api.SignedIn](t, s.do(t, request{method: "POST", path: "/api/messenger/auth/verify/", body: body}))
	s.secrets.add(*in.Device.Token)
	s.sub(t, "a device id that is a number", func(t *testing.T) {
		q := s.phone(t)
		id := time.Now().UnixNano()
		s.do(t, request{method: "POST", path: "/api/messenger/auth", body: object{"telephoneNumber": q.Number, "deviceId": id}}).ok(t)
		q.on(fmt.Sprint(id)).gives(t, s.code(t, q.Number)).ok(t)
	})
}

// Whoever asks for a code for someone else's number changes nothing for them, and
// is told nothing about them.
func codesAsking(t *testing.T, s *target) {
	p := s.phone(t).signsIn(t).names(t, "Pia")
	p.put(t, "/me", object{"emailAddress": newEmail(), "shortDescription": "Hello"}).ok(t)
	p.leaveAll(t)
	stream := p.listen(t)
	sent := data[api.CodeSent](t, p.on(rand.Text(), "device-type: browser").asks(t))
	if sent.User.DisplayName != nil || sent.User.EmailAddress != nil || sent.User.ShortDescription != nil || sent.Device.Token != nil {
		t.Errorf("a stranger is told %+v", sent)
	}
	p.asks(t).ok(t) // also for the very device
	me := data[api.UserData](t, p.get(t, "/me")).User
	if !me.Verified || *me.DisplayName != "Pia" {
		t.Errorf("Pia is %+v", me)
	}
	if told := stream.told(t, s.mark(t)); len(told) != 0 {
		t.Errorf("Pia was told %q", told)
	}
}

// E-mail address and phone number are two ways to be the same person.
func codesAddress(t *testing.T, s *target) {
	s.needGateway(t)
	owner, number := s.people.owner(), newPhone()
	added := data[api.AddedPerson](t, owner.post(t, "/people", object{"displayName": "Ann", "emailAddress": newEmail(), "telephoneNumber": number}))
	if *added.User.TelephoneNumber != number || *added.User.TelephoneNumberHashed != hashed(number) {
		t.Errorf("the person added is %+v", added.User)
	}
	p := phone{person: person{s: s}, Number: number, Device: rand.Text()}.signsIn(t)
	if p.ID != added.User.ID {
		t.Errorf("the number signs in person %d, not %d", p.ID, added.User.ID)
	}
	token := cookieToken(t, s.reset(t, added.Link.URL, password).ok(t))
	s.secrets.add(token)
	if me := data[api.UserData](t, person{s: s, Token: token}.get(t, "/me")).User; me.ID != p.ID {
		t.Errorf("the address signs in person %d, not %d", me.ID, p.ID)
	}
	s.sub(t, "a number given later", func(t *testing.T) {
		ben := s.person(t, "Ben")
		owner.put(t, fmt.Sprintf("/people/%d", ben.ID), object{"telephoneNumber": number}).fails(t, http.StatusBadRequest, "User with that telephoneNumber exists")
		later := newPhone()
		owner.put(t, fmt.Sprintf("/people/%d", ben.ID), object{"telephoneNumber": later}).ok(t)
		if q := (phone{person: person{s: s}, Number: later, Device: rand.Text()}).signsIn(t); q.ID != ben.ID {
			t.Errorf("the number signs in person %d, not %d", q.ID, ben.ID)
		}
	})
	s.sub(t, "a number alone", func(t *testing.T) {
		only := newPhone()
		user := data[api.AddedPerson](t, owner.post(t, "/people", object{"displayName": "Cy", "telephoneNumber": only})).User
		q := phone{person: person{s: s}, Number: only, Device: rand.Text()}
		if sent := data[api.CodeSent](t, q.asks(t)); sent.IsNewUser || sent.User.ID != user.ID {
			t.Errorf("got %+v", sent)
		}
		owner.put(t, fmt.Sprintf("/people/%d", user.ID), object{"telephoneNumber": ""}).fails(t, http.StatusBadRequest, "emailAddress must be an e-mail address")
		owner.post(t, "/people", object{"displayName": "Dan", "telephoneNumber": only}).fails(t, http.StatusConflict, "User with that telephoneNumber exists")
		owner.post(t, "/people", object{"displayName": "Dan"}).fails(t, http.StatusBadRequest, "emailAddress must be an e-mail address")
	})
	s.sub(t, "by command", func(t *testing.T) {
		cli, number := s.needCommands(t), newPhone()
		made := parse[struct {
			ID    int64  `json:"id"`
			Phone string `json:"phone"`
		}](t, cli.run(t, "", "user", "add", "--name", "Eve", "--phone", number))
		out := parse[struct {
			Token  string `json:"token"`
			UserID int64  `json:"userId"`
		}](t, cli.run(t, "", "user", "token", "--phone", number))
		s.secrets.add(out.Token)
		q := phone{person: person{s: s}, Number: number, Device: rand.Text()}.signsIn(t)
		if made.Phone != number || out.UserID != made.ID || q.ID != made.ID {
			t.Errorf("made %+v, signed in as %d and %d", made, out.UserID, q.ID)
		}
	})
}

// A code that went to a number which is not the person's any more is of no use.
func codesTakenAway(t *testing.T, s *target) {
	p := s.phone(t).signsIn(t)
	q := p.on(rand.Text())
	q.asks(t).ok(t)
	p.numbered(t, newPhone())
	q.gives(t, s.code(t, p.Number)).fails(t, http.StatusForbidden, wrongCode)
	data[api.CodeSent](t, p.on(rand.Text()).asks(t))
}

func codesKnown(t *testing.T, s *target) {
	l := s.needLocal(t)
	s, _ = l.peopled(t, l.sms.flags()...) // as it is unless the operator chooses otherwise
	stranger := s.phone(t)
	stranger.asks(t).fails(t, http.StatusForbidden, "This phone number is not known here")
	if got := s.sms.messages(stranger.Number); len(got) != 0 {
		t.Errorf("a stranger was sent %q", got)
	}
	s.people.owner().post(t, "/people", object{"displayName": "Ann", "telephoneNumber": stranger.Number}).ok(t)
	stranger.signsIn(t)
	s.sub(t, "before there is an owner", func(t *testing.T) {
		empty, _ := l.start(t, l.sms.flags("--phone-sign-in", "open")...)
		empty.phone(t).asks(t).fails(t, http.StatusForbidden, "This server is not set up yet")
		if state := data[api.SetupState](t, empty.do(t, request{method: "GET", path: "/api/messenger/setup"})); !state.Needed {
			t.Error("the server is set up")
		}
	})
}

func codesOff(t *testing.T, s *target) {
	l := s.needLocal(t)
	for _, flags := range [][]string{nil, l.sms.flags("--phone-sign-in", "off")} {
		off, _ := l.peopled(t, flags...)
		p := off.phone(t)
		off.people.owner().post(t, "/people", object{"displayName": "Ann", "telephoneNumber": p.Number}).ok(t)
		p.asks(t).fails(t, http.StatusForbidden, "Signing in by phone is switched off on this server")
	}
}

func codesGatewayFails(t *testing.T, s *target) {
	l := *s.needLocal(t)
	l.sms = newGateway(t)
	s, p := l.peopled(t, l.sms.flags("--phone-sign-in", "open")...)
	p.expected = "code could not be sent" // by who sends it, and by the request
	l.sms.breakDown()
	who := s.phone(t)
	r := who.asks(t)
	r.fails(t, http.StatusServiceUnavailable, "The code could not be sent")
	if m := r.message(t); strings.Contains(m, "Authenticate") || strings.Contains(m, l.sms.URL) || strings.Contains(m, who.Number) {
		t.Errorf("the message tells too much: %s", m)
	}
	within(t, patience, "the log tells why", func() bool { return strings.Contains(p.log.text(), "status 401, error 20003") })
}

func codesLimits(t *testing.T, s *target) {
	const window = time.Hour
	l := s.needLocal(t)
	s, _ = l.peopled(t, l.sms.flags("--phone-sign-in", "open", "--code-requests", "2", "--code-window", "1h", "--sign-in-attempts", "8")...)
	s.sub(t, "a number, from anywhere", func(t *testing.T) {
		p := s.phone(t)
		for _, address := range []string{"127.0.5.1", "127.0.5.2"} {
			p.s = s.from(address)
			p.asks(t).ok(t)
		}
		p.s = s.from("127.0.5.3")
		limited(t, p.on(rand.Text()).asks(t), window)
		if got := s.sms.messages(p.Number); len(got) != 2 {
			t.Errorf("%d messages were sent", len(got))
		}
		p.gives(t, s.code(t, p.Number)).ok(t)
	})
	s.sub(t, "an address, whatever the number", func(t *testing.T) {
		from := s.from("127.0.6.1")
		for range 20 {
			from.phone(t).asks(t).ok(t)
		}
		limited(t, from.phone(t).asks(t), window)
		s.from("127.0.6.2").phone(t).asks(t).ok(t)
	})
	s.sub(t, "wrong codes", func(t *testing.T) {
		p := s.phone(t)
		p.s = s.from("127.0.7.1")
		p.asks(t).ok(t)
		for i := range 8 {
			p.gives(t, wrong(s.code(t, p.Number), i)).fails(t, http.StatusForbidden, wrongCode)
		}
		limited(t, p.gives(t, s.code(t, p.Number)), window)
	})
}

func codesExpiry(t *testing.T, s *target) {
	l := s.needLocal(t)
	s, server, clock := l.withClock(t, func(c *config.Config) {
		c.CodeSender, c.PhoneSignIn, c.CodeLife = "sms", "open", 10*time.Minute
		c.SMSURL, c.SMSAccount, c.SMSToken, c.SMSFrom = l.sms.URL, smsAccount, smsToken, smsFrom
	})
	s.sms = l.sms
	p, q := s.phone(t), s.phone(t)
	p.asks(t).ok(t)
	q.asks(t).ok(t)
	clock.move(9 * time.Minute)
	p = phone{person: p.person, Number: p.Number, Device: p.Device}
	p.gives(t, s.code(t, p.Number)).ok(t)
	clock.move(2 * time.Minute)
	q.gives(t, s.code(t, q.Number)).fails(t, http.StatusForbidden, wrongCode)
	if err := server.Service().DropOldCodes(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.gives(t, s.code(t, q.Number)).fails(t, http.StatusForbidden, wrongCode)
	q.signsIn(t)
}

func codesOneMobile(t *testing.T, s *target) {
	l := s.needLocal(t)
	s, _ = l.peopled(t, l.sms.flags("--phone-sign-in", "open", "--one-mobile-device")...)
	p := s.phone(t, "device-type: phone").signsIn(t)
	unnamed := p.on(rand.Text()).signsIn(t)
	browser := p.on(rand.Text(), "device-type: browser").signsIn(t)
	p.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token") // ended by the one that says nothing
	again := p.on(rand.Text(), "device-type: phone").signsIn(t)
	tablet := p.on(rand.Text(), "device-type: tablet").signsIn(t)
	again.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	for _, stays := range []phone{unnamed, browser, tablet} {
		stays.get(t, "/me").ok(t)
	}
}

func codesMethod(t *testing.T, s *target) {
	s.do(t, request{method: "GET", path: "/api/messenger/auth"}).fails(t, http.StatusMethodNotAllowed, "Method not allowed")
	s.do(t, request{method: "GET", path: "/api/messenger/auth", token: "x"}).fails(t, http.StatusMethodNotAllowed, "Method not allowed")
}

func codesRefresh(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	device := data[api.DeviceData](t, ann.get(t, "/device")).Device
	stream := ann.listen(t)
	r := ann.post(t, "/auth/refresh", nil)
	golden(t, "refreshSession", r, map[string]any{"id": device.ID, "ann": ann.ID})
	fresh := ann
	fresh.Token = *data[api.DeviceData](t, r).Device.Token
	s.secrets.add(fresh.Token)
	ann.get(t, "/me").fails(t, http.StatusUnauthorized, "Invalid access token")
	ann.post(t, "/auth/refresh", nil).fails(t, http.StatusUnauthorized, "Invalid access token")
	stream.end(t, patience)
	fresh.get(t, "/me").ok(t)
	s.sub(t, "of a cookie", func(t *testing.T) {
		with := func(token string) request {
			return request{method: "POST", path: "/api/messenger/auth/refresh", header: []string{"Cookie: spika_session=" + token}}
		}
		r := s.do(t, with(fresh.Token))
		if d := data[api.DeviceData](t, r).Device; d.Token != nil {
			t.Error("the cookie's token is told")
		}
		next := cookieToken(t, r)
		s.secrets.add(next)
		if slices.Contains([]string{ann.Token, fresh.Token}, next) {
			t.Error("the token stays the same")
		}
		fresh.Token = next
		fresh.get(t, "/me").ok(t)
		crossOriginRefused(t, s, fresh, "POST", "/auth/refresh")
	})
}
