package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

const docsHead = `# Settings

<!-- Made from internal/config by "make generate". Do not edit. -->

Every setting has a default; a server starts without any. A setting is looked for in this order, and
the first place that has it wins:

1. the flag, as in ` + "`spika serve --listen :8080`" + `;
2. the environment variable;
3. for secrets, the file named by the environment variable with ` + "`_FILE`" + ` added, as container
   platforms provide them: ` + "`SPIKA_DATABASE_FILE=/run/secrets/database`" + `;
4. the configuration file named by ` + "`--config`" + ` or ` + "`SPIKA_CONFIG`" + `.

An empty environment variable counts as not set. The configuration file is a JSON object, or lines of
` + "`key = value`" + ` with ` + "`#`" + ` before comments; its keys are the flags' names without the dashes in front:

` + "```" + `
listen = :8080
public-url = https://chat.example.org
trusted-proxies = 127.0.0.1
` + "```" + `

A key that is not listed here, or is given twice, is refused, and so is a value that is wrong: the
server says what is wrong with it and ends with exit code 2. Logged settings (at level debug) have
their secrets blacked out.

The other commands take the same settings as far as they need them, so that ` + "`spika key add`" + ` and the
server agree on the database when both find it in the same environment or file.
`

// Markdown gives the documentation of all settings.
func Markdown() string {
	var b strings.Builder
	b.WriteString(docsHead)
	c := Default()
	group := ""
	for _, f := range table(&c) {
		if f.Group.Key != group {
			group = f.Group.Key
			fmt.Fprintf(&b, "\n## %s\n\n| setting | default | meaning |\n|---|---|---|\n", strings.TrimSuffix(group, ":"))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", names(f), defaultOf(f), strings.ReplaceAll(f.Help, "|", "\\|"))
	}
	return b.String()
}

// names lists the ways to give a setting.
func names(f *kong.Flag) string {
	var out []string
	if !f.Hidden {
		out = append(out, "`--"+f.Name+"`")
	}
	out = append(out, "`"+EnvName(f.Name)+"`")
	if f.Tag.Has("secret") {
		out = append(out, "`"+EnvName(f.Name)+"_FILE`")
	}
	return strings.Join(out, "<br>")
}

func defaultOf(f *kong.Flag) string {
	switch {
	case f.HasDefault:
		return "`" + f.Default + "`"
	case f.IsBool():
		return "`false`"
	}
	return "none"
}
