package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"spika/client"
	"spika/internal/config"
	"spika/internal/server/servertest"
)

func fileOf(content string) client.NewFile {
	return client.NewFile{Name: "notes.txt", MimeType: "text/plain", Size: int64(len(content)), Content: strings.NewReader(content)}
}

// downloaded gives the bytes of a file.
func downloaded(t *testing.T, c *client.Client, id int64) []byte {
	t.Helper()
	in, err := c.Download(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestUpload(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	content := strings.Repeat("some text, ", 300_000) // more than a piece
	for _, c := range []*client.Client{s.Alice.Client, s.Bot} {
		file, err := c.Upload(t.Context(), fileOf(content))
		if err != nil {
			t.Fatal(err)
		}
		if file.Size != int64(len(content)) || file.FileName != "notes.txt" || file.MimeType != "text/plain" || file.Type != "file" {
			t.Errorf("uploaded %+v", file)
		}
		if got := downloaded(t, c, file.ID); string(got) != content {
			t.Errorf("downloaded %d bytes, want the %d that were uploaded", len(got), len(content))
		}
	}
}

// broken is a way to the server that fails after some requests.
type broken struct {
	left    int
	chunks  int
	through http.RoundTripper
}

func (b *broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.left--; b.left < 0 {
		return nil, errors.New("the line is cut")
	}
	if r.URL.Path == "/api/upload/files" {
		b.chunks++
	}
	return b.through.RoundTrip(r)
}

func TestUploadGoesOn(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	content := bytes.Repeat([]byte("0123456789"), 250_000) // three pieces
	file := client.NewFile{Name: "data", Size: int64(len(content)), Content: bytes.NewReader(content), UploadID: "my upload"}
	upload := func(way *broken) (int64, error) {
		way.through = http.DefaultTransport
		c, err := client.New(client.Options{URL: s.URL, Token: s.Key.Token, HTTP: &http.Client{Transport: way}, Tries: 1})
		if err != nil {
			t.Fatal(err)
		}
		f, err := c.Upload(t.Context(), file)
		return f.ID, err
	}
	if _, err := upload(&broken{left: 3}); err == nil { // the question what is there, and two pieces
		t.Fatal("a cut line is no failure")
	}
	again := &broken{left: 100}
	id, err := upload(again)
	if err != nil {
		t.Fatal(err)
	}
	if again.chunks != 1 {
		t.Errorf("%d pieces were sent again, want the last one only", again.chunks)
	}
	if got := downloaded(t, s.Bot, id); !bytes.Equal(got, content) {
		t.Errorf("downloaded %d bytes, want the %d that were uploaded", len(got), len(content))
	}
}

func TestUploadIsRefused(t *testing.T) {
	s := servertest.Start(t, servertest.Options{Config: func(c *config.Config) { c.MaxFile = 10 }})
	var refused *client.Error
	if _, err := s.Bot.Upload(t.Context(), fileOf("more than ten bytes")); !errors.As(err, &refused) || refused.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a file that is too large: %v", err)
	}
	if _, err := s.Bot.Upload(t.Context(), fileOf("")); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty file: %v", err)
	}
	short := fileOf("short")
	short.Size = 9
	if _, err := s.Bot.Upload(t.Context(), short); !errors.Is(err, io.EOF) {
		t.Errorf("a file that ends early: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Bot.Upload(ctx, fileOf("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("no time: %v", err)
	}
	if _, err := s.Bot.Download(t.Context(), 1); !errors.As(err, &refused) || refused.Status != http.StatusNotFound {
		t.Errorf("no file: %v", err)
	}
}

func TestPostFiles(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	file, err := s.Bot.Upload(t.Context(), fileOf("a file"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []client.Draft{
		{RoomID: s.RoomID, FileID: file.ID},
		{RoomID: s.RoomID, FileID: file.ID, ThumbID: file.ID, FileType: "audio", Extra: map[string]any{"text": "with words"}},
	} {
		if _, err := s.Bot.Post(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Alice.Messages(t.Context(), s.RoomID, 0)
	if err != nil || len(list.List) != 2 {
		t.Fatalf("%d messages are stored, %v", len(list.List), err)
	}
	rich, plain := list.List[0], list.List[1]
	if plain.Type != "file" || !strings.Contains(string(plain.Body), `"fileName":"notes.txt"`) {
		t.Errorf("stored %s with %s", plain.Type, plain.Body)
	}
	if rich.Type != "audio" || !strings.Contains(string(rich.Body), `"text":"with words"`) || !strings.Contains(string(rich.Body), `"thumb":{`) {
		t.Errorf("stored %s with %s", rich.Type, rich.Body)
	}
}
