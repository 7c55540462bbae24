package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // registers the format
	"image/jpeg"
	_ "image/png" // registers the format
	"io"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // registers the format

	"spika/internal/chat"
)

// Thumbnails makes small pictures, one at a time: decoding takes more memory
// than anything else the server does.
type Thumbnails struct {
	turn chan struct{}
	wait time.Duration // for a turn
	work time.Duration // of a turn; noticed when the decoder reads on
}

var _ chat.Thumbnailer = (*Thumbnails)(nil)

// NewThumbnails makes a Thumbnails.
func NewThumbnails() *Thumbnails {
	return &Thumbnails{turn: make(chan struct{}, 1), wait: 3 * time.Second, work: 5 * time.Second}
}

// The size of thumbnails in pixels. Clients make theirs of this width; the height
// only bounds strips.
const (
	thumbWidth   = 256
	thumbHeight  = 1024
	thumbQuality = 80
)

// Bounds of what is decoded. Scaling takes up to as much memory again.
const (
	maxDecoded = 160 << 20 // bytes: a photograph of 50 million pixels
	maxSide    = 32_767    // pixels
)

var errNoPicture = chat.Errorf(chat.Invalid, "this is no picture that can be shown: a JPEG, PNG, GIF or WebP file is needed")

var errSlow = chat.Errorf(chat.Invalid, "this picture takes too long to be made smaller")

// Thumbnail is part of chat.Thumbnailer. Of moving pictures it takes the first.
func (t *Thumbnails) Thumbnail(ctx context.Context, content io.ReadSeeker) (thumb []byte, width, height int, err error) {
	if err := t.take(ctx); err != nil {
		return nil, 0, 0, err
	}
	defer func() { <-t.turn }()
	defer func() {
		if r := recover(); r != nil { // a decoder met what it did not expect; others must not suffer
			thumb, width, height = nil, 0, 0
			err = fmt.Errorf("%w: %v", errNoPicture, r)
		}
	}()
	ctx, done := context.WithTimeoutCause(ctx, t.work, errSlow)
	defer done()
	file := &source{ReadSeeker: content, ctx: ctx}
	turned, format, err := inspect(file)
	if err != nil {
		return nil, 0, 0, err
	}
	picture, err := decode(file, format)
	if err != nil {
		return nil, 0, 0, file.refused(err)
	}
	small := turned.apply(scale(picture, turned))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: thumbQuality}); err != nil {
		return nil, 0, 0, fmt.Errorf("encode a thumbnail: %w", err)
	}
	width, height = turned.size(picture.Bounds().Dx(), picture.Bounds().Dy())
	return out.Bytes(), width, height, nil
}

// take waits for a turn, as long as somebody may be kept waiting for a small
// picture.
func (t *Thumbnails) take(ctx context.Context) error {
	late := time.NewTimer(t.wait)
	defer late.Stop()
	select {
	case t.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return unavailable("too many small pictures are being made", errors.New("no turn came"))
	}
}

func decode(file *source, format string) (image.Image, error) {
	if format == "jpeg" {
		return jpeg.Decode(newScanLimit(file))
	}
	picture, _, err := image.Decode(file)
	return picture, err
}

// source is a picture's file, which cannot be read any more when ctx has ended.
// It remembers why it could not be read, which is not the picture's fault and
// which decoders do not always tell.
type source struct {
	io.ReadSeeker
	ctx context.Context //nolint:containedctx // reads end with it
	err error
}

func (s *source) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		s.err = context.Cause(s.ctx)
		return 0, s.err
	}
	n, err := s.ReadSeeker.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// refused tells a broken picture from one that could not be read.
func (s *source) refused(err error) error {
	if s.err != nil {
		return fmt.Errorf("read a picture: %w", s.err)
	}
	return fmt.Errorf("%w: %w", errNoPicture, err)
}

// inspect refuses what is no picture, or too big to be decoded, and tells how it
// must be turned and its format. It leaves content at its beginning.
func inspect(content *source) (turned orientation, format string, err error) {
	config, format, err := image.DecodeConfig(content)
	if err != nil {
		return 0, "", content.refused(err)
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return 0, "", err
	}
	turned, cost := upright, bytesPerPixel(config.ColorModel)
	if format == "jpeg" {
		head, err := readJPEGHead(content)
		if err != nil {
			return 0, "", content.refused(err)
		}
		turned, cost = head.turned, head.bytesPerPixel
		if _, err := content.Seek(0, io.SeekStart); err != nil {
			return 0, "", err
		}
	}
	w, h := config.Width, config.Height
	switch {
	case w < 1 || h < 1:
		return 0, "", errNoPicture
	case w > maxSide || h > maxSide || float64(w)*float64(h)*cost > maxDecoded:
		return 0, "", chat.Errorf(chat.Invalid, "this picture of %d × %d pixels is too big to be made smaller", w, h)
	}
	return turned, format, nil
}

// bytesPerPixel is about what decoders other than that of JPEG take. The one of
// WebP has twice the picture in memory.
func bytesPerPixel(m color.Model) float64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBAModel:
		return 4
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 8
}

// scale makes a picture fit, upright, and puts it before white.
func scale(picture image.Image, turned orientation) *image.RGBA {
	w, h := turned.size(picture.Bounds().Dx(), picture.Bounds().Dy())
	fit := min(1, float64(thumbWidth)/float64(w), float64(thumbHeight)/float64(h))
	w, h = turned.size(max(1, int(float64(w)*fit+0.5)), max(1, int(float64(h)*fit+0.5)))
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	return out
}
