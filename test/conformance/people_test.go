package conformance

import (
	"fmt"
	"strings"
	"testing"

	"spika/api"
)

// person is someone who is signed in.
type person struct {
	s                  *target
	ID                 int64
	Name, Email, Token string
	Role               string // empty: member
}

// do sends a request of the person's; path is what follows /api/messenger.
func (p person) do(t testing.TB, method, path string, body any) reply {
	t.Helper()
	return p.s.do(t, request{method: method, path: "/api/messenger" + path, token: p.Token, body: body})
}

func (p person) get(t testing.TB, format string, args ...any) reply {
	t.Helper()
	return p.do(t, "GET", fmt.Sprintf(format, args...), nil)
}

func (p person) post(t testing.TB, path string, body any) reply {
	t.Helper()
	return p.do(t, "POST", path, body)
}

func (p person) put(t testing.TB, path string, body any) reply {
	t.Helper()
	return p.do(t, "PUT", path, body)
}

func (p person) delete(t testing.TB, format string, args ...any) reply {
	t.Helper()
	return p.do(t, "DELETE", fmt.Sprintf(format, args...), nil)
}

// object is a JSON object to be sent.
type object = map[string]any

// person brings someone new in.
func (s *target) person(t testing.TB, name string) person {
	t.Helper()
	return s.people.person(t, name)
}

// persons brings several people in.
func (s *target) persons(t testing.TB, names ...string) []person {
	t.Helper()
	var out []person
	for _, name := range names {
		out = append(out, s.person(t, name))
	}
	return out
}

// device signs the person in on one more device.
func (p person) device(t testing.TB) person {
	t.Helper()
	p.Token = p.s.people.session(t, p)
	p.s.secrets.add(p.Token)
	return p
}

// room makes a group room with p as its admin.
func (p person) room(t testing.TB, name string, members ...person) int64 {
	t.Helper()
	return data[api.RoomData](t, p.post(t, "/rooms", object{"name": name, "type": "group", "userIds": ids(members)})).Room.ID
}

// private makes the private room of two people.
func (p person) private(t testing.TB, other person) int64 {
	t.Helper()
	return data[api.RoomData](t, p.post(t, "/rooms", object{"type": "private", "userIds": []int64{other.ID}})).Room.ID
}

func ids(people []person) []int64 {
	out := []int64{}
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out
}

// say posts a text as a person.
func (p person) say(t testing.TB, room int64, text string) api.Message {
	t.Helper()
	return data[api.MessageData](t, p.post(t, "/messages", textPost(room, text))).Message
}

func textPost(room int64, text string) object {
	return object{"roomId": room, "type": "text", "body": object{"text": text}}
}

// messages lists the newest messages of a room as p sees them, newest first.
func (p person) messages(t testing.TB, room int64) api.MessageList {
	t.Helper()
	return data[api.MessageList](t, p.get(t, "/messages/roomId/%d", room))
}

// bot posts with an API key.
type bot struct {
	s      *target
	Key    int64  // the key's id
	Token  string // its secret
	Room   int64
	UserID int64
	Name   string
}

// bot makes a key for a room.
func (p person) bot(t testing.TB, room int64, name string) bot {
	t.Helper()
	key := data[api.APIKeyData](t, p.post(t, fmt.Sprintf("/api-keys/roomId/%d", room), object{"displayName": name})).APIKey
	p.s.secrets.add(key.Token)
	b := bot{s: p.s, Key: key.ID, Token: key.Token, Room: room, Name: name}
	for _, u := range data[api.RoomData](t, p.get(t, "/rooms/%d", room)).Room.Users {
		b.UserID = max(b.UserID, u.UserID) // the newest one
	}
	return b
}

const postPath = "/api/messaging/messages"

// post posts whatever is given.
func (b bot) post(t testing.TB, body any, header ...string) reply {
	t.Helper()
	return b.s.do(t, request{method: "POST", path: postPath, token: b.Token, body: body, header: header})
}

// say posts a text into the key's room.
func (b bot) say(t testing.TB, text string) api.PostedMessage {
	t.Helper()
	return data[api.PostedData](t, b.post(t, textPost(b.Room, text))).Message
}

// repeat gives a text of n bytes.
func repeat(n int) string { return strings.Repeat("a", n) }

// chat is a room with two people and a key in it.
type chat struct {
	s        *target
	ann, ben person // ann is the room's admin
	room     int64
	bot      bot
}

func (s *target) chat(t testing.TB) chat {
	t.Helper()
	c := chat{s: s, ann: s.person(t, "Ann"), ben: s.person(t, "Ben")}
	c.room = c.ann.room(t, "Releases", c.ben)
	c.bot = c.ann.bot(t, c.room, "Build server")
	return c
}

// stored counts the messages of the room.
func (c chat) stored(t testing.TB) int64 {
	t.Helper()
	return c.ann.messages(t, c.room).Count
}

// refuses runs a request that is to be refused, and checks that it stores
// nothing.
func (c chat) refuses(t testing.TB, status int, begins string, send func() reply) {
	t.Helper()
	before := c.stored(t)
	send().fails(t, status, begins)
	if now := c.stored(t); now != before {
		t.Errorf("the room holds %d messages after the refusal, %d before", now, before)
	}
}
