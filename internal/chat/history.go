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
		items, err := historyItems(ctx, r, stays)
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
		items, err := historyItems(ctx, r, []RoomStay{{rm, member}})
		if err != nil {
			return HistoryItem{}, err
		}
		return items[0], nil
	})
}

func historyItems(ctx context.Context, r Reader, stays []RoomStay) ([]HistoryItem, error) {
	var ids []int64
	for _, st := range stays {
		if st.Member.Sees(st.Room.LastN) {
			ids = append(ids, st.Room.LastMessage)
		}
	}
	last := map[int64]MessageView{} // by room
	if len(ids) > 0 {
		msgs, err := r.MessagesByID(ctx, ids)
		if err != nil {
			return nil, err
		}
		views, err := viewMessages(ctx, r, msgs)
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			last[v.RoomID] = v
		}
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
