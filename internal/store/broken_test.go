package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"spika/internal/chat"
	"spika/internal/store/storetest"
)

// remark is a change that leaves one mark, of a size.
func remark(mark string, size int) func(ctx context.Context, tx chat.Tx) error {
	return func(ctx context.Context, tx chat.Tx) error {
		tx.Emit(chat.Event{Kind: chat.AccessChanged, Data: []byte(mark + strings.Repeat("x", size))})
		return tx.SetSetting(ctx, mark, "set")
	}
}

// marks tells which of the marks are there, each as a setting and an event.
func marks(t testing.TB, s *Store, all ...string) string {
	t.Helper()
	var there []string
	events, err := s.Events(t.Context(), 0, 1<<40, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range all {
		value, err := s.Setting(t.Context(), mark)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range events {
			if strings.HasPrefix(string(e.Data), mark) {
				told++
			}
		}
		if told > 0 || value != "" {
			there = append(there, fmt.Sprintf("%s told %d %s", mark, told, value))
		}
	}
	return strings.Join(there, ", ")
}

// TestFullDiskHarmsNobodyAfterwards: what does not fit fails as a whole, and the
// store goes on once there is room.
func TestFullDiskHarmsNobodyAfterwards(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	limit := func(pages string) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	var pages int
	if err := s.write.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit(fmt.Sprint(pages + 10))
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() { errs[i] = s.Update(t.Context(), remark(fmt.Sprint("mark", i), i%2*1_000_000)) })
	}
	all.Wait()
	for i, err := range errs {
		if fits := i%2 == 0; (err == nil) != fits {
			t.Errorf("change %d gave %v", i, err)
		}
	}
	limit("1000000")
	if err := s.Update(t.Context(), remark("after", 1_000_000)); err != nil {
		t.Fatal(err)
	}
	want := "mark0 told 1 set, mark2 told 1 set, mark4 told 1 set, after told 1 set"
	if there := marks(t, s, "mark0", "mark1", "mark2", "mark3", "mark4", "mark5", "after"); there != want {
		t.Errorf("there is %s, want %s", there, want)
	}
}

// TestBrokenConnectionHarmsNobodyAfterwards: the server ends the connection in the
// middle of a change.
func TestBrokenConnectionHarmsNobodyAfterwards(t *testing.T) {
	s := openStore(t, storetest.Postgres(t))
	for i := range 3 {
		var pid int
		if err := s.write.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		broken, fine := fmt.Sprint("broken", i), fmt.Sprint("fine", i)
		err := s.Update(t.Context(), func(ctx context.Context, tx chat.Tx) error {
			err := remark(broken, 0)(ctx, tx)
			_, err2 := s.read.ExecContext(ctx, "SELECT pg_terminate_backend($1, 10000)", pid)
			return errors.Join(err, err2)
		})
		if err == nil {
			t.Error("a change on a broken connection was answered")
		}
		if err := s.Update(t.Context(), remark(fine, 0)); err != nil {
			t.Fatal(err)
		}
		if there := marks(t, s, broken, fine); there != fine+" told 1 set" {
			t.Errorf("there is %s", there)
		}
	}
}
