// Package config holds every setting of the server in one table, the struct
// Config: its fields and tags make the flags, the environment variables, the
// keys of the configuration file, the help and docs/config.md. It knows nothing
// of what the settings are used for.
package config

import (
	"cmp"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"
)

//go:generate sh -c "go run spika/cmd/spika config-docs > ../../.build/config.md && mv ../../.build/config.md ../../docs"

// Config is every setting. The tag "setting" marks what can also come from the
// environment and the configuration file; "secret" what is never shown and can
// come from a file that the environment names.
type Config struct {
	Base      `group:"Storage:"`
	FileStore `group:"Files:"`
	Uploads   `group:"Files:"`
	Address   `group:"Address:"`
	Sessions  `group:"People, rooms and keys:"`
	SignIns   `group:"People, rooms and keys:"`
	Team      `group:"People, rooms and keys:"`
	Rooms     `group:"People, rooms and keys:"`
	Keys      `group:"People, rooms and keys:"`
	Admin     `group:"Management:"`
	Codes     `group:"Signing in by phone:"`
	SMS       `group:"Signing in by phone:"`
	Mail      `group:"Signing in by phone:"`
	Requests  `group:"Requests:"`
	Outgoing  `group:"Outgoing calls:"`
	Push      `group:"Push:"`
	Logs      `group:"Logs:"`
}

// Base is what it takes to open the database.
type Base struct {
	// Config is the configuration file; empty: none.
	Config    string   `placeholder:"FILE" help:"File with settings, as JSON or as lines of key = value."`
	Data      string   `setting:"" default:"./data" help:"Folder for the database and the server key. Made if it is not there."`
	Database  Database `setting:"" secret:"" default:"sqlite:" help:"Where everything is kept: sqlite: (spika.db in the data folder), sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME."`
	ServerKey Key      `setting:"" secret:"" hidden:"" help:"32 random bytes in base64, under which API keys are sealed. Without it the file server.key in the data folder is used, and made at the first start."`
}

// Address is where the server is reached.
type Address struct {
	Listen    Listen    `setting:"" default:"127.0.0.1:8080" help:"Address and port to listen at. Port 0 takes a free one."`
	PublicURL PublicURL `setting:"" name:"public-url" placeholder:"URL" help:"Address people use, like https://chat.example.org/spika. It is shown in links and snippets; without it, they show the address of the page."`
}

// Sessions is how long people stay signed in.
type Sessions struct {
	// SessionLife is at least a minute.
	SessionLife time.Duration `setting:"" default:"720h" help:"How long an unused session lives, like 720h or 90m."`
}

// SignIns limits guessing passwords.
type SignIns struct {
	// SignInAttempts is at least 1, SignInWindow at least a second.
	SignInAttempts int           `setting:"" default:"10" help:"Failed attempts to sign in that an account, and an address, has within the window."`
	SignInWindow   time.Duration `setting:"" default:"5m" help:"The window for --sign-in-attempts."`
}

// Team is who sees whom.
type Team struct {
	TeamMode bool `setting:"" default:"true" negatable:"" help:"Whether everyone sees everyone. With --no-team-mode (SPIKA_TEAM_MODE=false), people see those whose phone numbers are in their phone's address book."`
}

// Rooms limits rooms.
type Rooms struct {
	// MaxMembers is at least 2.
	MaxMembers     int  `setting:"" default:"10000" help:"Members one room can have."`
	SystemMessages bool `setting:"" help:"Tell in a room, by messages of the type system, who made it, joined or left it, and changed its name, picture, admins or notes. Older web clients show them poorly."`
}

// Keys is about API keys.
type Keys struct {
	HideKeys bool `setting:"" help:"Show an API key only when it is made, never again."`
}

// Admin is the operator's own access to the management routes. People who manage
// the team get in with their e-mail address and password, with or without it.
type Admin struct {
	AdminUsername string `setting:"" placeholder:"NAME" help:"Name with which the operator signs in to the management API, /api/management, together with $SPIKA_ADMIN_PASSWORD. Without it only the team's owner and admins do."`
	AdminPassword Secret `setting:"" secret:"" hidden:"" help:"Password for --admin-username, 10 characters or more. Tokens that were given out end when either is changed."`
}

// Check refuses half an access, and one that is easily guessed.
func (a Admin) Check() error {
	if (a.AdminUsername == "") != (a.AdminPassword == "") {
		return fmt.Errorf("--admin-username and $SPIKA_ADMIN_PASSWORD must be given together")
	}
	if n := len(a.AdminPassword); n > 0 && n < minAdminPassword {
		return fmt.Errorf("$SPIKA_ADMIN_PASSWORD must have at least %d characters", minAdminPassword)
	}
	return nil
}

const minAdminPassword = 10

// Requests limits what one request can ask for, and tells whose word on
// addresses to take.
type Requests struct {
	MaxText        Size      `setting:"" default:"64KiB" help:"Length of a message's text."`
	MaxBody        Size      `setting:"" default:"256KiB" help:"Size of a request's JSON body."`
	TrustedProxies []Network `setting:"" placeholder:"NETWORK" help:"Addresses or networks of reverse proxies whose X-Forwarded-For is believed, like 127.0.0.1,10.0.0.0/8."`
}

// Logs is what is logged and how.
type Logs struct {
	LogLevel  slog.Level `setting:"" default:"info" placeholder:"info" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat string     `setting:"" default:"text" enum:"text,json" help:"text or json. Logs go to standard error."`
}

// Default gives the settings of a server that was told none.
func Default() Config {
	var c Config
	k, err := kong.New(&c, kong.NoDefaultHelp())
	if err == nil {
		_, err = k.Parse(nil)
	}
	if err != nil {
		panic(fmt.Sprintf("the table of settings is wrong: %v", err)) // a test sees to it that it is not
	}
	return c
}

// Check refuses settings that do not fit together. Each single one was checked
// when it was read, but for its range.
func (c Config) Check() error {
	switch {
	case c.MaxText < 1:
		return fmt.Errorf("--max-text must be at least 1 byte")
	case c.MaxBody < c.MaxText+1024:
		return fmt.Errorf("--max-body (%s) must be at least 1 KiB more than --max-text (%s)", c.MaxBody, c.MaxText)
	case c.MaxBody > maxBody:
		return fmt.Errorf("--max-body must be at most %s", Size(maxBody))
	}
	return cmp.Or(c.Sessions.Check(), c.SignIns.Check(), c.Rooms.Check(), c.Admin.Check(), c.Push.Check(), c.FileStore.Check(), c.Uploads.Check(), c.checkCodes())
}

const maxBody = 64 << 20

// Check refuses a life that is too short to sign in with.
func (s Sessions) Check() error {
	if s.SessionLife < time.Minute {
		return fmt.Errorf("--session-life must be at least 1m")
	}
	return nil
}

// Check refuses limits that nobody could sign in under.
func (s SignIns) Check() error {
	if s.SignInAttempts < 1 {
		return fmt.Errorf("--sign-in-attempts must be at least 1")
	}
	if s.SignInWindow < time.Second {
		return fmt.Errorf("--sign-in-window must be at least 1s")
	}
	return nil
}

// Check refuses a room that two people cannot share.
func (r Rooms) Check() error {
	if r.MaxMembers < 2 {
		return fmt.Errorf("--max-members must be at least 2")
	}
	return nil
}

// DatabaseURL gives the database's full URL, with the data folder put in.
func (b Base) DatabaseURL() string {
	if b.Database == "sqlite:" {
		return "sqlite:" + filepath.Join(b.Data, "spika.db")
	}
	return string(b.Database)
}

// KeyFile is where the server key is kept when no setting gives it.
func (b Base) KeyFile() string { return filepath.Join(b.Data, "server.key") }

// URL gives the address at which people and programs reach the server: the
// public one, or the one it listens at.
func (a Address) URL() string {
	if a.PublicURL != "" {
		return string(a.PublicURL)
	}
	return a.Listen.URL()
}

// LogValue gives the settings for a log, secrets blacked out.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, f := range table(&c) {
		attrs = append(attrs, slog.String(f.Name, fmt.Sprint(f.Target.Interface())))
	}
	return slog.GroupValue(attrs...)
}

// table lists the flags of a Config in order, with their values in it.
func table(c *Config) []*kong.Flag {
	k, err := kong.New(c, kong.NoDefaultHelp())
	if err != nil {
		panic(fmt.Sprintf("the table of settings is wrong: %v", err))
	}
	return k.Model.Flags
}
