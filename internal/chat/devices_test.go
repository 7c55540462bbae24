package chat_test

import (
	"context"
	"testing"
	"time"

	"spika/internal/chat"
)

// A session without an end stays, however long it is not used.
func TestSessionWithoutEnd(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in := tm.signsIn("Bob")
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		d := in.Device
		d.Expires = 0
		return tx.UpdateDevice(ctx, d)
	}))
	tm.clock.pass(10 * 365 * 24 * time.Hour)
	same(t, must(tm.svc.Authenticate(tm.ctx, in.Token))(t).Device.Expires, 0)
}

func TestNoteDevice(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in := tm.signsIn("Bob")
	place := tm.place()
	who := must(tm.svc.NoteDevice(tm.ctx, in.Session, chat.DeviceInfo{OSName: "android", AppVersion: "1"}))(t)
	same(t, who.Device.OSName, "android")
	same(t, must(tm.svc.Authenticate(tm.ctx, in.Token))(t), who)
	moved := tm.place()
	if moved == place {
		t.Error("nothing was stored")
	}
	for _, known := range []chat.DeviceInfo{{}, {OSName: "android"}, {OSName: "android", AppVersion: "1"}} {
		same(t, must(tm.svc.NoteDevice(tm.ctx, who, known))(t), who)
	}
	same(t, tm.place(), moved) // what is known is not stored again
	must(tm.svc.SignOut(tm.ctx, who))(t)
	_, err := tm.svc.NoteDevice(tm.ctx, who, chat.DeviceInfo{OSName: "ios"})
	tm.fails(err, chat.Unauthorized)
	_, err = tm.svc.Authenticate(tm.ctx, in.Token)
	tm.fails(err, chat.Unauthorized)
}

func TestRefreshHappensOnce(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in := tm.signsIn("Bob")
	fresh := must(tm.svc.RefreshSession(tm.ctx, in.Session))(t)
	_, err := tm.svc.RefreshSession(tm.ctx, in.Session)
	tm.fails(err, chat.Unauthorized)
	_, err = tm.svc.Authenticate(tm.ctx, in.Token)
	tm.fails(err, chat.Unauthorized)
	same(t, must(tm.svc.Authenticate(tm.ctx, fresh.Token))(t).Device.ID, in.Device.ID)
	must(tm.svc.SignOut(tm.ctx, fresh.Session))(t)
	_, err = tm.svc.RefreshSession(tm.ctx, fresh.Session)
	tm.fails(err, chat.Unauthorized)
}

func TestSetPushToken(t *testing.T) {
	tm := newTeam(t)
	tm.joins("Bob")
	in := tm.signsIn("Bob")
	token, long := "push", string(make([]byte, 5_000))
	same(t, must(tm.svc.SetPushToken(tm.ctx, in.Session, &token))(t).PushToken, "push")
	who := must(tm.svc.Authenticate(tm.ctx, in.Token))(t)
	same(t, who.Device.PushToken, "push")
	same(t, must(tm.svc.SetPushToken(tm.ctx, who, nil))(t).PushToken, "push")
	_, err := tm.svc.SetPushToken(tm.ctx, who, &long)
	tm.fails(err, chat.Invalid)
	must(tm.svc.SignOut(tm.ctx, who))(t)
	same(t, must(tm.store.Device(tm.ctx, in.Device.ID))(t).PushToken, "")
}
