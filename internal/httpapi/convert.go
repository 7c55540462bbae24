package httpapi

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

// orNull gives null for what is not set.
func orNull[T comparable](v T) *T {
	var unset T
	if v == unset {
		return nil
	}
	return &v
}

// timeOrNull gives null for a moment that never was.
func timeOrNull(t chat.Time) *int64 { return orNull(int64(t)) }

// all converts a list.
func all[From, To any](list []From, convert func(From) To) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

func toUser(u chat.User) api.User {
	return api.User{
		ID: u.ID, DisplayName: orNull(u.Name), AvatarFileID: u.AvatarID,
		TelephoneNumber: orNull(u.Phone), TelephoneNumberHashed: orNull(u.PhoneHash()), EmailAddress: orNull(u.Email),
		Verified: u.Verified, CreatedAt: int64(u.Created), ModifiedAt: int64(u.Modified),
		IsBot: u.IsBot(), Deleted: u.Deleted, Role: api.Role(u.Role),
		ShortDescription: orNull(u.ShortText), LongDescription: orNull(u.LongText), CoverFileID: u.CoverID,
	}
}

func toPerson(u chat.User) api.Person {
	return api.Person{User: toUser(u), LastSignInAt: timeOrNull(u.SignedIn)}
}

// toDevice gives a device; token is the session token where the asker may read
// it, else empty.
func toDevice(d chat.Device, token string) api.Device {
	return api.Device{
		ID: d.ID, UserID: d.UserID, Token: orNull(token), TokenExpiredAt: timeOrNull(d.Expires),
		OSName: orNull(d.OSName), OSVersion: orNull(d.OSVersion), AppVersion: orNull(d.AppVersion),
		PushToken: orNull(d.PushToken), DeviceID: orNull(d.ClientID), DeviceName: orNull(d.Name), Type: orNull(d.Kind),
	}
}

func toRoom(v chat.RoomView) api.Room {
	return api.Room{
		ID: v.ID, Name: v.Name, AvatarFileID: v.AvatarID, Muted: v.Muted, Type: string(v.Type),
		Deleted: v.Deleted, Pinned: v.Pinned, UnreadCount: v.Unread,
		CreatedAt: int64(v.Created), ModifiedAt: int64(v.Modified),
		Users: all(v.Members, func(m chat.RoomMember) api.RoomUser {
			return api.RoomUser{UserID: m.User.ID, IsAdmin: m.Admin, User: toUser(m.User), RoomID: v.ID, CreatedAt: int64(m.Joined)}
		}),
	}
}

// toSetting gives a mark as a person's setting. Its id is the person's own: two
// for each room.
func toSetting(m chat.RoomMark) api.UserSetting {
	s := api.UserSetting{
		ID: m.RoomID << 1, UserID: m.UserID, Key: fmt.Sprint("mute_", m.RoomID), Value: "true",
		CreatedAt: toISO(m.Since), ModifiedAt: toISO(m.Since),
	}
	if m.Mark == chat.Pin {
		s.ID, s.Key = s.ID|1, fmt.Sprint("pin_", m.RoomID)
	}
	return s
}

// deletedBody is what is left of a message that was deleted for everyone.
const deletedBody = `{"text":"Deleted message"}`

func toMessage(v chat.MessageView) api.Message {
	body := toBody(v)
	return api.Message{
		ID: v.ID, RoomID: v.RoomID, FromUserID: v.FromUser,
		TotalUserCount: v.Counts.Total, DeliveredCount: v.Delivered, SeenCount: v.Seen,
		Type: v.Type, Body: body, CreatedAt: int64(v.Created), ModifiedAt: int64(v.Modified),
		LocalID: orNull(v.LocalID.Text), ReplyID: orNull(v.ReplyTo), Deleted: v.Deleted,
		IsForwarded: v.Forwarded, HasLink: v.HasLink, SenderName: v.SenderName,
	}
}

// toBody gives a message's body, with its files and the message it answers
// inside.
func toBody(v chat.MessageView) []byte {
	switch {
	case v.Deleted:
		return []byte(deletedBody)
	case v.Reply == nil && v.FileID == 0:
		return v.Body
	}
	body := bytes.Clone(bytes.TrimSuffix(v.Body, []byte("}"))) // stored bodies are compact objects with a text or a fileId
	add := func(key string, value any) {
		part, err := json.Marshal(value)
		if err != nil {
			panic(fmt.Sprintf("what is stored of message %d is not JSON: %v", v.ID, err))
		}
		body = fmt.Appendf(body, ",%q:%s", key, part)
	}
	if v.FileID != 0 {
		add("file", toFileRef(v.File))
	}
	if v.ThumbID != 0 {
		add("thumb", toFileRef(v.Thumb))
	}
	if v.Reply != nil {
		add(referenceKey, toMessage(*v.Reply))
	}
	return append(body, '}')
}

func toListedMessage(v chat.MessageView) api.ListedMessage {
	return api.ListedMessage{Message: toMessage(v), MessageRecords: all(v.Reactions, toReaction)}
}

// toPosted gives a message as the Messaging API answers it.
func toPosted(v chat.MessageView) api.PostedMessage {
	return api.PostedMessage{
		ID: v.ID, RoomID: v.RoomID, FromUserID: v.FromUser,
		TotalUserCount: v.Counts.Total, DeliveredCount: v.Delivered, SeenCount: v.Seen,
		Type: v.Type, Body: toBody(v), ModifiedAt: int64(v.Modified), CreatedAt: int64(v.Created),
		LocalID: toLocalID(v.LocalID), ReplyID: orNull(v.ReplyTo), Deleted: v.Deleted,
	}
}

// nullJSON is never changed.
var nullJSON = []byte("null")

// toLocalID gives a local id as the JSON it came as.
func toLocalID(id chat.LocalID) []byte {
	switch {
	case id.Text == "":
		return nullJSON
	case id.IsInt:
		return []byte(id.Text)
	}
	quoted, _ := jsontext.AppendQuote(nil, id.Text) // fails for invalid UTF-8 only, which no request can bring in
	return quoted
}

func toRecord(r chat.Receipt) api.MessageRecord {
	kind := api.RecordDelivered
	if r.Kind == chat.Seen {
		kind = api.RecordSeen
	}
	return api.MessageRecord{
		ID: r.RecordID(), Type: kind, MessageID: r.MessageID, UserID: r.UserID, RoomID: r.RoomID,
		CreatedAt: int64(r.At), ModifiedAt: int64(r.At),
	}
}

// deletedReaction is what is left of a reaction that was taken back.
const deletedReaction = "Deleted reaction"

func toReaction(r chat.Reaction) api.MessageRecord {
	emoji := r.Emoji
	if r.Deleted {
		emoji = deletedReaction
	}
	return api.MessageRecord{
		ID: r.RecordID(), Type: api.RecordReaction, MessageID: r.MessageID, UserID: r.UserID, Reaction: &emoji, RoomID: r.RoomID,
		IsDeleted: r.Deleted, CreatedAt: int64(r.Created), ModifiedAt: int64(r.Modified),
	}
}

func toRecordChange(c chat.RecordChange) api.SyncedRecord {
	record := toRecord(c.Receipt)
	if c.Reaction != nil {
		record = toReaction(*c.Reaction)
	}
	m := c.Message
	return api.SyncedRecord{MessageRecord: record, Message: api.RecordMessage{
		ID: m.ID, TotalUserCount: m.Counts.Total, DeliveredCount: m.Delivered, SeenCount: m.Seen, RoomID: m.RoomID,
	}}
}

func toHistoryItem(h chat.HistoryItem) api.HistoryItem {
	item := api.HistoryItem{RoomID: h.RoomID, Muted: h.Muted, Pinned: h.Pinned, UnreadCount: h.Unread}
	if h.Last != nil {
		last := toMessage(*h.Last)
		item.LastMessage = &last
	}
	return item
}

func toKey(k chat.KeyView) api.APIKey {
	return api.APIKey{
		ID: k.ID, DisplayName: k.Name, Token: k.Secret, RoomID: k.RoomID,
		CreatedAt: int64(k.Created), ModifiedAt: int64(k.Modified), LastUsedAt: timeOrNull(k.LastUsed),
	}
}

func toInvite(l chat.Link) api.Invite {
	return api.Invite{
		ID: l.ID, RoomIDs: l.RoomIDs, CreatedBy: l.CreatedBy,
		CreatedAt: int64(l.Created), ExpiresAt: int64(l.Expires), Uses: l.Uses,
	}
}

func toNote(n chat.Note) api.Note {
	return api.Note{
		ID: n.ID, Title: n.Title, Content: n.Content, RoomID: n.RoomID, CreatedAt: int64(n.Created), ModifiedAt: int64(n.Modified),
	}
}

func toWebhook(w chat.WebhookView) api.Webhook {
	return api.Webhook{
		ID: w.ID, URL: w.URL, VerifySignature: w.Signature, RoomID: w.RoomID,
		CreatedAt: int64(w.Created), ModifiedAt: int64(w.Modified),
	}
}
