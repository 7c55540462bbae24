package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"spika/internal/chat"
	"spika/internal/store"
)

// The town is the store that is read from. Everybody is in a hundredth of the
// rooms but one, who is in all of them.
const (
	townPeople  = 10_000
	townRooms   = 1_000
	roomMembers = 100
)

var readConnections = []int{1, 16}

// read is how fast one question is answered.
type read struct {
	Database string       `json:"database"`
	What     string       `json:"what"`
	Load     []throughput `json:"load"` // its ratio is of the p99 to the bare handler's
}

// town is the seeded store and whom the questions come from.
type town struct {
	rooms     []int64
	few, many string    // sessions of one who is in few rooms, and in all
	older     int64     // a message of the first room, halfway back
	late      chat.Time // when the last thousandth of the messages began
}

// reads measures what clients ask for when they start and come back.
func (b *bench) reads(ctx context.Context) error {
	bare, err := startBare(ctx, b.bare)
	if err != nil {
		return err
	}
	var limits []throughput
	for _, n := range readConnections {
		t, err := b.hammerRounds(bare.addr, request(bare.addr, "/", "", postTo(1)), n)
		if err != nil {
			return errors.Join(err, bare.stop())
		}
		limits = append(limits, t)
	}
	b.results.Reads = append(b.results.Reads, read{What: "limit: bare handler", Load: limits})
	if err := bare.stop(); err != nil {
		return err
	}
	for _, database := range b.databases() {
		if err := b.readsFrom(ctx, database, limits); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) readsFrom(ctx context.Context, database string, limits []throughput) error {
	at, err := b.emptySite(ctx, database)
	if err != nil {
		return err
	}
	t, err := seedTown(ctx, at, b.stored)
	if err != nil {
		return err
	}
	if err := settle(ctx, at); err != nil {
		return err
	}
	p, _, err := startSpika(ctx, b.spika, at)
	if err != nil {
		return err
	}
	for _, q := range t.questions() {
		r := read{Database: database, What: q.what}
		for i, n := range readConnections {
			load, err := b.hammerRounds(p.addr, get(p.addr, "/api/messenger"+q.path, q.token), n)
			if err != nil {
				return errors.Join(fmt.Errorf("%s: %w", q.what, err), p.stop())
			}
			load.Ratio = ratio(load.P99, limits[i].P99)
			r.Load = append(r.Load, load)
		}
		b.results.Reads = append(b.results.Reads, r)
	}
	return p.stop()
}

type question struct{ what, path, token string }

// questions are the reads of a client that starts, opens a room, or was away.
func (t town) questions() []question {
	room := t.rooms[0]
	var out []question
	for _, who := range []struct{ name, token string }{{"in few rooms", t.few}, {"in all rooms", t.many}} {
		for _, q := range []question{
			{what: "room list (history)", path: "/history"},
			{what: "rooms", path: "/rooms"},
			{what: "unread counts", path: "/rooms/unread-count"},
			{what: "rooms changed since ever", path: "/rooms/sync/0"},
			{what: "messages changed of late", path: fmt.Sprintf("/messages/sync/%d", t.late)},
			{what: "messages changed since ever", path: "/messages/sync/0"},
			{what: "records since late", path: fmt.Sprintf("/message-records/sync/%d", t.late)},
		} {
			out = append(out, question{q.what + ", " + who.name, q.path, who.token})
		}
	}
	return append(out,
		question{"newest messages of a room", fmt.Sprintf("/messages/roomId/%d", room), t.many},
		question{"older messages of a room", fmt.Sprintf("/messages/roomId/%d?cursor=%d", room, t.older), t.many},
		question{"people changed since ever", "/users/sync/0", t.few},
	)
}

// seedTown fills a site with people, rooms and messages, which come by turns.
func seedTown(ctx context.Context, at site, messages int) (_ town, err error) {
	if err := os.MkdirAll(at.data, 0o700); err != nil {
		return town{}, err
	}
	st, svc, err := openService(ctx, at)
	if err != nil {
		return town{}, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	people, err := makePeople(ctx, st, townPeople)
	if err != nil {
		return town{}, err
	}
	few, err := svc.OpenSessionFor(ctx, people[1].Email, chat.DeviceInfo{Kind: "browser"})
	if err != nil {
		return town{}, err
	}
	many, err := svc.OpenSessionFor(ctx, people[0].Email, chat.DeviceInfo{Kind: "browser"})
	if err != nil {
		return town{}, err
	}
	t := town{few: few.Token, many: many.Token}
	for i := range townRooms {
		view, err := svc.CreateRoom(ctx, chat.Session{User: people[0]}, townRoom(people, i))
		if err != nil {
			return town{}, err
		}
		t.rooms = append(t.rooms, view.ID)
	}
	return t, t.fill(ctx, st, people, messages)
}

// townRoom gives the ith room: the next hundred people, round and round.
func townRoom(people []chat.User, i int) chat.NewRoom {
	room := chat.NewRoom{Name: fmt.Sprintf("Room %d", i), Type: chat.Group}
	for k := range roomMembers {
		room.UserIDs = append(room.UserIDs, people[(i*roomMembers+k)%len(people)].ID)
	}
	return room
}

// fill posts messages into the rooms by turns.
func (t *town) fill(ctx context.Context, st *store.Store, people []chat.User, messages int) error {
	older, late := messages/2/len(t.rooms)*len(t.rooms), messages-messages/1000
	all := make([]int, messages)
	for i := range all {
		all[i] = i
	}
	for part := range slices.Chunk(all, messagesAtOnce) {
		err := st.Update(ctx, func(ctx context.Context, tx chat.Tx) error {
			for _, i := range part {
				place := i % len(t.rooms)
				from := people[(place*roomMembers+i/len(t.rooms)%roomMembers)%len(people)]
				m, err := tx.AppendMessage(ctx, chat.Message{
					RoomID: t.rooms[place], FromUser: from.ID, SenderName: from.Name, Type: chat.TextType, Body: []byte(postBody), Total: roomMembers + 1,
				})
				if err != nil {
					return err
				}
				tx.Emit(chat.Event{Kind: chat.MessagePosted, RoomID: m.RoomID, UserID: from.ID, MessageID: m.ID, Message: &m})
				switch i {
				case older:
					t.older = m.ID
				case late:
					t.late = m.Created
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
