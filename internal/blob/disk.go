package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"spika/internal/chat"
)

// Disk keeps blobs as files in a folder. Several processes can use one folder.
type Disk struct {
	root *os.Root
}

var (
	_ chat.Blobs   = (*Disk)(nil)
	_ chat.Sweeper = (*Disk)(nil)
)

// Files that are being written are here, and get their name when they are
// whole. No blob's name begins with a dot.
const unfinished = ".tmp"

// leftOver is the age from which an unfinished file is that of a process that
// ended: one that is being written changes all the time.
const leftOver = time.Hour

// OpenDisk opens a folder, makes it when it is not there, for this user alone,
// and removes what crashed processes left unfinished. Close it when done.
func OpenDisk(folder string) (*Disk, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for files cannot be made: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("the folder for files cannot be opened: %w", err)
	}
	d := &Disk{root: root}
	if err := d.Sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("the folder for files cannot be used: %w", err), root.Close())
	}
	return d, nil
}

// Close closes the folder. Open blobs stay open.
func (d *Disk) Close() error { return d.root.Close() }

// Sweep implements chat.Sweeper.
func (d *Disk) Sweep() error {
	if err := d.root.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	entries, err := fs.ReadDir(d.root.FS(), unfinished)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > leftOver {
			_ = d.root.Remove(path.Join(unfinished, e.Name())) // the next sweep tries again
		}
	}
	return err
}

// place gives the path of a blob: its name with one folder more, called by the
// first two characters of the second part, so that no folder gets too many
// files.
func place(name string) (string, error) {
	if err := chat.CheckBlobName(name); err != nil {
		return "", err
	}
	return pathOf(name), nil
}

func pathOf(name string) string {
	first, rest, more := strings.Cut(name, "/")
	if !more {
		return name
	}
	return first + "/" + rest[:min(2, len(rest))] + "/" + rest
}

// nameAt gives the name of the blob at a path.
func nameAt(p string) string {
	parts := strings.Split(p, "/")
	if len(parts) > 2 {
		parts = append(parts[:1], parts[2:]...)
	}
	return strings.Join(parts, "/")
}

// Put is part of chat.Blobs. The bytes are flushed, then the name is, with all
// folders that lead to it.
func (d *Disk) Put(ctx context.Context, name string, content io.Reader, size int64) error {
	at, err := place(name)
	if err != nil {
		return err
	}
	temp := path.Join(unfinished, rand.Text())
	in := &exact{ctx: ctx, content: content, left: size}
	err = d.write(temp, in)
	if err == nil {
		err = d.publish(temp, at)
	}
	if err != nil {
		_ = d.root.Remove(temp) // swept later if it stays
	}
	if cause := in.broke(); cause != nil {
		return fmt.Errorf("put %s: %w", name, cause)
	}
	return trouble("put", name, err)
}

func (d *Disk) write(temp string, in io.Reader) error {
	f, err := d.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// publish gives a whole file its name.
func (d *Disk) publish(temp, at string) error {
	var err error
	for range tries {
		err = d.root.MkdirAll(path.Dir(at), 0o700)
		if err == nil {
			err = d.root.Rename(temp, at)
		}
		// Making folders says that there is one when it goes between the try and the look.
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	for p := at; err == nil && p != "."; {
		p = path.Dir(p)
		if err = d.sync(p); isAbsent(err) {
			err = nil // deleted already
		}
	}
	return err
}

// tries is how often a name is tried: a Delete may remove a folder, being empty,
// that a Put has just made.
const tries = 10

// sync makes the names in a folder survive a power cut.
func (d *Disk) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open is part of chat.Blobs.
func (d *Disk) Open(ctx context.Context, name string) (chat.Blob, error) {
	at, err := place(name)
	if err != nil {
		return nil, err
	}
	f, err := d.root.Open(at)
	if err != nil {
		return nil, trouble("open", name, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist // a folder, in which other blobs are
	}
	if err != nil {
		return nil, errors.Join(trouble("open", name, err), f.Close())
	}
	return &diskBlob{file: f, ctx: ctx, name: name, size: info.Size()}, nil
}

// Delete is part of chat.Blobs.
func (d *Disk) Delete(ctx context.Context, name string) error {
	at, err := place(name)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = d.root.Remove(at)
	if isAbsent(err) || errors.Is(err, syscall.ENOTEMPTY) {
		err = nil // nothing is there, or a folder, in which other blobs are
	}
	for p := path.Dir(at); err == nil && path.Dir(p) != "."; p = path.Dir(p) {
		if d.root.Remove(p) != nil { // others are in it, or will be
			break
		}
	}
	return trouble("delete", name, err)
}

// List is part of chat.Blobs.
func (d *Disk) List(ctx context.Context, prefix string, each func(chat.BlobInfo) error) error {
	start := folderOf(prefix)
	if !fs.ValidPath(start) { // no name begins so
		return ctx.Err()
	}
	var stopped error
	err := fs.WalkDir(d.root.FS(), start, func(p string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && isAbsent(err):
			return nil // deleted meanwhile, or nothing begins so
		case err != nil:
			return err
		case e.IsDir() && p == unfinished:
			return fs.SkipDir
		case !e.Type().IsRegular() || !strings.HasPrefix(nameAt(p), prefix):
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // deleted meanwhile
		}
		stopped = each(chat.BlobInfo{Name: nameAt(p), Size: info.Size(), Modified: info.ModTime()})
		return stopped
	})
	if stopped != nil {
		return stopped
	}
	return trouble("list", prefix, err)
}

// folderOf gives the folder in which all blobs are whose names begin with a
// prefix.
func folderOf(prefix string) string {
	parts := strings.Split(prefix, "/")
	switch whole := parts[:len(parts)-1]; {
	case len(whole) == 0:
		return "."
	case len(whole) == 1:
		return whole[0]
	default:
		return pathOf(strings.Join(whole, "/"))
	}
}

// isAbsent reports whether an error says that nothing is at a path.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// trouble says what a failure of the disk means for whoever asked.
func trouble(doing, name string, err error) error {
	switch {
	case err == nil:
		return nil
	case isAbsent(err) && doing == "open":
		return notFound(name)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = unavailable(full, err)
	default:
		err = unavailable(gone, err)
	}
	return fmt.Errorf("%s %s: %w", doing, name, err)
}

// diskBlob is an open file. Its name may lead elsewhere by now: it stays what
// it was.
type diskBlob struct {
	file *os.File
	ctx  context.Context //nolint:containedctx // reads end with it
	name string
	size int64
}

// Size is part of chat.Blob.
func (b *diskBlob) Size() int64 { return b.size }

func (b *diskBlob) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.file.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = trouble("read", b.name, err)
	}
	return n, err
}

func (b *diskBlob) Seek(offset int64, whence int) (int64, error) { return b.file.Seek(offset, whence) }

func (b *diskBlob) Close() error { return b.file.Close() }
