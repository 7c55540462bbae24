package storetest

import (
	"context"
	"fmt"

	"spika/internal/chat"
)

func linkTests() []test {
	return []test{
		{"a link is kept whole", linkIsKeptWhole},
		{"links are closed by kind and user", linksAreClosed},
		{"links are closed by who made them", linksByTheirMakerAreClosed},
		{"open invitations are listed, newest first", invitesAreListed},
		{"settings are kept", settingsAreKept},
		{"an API key is kept whole", keyIsKeptWhole},
		{"a room's keys are listed, oldest first", keysAreListed},
		{"a key's last use only moves on", lastUseMovesOn},
		{"a deleted key is gone", deletedKeyIsGone},
	}
}

func (r *rig) link(l chat.Link) chat.Link {
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Link, error) { return tx.CreateLink(ctx, l) })
}

func linkIsKeptWhole(r *rig) {
	want := chat.Link{
		Kind: chat.InviteLink, Hash: chat.HashSecret("a"), UserID: 4, RoomIDs: []int64{3, 1 << 40, 2}, CreatedBy: 5, Expires: 6, Uses: 7,
	}
	made := r.link(want)
	want.ID, want.Created = made.ID, made.Created
	if made.ID == 0 || made.Created == 0 {
		r.Fatalf("a new link has id %d and is from %d", made.ID, made.Created)
	}
	is(r, want)(r.s.LinkByHash(r.ctx, want.Hash))
	want.Uses, want.Closed = 8, true
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateLink(ctx, want) })
	is(r, want)(r.s.LinkByHash(r.ctx, want.Hash))
	_, err := r.s.LinkByHash(r.ctx, chat.HashSecret("b"))
	missing(r, err)
}

func linksAreClosed(r *rig) {
	kinds := map[string]chat.Link{
		"reset of 1":  {Kind: chat.ResetLink, UserID: 1},
		"reset of 2":  {Kind: chat.ResetLink, UserID: 2},
		"invite of 1": {Kind: chat.InviteLink, UserID: 1},
	}
	for name, l := range kinds {
		l.Hash = chat.HashSecret(name)
		r.link(l)
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.CloseLinks(ctx, chat.ResetLink, 1) })
	for name := range kinds {
		l := got[chat.Link](r)(r.s.LinkByHash(r.ctx, chat.HashSecret(name)))
		if l.Closed != (name == "reset of 1") {
			r.Errorf("%s is closed: %t", name, l.Closed)
		}
	}
}

func linksByTheirMakerAreClosed(r *rig) {
	for i, kind := range []chat.LinkKind{chat.ResetLink, chat.InviteLink} {
		for _, maker := range []int64{1, 2} {
			hash := chat.HashSecret(fmt.Sprint(kind, maker))
			r.link(chat.Link{Kind: kind, UserID: int64(2 * (1 - i)), CreatedBy: maker, Hash: hash})
		}
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.CloseLinksBy(ctx, 1) })
	for _, kind := range []chat.LinkKind{chat.ResetLink, chat.InviteLink} {
		for _, maker := range []int64{1, 2} {
			l := got[chat.Link](r)(r.s.LinkByHash(r.ctx, chat.HashSecret(fmt.Sprint(kind, maker))))
			if l.Closed != (maker == 1) {
				r.Errorf("the %s link of %d is closed: %t", kind, maker, l.Closed)
			}
		}
	}
}

func invitesAreListed(r *rig) {
	a := r.link(chat.Link{Kind: chat.InviteLink, Hash: []byte("a")})
	r.link(chat.Link{Kind: chat.ResetLink, Hash: []byte("b")})
	r.link(chat.Link{Kind: chat.InviteLink, Hash: []byte("c"), Closed: true})
	d := r.link(chat.Link{Kind: chat.InviteLink, Hash: []byte("d"), Expires: 1})
	is(r, []chat.Link{d, a})(r.s.Invites(r.ctx))
}

func settingsAreKept(r *rig) {
	is(r, "")(r.s.Setting(r.ctx, "team"))
	for _, value := range []string{"Ops 🚀", "", `"quoted" 'and' \`} {
		r.change(func(ctx context.Context, tx chat.Tx) error { return tx.SetSetting(ctx, "team", value) })
		is(r, value)(r.s.Setting(r.ctx, "team"))
	}
	is(r, "")(r.s.Setting(r.ctx, "Team"))
}

// key makes a bot and its key for a room.
func (r *rig) key(room chat.Room, name string) (chat.APIKey, chat.User) {
	r.Helper()
	bot := r.user(chat.User{Kind: chat.Bot, Name: name, Role: chat.Plain, Verified: true})
	k := stored(r, func(ctx context.Context, tx chat.Tx) (chat.APIKey, error) {
		return tx.CreateKey(ctx, chat.APIKey{RoomID: room.ID, BotID: bot.ID, Name: name, Hash: chat.HashSecret(name), Sealed: []byte{0, 1, 255}})
	})
	return k, bot
}

func keyIsKeptWhole(r *rig) {
	room := r.room("Ops")
	k, bot := r.key(room, "CI 🤖")
	if k.ID == 0 || k.Created == 0 || k.Created != k.Modified {
		r.Fatalf("a new key is %+v", k)
	}
	is(r, k)(r.s.Key(r.ctx, k.ID))
	is(r, k)(r.s.KeyByHash(r.ctx, chat.HashSecret("CI 🤖")))
	bot.Name, k.Name, k.Modified = "CD", "CD", k.Modified+1
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateUser(ctx, bot); err != nil {
			return err
		}
		if err := tx.UpdateKey(ctx, k); err != nil {
			return err
		}
		return isNow(k)(tx.Key(ctx, k.ID))
	})
	is(r, k)(r.s.Key(r.ctx, k.ID))
	_, err := r.s.Key(r.ctx, k.ID+1)
	missing(r, err)
	_, err = r.s.KeyByHash(r.ctx, chat.HashSecret("other"))
	missing(r, err)
}

func keysAreListed(r *rig) {
	ops, dev := r.room("Ops"), r.room("Dev")
	a, _ := r.key(ops, "z")
	r.key(dev, "other room")
	b, _ := r.key(ops, "a")
	is(r, []chat.APIKey{a, b})(r.s.Keys(r.ctx, ops.ID))
	is(r, []chat.APIKey(nil))(r.s.Keys(r.ctx, dev.ID+1))
}

func lastUseMovesOn(r *rig) {
	k, _ := r.key(r.room("Ops"), "CI")
	for _, use := range []struct{ at, want chat.Time }{{10, 10}, {7, 10}, {11, 11}} {
		r.change(func(ctx context.Context, tx chat.Tx) error {
			if _, err := tx.Key(ctx, k.ID); err != nil { // now it is remembered
				return err
			}
			return tx.TouchKey(ctx, k.ID, use.at)
		})
		k.LastUsed = use.want
		is(r, k)(r.s.Key(r.ctx, k.ID))
		r.change(func(ctx context.Context, tx chat.Tx) error { return isNow(k)(tx.Key(ctx, k.ID)) })
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.TouchKey(ctx, k.ID+1, 5) })
}

func deletedKeyIsGone(r *rig) {
	k, bot := r.key(r.room("Ops"), "CI")
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := isNow(k)(tx.Key(ctx, k.ID)); err != nil {
			return err
		}
		if err := tx.DeleteKey(ctx, k.ID); err != nil {
			return err
		}
		if _, err := tx.Key(ctx, k.ID); !chat.IsNotFound(err) {
			return unexpected("key found after it was deleted: %v", err)
		}
		return nil
	})
	_, err := r.s.KeyByHash(r.ctx, k.Hash)
	missing(r, err)
	is(r, bot)(r.s.User(r.ctx, bot.ID))
}
