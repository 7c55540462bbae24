package httpapi

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"spika/api"
	"spika/internal/chat"
)

// maxIDs is how many ids a query may name.
const maxIDs = 1_000

// idList reads ids from a parameter that may be given more than once, each time
// with several between commas.
func idList(given []string) ([]int64, error) {
	var out []int64
	for _, list := range given {
		for text := range strings.SplitSeq(list, ",") {
			id, ok := parseNumber(strings.TrimSpace(text), 1)
			if !ok || len(out) == maxIDs {
				return nil, invalid("userIds must hold ids, each 1 or more, with commas between them, at most %d", maxIDs)
			}
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return nil, invalid("userIds must be given")
	}
	return out, nil
}

// statColor is the color that consoles draw the line in.
const statColor = "#5b5fd8"

// statistic is how messages are counted for a chart.
type statistic struct {
	step  time.Duration
	whole time.Duration // what is counted when the query does not say
	place func(t time.Time) int
	first int // of the places
	last  int
}

// hourly counts by the hour of the day, daily by the day of the month; both of
// UTC.
var (
	hourly = statistic{time.Hour, 24 * time.Hour, time.Time.Hour, 0, 23}
	daily  = statistic{24 * time.Hour, 30 * 24 * time.Hour, time.Time.Day, 1, 31}
)

func (a *API) statMessages(s statistic) handler {
	return a.managed(func(c *call, who chat.Session) error {
		q, err := c.query()
		if err != nil {
			return err
		}
		from, to, err := s.period(q, time.Now())
		if err != nil {
			return err
		}
		counts, err := a.svc.CountMessages(c.r.Context(), who, from, to, s.step)
		if err != nil {
			return err
		}
		line := api.StatLine{ID: "messages", Color: statColor, Data: s.points(counts)}
		return c.ok(api.StatList{List: []api.StatLine{line}, Count: 1, Limit: chat.ManagePage})
	})
}

// period reads what time is asked about; what is left out ends now.
func (s statistic) period(q url.Values, now time.Time) (from, to chat.Time, err error) {
	to = chat.TimeOf(now) + 1
	if to, err = queryTime(q, "end", to); err != nil {
		return 0, 0, err
	}
	from, err = queryTime(q, "start", max(0, to.Add(-s.whole)))
	return from, to, err
}

func queryTime(q url.Values, name string, otherwise chat.Time) (chat.Time, error) {
	if q.Get(name) == "" {
		return otherwise, nil
	}
	n, ok := parseNumber(q.Get(name), 0)
	if !ok {
		return 0, invalid("%s must be a time in Unix milliseconds", name)
	}
	return chat.Time(n), nil
}

// points adds up what falls on the same hour of the day or day of the month.
func (s statistic) points(counts []chat.PostCount) []api.StatPoint {
	out := make([]api.StatPoint, 0, s.last-s.first+1)
	for i := s.first; i <= s.last; i++ {
		out = append(out, api.StatPoint{X: fmt.Sprintf("%02d", i)})
	}
	for _, n := range counts {
		out[s.place(n.At.Std().UTC())-s.first].Y += n.Number
	}
	return out
}
