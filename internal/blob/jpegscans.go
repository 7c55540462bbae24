package blob

import (
	"io"

	"spika/internal/chat"
)

// maxScans is how often a JPEG may go over its pixels. Programs that save
// progressive pictures do so about ten times. The decoder visits every pixel
// each time, even when the scan that says so has 44 bytes.
const maxScans = 32

var errManyScans = chat.Errorf(chat.Invalid, "this JPEG is made of more than %d scans", maxScans)

// scanLimit reads a JPEG and fails before its decoder gets to see too many scans.
// It finds markers where the decoder of image/jpeg does: scans in what segments
// hold, such as a camera's own small picture, and behind the end do not count.
type scanLimit struct {
	in     io.Reader
	scans  int
	skip   int  // bytes of a segment to come
	length int  // of a segment, as far as it is read
	digits int  // bytes of the length to come
	marked bool // the last byte was 0xff
	ended  bool
}

// newScanLimit begins at the beginning of a file.
func newScanLimit(in io.Reader) *scanLimit { return &scanLimit{in: in, skip: len("\xff\xd8")} }

func (s *scanLimit) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	for _, b := range p[:n] {
		s.see(b)
	}
	if s.scans > maxScans {
		return 0, errManyScans
	}
	return n, err
}

func (s *scanLimit) see(b byte) {
	switch {
	case s.ended:
	case s.skip > 0:
		s.skip--
	case s.digits > 0:
		s.length = s.length<<8 | int(b)
		if s.digits--; s.digits == 0 {
			s.skip = s.length - 2 // with less the decoder gives up
		}
	case !s.marked:
		s.marked = b == 0xff
	case b != 0xff: // else it is padding
		s.marked = false
		s.marker(b)
	}
}

func (s *scanLimit) marker(m byte) {
	switch {
	case m == markerEOI:
		s.ended = true
	case m == 0 || m >= markerRST0 && m <= markerRST0+7: // a pixel's 0xff, or no segment
	default:
		s.length, s.digits = 0, 2
		if m == markerSOS {
			s.scans++
		}
	}
}
