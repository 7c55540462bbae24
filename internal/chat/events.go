package chat

import (
	"context"
	"time"
)

// Replay is what happened to a person between two places in the event order.
type Replay struct {
	Events []Event
	Seq    int64 // the place it reaches
	More   bool  // there is more up to Seq's newest: ask again from Seq
	Lost   bool  // the place to start from is older than what is kept
	// Rooms are those the person is in at Seq, with the number of the first event
	// in each that is for them.
	Rooms map[int64]int64
}

// How many of a person's events one replay step reads at most, and among how many of
// everyone's it looks for them: of somebody in quiet rooms there may be none in a
// week, and a step must end before it is given up.
const (
	replayPage = 500
	replaySpan = 10_000
)

// Replay gives the events for a person after a place; negative: none, only the
// newest place and the person's rooms.
func (s *Service) Replay(ctx context.Context, user, after int64) (Replay, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (Replay, error) {
		seq, _, err := r.Now(ctx)
		if err != nil {
			return Replay{}, err
		}
		out := Replay{Seq: seq}
		if out.Rooms, err = r.JoinedRooms(ctx, user); err != nil || after < 0 {
			return out, err
		}
		forgotten, err := r.Forgotten(ctx)
		if err != nil {
			return Replay{}, err
		}
		if after < forgotten || after > seq {
			out.Lost = true
			return out, nil
		}
		err = out.step(ctx, r, user, after)
		return out, err
	})
}

// step reads the first of a person's events after a place and before Seq.
func (p *Replay) step(ctx context.Context, r Reader, user, after int64) (err error) {
	newest := p.Seq
	p.Seq = min(newest, after+replaySpan)
	p.Events, err = r.EventsFor(ctx, user, after, p.Seq, replayPage)
	for i := range p.Events {
		p.Events[i].Reader = user
	}
	if len(p.Events) == replayPage {
		p.Seq = p.Events[replayPage-1].Seq
	}
	p.More = p.Seq < newest
	return err
}

// RoomPeople gives the people who are in a room now, with the number of the first
// event in it that is for them.
func (s *Service) RoomPeople(ctx context.Context, room int64) (map[int64]int64, error) {
	return s.store.JoinedPeople(ctx, room)
}

// RoomForAll gives a room with its members, without anybody's own view of it.
func (s *Service) RoomForAll(ctx context.Context, id int64) (RoomView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomView, error) {
		room, err := r.Room(ctx, id)
		if err != nil {
			return RoomView{}, err
		}
		members, err := r.RoomMembers(ctx, id)
		return RoomView{Room: room, Members: members}, err
	})
}

// Stay gives a user's place in a room. Fails with NotFound when they are not in
// it.
func (s *Service) Stay(ctx context.Context, room, user int64) (RoomStay, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (RoomStay, error) {
		rm, err := r.Room(ctx, room)
		if err != nil {
			return RoomStay{}, err
		}
		m, err := r.Member(ctx, room, user)
		if err == nil && m.Left {
			err = Errorf(NotFound, "Room not found")
		}
		return RoomStay{Room: rm, Member: m}, err
	})
}

// MessageFor gives a message as it is now, for announcing it to one reader or
// (reader 0) to nobody in particular. Fails with NotFound when it was withheld
// from them.
func (s *Service) MessageFor(ctx context.Context, reader, id int64) (MessageView, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (MessageView, error) {
		return messageFor(ctx, r, reader, id)
	})
}

// Announced completes a message that was stored just now with its files and what it
// answers, as a reader sees that (0: nobody in particular); its counts are what they were
// then. One that has lost its files by now, because it was deleted, is given as it is.
func (s *Service) Announced(ctx context.Context, reader int64, m Message) (MessageView, error) {
	if m.ReplyTo == 0 && m.FileID == 0 {
		return MessageView{Message: m, Counts: Counts{Total: m.Total}}, nil
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (MessageView, error) {
		p, err := fresh(ctx, r, reader, m)
		if err == nil && p.lacksFile() {
			return messageFor(ctx, r, reader, m.ID)
		}
		return p.MessageView, err
	})
}

// dropStep is how many events are forgotten in one transaction.
const dropStep = 1_000

// DropOldEvents forgets events older than are kept for readers that were away.
func (s *Service) DropOldEvents(ctx context.Context) error {
	before := s.now().Add(-eventsKeptDays * 24 * time.Hour)
	for {
		dropped, err := update(ctx, s, func(ctx context.Context, tx Tx) (int64, error) {
			return tx.DropEvents(ctx, before, dropStep)
		})
		if err != nil || dropped < dropStep {
			return err
		}
	}
}
