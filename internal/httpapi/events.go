package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"

	"spika/api"
	"spika/internal/chat"
	"spika/internal/hub"
)

// Renderer writes events down as frames of the event stream (the format of
// WHATWG HTML, section 9.2).
type Renderer struct {
	svc *chat.Service
}

var _ hub.Renderer = (*Renderer)(nil)

// NewRenderer makes a renderer that reads what events are about from svc.
func NewRenderer(svc *chat.Service) *Renderer { return &Renderer{svc} }

// Event implements hub.Renderer.
func (r *Renderer) Event(ctx context.Context, e chat.Event) (hub.Rendering, error) {
	switch e.Kind {
	case chat.MessagePosted:
		return r.message(ctx, e, api.EventNewMessage)
	case chat.MessageChanged:
		return r.message(ctx, e, api.EventUpdateMessage)
	case chat.MessageDeleted, chat.MessageHidden:
		return r.message(ctx, e, api.EventDeleteMessage)
	case chat.Reacted:
		return r.reaction(ctx, e, api.EventNewRecord)
	case chat.ReactionGone:
		return r.reaction(ctx, e, api.EventDeleteRecord)
	case chat.ReceiptMade:
		return r.records(ctx, e)
	case chat.UserChanged:
		u, err := r.svc.User(ctx, e.UserID)
		return alike(e.Seq, api.UserEvent{Type: api.EventUserUpdate, User: toUser(u)}, err)
	case chat.RoomMade:
		return r.room(ctx, e, api.EventNewRoom)
	case chat.RoomChanged, chat.RoomMarked:
		return r.room(ctx, e, api.EventUpdateRoom)
	case chat.RoomDeleted:
		return r.room(ctx, e, api.EventDeleteRoom)
	case chat.RoomSeen:
		return alike(e.Seq, api.RoomIDEvent{Type: api.EventSeenRoom, RoomID: e.RoomID}, nil)
	case chat.RoomLeft, chat.AdminEnded: // clients know one event for both
		return alike(e.Seq, api.RemovedEvent{Type: api.EventRemovedFromRoom, RoomID: e.RoomID, IsMember: e.Kind == chat.AdminEnded}, nil)
	case chat.KeysChanged:
		return alike(e.Seq, api.RoomIDEvent{Type: api.EventAPIKeysChanged, RoomID: e.RoomID}, nil)
	case chat.AccessChanged: // nobody's to read
	}
	return hub.Rendering{}, nil
}

// message tells of a message: a new one as it was stored while that is just now,
// else as it is by now.
func (r *Renderer) message(ctx context.Context, e chat.Event, kind api.EventType) (hub.Rendering, error) {
	reader := e.Reader
	if e.ToUser != 0 {
		reader = e.ToUser
	}
	var v chat.MessageView
	var err error
	if e.Message != nil {
		v, err = r.svc.Announced(ctx, reader, *e.Message)
	} else {
		v, err = r.svc.MessageFor(ctx, reader, e.MessageID)
	}
	if err == nil && reader != 0 && kind == api.EventUpdateMessage && v.Deleted {
		if hidden, err := r.svc.HiddenFrom(ctx, v.ID); err != nil || len(hidden[reader]) > 0 { // gone for them
			return hub.Rendering{}, err
		}
	}
	told, err := alike(e.Seq, api.MessageEvent{Type: kind, Message: toMessage(v)}, err)
	if err != nil || reader != 0 || e.Message != nil && v.Reply == nil {
		return told, err
	}
	hidden, err := r.svc.HiddenFrom(ctx, v.ID, v.ReplyTo)
	if err != nil || len(hidden) == 0 {
		return told, err
	}
	return r.unlessHidden(e, kind, told, hidden), nil
}

// unlessHidden tells most readers of a message alike, and those from whom it, or
// what it answers, is hidden as they see it.
func (r *Renderer) unlessHidden(e chat.Event, kind api.EventType, told hub.Rendering, hidden map[int64][]chat.Hidden) hub.Rendering {
	return hub.Rendering{One: func(ctx context.Context, user int64) ([][]byte, error) {
		mine := hidden[user]
		if len(mine) == 0 {
			return [][]byte{told.All}, nil
		}
		for _, h := range mine {
			if h.MessageID == e.MessageID && kind == api.EventUpdateMessage { // gone for them
				return nil, nil
			}
		}
		v, err := r.svc.MessageFor(ctx, user, e.MessageID)
		own, err := alike(e.Seq, api.MessageEvent{Type: kind, Message: toMessage(v)}, err)
		return [][]byte{own.All}, err
	}}
}

// reaction tells of a reaction while it is as the event says.
func (r *Renderer) reaction(ctx context.Context, e chat.Event, kind api.EventType) (hub.Rendering, error) {
	v, err := r.svc.ToldReaction(ctx, e)
	told, err := alike(e.Seq, api.RecordEvent{
		Type: kind, MessageRecord: toReaction(v.Reaction),
		DeliveredCount: v.Delivered, SeenCount: v.Seen, TotalUserCount: v.Total,
	}, err)
	if err != nil || e.ToUser != 0 {
		return told, err
	}
	hidden, err := r.svc.HiddenFrom(ctx, e.MessageID)
	switch {
	case err != nil, e.Reader != 0 && len(hidden[e.Reader]) > 0:
		return hub.Rendering{}, err
	case e.Reader != 0 || len(hidden) == 0:
		return told, nil
	}
	return hub.Rendering{One: func(_ context.Context, user int64) ([][]byte, error) {
		if len(hidden[user]) > 0 {
			return nil, nil
		}
		return [][]byte{told.All}, nil
	}}, nil
}

// records tells each new receipt in a frame of its own; the last one takes the
// event's place.
func (r *Renderer) records(ctx context.Context, e chat.Event) (hub.Rendering, error) {
	list, err := r.svc.NewReceipts(ctx, e)
	if err != nil || len(list) == 0 {
		return hub.Rendering{}, err
	}
	var out []byte
	for i, v := range list {
		seq := int64(0)
		if i == len(list)-1 {
			seq = e.Seq
		}
		out, err = appendFrame(out, seq, api.RecordEvent{
			Type: api.EventNewRecord, MessageRecord: toRecord(v.Receipt),
			DeliveredCount: v.Delivered, SeenCount: v.Seen, TotalUserCount: v.Total,
		})
		if err != nil {
			return hub.Rendering{}, err
		}
	}
	return hub.Rendering{All: out}, nil
}

// room tells of a room, to each reader with their own unread count and flags.
// The members, which can be thousands, are read and written down once for all.
func (r *Renderer) room(ctx context.Context, e chat.Event, kind api.EventType) (hub.Rendering, error) {
	shared, err := r.svc.RoomForAll(ctx, e.RoomID)
	if err != nil {
		return hub.Rendering{}, err
	}
	room := toRoom(shared)
	if shared.Purged { // nobody is in it any more
		return alike(e.Seq, api.RoomEvent{Type: kind, Room: room}, nil)
	}
	members, err := json.Marshal(room.Users)
	if err != nil {
		return hub.Rendering{}, fmt.Errorf("encode members: %w", err)
	}
	room.Users = []api.RoomUser{}
	return hub.Rendering{One: func(ctx context.Context, user int64) ([][]byte, error) {
		stay, err := r.svc.Stay(ctx, e.RoomID, user)
		if err != nil {
			return nil, err
		}
		own := room
		own.Muted, own.Pinned, own.UnreadCount = stay.Member.Muted, stay.Member.Pinned, stay.Member.Unread(stay.Room.LastN)
		own.ModifiedAt = max(own.ModifiedAt, int64(stay.Member.Changed))
		frame, err := appendFrame(nil, e.Seq, api.RoomEvent{Type: kind, Room: own})
		if err != nil {
			return nil, err
		}
		const noUsers = `"users":[]` // cannot stand within a string: its quotes would be escaped
		head, tail, _ := bytes.Cut(frame, []byte(noUsers))
		return [][]byte{head, []byte(`"users":`), members, tail}, nil
	}}, nil
}

// Counts implements hub.Renderer.
func (r *Renderer) Counts(ctx context.Context, room, from, to int64) ([]byte, error) {
	list, err := r.svc.RoomCounts(ctx, room, from, to, maxTold)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	event := api.CountsEvent{Type: api.EventMessageCounts, RoomID: room, Counts: all(list, func(v chat.MessageView) api.MessageCounts {
		return api.MessageCounts{MessageID: v.ID, DeliveredCount: v.Delivered, SeenCount: v.Seen, TotalUserCount: v.Counts.Total}
	})}
	return appendFrame(nil, 0, event)
}

// maxTold is how many messages' counts are told at a time: the newest ones,
// which are on show.
const maxTold = 100

// alike renders an event that everyone reads alike.
func alike(seq int64, event any, err error) (hub.Rendering, error) {
	if err != nil {
		return hub.Rendering{}, err
	}
	frame, err := appendFrame(nil, seq, event)
	return hub.Rendering{All: frame}, err
}

// appendFrame writes an event down as one frame; seq 0: it takes no place.
func appendFrame(b []byte, seq int64, event any) ([]byte, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	if seq != 0 {
		b = append(b, "id: "...)
		b = strconv.AppendInt(b, seq, 10)
		b = append(b, '\n')
	}
	b = append(b, "data: "...)
	b = append(b, data...)
	return append(b, "\n\n"...), nil
}
