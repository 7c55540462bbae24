package store

import (
	"context"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// What a transaction writes at once: changes that are rare.

// CreateUser implements chat.Tx.
func (t *txn) CreateUser(ctx context.Context, u chat.User) (chat.User, error) {
	u.Created, u.Modified = t.Stamp(), t.Stamp()
	id, err := t.write(ctx).CreateUser(ctx, gen.CreateUserParams{
		Kind: string(u.Kind), Name: u.Name, SortName: sortName(u.Name), Email: text(u.Email), Phone: text(u.Phone),
		Password: u.Password, Role: string(u.Role), Verified: u.Verified, AvatarID: u.AvatarID,
		CreatedMs: int64(u.Created), ModifiedMs: int64(u.Modified), SignedInMs: int64(u.SignedIn), Deleted: u.Deleted,
		PhoneHash: text(u.PhoneHash()), ShortDescription: u.ShortText, LongDescription: u.LongText, CoverID: u.CoverID,
	})
	u.ID = id
	return u, t.stored(err, "user")
}

// UpdateUser implements chat.Tx.
func (t *txn) UpdateUser(ctx context.Context, u chat.User) error {
	err := t.write(ctx).UpdateUser(ctx, gen.UpdateUserParams{
		ID: u.ID, Name: u.Name, SortName: sortName(u.Name), Email: text(u.Email), Phone: text(u.Phone),
		Password: u.Password, Role: string(u.Role), Verified: u.Verified, AvatarID: u.AvatarID,
		ModifiedMs: int64(u.Modified), SignedInMs: int64(u.SignedIn), Deleted: u.Deleted,
		PhoneHash: text(u.PhoneHash()), ShortDescription: u.ShortText, LongDescription: u.LongText, CoverID: u.CoverID,
	})
	delete(t.w.rows.users, u.ID)
	if u.IsBot() { // a key bears its bot's name
		clear(t.w.rows.keys)
	}
	return t.stored(err, "user")
}

// CreateDevice implements chat.Tx.
func (t *txn) CreateDevice(ctx context.Context, d chat.Device) (chat.Device, error) {
	d.Created, d.Modified, d.StartSeq = t.Stamp(), t.Stamp(), t.NextSeq()
	id, err := t.write(ctx).CreateDevice(ctx, gen.CreateDeviceParams{
		UserID: d.UserID, ClientID: text(d.ClientID), TokenHash: d.TokenHash, ExpiresMs: int64(d.Expires), Kind: d.Kind,
		Name: d.Name, OsName: d.OSName, OsVersion: d.OSVersion, AppVersion: d.AppVersion, PushToken: d.PushToken,
		StartSeq: d.StartSeq, CreatedMs: int64(d.Created), ModifiedMs: int64(d.Modified),
	})
	d.ID = id
	return d, t.stored(err, "device")
}

// UpdateDevice implements chat.Tx.
func (t *txn) UpdateDevice(ctx context.Context, d chat.Device) error {
	return t.stored(t.write(ctx).UpdateDevice(ctx, gen.UpdateDeviceParams{
		ID: d.ID, UserID: d.UserID, TokenHash: d.TokenHash, ExpiresMs: int64(d.Expires), Kind: d.Kind, Name: d.Name,
		OsName: d.OSName, OsVersion: d.OSVersion, AppVersion: d.AppVersion, PushToken: d.PushToken, ModifiedMs: int64(d.Modified),
	}), "device")
}

// EndSessions implements chat.Tx.
func (t *txn) EndSessions(ctx context.Context, user, except int64) error {
	return t.stored(t.write(ctx).EndSessions(ctx, int64(t.Stamp()), user, except), "devices")
}

// CreateLink implements chat.Tx.
func (t *txn) CreateLink(ctx context.Context, l chat.Link) (chat.Link, error) {
	l.Created = t.Stamp()
	id, err := t.write(ctx).CreateLink(ctx, gen.CreateLinkParams{
		Kind: string(l.Kind), Hash: l.Hash, UserID: l.UserID, RoomIds: joinInts(l.RoomIDs), CreatedBy: l.CreatedBy,
		CreatedMs: int64(l.Created), ExpiresMs: int64(l.Expires), Uses: l.Uses, Closed: l.Closed,
	})
	l.ID = id
	return l, t.stored(err, "link")
}

// UpdateLink implements chat.Tx.
func (t *txn) UpdateLink(ctx context.Context, l chat.Link) error {
	return t.stored(t.write(ctx).UpdateLink(ctx, l.ID, l.Uses, l.Closed), "link")
}

// CloseLinks implements chat.Tx.
func (t *txn) CloseLinks(ctx context.Context, kind chat.LinkKind, user int64) error {
	return t.stored(t.write(ctx).CloseLinks(ctx, string(kind), user), "links")
}

// CloseLinksBy implements chat.Tx.
func (t *txn) CloseLinksBy(ctx context.Context, user int64) error {
	return t.stored(t.write(ctx).CloseLinksBy(ctx, user), "links")
}

// SetSetting implements chat.Tx.
func (t *txn) SetSetting(ctx context.Context, name, value string) error {
	return t.stored(t.write(ctx).SetSetting(ctx, name, value), "setting")
}

// CreateRoom implements chat.Tx.
func (t *txn) CreateRoom(ctx context.Context, r chat.Room, pair string) (chat.Room, error) {
	r.Created, r.Modified = t.Stamp(), t.Stamp()
	id, err := t.write(ctx).CreateRoom(ctx, gen.CreateRoomParams{
		Type: string(r.Type), Name: r.Name, SortName: sortName(r.Name), Pair: text(pair), AvatarID: r.AvatarID,
		People: r.People, LastN: r.LastN, PersonN: r.PersonN, LastMessage: r.LastMessage, LastMs: int64(r.LastMs),
		CreatedMs: int64(r.Created), ModifiedMs: int64(r.Modified), Deleted: r.Deleted,
	})
	r.ID = id
	return r, t.stored(err, "room")
}

// UpdateRoom implements chat.Tx.
func (t *txn) UpdateRoom(ctx context.Context, r chat.Room) error {
	err := t.write(ctx).UpdateRoom(ctx, gen.UpdateRoomParams{
		ID: r.ID, Type: string(r.Type), Name: r.Name, SortName: sortName(r.Name), AvatarID: r.AvatarID, People: r.People,
		ModifiedMs: int64(r.Modified), Deleted: r.Deleted,
	})
	delete(t.w.rows.rooms, r.ID)
	return t.stored(err, "room")
}

// AddMember implements chat.Tx.
func (t *txn) AddMember(ctx context.Context, m chat.Member) error {
	err := t.write(ctx).AddMember(ctx, gen.AddMemberParams{
		RoomID: m.RoomID, UserID: m.UserID, JoinSeq: m.JoinSeq, JoinN: m.JoinN, Admin: m.Admin, Person: m.IsPerson,
		DeliveredN: m.DeliveredN, SeenN: m.SeenN, Skip: m.Skip, Muted: m.Muted, Pinned: m.Pinned,
		MutedMs: int64(m.MutedAt), PinnedMs: int64(m.PinnedAt), ChangedMs: int64(m.Changed), JoinedMs: int64(m.Joined),
	})
	delete(t.w.rows.members, memberKey{m.RoomID, m.UserID})
	clear(t.w.rows.peers)
	return t.stored(err, "member")
}

// SkipNewest implements chat.Tx.
func (t *txn) SkipNewest(ctx context.Context, room int64) error {
	err := t.write(ctx).SkipNewest(ctx, room)
	for k := range t.w.rows.members {
		if k.room == room {
			delete(t.w.rows.members, k)
		}
	}
	return t.stored(err, "members")
}

// CreateKey implements chat.Tx.
func (t *txn) CreateKey(ctx context.Context, k chat.APIKey) (chat.APIKey, error) {
	k.Created, k.Modified = t.Stamp(), t.Stamp()
	id, err := t.write(ctx).CreateKey(ctx, gen.CreateKeyParams{
		RoomID: k.RoomID, BotID: k.BotID, Hash: k.Hash, Sealed: k.Sealed, LastUsedMs: int64(k.LastUsed),
		CreatedMs: int64(k.Created), ModifiedMs: int64(k.Modified),
	})
	k.ID = id
	return k, t.stored(err, "API key")
}

// UpdateKey implements chat.Tx.
func (t *txn) UpdateKey(ctx context.Context, k chat.APIKey) error {
	delete(t.w.rows.keys, k.ID)
	return t.stored(t.write(ctx).UpdateKey(ctx, k.ID, int64(k.Modified)), "API key")
}

// DeleteKey implements chat.Tx.
func (t *txn) DeleteKey(ctx context.Context, id int64) error {
	delete(t.w.rows.keys, id)
	return t.stored(t.write(ctx).DeleteKey(ctx, id), "API key")
}

// TouchKey implements chat.Tx.
func (t *txn) TouchKey(ctx context.Context, id int64, at chat.Time) error {
	delete(t.w.rows.keys, id)
	return t.stored(t.write(ctx).TouchKey(ctx, id, int64(at)), "API key")
}

// DropEvents implements chat.Tx.
func (t *txn) DropEvents(ctx context.Context, before chat.Time, limit int) (int64, error) {
	n, _ := limits(chat.Page{Limit: limit})
	oldest, err := t.at(ctx).OldestEvents(ctx, n)
	if err != nil {
		return 0, failed(err, "events")
	}
	var dropped, upTo int64
	for _, e := range oldest {
		if e.AtMs >= int64(before) {
			break
		}
		dropped, upTo = dropped+1, e.Seq
	}
	if dropped == 0 {
		return 0, nil
	}
	q := t.write(ctx)
	if err := t.stored(q.DropEvents(ctx, upTo), "events"); err != nil {
		return 0, err
	}
	return dropped, t.stored(q.SetForgotten(ctx, upTo), "clock")
}
