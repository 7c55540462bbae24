package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait = 200 * time.Millisecond
	maxWait   = 10 * time.Second
	// maxRetryAfter is the longest wait a server can ask for: told to wait
	// longer, the caller had better know.
	maxRetryAfter = time.Minute
)

// backoff is how long to wait after the nth failure in a row, counted from 1:
// twice as long each time, by chance up to a half shorter, so that clients that
// failed together do not come back together.
func backoff(n int) time.Duration {
	d := maxWait
	if n < 10 {
		d = min(d, firstWait<<(n-1))
	}
	return d - rand.N(d/2)
}

// again reports whether a request that failed may be sent once more, and after
// how long. safe says that sending it twice does no harm.
func again(err error, safe bool, n int) (time.Duration, bool) {
	refused, ok := errors.AsType[*Error](err)
	if !ok {
		_, broken := errors.AsType[*transportError](err)
		return backoff(n), safe && broken
	}
	switch refused.Status {
	case http.StatusTooManyRequests: // nothing was done
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if !safe {
			return 0, false
		}
	default:
		return 0, false
	}
	if refused.RetryAfter > maxRetryAfter {
		return 0, false
	}
	return max(refused.RetryAfter, backoff(n)), true
}

// inTime reports whether ctx lives longer than d.
func inTime(ctx context.Context, d time.Duration) bool {
	end, ok := ctx.Deadline()
	return !ok || time.Until(end) > d
}

// sleep waits, and reports false when ctx ends before the wait does.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retryAfter reads a Retry-After header: seconds or a date (RFC 9110, section
// 10.2.3). 0: there is none.
func retryAfter(value string, now time.Time) time.Duration {
	if s, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
