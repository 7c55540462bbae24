package conformance

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// androidUploads sends chunks of 1 MiB one after the other, in base64 of several
// lines. It says nothing of what it does not know, and sends a message of the
// type that the server gives a file.
var androidUploads = uploads{
	chunk: 1 << 20, base64: brokenLines,
	newID: func() string { return hashOf(rand.Text())[:7] },
	finish: func(f clientFile) object {
		if f.meta == nil {
			return object{"type": f.kind}
		}
		return object{"type": f.kind, "metaData": f.meta}
	},
}

// iosUploads sends chunks of 1 MiB at the same time, and asks for the file at
// every reply that says they are all there. It writes the hash where the type
// belongs, and a backslash before each slash.
var iosUploads = uploads{
	chunk: 1 << 20, atOnce: true, eager: true, base64: oneLine, newID: newUUID, encode: withBackslashes,
	finish: func(f clientFile) object {
		return object{"type": hashOf(f.content), "relationId": 1, "metaData": f.meta}
	},
}

// iosShareUploads is how its share sheet uploads: one chunk after the other.
var iosShareUploads = uploads{chunk: 1 << 20, base64: oneLine, newID: newUUID, encode: withBackslashes, finish: iosUploads.finish}

// newUUID gives a UUID as iOS writes it.
func newUUID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // which never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// withBackslashes writes JSON as iOS does.
func withBackslashes(body object) any {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // it is made of texts and numbers
	}
	return bytes.ReplaceAll(text, []byte("/"), []byte(`\/`))
}

// appHears checks what the other person's app is told of a message with a file,
// and what it syncs when it was away.
func appHears(t *testing.T, c *client, message value, kind string, file, thumb value) int64 {
	t.Helper()
	id := message.get("id").number()
	c.told(t, id).brings(t, kind, file, thumb)
	c.call(t, "POST", "/messages/delivered", object{"messageIds": []int64{id}})
	one(t, c.sync(t, new(standing))["messages"], "message", id).brings(t, kind, file, thumb)
	return id
}

// appPasses forwards a file, which stays when the first message is deleted.
func appPasses(t *testing.T, ann, ben *client, room, message int64, kind string, file, thumb value) {
	t.Helper()
	got := ann.call(t, "POST", "/messages/forward", object{"messageIds": []int64{message}, "roomIds": []int64{room}, "userIds": []int64{}}).get("messages").list()
	if len(got) != 1 || !got[0].get("isForwarded").truth() {
		t.Fatalf("forwarded are %v", got)
	}
	got[0].brings(t, kind, file, thumb)
	passed := appHears(t, ben, got[0], kind, file, thumb)
	ann.call(t, "DELETE", path("/messages/%d?target=all", message), nil)
	ben.s.readFile(t, file.get("id").number()).ok(t)
	ben.s.readFile(t, thumb.get("id").number()).ok(t)
	ann.call(t, "DELETE", path("/messages/%d?target=all", passed), nil)
	ben.noFiles(t, file.get("id").number(), thumb.get("id").number())
	if body := one(t, ben.sync(t, new(standing))["messages"], "message", passed).get("body"); body.has("file") || body.get("text").text() != "Deleted message" {
		t.Errorf("the deleted message is %s", show(body.v))
	}
}

// appFaces gives a person and a group a picture and says nothing else of them.
func appFaces(t *testing.T, u uploads, f clientFile, ann, ben *client, room int64) {
	t.Helper()
	face := u.send(t, ann, f).get("id").number()
	me := ann.call(t, "PUT", "/me", object{"avatarFileId": face}).get("user")
	if me.get("avatarFileId").number() != face || me.get("displayName").text() != "Ann" {
		t.Errorf("the profile is %s", show(me.v))
	}
	ben.stream.next(t, "Ann's picture", func(f frame) bool { return f.event.User != nil && f.event.User.AvatarFileID == face })
	if u := one(t, ben.sync(t, new(standing))["users"], "user", ann.user); u.get("avatarFileId").number() != face {
		t.Errorf("Ann is %s", show(u.v))
	}
	ben.reads(t, face, f.content, "image/jpeg")
	sign := u.send(t, ann, f).get("id").number()
	changed := ann.call(t, "PUT", path("/rooms/%d", room), object{"action": "changeGroupAvatar", "avatarFileId": sign}).get("room")
	if changed.get("avatarFileId").number() != sign {
		t.Errorf("the group is %s", show(changed.v))
	}
	ann.event(t, "UPDATE_ROOM")
	ben.stream.next(t, "the group's picture", func(f frame) bool { return f.event.Room != nil && f.event.Room.AvatarFileID == sign })
	ben.reads(t, sign, f.content, "image/jpeg")
}

// androidBrings posts a file as the app does.
func androidBrings(t *testing.T, c *client, room int64, file, thumb value) value {
	t.Helper()
	body := object{"text": "", "fileId": file.get("id").number()}
	if thumb.v != nil {
		body["thumbId"] = thumb.get("id").number()
	}
	kind, local := file.get("type").text(), newUUID()
	m := c.call(t, "POST", "/messages", object{"type": kind, "localId": local, "roomId": room, "body": body}).get("message")
	if m.get("localId").text() != local {
		t.Errorf("posted %s", show(m.v))
	}
	return m
}

func androidFiles(t *testing.T, s *target, ann, ben *client, room int64) {
	t.Helper()
	ben.stream = person{s: s}.listen(t, place{query: "accesstoken=" + ben.token})
	small := func(t *testing.T, name string) clientFile {
		return clientFile{name: name, mime: "image/jpeg", kind: "image", content: jpegOf(t, 256, 192, 0), meta: object{"width": 256, "height": 192}}
	}
	ann.s.sub(t, "a picture", func(t *testing.T) {
		first := small(t, "thumbnail.jpg") // which it sends first
		second := clientFile{"IMG_1.jpg", "image/jpeg", "image", jpegOf(t, 640, 480, 2<<20), object{"width": 640, "height": 480}}
		thumb, file := androidUploads.send(t, ann, first), androidUploads.send(t, ann, second)
		m := androidBrings(t, ann, room, file, thumb)
		m.brings(t, "image", file, thumb)
		id := appHears(t, ben, m, "image", file, thumb)
		ben.reads(t, thumb.get("id").number(), first.content, "image/jpeg")
		ben.reads(t, file.get("id").number(), second.content, "image/jpeg")
		theirs := androidUploads.send(t, ben, small(t, "b.jpg"))
		refusesFiles(t, ann, room, file.get("id").number(), theirs.get("id").number())
		appPasses(t, ann, ben, room, id, "image", file, thumb)
	})
	ann.s.sub(t, "a film", func(t *testing.T) {
		film := clientFile{"VIDEO-1.mp4", "video/mp4", "video", filmOf(1 << 20), object{"width": 640, "height": 360, "duration": 12_700}}
		thumb, file := androidUploads.send(t, ann, small(t, "thumbnail.jpg")), androidUploads.send(t, ann, film)
		m := androidBrings(t, ann, room, file, thumb)
		m.brings(t, "video", file, thumb)
		appHears(t, ben, m, "video", file, thumb)
		ben.reads(t, file.get("id").number(), film.content, "video/mp4")
	})
	ann.s.sub(t, "a picture without a small one", func(t *testing.T) { // whose upload failed: it sends 0
		file := androidUploads.send(t, ann, clientFile{"IMG_2.jpg", "image/jpeg", "image", jpegOf(t, 640, 480, 0), object{"width": 640, "height": 480}})
		m := androidBrings(t, ann, room, file, value{t, "no file", object{"id": json.Number("0")}})
		if got := m.get("body", "thumb", "mimeType").text(); got != "image/jpeg" { // the server makes one
			t.Errorf("the small picture is %s", show(m.v))
		}
		if told := ben.told(t, m.get("id").number()).get("body", "thumbId").number(); told != m.get("body", "thumb", "id").number() {
			t.Errorf("Ben is told of the small picture %d", told)
		}
	})
	for _, f := range []struct {
		name, shown string
		clientFile
	}{
		{"a document", "application/pdf", clientFile{"plan.pdf", "application/pdf", "file", "%PDF-1.7\n" + bytesOf(100_000), nil}},
		{"a sound", "audio/mpeg", clientFile{"song.mp3", "audio/mpeg", "audio", "ID3\x04" + bytesOf(100_000), nil}},
		{"a file of a type it does not send", "application/octet-stream", clientFile{"drawing.svg", "file", "file", "<svg/>", nil}},
	} {
		ann.s.sub(t, f.name, func(t *testing.T) {
			file := androidUploads.send(t, ann, f.clientFile)
			m := androidBrings(t, ann, room, file, value{})
			m.brings(t, f.kind, file, value{})
			appHears(t, ben, m, f.kind, file, value{})
			ben.reads(t, file.get("id").number(), f.content, f.shown)
		})
	}
	ann.s.sub(t, "faces", func(t *testing.T) {
		appFaces(t, androidUploads, clientFile{"avatar.jpg", "image/jpeg", "avatar", jpegOf(t, 256, 256, 0), object{"width": 256, "height": 256}}, ann, ben, room)
	})
	ann.s.sub(t, "uploads that fail", func(t *testing.T) {
		androidUploads.faults(t, ann, clientFile{"notes.xyz", "application/octet-stream", "file", bytesOf(2<<20 + 5), nil})
	})
}

// iosBrings posts a file as the app does. Apps that were sent no file yet find
// their own message by its localId.
func iosBrings(t *testing.T, c *client, room int64, kind, local string, body object) reply {
	t.Helper()
	return c.send(t, "POST", "/messenger/messages", withBackslashes(object{"roomId": room, "type": kind, "body": body, "localId": local}))
}

func iosFiles(t *testing.T, s *target, ann, ben *client, room int64) {
	t.Helper()
	ben.stream = person{s: s, Token: ben.token}.listen(t, place{path: "/api/sse/"})
	both := func(t *testing.T, kind string, f clientFile) (m, file, thumb value) { // it sends the small picture first
		t.Helper()
		local := newUUID()
		small := clientFile{name: local + "thumb", mime: "image/*", content: jpegOf(t, 256, 192, 0), meta: object{"width": 256, "height": 192, "duration": 0}}
		thumb, file = iosUploads.send(t, ann, small), iosUploads.send(t, ann, f)
		m = dataOf(t, iosBrings(t, ann, room, kind, local, object{"fileId": file.get("id").number(), "thumbId": thumb.get("id").number()})).get("message")
		m.brings(t, kind, file, thumb)
		if m.get("localId").text() != local {
			t.Errorf("posted %s", show(m.v))
		}
		ben.reads(t, thumb.get("id").number(), small.content, "image/jpeg")
		return m, file, thumb
	}
	ann.s.sub(t, "a picture", func(t *testing.T) {
		f := clientFile{name: newUUID() + ".jpg", mime: "image/*", content: jpegOf(t, 640, 480, 2<<20), meta: object{"width": 640, "height": 480, "duration": 0}}
		m, file, thumb := both(t, "image", f)
		id := appHears(t, ben, m, "image", file, thumb)
		ben.reads(t, file.get("id").number(), f.content, "image/jpeg")
		theirs := iosUploads.send(t, ben, clientFile{name: "b", mime: "image/*", content: jpegOf(t, 16, 16, 0), meta: object{"width": 16, "height": 16, "duration": 0}})
		refusesFiles(t, ann, room, file.get("id").number(), theirs.get("id").number())
		appPasses(t, ann, ben, room, id, "image", file, thumb)
	})
	ann.s.sub(t, "a film", func(t *testing.T) {
		f := clientFile{name: newUUID() + ".mp4", mime: "video/mp4", content: filmOf(1 << 20), meta: object{"width": 960, "height": 540, "duration": 12}}
		m, file, thumb := both(t, "video", f)
		appHears(t, ben, m, "video", file, thumb)
		ben.reads(t, file.get("id").number(), f.content, "video/mp4")
	})
	ann.s.sub(t, "a document", func(t *testing.T) { iosDocument(t, ann, ben, room) })
	ann.s.sub(t, "shared", func(t *testing.T) { iosSharesFiles(t, ann, ben, room) })
	ann.s.sub(t, "faces", func(t *testing.T) {
		f := clientFile{name: "avatar", mime: "image/*", content: jpegOf(t, 512, 512, 0), meta: object{"width": 512, "height": 512, "duration": 0}}
		appFaces(t, iosUploads, f, ann, ben, room)
	})
	ann.s.sub(t, "uploads that fail", func(t *testing.T) {
		f := clientFile{name: "notes.xyz", mime: "application/octet-stream", content: bytesOf(2<<20 + 5), meta: object{"width": 0, "height": 0, "duration": 0}}
		iosUploads.faults(t, ann, f)
	})
}

// iosDocument sends a document, for which the app posts at every step, with the
// same localId: what is refused before there is a file must not count.
func iosDocument(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	local := newUUID()
	for range 2 {
		iosBrings(t, ann, room, "file", local, object{}).fails(t, http.StatusBadRequest, "FileID is missing")
	}
	f := clientFile{name: "plan.pdf", mime: "application/pdf", content: "%PDF-1.7\n" + bytesOf(1<<20), meta: object{"width": 0, "height": 0, "duration": 0}}
	file := iosUploads.send(t, ann, f)
	var posted [2]value
	for i := range posted { // the last step comes twice when both replies say that all chunks are there
		posted[i] = dataOf(t, iosBrings(t, ann, room, "file", local, object{"fileId": file.get("id").number()})).get("message")
		posted[i].brings(t, "file", file, value{})
	}
	if first, second := posted[0].get("id").number(), posted[1].get("id").number(); first != second {
		t.Errorf("the document is in the room twice, as %d and %d", first, second)
	}
	appHears(t, ben, posted[0], "file", file, value{})
	ben.reads(t, file.get("id").number(), f.content, "application/pdf")
}

// iosSharesFiles sends a picture from the system's share sheet: it is its own
// small one.
func iosSharesFiles(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	f := clientFile{name: "IMG_3.jpg", mime: "image/*", content: jpegOf(t, 640, 480, 1<<20), meta: object{"width": 40, "height": 40, "duration": 0}}
	file := iosShareUploads.send(t, ann, f)
	id := file.get("id").number()
	shared := ann.call(t, "POST", "/messages/share", object{
		"roomIds": []int64{room}, "userIds": []int64{}, "messages": []object{{"type": "image", "body": object{"fileId": id, "thumbId": id}}},
	}).get("messages").list()
	appHears(t, ben, shared[0], "image", file, file)
	ben.reads(t, id, f.content, "image/jpeg")
	again := ann.send(t, "POST", "/messenger/messages/share", object{
		"roomIds": []int64{room}, "userIds": []int64{}, "messages": []object{{"type": "image", "body": object{"fileId": 1, "thumbId": 1}}},
	})
	again.fails(t, http.StatusBadRequest, "Invalid message")
	if !strings.Contains(again.message(t), "Invalid fileId") {
		t.Errorf("it says %q", again.message(t))
	}
}
