package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/phone"
	"spika/internal/server"
)

// withCore opens the database for a command, beside a server that may be
// running, and closes it again.
func (e *env) withCore(ctx context.Context, cfg config.Config, do func(*server.Core) error) (err error) {
	log := slog.New(slog.NewTextHandler(e.Err, &slog.HandlerOptions{Level: slog.LevelError}))
	core, err := server.Open(ctx, cfg, server.Options{Logger: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	return do(core)
}

// settings gives the settings of a command that knows only some of them.
func settings(b config.Base) config.Config {
	cfg := config.Default()
	cfg.Base = b
	return cfg
}

type userAdd struct {
	config.Base   `group:"Storage:"`
	config.Team   `group:"Settings:"`
	Email         string `placeholder:"EMAIL" help:"Address to sign in with. Needs --password-stdin."`
	Phone         string `placeholder:"NUMBER" help:"Phone number to sign in with by one-time code, with its country code. Beside an address, or alone."`
	Name          string `required:"" placeholder:"NAME" help:"Name that others see."`
	Admin         bool   `help:"Let the person manage people and all rooms' keys. The first admin becomes the owner."`
	PasswordStdin bool   `help:"Read the password, 10 to 200 characters, as a line from standard input."`
}

// Help is the long help.
func (userAdd) Help() string { return `Prints the person's id; with --json {"id"}.` }

// Run is the command.
func (u *userAdd) Run(ctx context.Context, e *env) error {
	name, err := chat.CleanName("--name", u.Name)
	if err != nil {
		return err
	}
	person := chat.NewPerson{Name: name, Email: u.Email}
	if person.Phone, err = cleanPhone(u.Phone); err != nil {
		return err
	}
	if (u.Email != "") != u.PasswordStdin || u.Email == "" && u.Phone == "" {
		return &usageError{"give --email together with --password-stdin, or --phone, or all of them (see spika user add --help)"}
	}
	if u.PasswordStdin {
		if person.Password, err = readPassword(e.In); err != nil {
			return err
		}
	}
	cfg := settings(u.Base)
	cfg.Team = u.Team
	return e.withCore(ctx, cfg, func(core *server.Core) error {
		made, err := core.Service.CreatePerson(ctx, person, u.Admin)
		if err != nil {
			return err
		}
		return e.print(fmt.Sprint(made.ID), struct {
			ID    int64     `json:"id"`
			Email string    `json:"email"`
			Phone string    `json:"phone"`
			Role  chat.Role `json:"role"`
		}{made.ID, made.Email, made.Phone, made.Role})
	})
}

// cleanPhone gives a phone number as the domain keeps it; none stays none.
func cleanPhone(number string) (string, error) {
	if number == "" {
		return "", nil
	}
	clean, err := phone.Normalize(number)
	if err != nil {
		return "", &usageError{"--phone " + err.Error()}
	}
	return clean, nil
}

// readPassword reads one line.
func readPassword(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	return line, chat.CheckPassword(line)
}

type userToken struct {
	config.Base     `group:"Storage:"`
	config.Sessions `group:"Settings:"`
	Email           string `placeholder:"EMAIL" help:"Address of the person. This or --phone is needed."`
	Phone           string `placeholder:"NUMBER" help:"Phone number of the person, with its country code."`
}

// Help is the long help.
func (userToken) Help() string {
	return `The token goes into the header "accesstoken" of requests to the API. It opens everything the person can do: keep it like a password. Prints the token; with --json {"token"}.`
}

// Run is the command.
func (u *userToken) Run(ctx context.Context, e *env) error {
	if err := u.Check(); err != nil {
		return &usageError{err.Error()}
	}
	number, err := cleanPhone(u.Phone)
	if err != nil {
		return err
	}
	if (u.Email == "") == (number == "") {
		return &usageError{"give either --email or --phone (see spika user token --help)"}
	}
	cfg := settings(u.Base)
	cfg.Sessions = u.Sessions
	return e.withCore(ctx, cfg, func(core *server.Core) error {
		in, err := core.Service.OpenSessionFor(ctx, cmp.Or(u.Email, number), chat.DeviceInfo{Kind: "script", Name: "spika user token"})
		if err != nil {
			return err
		}
		return e.print(in.Token, struct {
			Token     string    `json:"token"`
			UserID    int64     `json:"userId"`
			ExpiresAt chat.Time `json:"expiresAt"` // Unix ms
		}{in.Token, in.User.ID, in.Device.Expires})
	})
}

type roomAdd struct {
	config.Base  `group:"Storage:"`
	config.Rooms `group:"Settings:"`
	Name         string   `required:"" placeholder:"NAME" help:"Name of the room."`
	Admin        string   `required:"" placeholder:"EMAIL" help:"Address of the person who manages it."`
	Member       []string `placeholder:"EMAIL" help:"Address of a member. Give it once for each."`
}

// Help is the long help.
func (roomAdd) Help() string { return `Prints the room's id; with --json {"id"}.` }

// Run is the command.
func (r *roomAdd) Run(ctx context.Context, e *env) error {
	if err := r.Check(); err != nil {
		return &usageError{err.Error()}
	}
	name, err := chat.CleanName("--name", r.Name)
	if err != nil {
		return err
	}
	cfg := settings(r.Base)
	cfg.Rooms = r.Rooms
	return e.withCore(ctx, cfg, func(core *server.Core) error {
		made, err := core.Service.CreateRoomFor(ctx, name, r.Admin, r.Member)
		if err != nil {
			return err
		}
		return e.print(fmt.Sprint(made.ID), struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		}{made.ID, made.Name})
	})
}

type keyAdd struct {
	config.Base    `group:"Storage:"`
	config.Address `group:"Settings:"`
	config.Keys    `group:"Settings:"`
	Room           int64  `required:"" placeholder:"ID" help:"The room it posts into."`
	Name           string `required:"" placeholder:"NAME" help:"Name that its messages carry."`
}

// Help is the long help.
func (keyAdd) Help() string {
	return `Prints the key and the URL to post to, which is that of --public-url, else of the server that was started last on this database, else of --listen. With --json {"id","token","url"}.`
}

// Run is the command.
func (k *keyAdd) Run(ctx context.Context, e *env) error {
	name, err := chat.CleanName("--name", k.Name)
	if err != nil {
		return err
	}
	cfg := settings(k.Base)
	cfg.Keys = k.Keys
	return e.withCore(ctx, cfg, func(core *server.Core) error {
		made, err := core.Service.CreateRoomKey(ctx, k.Room, name)
		if err != nil {
			return err
		}
		started, err := core.Address(ctx)
		if err != nil {
			return err
		}
		url := cmp.Or(string(k.PublicURL), started, k.Address.URL()) + "/api/messaging/messages"
		return e.print(fmt.Sprintf("API key:  %s\nPOST URL: %s", made.Secret, url), struct {
			ID     int64  `json:"id"`
			Token  string `json:"token"`
			URL    string `json:"url"`
			RoomID int64  `json:"roomId"`
			Name   string `json:"name"`
		}{made.ID, made.Secret, url, made.RoomID, made.Name})
	})
}

type keyList struct {
	config.Base `group:"Storage:"`
	Room        int64 `placeholder:"ID" help:"Only the keys of this room."`
}

// Help is the long help.
func (keyList) Help() string {
	return `Never shows the keys themselves. With --json {"keys":[{"id","roomId","name","createdAt","lastUsedAt"}]}, times in Unix milliseconds, lastUsedAt null for a key that was never used.`
}

// Run is the command.
func (k *keyList) Run(ctx context.Context, e *env) error {
	return e.withCore(ctx, settings(k.Base), func(core *server.Core) error {
		keys, err := core.Service.RoomKeys(ctx, k.Room)
		if err != nil {
			return err
		}
		out := listedKeys{Keys: []listedKey{}}
		for _, key := range keys {
			out.Keys = append(out.Keys, newListedKey(key))
		}
		if e.json {
			return writeJSON(e.Out, out)
		}
		return out.table(e.Out)
	})
}

type listedKeys struct {
	Keys []listedKey `json:"keys"`
}

type listedKey struct {
	ID         int64      `json:"id"`
	RoomID     int64      `json:"roomId"`
	Name       string     `json:"name"`
	CreatedAt  chat.Time  `json:"createdAt"`
	LastUsedAt *chat.Time `json:"lastUsedAt"`
}

func newListedKey(k chat.APIKey) listedKey {
	out := listedKey{ID: k.ID, RoomID: k.RoomID, Name: k.Name, CreatedAt: k.Created}
	if k.LastUsed != 0 {
		out.LastUsedAt = &k.LastUsed
	}
	return out
}

func (l listedKeys) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tROOM\tNAME\tMADE\tLAST USED")
	for _, k := range l.Keys {
		used := "never"
		if k.LastUsedAt != nil {
			used = k.LastUsedAt.Std().Format(time.RFC3339)
		}
		fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\n", k.ID, k.RoomID, k.Name, k.CreatedAt.Std().Format(time.RFC3339), used)
	}
	return t.Flush()
}

type keyRevoke struct {
	config.Base `group:"Storage:"`
	ID          int64 `arg:"" name:"id" help:"The key's id, as \"spika key list\" shows it."`
}

// Help is the long help.
func (keyRevoke) Help() string {
	return `The key stops posting within a second, also on running servers. Its messages stay. With --json {"id","roomId","name"}.`
}

// Run is the command.
func (k *keyRevoke) Run(ctx context.Context, e *env) error {
	return e.withCore(ctx, settings(k.Base), func(core *server.Core) error {
		gone, err := core.Service.RevokeKey(ctx, k.ID)
		if err != nil {
			return err
		}
		return e.print(fmt.Sprintf("API key %d of room %d is revoked", gone.ID, gone.RoomID), struct {
			ID     int64  `json:"id"`
			RoomID int64  `json:"roomId"`
			Name   string `json:"name"`
		}{gone.ID, gone.RoomID, gone.Name})
	})
}
