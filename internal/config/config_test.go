package config

import (
	"bytes"
	"encoding/base64"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// read parses settings as a command does.
func read(t *testing.T, env map[string]string, args ...string) (Config, error) {
	t.Helper()
	var c Config
	sources := &Sources{Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	k, err := kong.New(&c, append(sources.Options(), kong.Writers(io.Discard, io.Discard))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = k.Parse(args); err == nil {
		err = c.Check()
	}
	return c, err
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spika.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	c, err := read(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.LogValue().String(), Default().LogValue().String(); got != want {
		t.Errorf("no settings give\n%s\nDefault gives\n%s", got, want)
	}
	if c.Data != "./data" || c.Listen != "127.0.0.1:8080" || c.DatabaseURL() != "sqlite:data/spika.db" || c.KeyFile() != "data/server.key" ||
		c.SessionLife != 30*24*time.Hour || c.SignInAttempts != 10 || c.SignInWindow != 5*time.Minute || c.MaxText != 65_536 || c.MaxBody != 256<<10 || c.MaxMembers != 10_000 || c.HideKeys ||
		c.LogLevel != slog.LevelInfo || c.LogFormat != "text" || c.URL() != "http://127.0.0.1:8080" {
		t.Errorf("the defaults are %+v", c)
	}
}

func TestPrecedence(t *testing.T) {
	file := write(t, "listen = :1\nlog-format = json\ndata = /from/file\n")
	env := map[string]string{"SPIKA_CONFIG": file, "SPIKA_LISTEN": ":2", "SPIKA_DATA": ""}
	c, err := read(t, env, "--session-life=1h")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":2" || c.LogFormat != "json" || c.Data != "/from/file" || c.SessionLife != time.Hour {
		t.Errorf("got %+v", c)
	}
	if c, err = read(t, env, "--listen=:3"); err != nil || c.Listen != ":3" {
		t.Errorf("a flag does not win over the environment: %q, %v", c.Listen, err)
	}
	other := write(t, "listen = :4")
	if c, err = read(t, map[string]string{"SPIKA_CONFIG": file}, "--config", other); err != nil || c.Listen != ":4" || c.LogFormat != "text" {
		t.Errorf("--config does not win over $SPIKA_CONFIG: %+v, %v", c, err)
	}
}

func TestConfigurationFile(t *testing.T) {
	for name, text := range map[string]string{
		"lines": "# settings\n\n listen = :9\r\npublic_url=https://a.example/x/\ntrusted-proxies = 10.1.2.3/8, ::1\nmax-text=1KiB\nhide-keys = true",
		"JSON":  `{"listen": ":9", "public-url": "https://a.example/x/", "trusted-proxies": ["10.1.2.3/8", "::1"], "max_text": 1024, "hide-keys": true}`,
	} {
		c, err := read(t, nil, "--config", write(t, text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Listen != ":9" || c.PublicURL != "https://a.example/x" || c.MaxText != 1024 || !c.HideKeys ||
			len(c.TrustedProxies) != 2 || c.TrustedProxies[0].String() != "10.0.0.0/8" || c.TrustedProxies[1].String() != "::1/128" {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

func TestSecretsFromFiles(t *testing.T) {
	key := bytes.Repeat([]byte{7}, KeyLen)
	env := map[string]string{
		"SPIKA_DATABASE_FILE":   write(t, "postgres://u:hunter2@db/spika?password=hunter2\n"),
		"SPIKA_SERVER_KEY_FILE": write(t, base64.StdEncoding.EncodeToString(key)+"\n"),
	}
	c, err := read(t, env)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL() != "postgres://u:hunter2@db/spika?password=hunter2" || !bytes.Equal(c.ServerKey, key) {
		t.Errorf("got %q and a key of %d bytes", c.DatabaseURL(), len(c.ServerKey))
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "settings", c)
	if s := log.String(); strings.Contains(s, "hunter2") || strings.Contains(s, env["SPIKA_SERVER_KEY_FILE"]) ||
		!strings.Contains(s, `"database":"postgres://u:xxxxx@db/spika"`) || !strings.Contains(s, `"server-key":"(hidden)"`) {
		t.Errorf("the log shows secrets, or not what is set: %s", s)
	}
}

func TestWrongSettings(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(make([]byte, KeyLen))
	tests := []struct {
		name string
		args []string
		env  map[string]string
		file string
		want string // in the error
	}{
		{name: "listen", args: []string{"--listen=8080"}, want: `--listen: "8080" is not HOST:PORT`},
		{name: "listen port", args: []string{"--listen=:99999"}, want: "is not HOST:PORT"},
		{name: "from env", env: map[string]string{"SPIKA_LISTEN": "x"}, want: `--listen: from $SPIKA_LISTEN: "x" is not`},
		{name: "from file", file: "listen = x", want: `--listen: from the configuration file: "x" is not`},
		{name: "public URL", args: []string{"--public-url=chat.example.org"}, want: "--public-url: must be like https://"},
		{name: "public URL query", args: []string{"--public-url=https://a/?b=c"}, want: "must be like https://"},
		{name: "database", args: []string{"--database=mysql://x"}, want: "--database: must be sqlite:"},
		{name: "database parameters", args: []string{"--database=sqlite:a.db?mode=ro"}, want: "without ? or #"},
		{name: "session", args: []string{"--session-life=1s"}, want: "--session-life must be at least 1m"},
		{name: "session unit", args: []string{"--session-life=30d"}, want: "--session-life: expected duration"},
		{name: "attempts", args: []string{"--sign-in-attempts=0"}, want: "--sign-in-attempts must be at least 1"},
		{name: "window", args: []string{"--sign-in-window=0s"}, want: "--sign-in-window must be at least 1s"},
		{name: "code life", args: []string{"--code-life=30s"}, want: "--code-life must be 1m to 24h"},
		{name: "code life, long", args: []string{"--code-life=25h"}, want: "--code-life must be 1m to 24h"},
		{name: "code requests", args: []string{"--code-requests=0"}, want: "--code-requests must be at least 1"},
		{name: "code window", args: []string{"--code-window=0s"}, want: "--code-window must be at least 1s"},
		{name: "phone sign-in", args: []string{"--phone-sign-in=all"}, want: `--phone-sign-in must be one of "off","known","open"`},
		{name: "open without a sender", args: []string{"--phone-sign-in=open"}, want: "--phone-sign-in open needs --code-sender sms or log"},
		{name: "open by mail", args: []string{"--phone-sign-in=open", "--code-sender=smtp"}, want: "--phone-sign-in open needs --code-sender sms or log"},
		{name: "SMS", args: []string{"--code-sender=sms"}, want: "--code-sender sms needs --sms-account"},
		{name: "SMS without a token", args: []string{"--code-sender=sms", "--sms-account=a", "--sms-from=b"}, want: "the setting sms-token ($SPIKA_SMS_TOKEN)"},
		{name: "SMS URL", args: []string{"--code-sender=sms", "--sms-url=api.twilio.com"}, want: "--sms-url must be like https://"},
		{name: "SMS token flag", args: []string{"--sms-token=c2hvcnQ"}, want: "secrets are not taken from the command line"},
		{name: "mail", args: []string{"--code-sender=smtp"}, want: "--code-sender smtp needs --smtp-server HOST:PORT"},
		{name: "mail without a port", args: []string{"--code-sender=smtp", "--smtp-server=mail"}, want: "--code-sender smtp needs --smtp-server HOST:PORT"},
		{name: "mail from", args: []string{"--code-sender=smtp", "--smtp-server=mail:25", "--smtp-from=Spika <a@example.org>"}, want: "--code-sender smtp needs --smtp-from"},
		{name: "mail TLS", args: []string{"--smtp-tls=maybe"}, want: `--smtp-tls must be one of "starttls","tls","none"`},
		{name: "files", args: []string{"--files=/var/files"}, want: "--files: must be disk:, disk:PATH or s3://BUCKET"},
		{name: "bucket", args: []string{"--files=s3://A/b"}, want: "--files: a bucket's name has 3 to 63"},
		{name: "bucket without a key", args: []string{"--files=s3://spika", "--s3-key-id=x"}, want: "--files s3://spika needs --s3-key-id and the setting s3-secret ($SPIKA_S3_SECRET)"},
		{name: "key without a bucket", env: map[string]string{"SPIKA_S3_SECRET": "c2hvcnQ"}, want: "files would be kept on disk"},
		{name: "S3 endpoint", args: []string{"--s3-endpoint=s3.example.org"}, want: "--s3-endpoint: must be like https://"},
		{name: "S3 endpoint with a path", args: []string{"--s3-endpoint=https://a/b"}, want: "--s3-endpoint: must be like https://"},
		{name: "S3 secret flag", args: []string{"--s3-secret=c2hvcnQ"}, want: "secrets are not taken from the command line"},
		{name: "members", args: []string{"--max-members=1"}, want: "--max-members must be at least 2"},
		{name: "text", args: []string{"--max-text=0"}, want: "--max-text must be at least"},
		{name: "size", args: []string{"--max-text=64kb"}, want: `"64kb" is not a size`},
		{name: "body", args: []string{"--max-body=64KiB"}, want: "--max-body (64KiB) must be at least 1 KiB more than --max-text (64KiB)"},
		{name: "huge body", args: []string{"--max-body=65MiB"}, want: "--max-body must be at most 64MiB"},
		{name: "proxy", args: []string{"--trusted-proxies=10.0.0.0/8,proxy"}, want: `"proxy" is not an IP address`},
		{name: "level", args: []string{"--log-level=loud"}, want: "--log-level"},
		{name: "format", env: map[string]string{"SPIKA_LOG_FORMAT": "xml"}, want: `--log-format must be one of "text","json"`},
		{name: "bool", env: map[string]string{"SPIKA_HIDE_KEYS": "maybe"}, want: "$SPIKA_HIDE_KEYS"},
		{name: "key flag", args: []string{"--server-key=" + key}, want: "not taken from the command line"},
		{name: "key", env: map[string]string{"SPIKA_SERVER_KEY": "c2hvcnQ="}, want: "must be 32 bytes in base64"},
		{name: "key file", env: map[string]string{"SPIKA_SERVER_KEY_FILE": "/nonexistent"}, want: "$SPIKA_SERVER_KEY_FILE: open /nonexistent"},
		{name: "no file", args: []string{"--config=/nonexistent"}, want: "configuration file: open /nonexistent"},
		{name: "unknown", file: "lissen = :1", want: `there is no setting "lissen"`},
		{name: "send's", file: "key = x", want: `there is no setting "key"`},
		{name: "twice", file: "max-text = 1\nmax_text = 2", want: "line 2: max_text is given twice"},
		{name: "twice in JSON", file: `{"data": "a", "data": "b"}`, want: "data is given twice"},
		{name: "no line", file: "listen :1", want: "line 1 is not key = value"},
		{name: "JSON", file: `{"data": "a"`, want: "is not a JSON object: unexpected end"},
		{name: "JSON value", file: `{"data": {}}`, want: "data must be a string"},
		{name: "JSON list", file: `{"trusted-proxies": [1]}`, want: "must be a list of strings"},
		{name: "JSON rest", file: `{} {}`, want: "after top-level value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := test.args
			if test.file != "" {
				args = append(args, "--config", write(t, test.file))
			}
			_, err := read(t, test.env, args...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "c2hvcnQ") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestCodeSettings(t *testing.T) {
	env := map[string]string{"SPIKA_SMS_TOKEN": "hunter2", "SPIKA_SMTP_PASSWORD_FILE": write(t, "hunter3\n"), "SPIKA_TEAM_MODE": "false"}
	c, err := read(t, env, "--code-sender=sms", "--phone-sign-in=open", "--sms-account=AC1", "--sms-from=+15550100", "--sms-url=http://127.0.0.1:1/")
	if err != nil {
		t.Fatal(err)
	}
	if c.SMSToken != "hunter2" || c.SMTPPassword != "hunter3" || c.TeamMode || c.GatewayURL() != "http://127.0.0.1:1" {
		t.Errorf("got %+v", c)
	}
	if log := c.LogValue().String(); strings.Contains(log, "hunter") || !strings.Contains(log, "sms-token=(hidden)") {
		t.Errorf("the log shows secrets, or not that there are some: %s", log)
	}
	if c, err = read(t, nil, "--code-sender=smtp", "--smtp-server=mail:587", "--smtp-from=spika@example.org", "--no-team-mode"); err != nil || c.TeamMode || c.PhoneSignIn != "known" {
		t.Errorf("got %+v, %v", c, err)
	}
	if c, err = read(t, nil); err != nil || !c.TeamMode || c.SMTPPassword.String() != "" || c.CodeSender != "none" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestFileStoreSettings(t *testing.T) {
	c, err := read(t, nil)
	if err != nil || c.FilesFolder() != "data/files" {
		t.Errorf("by default files are in %q, %v", c.FilesFolder(), err)
	}
	if c, err = read(t, nil, "--files=disk:/srv/files"); err != nil || c.FilesFolder() != "/srv/files" {
		t.Errorf("files are in %q, %v", c.FilesFolder(), err)
	}
	env := map[string]string{"SPIKA_S3_SECRET_FILE": write(t, "hunter4\n")}
	c, err = read(t, env, "--files=s3://spika-files", "--s3-key-id=AK1", "--s3-endpoint=http://127.0.0.1:9000/")
	if err != nil {
		t.Fatal(err)
	}
	bucket, inBucket := c.Files.Bucket()
	host, insecure := c.S3Endpoint.Host()
	if bucket != "spika-files" || !inBucket || host != "127.0.0.1:9000" || !insecure || c.S3Secret != "hunter4" {
		t.Errorf("got %+v", c.FileStore)
	}
	if log := c.LogValue().String(); strings.Contains(log, "hunter") || !strings.Contains(log, "s3-secret=(hidden)") {
		t.Errorf("the log shows secrets, or not that there are some: %s", log)
	}
	if host, insecure := Default().S3Endpoint.Host(); host != "s3.amazonaws.com" || insecure {
		t.Errorf("by default S3 is at %s", host)
	}
}

func TestListenURL(t *testing.T) {
	for in, want := range map[Listen]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", ":80": "http://127.0.0.1:80", "0.0.0.0:1": "http://127.0.0.1:1",
		"[::]:1": "http://127.0.0.1:1", "[::1]:1": "http://[::1]:1", "chat.lan:1": "http://chat.lan:1",
	} {
		if got := in.URL(); got != want {
			t.Errorf("%s.URL() = %s, want %s", in, got, want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte("listen = :1\n# no\n"))
	f.Add([]byte(`{"a": ["b", "c"], "d": 1e400}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := parseFile(b)
		if err != nil {
			return
		}
		for name := range values {
			if strings.Contains(name, "_") {
				t.Errorf("the key %q was not normalised", name)
			}
		}
	})
}

func TestDocsAreCurrent(t *testing.T) {
	have, err := os.ReadFile("../../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != Markdown() {
		t.Error("docs/config.md is not what the settings say: run go generate ./internal/config")
	}
}
