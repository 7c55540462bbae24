package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"spika/internal/chat"
)

// S3Options say where a bucket is and who asks for it.
type S3Options struct {
	Host      string // and port
	Insecure  bool   // plain HTTP
	Bucket    string
	Region    string // empty: the store is asked
	PathStyle bool   // the bucket is in the path, not in the host's name
	KeyID     string
	Secret    string
	Transport http.RoundTripper // nil: one that reuses connections and honours HTTPS_PROXY
}

// S3 keeps blobs in a bucket of an S3-compatible store.
type S3 struct {
	core   *minio.Core
	bucket string
}

var _ chat.Blobs = (*S3)(nil)

const (
	// partSize is what a part of a big upload has, and so what one takes of
	// memory while it runs.
	partSize = 16 << 20
	// attempts is how often a request is made that can be made again.
	attempts = 3
)

// NewS3 makes a store of a bucket. It calls nobody yet.
func NewS3(o S3Options) (*S3, error) {
	lookup := minio.BucketLookupDNS
	if o.PathStyle {
		lookup = minio.BucketLookupPath
	}
	core, err := minio.NewCore(o.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(o.KeyID, o.Secret, ""),
		Secure: !o.Insecure, Region: o.Region, BucketLookup: lookup, MaxRetries: attempts, Transport: o.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("the store for files cannot be used: %w", err)
	}
	return &S3{core: core, bucket: o.Bucket}, nil
}

// ErrRefused is what Check says of a store that is there and will not have us:
// settings must change.
var ErrRefused = errors.New("the store for files refuses")

// Check asks whether the bucket is there and may be listed: ErrRefused with the
// reason when it is not, another error when the store cannot be asked.
func (s *S3) Check(ctx context.Context) error {
	enough := errors.New("it is there")
	err := s.List(ctx, "", func(chat.BlobInfo) error { return enough })
	if r, ok := refusal(err); ok {
		return fmt.Errorf("%w: bucket %s: %s", ErrRefused, s.bucket, r)
	}
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

// refusal says in a sentence which setting a store does not like.
func refusal(err error) (string, bool) {
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return "", false
	}
	switch answer.Code {
	case minio.NoSuchBucket:
		return "there is no such bucket; make it first", true
	case minio.AccessDenied:
		return "the key may not use it; it needs to list the bucket and to get, put and delete objects", true
	case "InvalidAccessKeyId":
		return "there is no access key with this id", true
	case "SignatureDoesNotMatch":
		return "the secret does not belong to the access key, or a proxy changes requests", true
	case "AuthorizationHeaderMalformed":
		return "it is in another region", true
	}
	return "", false
}

// Put is part of chat.Blobs. Big ones go up in parts.
func (s *S3) Put(ctx context.Context, name string, content io.Reader, size int64) error {
	if err := chat.CheckBlobName(name); err != nil {
		return err
	}
	in := &exact{ctx: ctx, content: content, left: size}
	var body io.Reader = in
	if size == 0 { // what is known to be empty is not read, and must be seen to be
		if _, err := in.Read(nil); !errors.Is(err, io.EOF) {
			return fmt.Errorf("put %s: %w", name, err)
		}
		body = bytes.NewReader(nil)
	}
	_, err := s.core.Client.PutObject(ctx, s.bucket, name, body, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: partSize, NumThreads: 1,
	})
	if cause := in.broke(); cause != nil {
		return fmt.Errorf("put %s: %w", name, cause)
	}
	return s.trouble(ctx, "put", name, err)
}

// Open is part of chat.Blobs. What is there is asked now, the bytes when they
// are read.
func (s *S3) Open(ctx context.Context, name string) (chat.Blob, error) {
	if err := chat.CheckBlobName(name); err != nil {
		return nil, err
	}
	info, err := s.core.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return nil, s.trouble(ctx, "open", name, err)
	}
	return &s3Blob{ctx: ctx, s: s, name: name, size: info.Size, etag: info.ETag}, nil
}

// Delete is part of chat.Blobs.
func (s *S3) Delete(ctx context.Context, name string) error {
	if err := chat.CheckBlobName(name); err != nil {
		return err
	}
	err := s.trouble(ctx, "delete", name, s.core.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}))
	if chat.IsNotFound(err) {
		return nil
	}
	return err
}

// List is part of chat.Blobs.
func (s *S3) List(ctx context.Context, prefix string, each func(chat.BlobInfo) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the asking when each fails
	for o := range s.core.Client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return s.trouble(ctx, "list", prefix, o.Err)
		}
		if err := each(chat.BlobInfo{Name: o.Key, Size: o.Size, Modified: o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// trouble says what a failure of the store means for whoever asked. What the
// store says names no secret.
func (s *S3) trouble(ctx context.Context, doing, name string, err error) error {
	if err == nil {
		return nil
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey:
		return notFound(name)
	case minio.PreconditionFailed:
		err = unavailable(swap, err)
	case "QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "XMinioStorageFull", "InsufficientStorage":
		err = unavailable(full, err)
	default:
		if ctx.Err() != nil {
			err = ctx.Err()
		} else {
			err = unavailable(gone, err)
		}
	}
	return fmt.Errorf("%s %s: %w", doing, name, err)
}

// s3Blob reads an object from where it is asked to: nothing is fetched that is
// skipped.
type s3Blob struct {
	ctx  context.Context //nolint:containedctx // reads end with it
	s    *S3
	name string
	size int64
	etag string
	at   int64
	body io.ReadCloser // delivers from at on; nil: nothing is being read
}

// Size is part of chat.Blob.
func (b *s3Blob) Size() int64 { return b.size }

func (b *s3Blob) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if b.at >= b.size {
		return 0, io.EOF
	}
	if b.body == nil {
		if err := b.fetch(); err != nil {
			return 0, err
		}
	}
	n, err := b.body.Read(p)
	b.at += int64(n)
	if err == nil || errors.Is(err, io.EOF) && b.at == b.size {
		return n, nil // the next call says that this was the end
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, errors.Join(b.s.trouble(b.ctx, "read", b.name, err), b.Close())
}

// fetch asks for what is behind the present place, of the object that was
// opened and of no other.
func (b *s3Blob) fetch() error {
	var o minio.GetObjectOptions
	if err := o.SetMatchETag(b.etag); err != nil {
		return err
	}
	if b.at > 0 {
		if err := o.SetRange(b.at, 0); err != nil { // 0: to the end
			return err
		}
	}
	body, info, _, err := b.s.core.GetObject(b.ctx, b.s.bucket, b.name, o)
	if err != nil {
		return b.s.trouble(b.ctx, "read", b.name, err)
	}
	if info.ETag != b.etag { // a store that does not know If-Match
		return errors.Join(unavailable(swap, fmt.Errorf("read %s: entity tag %s, not %s", b.name, info.ETag, b.etag)), body.Close())
	}
	b.body = body
	return nil
}

func (b *s3Blob) Seek(offset int64, whence int) (int64, error) {
	at, err := seek(b.at, b.size, offset, whence)
	if err != nil {
		return b.at, err
	}
	if at != b.at {
		err = b.Close()
	}
	b.at = at
	return at, err
}

// Close ends what is being read.
func (b *s3Blob) Close() error {
	if b.body == nil {
		return nil
	}
	body := b.body
	b.body = nil
	return body.Close()
}
