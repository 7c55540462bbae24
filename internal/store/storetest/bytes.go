package storetest

import (
	"context"
	"fmt"

	"spika/internal/chat"
)

func bytesAreCounted(r *rig) {
	ann, ben := r.person("Ann"), r.person("Ben")
	is(r, int64(0))(r.s.BytesOf(r.ctx, ann.ID))
	is(r, int64(0))(r.s.BytesOfAll(r.ctx))
	for id, who := range []chat.User{ann, ann, ben} {
		r.file(who, int64(id+1), func(f *chat.File) { f.Size = 5 })
	}
	up := r.upload(ann, "1")
	up.Bytes = 100
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUpload(ctx, up) })
	is(r, int64(110))(r.s.BytesOf(r.ctx, ann.ID))
	is(r, int64(5))(r.s.BytesOf(r.ctx, ben.ID))
	is(r, int64(115))(r.s.BytesOfAll(r.ctx))
}

func bytesAreTakenOff(r *rig) {
	ann, ben := r.person("Ann"), r.person("Ben")
	r.file(ben, 1, func(f *chat.File) { f.Size = 7 })
	f := r.file(ann, 2, func(f *chat.File) { f.Size = 5 })
	up := r.upload(ann, "1")
	for _, step := range []struct {
		change func(ctx context.Context, tx chat.Tx) error
		want   int64
	}{
		{func(ctx context.Context, tx chat.Tx) error { up.Bytes = 100; return tx.UpdateUpload(ctx, up) }, 105},
		{func(ctx context.Context, tx chat.Tx) error { up.Bytes = 30; return tx.UpdateUpload(ctx, up) }, 35},
		{func(ctx context.Context, tx chat.Tx) error { up.Hash = hash; return tx.UpdateUpload(ctx, up) }, 35},
		{func(ctx context.Context, tx chat.Tx) error { return tx.DeleteFile(ctx, f.ID) }, 30},
		{func(ctx context.Context, tx chat.Tx) error { return tx.DeleteFile(ctx, f.ID) }, 30}, // it is gone already
		{func(ctx context.Context, tx chat.Tx) error { return dropUpload(ctx, tx, up) }, 0},
		{func(ctx context.Context, tx chat.Tx) error { return dropUpload(ctx, tx, up) }, 0},
		{func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUpload(ctx, up) }, 0},
	} {
		r.change(step.change)
		is(r, step.want)(r.s.BytesOf(r.ctx, ann.ID))
		is(r, step.want+7)(r.s.BytesOfAll(r.ctx))
	}
}

// bytesTakenBack: a change that stored some and then failed.
func bytesTakenBack(r *rig) {
	ann := r.person("Ann")
	r.file(ann, 1, func(f *chat.File) { f.Size = 5 })
	err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		if err := tx.DeleteFile(ctx, 1); err != nil {
			return err
		}
		if _, err := tx.CreateUpload(ctx, chat.Upload{UserID: ann.ID, ClientID: "1", Bytes: 100}); err != nil {
			return err
		}
		if err := isNow(int64(100))(tx.BytesOf(ctx, ann.ID)); err != nil {
			return err
		}
		return chat.Errorf(chat.TooLarge, "refused")
	})
	if chat.CodeOf(err) != chat.TooLarge {
		r.Fatal(err)
	}
	is(r, int64(5))(r.s.BytesOf(r.ctx, ann.ID))
	is(r, int64(5))(r.s.BytesOfAll(r.ctx))
}

// bytesAreCountedTogether: each finishes an upload, and deletes every other file.
func bytesAreCountedTogether(r *rig) {
	people := []chat.User{r.person("Ann"), r.person("Ben"), r.person("Cy")}
	stores := []Store{r.s, r.open(r, nil)}
	const n = 60
	r.together(n, func(i int) error { return storeBytes(r.ctx, stores[i/3%2], people[i%3], int64(i+1)) })
	var want [3]int64
	for i := range int64(n) {
		if i%2 == 0 {
			want[i%3] += i + 1
		}
	}
	for i, who := range people {
		is(r, want[i])(stores[i%2].BytesOf(r.ctx, who.ID))
	}
	is(r, want[0]+want[1]+want[2])(stores[1].BytesOfAll(r.ctx))
}

// storeBytes uploads a file of as many bytes as its id says, and deletes it again
// when they are even.
func storeBytes(ctx context.Context, s Store, who chat.User, id int64) error {
	var up chat.Upload
	for _, change := range []func(ctx context.Context, tx chat.Tx) error{
		func(ctx context.Context, tx chat.Tx) (err error) {
			up, err = tx.CreateUpload(ctx, chat.Upload{UserID: who.ID, ClientID: fmt.Sprint(id), Bytes: 1})
			return err
		},
		func(ctx context.Context, tx chat.Tx) error {
			up.Bytes = id
			return tx.UpdateUpload(ctx, up)
		},
		func(ctx context.Context, tx chat.Tx) error {
			if err := dropUpload(ctx, tx, up); err != nil {
				return err
			}
			_, err := tx.CreateFile(ctx, chat.File{ID: id, UserID: who.ID, Size: id, Hash: hash})
			return err
		},
		func(ctx context.Context, tx chat.Tx) error {
			if id%2 == 1 {
				return nil
			}
			return tx.DeleteFile(ctx, id)
		},
	} {
		if err := s.Update(ctx, change); err != nil {
			return err
		}
	}
	return nil
}
