package chat

import "context"

// HiddenKind tells why a user does not see a message as others do.
type HiddenKind int64

// The kinds of hiding. Their values are stored.
const (
	DeletedForOne HiddenKind = 1 // the user deleted it for themselves: they see that it is deleted
	Withheld      HiddenKind = 2 // the user had blocked its sender: they do not see it at all
)

// Hidden says that a message is kept from one user.
type Hidden struct {
	UserID    int64
	MessageID int64
	RoomID    int64
	N         int64 // the message's number
	Kind      HiddenKind
	At        Time
}

// hiddenFrom tells which of the messages are kept from a user, by message.
func hiddenFrom(ctx context.Context, r Reader, user int64, msgs []Message) (map[int64]Hidden, error) {
	if user == 0 || len(msgs) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(msgs))
	for i, m := range msgs {
		ids[i] = m.ID
	}
	list, err := r.HiddenAmong(ctx, user, ids)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := make(map[int64]Hidden, len(list))
	for _, h := range list {
		out[h.MessageID] = h
	}
	return out, nil
}

// asSeen gives a message as the user sees it from whom it is hidden in that way.
// A withheld one can be met where another message answers it; what it said is
// not shown there either.
func (m Message) asSeen(h Hidden) Message {
	m.wipe()
	m.Modified = max(m.Modified, h.At)
	return m
}

// emptyBody is what stays of the body of a message that was deleted.
var emptyBody = []byte("{}")

// wipe takes out of a message what it said.
func (m *Message) wipe() {
	m.Deleted, m.Type, m.Body, m.ReplyTo, m.HasLink = true, TextType, emptyBody, 0, false
	m.FileID, m.ThumbID = 0, 0
}

// HiddenFrom tells from whom messages are hidden, by user.
func (s *Service) HiddenFrom(ctx context.Context, ids ...int64) (map[int64][]Hidden, error) {
	list, err := s.store.HiddenOf(ctx, ids)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := map[int64][]Hidden{}
	for _, h := range list {
		out[h.UserID] = append(out[h.UserID], h)
	}
	return out, nil
}

// seenMessage finds a message that the user can see, deleted or not, with their
// place in its room. What is gone, another's or withheld is not found.
func seenMessage(ctx context.Context, r Reader, user, id int64) (Message, Member, error) {
	m, err := r.Message(ctx, id)
	if err != nil {
		return Message{}, Member{}, err
	}
	member, err := r.Member(ctx, m.RoomID, user)
	if err != nil {
		return Message{}, Member{}, err
	}
	if member.Left || !member.Sees(m.N) {
		return Message{}, Member{}, Errorf(NotFound, "message not found")
	}
	hidden, err := r.HiddenAmong(ctx, user, []int64{id})
	if err != nil {
		return Message{}, Member{}, err
	}
	for _, h := range hidden {
		if h.Kind == Withheld {
			return Message{}, Member{}, Errorf(NotFound, "message not found")
		}
		m = m.asSeen(h)
	}
	return m, member, nil
}
