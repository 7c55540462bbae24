package chat_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"spika/internal/chat"
)

// courier keeps the codes it is given.
type courier struct {
	mu    sync.Mutex
	codes map[string]string // the newest, by number
	fails error
}

func (c *courier) Bring(_ context.Context, to chat.Recipient, code string, _ time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails != nil {
		return c.fails
	}
	if c.codes == nil {
		c.codes = map[string]string{}
	}
	c.codes[to.Phone] = code
	return nil
}

func (c *courier) code(phone string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[phone]
}

// byPhone gives a team that anyone with a phone can join.
func byPhone(t *testing.T, change ...func(*chat.Options)) (*team, *courier) {
	t.Helper()
	c := new(courier)
	open := func(o *chat.Options) {
		o.Codes = chat.CodeOptions{PhoneSignIn: chat.PhoneOpen, Courier: c, Life: 10 * time.Minute}
	}
	return newTeam(t, append([]func(*chat.Options){open}, change...)...), c
}

const number = "+385911234567"

func (tm *team) asks(phone, device string) (chat.CodeSent, error) {
	return tm.svc.SendCode(tm.ctx, chat.CodeRequest{Phone: phone, ClientID: device})
}

func TestCodesAreKeptHashed(t *testing.T) {
	tm, c := byPhone(t)
	must(tm.asks(number, "a"))(t)
	kept := must(tm.store.SignInCode(tm.ctx, "a"))(t)
	life := kept.Expires - chat.TimeOf(tm.clock.now())
	if len(kept.Hash) != 32 || bytes.Contains(kept.Hash, []byte(c.code(number))) || life < 600_000 || life > 601_000 {
		t.Errorf("kept is %+v", kept)
	}
	// The same code on another device, or under another server key, is kept otherwise.
	key := func(b byte) *chat.Sealer { return must(chat.NewSealer(bytes.Repeat([]byte{b}, chat.MasterKeyLen)))(t) }
	one := key(0).CodeHash("a", c.code(number))
	if !bytes.Equal(one, kept.Hash) || bytes.Equal(one, key(0).CodeHash("b", c.code(number))) || bytes.Equal(one, key(1).CodeHash("a", c.code(number))) {
		t.Error("the hash depends on something else than code, device and key")
	}
}

// Of many who give the right code at once, one is signed in.
func TestACodeWorksOnceInARace(t *testing.T) {
	tm, c := byPhone(t)
	must(tm.asks(number, "a"))(t)
	var all sync.WaitGroup
	results := make([]error, 16)
	for i := range results {
		all.Go(func() { _, results[i] = tm.svc.VerifyCode(tm.ctx, "a", c.code(number), chat.DeviceInfo{}) })
	}
	all.Wait()
	in := 0
	for _, err := range results {
		if err == nil {
			in++
		} else {
			tm.fails(err, chat.Forbidden, "Verification code is invalid")
		}
	}
	same(t, in, 1)
}

// Wrong codes are counted also when they are given at once: no more than five
// are compared.
func TestWrongCodesAreCountedInARace(t *testing.T) {
	tm, c := byPhone(t)
	must(tm.asks(number, "a"))(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := tm.svc.VerifyCode(tm.ctx, "a", "none", chat.DeviceInfo{})
			tm.fails(err, chat.Forbidden)
		})
	}
	all.Wait()
	same(t, must(tm.store.SignInCode(tm.ctx, "a"))(t).Tries, int64(5))
	_, err := tm.svc.VerifyCode(tm.ctx, "a", c.code(number), chat.DeviceInfo{})
	tm.fails(err, chat.Forbidden)
}

// A right code ends the device's earlier session at once, on every node.
func TestCodeReplacesTheSession(t *testing.T) {
	tm, c := byPhone(t)
	signIn := func() chat.SignedIn {
		must(tm.asks(number, "a"))(t)
		return must(tm.svc.VerifyCode(tm.ctx, "a", c.code(number), chat.DeviceInfo{}))(t)
	}
	first := signIn()
	must(tm.svc.Authenticate(tm.ctx, first.Token))(t) // now it is remembered
	other := tm.node()
	must(other.Authenticate(tm.ctx, first.Token))(t)
	place := tm.place()
	second := signIn()
	_, err := tm.svc.Authenticate(tm.ctx, first.Token)
	tm.fails(err, chat.Unauthorized)
	other.Observe(tm.events(place))
	_, err = other.Authenticate(tm.ctx, first.Token)
	tm.fails(err, chat.Unauthorized)
	must(tm.svc.Authenticate(tm.ctx, second.Token))(t)
	same(t, tm.kinds(place), []chat.EventKind{chat.AccessChanged})
}

// Whoever asks for a code for another's browser learns nothing of it, takes no
// code from it and cannot get hold of it; the person's own browsers share it.
func TestStrangersDoNotReachABrowser(t *testing.T) {
	tm, c := byPhone(t)
	asks := func(phone, device, name string) chat.CodeSent {
		info := chat.DeviceInfo{Kind: "browser", Name: name}
		return must(tm.svc.SendCode(tm.ctx, chat.CodeRequest{Phone: phone, ClientID: device, Device: info}))(t)
	}
	gives := func(device, code string) (chat.SignedIn, error) {
		return tm.svc.VerifyCode(tm.ctx, device, code, chat.DeviceInfo{Kind: "browser"})
	}
	asks(number, "planted", "") // before Bob has come
	same(t, asks(number, "bobs", "Firefox").Device.ClientID, "bobs")
	bob := must(gives("bobs", c.code(number)))(t)
	same(t, bob.Device.Name, "")
	asks(number, "bobs", "Firefox")
	pending := c.code(number)
	sent := asks(number, "strangers", "Mine")
	told := sent.Device
	told.ID, told.UserID = 0, 0
	same(t, told, chat.Device{ClientID: "strangers", Kind: "browser", Name: "Mine"})
	for range 5 {
		_, err := gives("strangers", "none")
		tm.fails(err, chat.Forbidden)
	}
	const other = "+385911234568"
	for _, id := range []string{"bobs", "planted"} { // the stranger knows them, and has an own number
		s := asks(other, id, "")
		if id == s.Device.ClientID || s.Device.ID == bob.Device.ID {
			t.Errorf("a stranger is to use %q of %+v", id, s.Device)
		}
		if in := must(gives(s.Device.ClientID, c.code(other)))(t); in.Device.ID == bob.Device.ID || in.User.ID == bob.User.ID {
			t.Errorf("a stranger is signed in as %+v", in)
		}
	}
	must(tm.svc.Authenticate(tm.ctx, bob.Token))(t) // all the while
	again := must(gives("bobs", pending))(t)
	same(t, again.Device.ID, bob.Device.ID)
	second := must(gives(asks(number, "second", "").Device.ClientID, c.code(number)))(t)
	same(t, second.Device.ID, bob.Device.ID)
	_, err := tm.svc.Authenticate(tm.ctx, again.Token)
	tm.fails(err, chat.Unauthorized)
}

// Codes are not asked for within a transaction, and nothing is lost when one
// cannot be brought.
func TestCourierFails(t *testing.T) {
	tm, c := byPhone(t)
	c.fails = errors.New("no network")
	if _, err := tm.asks(number, "a"); !errors.Is(err, c.fails) {
		t.Errorf("error %v", err)
	}
	c.fails = nil
	sent := must(tm.asks(number, "a"))(t)
	if !sent.New {
		t.Error("the person is not new")
	}
	must(tm.svc.VerifyCode(tm.ctx, "a", c.code(number), chat.DeviceInfo{}))(t)
	same(t, must(tm.store.PeopleCount(tm.ctx))(t), int64(2))
}

func TestWhoMayAskForCodes(t *testing.T) {
	for name, o := range map[string]func(*chat.Options){
		"no courier": func(o *chat.Options) { o.Codes.Courier = nil },
		"off":        func(o *chat.Options) { o.Codes.PhoneSignIn = chat.PhoneOff },
		"not said":   func(o *chat.Options) { o.Codes.PhoneSignIn = "" },
		"known":      func(o *chat.Options) { o.Codes.PhoneSignIn = chat.PhoneKnown },
	} {
		t.Run(name, func(t *testing.T) {
			tm, c := byPhone(t, o)
			_, err := tm.asks(number, "a")
			tm.fails(err, chat.Forbidden)
			_, _, err = tm.svc.AddPerson(tm.ctx, tm.owner, chat.Newcomer{Name: "Pia", Phone: number, Role: chat.Plain})
			tm.ok(err)
			_, err = tm.asks(number, "a")
			if known := name == "known"; (err == nil) != known || (c.code(number) != "") != known {
				t.Errorf("error %v, code %q", err, c.code(number))
			}
		})
	}
}

// Whoever is deleted cannot come back with a code that was sent before.
func TestCodesOfTheDeleted(t *testing.T) {
	tm, c := byPhone(t)
	must(tm.asks(number, "a"))(t)
	pia := must(tm.svc.VerifyCode(tm.ctx, "a", c.code(number), chat.DeviceInfo{}))(t)
	must(tm.asks(number, "b"))(t)
	code := c.code(number)
	tm.ok(tm.svc.DeleteMe(tm.ctx, pia.Session))
	_, err := tm.svc.VerifyCode(tm.ctx, "b", code, chat.DeviceInfo{})
	tm.fails(err, chat.NotFound)
	again := must(tm.asks(number, "a"))(t) // as someone new
	if again.User.ID == pia.User.ID || !again.New {
		t.Errorf("got %+v", again.User)
	}
}

func TestCleanPhone(t *testing.T) {
	for phone, ok := range map[string]bool{
		number: true, "+6831234": true, "+123456789012345": true, "": false, "+": false, "385911234567": false, "+0385911234": false,
		"+683123": false, "+1234567890123456": false, "+38591 1234567": false, "+38591123456x": false, "+٣٨٥٩١١٢٣٤": false,
	} {
		if got, err := chat.CleanPhone(phone); (err == nil) != ok || ok && got != phone {
			t.Errorf("CleanPhone(%q) = %q, %v", phone, got, err)
		}
	}
}

func TestDeviceIDs(t *testing.T) {
	tm, _ := byPhone(t)
	for _, id := range []string{"", "a\nb", "a\x00", "\xff", strings.Repeat("a", 201)} {
		_, err := tm.asks(number, id)
		tm.fails(err, chat.Invalid)
	}
	must(tm.asks(number, strings.Repeat("ä", 200)))(t)
}
