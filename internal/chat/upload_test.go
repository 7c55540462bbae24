package chat_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"spika/internal/chat"
)

// send sends a chunk.
func (tm *team) send(user int64, clientID string, n int64, content string) error {
	_, err := tm.svc.PutChunk(tm.ctx, user, chat.NewChunk{ClientID: clientID, N: n, Content: []byte(content)})
	return err
}

// limited gives a team with other limits of files.
func limited(t *testing.T, size, quota, all int64) *team {
	t.Helper()
	return newTeam(t, func(o *chat.Options) { o.Files.MaxSize, o.Files.Quota, o.Files.QuotaOfAll = size, quota, all })
}

// meanwhile has something happen once the next bytes are stored and before that is
// noted.
func (tm *team) meanwhile(happens func()) {
	tm.blobs.put = func(string) error {
		tm.blobs.put = nil
		happens()
		return nil
	}
}

// TestRefusedChunksLeaveNothing: neither beyond the size of a file, nor beyond what
// one or all may have.
func TestRefusedChunksLeaveNothing(t *testing.T) {
	for name, most := range map[string][3]int64{"size": {10, 0, 0}, "quota": {100, 10, 0}, "all": {100, 0, 10}} {
		t.Run(name, func(t *testing.T) {
			tm := limited(t, most[0], most[1], most[2])
			me := tm.owner.User.ID
			tm.ok(tm.send(me, "1", 0, "123456"))
			kept := tm.names("chunks/")
			for n := range int64(5) {
				tm.fails(tm.send(me, "1", n+1, "12345"), chat.TooLarge)
			}
			same(t, tm.names("chunks/"), kept)
			tm.fails(tm.send(me, "2", 0, "12345678901"), chat.TooLarge)
			_, err := tm.svc.UploadedChunks(tm.ctx, me, "2")
			tm.fails(err, chat.NotFound) // it was not begun
			same(t, tm.names("chunks/"), kept)
			tm.ok(tm.send(me, "1", 1, "7890")) // up to the last byte
			same(t, must(tm.store.BytesOf(tm.ctx, me))(t), 10)
		})
	}
}

// TestReplacedChunksCountOnce: what takes a chunk's place adds the difference, and
// what is refused does not touch the chunk.
func TestReplacedChunksCountOnce(t *testing.T) {
	tm := limited(t, 10, 10, 10)
	me := tm.owner.User.ID
	for _, content := range []string{"12345678", "1234567890", "123", "hello"} {
		tm.ok(tm.send(me, "1", 0, content))
		same(t, must(tm.store.BytesOf(tm.ctx, me))(t), int64(len(content)))
	}
	tm.fails(tm.send(me, "1", 0, "12345678901"), chat.TooLarge)
	f := must(tm.svc.FinishUpload(tm.ctx, me, newFile("1", "text/plain", "hello")))(t)
	_, b, err := tm.svc.Download(tm.ctx, f.ID)
	tm.ok(err)
	defer b.Close()
	same(t, string(must(io.ReadAll(b))(t)), "hello")
}

// TestChunksRefusedWhenNotedLeaveNothing: another one came first, and whoever sent
// them may be gone.
func TestChunksRefusedWhenNotedLeaveNothing(t *testing.T) {
	tm := limited(t, 10, 0, 0)
	me := tm.owner.User.ID
	tm.meanwhile(func() { tm.ok(tm.send(me, "1", 0, "12345678")) })
	tm.fails(tm.send(me, "1", 1, "123"), chat.TooLarge)
	same(t, len(tm.names("chunks/")), 1)
	tm.ok(tm.send(me, "1", 1, "1"))
	ctx, leave := context.WithCancel(tm.ctx)
	tm.meanwhile(leave)
	if _, err := tm.svc.PutChunk(ctx, me, chat.NewChunk{ClientID: "1", N: 2, Content: []byte("1")}); err == nil {
		t.Error("kept for one who is gone")
	}
	same(t, len(tm.names("chunks/")), 2)
	tm.meanwhile(func() { tm.ok(tm.send(me, "1", 2, "1")) })
	tm.fails(tm.send(me, "1", 1, "12"), chat.TooLarge) // what was there stays
	same(t, must(tm.svc.UploadedChunks(tm.ctx, me, "1"))(t), []int64{0, 1, 2})
	same(t, len(tm.names("chunks/")), 3)
	same(t, must(tm.store.BytesOf(tm.ctx, me))(t), 10)
}

// TestChunkBytesThatNoRowKnowsAreSwept: also while their upload goes on.
func TestChunkBytesThatNoRowKnowsAreSwept(t *testing.T) {
	tm := newTeam(t)
	me := tm.owner.User.ID
	tm.ok(tm.send(me, "1", 0, "hello"))
	kept := tm.names("chunks/")
	tm.blobs.put = func(string) error { return errors.New("crash") }
	if err := tm.send(me, "1", 1, "lost"); err == nil {
		t.Fatal("kept in spite of the crash")
	}
	tm.blobs.put = nil
	tm.ok(tm.blobs.Put(tm.ctx, "chunks/README.txt", strings.NewReader("not ours"), 8))
	same(t, len(tm.names("chunks/")), 3)
	tm.ok(tm.svc.SweepBlobs(tm.ctx))
	same(t, tm.names("chunks/"), append(kept, "chunks/README.txt"))
}

// narrow is a store that does not list chunks while it writes.
type narrow struct{ chat.Store }

func (s narrow) Update(ctx context.Context, change func(ctx context.Context, tx chat.Tx) error) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx chat.Tx) error { return change(ctx, narrowTx{tx}) })
}

type narrowTx struct{ chat.Tx }

func (narrowTx) Chunks(context.Context, int64) ([]chat.Chunk, error) {
	return nil, errors.New("all chunks of an upload are read while everyone's writes wait")
}

// TestChunksAreKeptWithoutReadingTheOthers: there can be very many of them.
func TestChunksAreKeptWithoutReadingTheOthers(t *testing.T) {
	tm := newTeam(t)
	sealer := must(chat.NewSealer(make([]byte, chat.MasterKeyLen)))(t)
	tm.svc = chat.NewService(narrow{tm.store}, tm.clock.now, tm.passwords, sealer, tm.opts)
	me := tm.owner.User.ID
	tm.ok(tm.send(me, "1", 2, "33"))
	same(t, must(tm.svc.PutChunk(tm.ctx, me, chat.NewChunk{ClientID: "1", N: 0, Content: []byte("1")}))(t), []int64{0, 2})
	same(t, must(tm.store.Upload(tm.ctx, me, "1"))(t).Bytes, 3)
}
