package chat_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"spika/internal/chat"
	"spika/internal/store/storetest"
)

// content gives all bytes of a file.
func (tm *team) content(id int64) string {
	tm.Helper()
	_, b, err := tm.svc.Download(tm.ctx, id)
	tm.ok(err)
	defer b.Close()
	return string(must(io.ReadAll(b))(tm))
}

// together runs several at once, on two nodes, and fails the test when one fails
// with another code than those that are meant to come up.
func (tm *team) together(other *chat.Service, n int, run func(svc *chat.Service, i int) error, fine ...chat.Code) {
	tm.Helper()
	failures := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			err := run([]*chat.Service{tm.svc, other}[i%2], i)
			if err != nil && !slices.Contains(fine, chat.CodeOf(err)) {
				failures[i] = err
			}
		})
	}
	all.Wait()
	tm.ok(errors.Join(failures...))
}

// agree checks that an upload's bytes are those that are noted and counted, and no
// others, and that each chunk is one of those sent, whole.
func (tm *team) agree(user int64, clientID string, sent []string) {
	tm.Helper()
	up := must(tm.store.Upload(tm.ctx, user, clientID))(tm)
	var names []string
	size := int64(0)
	for _, c := range must(tm.store.Chunks(tm.ctx, up.ID))(tm) {
		name := fmt.Sprintf("chunks/%d/%d-%d", up.ID, c.N, c.Copy)
		b := must(tm.blobs.Open(tm.ctx, name))(tm)
		content := string(must(io.ReadAll(b))(tm))
		tm.ok(b.Close())
		if int64(len(content)) != c.Size || !slices.Contains(sent, content) {
			tm.Errorf("chunk %d of %d bytes is %q", c.N, c.Size, content)
		}
		names, size = append(names, name), size+c.Size
	}
	same(tm, tm.names("chunks/"), inOrder(names...))
	same(tm, up.Bytes, size)
	same(tm, must(tm.store.BytesOf(tm.ctx, user))(tm), size)
	same(tm, must(tm.store.BytesOfAll(tm.ctx))(tm), size)
}

// lines gives texts of different lengths, none of which is made of another's
// letters.
func lines(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Repeat(string(rune('a'+i)), i+1)
	}
	return out
}

// onEach runs a test of uploads on each database, with a second node.
func onEach(t *testing.T, run func(tm *team, other *chat.Service)) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			tm := openServerOn(t, url, func(o *chat.Options) { o.Files.Quota = 1 << 30 }).founded()
			second := *tm
			second.store = openStore(t, url, tm.clock)
			run(tm, second.node())
		})
	}
}

// TestChunksOfTheSameNumberRace: one of them is kept, with its own size.
func TestChunksOfTheSameNumberRace(t *testing.T) {
	onEach(t, func(tm *team, other *chat.Service) {
		me, sent := tm.owner.User.ID, lines(24)
		for range 5 {
			tm.together(other, len(sent), func(svc *chat.Service, i int) error {
				_, err := svc.PutChunk(tm.ctx, me, chat.NewChunk{ClientID: "1", N: int64(i % 3), Content: []byte(sent[i])})
				return err
			})
			tm.agree(me, "1", sent)
		}
	})
}

// TestChunksRaceWithFinishing: the file is one of those sent, or there is none.
func TestChunksRaceWithFinishing(t *testing.T) {
	onEach(t, func(tm *team, other *chat.Service) {
		me, sent := tm.owner.User.ID, lines(12)
		for round := range 5 {
			id := fmt.Sprint(round)
			tm.together(other, 2*len(sent), func(svc *chat.Service, i int) error {
				content := sent[i/2]
				_, err := svc.PutChunk(tm.ctx, me, chat.NewChunk{ClientID: id, Content: []byte(content)})
				if err == nil && i%4 < 2 {
					_, err = svc.FinishUpload(tm.ctx, me, newFile(id, "text/plain", content))
				}
				return err
			}, chat.Invalid, chat.Conflict, chat.Incomplete, chat.Mismatch, chat.Unavailable)
			f, err := tm.store.FileByClientID(tm.ctx, me, id)
			if chat.IsNotFound(err) {
				tm.agree(me, id, sent)
				tm.ok(tm.send(me, id, 0, sent[round]))
				f, err = tm.svc.FinishUpload(tm.ctx, me, newFile(id, "text/plain", sent[round]))
			}
			tm.ok(err)
			content := tm.content(f.ID)
			same(tm, blobOf(content), "files/"+f.Hash)
			same(tm, slices.Contains(sent, content), true)
			same(tm, int64(len(content)), f.Size)
			same(tm, tm.names("chunks/"), nil)
			same(tm, must(tm.store.BytesOfAll(tm.ctx))(tm), f.Size)
			tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.DeleteFile(ctx, f.ID) }))
		}
	})
}

// TestNobodyGetsBytesTheyDoNotHave: a race must not pass for the content of a file
// of which one knows only hash and size.
func TestNobodyGetsBytesTheyDoNotHave(t *testing.T) {
	tm := newTeam(t)
	_ = tm.file(tm.owner, "hello")
	thief := tm.joins("Eve").User.ID
	tm.meanwhile(func() { tm.ok(tm.send(thief, "1", 0, "h")) })
	tm.ok(tm.send(thief, "1", 0, "12345"))
	_, err := tm.svc.FinishUpload(tm.ctx, thief, newFile("1", "text/plain", "hello"))
	tm.fails(err, chat.Mismatch)
	for _, broken := range []string{"h", "hello!"} { // on a disk that somebody else writes to
		tm.ok(tm.send(thief, "1", 0, "12345"))
		tm.ok(tm.blobs.Put(tm.ctx, tm.names("chunks/")[0], strings.NewReader(broken), int64(len(broken))))
		_, err = tm.svc.FinishUpload(tm.ctx, thief, newFile("1", "text/plain", "hello"))
		tm.fails(err, chat.Mismatch)
	}
}

// TestChunksOfEarlierVersionsAreUsed: their bytes have another name.
func TestChunksOfEarlierVersionsAreUsed(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	tm.ok(tm.send(me, "1", 1, "lo"))
	up := must(tm.store.Upload(tm.ctx, me, "1"))(t)
	old := fmt.Sprintf("chunks/%d/0", up.ID)
	tm.ok(tm.blobs.Put(tm.ctx, old, strings.NewReader("hel"), 3))
	tm.ok(tm.store.Update(tm.ctx, func(ctx context.Context, tx chat.Tx) error {
		up.Bytes += 3
		return errors.Join(tx.PutChunk(ctx, chat.Chunk{UploadID: up.ID, N: 0, Size: 3}), tx.UpdateUpload(ctx, up))
	}))
	tm.ok(tm.svc.SweepBlobs(tm.ctx))
	same(t, len(tm.names("chunks/")), 2)
	f := newFile("1", "text/plain", "hello")
	f.Total = 2
	same(t, tm.content(must(tm.svc.FinishUpload(tm.ctx, me, f))(t).ID), "hello")
	same(t, tm.names("chunks/"), nil)
}

// TestFinishingWhileAChunkComesAgain: what was read of the former copy is not mixed
// with the new one, which stays.
func TestFinishingWhileAChunkComesAgain(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	tm.ok(tm.send(me, "1", 0, "other"))
	tm.blobs.open = func(name string) {
		if strings.HasPrefix(name, "chunks/") {
			tm.blobs.open = nil
			tm.ok(tm.send(me, "1", 0, "hello"))
		}
	}
	_, err := tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello"))
	tm.fails(err, chat.Unavailable, "came again just now")
	same(t, tm.content(must(tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello")))(t).ID), "hello")
}
