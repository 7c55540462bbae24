package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"spika/internal/chat"
)

// The benchmarks compare the hot path with the least a server can do with the
// same request: decode the JSON and send it back. The store keeps nothing, so
// that what is measured is this package and chat.

const benchPost = `{"roomId":5,"type":"text","body":{"text":"Build 812 passed on main in 4 min 11 s"}}`

// nowhere is a store that takes messages and forgets them.
type nowhere struct{ chat.Store }

func (nowhere) Update(ctx context.Context, change func(ctx context.Context, tx chat.Tx) error) error {
	return change(ctx, forgetful{})
}

func (nowhere) KeyByHash(context.Context, []byte) (chat.APIKey, error) {
	return chat.APIKey{ID: 1, RoomID: 5, BotID: 2}, nil
}

type forgetful struct{ chat.Tx }

func (forgetful) Key(context.Context, int64) (chat.APIKey, error) {
	return chat.APIKey{ID: 1, RoomID: 5, BotID: 2}, nil
}

func (forgetful) Member(context.Context, int64, int64) (chat.Member, error) {
	return chat.Member{RoomID: 5, UserID: 2}, nil
}

func (forgetful) Room(context.Context, int64) (chat.Room, error) {
	return chat.Room{ID: 5, Type: chat.Group, People: 5}, nil
}

func (forgetful) User(context.Context, int64) (chat.User, error) {
	return chat.User{ID: 2, Kind: chat.Bot, Name: "Build server"}, nil
}

func (forgetful) AppendMessage(_ context.Context, m chat.Message) (chat.Message, error) {
	m.ID, m.N, m.Created, m.Modified = 5, 1, 1667553066416, 1667553066416
	return m, nil
}

func (forgetful) Emit(chat.Event) {}

func benchAPI(b *testing.B) *API {
	b.Helper()
	sealer, err := chat.NewSealer(make([]byte, chat.MasterKeyLen))
	if err != nil {
		b.Fatal(err)
	}
	svc := chat.NewService(nowhere{}, time.Now, plainPasswords{}, sealer, chat.Options{SessionLife: time.Hour})
	a, err := New(Options{
		Service: svc, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Web: http.NotFoundHandler(),
		MaxText: chat.MaxText, MaxBody: 256 << 10, SignInLimit: 10, SignInWindow: time.Minute,
	})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// echo decodes a post and sends it back.
func echo(w http.ResponseWriter, r *http.Request) {
	var v struct {
		RoomID int64           `json:"roomId"`
		Type   string          `json:"type"`
		Body   json.RawMessage `json:"body"`
	}
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// discard is a ResponseWriter that keeps only the status.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

func benchHandler(b *testing.B, h http.Handler) {
	b.Helper()
	req := httptest.NewRequest("POST", "/api/messaging/messages", http.NoBody)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("accesstoken", "RN7CEKxHSkCmKiTQiehD4dsdbvAddyupExampleKey1")
	req.ContentLength = int64(len(benchPost))
	body := bytes.NewReader([]byte(benchPost))
	req.Body = io.NopCloser(body)
	b.ReportAllocs()
	for b.Loop() {
		body.Reset([]byte(benchPost))
		w := &discard{header: http.Header{}, status: http.StatusOK}
		h.ServeHTTP(w, req)
		if w.status != http.StatusOK {
			b.Fatalf("status %d", w.status)
		}
	}
}

func BenchmarkPost(b *testing.B)     { benchHandler(b, benchAPI(b)) }
func BenchmarkPostEcho(b *testing.B) { benchHandler(b, http.HandlerFunc(echo)) }

func benchServer(b *testing.B, h http.Handler) {
	b.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	b.ReportAllocs()
	for b.Loop() {
		req, err := http.NewRequest("POST", srv.URL+"/api/messaging/messages", bytes.NewReader([]byte(benchPost)))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("accesstoken", "RN7CEKxHSkCmKiTQiehD4dsdbvAddyupExampleKey1")
		res, err := srv.Client().Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(res.Status, err)
		}
		res.Body.Close()
	}
}

func BenchmarkServedPost(b *testing.B)     { benchServer(b, benchAPI(b)) }
func BenchmarkServedPostEcho(b *testing.B) { benchServer(b, http.HandlerFunc(echo)) }
