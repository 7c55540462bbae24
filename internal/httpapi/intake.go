package httpapi

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"spika/internal/chat"
)

const (
	// intakeBodies is how many of the largest chunks can come in at a time,
	// intakeOfOne how many of one person, and intakeOfKeys how many of all API keys
	// together, which anyone can make as many of as they like: so nobody's chunks
	// keep all others out. Of smaller ones, and most are, there can be as many more.
	intakeBodies, intakeOfOne, intakeOfKeys = 16, 4, 8
	// keysLane is whose room it is that API keys take.
	keysLane = 0
	// leastBody is what a small chunk counts as: a request takes memory besides.
	leastBody = 64 << 10
	// intakeWait is how long a chunk waits for room. Its sender keeps it meanwhile.
	intakeWait = 10 * time.Second
	// intakeRetry is after how many seconds to send again what found none.
	intakeRetry = 5
)

// intake bounds the memory of chunks that come in: each is there several times
// over while it is read and decoded. It counts the bytes of their bodies. Room is
// given in the order it was asked for.
type intake struct {
	largest int64 // bytes of one body
	all     *semaphore.Weighted

	mu  sync.Mutex
	ofs map[int64]*lane // by person, or keysLane
}

// lane is the room of one person, or of the keys.
type lane struct {
	*semaphore.Weighted
	requests int // that have or want some of it
}

func newIntake(largest int64) *intake {
	return &intake{largest: largest, all: semaphore.NewWeighted(intakeBodies * largest), ofs: map[int64]*lane{}}
}

// take waits for room for a body of so many bytes, -1: nobody knows how many, and
// gives what ends the use of it. Fails when there is none in time: with TooMany
// when their own chunks are in the way, else with Unavailable.
func (in *intake) take(ctx context.Context, user, size int64) (give func(), err error) {
	if size < 0 || size > in.largest { // the latter is refused, and nothing of it read
		size = in.largest
	}
	size = max(size, leastBody)
	mine := in.enter(user)
	within, cancel := context.WithTimeout(ctx, intakeWait)
	defer cancel()
	if mine.Acquire(within, size) != nil {
		in.leave(user)
		return nil, errNoRoom(ctx, chat.TooMany, "You are sending too many chunks at once")
	}
	giveMine := func() {
		mine.Release(size)
		in.leave(user)
	}
	if in.all.Acquire(within, size) != nil {
		giveMine()
		return nil, errNoRoom(ctx, chat.Unavailable, "Too many chunks are coming in just now")
	}
	return func() {
		in.all.Release(size)
		giveMine()
	}, nil
}

// errNoRoom says why a chunk found no room, unless its sender is gone.
func errNoRoom(ctx context.Context, code chat.Code, why string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e := chat.Errorf(code, "%s: send this one again in %d seconds", why, intakeRetry)
	e.RetryAfter = intakeRetry
	return e
}

func (in *intake) enter(user int64) *lane {
	in.mu.Lock()
	defer in.mu.Unlock()
	mine, ok := in.ofs[user]
	if !ok {
		share := int64(intakeOfOne)
		if user == keysLane {
			share = intakeOfKeys
		}
		mine = &lane{Weighted: semaphore.NewWeighted(share * in.largest)}
		in.ofs[user] = mine
	}
	mine.requests++
	return mine
}

func (in *intake) leave(user int64) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.ofs[user].requests--; in.ofs[user].requests == 0 {
		delete(in.ofs, user)
	}
}
