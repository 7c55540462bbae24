package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"spika/api"
)

func eventChecks() []check {
	return []check{
		{"stream", eventsStream},
		{"credentials", eventsCredentials},
		{"audiences", eventsAudiences},
		{"private room", eventsPrivateRoom},
		{"users", eventsUsers},
		{"payloads", eventsPayloads},
		{"records", eventsRecords},
		{"large room", eventsLargeRoom},
		{"connections of a device", eventsConnections},
		{"sign out", eventsSignOut},
		{"changed password", eventsChangedPassword},
		{"removed from a room", eventsRemoved},
		{"made by command", eventsByCommand},
		{"resume", eventsResume},
		{"resume in a race", eventsResumeRacing},
		{"resume as it is now", eventsResumeCurrent},
		{"resume and membership", eventsResumeMembership},
		{"resume after a restart", eventsResumeRestart},
		{"places that are none", eventsNoPlace},
	}
}

func eventsStream(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	begin := time.Now()
	st := ann.open(t)
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no",
	} {
		if got := st.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := st.header.Get("Connection"); s.local != nil && got != "keep-alive" { // proxies have their own
		t.Errorf("Connection is %q", got)
	}
	first := st.next(t, "the first frame", func(frame) bool { return true })
	if first.event.Type != api.EventPing || first.id == 0 || string(first.data) != `{"type":"PING"}` {
		t.Errorf("the first frame is %v", first)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the first frame took %v", took)
	}
	second := st.next(t, "the second PING", is(api.EventPing))
	if second.id < first.id {
		t.Errorf("the second PING is at %d, the first was at %d", second.id, first.id)
	}
}

func eventsCredentials(t *testing.T, s *target) {
	c := s.chat(t)
	nobody := person{s: s}
	for name, open := range map[string]func() *stream{
		"header":      func() *stream { return c.ben.listen(t) },
		"accesstoken": func() *stream { return nobody.listen(t, place{query: "accesstoken=" + c.ben.Token}) },
		"accessToken": func() *stream { return nobody.listen(t, place{query: "accessToken=" + c.ben.Token}) },
		"Bearer":      func() *stream { return nobody.listen(t, place{header: "Authorization: Bearer " + c.ben.Token}) },
		"cookie":      func() *stream { return nobody.listen(t, place{header: "Cookie: spika_session=" + c.ben.Token}) },
	} {
		s.sub(t, name, func(t *testing.T) {
			st := open()
			m := c.bot.say(t, name)
			st.next(t, "the message", func(f frame) bool { return f.event.Type == api.EventNewMessage && f.event.Message.ID == m.ID })
		})
	}
	get := func(token, query string) reply {
		return s.do(t, request{method: "GET", path: "/api/sse" + query, token: token})
	}
	get("", "").fails(t, http.StatusUnauthorized, "No access token")
	get("", "?accesstoken=").fails(t, http.StatusUnauthorized, "No access token")
	get(repeat(43), "").fails(t, http.StatusUnauthorized, "Invalid access token")
	get("", "?accesstoken="+repeat(43)).fails(t, http.StatusUnauthorized, "Invalid access token")
	get(c.bot.Token, "").fails(t, http.StatusUnauthorized, "Invalid access token")
	s.do(t, request{method: "GET", path: "/api/sse/?accesstoken=" + repeat(43)}).fails(t, http.StatusUnauthorized, "Invalid access token")
}

// ears are streams whose owners are told, or not told, of what happens.
type ears struct {
	s    *target
	open map[string]*stream
}

// heard is what each was told.
type heard map[string][]string

// by adds that some were told something.
func (h heard) by(names []string, what ...string) heard {
	for _, name := range names {
		h[name] = append(h[name], what...)
	}
	return h
}

// hear checks what each was told since it was looked at last, and that nobody
// else was told anything.
func (e ears) hear(t *testing.T, want heard) {
	t.Helper()
	mark := e.s.mark(t)
	for name, st := range e.open {
		if got := st.told(t, mark); !slices.Equal(got, want[name]) && len(got)+len(want[name]) > 0 {
			t.Errorf("%s was told %q, want %q", name, got, want[name])
		}
	}
}

// about is how brief tells of a room or message.
func about(what api.EventType, id int64) string { return fmt.Sprint(what, " ", id) }

// noted is how brief tells of a record.
func noted(kind string, message, user int64, counts string) string {
	return fmt.Sprintf("%s of %d by %d: %s", kind, message, user, counts)
}

// ownNoted is how brief tells of the records that come with a person's own
// message in a room of so many.
func ownNoted(message, user int64, people int) []string {
	counts := fmt.Sprintf("1/1/%d", people)
	return []string{noted("delivered", message, user, counts), noted("seen", message, user, counts)}
}

// Who is told of what, and who is not.
func eventsAudiences(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	e := ears{s: s, open: map[string]*stream{
		"Ann": c.ann.listen(t), "Ann's other": c.ann.device(t).listen(t),
		"Ben": c.ben.listen(t), "Ben's other": c.ben.device(t).listen(t), "Sue": sue.listen(t),
	}}
	ann, ben, benOther := []string{"Ann", "Ann's other"}, []string{"Ben", "Ben's other"}, []string{"Ben's other"}
	members := slices.Concat(ann, ben)
	var first, second, room int64
	var helper bot
	s.sub(t, "a bot posts", func(t *testing.T) {
		first = c.bot.say(t, "Hello").ID
		e.hear(t, heard{}.by(members, about(api.EventNewMessage, first)))
	})
	s.sub(t, "a person posts", func(t *testing.T) { // the posting device knows the message, but counts records like all
		second = c.ann.say(t, c.room, "Hello").ID
		e.hear(t, heard{}.by(members[1:], about(api.EventNewMessage, second)).by(members, ownNoted(second, c.ann.ID, 2)...))
	})
	s.sub(t, "delivered", func(t *testing.T) {
		c.ben.post(t, "/messages/delivered", object{"messageIds": []int64{first}}).ok(t)
		e.hear(t, heard{}.by(members, noted("delivered", first, c.ben.ID, "1/0/2")))
	})
	s.sub(t, "seen", func(t *testing.T) { // the other devices of who has seen it learn that, too
		c.ben.seen(t, c.room).ok(t)
		e.hear(t, heard{}.by(members, noted("delivered", second, c.ben.ID, "2/2/2"),
			noted("seen", first, c.ben.ID, "1/1/2"), noted("seen", second, c.ben.ID, "2/2/2")).by(benOther, about(api.EventSeenRoom, c.room)))
	})
	s.sub(t, "nothing new", func(t *testing.T) {
		c.ben.seen(t, c.room).ok(t)
		c.ben.post(t, "/messages/delivered", object{"messageIds": []int64{first, second}}).ok(t)
		c.ben.messages(t, c.room)
		e.hear(t, nil)
	})
	s.sub(t, "refusals", func(t *testing.T) {
		c.bot.post(t, textPost(c.room, "")).fails(t, 400, "Text is missing")
		c.ben.put(t, roomPath(c.room), object{"name": "x"}).fails(t, 403, "Forbidden")
		sue.seen(t, c.room).fails(t, 400, "user is not in this room")
		e.hear(t, nil)
	})
	s.sub(t, "a room is made", func(t *testing.T) {
		room = c.ann.room(t, "New", c.ben)
		e.hear(t, heard{}.by(members, about(api.EventNewRoom, room)))
	})
	s.sub(t, "a room is renamed", func(t *testing.T) {
		c.ann.change(t, room, object{"name": "Newer"})
		e.hear(t, heard{}.by(members, about(api.EventUpdateRoom, room)))
	})
	s.sub(t, "a member joins", func(t *testing.T) {
		c.ann.change(t, room, object{"action": "addGroupUsers", "userIds": []int64{sue.ID}})
		e.hear(t, heard{}.by(append(members, "Sue"), about(api.EventUpdateRoom, room)))
	})
	s.sub(t, "a key is made", func(t *testing.T) {
		helper = c.ann.bot(t, c.room, "Helper")
		e.hear(t, heard{}.by(members, about(api.EventUpdateRoom, c.room), about(api.EventAPIKeysChanged, c.room)))
	})
	s.sub(t, "a key is renamed", func(t *testing.T) {
		c.ann.put(t, keyPath(helper.Key), object{"displayName": "Renamed"}).ok(t)
		e.hear(t, heard{}.by(members, about(api.EventUpdateRoom, c.room), about(api.EventAPIKeysChanged, c.room)))
	})
	s.sub(t, "a key is deleted", func(t *testing.T) {
		c.ann.delete(t, "/api-keys/%d", helper.Key).ok(t)
		e.hear(t, heard{}.by(members, about(api.EventUpdateRoom, c.room), about(api.EventAPIKeysChanged, c.room)))
	})
	s.sub(t, "a room is muted", func(t *testing.T) { // nobody else's affair
		c.ben.post(t, roomPath(room)+"/mute", nil).ok(t)
		e.hear(t, heard{}.by(ben, about(api.EventUpdateRoom, room)))
		c.ben.post(t, roomPath(room)+"/mute", nil).ok(t)
		e.hear(t, nil)
		c.ben.post(t, roomPath(room)+"/unmute", nil).ok(t)
		e.hear(t, heard{}.by(ben, about(api.EventUpdateRoom, room)))
	})
	s.sub(t, "a room is pinned", func(t *testing.T) {
		c.ann.post(t, roomPath(room)+"/pin", nil).ok(t)
		e.hear(t, heard{}.by(ann, about(api.EventUpdateRoom, room)))
	})
	s.sub(t, "an admin is one no more", func(t *testing.T) { // and has the room back at once
		c.ann.change(t, room, object{"action": "addGroupAdmins", "userIds": []int64{c.ben.ID}})
		e.hear(t, heard{}.by(append(members, "Sue"), about(api.EventUpdateRoom, room)))
		c.ann.change(t, room, object{"action": "removeGroupAdmins", "userIds": []int64{c.ben.ID}})
		e.hear(t, heard{}.by(ben, about(api.EventRemovedFromRoom, room)).by(append(members, "Sue"), about(api.EventUpdateRoom, room)))
	})
	s.sub(t, "a member is removed", func(t *testing.T) {
		c.ann.change(t, room, object{"action": "removeGroupUsers", "userIds": []int64{c.ben.ID}})
		e.hear(t, heard{}.by(append(ann, "Sue"), about(api.EventUpdateRoom, room)).by(ben, about(api.EventRemovedFromRoom, room)))
	})
	s.sub(t, "a member leaves", func(t *testing.T) {
		sue.post(t, roomPath(room)+"/leave", nil).ok(t)
		e.hear(t, heard{}.by(ann, about(api.EventUpdateRoom, room)).by([]string{"Sue"}, about(api.EventRemovedFromRoom, room)))
	})
	s.sub(t, "a post after that", func(t *testing.T) {
		m := c.ann.say(t, room, "Alone at last")
		e.hear(t, heard{}.by(ann[1:], about(api.EventNewMessage, m.ID)).by(ann, ownNoted(m.ID, c.ann.ID, 1)...))
	})
	s.sub(t, "a room is deleted", func(t *testing.T) {
		c.ann.delete(t, "/rooms/%d", c.room).ok(t)
		e.hear(t, heard{}.by(members, about(api.EventDeleteRoom, c.room)))
	})
}

func eventsPrivateRoom(t *testing.T, s *target) {
	ann, ben, sue := s.person(t, "Ann"), s.person(t, "Ben"), s.person(t, "Sue")
	e := ears{s: s, open: map[string]*stream{"Ann": ann.listen(t), "Ben": ben.listen(t), "Sue": sue.listen(t)}}
	both := []string{"Ann", "Ben"}
	room := ann.private(t, ben)
	e.hear(t, heard{}.by(both, about(api.EventNewRoom, room)))
	m := ann.say(t, room, "Psst")
	e.hear(t, heard{}.by(both[1:], about(api.EventNewMessage, m.ID)).by(both, ownNoted(m.ID, ann.ID, 2)...))
	ben.seen(t, room).ok(t)
	e.hear(t, heard{}.by(both, noted("delivered", m.ID, ben.ID, "2/2/2"), noted("seen", m.ID, ben.ID, "2/2/2")))
	b := ben.bot(t, room, "Helper")
	e.hear(t, heard{}.by(both, about(api.EventUpdateRoom, room), about(api.EventAPIKeysChanged, room)))
	posted := b.say(t, "Hello")
	e.hear(t, heard{}.by(both, about(api.EventNewMessage, posted.ID)))
}

// Everyone is told who joins the team and who changes.
func eventsUsers(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	streams := []*stream{c.ann.listen(t), sue.listen(t)}
	told := func(id int64, name string) {
		t.Helper()
		for _, st := range streams {
			st.next(t, fmt.Sprintf("USER_UPDATE of %d as %q", id, name), func(f frame) bool {
				return f.event.Type == api.EventUserUpdate && f.event.User.ID == id && f.named(name)
			})
		}
	}
	owner := s.people.owner()
	added := data[api.AddedPerson](t, owner.post(t, "/people", object{"displayName": "Cy", "emailAddress": newEmail()})).User
	told(added.ID, "Cy")
	c.ben.put(t, "/me", object{"displayName": "Benjamin"}).ok(t)
	told(c.ben.ID, "Benjamin")
	c.ann.put(t, keyPath(c.bot.Key), object{"displayName": "Deployer"}).ok(t)
	told(c.bot.UserID, "Deployer")
	link := data[api.CreatedInvite](t, owner.post(t, "/invites", object{"roomIds": []int64{owner.room(t, "Newcomers")}})).URL
	joined := data[api.SignedIn](t, s.join(t, link, "Dan", newEmail())).User
	told(joined.ID, "Dan")
}

// What the frames hold, field by field; that of NEW_MESSAGE is tested with the
// Messaging API.
func eventsPayloads(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	st := ben.listen(t)
	room := ann.room(t, "Releases", ben)
	values := map[string]any{"id": room, "ann": ann, "ben": ben, "unread": 0, "deleted": false, "type": "NEW_ROOM"}
	goldenJSON(t, "room_event", st.next(t, "NEW_ROOM", is(api.EventNewRoom)).data, values)
	m := ann.say(t, room, "Hello")
	ann.change(t, room, object{"avatarFileId": 0})
	values["type"], values["unread"] = "UPDATE_ROOM", 1 // as the reader sees it
	goldenJSON(t, "room_event", st.next(t, "UPDATE_ROOM", is(api.EventUpdateRoom)).data, values)
	ben.device(t).seen(t, room).ok(t)
	record := map[string]any{"message": m.ID, "room": room, "ben": ben.ID, "type": "delivered"}
	goldenJSON(t, "NEW_MESSAGE_RECORD", st.next(t, "a record", is(api.EventNewRecord)).data, record)
	record["type"] = "seen"
	goldenJSON(t, "NEW_MESSAGE_RECORD", st.next(t, "a record", is(api.EventNewRecord)).data, record)
	goldenJSON(t, "room_id_event", st.next(t, "SEEN_ROOM", is(api.EventSeenRoom)).data, map[string]any{"type": "SEEN_ROOM", "room": room})
	key := data[api.APIKeyData](t, ann.post(t, keysPath(room), object{"displayName": "Helper"})).APIKey
	s.secrets.add(key.Token)
	goldenJSON(t, "room_id_event", st.next(t, "API_KEYS_CHANGED", is(api.EventAPIKeysChanged)).data, map[string]any{"type": "API_KEYS_CHANGED", "room": room})
	renamed := ann
	renamed.Name = newEmail()
	ann.put(t, "/me", object{"displayName": renamed.Name}).ok(t)
	goldenJSON(t, "USER_UPDATE", st.next(t, "USER_UPDATE of Ann", func(f frame) bool {
		return f.event.Type == api.EventUserUpdate && f.event.User.ID == ann.ID
	}).data, renamed)
	ben.device(t).post(t, roomPath(room)+"/pin", nil).ok(t)
	pinned := data[api.RoomData](t, ben.post(t, roomPath(room)+"/pin", nil)).Room
	if told := st.next(t, "UPDATE_ROOM", is(api.EventUpdateRoom)); !told.event.Room.Pinned || told.event.Room.ModifiedAt != pinned.ModifiedAt {
		t.Errorf("the room was told of as %v", told)
	}
	ann.change(t, room, object{"adminUserIds": []int64{ben.ID}})
	ann.change(t, room, object{"adminUserIds": []int64{}})
	goldenJSON(t, "REMOVED_FROM_ROOM", st.next(t, "REMOVED_FROM_ROOM", is(api.EventRemovedFromRoom)).data, map[string]any{"room": room, "member": true})
	ann.change(t, room, object{"userIds": []int64{}})
	goldenJSON(t, "REMOVED_FROM_ROOM", st.next(t, "REMOVED_FROM_ROOM", is(api.EventRemovedFromRoom)).data, map[string]any{"room": room, "member": false})
	second := ann.room(t, "Releases", ben)
	ann.delete(t, "/rooms/%d", second).ok(t)
	values = map[string]any{"id": second, "ann": renamed, "ben": ben, "unread": 0, "deleted": true, "type": "DELETE_ROOM"}
	goldenJSON(t, "room_event", st.next(t, "DELETE_ROOM", is(api.EventDeleteRoom)).data, values)
}

// There is one frame for each new record, and the last one of a change has the
// place.
func eventsRecords(t *testing.T, s *target) {
	c := s.chat(t)
	st := c.ann.listen(t)
	all := c.bot.postMany(t, 3)
	slices.Reverse(all)
	c.ben.post(t, fmt.Sprintf("/messages/%d/seen", c.room), object{"messageId": all[1]}).ok(t)
	c.ben.seen(t, c.room).ok(t)
	frames := st.until(t, patience, "the mark", s.mark(t))
	frames = slices.DeleteFunc(frames, func(f frame) bool { return f.event.Type != api.EventNewRecord })
	var got []string
	places := 0
	for _, f := range frames {
		got = append(got, brief(f))
		if f.id != 0 {
			places++
		}
	}
	sameTold(t, got, []string{
		noted("delivered", all[0], c.ben.ID, "1/1/2"), noted("delivered", all[1], c.ben.ID, "1/1/2"),
		noted("seen", all[0], c.ben.ID, "1/1/2"), noted("seen", all[1], c.ben.ID, "1/1/2"),
		noted("delivered", all[2], c.ben.ID, "1/1/2"), noted("seen", all[2], c.ben.ID, "1/1/2"),
	})
	if places != 4 {
		t.Errorf("four changes were told with %d places", places)
	}
	listed := map[int64]bool{}
	for _, id := range all {
		for _, r := range data[api.MessageRecordList](t, c.ann.get(t, "/messages/%d/message-records", id)).MessageRecords {
			listed[r.ID] = true
		}
	}
	for _, f := range frames {
		if !listed[f.event.MessageRecord.ID] {
			t.Errorf("the record of %v is not listed under its id", f)
		}
	}
}

// In a large room, a record is told to who posted the message, the poster's own
// among them, and to the other devices of who received or saw it, and counts to all.
func eventsLargeRoom(t *testing.T, s *target) {
	s, _ = s.needLocal(t).peopled(t)
	owner := s.people.owner()
	ann, ben, cy := s.person(t, "Ann"), s.person(t, "Ben"), s.person(t, "Cy")
	members := []int64{ben.ID, cy.ID}
	for range 48 {
		members = append(members, data[api.AddedPerson](t, owner.post(t, "/people", object{"displayName": "x", "emailAddress": newEmail()})).User.ID)
	}
	room := ann.create(t, object{"type": "group", "name": "Large", "userIds": members}).ID
	e := ears{s: s, open: map[string]*stream{
		"Ann": ann.listen(t), "Ben": ben.listen(t), "Ben's other": ben.device(t).listen(t), "Cy": cy.listen(t),
	}}
	m := ann.say(t, room, "Hello, all 51 of you")
	e.hear(t, heard{}.by([]string{"Ben", "Ben's other", "Cy"}, about(api.EventNewMessage, m.ID)).
		by([]string{"Ann"}, ownNoted(m.ID, ann.ID, 51)...))
	ben.seen(t, room).ok(t)
	for name, st := range e.open {
		frames := st.until(t, patience, "MESSAGE_COUNTS", is(api.EventMessageCounts))
		got := frames[len(frames)-1]
		want := api.MessageCounts{MessageID: m.ID, DeliveredCount: 2, SeenCount: 2, TotalUserCount: 51}
		if got.id != 0 || got.event.RoomID != room || len(got.event.Counts) != 1 || got.event.Counts[0] != want {
			t.Errorf("%s was told %v", name, got)
		}
		var records []string
		for _, f := range append(frames, st.until(t, patience, "the mark", s.mark(t))...) {
			if f.event.Type == api.EventNewRecord {
				records = append(records, brief(f))
			}
		}
		both := []string{noted("delivered", m.ID, ben.ID, "2/2/51"), noted("seen", m.ID, ben.ID, "2/2/51")}
		if name == "Cy" || name == "Ben" {
			both = nil
		}
		if !slices.Equal(records, both) {
			t.Errorf("%s was told %q, want %q; all was %v", name, records, both, frames)
		}
	}
}
