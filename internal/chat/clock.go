package chat

import "time"

// Time is a moment in Unix milliseconds, the resolution of every stamp that is
// stored or sent. Zero means "never".
type Time int64

// TimeOf gives the millisecond t lies in.
func TimeOf(t time.Time) Time { return Time(t.UnixMilli()) }

// Add moves t by d, cut to whole milliseconds.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Std gives t as the standard library's time, in UTC.
func (t Time) Std() time.Time { return time.UnixMilli(int64(t)).UTC() }

// Clock tells the wall time.
type Clock func() time.Time

// NewClock returns a clock that starts at the machine's wall time and then only
// moves forward: a wall clock that is set back while the program runs does not
// reach it.
func NewClock() Clock {
	start := time.Now()
	return func() time.Time { return start.Add(time.Since(start)) }
}
