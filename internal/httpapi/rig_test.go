package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spika/api"
	"spika/internal/blob"
	"spika/internal/chat"
	"spika/internal/hub"
	"spika/internal/store"
)

// plainPasswords keeps passwords as they are, so that tests need not wait for
// the hash.
type plainPasswords struct{}

func (plainPasswords) Hash(_ context.Context, password string) (string, error) {
	return "plain:" + password, nil
}

func (plainPasswords) Verify(_ context.Context, hash, password string) (bool, error) {
	return hash == "plain:"+password, nil
}

// rig is the interface over a real store, with an owner signed in, a room and
// its key.
type rig struct {
	t     testing.TB
	api   *API
	with  Options // what api was made of
	store chat.Store
	svc   *chat.Service
	log   *bytes.Buffer
	blobs chat.Blobs
	owner chat.SignedIn
	room  chat.RoomView
	key   chat.KeyView
	admin string // the owner's token for the management routes
}

func newRig(t testing.TB, adjust ...func(*Options)) *rig {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "spika.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	sealer, err := chat.NewSealer(make([]byte, chat.MasterKeyLen))
	if err != nil {
		t.Fatal(err)
	}
	disk, err := blob.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	svc := chat.NewService(st, time.Now, plainPasswords{}, sealer, chat.Options{
		SessionLife: 720 * time.Hour, MaxMembers: 1_000,
		Files: chat.FileOptions{Blobs: disk, Thumbnails: blob.NewThumbnails(), MaxSize: 1 << 20},
	})
	log := new(bytes.Buffer)
	o := Options{
		Service: svc, Log: slog.New(slog.NewTextHandler(log, nil)),
		Web:     http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the page") }),
		MaxText: chat.MaxText, MaxBody: 256 << 10, SignInLimit: 10, SignInWindow: 5 * time.Minute, CodeLimit: 5, CodeWindow: time.Hour, FileMisses: 30,
	}
	h := hub.New(0, hub.Options{Source: svc, Renderer: NewRenderer(svc), Logger: o.Log})
	t.Cleanup(h.Close)
	o.Hub = h
	for _, f := range adjust {
		f(&o)
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, api: a, with: o, store: st, svc: svc, log: log, blobs: disk}
	r.populate(ctx)
	return r
}

func (r *rig) populate(ctx context.Context) {
	r.t.Helper()
	token, err := r.svc.NewSetUpLink(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	ada := chat.NewPerson{Name: "Ada", Email: "ada@example.org", Password: "correct horse"}
	if r.owner, r.room, err = r.svc.SetUp(ctx, token, ada, "Clover", chat.DeviceInfo{Kind: "script"}); err != nil {
		r.t.Fatal(err)
	}
	if r.key, err = r.svc.CreateKey(ctx, r.owner.Session, r.room.ID, "Build server"); err != nil {
		r.t.Fatal(err)
	}
	in, err := r.svc.SignInAdmin(ctx, ada.Email, ada.Password)
	if err != nil {
		r.t.Fatal(err)
	}
	r.admin = in.Token
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request and holds the reply against the spec; headers are "Name:
// value".
func (r *rig) do(method, path, body string, headers ...string) reply {
	r.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	return r.serve(req)
}

func (r *rig) serve(req *http.Request) reply {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.api.ServeHTTP(w, req)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	got := reply{res.StatusCode, res.Header, string(body)}
	if underAPI(req.URL.Path) {
		checkReply(r.t, r.api, req, got)
	}
	return got
}

// as is do with the owner's session.
func (r *rig) as(method, path, body string, headers ...string) reply {
	r.t.Helper()
	return r.do(method, path, body, append(headers, "accesstoken: "+r.owner.Token)...)
}

// post posts with the room's key.
func (r *rig) post(body string, headers ...string) reply {
	r.t.Helper()
	return r.do("POST", "/api/messaging/messages", body, append(headers, "accesstoken: "+r.key.Secret)...)
}

// data decodes a success.
func data[T any](t testing.TB, got reply) T {
	t.Helper()
	var v api.Success[T]
	if err := json.Unmarshal([]byte(got.body), &v); err != nil || got.status != http.StatusOK || v.Status != api.StatusSuccess {
		t.Fatalf("want a success, got %d %s (%v)", got.status, got.body, err)
	}
	return v.Data
}

// wantError checks a failure: its status, its envelope and how its message
// begins.
func wantError(t testing.TB, got reply, status int, begins string) {
	t.Helper()
	var e api.Error
	err := json.Unmarshal([]byte(got.body), &e)
	if err != nil || e.Status != api.StatusError || e.Message == "" || got.header.Get("Content-Type") != "application/json" {
		t.Fatalf("not an error envelope: %d %q %s (%v)", got.status, got.header.Get("Content-Type"), got.body, err)
	}
	if got.status != status || !strings.HasPrefix(e.Message, begins) {
		t.Errorf("got %d %q, want %d %q…", got.status, e.Message, status, begins)
	}
}
