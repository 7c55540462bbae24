package storetest

import (
	"fmt"
	"strings"

	"spika/internal/chat"
)

func closeTests() []test {
	return []test{
		{"closing under load keeps all that was answered", closingUnderLoad},
		{"a closed store takes no change", closedStoreTakesNothing},
		{"a store that is opened again goes on", openedAgain},
	}
}

func closingUnderLoad(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	const n, closeAt = 400, 100
	answered := make(chan chat.Message, n)
	errs := r.atOnce(n, func(i int) error {
		if i == closeAt {
			return r.s.Close()
		}
		m, err := update(r, posting(room, ana, fmt.Sprint(i)))
		if err == nil {
			answered <- m
		}
		return err
	})
	if errs[closeAt] != nil {
		r.Fatal(errs[closeAt])
	}
	close(answered)
	r.s = r.open(r, nil)
	want := map[int64]chat.Message{}
	for m := range answered {
		want[m.ID] = m
	}
	have := map[int64]chat.Message{}
	for _, m := range r.messages(room) {
		have[m.ID] = m
	}
	same(r, have, want)
	r.checkOrder(room)
}

func closedStoreTakesNothing(r *rig) {
	ana := r.person("Ana")
	room := r.room("Ops", ana)
	for range 2 { // closing twice does no harm
		if err := r.s.Close(); err != nil {
			r.Fatal(err)
		}
	}
	if _, err := update(r, posting(room, ana, "late")); err == nil || !strings.Contains(err.Error(), "closed") {
		r.Errorf("a closed store says %v", err)
	}
	if _, err := r.s.Room(r.ctx, room.ID); err == nil || chat.IsNotFound(err) {
		r.Errorf("a closed store says %v", err)
	}
}

func openedAgain(r *rig) {
	s := r.scene()
	first := r.post(s.room, s.ana, "before")
	seq := r.seq()
	if err := r.s.Close(); err != nil {
		r.Fatal(err)
	}
	r.s = r.open(r, nil)
	same(r, r.seq(), seq)
	m := r.post(s.room, s.ana, "after")
	if m.ID != first.ID+1 || m.N != first.N+1 || m.Created <= first.Created {
		r.Fatalf("after %+v comes %+v", first, m)
	}
	r.checkOrder(s.room)
}
