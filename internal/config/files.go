package config

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// FileStore is where the bytes of files are kept.
type FileStore struct {
	Files       FilesURL   `setting:"" default:"disk:" placeholder:"STORE" help:"Where the bytes of files are kept: disk: (folder files in the data folder), disk:PATH or s3://BUCKET (any S3-compatible store)."`
	S3Endpoint  S3Endpoint `setting:"" name:"s3-endpoint" default:"https://s3.amazonaws.com" placeholder:"URL" help:"Address of the S3-compatible store."`
	S3Region    string     `setting:"" name:"s3-region" placeholder:"REGION" help:"Region of the bucket. Without it, the store is asked."`
	S3PathStyle bool       `setting:"" name:"s3-path-style" help:"Put the bucket into the path of addresses instead of the host's name, as stores of one's own mostly need it."`
	S3KeyID     string     `setting:"" name:"s3-key-id" placeholder:"ID" help:"Id of the access key for the bucket. The key must be allowed to list it and to get, put and delete objects."`
	S3Secret    Secret     `setting:"" name:"s3-secret" secret:"" hidden:"" help:"Secret of the access key for the bucket."`
}

// Check refuses an S3 store without what it takes to use it.
func (f FileStore) Check() error {
	_, inBucket := f.Files.Bucket()
	switch {
	case inBucket && (f.S3KeyID == "" || f.S3Secret == ""):
		return fmt.Errorf("--files %s needs --s3-key-id and the setting s3-secret ($SPIKA_S3_SECRET)", f.Files)
	case !inBucket && (f.S3KeyID != "" || f.S3Secret != ""):
		return errors.New("an S3 access key is set, but --files is not s3://BUCKET: files would be kept on disk")
	}
	return nil
}

// FilesURL is disk:, disk:PATH or s3://BUCKET.
type FilesURL string

// bucketName follows Amazon's rules, but for dots: they do not go with TLS.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// UnmarshalText reads one of the three forms.
func (f *FilesURL) UnmarshalText(text []byte) error {
	u := FilesURL(strings.TrimSpace(string(text)))
	bucket, inBucket := u.Bucket()
	switch {
	case inBucket && !bucketName.MatchString(bucket):
		return errors.New("a bucket's name has 3 to 63 lower-case letters, digits and hyphens, like s3://spika-files")
	case !inBucket && !strings.HasPrefix(string(u), "disk:"):
		return errors.New("must be disk:, disk:PATH or s3://BUCKET")
	}
	*f = u
	return nil
}

// Bucket gives the bucket, if files are kept in one.
func (f FilesURL) Bucket() (string, bool) { return strings.CutPrefix(string(f), "s3://") }

// FilesFolder gives the folder that files are kept in when they are not in a
// bucket.
func (c Config) FilesFolder() string {
	if path := strings.TrimPrefix(string(c.Files), "disk:"); path != "" {
		return path
	}
	return filepath.Join(c.Data, "files")
}

// S3Endpoint is the address of a store, http or https and a host.
type S3Endpoint string

// UnmarshalText reads http://HOST or https://HOST, with or without a port.
func (e *S3Endpoint) UnmarshalText(text []byte) error {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(string(text)), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must be like https://s3.example.org or http://127.0.0.1:9000: http or https and a host")
	}
	*e = S3Endpoint(u.Scheme + "://" + u.Host)
	return nil
}

// Host gives host and port, and whether they are reached without encryption.
func (e S3Endpoint) Host() (host string, insecure bool) {
	if h, plain := strings.CutPrefix(string(e), "http://"); plain {
		return h, true
	}
	return strings.TrimPrefix(string(e), "https://"), false
}
