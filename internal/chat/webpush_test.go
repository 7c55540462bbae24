package chat_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"spika/internal/chat"
)

const (
	browserKey    = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" // of RFC 8291
	browserSecret = "BTBZMqHH6r4Tts7J_aSIgg"
)

func TestPushIdentity(t *testing.T) {
	tm := newTeam(t)
	first := must(tm.svc.PushIdentity(tm.ctx))(t)
	same(t, must(tm.svc.PushIdentity(tm.ctx))(t), first)
	same(t, must(tm.node().PushIdentity(tm.ctx))(t), first)
	if public, err := base64.RawURLEncoding.DecodeString(first.Public); err != nil || len(public) != 65 || public[0] != 4 {
		t.Errorf("the public key is %q", first.Public)
	}
	kept := must(tm.store.Setting(tm.ctx, "push_identity"))(t)
	if kept == "" || strings.Contains(kept, first.Private) {
		t.Errorf("the private key is kept as %q", kept)
	}
	tm.ok(tm.svc.Subscribe(tm.ctx, tm.owner, chat.Subscription{Endpoint: "https://push.example/1", Key: browserKey, Secret: browserSecret}))
	sealer := must(chat.NewSealer(bytes.Repeat([]byte{7}, chat.MasterKeyLen)))(t) // the server key was lost
	other := chat.NewService(tm.store, tm.clock.now, tm.passwords, sealer, tm.opts)
	second := must(other.PushIdentity(tm.ctx))(t)
	if second.Public == first.Public || second.Private == first.Private {
		t.Error("a key that cannot be opened goes on being used")
	}
	if _, err := tm.store.Subscription(tm.ctx, tm.owner.Device.ID); !chat.IsNotFound(err) {
		t.Errorf("subscriptions to the old key are kept: %v", err)
	}
}

func TestSubscriptionsEndWithTheSession(t *testing.T) {
	tm := newTeam(t)
	sub := chat.Subscription{Endpoint: "https://push.example/1", Key: browserKey, Secret: browserSecret}
	tm.ok(tm.svc.Subscribe(tm.ctx, tm.owner, sub))
	kept := must(tm.store.Subscription(tm.ctx, tm.owner.Device.ID))(t)
	same(t, []int64{kept.UserID, kept.DeviceID}, []int64{tm.owner.User.ID, tm.owner.Device.ID})
	must(tm.svc.SignOut(tm.ctx, tm.owner))(t)
	if _, err := tm.store.Subscription(tm.ctx, tm.owner.Device.ID); !chat.IsNotFound(err) {
		t.Errorf("the subscription outlives the session: %v", err)
	}
}
