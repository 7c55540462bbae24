package cli

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"spika/api"
	"spika/client"
)

// witness is a transport that keeps what a server says when it refuses.
type witness struct {
	mu      sync.Mutex
	refused bytes.Buffer
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused.Write(body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// secretive is a server that is told secrets in every way there is.
type secretive struct {
	t       *testing.T
	url     string
	witness witness
	secrets map[string]string // by what they are
}

func (s *secretive) client(token string) *client.Client {
	s.t.Helper()
	c, err := client.New(client.Options{URL: s.url, Token: token, Tries: 1, HTTP: &http.Client{Transport: &s.witness}})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// keep notes a secret and gives it back.
func (s *secretive) keep(what, secret string) string {
	s.secrets[what] = secret
	return secret
}

// must fails the test unless err is nil.
func (s *secretive) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// refused fails the test unless the server refused with this status.
func (s *secretive) refused(err error, status int) {
	s.t.Helper()
	if r, ok := errors.AsType[*client.Error](err); !ok || r.Status != status {
		s.t.Errorf("error %v, want status %d", err, status)
	}
}

// raw sends a request that the client would not make.
func (s *secretive) raw(method, path, body string, header ...string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	s.must(err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.witness.RoundTrip(req)
	s.must(err)
	resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		s.t.Errorf("%s is answered with 200", path)
	}
}

func fragment(link string) string { return link[strings.Index(link, "#")+1:] }

// No secret reaches the log at its most talkative, an error reply, or, but for
// messages, the database.
func TestSecretsStaySecret(t *testing.T) {
	folder := t.TempDir()
	s := &secretive{t: t, secrets: map[string]string{}}
	serverKey := s.keep("server key", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xA7}, 32)))
	env := []string{"SPIKA_SERVER_KEY=" + serverKey}
	p := start(t, folder, env, "serve", "--json", "--listen=127.0.0.1:0", "--log-level=debug")
	at := p.ready()
	s.url = at.URL

	owner := s.setUp(at.SetupURL)
	s.useKeys(owner)
	s.useLinks(owner)
	s.useStream(owner)
	text := s.secrets["message text"]
	delete(s.secrets, "message text")
	s.useCommands(folder, env)

	if code, _ := p.end(syscall.SIGTERM); code != exitOK {
		t.Errorf("the server ends with %d", code)
	}
	log := p.err.String()
	for _, route := range []string{"/api/messaging/messages", "/api/messenger/session", "/api/sse", "settings"} {
		if !strings.Contains(log, route) {
			t.Errorf("the log does not tell of %s: does it log at all?\n%s", route, log)
		}
	}
	if strings.Contains(log, text) {
		t.Error("the log holds a message's text")
	}
	s.search("the log", []byte(log))
	s.search("what the server says when it refuses", s.witness.refused.Bytes())
	if s.witness.refused.Len() == 0 {
		t.Error("the server refused nothing")
	}
	s.must(filepath.WalkDir(filepath.Join(folder, "data"), func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(file)
		s.search(file, b)
		return err
	}))
}

func (s *secretive) search(where string, text []byte) {
	s.t.Helper()
	for what, secret := range s.secrets {
		if len(secret) < 8 {
			s.t.Fatalf("the %s is too short to be looked for", what)
		}
		if bytes.Contains(text, []byte(secret)) {
			s.t.Errorf("%s holds the %s", where, what)
		}
	}
}

// setUp makes the owner, and signs in, also wrongly.
func (s *secretive) setUp(link string) *client.Client {
	ctx, anyone := s.t.Context(), s.client("")
	setup := api.SetupRequest{DisplayName: "Olga", EmailAddress: "olga@example.org", Password: s.keep("owner's password", "owner's secret horse")}
	setup.Token = s.keep("wrong set-up token", "wrongSetUpToken0123456789")
	_, err := anyone.SetUp(ctx, setup)
	s.refused(err, http.StatusForbidden)
	setup.Token = s.keep("set-up token", fragment(link))
	_, err = anyone.SetUp(ctx, setup)
	s.must(err)
	_, err = anyone.SignIn(ctx, setup.EmailAddress, s.keep("wrong password", "wrong secret horse"))
	s.refused(err, http.StatusUnauthorized)
	owner, err := anyone.SignIn(ctx, setup.EmailAddress, setup.Password)
	s.must(err)
	device, err := owner.Device(ctx)
	s.must(err)
	s.keep("session token", *device.Token)
	s.must(owner.ChangePassword(ctx, api.ChangePasswordRequest{
		CurrentPassword: setup.Password, NewPassword: s.keep("new password", "new secret horse"),
	}))
	_, err = s.client(s.keep("unknown session token", "unknownSessionToken0123456789")).Me(ctx)
	s.refused(err, http.StatusUnauthorized)
	return owner
}

// useKeys makes a key and posts with it, also wrongly.
func (s *secretive) useKeys(owner *client.Client) {
	ctx := s.t.Context()
	key, err := owner.CreateKey(ctx, 1, "Robot")
	s.must(err)
	bot := s.client(s.keep("API key", key.Token))
	text := s.keep("message text", "the text of a message")
	_, err = bot.Post(ctx, client.Draft{RoomID: 1, Text: text})
	s.must(err)
	_, err = bot.Post(ctx, client.Draft{RoomID: 7, Text: text})
	s.refused(err, http.StatusBadRequest)
	_, err = s.client(s.keep("unknown API key", "unknownApiKey0123456789")).Post(ctx, client.Draft{RoomID: 1, Text: text})
	s.refused(err, http.StatusUnauthorized)
	const path = "/api/messaging/messages"
	s.raw("POST", path+"?accesstoken="+key.Token, `{}`, "Content-Type", "application/json")
	s.raw("POST", path, `{"roomId":"`+key.Token+`"}`, "Content-Type", "application/json", "Authorization", "Bearer "+key.Token)
	s.raw("POST", path, `{"`+key.Token, "Content-Type", "application/json", "accesstoken", key.Token)
	s.raw("POST", path, "accesstoken="+key.Token, "Content-Type", "application/x-www-form-urlencoded", "accesstoken", key.Token)
	s.raw("POST", "/api/messaging/"+key.Token, "")
	s.raw("POST", "/"+key.Token, "")
	s.raw("BREW", path, "", "accesstoken", key.Token)
	_, err = owner.Keys(ctx, 1)
	s.must(err)
}

// useLinks invites one person and adds another, and uses their links, also
// wrongly.
func (s *secretive) useLinks(owner *client.Client) {
	ctx, anyone := s.t.Context(), s.client("")
	invite, err := owner.CreateInvite(ctx, api.CreateInviteRequest{})
	s.must(err)
	_, err = anyone.AcceptInvite(ctx, api.AcceptInviteRequest{
		Token: s.keep("invite token", fragment(invite.URL)), DisplayName: "Ivo", EmailAddress: "ivo@example.org",
		Password: s.keep("invited one's password", "invited secret horse"),
	})
	s.must(err)
	added, err := owner.AddPerson(ctx, api.AddPersonRequest{DisplayName: "Ada", EmailAddress: "ada@example.org"})
	s.must(err)
	s.keep("first reset token", fragment(added.Link.URL))
	link, err := owner.CreateResetLink(ctx, added.User.ID)
	s.must(err)
	reset := api.ResetPasswordRequest{Token: s.keep("reset token", fragment(link.URL)), Password: s.keep("reset password", "reset secret horse")}
	_, err = anyone.InspectLink(ctx, reset.Token)
	s.must(err)
	_, err = anyone.ResetPassword(ctx, reset)
	s.must(err)
	_, err = anyone.ResetPassword(ctx, reset)
	s.refused(err, http.StatusNotFound)
	_, err = anyone.InspectLink(ctx, s.keep("unknown link token", "unknownLinkToken0123456789"))
	s.refused(err, http.StatusNotFound)
}

// useStream listens with a token in the query, and signs out meanwhile.
func (s *secretive) useStream(owner *client.Client) {
	ctx := s.t.Context()
	token := s.secrets["session token"]
	s.raw("GET", "/api/sse?accesstoken="+s.secrets["unknown session token"], "")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/sse?accesstoken="+token, nil)
	s.must(err)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer resp.Body.Close()
	s.must(owner.SignOut(ctx))
	if _, err = io.Copy(io.Discard, resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) { // its connection ends with the session
		s.t.Errorf("the stream ends with %v", err)
	}
	_, err = owner.Me(ctx)
	s.refused(err, http.StatusUnauthorized)
}

// useCommands works on the same data from the command line.
func (s *secretive) useCommands(folder string, env []string) {
	sh := shell{t: s.t, env: map[string]string{"SPIKA_DATA": folder + "/data"}}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		sh.env[name] = value
	}
	var in, key struct{ Token string }
	sh.object(&struct{}{}, s.keep("command's password", "command's secret horse")+"\n", "user", "add", "--email=cy@example.org", "--name=Cy", "--password-stdin")
	sh.object(&in, "", "user", "token", "--email=cy@example.org")
	sh.object(&key, "", "key", "add", "--room=1", "--name=ci")
	s.keep("command's session token", in.Token)
	s.keep("command's API key", key.Token)
	r := sh.run("hi", "send", "--url", s.url, "--key", key.Token, "--room=9")
	if r.code != exitUsage {
		s.t.Errorf("send ends with %d", r.code)
	}
	s.search("what send says", []byte(r.out+r.err))
	if _, err := s.client(in.Token).Me(s.t.Context()); err != nil {
		s.t.Error(err)
	}
}
