package server

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spika/internal/config"
)

func bucketConfig(t *testing.T, endpoint string) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	cfg.Files, cfg.S3Endpoint, cfg.S3PathStyle = "s3://spika", config.S3Endpoint(endpoint), true
	cfg.S3Region, cfg.S3KeyID, cfg.S3Secret = "us-east-1", "id", "hunter2"
	return cfg
}

func TestFilesAreKeptInTheDataFolder(t *testing.T) {
	cfg := config.Default()
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	core, err := Open(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := core.files.Put(t.Context(), "files/abc", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	if err := core.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(cfg.Data, "files", "files", "ab", "abc")); err != nil || string(b) != "x" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

// TestCutOffWritesAreSwept: the sweep reaches the folder through all that is
// around it.
func TestCutOffWritesAreSwept(t *testing.T) {
	cfg := config.Default()
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	core, err := Open(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	left := filepath.Join(cfg.Data, "files", ".tmp", "left")
	if err := os.WriteFile(left, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(left, time.Time{}, time.Now().Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := core.Service.SweepBlobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed process left is still there: %v", err)
	}
}

func TestServerDoesNotStartWithoutItsBucket(t *testing.T) {
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>")
	}))
	defer s3.Close()
	_, err := New(t.Context(), bucketConfig(t, s3.URL), Options{})
	if err == nil || !strings.Contains(err.Error(), "files: the store for files refuses: bucket spika: there is no such bucket; make it first") ||
		strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %v", err)
	}
}

func TestServerStartsWhileItsBucketIsAway(t *testing.T) {
	s3 := httptest.NewServer(http.NotFoundHandler())
	s3.Close()
	var log bytes.Buffer
	s, err := New(t.Context(), bucketConfig(t, s3.URL), Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "the store for files cannot be reached") || strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log says %s", log.String())
	}
}
