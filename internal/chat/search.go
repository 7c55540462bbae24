package chat

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a search.
const (
	MinKeyword   = 3   // characters
	MaxKeyword   = 200 // characters
	SearchSize   = 50  // messages found, unless the asker says otherwise
	MaxSearch    = 100
	searchStep   = 200      // messages looked at in one step
	searchLength = 20_000   // messages looked at in all
	searchBytes  = 16 << 20 // of their bodies
)

// SearchRequest says what is looked for in a room's messages.
type SearchRequest struct {
	RoomID  int64
	Keyword string
	Before  int64 // id of the message before which to look; 0: all are looked at
	Limit   int   // messages wanted; more than MaxSearch are not given
}

// Found are messages that a search found, newest first.
type Found struct {
	List []MessageView // without counts
	Next int64         // id of the message before which to look further; 0: all were looked at
}

// Search finds the messages of a room whose text holds the keyword, whatever the
// case of either, newest first: those that the asker sees and that are not
// deleted. It looks at a bounded number of messages and says where to go on. No
// index helps: messages are read in the order of the room, and compared here, so
// that both databases find the same. Fails with NotFound when the asker is not a
// member, Invalid when the keyword is too short or too long.
func (s *Service) Search(ctx context.Context, who Session, req SearchRequest) (Found, error) {
	if n := utf8.RuneCountInString(req.Keyword); n < MinKeyword || n > MaxKeyword {
		return Found{}, Errorf(Invalid, "keyword must have %d to %d characters", MinKeyword, MaxKeyword)
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (Found, error) {
		g, err := sightOf(ctx, r, req.RoomID, who.User.ID)
		if err != nil {
			return Found{}, err
		}
		if req.Before != 0 {
			n, err := g.number(ctx, r, req.Before, "cursor")
			if err != nil {
				return Found{}, err
			}
			g.last = min(g.last, n-1)
		}
		found, err := g.search(ctx, r, foldCase(req.Keyword), min(max(req.Limit, 1), MaxSearch))
		if err != nil {
			return Found{}, err
		}
		views := make([]*MessageView, len(found.List))
		for i := range found.List {
			views[i] = &found.List[i]
		}
		return found, addFiles(ctx, r, views...)
	})
}

func (g sight) search(ctx context.Context, r Reader, keyword string, limit int) (Found, error) {
	var out Found
	bytes := 0
	for looked := 0; looked < searchLength && bytes < searchBytes; {
		msgs, err := g.before(ctx, r, g.last, searchStep)
		if err != nil {
			return Found{}, err
		}
		hidden, err := hiddenFrom(ctx, r, g.user, msgs)
		if err != nil {
			return Found{}, err
		}
		for _, m := range msgs {
			bytes += len(m.Body)
			if _, gone := hidden[m.ID]; gone || m.Deleted || !strings.Contains(foldCase(m.text()), keyword) {
				continue
			}
			if out.List = append(out.List, MessageView{Message: m}); len(out.List) == limit {
				return Found{out.List, g.unlessFirst(m)}, nil
			}
		}
		if len(msgs) < searchStep {
			return Found{List: out.List}, nil
		}
		last := msgs[len(msgs)-1]
		looked += len(msgs)
		g.last, out.Next = last.N-1, g.unlessFirst(last)
	}
	return out, nil
}

// unlessFirst gives the id of a message unless nothing can be before it.
func (g sight) unlessFirst(m Message) int64 {
	if m.N <= g.first {
		return 0
	}
	return m.ID
}

// text gives what a message says in words; empty: nothing.
func (m Message) text() string {
	var content struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(m.Body, &content) != nil { // the text of a foreign body could be anything
		return ""
	}
	return content.Text
}

// foldCase gives a text in which letters that differ in case only are the same.
func foldCase(s string) string { return strings.Map(foldRune, s) }

// foldRune gives the first of the letters that differ from r in case only.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	if 'A' <= least && least <= 'Z' { // the Kelvin sign is a k
		least += 'a' - 'A'
	}
	return least
}
