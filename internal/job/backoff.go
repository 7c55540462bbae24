package job

import (
	"math/rand/v2"
	"time"
)

const (
	firstRetry = 5 * time.Second
	lastRetry  = time.Hour
)

// Backoff gives how long to wait after the nth failed try, counted from 1: twice
// as long as after the one before, up to an hour, and up to half of it less by
// chance, so that what failed together does not come back together.
func Backoff(n int64) time.Duration {
	wait := lastRetry
	if n < 20 {
		wait = min(lastRetry, firstRetry<<max(0, n-1))
	}
	return wait - time.Duration(rand.Int64N(int64(wait/2)))
}
