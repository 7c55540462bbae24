package chat

import (
	"context"
	"slices"
	"time"
)

// How many messages a page holds.
const (
	MessagePage   = 50
	maxTargetPage = 2_000 // how far a page is enlarged to reach a wanted message
	SyncPage      = 100
)

// MessagePageRequest says which messages of a room are wanted, newest first.
type MessagePageRequest struct {
	RoomID int64
	From   int64 // id of the message to start at; 0: the newest
	Target int64 // id of a message the page must reach; 0: none
}

// MessageList is one page of a room's messages, newest first.
type MessageList struct {
	List  []MessageView
	Count int64 // messages the asker can see in all
	Next  int64 // id to start the next page at; 0: all is loaded
}

// Messages gives a page of a room's messages and notes that the asker has
// received what there is. Fails with NotFound when the asker is not a member.
func (s *Service) Messages(ctx context.Context, who Session, req MessagePageRequest) (MessageList, error) {
	member, room, err := s.currentMember(ctx, req.RoomID, who.User.ID)
	if err != nil {
		return MessageList{}, err
	}
	if member.DeliveredN < room.LastN {
		if err := s.receiveSoon(ctx, who, place{room.ID, room.LastN}); err != nil {
			return MessageList{}, err
		}
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (MessageList, error) {
		return listMessages(ctx, r, room.ID, who.User.ID, req)
	})
}

// receiveWithin is how long reading waits until it is noted what was received.
const receiveWithin = 2 * time.Second

// receiveSoon notes what the asker has received, unless that cannot be stored
// now: reading goes on while the disk is full or the database busy.
func (s *Service) receiveSoon(ctx context.Context, who Session, to place) error {
	within, cancel := context.WithTimeout(ctx, receiveWithin)
	defer cancel()
	err := s.receive(within, who, []place{to}, Delivered)
	if CodeOf(err) == Unavailable || err != nil && within.Err() != nil {
		return ctx.Err()
	}
	return err
}

// currentMember finds a room and the user's place in it, or NotFound.
func (s *Service) currentMember(ctx context.Context, roomID, user int64) (Member, Room, error) {
	member, err := s.store.Member(ctx, roomID, user)
	if IsNotFound(err) || err == nil && member.Left {
		return Member{}, Room{}, Errorf(NotFound, "No room found")
	}
	if err != nil {
		return Member{}, Room{}, err
	}
	room, err := s.store.Room(ctx, roomID)
	return member, room, err
}

func listMessages(ctx context.Context, r Reader, roomID, user int64, req MessagePageRequest) (MessageList, error) {
	member, err := r.Member(ctx, roomID, user)
	if err != nil {
		return MessageList{}, err
	}
	room, err := r.Room(ctx, roomID)
	if err != nil {
		return MessageList{}, err
	}
	top, limit := room.LastN, MessagePage
	if req.From != 0 { // the page starts with the message the last one ended with
		m, err := r.Message(ctx, req.From)
		if err != nil && !IsNotFound(err) {
			return MessageList{}, err
		}
		if err != nil || m.RoomID != roomID {
			return MessageList{}, Errorf(Invalid, "cursor must be the id of a message of this room")
		}
		top, limit = m.N, MessagePage+1
	}
	if req.Target != 0 {
		if m, _, err := seenMessage(ctx, r, user, req.Target); err == nil && m.RoomID == roomID {
			limit = max(limit, int(min(top-m.N+1, maxTargetPage)))
		} else if err != nil && !IsNotFound(err) {
			return MessageList{}, err
		}
	}
	msgs, err := r.MessagesFor(ctx, user, Stretch{RoomID: roomID, From: member.JoinN + 1, To: top, Limit: limit})
	if err != nil {
		return MessageList{}, err
	}
	views, err := listed(ctx, r, user, msgs)
	if err != nil {
		return MessageList{}, err
	}
	withheld, err := r.WithheldCount(ctx, roomID, user, member.JoinN)
	if err != nil {
		return MessageList{}, err
	}
	out := MessageList{List: views, Count: room.LastN - member.JoinN - withheld}
	if len(msgs) >= MessagePage && msgs[len(msgs)-1].N > member.JoinN+1 {
		out.Next = msgs[len(msgs)-1].ID
	}
	return out, nil
}

// MessageSync is one page of messages changed since a moment.
type MessageSync struct {
	List []MessageView
	More bool
}

// SyncMessages gives the asker's messages changed after since, by that time, as
// far as they were stored since the asker's device came to be; edited: only those
// changed since they were stored. page counts from 0.
func (s *Service) SyncMessages(ctx context.Context, who Session, since Time, edited bool, page int) (MessageSync, error) {
	at := walker{who, WalkMessages, since, page}
	if edited {
		at.kind = WalkEdited
	}
	read := func(ctx context.Context, r Reader, p Part) ([]Changed[Message], error) {
		return r.MessagesChanged(ctx, who.User.ID, Changes{Since: since, Born: who.Device.Created, Edited: edited}, p)
	}
	show := func(ctx context.Context, r Reader, list []Message) ([]MessageView, error) {
		return viewMessages(ctx, r, who.User.ID, list)
	}
	list, more, err := walk(ctx, s, at, walked[Message, MessageView]{SyncPage, read, show})
	return MessageSync{List: list, More: more}, err
}

// viewMessages adds counts, files and answered messages, and shows what is hidden from
// the reader as deleted (reader 0: nobody in particular). The order is kept.
func viewMessages(ctx context.Context, r Reader, reader int64, msgs []Message) ([]MessageView, error) {
	replies, err := replyTargets(ctx, r, msgs)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(msgs, replies)
	hidden, err := hiddenFrom(ctx, r, reader, all)
	if err != nil {
		return nil, err
	}
	counts, err := countAll(ctx, r, all)
	if err != nil {
		return nil, err
	}
	seen := func(m Message) *MessageView {
		if h, ok := hidden[m.ID]; ok {
			m = m.asSeen(h)
		}
		return &MessageView{Message: m, Counts: counts[m.ID]}
	}
	byID := make(map[int64]*MessageView, len(replies))
	var views []*MessageView
	for _, m := range replies {
		byID[m.ID] = seen(m)
		views = append(views, byID[m.ID])
	}
	out := make([]MessageView, len(msgs))
	for i, m := range msgs {
		out[i] = *seen(m)
		out[i].Reply = byID[out[i].ReplyTo]
		views = append(views, &out[i])
	}
	return out, addFiles(ctx, r, views...)
}

// maxListedReactions is how many reactions come with a page of messages.
const maxListedReactions = 10_000

// listed is viewMessages with the reactions to what is not deleted.
func listed(ctx context.Context, r Reader, reader int64, msgs []Message) ([]MessageView, error) {
	views, err := viewMessages(ctx, r, reader, msgs)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]*MessageView, len(views))
	var ids []int64
	for i := range views {
		if !views[i].Deleted {
			at[views[i].ID] = &views[i]
			ids = append(ids, views[i].ID)
		}
	}
	list, err := r.Reactions(ctx, ids, maxListedReactions)
	for _, reaction := range list {
		v := at[reaction.MessageID]
		v.Reactions = append(v.Reactions, reaction)
	}
	return views, err
}

// messageFor gives a message as one reader sees it (0: nobody in particular).
// Fails with NotFound when it was withheld from them, or changed after they left.
func messageFor(ctx context.Context, r Reader, reader, id int64) (MessageView, error) {
	m, err := r.Message(ctx, id)
	if err != nil {
		return MessageView{}, err
	}
	hidden, err := hiddenFrom(ctx, r, reader, []Message{m})
	if err != nil {
		return MessageView{}, err
	}
	if hidden[id].Kind == Withheld {
		return MessageView{}, Errorf(NotFound, "message not found")
	}
	if err := checkReach(ctx, r, reader, m); err != nil {
		return MessageView{}, err
	}
	views, err := viewMessages(ctx, r, reader, []Message{m})
	if err != nil {
		return MessageView{}, err
	}
	return views[0], nil
}

// checkReach refuses what was written into a message after a reader had left its
// room: rights end with membership. That it was deleted can be told.
func checkReach(ctx context.Context, r Reader, reader int64, m Message) error {
	if reader == 0 || m.Deleted || m.Modified == m.Created {
		return nil
	}
	member, err := r.Member(ctx, m.RoomID, reader)
	if err != nil {
		return err
	}
	if member.Left && m.Modified > member.Changed || !member.Left && !member.Sees(m.N) {
		return Errorf(NotFound, "message not found")
	}
	return nil
}

func replyTargets(ctx context.Context, r Reader, msgs []Message) ([]Message, error) {
	var ids []int64
	for _, m := range msgs {
		if m.ReplyTo != 0 {
			ids = append(ids, m.ReplyTo)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	return r.MessagesByID(ctx, slices.Compact(ids))
}

// countAll derives the counts of messages of any rooms.
func countAll(ctx context.Context, r Reader, msgs []Message) (map[int64]Counts, error) {
	lowest := map[int64]int64{} // room -> lowest number asked for
	var senders []int64
	for _, m := range msgs {
		if n, ok := lowest[m.RoomID]; !ok || m.N < n {
			lowest[m.RoomID] = m.N
		}
		senders = append(senders, m.FromUser)
	}
	people, err := peopleAmong(ctx, r, senders)
	if err != nil {
		return nil, err
	}
	positions := make(map[int64][]Position, len(lowest))
	for room, n := range lowest {
		if positions[room], err = r.Positions(ctx, room, n); err != nil {
			return nil, err
		}
	}
	out := make(map[int64]Counts, len(msgs))
	for _, m := range msgs {
		out[m.ID] = countReceipts(m, people[m.FromUser], positions[m.RoomID])
	}
	return out, nil
}

// peopleAmong tells which of the users are people.
func peopleAmong(ctx context.Context, r Reader, ids []int64) (map[int64]bool, error) {
	slices.Sort(ids)
	users, err := r.Users(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	out := make(map[int64]bool, len(users))
	for _, u := range users {
		out[u.ID] = !u.IsBot()
	}
	return out, nil
}

// RoomCounts gives the counts of a room's messages numbered from..to, newest
// first, at most limit: what a large room's members are told in one go.
func (s *Service) RoomCounts(ctx context.Context, room, from, to int64, limit int) ([]MessageView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) ([]MessageView, error) {
		msgs, err := r.Messages(ctx, room, from, to, limit)
		if err != nil {
			return nil, err
		}
		return viewMessages(ctx, s.positions.over(r), 0, msgs)
	})
}
