package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"spika/internal/chat"
	"spika/internal/store"
)

// site is a store that a server is started over.
type site struct {
	data     string // folder
	database string // URL; empty: SQLite in the folder
}

func (s site) url() string {
	if s.database != "" {
		return s.database
	}
	return "sqlite:" + filepath.Join(s.data, "spika.db")
}

func (s site) flags() []string {
	flags := []string{"--data", s.data}
	if s.database != "" {
		flags = append(flags, "--database", s.database)
	}
	return flags
}

// contents is what a site is filled with.
type contents struct {
	people   int // in the room, its admin among them
	messages int // stored before anything is measured
	sessions int // of the first people
}

// seeded is a site's room and who can use it.
type seeded struct {
	room   int64
	key    string
	tokens []string // of sessions
}

// noPasswords lets people be made quickly: nobody here signs in with one.
type noPasswords struct{}

func (noPasswords) Hash(context.Context, string) (string, error)         { return "", nil }
func (noPasswords) Verify(context.Context, string, string) (bool, error) { return false, nil }

// seed fills a site.
func seed(ctx context.Context, s site, c contents) (_ seeded, err error) {
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		return seeded{}, err
	}
	st, svc, err := openService(ctx, s)
	if err != nil {
		return seeded{}, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	people, err := makePeople(ctx, st, c.people)
	if err != nil {
		return seeded{}, err
	}
	admin := chat.Session{User: people[0]}
	room := chat.NewRoom{Name: "Operations", Type: chat.Group}
	for _, p := range people {
		room.UserIDs = append(room.UserIDs, p.ID)
	}
	view, err := svc.CreateRoom(ctx, admin, room)
	if err != nil {
		return seeded{}, err
	}
	key, err := svc.CreateKey(ctx, admin, view.ID, "Build server")
	if err != nil {
		return seeded{}, err
	}
	out := seeded{room: view.ID, key: key.Secret}
	for _, p := range people[:c.sessions] {
		in, err := svc.OpenSessionFor(ctx, p.Email, chat.DeviceInfo{Kind: "browser"})
		if err != nil {
			return seeded{}, err
		}
		out.tokens = append(out.tokens, in.Token)
	}
	return out, makeMessages(ctx, st, view.ID, key, c.messages)
}

// openService opens a site's store for filling it through the use cases.
func openService(ctx context.Context, s site) (*store.Store, *chat.Service, error) {
	sealer, err := chat.NewSealer(make([]byte, chat.MasterKeyLen))
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(ctx, store.Options{URL: s.url()})
	if err != nil {
		return nil, nil, err
	}
	svc := chat.NewService(st, chat.NewClock(), noPasswords{}, sealer, chat.Options{SessionLife: 24 * time.Hour, MaxMembers: chat.MaxMemberCount})
	return st, svc, nil
}

func makePeople(ctx context.Context, st *store.Store, n int) ([]chat.User, error) {
	var people []chat.User
	err := st.Update(ctx, func(ctx context.Context, tx chat.Tx) error {
		people = people[:0]
		for i := range n {
			role := chat.Plain
			if i == 0 {
				role = chat.Owner
			}
			u, err := tx.CreateUser(ctx, chat.User{
				Kind: chat.Person, Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.org", i), Role: role, Verified: true,
			})
			if err != nil {
				return err
			}
			people = append(people, u)
		}
		return nil
	})
	return people, err
}

const messagesAtOnce = 20_000

func makeMessages(ctx context.Context, st *store.Store, room int64, key chat.KeyView, n int) error {
	for part := range slices.Chunk(make([]struct{}, n), messagesAtOnce) {
		err := st.Update(ctx, func(ctx context.Context, tx chat.Tx) error {
			r, err := tx.Room(ctx, room)
			if err != nil {
				return err
			}
			for range part {
				m, err := tx.AppendMessage(ctx, chat.Message{
					RoomID: room, FromUser: key.BotID, SenderName: key.Name, Type: chat.TextType, Body: []byte(postBody), Total: r.People,
				})
				if err != nil {
					return err
				}
				tx.Emit(chat.Event{Kind: chat.MessagePosted, RoomID: room, UserID: key.BotID, MessageID: m.ID, Message: &m})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// postBody is the body of every post that is measured.
const postBody = `{"text":"Build 812 of main passed in 4 min 12 s: https://ci.example.org/build/812"}`

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
