package blob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"spika/internal/blob/blobtest"
	"spika/internal/chat"
)

const secret = "hunter2-of-the-bucket"

// fake is an S3 server in this process.
type fake struct {
	*httptest.Server
	sent atomic.Int64 // bytes of bodies
	fail atomic.Pointer[http.HandlerFunc]
}

func startFake(t testing.TB, buckets ...string) *fake {
	t.Helper()
	backend := s3mem.New()
	for _, b := range buckets {
		if err := backend.CreateBucket(b); err != nil {
			t.Fatal(err)
		}
	}
	f := &fake{}
	s3 := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	f.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fail := f.fail.Load(); fail != nil {
			(*fail)(w, r)
			return
		}
		s3.ServeHTTP(&counting{ResponseWriter: w, sent: &f.sent}, r)
	}))
	t.Cleanup(f.Close)
	return f
}

type counting struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

func (f *fake) store(t testing.TB, bucket string) *S3 {
	t.Helper()
	s, err := NewS3(S3Options{
		Host: strings.TrimPrefix(f.URL, "https://"), Bucket: bucket, PathStyle: true,
		Region: "us-east-1", KeyID: "key-id", Secret: secret, Transport: f.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fails answers all requests with an error of S3.
func (f *fake) fails(status int, code string) {
	fail := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>no</Message></Error>")
	})
	f.fail.Store(&fail)
}

func TestS3(t *testing.T) {
	blobtest.Run(t, func(t testing.TB) chat.Blobs { return startFake(t, "files").store(t, "files") })
}

func TestS3FetchesOnlyWhatIsRead(t *testing.T) {
	f := startFake(t, "files")
	s := f.store(t, "files")
	const size = 8 << 20
	if err := s.Put(t.Context(), blobtest.Name(1), strings.NewReader(strings.Repeat("x", size)), size); err != nil {
		t.Fatal(err)
	}
	before := f.sent.Load()
	b, err := s.Open(t.Context(), blobtest.Name(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Seek(-100, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(b)
	if err != nil || len(got) != 100 {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if sent := f.sent.Load() - before; sent > 200 {
		t.Errorf("%d bytes were sent for the last 100 of %d", sent, size)
	}
}

func TestS3Trouble(t *testing.T) {
	for code, want := range map[string]struct {
		status   int
		sentence string
	}{
		"InternalError":         {http.StatusInternalServerError, gone},
		"SlowDown":              {http.StatusServiceUnavailable, gone},
		"AccessDenied":          {http.StatusForbidden, gone},
		"NoSuchBucket":          {http.StatusNotFound, gone},
		"XMinioStorageFull":     {http.StatusInsufficientStorage, full},
		"SignatureDoesNotMatch": {http.StatusForbidden, gone},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, "files")
			s := f.store(t, "files")
			f.fails(want.status, code)
			err := s.Put(t.Context(), blobtest.Name(1), strings.NewReader("x"), 1)
			var e *chat.Error
			if !errors.As(err, &e) || e.Code != chat.Unavailable || e.Message != want.sentence || e.RetryAfter == 0 {
				t.Errorf("put: %v", err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

func TestS3ThatIsAway(t *testing.T) {
	f := startFake(t, "files")
	s := f.store(t, "files")
	f.Close()
	_, openErr := s.Open(t.Context(), blobtest.Name(1))
	for doing, err := range map[string]error{
		"put":    s.Put(t.Context(), blobtest.Name(1), strings.NewReader("x"), 1),
		"open":   openErr,
		"delete": s.Delete(t.Context(), blobtest.Name(1)),
		"list":   s.List(t.Context(), "", func(chat.BlobInfo) error { return nil }),
	} {
		if chat.CodeOf(err) != chat.Unavailable || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "Signature=") {
			t.Errorf("%s: %v", doing, err)
		}
	}
	if err := s.Check(t.Context()); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("check: %v", err)
	}
}

func TestS3ThatStopsInTheMiddle(t *testing.T) {
	f := startFake(t, "files")
	s := f.store(t, "files")
	const size = 1 << 20
	if err := s.Put(t.Context(), blobtest.Name(1), strings.NewReader(strings.Repeat("x", size)), size); err != nil {
		t.Fatal(err)
	}
	b, err := s.Open(t.Context(), blobtest.Name(1))
	if err != nil {
		t.Fatal(err)
	}
	etag := b.(*s3Blob).etag
	cut := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1048576")
		w.Header().Set("ETag", `"`+etag+`"`)
		_, _ = io.WriteString(w, "xxx")
	})
	f.fail.Store(&cut)
	got, err := io.ReadAll(b)
	if chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("read %d bytes and %v", len(got), err)
	}
}

func TestS3Check(t *testing.T) {
	f := startFake(t, "files")
	s := f.store(t, "files")
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("an empty bucket: %v", err)
	}
	if err := s.Put(t.Context(), blobtest.Name(1), strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("a bucket with a file: %v", err)
	}
	if err := f.store(t, "other").Check(t.Context()); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "bucket other: there is no such bucket") {
		t.Errorf("no bucket: %v", err)
	}
	for code, want := range map[string]string{
		"AccessDenied": "the key may not use it", "InvalidAccessKeyId": "there is no access key with this id",
		"SignatureDoesNotMatch": "the secret does not belong",
	} {
		f.fails(http.StatusForbidden, code)
		if err := s.Check(t.Context()); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", code, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("no time: %v", err)
	}
}
