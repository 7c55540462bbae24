package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"spika/internal/config"
)

//go:generate sh -c "go run spika/cmd/spika cli-docs > ../../.build/cli.md && mv ../../.build/cli.md ../../docs"

type configDocs struct{}

// Run is the command.
func (configDocs) Run(e *env) error {
	_, err := io.WriteString(e.Out, config.Markdown())
	return err
}

type cliDocs struct{}

// Run is the command.
func (cliDocs) Run(e *env) error {
	text, err := markdown()
	if err != nil {
		return err
	}
	_, err = io.WriteString(e.Out, text)
	return err
}

const docsHead = `# Command line

<!-- Made from internal/cli by "make generate". Do not edit. -->

One binary, ` + "`spika`" + `, is the server and its tools. The commands for people, rooms and keys open the
database themselves, with the same settings as the server ([config.md](config.md)), and work while it
is running: what they change shows up in open browsers at once.

Every command takes ` + "`--help`" + ` and ` + "`--json`" + `. With ` + "`--json`" + ` it prints one JSON object on standard output;
new keys may be added to it. Errors are a sentence on standard error, with ` + "`--json`" + ` an object
` + "`{\"error\",\"exit\"}`" + `, and ` + "`\"status\"`" + ` where a server answered with that HTTP status.

## Exit codes

` + exitCodes

// markdown gives the documentation of all commands.
func markdown() (string, error) {
	parser, err := newParser(&commands{}, Streams{Out: io.Discard, Err: io.Discard}, nil)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(docsHead)
	for _, node := range parser.Model.Leaves(true) {
		describeCommand(&b, node)
	}
	return b.String(), nil
}

func describeCommand(b *strings.Builder, node *kong.Node) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", node.FullPath(), node.Help)
	fmt.Fprintf(b, "\n```\n%s%s\n```\n", node.FullPath(), synopsis(node))
	if node.Detail != "" {
		fmt.Fprintf(b, "\n%s\n", node.Detail)
	}
	var own []*kong.Flag
	shared := false
	for _, f := range node.Flags {
		switch {
		case f.Hidden:
		case f.Tag.Has("setting") || f.Name == "config":
			shared = true
		default:
			own = append(own, f)
		}
	}
	if len(own)+len(node.Positional) > 0 {
		fmt.Fprint(b, "\n| | default | meaning |\n|---|---|---|\n")
	}
	for _, p := range node.Positional {
		fmt.Fprintf(b, "| `%s` | | %s |\n", strings.ToUpper(p.Name), p.Help)
	}
	for _, f := range own {
		fmt.Fprintf(b, "| %s | %s | %s |\n", flagNames(f), f.Default, f.Help)
	}
	if shared {
		fmt.Fprintf(b, "\nSettings ([config.md](config.md)): %s.\n", settingNames(node))
	}
}

// synopsis is a command's line without its optional flags.
func synopsis(node *kong.Node) string {
	out := ""
	for _, f := range node.Flags {
		if !f.Required {
			continue
		}
		out += " --" + f.Name
		if !f.IsBool() {
			out += " " + f.PlaceHolder
		}
	}
	for _, p := range node.Positional {
		name := strings.ToUpper(p.Name)
		if !p.Required {
			name = "[" + name + "]"
		}
		out += " " + name
	}
	return out
}

func flagNames(f *kong.Flag) string {
	out := "`--" + f.Name + "`"
	if config.FromEnv(f) {
		out += "<br>`" + config.EnvName(f.Name) + "`"
		if f.Tag.Has("secret") {
			out += "<br>`" + config.EnvName(f.Name) + "_FILE`"
		}
	}
	return out
}

func settingNames(node *kong.Node) string {
	var out []string
	for _, f := range node.Flags {
		if f.Tag.Has("setting") && !f.Hidden || f.Name == "config" {
			out = append(out, "`--"+f.Name+"`")
		}
	}
	return strings.Join(out, ", ")
}
