package httpapi

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"spika/internal/chat"
)

// id gives the path's only parameter, the id of something. One beyond 64 bits
// is nobody's id: it becomes the largest one, which is not found.
func (c *call) id() (int64, error) { return c.number(1, "an id, 1 or more") }

// since gives the path's only parameter, a moment.
func (c *call) since() (chat.Time, error) {
	n, err := c.number(0, "a time in Unix milliseconds")
	return chat.Time(n), err
}

func (c *call) number(least int64, what string) (int64, error) {
	n, ok := parseNumber(c.params[0], least)
	if !ok {
		return 0, chat.Errorf(chat.Invalid, "%s must be number: %s", c.route.params[0], what)
	}
	return n, nil
}

// parseNumber reads decimal digits and nothing else.
func parseNumber(s string, least int64) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		n = math.MaxInt64
	}
	return n, n >= least
}

// query gives the parameters after the path's question mark. Those that are not
// text are refused as a whole: no database could look for them.
func (c *call) query() (url.Values, error) {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return nil, invalid("the query is not well formed: percent signs must be written as %%25")
	}
	for name, values := range q {
		for _, v := range values {
			if !isText(v) || !isText(name) {
				return nil, invalid("the query must be UTF-8 without NUL characters")
			}
		}
	}
	return q, nil
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// page gives the page asked for, counted from 0; on the wire they count from 1.
func page(q url.Values) (int, error) {
	if !q.Has("page") {
		return 0, nil
	}
	n, ok := parseNumber(q.Get("page"), 1)
	if !ok {
		return 0, chat.Errorf(chat.Invalid, "page must be valid number: 1 or more")
	}
	return int(min(n, maxPage)) - 1, nil
}

// maxPage keeps the place a page begins at within what databases can count. No
// list is that long.
const maxPage = 1 << 31

// queryID gives an id from the query, 0 when it is left out.
func queryID(q url.Values, name string) (int64, error) {
	if !q.Has(name) {
		return 0, nil
	}
	n, ok := parseNumber(q.Get(name), 1)
	if !ok {
		return 0, invalid("%s must be an id, 1 or more", name)
	}
	return n, nil
}

// optionalID is queryID that takes an empty value for one left out, as Spika's
// older web client sends it.
func optionalID(q url.Values, name string) (int64, error) {
	if q.Get(name) == "" {
		return 0, nil
	}
	return queryID(q, name)
}
