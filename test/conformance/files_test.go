package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spika/api"
)

func fileChecks() []check {
	return []check{
		{"everywhere", filesEverywhere},
		{"refusals", filesRefusals},
		{"by a key", filesByKey},
		{"the server's own keys", filesOwnKeys},
		{"once", filesOnce},
		{"small pictures", filesSmallPictures},
		{"deleted", filesDeleted},
		{"forwarded and shared", filesForwarded},
		{"avatars", filesAvatars},
		{"strict", filesStrict},
	}
}

func filePost(room int64, kind string, body object) object {
	return object{"roomId": room, "type": kind, "body": body}
}

func fileBody(t testing.TB, body []byte) api.FileBody {
	t.Helper()
	return parse[api.FileBody](t, body)
}

// shows checks that a body shows a file as it was uploaded.
func shows(t testing.TB, what string, got *api.FileRef, want api.File) {
	t.Helper()
	if got == nil || got.ID != want.ID || got.FileName != want.FileName || got.MimeType != want.MimeType || got.Size != want.Size || got.MetaData != want.MetaData {
		t.Errorf("%s shows %+v, want %+v", what, got, want)
	}
}

// Every way in which a message is read shows its files.
func filesEverywhere(t *testing.T, s *target) {
	c := s.chat(t)
	f, thumb := c.ann.file(t, "Grüße.mp4", "video/mp4", "a video"), c.ann.file(t, "small.jpg", "image/jpeg", "small")
	anns, bens := c.ann.device(t).listen(t), c.ben.listen(t)
	check := func(what string, m api.Message) {
		t.Helper()
		b := fileBody(t, m.Body)
		if m.Type != "video" || b.FileID != f.ID || b.ThumbID != thumb.ID {
			t.Errorf("%s is %s", what, m.Body)
		}
		shows(t, what, b.File, f)
		shows(t, what, b.Thumb, thumb)
	}
	r := c.ann.post(t, "/messages", filePost(c.room, "video", object{"fileId": f.ID, "thumbId": thumb.ID, "caption": "see"}))
	m := data[api.MessageData](t, r).Message
	check("the reply", m)
	if !strings.Contains(string(m.Body), `"caption":"see"`) {
		t.Errorf("the sender's own key is gone: %s", m.Body)
	}
	for what, stream := range map[string]*stream{"Ann's stream": anns, "Ben's stream": bens} {
		check(what, *stream.next(t, what, is(api.EventNewMessage)).event.Message)
	}
	check("the list", c.ben.messages(t, c.room).List[0].Message)
	check("sync", data[api.SyncMessages](t, c.ann.get(t, "/messages/sync/%d", m.CreatedAt-1)).List[0])
	check("the room list", *data[api.HistoryItem](t, c.ben.get(t, "/history/roomId/%d", c.room)).LastMessage)
	answer := data[api.MessageData](t, c.ben.post(t, "/messages", object{"roomId": c.room, "type": "text", "body": object{"text": "Nice"}, "replyId": m.ID})).Message
	check("what is answered", *parse[api.TextBody](t, answer.Body).ReferenceMessage)
	reply := data[api.MessageData](t, c.ben.post(t, "/messages", object{
		"roomId": c.room, "type": "file", "body": object{"fileId": f.ID}, "replyId": answer.ID,
	})).Message
	if b := fileBody(t, reply.Body); b.ReferenceMessage == nil || b.ReferenceMessage.ID != answer.ID || b.Thumb != nil {
		t.Errorf("a file that answers is %s", reply.Body)
	}
	c.ann.put(t, fmt.Sprint("/messages/", m.ID), object{"text": "x"}).fails(t, http.StatusBadRequest, "Only messages with type text can be edited")
}

func filesRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	f, theirs := uploaded(t, s, c.bot.Token, finish(newClientID(), "a.txt", "text/plain", "a"), "a"), s.person(t, "Eve").file(t, "b.txt", "text/plain", "b")
	c.bot.post(t, filePost(c.room, "file", object{"fileId": f.ID})).ok(t) // so that Ann can send it, too
	for _, row := range []struct {
		name   string
		body   any
		begins string
	}{
		{"no fileId", object{"text": "x"}, "FileID is missing"},
		{"a fileId of 0", object{"fileId": 0}, "FileID is missing"},
		{"a fileId that is null", object{"fileId": nil}, "FileID is missing"},
		{"a fileId that is text", object{"fileId": "x"}, "Invalid fileId"},
		{"an unknown fileId", object{"fileId": 1}, "Invalid fileId"},
		{"a fileId too high", `{"fileId":65000000000000000}`, "Invalid fileId"},
		{"another's file", object{"fileId": theirs.ID}, "Invalid fileId"},
		{"an unknown thumbId", object{"fileId": f.ID, "thumbId": 1}, "Invalid thumbId"},
		{"a thumbId that is true", object{"fileId": f.ID, "thumbId": true}, "Invalid thumbId"},
		{"another's thumbId", object{"fileId": f.ID, "thumbId": theirs.ID}, "Invalid thumbId"},
		{"no fileId and an unknown thumbId", object{"thumbId": 1}, "FileID is missing"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			for _, kind := range []string{"image", "audio", "video", "file"} {
				post := object{"roomId": c.room, "type": kind, "body": row.body, "replyId": 1 << 40}
				c.refuses(t, http.StatusBadRequest, row.begins, func() reply { return c.ann.post(t, "/messages", post) })
				c.refuses(t, http.StatusBadRequest, row.begins, func() reply { return c.bot.post(t, post) })
			}
		})
	}
	s.sub(t, "a room that is not one's own", func(t *testing.T) {
		s.person(t, "Eve").post(t, "/messages", filePost(c.room, "file", object{})).fails(t, http.StatusBadRequest, "Room user not found")
	})
	s.sub(t, "an unknown replyId", func(t *testing.T) {
		post := object{"roomId": c.room, "type": "file", "body": object{"fileId": f.ID}, "replyId": 1 << 40}
		c.refuses(t, http.StatusBadRequest, "there is no message with replyId", func() reply { return c.ann.post(t, "/messages", post) })
	})
}

// A key sends what was uploaded with it, not what is in its room.
func filesByKey(t *testing.T, s *target) {
	c := s.chat(t)
	f := uploaded(t, s, c.bot.Token, finish(newClientID(), "log.txt", "text/plain", "passed"), "passed")
	m := data[api.PostedData](t, c.bot.post(t, filePost(c.room, "file", object{"fileId": f.ID}))).Message
	shows(t, "the reply", fileBody(t, m.Body).File, f)
	shows(t, "the list", fileBody(t, c.ben.messages(t, c.room).List[0].Body).File, f)
	anns := c.ann.file(t, "a.txt", "text/plain", "a")
	c.ann.post(t, "/messages", filePost(c.room, "file", object{"fileId": anns.ID})).ok(t)
	second := c.ann.bot(t, c.room, "Second")
	for _, id := range []int64{anns.ID, f.ID} {
		second.post(t, filePost(c.room, "file", object{"fileId": id})).fails(t, http.StatusBadRequest, "Invalid fileId")
	}
	c.ben.post(t, "/messages", filePost(c.room, "file", object{"fileId": f.ID})).ok(t) // who sees it sends it on
}

func filesOwnKeys(t *testing.T, s *target) {
	c := s.chat(t)
	f := c.ann.file(t, "a.txt", "text/plain", "a")
	m := data[api.MessageData](t, c.ann.post(t, "/messages", filePost(c.room, "file", object{
		"fileId": f.ID, "thumbId": nil, "file": object{"id": 1, "fileName": "evil.exe"}, "thumb": "x", "referenceMessage": 5,
	}))).Message
	shows(t, "the reply", fileBody(t, m.Body).File, f)
	if b := fileBody(t, m.Body); b.Thumb != nil || b.ReferenceMessage != nil {
		t.Errorf("the body is %s", m.Body)
	}
	m = data[api.MessageData](t, c.ann.post(t, "/messages", filePost(c.room, "text", object{"text": "x", "file": object{"id": 1}, "thumb": 2, "more": 3}))).Message
	if string(m.Body) != `{"text":"x","more":3}` {
		t.Errorf("the body is %s", m.Body)
	}
}

func filesOnce(t *testing.T, s *target) {
	c := s.chat(t)
	f := uploaded(t, s, c.bot.Token, finish(newClientID(), "a.png", "image/png", onePixel), onePixel)
	other := uploaded(t, s, c.bot.Token, finish(newClientID(), "b.png", "image/png", onePixel), onePixel)
	post := func(id int64) reply {
		return c.bot.post(t, object{"roomId": c.room, "type": "image", "body": object{"fileId": id}, "localId": "1"})
	}
	first := data[api.PostedData](t, post(f.ID)).Message
	again := post(f.ID)
	if got := data[api.PostedData](t, again).Message; got.ID != first.ID || string(got.Body) != string(first.Body) || again.header.Get("Idempotent-Replay") != "true" {
		t.Errorf("the repeat gives %+v, want %+v", got, first)
	}
	post(other.ID).fails(t, http.StatusConflict, "localId or Idempotency-Key was already used")
	if n := c.stored(t); n != 1 {
		t.Errorf("%d messages are stored", n)
	}
}

func filesSmallPictures(t *testing.T, s *target) {
	c := s.chat(t)
	f := uploaded(t, s, c.bot.Token, finish(newClientID(), "a.png", "image/png", onePixel), onePixel)
	stream := c.ben.listen(t)
	c.bot.post(t, filePost(c.room, "image", object{"fileId": f.ID})).ok(t)
	m := *stream.next(t, "the message", is(api.EventNewMessage)).event.Message
	b := fileBody(t, m.Body)
	if b.ThumbID == 0 || b.Thumb == nil || b.Thumb.ID != b.ThumbID || b.Thumb.MimeType != "image/jpeg" || m.ModifiedAt != m.CreatedAt {
		t.Fatalf("the message is %+v with %s", m, m.Body)
	}
	if b.File.MetaData != (api.FileMetaData{Width: 1, Height: 1}) {
		t.Errorf("the picture is %+v", b.File.MetaData)
	}
	s.readFile(t, b.ThumbID).ok(t).hasHeaders(t, map[string]string{"Content-Type": "image/jpeg"})
	broken := c.ann.file(t, "b.png", "image/png", onePixel[:30])
	m = data[api.MessageData](t, c.ann.post(t, "/messages", filePost(c.room, "image", object{"fileId": broken.ID}))).Message
	if b := fileBody(t, m.Body); b.ThumbID != 0 || b.File == nil {
		t.Errorf("a broken picture is %s", m.Body)
	}
}

func filesDeleted(t *testing.T, s *target) {
	c := s.chat(t)
	f := c.ann.file(t, "a.txt", "text/plain", "deleted "+newClientID())
	post := func() int64 {
		return data[api.MessageData](t, c.ann.post(t, "/messages", filePost(c.room, "file", object{"fileId": f.ID}))).Message.ID
	}
	first, second := post(), post()
	c.ann.delete(t, "/messages/%d?target=all", first).ok(t)
	c.ann.readFile(t, f.ID).ok(t)
	c.ann.delete(t, "/messages/%d?target=all", second).ok(t)
	c.ann.readFile(t, f.ID).fails(t, http.StatusNotFound, "Not found")
	for _, m := range c.ben.messages(t, c.room).List {
		if m.Type != "text" || string(m.Body) != `{"text":"Deleted message"}` {
			t.Errorf("a deleted message is a %s: %s", m.Type, m.Body)
		}
	}
}

func filesForwarded(t *testing.T, s *target) {
	c := s.chat(t)
	f := c.ann.file(t, "a.txt", "text/plain", "forwarded")
	m := data[api.MessageData](t, c.ann.post(t, "/messages", filePost(c.room, "file", object{"fileId": f.ID}))).Message
	eve := s.person(t, "Eve")
	out := data[api.ForwardedData](t, c.ben.post(t, "/messages/forward", object{"messageIds": []int64{m.ID}, "roomIds": []int64{}, "userIds": []int64{eve.ID}}))
	shows(t, "the forwarded message", fileBody(t, out.Messages[0].Body).File, f)
	c.ann.delete(t, "/messages/%d?target=all", m.ID).ok(t)
	shows(t, "what Eve sees", fileBody(t, eve.messages(t, out.NewRooms[0].ID).List[0].Body).File, f)
	c.ann.readFile(t, f.ID).ok(t)
	share := func(id int64) reply {
		return c.ben.post(t, "/messages/share", object{
			"messages": []object{{"type": "file", "body": object{"fileId": id}}}, "roomIds": []int64{c.room}, "userIds": []int64{},
		})
	}
	bens := c.ben.file(t, "b.txt", "text/plain", "shared")
	shows(t, "the shared message", fileBody(t, data[api.ForwardedData](t, share(bens.ID)).Messages[0].Body).File, bens)
	share(1).fails(t, http.StatusBadRequest, "Invalid message: messages[0]: Invalid fileId")
}

func filesAvatars(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	face := ann.file(t, "face.png", "image/png", onePixel)
	if got := data[api.UserData](t, ann.put(t, "/me", object{"avatarFileId": face.ID})).User.AvatarFileID; got != face.ID {
		t.Errorf("avatarFileId is %d", got)
	}
	s.readFile(t, face.ID).ok(t)
	ann.put(t, "/me", object{"avatarFileId": 1}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
	ben.put(t, "/me", object{"avatarFileId": face.ID}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
	ben.put(t, "/me", object{"coverFileId": face.ID}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
	ben.post(t, "/rooms", object{"type": "group", "avatarFileId": face.ID}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
	room := ben.room(t, "Ops")
	ben.put(t, roomPath(room), object{"avatarFileId": face.ID}).fails(t, http.StatusBadRequest, "Invalid avatarFileId")
	sign := ben.file(t, "sign.png", "image/png", onePixel)
	if got := ben.change(t, room, object{"action": "changeGroupAvatar", "avatarFileId": sign.ID}); got.AvatarFileID != sign.ID {
		t.Errorf("avatarFileId is %d", got.AvatarFileID)
	}
	ann.put(t, "/me", object{"avatarFileId": 0}).ok(t)
	ann.readFile(t, face.ID).fails(t, http.StatusNotFound, "Not found")
}

func filesStrict(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t, "--strict-files")
	c := own.chat(t)
	f := c.ann.file(t, "a.txt", "text/plain", "secret")
	own.readFile(t, f.ID).fails(t, http.StatusUnauthorized, "No access token")
	own.readFile(t, f.ID, "accesstoken: "+c.bot.Token).fails(t, http.StatusUnauthorized, "Invalid access token")
	c.ben.readFile(t, f.ID).fails(t, http.StatusNotFound, "Not found")
	m := data[api.MessageData](t, c.ann.post(t, "/messages", filePost(c.room, "file", object{"fileId": f.ID}))).Message
	for _, p := range []person{c.ann, c.ben} {
		p.readFile(t, f.ID).ok(t).hasHeaders(t, map[string]string{"Cache-Control": "private, max-age=86400"})
	}
	own.person(t, "Eve").readFile(t, f.ID).fails(t, http.StatusNotFound, "Not found")
	path := fileBody(t, m.Body).File.SignedPath
	read := func(path string) reply { return own.do(t, request{method: "GET", path: "/api" + path}) }
	if r := read(path).ok(t); string(r.body) != "secret" {
		t.Errorf("the link gives %q", r.body)
	}
	other := c.ann.file(t, "b.txt", "text/plain", "other")
	for _, wrong := range []string{
		path[:len(path)-1], strings.Replace(path, fmt.Sprint(f.ID), fmt.Sprint(other.ID), 1), strings.Replace(path, "expires=1", "expires=2", 1),
	} {
		read(wrong).fails(t, http.StatusUnauthorized, "No access token")
	}
	face := c.ann.file(t, "face.png", "image/png", onePixel)
	c.ann.put(t, "/me", object{"avatarFileId": face.ID}).ok(t)
	c.ben.readFile(t, face.ID).ok(t)
}
