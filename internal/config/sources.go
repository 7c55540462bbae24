package config

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Sources finds what no flag gave: first in the environment, then in the file
// that the environment names for a secret (SPIKA_DATABASE_FILE and the like),
// then in the configuration file. It is for one parse.
type Sources struct {
	// Getenv reads the environment; nil: there is none.
	Getenv func(name string) (string, bool)

	file map[string]string // of the configuration file, by flag name
	read bool
}

var _ kong.Resolver = (*Sources)(nil)

// Options gives what makes a parser look here.
func (s *Sources) Options() []kong.Option {
	return []kong.Option{kong.Resolvers(s), kong.WithBeforeResolve(s.readFile)}
}

// EnvName gives the environment variable of a flag.
func EnvName(flag string) string {
	return "SPIKA_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// FromEnv reports whether a flag can come from the environment: every setting,
// and what a command marks with the tag "environment".
func FromEnv(f *kong.Flag) bool { return f.Tag.Has("setting") || f.Tag.Has("environment") }

// Validate is part of kong.Resolver.
func (s *Sources) Validate(*kong.Application) error { return nil }

// Resolve is part of kong.Resolver: it gives a flag's value, or nil. Errors say
// where a wrong value came from, and never show a secret.
func (s *Sources) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !FromEnv(flag) {
		return nil, nil
	}
	value, from, err := s.find(flag)
	if err != nil || from == "" {
		return nil, err
	}
	scratch := reflect.New(flag.Target.Type()).Elem()
	err = flag.Mapper.Decode(&kong.DecodeContext{
		Value: flag.Value,
		Scan:  kong.ScanFromTokens(kong.Token{Type: kong.FlagValueToken, Value: value}),
	}, scratch)
	if err != nil {
		return nil, fmt.Errorf("from %s: %w", from, err)
	}
	return value, nil
}

// find gives a flag's value and where it is from; "" when it is nowhere. An
// empty variable counts as absent.
func (s *Sources) find(flag *kong.Flag) (value, from string, err error) {
	name := EnvName(flag.Name)
	if v := s.env(name); v != "" {
		return v, "$" + name, nil
	}
	if flag.Tag.Has("secret") {
		if path := s.env(name + "_FILE"); path != "" {
			b, err := os.ReadFile(path)
			if err != nil {
				return "", "", fmt.Errorf("from $%s_FILE: %w", name, err)
			}
			return strings.TrimSpace(string(b)), "$" + name + "_FILE", nil
		}
	}
	if v, ok := s.file[flag.Name]; ok && flag.Tag.Has("setting") {
		return v, "the configuration file", nil
	}
	return "", "", nil
}

func (s *Sources) env(name string) string {
	if s.Getenv == nil {
		return ""
	}
	v, _ := s.Getenv(name)
	return v
}

// readFile reads the configuration file that --config or $SPIKA_CONFIG names,
// once.
func (s *Sources) readFile(ctx *kong.Context) error {
	if s.read {
		return nil
	}
	s.read = true
	path := s.env(EnvName(configFlag))
	for _, p := range ctx.Path {
		if p.Flag != nil && p.Flag.Name == configFlag {
			path, _ = ctx.FlagValue(p.Flag).(string)
		}
	}
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("configuration file: %w", err) // it names the file
	}
	if s.file, err = parseFile(b); err == nil {
		err = refuseUnknown(s.file)
	}
	if err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	return nil
}

const configFlag = "config"

func refuseUnknown(file map[string]string) error {
	var known []string
	for _, f := range table(new(Config)) {
		if f.Tag.Has("setting") {
			known = append(known, f.Name)
		}
	}
	for name := range file {
		if !slices.Contains(known, name) {
			return fmt.Errorf("there is no setting %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}
