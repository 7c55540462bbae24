package store

import (
	"database/sql"
	"strconv"
	"strings"

	"spika/internal/chat"
	"spika/internal/store/gen"
)

// Rows as the domain knows them.

func toUser(u gen.User) chat.User {
	return chat.User{
		ID: u.ID, Kind: chat.UserKind(u.Kind), Name: u.Name, Email: u.Email.String, Phone: u.Phone.String,
		Password: u.Password, Role: chat.Role(u.Role), Verified: u.Verified, AvatarID: u.AvatarID,
		Created: chat.Time(u.CreatedMs), Modified: chat.Time(u.ModifiedMs), SignedIn: chat.Time(u.SignedInMs),
		Deleted: u.Deleted, ShortText: u.ShortDescription, LongText: u.LongDescription, CoverID: u.CoverID,
	}
}

func toDevice(d gen.Device) chat.Device {
	return chat.Device{
		ID: d.ID, UserID: d.UserID, ClientID: d.ClientID.String, TokenHash: d.TokenHash,
		Expires: chat.Time(d.ExpiresMs), Kind: d.Kind, Name: d.Name, OSName: d.OsName, OSVersion: d.OsVersion,
		AppVersion: d.AppVersion, PushToken: d.PushToken, StartSeq: d.StartSeq,
		Created: chat.Time(d.CreatedMs), Modified: chat.Time(d.ModifiedMs),
	}
}

func toLink(l gen.Link) chat.Link {
	return chat.Link{
		ID: l.ID, Kind: chat.LinkKind(l.Kind), Hash: l.Hash, UserID: l.UserID, RoomIDs: splitInts(l.RoomIds),
		CreatedBy: l.CreatedBy, Created: chat.Time(l.CreatedMs), Expires: chat.Time(l.ExpiresMs),
		Uses: l.Uses, Closed: l.Closed,
	}
}

func toRoom(r gen.Room) chat.Room {
	return chat.Room{
		ID: r.ID, Type: chat.RoomType(r.Type), Name: r.Name, AvatarID: r.AvatarID, People: r.People,
		LastN: r.LastN, PersonN: r.PersonN, LastMessage: r.LastMessage, LastMs: chat.Time(r.LastMs),
		Created: chat.Time(r.CreatedMs), Modified: chat.Time(r.ModifiedMs), Deleted: r.Deleted, Purged: r.Purged,
	}
}

func toMember(m gen.Member) chat.Member {
	return chat.Member{
		RoomID: m.RoomID, UserID: m.UserID, JoinSeq: m.JoinSeq, JoinN: m.JoinN,
		Left: m.LeftN.Valid, LeftSeq: m.LeftSeq.Int64, LeftN: m.LeftN.Int64,
		Admin: m.Admin, IsPerson: m.Person, DeliveredN: m.DeliveredN, SeenN: m.SeenN, Skip: m.Skip,
		Muted: m.Muted, Pinned: m.Pinned, MutedAt: chat.Time(m.MutedMs), PinnedAt: chat.Time(m.PinnedMs),
		Changed: chat.Time(m.ChangedMs), Joined: chat.Time(m.JoinedMs),
	}
}

func toStay(r gen.Room, m gen.Member) chat.RoomStay {
	return chat.RoomStay{Room: toRoom(r), Member: toMember(m)}
}

func toMessage(m gen.Message) chat.Message {
	return chat.Message{
		ID: m.ID, RoomID: m.RoomID, N: m.N, FromUser: m.FromUser, SenderName: m.SenderName, Type: m.Type,
		Body: []byte(m.Body), ReplyTo: m.ReplyTo, ClientID: m.ClientID.String,
		LocalID: chat.LocalID{Text: m.LocalID.String, IsInt: m.LocalIsInt}, Hash: m.RequestHash, Total: m.Total,
		Created: chat.Time(m.CreatedMs), Modified: chat.Time(m.ModifiedMs), Deleted: m.Deleted,
		Forwarded: m.Forwarded, HasLink: m.HasLink, FileID: m.FileID, ThumbID: m.ThumbID,
	}
}

func toHidden(h gen.Hidden) chat.Hidden {
	return chat.Hidden{
		UserID: h.UserID, MessageID: h.MessageID, RoomID: h.RoomID, N: h.N, Kind: chat.HiddenKind(h.Kind), At: chat.Time(h.AtMs),
	}
}

func toReaction(r gen.Reaction) chat.Reaction {
	return chat.Reaction{
		MessageID: r.MessageID, RoomID: r.RoomID, UserID: r.UserID, Emoji: r.Emoji, Deleted: r.Deleted,
		Created: chat.Time(r.CreatedMs), Modified: chat.Time(r.ModifiedMs),
	}
}

func toEvent(e gen.Event) chat.Event {
	return chat.Event{
		Seq: e.Seq, At: chat.Time(e.AtMs), Kind: chat.EventKind(e.Kind), RoomID: e.RoomID, ToUser: e.ToUser,
		UserID: e.UserID, ExceptDevice: e.ExceptDevice, MessageID: e.MessageID, Data: []byte(e.Data),
	}
}

func toKey(k gen.ApiKey, name string) chat.APIKey {
	return chat.APIKey{
		ID: k.ID, RoomID: k.RoomID, BotID: k.BotID, Name: name, Hash: k.Hash, Sealed: k.Sealed,
		LastUsed: chat.Time(k.LastUsedMs), Created: chat.Time(k.CreatedMs), Modified: chat.Time(k.ModifiedMs),
	}
}

// each converts a list; a nil error is needed.
func each[A, B any](list []A, err error, convert func(A) B) ([]B, error) {
	if err != nil || list == nil {
		return nil, err
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out, nil
}

// byID makes a map of rows that hold a number for each id.
func byID[A any](list []A, err error, of func(A) (id, n int64)) (map[int64]int64, error) {
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int64, len(list))
	for _, row := range list {
		id, n := of(row)
		out[id] = n
	}
	return out, nil
}

// text is a string that is NULL when empty.
func text(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// sortName is what names are ordered and searched by.
func sortName(name string) string { return strings.ToLower(name) }

func splitInts(s string) []int64 {
	var out []int64
	for f := range strings.SplitSeq(s, ",") {
		if v, err := strconv.ParseInt(f, 10, 64); err == nil {
			out = append(out, v)
		}
	}
	return out
}
