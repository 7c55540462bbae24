package chat

import "context"

// HistoryPage is how many rooms a page of the history holds.
const HistoryPage = 20

// HistoryItem is a room in the asker's room list: its newest message and what
// is unread.
type HistoryItem struct {
	RoomID        int64
	Muted, Pinned bool
	Unread        int64
	Last          *MessageView // nil: none the asker can see
}

// HistoryList is one page of the history with the number of all entries.
type HistoryList struct {
	List  []HistoryItem
	Count int64
}

// History lists the asker's rooms that hold messages, newest message first.
// keyword narrows by room name, and in private rooms by the other's name. page
// counts from 0.
func (s *Service) History(ctx context.Context, who Session, keyword string, page int) (HistoryList, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (HistoryList, error) {
		stays, err := r.History(ctx, who.User.ID, keyword, Page{Limit: HistoryPage, Offset: page * HistoryPage})
		if err != nil {
			return HistoryList{}, err
		}
		items, err := historyItems(ctx, r, who.User.ID, stays)
		if err != nil {
			return HistoryList{}, err
		}
		count, err := r.HistoryCount(ctx, who.User.ID, keyword)
		return HistoryList{List: items, Count: count}, err
	})
}

// RoomHistory gives one room's entry. Fails with NotFound when the asker is not
// a member.
func (s *Service) RoomHistory(ctx context.Context, who Session, room int64) (HistoryItem, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (HistoryItem, error) {
		member, err := r.Member(ctx, room, who.User.ID)
		if err != nil || member.Left {
			return HistoryItem{}, Errorf(NotFound, "Room not found").unless(err)
		}
		rm, err := r.Room(ctx, room)
		if err != nil {
			return HistoryItem{}, err
		}
		items, err := historyItems(ctx, r, who.User.ID, []RoomStay{{rm, member}})
		if err != nil {
			return HistoryItem{}, err
		}
		return items[0], nil
	})
}

func historyItems(ctx context.Context, r Reader, user int64, stays []RoomStay) ([]HistoryItem, error) {
	msgs, err := lastMessages(ctx, r, user, stays)
	if err != nil {
		return nil, err
	}
	views, err := viewMessages(ctx, r, user, msgs)
	if err != nil {
		return nil, err
	}
	last := map[int64]MessageView{} // by room
	for _, v := range views {
		last[v.RoomID] = v
	}
	out := make([]HistoryItem, len(stays))
	for i, st := range stays {
		out[i] = HistoryItem{RoomID: st.Room.ID, Muted: st.Member.Muted, Pinned: st.Member.Pinned, Unread: st.Member.Unread(st.Room.LastN)}
		if v, ok := last[st.Room.ID]; ok {
			out[i].Last = &v
		}
	}
	return out, nil
}

// lastMessages gives the newest message of each room that the user can see.
func lastMessages(ctx context.Context, r Reader, user int64, stays []RoomStay) ([]Message, error) {
	var ids []int64
	byRoom := make(map[int64]RoomStay, len(stays))
	for _, st := range stays {
		byRoom[st.Room.ID] = st
		if st.Member.Sees(st.Room.LastN) {
			ids = append(ids, st.Room.LastMessage)
		}
	}
	msgs, err := r.MessagesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	hidden, err := hiddenFrom(ctx, r, user, msgs)
	if err != nil {
		return nil, err
	}
	var out []Message
	for _, m := range msgs {
		if hidden[m.ID].Kind != Withheld {
			out = append(out, m)
			continue
		}
		before, err := r.MessagesFor(ctx, user, Stretch{RoomID: m.RoomID, From: byRoom[m.RoomID].Member.JoinN + 1, To: m.N, Limit: 1})
		if err != nil {
			return nil, err
		}
		out = append(out, before...)
	}
	return out, nil
}
