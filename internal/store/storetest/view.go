package storetest

import (
	"context"
	"errors"
	"fmt"

	"spika/internal/chat"
)

func viewTests() []test {
	return []test{
		{"a view sees one state", viewSeesOneState},
		{"views under load each see one state", viewsUnderLoad},
		{"a view gives its own error", viewGivesItsError},
		{"what was answered is seen by whoever reads next", answeredIsSeen},
	}
}

func viewSeesOneState(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	r.post(room, ana, "1")
	before := got[chat.Room](r)(r.s.Room(r.ctx, room.ID))
	r.Check(r.s.View(r.ctx, func(ctx context.Context, v chat.Reader) error {
		is(r, before)(v.Room(ctx, room.ID))
		seq, _, err := v.Now(ctx)
		r.post(room, ana, "2")
		r.key(room, "CI")
		return errors.Join(err, isNow(before)(v.Room(ctx, room.ID)),
			isNow(int64(1))(v.SkippedWithin(ctx, room.ID, ana.ID, 0, 9)),
			isNow([]chat.APIKey(nil))(v.Keys(ctx, room.ID)),
			isNow([]chat.Event(nil))(v.Events(ctx, seq, 1<<40, 10)))
	}))
	if now := got[chat.Room](r)(r.s.Room(r.ctx, room.ID)); now.LastN != 2 {
		r.Fatalf("after the view the room is %+v", now)
	}
}

// viewsUnderLoad: a message, its room and its event are stored together, so that
// every view finds either all or none of them.
func viewsUnderLoad(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	base := r.seq()
	r.together(60, func(i int) error {
		if i%2 == 0 {
			_, err := update(r, posting(room, ana, fmt.Sprint(i)))
			return err
		}
		return r.s.View(r.ctx, func(ctx context.Context, v chat.Reader) error {
			events, err := v.Events(ctx, base, 1<<40, 1000)
			if err != nil {
				return err
			}
			list, err := v.Messages(ctx, room.ID, 1, 1<<40, 1000)
			if err != nil {
				return err
			}
			now, err := v.Room(ctx, room.ID)
			return errors.Join(err, differ([]int{len(events), len(list)}, []int{int(now.LastN), int(now.LastN)}))
		})
	})
}

func viewGivesItsError(r *rig) {
	want := chat.Errorf(chat.Forbidden, "not yours")
	if err := r.s.View(r.ctx, func(context.Context, chat.Reader) error { return want }); !errors.Is(err, want) {
		r.Errorf("the error is %v", err)
	}
	gone, cancel := context.WithCancel(r.ctx)
	cancel()
	if err := r.s.View(gone, func(context.Context, chat.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		r.Errorf("a reader that was gone is told %v", err)
	}
}

func answeredIsSeen(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	other := r.open(r, nil)
	r.together(40, func(i int) error {
		m, err := update(r, posting(room, ana, fmt.Sprint(i)))
		if err != nil {
			return err
		}
		return errors.Join(isNow(m)(r.s.Message(r.ctx, m.ID)), isNow(m)(other.Message(r.ctx, m.ID)))
	})
}
