package storetest

import (
	"context"
	"strings"

	"spika/internal/chat"
)

func fileTests() []test {
	return []test{
		{"a file is kept whole", filesAreKept},
		{"a file is used by what refers to it", filesAreUsed},
		{"a file is shown to who sees a message with it", filesAreShown},
		{"unused files are found", unusedFiles},
		{"an upload is kept, changed and deleted", uploadsAreKept},
		{"uploads are counted and found when they are stale", uploadsGoStale},
		{"bytes are counted by uploader and in all", bytesAreCounted},
		{"bytes that go are not counted any more", bytesAreTakenOff},
		{"bytes of what is taken back are not counted", bytesTakenBack},
		{"bytes are counted while several processes store and delete some", bytesAreCountedTogether},
		{"bytes are used by files and by uploads being put together", hashesAreUsed},
		{"dropped bytes are taken once, and again when the time is up", droppedBlobs},
	}
}

var hash = strings.Repeat("0a", 32)

// file stores a file; mend changes it before.
func (r *rig) file(owner chat.User, id int64, mend ...func(*chat.File)) chat.File {
	r.Helper()
	f := chat.File{
		ID: id, UserID: owner.ID, Name: `Grüße "🚨".png`, Mime: "image/png", Shown: "image/png", Type: "image", Size: 1 << 40, Hash: hash,
		Relation: 5, Meta: chat.FileMeta{Duration: 1, Width: 2, Height: 3},
	}
	for _, m := range mend {
		m(&f)
	}
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.File, error) { return tx.CreateFile(ctx, f) })
}

func filesAreKept(r *rig) {
	ann := r.person("Ann")
	f := r.file(ann, chat.MaxFileID, func(f *chat.File) { f.ClientID = "1" })
	made, other := r.file(ann, 1), r.file(ann, 2)
	if f.Created == 0 {
		r.Fatal("a new file has no moment")
	}
	is(r, f)(r.s.File(r.ctx, f.ID))
	is(r, f)(r.s.FileByClientID(r.ctx, ann.ID, "1"))
	_, err := r.s.FileByClientID(r.ctx, ann.ID+1, "1")
	missing(r, err)
	_, err = r.s.FileByClientID(r.ctx, ann.ID, "") // files the server made have none
	missing(r, err)
	same(r, len(got[[]chat.File](r)(r.s.Files(r.ctx, []int64{f.ID, made.ID, 3}))), 2)
	is(r, []chat.File(nil))(r.s.Files(r.ctx, nil))
	r.change(func(ctx context.Context, tx chat.Tx) error {
		f.ThumbID, f.Meta.Width, f.Meta.Height = made.ID, 7, 8
		if err := tx.SetThumb(ctx, f); err != nil {
			return err
		}
		return isNow(f)(tx.File(ctx, f.ID))
	})
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteFile(ctx, f.ID) })
	_, err = r.s.File(r.ctx, f.ID)
	missing(r, err)
	is(r, other)(r.s.File(r.ctx, other.ID))
	_, err = r.s.File(r.ctx, 1<<62)
	missing(r, err)
}

// bring posts a message with files.
func (r *rig) bring(room chat.Room, from chat.User, file, thumb int64) chat.Message {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Message, error) {
		return tx.AppendMessage(ctx, chat.Message{RoomID: room.ID, FromUser: from.ID, Type: "image", Body: []byte("{}"), FileID: file, ThumbID: thumb})
	})
}

func filesAreUsed(r *rig) {
	ann := r.person("Ann")
	room := r.room("Ops", ann)
	is(r, false)(r.s.FileUsed(r.ctx, 0))
	for id, use := range map[int64]func(id int64){
		1: func(id int64) { r.bring(room, ann, id, 0) },
		2: func(id int64) { r.bring(room, ann, 0, id) },
		3: func(id int64) { r.file(ann, 33, func(f *chat.File) { f.ThumbID = id }) },
		4: func(id int64) {
			ann.AvatarID = id
			r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUser(ctx, ann) })
		},
		5: func(id int64) {
			ann.CoverID = id
			r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUser(ctx, ann) })
		},
		6: func(id int64) {
			r.change(func(ctx context.Context, tx chat.Tx) error {
				now, err := tx.Room(ctx, room.ID)
				if err != nil {
					return err
				}
				now.AvatarID = id
				return tx.UpdateRoom(ctx, now)
			})
		},
	} {
		is(r, false)(r.s.FileUsed(r.ctx, id))
		use(id)
		is(r, true)(r.s.FileUsed(r.ctx, id))
		is(r, id > 3)(r.s.FileIsFace(r.ctx, id))
	}
	m := r.bring(room, ann, 7, 8)
	m.FileID, m.ThumbID = 0, 0
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.UpdateMessage(ctx, m); err != nil {
			return err
		}
		return isNow(false)(tx.FileUsed(ctx, 7))
	})
	is(r, false)(r.s.FileUsed(r.ctx, 8))
	is(r, m)(r.s.Message(r.ctx, m.ID))
}

func filesAreShown(r *rig) {
	ann, ben, late := r.person("Ann"), r.person("Ben"), r.person("Cy")
	room := r.room("Ops", ann, ben)
	m := r.bring(room, ann, 1, 2)
	r.enter(room, late)
	for _, id := range []int64{1, 2} {
		is(r, true)(r.s.FileShownTo(r.ctx, id, ben.ID))
		is(r, false)(r.s.FileShownTo(r.ctx, id, late.ID))
	}
	is(r, false)(r.s.FileShownTo(r.ctx, 0, ben.ID))
	is(r, false)(r.s.FileShownTo(r.ctx, 3, ben.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error {
		return tx.Hide(ctx, chat.Hidden{UserID: ben.ID, MessageID: m.ID, RoomID: room.ID, N: m.N, Kind: chat.DeletedForOne, At: tx.Stamp()})
	})
	is(r, false)(r.s.FileShownTo(r.ctx, 1, ben.ID))
	is(r, true)(r.s.FileShownTo(r.ctx, 1, ann.ID))
}

func unusedFiles(r *rig) {
	ann := r.person("Ann")
	room := r.room("Ops", ann)
	first, second, used := r.file(ann, 10), r.file(ann, 20), r.file(ann, 30)
	r.bring(room, ann, used.ID, 0)
	later := used.Created + 1
	is(r, []chat.File{first, second})(r.s.UnusedFiles(r.ctx, later, 0, 10))
	is(r, []chat.File{first})(r.s.UnusedFiles(r.ctx, later, 0, 1))
	is(r, []chat.File{second})(r.s.UnusedFiles(r.ctx, later, first.ID, 10))
	is(r, []chat.File{first})(r.s.UnusedFiles(r.ctx, second.Created, 0, 10))
}

func (r *rig) upload(owner chat.User, clientID string) chat.Upload {
	r.Helper()
	return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Upload, error) {
		return tx.CreateUpload(ctx, chat.Upload{UserID: owner.ID, ClientID: clientID})
	})
}

func dropUpload(ctx context.Context, tx chat.Tx, up chat.Upload) error {
	_, err := tx.DeleteUpload(ctx, up.ID)
	return err
}

func uploadsAreKept(r *rig) {
	ann, ben := r.person("Ann"), r.person("Ben")
	up, other := r.upload(ann, "1"), r.upload(ben, "1")
	is(r, up)(r.s.Upload(r.ctx, ann.ID, "1"))
	r.change(func(ctx context.Context, tx chat.Tx) error {
		for _, c := range []chat.Chunk{{UploadID: up.ID, N: 3, Size: 5, Copy: 8}, {UploadID: up.ID, N: 0, Size: 7}, {UploadID: up.ID, N: 3, Size: 6, Copy: 1 << 62}, {UploadID: other.ID, N: 1, Size: 1}} {
			if err := tx.PutChunk(ctx, c); err != nil {
				return err
			}
		}
		up.Bytes, up.Hash, up.Modified = 13, hash, tx.Stamp()
		return tx.UpdateUpload(ctx, up)
	})
	is(r, up)(r.s.Upload(r.ctx, ann.ID, "1"))
	is(r, []chat.Chunk{{UploadID: up.ID, N: 0, Size: 7}, {UploadID: up.ID, N: 3, Size: 6, Copy: 1 << 62}})(r.s.Chunks(r.ctx, up.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteChunk(ctx, up.ID, 0) })
	is(r, []chat.Chunk{{UploadID: up.ID, N: 3, Size: 6, Copy: 1 << 62}})(r.s.Chunks(r.ctx, up.ID))
	is(r, chat.Chunk{UploadID: up.ID, N: 3, Size: 6, Copy: 1 << 62})(r.s.Chunk(r.ctx, up.ID, 3))
	for _, none := range []chat.Chunk{{UploadID: up.ID, N: 0}, {UploadID: other.ID, N: 3}} {
		_, err := r.s.Chunk(r.ctx, none.UploadID, none.N)
		missing(r, err)
	}
	r.change(func(ctx context.Context, tx chat.Tx) error {
		return isNow([]chat.Chunk{{UploadID: up.ID, N: 3, Size: 6, Copy: 1 << 62}})(tx.DeleteUpload(ctx, up.ID))
	})
	_, err := r.s.Upload(r.ctx, ann.ID, "1")
	missing(r, err)
	_, err = r.s.Chunk(r.ctx, up.ID, 3)
	missing(r, err)
	is(r, []chat.Chunk(nil))(r.s.Chunks(r.ctx, up.ID))
	same(r, len(got[[]chat.Chunk](r)(r.s.Chunks(r.ctx, other.ID))), 1)
	if again := r.upload(ann, "1"); again.ID <= other.ID {
		r.Errorf("the id %d is used again: chunks bear it", again.ID)
	}
}

func uploadsGoStale(r *rig) {
	ann := r.person("Ann")
	a, b, c := r.upload(ann, "a"), r.upload(ann, "b"), r.upload(ann, "c")
	r.change(func(ctx context.Context, tx chat.Tx) error {
		a.Modified = tx.Stamp()
		return tx.UpdateUpload(ctx, a)
	})
	is(r, int64(3))(r.s.UploadCount(r.ctx, ann.ID))
	is(r, int64(0))(r.s.UploadCount(r.ctx, ann.ID+1))
	is(r, []chat.Upload{b, c})(r.s.StaleUploads(r.ctx, a.Modified, 10))
	is(r, []chat.Upload{b})(r.s.StaleUploads(r.ctx, a.Modified+1, 1))
}

func hashesAreUsed(r *rig) {
	ann := r.person("Ann")
	is(r, false)(r.s.HashUsed(r.ctx, hash))
	up := r.upload(ann, "1")
	is(r, false)(r.s.HashUsed(r.ctx, ""))
	up.Hash = hash
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUpload(ctx, up) })
	is(r, true)(r.s.HashUsed(r.ctx, hash))
	r.change(func(ctx context.Context, tx chat.Tx) error { return dropUpload(ctx, tx, up) })
	is(r, false)(r.s.HashUsed(r.ctx, hash))
	r.file(ann, 1)
	is(r, true)(r.s.HashUsed(r.ctx, hash))
}

func droppedBlobs(r *rig) {
	is(r, chat.Time(0))(r.s.DroppedBlob(r.ctx, hash))
	at := stored(r, func(ctx context.Context, tx chat.Tx) (chat.Time, error) { return tx.Stamp(), tx.DropBlob(ctx, hash) })
	is(r, at)(r.s.DroppedBlob(r.ctx, hash))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropBlob(ctx, hash) })
	is(r, at)(r.s.DroppedBlob(r.ctx, hash))
	lease := func(until func(chat.Time) chat.Time) []string {
		return stored(r, func(ctx context.Context, tx chat.Tx) ([]string, error) {
			return tx.LeaseDropped(ctx, until(tx.Stamp()), 10)
		})
	}
	same(r, lease(func(now chat.Time) chat.Time { return now + 1 }), []string{hash})
	same(r, lease(func(now chat.Time) chat.Time { return now + 1_000_000 }), []string{hash})
	same(r, lease(func(now chat.Time) chat.Time { return now }), nil)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.ForgetDropped(ctx, hash) })
	is(r, chat.Time(0))(r.s.DroppedBlob(r.ctx, hash))
}
