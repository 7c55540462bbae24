// Package cli is the command line: it reads what was asked for, has the server,
// the domain or the client do it, and says what came of it on the streams and
// in the exit code. It holds no rules of the messenger itself.
package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"spika/internal/config"
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// commands is the whole command line. Its fields and tags make the help and
// docs/cli.md.
type commands struct {
	JSON bool `help:"Print one JSON object on standard output, and errors as one JSON object on standard error."`
	Help help `short:"h" help:"Show this help."`

	Serve      serve      `cmd:"" help:"Run the server."`
	User       user       `cmd:"" help:"Manage people."`
	Room       room       `cmd:"" help:"Manage rooms."`
	Key        key        `cmd:"" help:"Manage the API keys of rooms."`
	Audit      audit      `cmd:"" help:"Show who did what to people, rooms and keys."`
	Send       send       `cmd:"" help:"Post a message with an API key."`
	Version    version    `cmd:"" help:"Print the version."`
	ConfigDocs configDocs `cmd:"" hidden:"" help:"Print docs/config.md."`
	CLIDocs    cliDocs    `cmd:"" name:"cli-docs" hidden:"" help:"Print docs/cli.md."`
}

type user struct {
	Add   userAdd   `cmd:"" help:"Make an account for a person."`
	Token userToken `cmd:"" help:"Sign a person in for a script and print the session token."`
}

type room struct {
	Add roomAdd `cmd:"" help:"Make a group room."`
}

type key struct {
	Add    keyAdd    `cmd:"" help:"Make an API key for a room and print it with its POST URL."`
	List   keyList   `cmd:"" help:"List API keys."`
	Revoke keyRevoke `cmd:"" help:"End an API key."`
}

const description = `Spika is a team messenger that code can post to.

"spika serve" runs the server. The other commands set things up from scripts, also while the server runs; "spika COMMAND --help" tells more about each.`

// env is what a command works with.
type env struct {
	Streams
	json bool
}

// help prints the help of the command it stands behind, and ends parsing.
type help bool

var errHelp = errors.New("help was shown")

// BeforeReset is kong's hook for flags that come before everything else.
func (help) BeforeReset(ctx *kong.Context) error {
	return errors.Join(errHelp, ctx.PrintUsage(false))
}

// Main runs the command line args and gives the exit code, one of those in
// docs/cli.md. getenv reads the environment.
func Main(ctx context.Context, args []string, streams Streams, getenv func(string) (string, bool)) int {
	e := &env{Streams: streams, json: slices.Contains(args, "--json")}
	err := run(ctx, args, e, getenv)
	if err == nil || errors.Is(err, errHelp) {
		return exitOK
	}
	return e.fail(err)
}

func run(ctx context.Context, args []string, e *env, getenv func(string) (string, bool)) error {
	var c commands
	parser, err := newParser(&c, e.Streams, getenv)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return badUsage(err)
	}
	e.json = c.JSON
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(e)
}

func newParser(c *commands, s Streams, getenv func(string) (string, bool)) (*kong.Kong, error) {
	sources := &config.Sources{Getenv: getenv}
	return kong.New(c, append(sources.Options(),
		kong.Name("spika"), kong.Description(description), kong.Writers(s.Out, s.Err), kong.NoDefaultHelp(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.ValueFormatter(describe),
		kong.Exit(func(int) {}), // only this package decides how the process ends
	)...)
}

// describe is a flag's help, with the environment variable that gives it.
func describe(v *kong.Value) string {
	if v.Flag == nil || !config.FromEnv(v.Flag) {
		return v.Help
	}
	return strings.TrimSpace(v.Help + " $" + config.EnvName(v.Flag.Name))
}

// badUsage adds where to read on to what is wrong with a command line.
func badUsage(err error) error {
	if errors.Is(err, errHelp) {
		return err
	}
	where := "spika"
	if p, ok := errors.AsType[*kong.ParseError](err); ok && p.Context != nil {
		if node := p.Context.Selected(); node != nil {
			where = node.FullPath()
		}
	}
	return &usageError{strings.TrimSuffix(err.Error(), ".") + " (see " + where + " --help)"}
}
