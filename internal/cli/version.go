package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// sameFlags are taken, and not needed, by commands that open no database, so
// that a script can give every command the same flags.
type sameFlags struct {
	Data     string `hidden:"" help:"Not needed here."`
	Database string `hidden:"" help:"Not needed here."`
}

type version struct {
	sameFlags
}

// Help is the long help.
func (version) Help() string { return `With --json {"version","commit","go"}.` }

// Run is the command.
func (version) Run(e *env) error {
	out := struct {
		Version string `json:"version"`
		Commit  string `json:"commit"`
		Go      string `json:"go"`
	}{Version: "unknown", Commit: "unknown", Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		out.Version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				out.Commit = s.Value
			}
		}
	}
	return e.print(fmt.Sprintf("spika %s (commit %s, %s)", out.Version, out.Commit, out.Go), out)
}
