package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"spika/internal/store/gen"
	"spika/internal/store/storetest"
)

// planned is a database that says how it would answer a query, and does not.
type planned struct {
	*sql.DB
	plan []string
}

var errPlanned = errors.New("it is only planned")

func (p *planned) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := p.DB.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, err
		}
		p.plan = append(p.plan, step)
	}
	return nil, errors.Join(errPlanned, rows.Err())
}

// TestMediaAreFoundByTheirIndex: SQLite, which knows nothing of how many messages
// are texts, used to read through those of the room for the few that are not.
func TestMediaAreFoundByTheirIndex(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	for index, list := range map[string]func(ctx context.Context, q *gen.Queries) ([]gen.Message, error){
		"messages_media (room_id=? AND type=? AND n>? AND n<?)": func(ctx context.Context, q *gen.Queries) ([]gen.Message, error) {
			return q.MediaFor(ctx, gen.MediaForParams{RoomID: 1, Type: "image", FromN: 1, ToN: 9, UserID: 1, MaxRows: 9})
		},
		"messages_media (room_id=? AND type=? AND n>? AND n<?) upwards": func(ctx context.Context, q *gen.Queries) ([]gen.Message, error) {
			return q.MediaUpFor(ctx, gen.MediaUpForParams{RoomID: 1, Type: "image", FromN: 1, ToN: 9, UserID: 1, MaxRows: 9})
		},
		"messages_links (room_id=? AND has_link=? AND n>? AND n<?)": func(ctx context.Context, q *gen.Queries) ([]gen.Message, error) {
			return q.LinksFor(ctx, gen.LinksForParams{RoomID: 1, FromN: 1, ToN: 9, UserID: 1, MaxRows: 9})
		},
	} {
		p := &planned{DB: s.read}
		if _, err := list(t.Context(), gen.New(p)); !errors.Is(err, errPlanned) {
			t.Fatal(err)
		}
		want := "SEARCH x USING COVERING INDEX " + strings.TrimSuffix(index, " upwards")
		if !slices.Contains(p.plan, want) {
			t.Errorf("%s: the plan is %q", index, p.plan)
		}
	}
}

// TestPostsAreCountedAmongThoseOfTheTime: without a look at all others.
func TestPostsAreCountedAmongThoseOfTheTime(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	p := &planned{DB: s.read}
	if _, err := gen.New(p).PostedPerHour(t.Context(), 1, 2); !errors.Is(err, errPlanned) {
		t.Fatal(err)
	}
	if want := "SEARCH messages USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"; !slices.Contains(p.plan, want) {
		t.Errorf("the plan is %q", p.plan)
	}
}

// TestSyncsReadNoTable: whatever order SQLite thinks best, syncs must find what they
// give by indexes, and make none.
func TestSyncsReadNoTable(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	for name, ask := range map[string]func(ctx context.Context, q *gen.Queries) error{
		"messages": func(ctx context.Context, q *gen.Queries) error {
			_, err := q.MessagesChanged(ctx, gen.MessagesChangedParams{UserID: 1, MaxRows: 9})
			return err
		},
		"records": func(ctx context.Context, q *gen.Queries) error {
			_, err := q.RecordsChanged(ctx, gen.RecordsChangedParams{UserID: 1, MaxRows: 9})
			return err
		},
	} {
		p := &planned{DB: s.read}
		if err := ask(t.Context(), gen.New(p)); !errors.Is(err, errPlanned) {
			t.Fatal(err)
		}
		found := []string{"SCAN CONSTANT ROW", "SCAN (", "SCAN mb", "SCAN k", "SCAN c", "SCAN f"} // found by now, and few
		for _, step := range p.plan {
			few := slices.ContainsFunc(found, func(start string) bool { return strings.HasPrefix(step, start) })
			if strings.HasPrefix(step, "SCAN ") && !few || strings.Contains(step, "AUTOMATIC") {
				t.Errorf("%s: %s, in the plan\n%s", name, step, strings.Join(p.plan, "\n"))
			}
		}
	}
}
