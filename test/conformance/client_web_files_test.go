package conformance

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
)

// webUploads sends chunks of 72 KiB at the same time, and asks for the file once
// as many are there as it has. It calls a file's kind what the browser does.
var webUploads = uploads{
	chunk: 72 << 10, atOnce: true, base64: oneLine,
	newID: func() string { return fmt.Sprint(rand.IntN(100_000_000)) },
	finish: func(f clientFile) object {
		if f.meta == nil {
			return object{"type": f.kind, "metaData": nil}
		}
		return object{"type": f.kind, "metaData": f.meta}
	},
}

// webFile is a file whose type the page takes for its kind, too.
func webFile(name, mime, content string, meta object) clientFile {
	return clientFile{name: name, mime: mime, kind: mime, content: content, meta: meta}
}

// webBrings posts a file as the page does, looks at the room list as it does
// then, and gives the message's id.
func webBrings(t *testing.T, c *client, room int64, kind string, file, thumb value) int64 {
	t.Helper()
	local := fmt.Sprintf("%.0f", rand.Float64()*1e21)
	body := object{"fileId": file.get("id").number()}
	if thumb.v != nil {
		body["thumbId"] = thumb.get("id").number()
	}
	m := c.call(t, "POST", "/messages", object{"roomId": room, "type": kind, "body": body, "localId": local}).get("message")
	if m.get("localId").text() != local || m.get("createdAt").number() != m.get("modifiedAt").number() {
		t.Errorf("posted %s", show(m.v))
	}
	m.brings(t, kind, file, thumb)
	row, ok := c.call(t, "GET", "/history?page=1&keyword=", nil).get("list").find("roomId", room)
	if !ok {
		t.Fatal("the room is not in the list")
	}
	row.get("lastMessage").brings(t, kind, file, thumb)
	return m.get("id").number()
}

// webFiles sends files of all kinds and reads what comes of them.
func webFiles(t *testing.T, s *target, ann, ben *client, room int64) {
	t.Helper()
	hears := func(t *testing.T, message int64, kind string, file, thumb value) value { // and reads it when the room is opened
		t.Helper()
		m := ben.told(t, message)
		m.brings(t, kind, file, thumb)
		ben.call(t, "POST", path("/messages/%d/seen", room), nil)
		listed, ok := ben.call(t, "GET", path("/messages/roomId/%d?cursor=", room), nil).get("list").find("id", message)
		if !ok {
			t.Fatal("the message is not in the room")
		}
		listed.brings(t, kind, file, thumb)
		return m
	}
	ann.s.sub(t, "a picture", func(t *testing.T) {
		content, small := jpegOf(t, 640, 480, 400<<10), jpegOf(t, 256, 192, 0)
		file := webUploads.send(t, ann, webFile("sea.jpg", "image/jpeg", content, object{"width": 640, "height": 480}))
		thumb := webUploads.send(t, ann, webFile("thumb - sea.jpg", "image/jpeg", small, object{"width": 256, "height": 192}))
		hears(t, webBrings(t, ann, room, "image", file, thumb), "image", file, thumb)
		ben.reads(t, thumb.get("id").number(), small, "image/jpeg")
		ben.reads(t, file.get("id").number(), content, "image/jpeg")
		webRefuses(t, ann, ben, room, file.get("id").number())
	})
	ann.s.sub(t, "a film", func(t *testing.T) {
		content, small := filmOf(200<<10), jpegOf(t, 256, 144, 0)
		file := webUploads.send(t, ann, webFile("film.mp4", "video/mp4", content, object{"width": 640, "height": 360, "duration": 12.7}))
		// The picture of a film has no type, but a name that says another one.
		thumb := webUploads.send(t, ann, webFile("videoThumbnail.png", "image/jpeg", small, object{"width": 256, "height": 144}))
		m := hears(t, webBrings(t, ann, room, "video", file, thumb), "video", file, thumb)
		if got := m.get("body", "file", "metaData", "duration").number(); got != 12 {
			t.Errorf("the film takes %d s", got)
		}
		ben.reads(t, thumb.get("id").number(), small, "image/jpeg")
		ben.reads(t, file.get("id").number(), content, "video/mp4")
	})
	for _, f := range []struct {
		name, kind, shown string
		clientFile
	}{
		{"a document", "file", "application/pdf", webFile("plan.pdf", "application/pdf", "%PDF-1.7\n"+bytesOf(100<<10), nil)},
		{"a sound", "audio", "audio/mpeg", webFile("song.mp3", "audio/mpeg", "ID3\x04"+bytesOf(80<<10), nil)},
		{"a file of no known type", "file", "application/octet-stream", webFile("notes.xyz", "unknown", "plain", nil)},
	} {
		ann.s.sub(t, f.name, func(t *testing.T) {
			file := webUploads.send(t, ann, f.clientFile)
			hears(t, webBrings(t, ann, room, f.kind, file, value{}), f.kind, file, value{})
			ben.reads(t, file.get("id").number(), f.content, f.shown)
		})
	}
	ann.s.sub(t, "an answer to a picture", func(t *testing.T) { webAnswers(t, ann, ben, room) })
	ann.s.sub(t, "media panels", func(t *testing.T) { webPanels(t, ann, ben) })
	ann.s.sub(t, "faces", func(t *testing.T) { webFaces(t, ann, ben) })
	ann.s.sub(t, "uploads that fail", func(t *testing.T) {
		webUploads.faults(t, ann, webFile("notes.xyz", "unknown", bytesOf(300<<10), nil))
	})
	ann.s.sub(t, "a deleted picture", func(t *testing.T) {
		file := webUploads.send(t, ann, webFile("a.jpg", "image/jpeg", jpegOf(t, 32, 32, 0), object{"width": 32, "height": 32}))
		thumb := webUploads.send(t, ann, webFile("thumb - a.jpg", "image/jpeg", jpegOf(t, 16, 16, 0), object{"width": 16, "height": 16}))
		id := webBrings(t, ann, room, "image", file, thumb)
		ann.call(t, "DELETE", path("/messages/%d?target=all", id), nil)
		m := ben.event(t, "DELETE_MESSAGE").get("message")
		if m.get("body", "text").text() != "Deleted message" || m.get("type").text() != "text" {
			t.Errorf("the deleted message is %s", show(m.v))
		}
		ben.noFiles(t, file.get("id").number(), thumb.get("id").number())
	})
}

// webRefuses posts what is not the client's to send.
func webRefuses(t *testing.T, ann, ben *client, room, own int64) {
	t.Helper()
	theirs := webUploads.send(t, ben, webFile("b.xyz", "unknown", "Ben's", nil))
	refusesFiles(t, ann, room, own, theirs.get("id").number())
}

// webAnswers answers a picture, whose small one the page shows above the answer.
func webAnswers(t *testing.T, ann, ben *client, room int64) {
	t.Helper()
	file := webUploads.send(t, ann, webFile("a.jpg", "image/jpeg", jpegOf(t, 64, 64, 0), object{"width": 64, "height": 64}))
	thumb := webUploads.send(t, ann, webFile("thumb - a.jpg", "image/jpeg", jpegOf(t, 32, 32, 0), object{"width": 32, "height": 32}))
	id := webBrings(t, ann, room, "image", file, thumb)
	m := ben.told(t, id)
	webPosts(t, ben, room, "Nice", object{"replyId": id, "body": object{"text": "Nice", "referenceMessage": m.v}})
	ann.stream.next(t, "the answer", func(f frame) bool {
		if f.event.Message == nil || f.event.Message.ReplyID == nil {
			return false
		}
		answer := value{t, "the answer", decoded(f.data)}.get("message")
		answer.get("body", "referenceMessage").brings(t, "image", file, thumb)
		return true
	})
}

// webPanels is what the page of 2024 shows of a room's media: what is beside the
// messages, and the pictures before and after one.
func webPanels(t *testing.T, ann, ben *client) {
	t.Helper()
	room := ann.call(t, "POST", "/rooms", object{"name": "Pictures", "avatarFileId": 0, "type": "group", "userIds": []int64{ben.user}}).get("room", "id").number()
	file := webUploads.send(t, ann, webFile("a.jpg", "image/jpeg", jpegOf(t, 64, 64, 0), object{"width": 64, "height": 64}))
	thumb := webUploads.send(t, ann, webFile("thumb - a.jpg", "image/jpeg", jpegOf(t, 32, 32, 0), object{"width": 32, "height": 32}))
	document := webUploads.send(t, ann, webFile("plan.pdf", "application/pdf", "%PDF-1.7\n", nil))
	first := webBrings(t, ann, room, "image", file, thumb)
	paper := webBrings(t, ann, room, "file", document, value{})
	last := webBrings(t, ann, room, "image", file, thumb)
	shown := func(query string) []value {
		t.Helper()
		return ben.call(t, "GET", query, nil).get("list").list()
	}
	for _, row := range []struct {
		query string
		want  []int64
	}{
		{path("/media?roomId=%d&type=media&itemsPerBatch=15", room), []int64{last, first}},
		{path("/media?roomId=%d&type=media&itemsPerBatch=15&cursor=%d", room, last), []int64{first}},
		{path("/media?roomId=%d&type=file&itemsPerBatch=15", room), []int64{paper}},
		{path("/gallery?roomId=%d&cursor=%d&itemsPerBatch=5", room, last), []int64{first, last}},
		{path("/gallery?roomId=%d&cursor=%d&itemsPerBatch=5&fetchOlder=true", room, last), []int64{first}},
		{path("/gallery?roomId=%d&cursor=%d&itemsPerBatch=5&fetchNewer=true", room, first), []int64{last}},
	} {
		items := shown(row.query)
		if len(items) != len(row.want) {
			t.Fatalf("%s shows %d, want %v", row.query, len(items), row.want)
		}
		for i, item := range items {
			if item.get("messageId").number() != row.want[i] || item.get("userId").number() != ann.user || item.get("username").text() != "Ann" {
				t.Errorf("%s shows %s, want %v", row.query, show(item.v), row.want)
			}
			if row.want[i] == paper {
				item.brings(t, "file", document, value{})
			} else {
				item.brings(t, "image", file, thumb)
			}
		}
	}
	ann.call(t, "DELETE", path("/rooms/%d", room), nil)
}

// webFaces gives a person and a group a picture, which others then show.
func webFaces(t *testing.T, ann, ben *client) {
	t.Helper()
	avatar := func(name string) (int64, string) {
		content := jpegOf(t, 256, 256, 0)
		file := webUploads.send(t, ann, clientFile{name: name, mime: "image/jpeg", kind: "avatar", content: content})
		return file.get("id").number(), content
	}
	face, content := avatar("me.jpg")
	if got := ann.call(t, "PUT", "/me", object{"displayName": "Ann", "avatarFileId": face}).get("user", "avatarFileId").number(); got != face {
		t.Errorf("the picture is %d, not %d", got, face)
	}
	ben.stream.next(t, "Ann's picture", func(f frame) bool { return f.event.User != nil && f.event.User.AvatarFileID == face })
	ben.reads(t, face, content, "image/jpeg")
	sign, content := avatar("group.jpg")
	room := ann.call(t, "POST", "/rooms", object{"name": "Faces", "avatarFileId": sign, "type": "group", "userIds": []int64{ben.user}}).get("room")
	if room.get("avatarFileId").number() != sign {
		t.Errorf("the group is %s", show(room.v))
	}
	ben.stream.next(t, "the group", func(f frame) bool { return f.event.Room != nil && f.event.Room.AvatarFileID == sign })
	ben.reads(t, sign, content, "image/jpeg")
	other, _ := avatar("other.jpg")
	changed := ann.call(t, "PUT", path("/rooms/%d", room.get("id").number()), object{"name": "Faces", "avatarFileId": other}).get("room")
	if changed.get("avatarFileId").number() != other {
		t.Errorf("the group is %s", show(changed.v))
	}
	ann.event(t, "UPDATE_ROOM")
	ben.noFiles(t, sign)
	// It asks for the picture of who has none, and shows initials at the failure.
	ben.s.do(t, request{method: "GET", path: "/api/upload/files/0"}).fails(t, http.StatusBadRequest, "Invalid id")
	ann.call(t, "DELETE", path("/rooms/%d", room.get("id").number()), nil)
}
