package chat_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spika/internal/chat"
)

// blobs are those of a disk, which a test can break.
type blobs struct {
	chat.Blobs
	put  func(name string) error // called once the bytes are there; nil: not
	open func(name string)       // called before any are opened; nil: not
}

func (b *blobs) Open(ctx context.Context, name string) (chat.Blob, error) {
	if b.open != nil {
		b.open(name)
	}
	return b.Blobs.Open(ctx, name)
}

func (b *blobs) Put(ctx context.Context, name string, content io.Reader, size int64) error {
	err := b.Blobs.Put(ctx, name, content, size)
	if err == nil && b.put != nil {
		err = b.put(name)
	}
	return err
}

// names lists what is kept, in order.
func (tm *team) names(prefix string) []string {
	tm.Helper()
	var out []string
	tm.ok(tm.blobs.List(tm.ctx, prefix, func(b chat.BlobInfo) error {
		out = append(out, b.Name)
		return nil
	}))
	slices.Sort(out)
	return out
}

func blobOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "files/" + hex.EncodeToString(sum[:])
}

func newFile(clientID, mime, content string) chat.NewFile {
	return chat.NewFile{
		ClientID: clientID, Name: "a", Mime: mime, Type: "file", Size: int64(len(content)), Total: 1, Hash: strings.TrimPrefix(blobOf(content), "files/"),
	}
}

func (tm *team) chunk(user int64, clientID, content string) {
	tm.Helper()
	_ = must(tm.svc.PutChunk(tm.ctx, user, chat.NewChunk{ClientID: clientID, Content: []byte(content)}))(tm)
}

// file uploads a text as a person, under a client id of its own.
func (tm *team) file(who chat.Session, content string) chat.File {
	tm.Helper()
	return tm.upload(who.User.ID, "text/plain", content)
}

func (tm *team) upload(user int64, mime, content string) chat.File {
	tm.Helper()
	id := fmt.Sprint(tm.place(), ".", len(content))
	tm.chunk(user, id, content)
	return must(tm.svc.FinishUpload(tm.ctx, user, newFile(id, mime, content)))(tm)
}

// bring posts a message with a file.
func (tm *team) bring(who chat.Session, room int64, kind string, file int64) (chat.Posted, error) {
	return tm.svc.Post(tm.ctx, chat.Sender{UserID: who.User.ID}, chat.Draft{
		RoomID: room, Type: kind, FileID: file, Body: fmt.Appendf(nil, `{"fileId":%d}`, file),
	})
}

func (tm *team) gone(id int64) {
	tm.Helper()
	_, err := tm.store.File(tm.ctx, id)
	tm.fails(err, chat.NotFound)
}

func TestFilesGoWithTheLastMessageThatHasThem(t *testing.T) {
	tm := newTeam(t)
	f, same1, other := tm.file(tm.owner, "hello"), tm.file(tm.owner, "hello"), tm.file(tm.owner, "other")
	first := must(tm.bring(tm.owner, tm.general, "file", f.ID))(t)
	second := must(tm.bring(tm.owner, tm.general, "file", f.ID))(t)
	copied := must(tm.bring(tm.owner, tm.general, "file", same1.ID))(t)
	remove := func(id int64, all bool) {
		t.Helper()
		_ = must(tm.svc.DeleteMessages(tm.ctx, tm.owner, []int64{id}, all))(t)
		tm.ok(tm.svc.RemoveDropped(tm.ctx))
	}
	remove(first.ID, false) // for oneself only
	remove(first.ID, true)
	_ = must(tm.store.File(tm.ctx, f.ID))(t)
	remove(second.ID, true)
	tm.gone(f.ID)
	same(t, tm.names("files/"), inOrder(blobOf("hello"), blobOf("other")))
	remove(copied.ID, true)
	tm.gone(same1.ID)
	same(t, tm.names("files/"), []string{blobOf("other")})
	_ = must(tm.store.File(tm.ctx, other.ID))(t)
	_, err := tm.bring(tm.owner, tm.general, "file", f.ID)
	tm.fails(err, chat.Invalid, "Invalid fileId")
}

// TestMessageIsAnnouncedWithItsFile, or as the deleted one it is by then: never with
// the number of a file that is gone.
func TestMessageIsAnnouncedWithItsFile(t *testing.T) {
	tm := newTeam(t)
	posted := must(tm.bring(tm.owner, tm.general, "file", tm.file(tm.owner, "hello").ID))(t).Message
	if v := must(tm.svc.Announced(tm.ctx, 0, posted))(t); v.Deleted || v.File == nil {
		t.Errorf("it is announced as %+v", v)
	}
	_ = must(tm.svc.DeleteMessages(tm.ctx, tm.owner, []int64{posted.ID}, true))(t)
	if v := must(tm.svc.Announced(tm.ctx, 0, posted))(t); !v.Deleted || v.FileID != 0 {
		t.Errorf("deleted since, it is announced as %+v", v)
	}
}

func inOrder(list ...string) []string {
	slices.Sort(list)
	return list
}

// TestFilesGoWithTheRoom: with a destroyed one, unless they are used elsewhere.
func TestFilesGoWithTheRoom(t *testing.T) {
	tm := newTeam(t)
	room := tm.room(tm.owner)
	lost, used, face := tm.file(tm.owner, "1"), tm.file(tm.owner, "22"), tm.file(tm.owner, "333")
	for range 150 { // more than one step takes
		_ = must(tm.bring(tm.owner, room, "file", lost.ID))(t)
	}
	_ = must(tm.bring(tm.owner, room, "file", used.ID))(t)
	_ = must(tm.bring(tm.owner, tm.general, "file", used.ID))(t)
	_ = must(tm.svc.UpdateRoom(tm.ctx, tm.owner, room, chat.RoomChange{AvatarID: &face.ID}))(t)
	tm.ok(tm.svc.DestroyRoom(tm.ctx, tm.owner, room))
	tm.gone(lost.ID)
	tm.gone(face.ID)
	_ = must(tm.store.File(tm.ctx, used.ID))(t)
	tm.ok(tm.svc.RemoveDropped(tm.ctx))
	same(t, tm.names("files/"), []string{blobOf("22")})
}

func TestForwardedFilesStay(t *testing.T) {
	tm := newTeam(t)
	f := tm.file(tm.owner, "hello")
	first := must(tm.bring(tm.owner, tm.general, "file", f.ID))(t)
	out := must(tm.svc.Forward(tm.ctx, tm.owner, []int64{first.ID}, chat.Places{RoomIDs: []int64{tm.general}}))(t)
	if v := out.Messages[0]; v.File == nil || v.File.ID != f.ID || v.File.Link == "" {
		t.Errorf("the forwarded message has the file %+v", v.File)
	}
	_ = must(tm.svc.DeleteMessages(tm.ctx, tm.owner, []int64{first.ID}, true))(t)
	_ = must(tm.store.File(tm.ctx, f.ID))(t)
	_ = must(tm.svc.DeleteMessages(tm.ctx, tm.owner, []int64{out.Messages[0].ID}, true))(t)
	tm.gone(f.ID)
}

func TestReplacedPicturesGo(t *testing.T) {
	tm := newTeam(t)
	bob := tm.joins("Bob")
	first, second, cover := tm.file(bob, "1"), tm.file(bob, "22"), tm.file(bob, "333")
	wear := func(avatar, cover *int64) {
		t.Helper()
		_ = must(tm.svc.UpdateMe(tm.ctx, bob, chat.MeChange{AvatarID: avatar, CoverID: cover}))(t)
	}
	wear(&first.ID, &cover.ID)
	wear(&first.ID, nil)
	wear(&second.ID, nil)
	tm.gone(first.ID)
	theirs := tm.file(tm.owner, "4444").ID
	_, err := tm.svc.UpdateMe(tm.ctx, bob, chat.MeChange{AvatarID: &theirs})
	tm.fails(err, chat.Invalid, "Invalid avatarFileId")
	if may := must(tm.svc.MayRead(tm.ctx, tm.owner, second.ID))(t); !may {
		t.Error("a person's picture cannot be seen")
	}
	tm.ok(tm.svc.DeleteMe(tm.ctx, bob))
	tm.gone(second.ID)
	tm.gone(cover.ID)
	room := tm.room(tm.owner)
	none := int64(0)
	_ = must(tm.svc.UpdateRoom(tm.ctx, tm.owner, room, chat.RoomChange{AvatarID: &theirs}))(t)
	_ = must(tm.svc.UpdateRoom(tm.ctx, tm.owner, room, chat.RoomChange{AvatarID: &none}))(t)
	tm.gone(theirs)
}

func TestWhoMaySendAndReadAFile(t *testing.T) {
	tm := newTeam(t)
	bob, eve := tm.joins("Bob"), tm.joins("Eve")
	room, other := tm.room(tm.owner, bob), tm.room(tm.owner, eve)
	f := tm.file(tm.owner, "hello")
	reads := func(who chat.Session, want bool) {
		t.Helper()
		same(t, must(tm.svc.MayRead(tm.ctx, who, f.ID))(t), want)
	}
	reads(bob, false)
	_, err := tm.bring(bob, room, "file", f.ID)
	tm.fails(err, chat.Invalid, "Invalid fileId")
	_ = must(tm.bring(tm.owner, room, "file", f.ID))(t)
	reads(tm.owner, true)
	reads(bob, true)
	reads(eve, false)
	_ = must(tm.bring(bob, room, "file", f.ID))(t)
	_, err = tm.bring(eve, other, "file", f.ID)
	tm.fails(err, chat.Invalid, "Invalid fileId")
	key := tm.key(tm.owner, room, "Bot")
	post := func(file int64) error {
		_, err := tm.svc.Post(tm.ctx, chat.Sender{UserID: key.BotID, KeyID: key.ID}, chat.Draft{
			RoomID: room, Type: "file", FileID: file, Body: fmt.Appendf(nil, `{"fileId":%d}`, file),
		})
		return err
	}
	tm.fails(post(f.ID), chat.Invalid, "Invalid fileId") // though it is in the room
	tm.ok(post(tm.upload(key.BotID, "text/plain", "bot's").ID))
}

func TestStaleUploadsAreSwept(t *testing.T) {
	tm := newTeam(t)
	tm.chunk(tm.owner.User.ID, "old", "x")
	tm.chunk(tm.owner.User.ID, "kept", "x")
	tm.clock.pass(23 * time.Hour)
	tm.chunk(tm.owner.User.ID, "kept", "x")
	tm.ok(tm.svc.SweepFiles(tm.ctx))
	same(t, len(tm.names("chunks/")), 2)
	tm.clock.pass(2 * time.Hour)
	tm.ok(tm.svc.SweepFiles(tm.ctx))
	same(t, len(tm.names("chunks/")), 1)
	_, err := tm.svc.UploadedChunks(tm.ctx, tm.owner.User.ID, "old")
	tm.fails(err, chat.NotFound)
	same(t, must(tm.svc.UploadedChunks(tm.ctx, tm.owner.User.ID, "kept"))(t), []int64{0})
}

func TestUnusedFilesAreSwept(t *testing.T) {
	tm := newTeam(t)
	unused, used := tm.file(tm.owner, "1"), tm.file(tm.owner, "22")
	_ = must(tm.bring(tm.owner, tm.general, "file", used.ID))(t)
	tm.clock.pass(6 * 24 * time.Hour)
	tm.ok(tm.svc.SweepFiles(tm.ctx))
	_ = must(tm.store.File(tm.ctx, unused.ID))(t)
	tm.clock.pass(2 * 24 * time.Hour)
	tm.ok(tm.svc.SweepFiles(tm.ctx))
	tm.gone(unused.ID)
	tm.ok(tm.svc.RemoveDropped(tm.ctx))
	same(t, tm.names("files/"), []string{blobOf("22")})
}

// TestLostBytesAreSwept: those that a crash left between storing bytes and noting
// them, once they are a day old by the test's clock, which is ahead of the disk's.
func TestLostBytesAreSwept(t *testing.T) {
	tm := newTeam(t)
	f := tm.file(tm.owner, "kept")
	tm.chunk(tm.owner.User.ID, "begun", "x")
	begun := tm.names("chunks/")
	for _, name := range []string{blobOf("lost"), "chunks/99/0", "chunks/99/1", "files/README.txt"} {
		tm.ok(tm.blobs.Put(tm.ctx, name, strings.NewReader("lost"), 4))
	}
	tm.ok(tm.svc.SweepBlobs(tm.ctx))
	tm.ok(tm.svc.RemoveDropped(tm.ctx))
	same(t, tm.names("files/"), inOrder("files/"+f.Hash, "files/README.txt"))
	same(t, tm.names("chunks/"), begun)
}

// TestCrashWhilePuttingTogether: bytes that are there and not noted yet are kept
// from being swept, and the upload can be finished again.
func TestCrashWhilePuttingTogether(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	_ = must(tm.svc.DeleteMessages(tm.ctx, tm.owner, []int64{must(tm.bring(tm.owner, tm.general, "file", tm.file(tm.owner, "hello").ID))(t).ID}, true))(t)
	tm.chunk(me, "1", "hello") // its bytes are due to be removed, and wanted again
	tm.blobs.put = func(string) error { return errors.New("crash") }
	tm.ok(tm.blobs.Delete(tm.ctx, blobOf("hello")))
	if _, err := tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello")); err == nil {
		t.Fatal("finished in spite of the crash")
	}
	tm.blobs.put = nil
	tm.ok(tm.svc.SweepBlobs(tm.ctx))
	tm.ok(tm.svc.RemoveDropped(tm.ctx))
	same(t, tm.names("files/"), []string{blobOf("hello")})
	f := must(tm.node().FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello")))(t)
	_, b, err := tm.svc.Download(tm.ctx, f.ID)
	tm.ok(err)
	defer b.Close()
	same(t, string(must(io.ReadAll(b))(t)), "hello")
	same(t, tm.names("chunks/"), []string(nil))
}

func TestBytesBeingRemovedAreWaitedFor(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	lease := func() {
		tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.LeaseDropped(ctx, tx.Stamp().Add(time.Minute), 10)
			return err
		}))
	}
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		return tx.DropBlob(ctx, strings.TrimPrefix(blobOf("hello"), "files/"))
	}))
	lease()
	tm.chunk(me, "1", "hello")
	_, err := tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello"))
	tm.fails(err, chat.Unavailable, "A file with the same content is being removed")
	tm.clock.pass(2 * time.Minute) // whoever removed it has died
	_ = must(tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello")))(t)
	same(t, must(tm.store.DroppedBlob(tm.ctx, strings.TrimPrefix(blobOf("hello"), "files/")))(t), chat.Time(0))
}

func TestChunksWhoseBytesAreGoneAreAskedForAgain(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	tm.chunk(me, "1", "hello")
	tm.ok(tm.blobs.Delete(tm.ctx, tm.names("chunks/")[0]))
	_, err := tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello"))
	tm.fails(err, chat.Incomplete)
	same(t, must(tm.svc.UploadedChunks(tm.ctx, me, "1"))(t), []int64{})
	same(t, must(tm.store.BytesOf(tm.ctx, me))(t), 0) // nor do they count
}

func TestUploadsFinishedMeanwhile(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	tm.chunk(me, "1", "hello")
	tm.blobs.put = func(name string) error {
		if strings.HasPrefix(name, "chunks/") {
			tm.blobs.put = nil
			_ = must(tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello")))(t)
		}
		return nil
	}
	_, err := tm.svc.PutChunk(tm.ctx, me, chat.NewChunk{ClientID: "1", N: 1, Content: []byte("more")})
	tm.fails(err, chat.Invalid, "File with that clientId already exists")
	same(t, tm.names("chunks/"), nil)
}

func picture(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPicturesGetSmallOnes(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	f := tm.upload(me, "image/png", picture(t, 600, 300))
	first := must(tm.bring(tm.owner, tm.general, "image", f.ID))(t)
	thumb := first.Thumb
	if thumb == nil || thumb.Meta != (chat.FileMeta{Width: 256, Height: 128}) || thumb.Shown != "image/jpeg" {
		t.Fatalf("the small picture is %+v", thumb)
	}
	same(t, string(first.Body), fmt.Sprintf(`{"fileId":%d,"thumbId":%d}`, f.ID, thumb.ID))
	same(t, first.File.Meta, chat.FileMeta{Width: 600, Height: 300})
	same(t, must(tm.bring(tm.owner, tm.general, "image", f.ID))(t).Thumb.ID, thumb.ID)
	if v := must(tm.bring(tm.owner, tm.general, "file", f.ID))(t); v.Thumb != nil {
		t.Error("a file that is not shown as a picture has a small picture")
	}
	list := must(tm.svc.Messages(tm.ctx, tm.owner, chat.MessagePageRequest{RoomID: tm.general}))(t).List
	ids := make([]int64, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	same(t, list[2].Thumb.ID, thumb.ID)
	_ = must(tm.svc.DeleteMessages(tm.ctx, tm.owner, ids, true))(t)
	tm.gone(f.ID)
	tm.gone(thumb.ID)
	tm.ok(tm.svc.RemoveDropped(tm.ctx))
	same(t, tm.names(""), []string(nil))
}

func TestPicturesThatCannotBeReadArePosted(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	broken := tm.upload(me, "image/png", picture(t, 20, 20)[:40])
	if v := must(tm.bring(tm.owner, tm.general, "image", broken.ID))(t); v.Thumb != nil || v.File == nil {
		t.Errorf("the files are %+v and %+v", v.File, v.Thumb)
	}
	lost := tm.upload(me, "image/png", picture(t, 30, 30))
	tm.ok(tm.blobs.Delete(tm.ctx, "files/"+lost.Hash))
	_ = must(tm.bring(tm.owner, tm.general, "image", lost.ID))(t)
	full := tm.upload(me, "image/png", picture(t, 40, 40))
	tm.blobs.put = func(string) error { return chat.Errorf(chat.Unavailable, "full") }
	_ = must(tm.bring(tm.owner, tm.general, "image", full.ID))(t)
}

// thumbnails are made by a function.
type thumbnails func(ctx context.Context) error

func (f thumbnails) Thumbnail(ctx context.Context, _ io.ReadSeeker) ([]byte, int, int, error) {
	return nil, 0, 0, f(ctx)
}

func TestPicturesArePostedWhenSmallOnesAreNotMadeNow(t *testing.T) {
	asked := 0
	tm := newTeam(t, func(o *chat.Options) {
		o.Files.Thumbnails = thumbnails(func(context.Context) error {
			asked++
			return chat.Errorf(chat.Unavailable, "busy")
		})
	})
	f := tm.upload(tm.owner.User.ID, "image/png", picture(t, 20, 20))
	if v := must(tm.bring(tm.owner, tm.general, "image", f.ID))(t); v.Thumb != nil || v.File == nil {
		t.Errorf("the files are %+v and %+v", v.File, v.Thumb)
	}
	same(t, asked, 1)
}

func TestPicturesArePostedWhenSmallOnesTakeLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, began := 0, time.Now()
		tm := openServer(t, func(o *chat.Options) {
			o.Files.Thumbnails = thumbnails(func(ctx context.Context) error {
				asked++
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(4 * time.Second):
					return chat.Errorf(chat.Invalid, "slow")
				}
			})
		}).founded()
		f := tm.upload(tm.owner.User.ID, "image/png", picture(t, 20, 20))
		d := chat.Draft{Type: "image", FileID: f.ID, Body: fmt.Appendf(nil, `{"fileId":%d}`, f.ID)}
		shared := must(tm.svc.Share(tm.ctx, tm.owner, slices.Repeat([]chat.Draft{d}, 20), chat.Places{RoomIDs: []int64{tm.general}}))(t)
		same(t, len(shared.Messages), 20)
		same(t, asked, 3)
		same(t, time.Since(began) < 20*time.Second, true)
	})
}

func TestLinksOfFilesEnd(t *testing.T) {
	tm := newTeam(t)
	f := tm.file(tm.owner, "hello")
	v := must(tm.bring(tm.owner, tm.general, "file", f.ID))(t)
	_, query, _ := strings.Cut(v.File.Link, "?")
	var expires, signature string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == chat.LinkExpires {
			expires = value
		} else {
			signature = value
		}
	}
	opens := func(id int64, expires, signature string, want bool) {
		t.Helper()
		same(t, tm.svc.FileLinkOpens(id, expires, signature), want)
	}
	opens(f.ID, expires, signature, true)
	opens(f.ID+1, expires, signature, false)
	opens(f.ID, expires+"0", signature, false)
	opens(f.ID, expires, signature[:42], false)
	opens(f.ID, "", "", false)
	tm.clock.pass(5 * time.Hour)
	opens(f.ID, expires, signature, true)
	tm.clock.pass(7 * time.Hour)
	opens(f.ID, expires, signature, false)
}
