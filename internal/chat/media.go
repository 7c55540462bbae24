package chat

import (
	"cmp"
	"context"
	"slices"
)

// MediaKind says what is looked for among a room's messages.
type MediaKind string

// The kinds, as clients part them.
const (
	Pictures MediaKind = "media" // pictures and videos
	Papers   MediaKind = "file"  // other files and sound
	WebLinks MediaKind = "link"  // texts with web addresses in them
)

// types gives the types of message a kind has; an empty one: any with a web
// address. None: there is no such kind.
func (k MediaKind) types() []string {
	switch k {
	case Pictures:
		return []string{ImageType, "video"}
	case Papers:
		return []string{"file", "audio"}
	case WebLinks:
		return []string{""}
	}
	return nil
}

// MediaRequest says which messages of a room are wanted: those older or newer than
// one, or one and what is older, or the newest.
type MediaRequest struct {
	RoomID       int64
	Kind         MediaKind
	At           int64 // id of a message; 0: the newest
	Older, Newer bool  // than At, which is left out then
	Limit        int   // messages wanted; more than MaxBatchSize are not given
	Counted      bool  // whether to tell how many there are in all
}

// MediaPage is a stretch of messages of one kind, newest first.
type MediaPage struct {
	List         []MessageView
	Older, Newer bool  // whether there are any beyond it
	Total        int64 // how many there are in all, on any page; 0 where that was not asked
}

// Media lists what a room's messages brought, as far as the asker sees them. Fails
// with NotFound when the asker is not a member, Invalid for an unknown kind or
// place.
func (s *Service) Media(ctx context.Context, who Session, req MediaRequest) (MediaPage, error) {
	if req.Kind.types() == nil {
		return MediaPage{}, Errorf(Invalid, "type must be media, file or link")
	}
	if req.Older && req.Newer {
		return MediaPage{}, Errorf(Invalid, "fetchOlder and fetchNewer exclude each other")
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (MediaPage, error) {
		g, err := sightOf(ctx, r, req.RoomID, who.User.ID)
		if err != nil {
			return MediaPage{}, err
		}
		from, to := g.first, g.last
		if req.At != 0 {
			n, err := g.number(ctx, r, req.At, "cursor")
			switch {
			case err != nil:
				return MediaPage{}, err
			case req.Newer:
				from = max(from, n+1)
			case req.Older:
				to = min(to, n-1)
			default:
				to = min(to, n)
			}
		}
		page, err := g.media(ctx, r, req, from, to)
		if err == nil && req.Counted {
			page.Total, err = g.countMedia(ctx, r, req.Kind)
		}
		return page, err
	})
}

func (g sight) media(ctx context.Context, r Reader, req MediaRequest, from, to int64) (MediaPage, error) {
	limit := min(max(req.Limit, 1), MaxBatchSize)
	msgs, err := g.mediaIn(ctx, r, req.Kind, Stretch{RoomID: g.room, From: from, To: to, Limit: limit, Up: req.Newer})
	if err != nil || len(msgs) == 0 {
		return MediaPage{Older: req.Newer && req.At != 0, Newer: req.Older && req.At != 0}, err
	}
	slices.SortFunc(msgs, func(a, b Message) int { return cmp.Compare(b.N, a.N) })
	beyond := func(from, to int64) bool {
		if err != nil {
			return false
		}
		var more []Message
		more, err = g.mediaIn(ctx, r, req.Kind, Stretch{RoomID: g.room, From: from, To: to, Limit: 1})
		return len(more) > 0
	}
	out := MediaPage{Older: beyond(g.first, msgs[len(msgs)-1].N-1), Newer: beyond(msgs[0].N+1, g.last)}
	if err != nil {
		return MediaPage{}, err
	}
	out.List, err = viewMessages(ctx, r, g.user, msgs)
	return out, err
}

// mediaIn gives what a stretch has of a kind, the nearest first.
func (g sight) mediaIn(ctx context.Context, r Reader, kind MediaKind, s Stretch) ([]Message, error) {
	var out []Message
	for _, t := range kind.types() {
		list, err := r.MediaFor(ctx, g.user, t, s)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b Message) int {
		if s.Up {
			return cmp.Compare(a.N, b.N)
		}
		return cmp.Compare(b.N, a.N)
	})
	return out[:min(len(out), s.Limit)], nil
}

// countMedia counts all of a kind that a room has for its member.
func (g sight) countMedia(ctx context.Context, r Reader, kind MediaKind) (int64, error) {
	var sum int64
	for _, t := range kind.types() {
		n, err := r.CountMedia(ctx, g.user, t, Stretch{RoomID: g.room, From: g.first, To: g.last})
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}
