package blob

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
)

// orientation is how a picture is stored, as EXIF numbers it: 1 is upright, 2 to
// 8 are its mirror images and turns.
type orientation int

const upright orientation = 1

// size gives the upright size of a picture from the stored one, and back.
func (o orientation) size(w, h int) (int, int) {
	if o >= 5 {
		return h, w
	}
	return w, h
}

// apply gives a picture upright.
func (o orientation) apply(in *image.RGBA) *image.RGBA {
	if o == upright {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	outW, outH := o.size(w, h)
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range outH {
		for x := range outW {
			out.SetRGBA(x, y, in.RGBAAt(o.source(x, y, w, h)))
		}
	}
	return out
}

// source gives where the pixel at x, y of the upright picture is stored in one
// of w × h.
func (o orientation) source(x, y, w, h int) (int, int) {
	if o >= 5 {
		x, y = y, x
	}
	switch o {
	case 2, 3, 7, 8:
		x = w - 1 - x
	}
	switch o {
	case 3, 4, 6, 7:
		y = h - 1 - y
	}
	return x, y
}

// jpegHead is what a JPEG says of itself before its pixels.
type jpegHead struct {
	turned        orientation
	bytesPerPixel float64 // that the decoder takes
}

// The markers that matter (ITU-T T.81, table B.1; EXIF 2.3, 4.7.2).
const (
	markerSOF0  = 0xc0
	markerSOF2  = 0xc2 // progressive: coefficients are kept until the end
	markerRST0  = 0xd0 // to 0xd7: between pixels, without a length
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda // pixels begin
	markerAPP1  = 0xe1
	markerAPP14 = 0xee // Adobe: colours may have to be converted
)

// readJPEGHead reads segments up to the pixels.
func readJPEGHead(in io.Reader) (jpegHead, error) {
	r := bufio.NewReader(in)
	head := jpegHead{turned: upright, bytesPerPixel: 3}
	adobe := false
	for {
		marker, body, err := readSegment(r)
		if err != nil {
			return head, err
		}
		switch marker {
		case markerAPP1:
			if o := exifOrientation(body); o != 0 {
				head.turned = o
			}
		case markerAPP14:
			adobe = true
		case markerSOF0, markerSOF0 + 1, markerSOF2:
			head.bytesPerPixel = jpegCost(body, marker == markerSOF2)
		case markerSOS:
			if adobe {
				head.bytesPerPixel += 4
			}
			return head, nil
		}
	}
}

// readSegment gives the next marker and what belongs to it.
func readSegment(r *bufio.Reader) (marker byte, body []byte, err error) {
	for marker == 0 || marker == 0xff || marker == markerSOI { // padding, or the start of the file
		if marker, err = r.ReadByte(); err != nil {
			return 0, nil, err
		}
	}
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return 0, nil, err
	}
	n := int(binary.BigEndian.Uint16(size[:])) - 2
	if n < 0 {
		return 0, nil, fmt.Errorf("segment %x of a JPEG has no length", marker)
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r, body)
	return marker, body, err
}

// jpegCost gives the bytes per pixel that a frame takes: one for each sample, of
// which the colours may have fewer; four more where coefficients are kept; four
// where four colours are put together.
func jpegCost(frame []byte, progressive bool) float64 {
	const head = 6 // precision, height, width, number of components
	if len(frame) < head || len(frame) < head+3*int(frame[5]) {
		return 15 // it will not be decoded
	}
	samples, most := 0.0, 1.0
	for i := range int(frame[5]) {
		factors := frame[head+3*i+1]
		n := float64(factors>>4) * float64(factors&15)
		samples += n
		most = max(most, n)
	}
	cost := samples / most
	if progressive {
		cost *= 5
	}
	if frame[5] > 3 {
		cost += 4
	}
	return cost
}

// exifOrientation finds the orientation in an APP1 segment, 0 when it does not
// say.
func exifOrientation(body []byte) orientation {
	tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	const entry, tagOrientation = 12, 0x0112
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	fields := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(fields) < entry {
			return 0
		}
		if order.Uint16(fields) == tagOrientation {
			if o := orientation(order.Uint16(fields[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
		fields = fields[entry:]
	}
	return 0
}
