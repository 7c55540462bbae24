package blob

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"spika/internal/chat"
)

// corners is a picture whose top left is red, top right green, bottom left blue
// and bottom right black.
func corners(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{A: 255}
			switch {
			case x < w/2 && y < h/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			}
			p.SetRGBA(x, y, c)
		}
	}
	return p
}

func encoded(t testing.TB, encode func(w io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, p image.Image) []byte {
	return encoded(t, func(w io.Writer) error { return jpeg.Encode(w, p, nil) })
}

func asPNG(t testing.TB, p image.Image) []byte {
	return encoded(t, func(w io.Writer) error { return png.Encode(w, p) })
}

// turnedJPEG puts an EXIF orientation into a JPEG.
func turnedJPEG(t testing.TB, p image.Image, o uint16, order binary.AppendByteOrder) []byte {
	plain := asJPEG(t, p)
	exif := []byte("Exif\x00\x00MM\x00*")
	if order == binary.LittleEndian {
		exif = []byte("Exif\x00\x00II*\x00")
	}
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	exif = append(exif, make([]byte, 12)...) // another field
	exif = order.AppendUint16(exif, 0x0112)
	exif = order.AppendUint16(exif, 3)
	exif = order.AppendUint32(exif, 1)
	exif = order.AppendUint16(exif, o)
	exif = append(exif, 0, 0)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(out, exif...), plain[2:]...)
}

// seen gives the thumbnail of a file, and fails the test without one.
func seen(t *testing.T, file []byte) (image.Image, int, int) {
	t.Helper()
	thumb, w, h, err := NewThumbnails().Thumbnail(t.Context(), bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	p, err := jpeg.Decode(bytes.NewReader(thumb))
	if err != nil {
		t.Fatal(err)
	}
	return p, w, h
}

// at tells the colour of a place, given in eighths.
func at(p image.Image, x, y int) string {
	b := p.Bounds()
	r, g, bl, _ := p.At(b.Dx()*x/8, b.Dy()*y/8).RGBA()
	const half = 0x8000
	switch {
	case r > half && g > half && bl > half:
		return "white"
	case r > half:
		return "red"
	case g > half:
		return "green"
	case bl > half:
		return "blue"
	}
	return "black"
}

func TestThumbnailFormats(t *testing.T) {
	picture := corners(600, 400)
	webp, err := os.ReadFile("testdata/corners.webp")
	if err != nil {
		t.Fatal(err)
	}
	deep := image.NewNRGBA64(picture.Bounds())
	for y := range 400 {
		for x := range 600 {
			deep.Set(x, y, picture.At(x, y))
		}
	}
	for name, file := range map[string][]byte{
		"jpeg":        asJPEG(t, picture),
		"png":         asPNG(t, picture),
		"16 bits png": asPNG(t, deep),
		"gif":         encoded(t, func(w io.Writer) error { return gif.Encode(w, picture, nil) }),
		"webp":        webp,
	} {
		p, w, h := seen(t, file)
		if w != 600 || h != 400 || p.Bounds().Dx() != 256 || p.Bounds().Dy() != 171 {
			t.Errorf("%s: %d × %d became %v", name, w, h, p.Bounds())
		}
		if got := at(p, 1, 1) + at(p, 7, 1) + at(p, 1, 7) + at(p, 7, 7); got != "redgreenblueblack" {
			t.Errorf("%s: corners are %s", name, got)
		}
	}
}

func TestThumbnailSizes(t *testing.T) {
	for in, want := range map[image.Point]image.Point{
		{X: 1, Y: 1}:       {X: 1, Y: 1},
		{X: 256, Y: 256}:   {X: 256, Y: 256},
		{X: 100, Y: 2000}:  {X: 51, Y: 1024},
		{X: 5000, Y: 1}:    {X: 256, Y: 1},
		{X: 1, Y: 32_767}:  {X: 1, Y: 1024},
		{X: 1024, Y: 1024}: {X: 256, Y: 256},
	} {
		p, w, h := seen(t, asPNG(t, image.NewGray(image.Rectangle{Max: in})))
		if w != in.X || h != in.Y || p.Bounds().Size() != want {
			t.Errorf("%v was seen as %d × %d and became %v, want %v", in, w, h, p.Bounds().Size(), want)
		}
	}
}

func TestThumbnailIsUpright(t *testing.T) {
	// The corners of the upright picture, by the orientation the stored one has.
	for o, want := range map[uint16]string{
		0: "red green blue black",
		1: "red green blue black",
		2: "green red black blue",
		3: "black blue green red",
		4: "blue black red green",
		5: "red blue green black",
		6: "blue red black green",
		7: "black green blue red",
		8: "green black red blue",
		9: "red green blue black",
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			p, w, h := seen(t, turnedJPEG(t, corners(600, 300), o, order))
			if turned := o >= 5 && o <= 8; turned != (w == 300 && h == 600) || turned != (p.Bounds().Dy() == 512) {
				t.Errorf("orientation %d: %d × %d became %v", o, w, h, p.Bounds())
			}
			if got := strings.Join([]string{at(p, 1, 1), at(p, 7, 1), at(p, 1, 7), at(p, 7, 7)}, " "); got != want {
				t.Errorf("orientation %d in %v shows %s, want %s", o, order, got, want)
			}
		}
	}
}

func TestThumbnailOfTheTransparentIsBeforeWhite(t *testing.T) {
	p, _, _ := seen(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 300, 300))))
	if got := at(p, 4, 4); got != "white" {
		t.Errorf("what shows through is %s", got)
	}
}

// claimed gives a PNG that says it has a size.
func claimed(t testing.TB, w, h uint32) []byte {
	file := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestThumbnailRefuses(t *testing.T) {
	whole := asJPEG(t, corners(300, 300))
	progressive := bytes.Clone(whole)
	sof := bytes.Index(progressive, []byte{0xff, 0xc0})
	progressive[sof+1] = 0xc2
	binary.BigEndian.PutUint32(progressive[sof+5:], 7000<<16|7000)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":            {nil, "no picture"},
		"text":               {[]byte("hello"), "no picture"},
		"SVG":                {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "no picture"},
		"half a JPEG":        {whole[:len(whole)/2], "no picture"},
		"the head of a JPEG": {whole[:30], "no picture"},
		"a wide bomb":        {claimed(t, 1<<30, 1), "too big"},
		"a bomb":             {claimed(t, 30_000, 30_000), "too big"},
		"a progressive JPEG": {progressive, "too big"},
	} {
		_, _, _, err := NewThumbnails().Thumbnail(t.Context(), bytes.NewReader(c.file))
		var e *chat.Error
		if !errors.As(err, &e) || e.Code != chat.Invalid || !strings.Contains(e.Message, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// away is a file whose store is away.
type away struct{ io.ReadSeeker }

func (away) Read([]byte) (int, error) { return 0, unavailable(gone, io.ErrUnexpectedEOF) }

func TestThumbnailOfAFileThatCannotBeRead(t *testing.T) {
	if _, _, _, err := NewThumbnails().Thumbnail(t.Context(), away{bytes.NewReader(nil)}); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("the error is %v", err)
	}
}

func TestThumbnailsTakeTurns(t *testing.T) {
	file := asJPEG(t, corners(400, 400))
	thumbs := NewThumbnails()
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			if _, _, _, err := thumbs.Thumbnail(t.Context(), bytes.NewReader(file)); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
}

// manyScans is a progressive JPEG, grey and of 8 × 8 pixels, that goes over its
// pixels so often. Before them come other segments, behind its end comes the rest.
func manyScans(n int, segments, rest string) []byte {
	quant := "\xff\xdb\x00\x43\x00" + strings.Repeat("\x01", 64)
	const (
		frame   = "\xff\xc2\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00"
		huffman = "\xff\xc4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // 0: nothing more in this block
		scan    = "\xff\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00" + "\x7f"
	)
	return []byte("\xff\xd8" + segments + quant + frame + huffman + strings.Repeat(scan, n) + "\xff\xd9" + rest)
}

func TestThumbnailOfAJPEGWithManyScans(t *testing.T) {
	starts := strings.Repeat("\xff\xda", 100)
	comment := "\xff\xfe\x00\xca" + starts
	if p, w, h := seen(t, manyScans(maxScans, comment, starts)); w != 8 || h != 8 || p.Bounds().Dx() != 8 {
		t.Errorf("%d × %d became %v", w, h, p.Bounds())
	}
	_, _, _, err := NewThumbnails().Thumbnail(t.Context(), bytes.NewReader(manyScans(maxScans+1, comment, "")))
	if !errors.Is(err, errManyScans) || chat.CodeOf(err) != chat.Invalid {
		t.Errorf("one scan too many gave %v", err)
	}
}

// Between pixels, which the scan has many of, are bytes that look like markers.
func TestScansOfAPlainJPEGAreCounted(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 3 * 7)
	}
	file := asJPEG(t, noise)
	if !bytes.Contains(file, []byte{0xff, 0}) {
		t.Fatal("no pixel looks like a marker")
	}
	in := newScanLimit(iotest.OneByteReader(bytes.NewReader(file)))
	if _, err := jpeg.Decode(in); err != nil || in.scans != 1 || !in.ended {
		t.Errorf("%d scans, ended: %v, %v", in.scans, in.ended, err)
	}
}

func TestThumbnailsTakeLittleTime(t *testing.T) {
	thumbs := NewThumbnails()
	thumbs.work = 0
	if _, _, _, err := thumbs.Thumbnail(t.Context(), bytes.NewReader(asJPEG(t, corners(9, 6)))); !errors.Is(err, errSlow) || chat.CodeOf(err) != chat.Invalid {
		t.Errorf("too slow a picture gave %v", err)
	}
}

func TestThumbnailsDoNotKeepOthersWaiting(t *testing.T) {
	file := asJPEG(t, corners(9, 6))
	thumbs := NewThumbnails()
	thumbs.turn <- struct{}{} // somebody's picture that takes for ever
	ctx, leave := context.WithCancel(t.Context())
	leave()
	thumbs.wait = time.Hour
	if _, _, _, err := thumbs.Thumbnail(ctx, bytes.NewReader(file)); !errors.Is(err, context.Canceled) {
		t.Errorf("who left is told %v", err)
	}
	thumbs.wait = time.Millisecond
	if _, _, _, err := thumbs.Thumbnail(t.Context(), bytes.NewReader(file)); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("who waited is told %v", err)
	}
	<-thumbs.turn
	thumbs.wait = time.Hour
	if _, _, _, err := thumbs.Thumbnail(t.Context(), bytes.NewReader(file)); err != nil {
		t.Errorf("the next one is told %v", err)
	}
}

func TestJPEGCost(t *testing.T) {
	baseline := []byte{8, 0, 1, 0, 1, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1}
	for want, got := range map[string]float64{
		"1.5": jpegCost(baseline, false), "7.5": jpegCost(baseline, true), "15": jpegCost(baseline[:8], false),
	} {
		if fmt.Sprint(got) != want {
			t.Errorf("cost %v, want %s", got, want)
		}
	}
}

func FuzzThumbnail(f *testing.F) {
	small := corners(9, 6)
	f.Add(asPNG(f, small))
	f.Add(turnedJPEG(f, small, 6, binary.LittleEndian))
	f.Add(encoded(f, func(w io.Writer) error { return gif.Encode(w, small, nil) }))
	webp, err := os.ReadFile("testdata/corners.webp")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(webp)
	f.Add(claimed(f, 40_000, 40_000))
	f.Add(manyScans(3, "", ""))
	thumbs := NewThumbnails()
	f.Fuzz(func(t *testing.T, file []byte) {
		config, _, err := image.DecodeConfig(bytes.NewReader(file))
		if err == nil && config.Width*config.Height > 1<<22 {
			return // allowed perhaps, and slow
		}
		thumb, w, h, err := thumbs.Thumbnail(t.Context(), bytes.NewReader(file))
		if err != nil {
			if chat.CodeOf(err) != chat.Invalid {
				t.Fatalf("a wrong file gave %v", err)
			}
			return
		}
		small, err := jpeg.DecodeConfig(bytes.NewReader(thumb))
		if err != nil || small.Width > thumbWidth || small.Height > thumbHeight || w < 1 || h < 1 {
			t.Fatalf("%d × %d became %d × %d, %v", w, h, small.Width, small.Height, err)
		}
	})
}
