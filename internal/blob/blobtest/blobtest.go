// Package blobtest is the suite that every store for files must pass.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"spika/internal/chat"
)

// Run checks that a store does all that the domain relies on. open makes a new,
// empty store, once for each test.
func Run(t *testing.T, open func(t testing.TB) chat.Blobs) {
	for name, test := range map[string]func(r *rig){
		"put and open":           testPutAndOpen,
		"put replaces":           testPutReplaces,
		"put needs the size":     testPutNeedsTheSize,
		"put that breaks":        testPutThatBreaks,
		"put of something big":   testPutOfSomethingBig,
		"seek":                   testSeek,
		"nothing there":          testNothingThere,
		"delete":                 testDelete,
		"list":                   testList,
		"list that is stopped":   testListThatIsStopped,
		"names":                  testNames,
		"end of the context":     testEndOfTheContext,
		"replaced while read":    testReplacedWhileRead,
		"many at once":           testManyAtOnce,
		"put and delete at once": testPutAndDeleteAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&rig{T: t, ctx: t.Context(), s: open(t)})
		})
	}
}

type rig struct {
	*testing.T
	ctx context.Context
	s   chat.Blobs
}

func (r *rig) put(name, content string) {
	r.Helper()
	if err := r.s.Put(r.ctx, name, strings.NewReader(content), int64(len(content))); err != nil {
		r.Fatalf("put %s: %v", name, err)
	}
}

// holds fails the test when a name has other content.
func (r *rig) holds(name, want string) {
	r.Helper()
	b := r.open(name)
	got, err := io.ReadAll(b)
	if err != nil || string(got) != want || b.Size() != int64(len(want)) {
		r.Errorf("%s holds %q of %d bytes (%v), want %q", name, short(got), b.Size(), err, short([]byte(want)))
	}
}

func (r *rig) open(name string) chat.Blob {
	r.Helper()
	b, err := r.s.Open(r.ctx, name)
	if err != nil {
		r.Fatalf("open %s: %v", name, err)
	}
	r.Cleanup(func() {
		if err := b.Close(); err != nil {
			r.Errorf("close %s: %v", name, err)
		}
	})
	return b
}

func (r *rig) names(prefix string) []string {
	r.Helper()
	var out []string
	err := r.s.List(r.ctx, prefix, func(i chat.BlobInfo) error {
		out = append(out, i.Name)
		return nil
	})
	if err != nil {
		r.Fatalf("list %q: %v", prefix, err)
	}
	slices.Sort(out)
	return out
}

func (r *rig) fails(doing string, err error, want chat.Code) {
	r.Helper()
	if err == nil || chat.CodeOf(err) != want {
		r.Errorf("%s: %v, want an error with code %d", doing, err, want)
	}
}

func short(b []byte) []byte { return b[:min(len(b), 60)] }

// Name gives the name of a file in a test, as the domain gives them.
func Name(n int) string { return fmt.Sprintf("files/%064x", n) }

func testPutAndOpen(r *rig) {
	for _, content := range []string{"", "a", "hello, world"} {
		r.put(Name(1), content)
		r.holds(Name(1), content)
	}
	r.put("chunks/upload-1/0", "chunk")
	r.holds("chunks/upload-1/0", "chunk")
	var buffer bytes.Buffer
	buffer.WriteString("no seeker")
	if err := r.s.Put(r.ctx, Name(2), iotest.OneByteReader(&buffer), 9); err != nil {
		r.Fatal(err)
	}
	r.holds(Name(2), "no seeker")
}

func testPutReplaces(r *rig) {
	r.put(Name(1), "first, and longer")
	r.put(Name(1), "second")
	r.holds(Name(1), "second")
	if got := r.names(""); len(got) != 1 {
		r.Errorf("there are %v", got)
	}
}

func testPutNeedsTheSize(r *rig) {
	r.put(Name(1), "before")
	for content, size := range map[string]int64{"short": 6, "longer": 5, "": 1, "something": 0} {
		r.fails(fmt.Sprintf("put %q as %d bytes", content, size), r.s.Put(r.ctx, Name(1), strings.NewReader(content), size), chat.Invalid)
		r.fails(fmt.Sprintf("put a new %q as %d bytes", content, size), r.s.Put(r.ctx, Name(2), strings.NewReader(content), size), chat.Invalid)
	}
	r.holds(Name(1), "before")
	if got := r.names(""); len(got) != 1 {
		r.Errorf("what failed left %v", got)
	}
}

func testPutThatBreaks(r *rig) {
	r.put(Name(1), "before")
	broken := errors.New("the sender went away")
	content := io.MultiReader(strings.NewReader("the beginn"), iotest.ErrReader(broken))
	if err := r.s.Put(r.ctx, Name(1), content, 100); !errors.Is(err, broken) || chat.CodeOf(err) == chat.Unavailable {
		r.Errorf("the error is %v, want that of the content", err)
	}
	r.holds(Name(1), "before")
	if got := r.names(""); len(got) != 1 {
		r.Errorf("what failed left %v", got)
	}
}

// big is more than a store sends in one piece.
const big = 17<<20 + 3

func testPutOfSomethingBig(r *rig) {
	content := bytes.Repeat([]byte("0123456789abcdef!"), big/17+1)[:big]
	if err := r.s.Put(r.ctx, Name(1), bytes.NewReader(content), big); err != nil {
		r.Fatal(err)
	}
	got, err := io.ReadAll(r.open(Name(1)))
	if err != nil || !bytes.Equal(got, content) {
		r.Fatalf("got %d bytes back, %v", len(got), err)
	}
	r.fails("put of something big that is short", r.s.Put(r.ctx, Name(2), bytes.NewReader(content), big+1), chat.Invalid)
	r.fails("put of something big that is longer", r.s.Put(r.ctx, Name(2), bytes.NewReader(content), big-1), chat.Invalid)
	if got := r.names(""); len(got) != 1 {
		r.Errorf("what failed left %v", got)
	}
}

func testSeek(r *rig) {
	r.put(Name(1), "0123456789")
	if err := iotest.TestReader(r.open(Name(1)), []byte("0123456789")); err != nil {
		r.Error(err)
	}
	b := r.open(Name(1))
	part := make([]byte, 2)
	for _, c := range []struct {
		offset int64
		whence int
		want   string
	}{{-3, io.SeekEnd, "78"}, {0, io.SeekStart, "01"}, {3, io.SeekCurrent, "56"}, {0, io.SeekCurrent, "78"}} {
		if _, err := b.Seek(c.offset, c.whence); err != nil {
			r.Fatal(err)
		}
		if _, err := io.ReadFull(b, part); err != nil || string(part) != c.want {
			r.Errorf("after seek %d from %d: %q, %v, want %q", c.offset, c.whence, part, err, c.want)
		}
	}
	if _, err := b.Seek(-1, io.SeekStart); err == nil {
		r.Error("one can seek before the beginning")
	}
	if at, err := b.Seek(100, io.SeekStart); err != nil || at != 100 {
		r.Errorf("seek behind the end: %d, %v", at, err)
	}
	if n, err := b.Read(part); n != 0 || !errors.Is(err, io.EOF) {
		r.Errorf("read behind the end: %d, %v", n, err)
	}
}

func testNothingThere(r *rig) {
	_, err := r.s.Open(r.ctx, Name(1))
	r.fails("open nothing", err, chat.NotFound)
	r.put("chunks/upload/0", "x")
	_, err = r.s.Open(r.ctx, "chunks/upload")
	r.fails("open what others are under", err, chat.NotFound)
	if err := r.s.Delete(r.ctx, "chunks/upload"); err != nil {
		r.Errorf("delete what others are under: %v", err)
	}
	r.holds("chunks/upload/0", "x")
}

func testDelete(r *rig) {
	r.put(Name(1), "one")
	r.put(Name(2), "two")
	for range 2 {
		if err := r.s.Delete(r.ctx, Name(1)); err != nil {
			r.Fatal(err)
		}
	}
	_, err := r.s.Open(r.ctx, Name(1))
	r.fails("open what was deleted", err, chat.NotFound)
	r.holds(Name(2), "two")
	r.put(Name(1), "again")
	r.holds(Name(1), "again")
}

func testList(r *rig) {
	all := []string{"chunks/a/0", "chunks/a/1", "chunks/ab/0", Name(1), Name(2), "single"}
	start := time.Now()
	for _, name := range all {
		r.put(name, name)
	}
	slices.Sort(all)
	for _, prefix := range []string{"", "chunks/", "chunks/a", "chunks/a/", "files/", "files/0000", "files/f", "none/", "single", "sing", "..", "../", "chunks/../"} {
		want := slices.DeleteFunc(slices.Clone(all), func(n string) bool { return !strings.HasPrefix(n, prefix) })
		if got := r.names(prefix); !slices.Equal(got, want) {
			r.Errorf("names with %q: %v, want %v", prefix, got, want)
		}
	}
	err := r.s.List(r.ctx, "files/", func(i chat.BlobInfo) error {
		if i.Size != int64(len(i.Name)) || i.Modified.Before(start.Add(-time.Minute)) || i.Modified.After(time.Now().Add(time.Minute)) {
			r.Errorf("%s has %d bytes since %v", i.Name, i.Size, i.Modified)
		}
		return nil
	})
	if err != nil {
		r.Error(err)
	}
}

func testListThatIsStopped(r *rig) {
	r.put(Name(1), "one")
	r.put(Name(2), "two")
	stop := errors.New("enough")
	calls := 0
	err := r.s.List(r.ctx, "", func(chat.BlobInfo) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		r.Errorf("%d calls, %v", calls, err)
	}
}

func testNames(r *rig) {
	for _, name := range []string{"", "../x", "files/../../x", "/etc/passwd", "files//x", "files/.hidden", "a/b/c/d/e", "files/x\x00"} {
		_, err := r.s.Open(r.ctx, name)
		r.fails(fmt.Sprintf("open %q", name), err, chat.Invalid)
		r.fails(fmt.Sprintf("put %q", name), r.s.Put(r.ctx, name, strings.NewReader("x"), 1), chat.Invalid)
		r.fails(fmt.Sprintf("delete %q", name), r.s.Delete(r.ctx, name), chat.Invalid)
	}
}

func testEndOfTheContext(r *rig) {
	r.put(Name(1), strings.Repeat("x", 1<<20))
	ctx, cancel := context.WithCancel(r.ctx)
	b, err := r.s.Open(ctx, Name(1))
	if err != nil {
		r.Fatal(err)
	}
	defer b.Close()
	if _, err := io.ReadFull(b, make([]byte, 10)); err != nil {
		r.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(b); !errors.Is(err, context.Canceled) {
		r.Errorf("read after the end: %v", err)
	}
	for doing, err := range map[string]error{
		"put":    r.s.Put(ctx, Name(2), strings.NewReader("x"), 1),
		"delete": r.s.Delete(ctx, Name(1)),
		"list":   r.s.List(ctx, "", func(chat.BlobInfo) error { return nil }),
	} {
		if !errors.Is(err, context.Canceled) || chat.CodeOf(err) == chat.Unavailable {
			r.Errorf("%s after the end: %v", doing, err)
		}
	}
	if got := r.names(""); len(got) != 1 {
		r.Errorf("there are %v", got)
	}
}

// testReplacedWhileRead holds the promise that a reader never gets a mixture.
func testReplacedWhileRead(r *rig) {
	const size = 1 << 20
	for name, change := range map[string]func(){
		Name(1): func() { r.put(Name(1), strings.Repeat("b", size)) },
		Name(2): func() { _ = r.s.Delete(r.ctx, Name(2)) },
	} {
		r.put(name, strings.Repeat("a", size))
		b := r.open(name)
		begin := make([]byte, 10)
		if _, err := io.ReadFull(b, begin); err != nil {
			r.Fatal(err)
		}
		change()
		if _, err := b.Seek(size/2, io.SeekStart); err != nil {
			r.Fatal(err)
		}
		rest, err := io.ReadAll(b)
		if err == nil && string(rest) != strings.Repeat("a", size/2) {
			r.Errorf("%s: read %d bytes, %q…, after %q", name, len(rest), short(rest), begin)
		}
		if strings.Contains(string(rest), "b") {
			r.Errorf("%s: what was read is a mixture", name)
		}
	}
}

func testManyAtOnce(r *rig) {
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			content := strings.Repeat(fmt.Sprint(i), 10_000)
			for _, name := range []string{Name(100 + i), "files/same"} {
				if err := r.s.Put(r.ctx, name, strings.NewReader(content), int64(len(content))); err != nil {
					r.Error(err)
				}
			}
		})
	}
	running.Wait()
	for i := range 8 {
		r.holds(Name(100+i), strings.Repeat(fmt.Sprint(i), 10_000))
	}
	got, err := io.ReadAll(r.open("files/same"))
	if err != nil || len(got) != 10_000 || len(bytes.Trim(got, string(got[:1]))) > 0 {
		r.Errorf("puts of one name made a mixture of %d bytes, %v", len(got), err)
	}
}

// testPutAndDeleteAtOnce is about folders that empty while they are filled.
func testPutAndDeleteAtOnce(r *rig) {
	var running sync.WaitGroup
	for i := range 2 {
		running.Go(func() {
			name := fmt.Sprintf("chunks/upload/%d", i)
			for range 30 {
				if err := r.s.Put(r.ctx, name, strings.NewReader("x"), 1); err != nil {
					r.Error(err)
				}
				if err := r.s.Delete(r.ctx, name); err != nil {
					r.Error(err)
				}
			}
		})
	}
	running.Wait()
	if got := r.names(""); len(got) != 0 {
		r.Errorf("left are %v", got)
	}
}
