package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"spika/api"
)

// All connections of a device are told, and all but those of a device that
// posts.
func eventsConnections(t *testing.T, s *target) {
	c := s.chat(t)
	e := ears{s: s, open: map[string]*stream{"first": c.ann.listen(t), "second": c.ann.listen(t), "other device": c.ann.device(t).listen(t)}}
	m := c.bot.say(t, "Hello")
	e.hear(t, heard{}.by([]string{"first", "second", "other device"}, about(api.EventNewMessage, m.ID)))
	own := c.ann.say(t, c.room, "Hello")
	e.hear(t, heard{}.by([]string{"other device"}, about(api.EventNewMessage, own.ID)).
		by([]string{"first", "second", "other device"}, ownNoted(own.ID, c.ann.ID, 2)...))
}

// endsWithin is how long a stream may go on after its session has ended: a second
// is promised, and a busy machine may take longer.
const endsWithin = 10 * time.Second

func eventsSignOut(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	other := ann.device(t)
	st, stays := ann.listen(t), other.listen(t)
	ann.post(t, "/auth/logout", nil).ok(t)
	st.end(t, endsWithin)
	s.do(t, request{method: "GET", path: "/api/sse", token: ann.Token}).fails(t, http.StatusUnauthorized, "Invalid access token")
	stays.next(t, "what comes after", s.mark(t))
}

func eventsChangedPassword(t *testing.T, s *target) {
	ann := s.withPassword(t, "Ann")
	other := ann
	other.Token = *data[api.SignedIn](t, s.signIn(t, ann.Email, password)).Device.Token
	s.secrets.add(other.Token)
	stays, st := ann.listen(t), other.listen(t)
	ann.put(t, "/me/password", object{"currentPassword": password, "newPassword": "battery staple horse"}).ok(t)
	st.end(t, endsWithin)
	stays.next(t, "what comes after", s.mark(t))
	link := data[api.ResetLink](t, s.people.owner().post(t, fmt.Sprintf("/people/%d/reset-link", ann.ID), nil)).Link.URL
	s.secrets.add(cookieToken(t, s.reset(t, link, password).ok(t)))
	stays.end(t, endsWithin)
}

// Who is no member any more is told so, and nothing after that.
func eventsRemoved(t *testing.T, s *target) {
	c := s.chat(t)
	e := ears{s: s, open: map[string]*stream{"Ben": c.ben.listen(t)}}
	c.ann.change(t, c.room, object{"userIds": []int64{}})
	c.bot.say(t, "not for Ben")
	c.ann.seen(t, c.room).ok(t)
	c.ann.change(t, c.room, object{"name": "Not Ben's"})
	c.ann.bot(t, c.room, "Not Ben's")
	e.hear(t, heard{}.by([]string{"Ben"}, about(api.EventRemovedFromRoom, c.room)))
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{c.ben.ID}})
	m := c.bot.say(t, "for Ben")
	e.hear(t, heard{}.by([]string{"Ben"}, about(api.EventUpdateRoom, c.room), about(api.EventNewMessage, m.ID)))
}

// shownWithin is how long what a command changes may take to show: two seconds
// are promised, and a busy machine may take longer.
const shownWithin = 15 * time.Second

func eventsByCommand(t *testing.T, s *target) {
	cli := s.needCommands(t)
	ann := s.person(t, "Ann")
	st := ann.listen(t)
	email := newEmail()
	ben := parse[struct{ ID int64 }](t, cli.run(t, password+"\n", "user", "add", "--email", email, "--name", "Ben", "--password-stdin"))
	st.until(t, shownWithin, "USER_UPDATE of Ben", func(f frame) bool {
		return f.event.Type == api.EventUserUpdate && f.event.User.ID == ben.ID
	})
	made := parse[struct{ ID int64 }](t, cli.run(t, "", "room", "add", "--name", "From the shell", "--admin", ann.Email, "--member", email))
	ofRoom := func(kind api.EventType) func(frame) bool {
		return func(f frame) bool {
			return f.event.Type == kind && (f.event.RoomID == made.ID || f.event.Room != nil && f.event.Room.ID == made.ID)
		}
	}
	st.until(t, shownWithin, "NEW_ROOM", ofRoom(api.EventNewRoom))
	key := parse[struct {
		ID    int64
		Token string
	}](t, cli.run(t, "", "key", "add", "--room", strconv.FormatInt(made.ID, 10), "--name", "Build server"))
	s.secrets.add(key.Token)
	st.until(t, shownWithin, "UPDATE_ROOM", ofRoom(api.EventUpdateRoom))
	st.until(t, shownWithin, "API_KEYS_CHANGED", ofRoom(api.EventAPIKeysChanged))
	cli.run(t, "from a pipe\n", "send", "--url", s.url, "--key", key.Token, "--room", strconv.FormatInt(made.ID, 10))
	st.until(t, shownWithin, "NEW_MESSAGE", is(api.EventNewMessage))
	cli.run(t, "", "key", "revoke", strconv.FormatInt(key.ID, 10))
	st.until(t, shownWithin, "API_KEYS_CHANGED", ofRoom(api.EventAPIKeysChanged))
}

// A reader that comes back is told what it missed, from wherever it was.
func eventsResume(t *testing.T, s *target) {
	c := s.chat(t)
	st := c.ben.listen(t)
	begin := st.last()
	c.bot.postMany(t, 2)
	c.ann.seen(t, c.room).ok(t)
	c.ann.say(t, c.room, "Hello")
	c.ann.change(t, c.room, object{"name": "Shipping"})
	c.bot.say(t, "Hello")
	mark := s.mark(t)
	frames := st.until(t, patience, "the mark", mark)
	st.close()
	whole := kinds(frames)
	if len(whole) != 11 {
		t.Fatalf("live, Ben was told %q", whole)
	}
	again := c.ben.listen(t, place{after: begin})
	sameTold(t, kinds(again.until(t, patience, "the mark", mark)), whole)
	for i, f := range frames[:len(frames)-1] {
		if f.id == 0 {
			continue
		}
		rest := c.ben.listen(t, place{after: strconv.FormatInt(f.id, 10)})
		sameTold(t, kinds(rest.until(t, patience, "the mark", mark)), kinds(frames[i+1:]))
		rest.close()
	}
	s.sub(t, "the posting device is left out there, too", func(t *testing.T) {
		ann := c.ann.listen(t, place{after: begin})
		for _, f := range ann.until(t, patience, "the mark", mark) {
			if f.event.Type == api.EventNewMessage && f.event.Message.FromUserID == c.ann.ID {
				t.Errorf("the posting device is told %v", f)
			}
		}
	})
	s.sub(t, "and then live", func(t *testing.T) {
		m := c.bot.say(t, "live")
		again.next(t, "the message", func(f frame) bool { return f.event.Type == api.EventNewMessage && f.event.Message.ID == m.ID })
	})
}

// kinds is what frames tell, without counts, which are those of the moment of
// telling.
func kinds(frames []frame) []string {
	out := []string{}
	for _, f := range frames {
		switch f.event.Type {
		case api.EventNewMessage:
			out = append(out, about(f.event.Type, f.event.Message.ID))
		case api.EventNewRecord:
			r := f.event.MessageRecord
			out = append(out, fmt.Sprint(r.Type, " ", r.MessageID, " ", r.UserID))
		default:
			if text := brief(f); text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

// A reader that comes and goes while others post is told of each post once and
// in order.
func eventsResumeRacing(t *testing.T, s *target) {
	c := s.chat(t)
	const posts = 120
	first := c.ben.listen(t)
	after := first.last()
	first.close()
	var posting sync.WaitGroup
	posting.Go(func() {
		for range posts {
			c.bot.post(t, textPost(c.room, "a"))
		}
	})
	var got []int64
	for len(got) < posts {
		st := c.ben.open(t, place{after: after})
		for range 7 { // and away again
			f := st.next(t, "a message", is(api.EventNewMessage))
			got, after = append(got, f.event.Message.ID), strconv.FormatInt(f.id, 10)
			if len(got) == posts {
				break
			}
		}
		st.close()
	}
	posting.Wait()
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != posts {
		t.Errorf("told of %v", got)
	}
	listed := data[api.MessageList](t, c.ben.get(t, "/messages/roomId/%d?targetMessageId=%d", c.room, got[0])).List
	slices.Reverse(listed)
	for i, m := range listed {
		if m.ID != got[i] {
			t.Fatalf("post %d is message %d, told was %d", i, m.ID, got[i])
		}
	}
}

// What is told later is told as it is by then.
func eventsResumeCurrent(t *testing.T, s *target) {
	c := s.chat(t)
	st := c.ann.listen(t)
	begin := st.last()
	c.bot.say(t, "Hello")
	if live := st.next(t, "the message", is(api.EventNewMessage)).event.Message; live.DeliveredCount != 0 || live.SeenCount != 0 {
		t.Errorf("live, the message has the counts %d and %d", live.DeliveredCount, live.SeenCount)
	}
	st.close()
	c.ben.seen(t, c.room).ok(t)
	other := c.ann.device(t)
	late := other.listen(t, place{after: begin}).next(t, "the message", is(api.EventNewMessage)).event.Message
	if late.DeliveredCount > 1 || late.SeenCount > 1 || late.TotalUserCount != 2 {
		t.Errorf("told later, the message has the counts %d/%d/%d", late.DeliveredCount, late.SeenCount, late.TotalUserCount)
	}
}

// A reader is told what happened while it was a member, and not what happened
// while it was none.
func eventsResumeMembership(t *testing.T, s *target) {
	c := s.chat(t)
	sue := s.person(t, "Sue")
	st, strange := c.ben.listen(t), sue.listen(t)
	begin, strangeBegin := st.last(), strange.last()
	st.close()
	strange.close()
	first := c.bot.say(t, "while Ben is there")
	c.ann.change(t, c.room, object{"userIds": []int64{}})
	c.bot.say(t, "while Ben is away")
	c.ann.change(t, c.room, object{"action": "addGroupUsers", "userIds": []int64{c.ben.ID}})
	second := c.bot.say(t, "when Ben is back")
	mark := s.mark(t)
	want := []string{
		about(api.EventNewMessage, first.ID), about(api.EventRemovedFromRoom, c.room),
		about(api.EventUpdateRoom, c.room), about(api.EventNewMessage, second.ID),
	}
	sameTold(t, kinds(c.ben.listen(t, place{after: begin}).until(t, patience, "the mark", mark)), want)
	sameTold(t, kinds(sue.listen(t, place{after: strangeBegin}).until(t, patience, "the mark", mark)), []string{})
	for _, f := range sue.listen(t, place{after: "1"}).until(t, patience, "the mark", mark) { // from before they were there
		if f.event.Message != nil || f.event.MessageRecord != nil || f.event.Room != nil && f.event.Room.ID == c.room {
			t.Errorf("a stranger is told %v", f)
		}
	}
}

// Neither a restart nor a long absence loses or doubles anything.
func eventsResumeRestart(t *testing.T, s *target) {
	s, process := s.needLocal(t).peopled(t)
	c := s.chat(t)
	st := c.ben.listen(t)
	begin := st.last()
	m := c.bot.say(t, "before")
	st.next(t, "the message", is(api.EventNewMessage))
	reached := st.last()
	process.stop(t)
	st.end(t, patience)
	process.start(t)

	post := withLocalID(textPost(c.room, "after"), "after")
	second := data[api.PostedData](t, c.bot.post(t, post)).Message
	again := c.ben.listen(t, place{after: reached})
	if got := again.next(t, "a message", is(api.EventNewMessage)).event.Message.ID; got != second.ID {
		t.Errorf("after the restart Ben is told of message %d, want %d", got, second.ID)
	}
	again.close()
	// More than are read from the table at a time, twice.
	want := append(c.bot.postMany(t, 1_100), m.ID, second.ID)
	mark := s.mark(t)
	slices.Sort(want)
	told := func(where string) {
		t.Helper()
		var got []int64
		for _, f := range c.ben.listen(t, place{after: begin}).until(t, patience, "the mark", mark) {
			if f.event.Type == api.EventNewMessage {
				got = append(got, f.event.Message.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s, Ben is told of %d messages, want %d: %v", where, len(got), len(want), got)
		}
	}
	told("from memory")
	process.stop(t)
	process.start(t)
	told("after another restart")
	if r := c.bot.post(t, post); r.header.Get("Idempotent-Replay") != "true" || data[api.PostedData](t, r).Message.ID != second.ID {
		t.Errorf("after the restarts the repeat is answered %s", r.body)
	}
}

// A place that is none, or not yet, makes the reader fetch anew what it shows,
// and does not keep it from what comes.
func eventsNoPlace(t *testing.T, s *target) {
	c := s.chat(t)
	now, err := strconv.ParseInt(c.ben.listen(t).last(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []string{"x", "-1", "1.5", "4711x", "99999999999999999999", strconv.FormatInt(now+1_000_000_000, 10)} {
		s.sub(t, after[:min(2, len(after))], func(t *testing.T) {
			st := c.ben.listen(t, place{after: after})
			if f := st.next(t, "RESYNC", func(f frame) bool { return f.event.Type != api.EventPing }); f.event.Type != api.EventResync || f.id < now || f.id > now+1_000_000 {
				t.Errorf("the reader is told %v, the place was about %d", f, now)
			}
			m := c.bot.say(t, "Hello")
			st.next(t, "the message", func(f frame) bool { return f.event.Type == api.EventNewMessage && f.event.Message.ID == m.ID })
		})
	}
	s.sub(t, "none", func(t *testing.T) {
		st := c.ben.listen(t)
		m := c.bot.say(t, "Hello")
		if f := st.next(t, "a frame", func(f frame) bool { return brief(f) != "" }); f.event.Type != api.EventNewMessage || f.event.Message.ID != m.ID {
			t.Errorf("who begins anew is told %v", f)
		}
	})
}
