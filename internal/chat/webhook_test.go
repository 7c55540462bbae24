package chat_test

import (
	"net/url"
	"strings"
	"testing"

	"spika/internal/chat"
)

var goodURLs = []string{
	"https://hooks.example.org", "HTTP://hooks.example.org/", "hooks.example.org/a/b?c=d&e#f", "example.org:8080", "10.0.0.1:65535/x",
	"a-b.example.co.uk/%C3%A4?q=%20", "https://xn--bcher-kva.example/", "http://93.184.216.34", "example.xn--p1ai", "https://example.org?x=http://y",
}

var badURLs = []string{
	"", "localhost", "http://localhost:8080/x", "https://", "ftp://example.org", "javascript://example.org/%0aalert(1)", "example", "example.", ".org",
	"-a.example.org", "a-.example.org", "a_b.example.org", "exa mple.org", "example.org/a b", "exämple.org", "https://user@example.org", "https://u:p@example.org",
	"example.org:", "example.org:0", "example.org:65536", "example.org:x", "999.1.1.1", "1.2.3", "1.2.3.4.5", "[::1]", "http://[2001:db8::1]/", "example.1",
	"example.o", "a..example.org", "https://https://example.org", "//example.org", "example.org\n", "example.org/\x00", "http:example.org", "1.2.3.04",
	strings.Repeat("a", 64) + ".example.org", "example.org/" + strings.Repeat("a", chat.MaxWebhookURL),
}

func TestWebhookURLs(t *testing.T) {
	for _, u := range goodURLs {
		if err := chat.CheckWebhookURL(u); err != nil {
			t.Errorf("%q: %v", u, err)
		}
	}
	for _, u := range badURLs {
		if err := chat.CheckWebhookURL(u); chat.CodeOf(err) != chat.Invalid || !strings.HasPrefix(err.Error(), "Url not valid") {
			t.Errorf("%q: %v", u, err)
		}
	}
}

// FuzzWebhookURL checks that what is let in can be called, and that nothing in
// it says anything else to another reader.
func FuzzWebhookURL(f *testing.F) {
	for _, u := range append(goodURLs, badURLs...) {
		f.Add(u)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if chat.CheckWebhookURL(address) != nil {
			return
		}
		if !strings.Contains(address, "://") || !strings.HasPrefix(strings.ToLower(address), "http") {
			address = "http://" + address
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") {
			t.Errorf("let in %q: %+v, %v", address, u, err)
		}
		if strings.ContainsAny(address, " \t\r\n\x00") {
			t.Errorf("let in %q", address)
		}
	})
}

func TestWhoManagesWebhooks(t *testing.T) {
	tm := newTeam(t)
	bob, eve, zoe := tm.joins("Bob"), tm.joins("Eve"), tm.admin("Zoe")
	ops, private := tm.room(bob, eve), tm.private(bob, eve)
	const address = "https://hooks.example.org"
	hook := must(tm.svc.CreateWebhook(tm.ctx, bob, ops, address))(t)
	for _, c := range []struct {
		who  chat.Session
		room int64
		may  bool
	}{{bob, ops, true}, {zoe, ops, true}, {eve, private, true}, {bob, private, true}, {eve, ops, false}, {tm.joins("Mia"), private, false}, {bob, 99, false}} {
		_, err := tm.svc.CreateWebhook(tm.ctx, c.who, c.room, address)
		_, listed := tm.svc.Webhooks(tm.ctx, c.who, c.room)
		if c.may {
			tm.ok(err)
			tm.ok(listed)
			continue
		}
		tm.fails(err, chat.Forbidden, "User is not in room or he is not admin in this room")
		tm.fails(listed, chat.Forbidden, "User is not in room or he is not admin in this room")
	}
	_, err := tm.svc.UpdateWebhook(tm.ctx, eve, hook.ID, address)
	tm.fails(err, chat.Forbidden, "User is not in room")
	tm.fails(tm.svc.DeleteWebhook(tm.ctx, eve, hook.ID), chat.Forbidden, "User is not in room")
	_, err = tm.svc.CreateWebhook(tm.ctx, eve, ops, "localhost")
	tm.fails(err, chat.Invalid, "Url not valid") // before who is asking
	_, err = tm.svc.UpdateWebhook(tm.ctx, eve, 99, "localhost")
	tm.fails(err, chat.Invalid, "Url not valid")
	_, err = tm.svc.UpdateWebhook(tm.ctx, bob, 99, address)
	tm.fails(err, chat.NotFound, "Not found")
	tm.fails(tm.svc.DeleteWebhook(tm.ctx, bob, 99), chat.NotFound, "Not found")
	must(tm.svc.DeleteRoom(tm.ctx, bob, ops))(t)
	_, err = tm.svc.CreateWebhook(tm.ctx, bob, ops, address)
	tm.fails(err, chat.Forbidden, "Room is deleted")
	tm.ok(tm.svc.DeleteWebhook(tm.ctx, bob, hook.ID))
}

// TestSignaturesAreSealed: the database holds none in clear, and each opens in
// its own row only.
func TestSignaturesAreSealed(t *testing.T) {
	tm := newTeam(t)
	a := must(tm.svc.CreateWebhook(tm.ctx, tm.owner, tm.general, "a.example.org"))(t)
	b := must(tm.svc.CreateWebhook(tm.ctx, tm.owner, tm.general, "b.example.org"))(t)
	if len(a.Signature) != chat.SignatureLen || a.Signature == b.Signature || strings.Contains(string(a.Sealed), a.Signature) {
		t.Errorf("the signatures are %q and %q, sealed %q", a.Signature, b.Signature, a.Sealed)
	}
	changed := must(tm.svc.UpdateWebhook(tm.ctx, tm.owner, a.ID, "c.example.org"))(t)
	same(t, []string{changed.Signature, changed.URL}, []string{a.Signature, "c.example.org"})
	if changed.Modified <= a.Modified {
		t.Errorf("changed at %d, made at %d", changed.Modified, a.Modified)
	}
	list := must(tm.svc.Webhooks(tm.ctx, tm.owner, tm.general))(t)
	same(t, []string{list[0].Signature, list[1].Signature}, []string{a.Signature, b.Signature})
	sealer := must(chat.NewSealer(make([]byte, chat.MasterKeyLen)))(t)
	sealed := sealer.SealSignature(1, "x")
	same(t, must(sealer.OpenSignature(1, sealed))(t), "x")
	if _, err := sealer.OpenSignature(2, sealed); err == nil {
		t.Error("a signature opens in another row")
	}
	if _, err := sealer.Open(1, sealed); err == nil {
		t.Error("a signature opens as an API key")
	}
}

func TestWebhooksHaveALimit(t *testing.T) {
	tm := newTeam(t)
	for range chat.MaxWebhooks {
		must(tm.svc.CreateWebhook(tm.ctx, tm.owner, tm.general, "a.example.org"))(t)
	}
	_, err := tm.svc.CreateWebhook(tm.ctx, tm.owner, tm.general, "a.example.org")
	tm.fails(err, chat.Invalid, "at most 100 webhooks")
}
