package chat

import "context"

// audience is who hears of what a person does in a room.
type audience struct {
	// only is the one person who hears of it, the actor; 0: everyone in the room.
	only int64
	// blocker is the other person of a private room, who has blocked the actor; 0:
	// nobody has.
	blocker int64
}

// to has an event go to the audience.
func (a audience) to(e Event) Event {
	if a.only != 0 {
		e.ToUser = a.only
	}
	return e
}

// openTo tells who hears of what a person does in a room. In a private room, a
// block ends that: who has blocked the other gets Forbidden, and of whom the
// other has blocked, the other hears nothing.
func openTo(ctx context.Context, tx Tx, room Room, user int64) (audience, error) {
	peer, err := peerOf(ctx, tx, room, user)
	if peer == 0 || err != nil {
		return audience{}, err
	}
	if blocked, err := blocks(ctx, tx, user, peer); blocked || err != nil {
		return audience{}, Errorf(Forbidden, "Room is blocked: unblock the other person first").unless(err)
	}
	return heardBy(ctx, tx, user, peer)
}

// openIn is openTo for what a person does to a message; nobody does anything to
// those of a deleted room.
func openIn(ctx context.Context, tx Tx, m Message, user int64) (audience, error) {
	room, err := tx.Room(ctx, m.RoomID)
	if err == nil && room.Deleted {
		err = Errorf(Forbidden, "Room is deleted: its messages can only be read")
	}
	if err != nil {
		return audience{}, err
	}
	return openTo(ctx, tx, room, user)
}

// heardIn is openTo for what a person may do all the same.
func heardIn(ctx context.Context, tx Tx, room Room, user int64) (audience, error) {
	peer, err := peerOf(ctx, tx, room, user)
	if peer == 0 || err != nil {
		return audience{}, err
	}
	return heardBy(ctx, tx, user, peer)
}

func heardBy(ctx context.Context, tx Tx, user, peer int64) (audience, error) {
	if deaf, err := blocks(ctx, tx, peer, user); !deaf || err != nil {
		return audience{}, err
	}
	return audience{only: user, blocker: peer}, nil
}

// peerOf gives the other person of a private room, 0 when there is none.
func peerOf(ctx context.Context, r Reader, room Room, user int64) (int64, error) {
	if room.Type != Private {
		return 0, nil
	}
	peer, err := r.Peer(ctx, room.ID, user)
	if IsNotFound(err) {
		return 0, nil
	}
	return peer, err
}

func blocks(ctx context.Context, r Reader, user, other int64) (bool, error) {
	_, err := r.Block(ctx, user, other)
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}
