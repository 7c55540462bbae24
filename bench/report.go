package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// results is what a run found.
type results struct {
	Date    string       `json:"date"`
	Commit  string       `json:"commit"`
	Machine string       `json:"machine"`
	Go      string       `json:"go"`
	FlushMs float64      `json:"flushMs"` // one flush of 4 KiB, at the median
	Limit   []throughput `json:"limit,omitempty"`
	Posts   []posts      `json:"posts,omitempty"`
	Rooms   []posts      `json:"rooms,omitempty"`
	Reads   []read       `json:"reads,omitempty"`
	Fanout  []fanout     `json:"fanout,omitempty"`
	Startup []startup    `json:"startup,omitempty"`
	Memory  *memory      `json:"memory,omitempty"`

	sites int
}

// posts is how many posts a store took.
type posts struct {
	Database string       `json:"database"`
	People   int          `json:"people"`
	Stored   int          `json:"stored"`
	Load     []throughput `json:"load"`
}

type startup struct {
	Stored int     `json:"stored"`
	First  float64 `json:"firstMs"` // with a new schema, or cold
	Median float64 `json:"medianMs"`
}

type memory struct {
	IdleMB     float64 `json:"idleMB"`
	ListenerKB float64 `json:"listenerKB"`
	BinaryMB   float64 `json:"binaryMB"`
}

func (r *results) about(b *bench) {
	r.Date = time.Now().UTC().Format(time.DateOnly)
	r.Go = runtime.Version()
	r.Commit = strings.TrimSpace(output("git", "rev-parse", "--short", "HEAD"))
	if dirty := output("git", "status", "--porcelain", "--untracked-files=no"); dirty != "" {
		r.Commit += " with changes"
	}
	r.Machine = fmt.Sprintf("%s, %d cores", cpuName(), runtime.NumCPU())
	if span, err := flushTime(b.dir); err == nil {
		r.FlushMs = ms(span)
	}
}

func output(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// limitAt gives the limit with that many connections, 0 when it was not
// measured.
func (r *results) limitAt(connections int) float64 {
	for _, t := range r.Limit {
		if t.Connections == connections {
			return t.PerSecond
		}
	}
	return 0
}

// write prints the results and, if out is given, keeps them there.
func (r *results) write(out string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	fmt.Print(r.markdown())
	if out == "" {
		return nil
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	name := filepath.Join(out, r.Date+"-"+strings.ReplaceAll(r.Commit, " ", "-"))
	if err := os.WriteFile(name+".json", append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(name+".md", []byte(r.markdown()), 0o644)
}

func (r *results) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmark of %s\n\nCommit %s; %s; %s; one flush of the disk takes %.2f ms.\n", r.Date, r.Commit, r.Machine, r.Go, r.FlushMs)
	if len(r.Limit) > 0 {
		b.WriteString("\n## Posts through one key\n\n| | connections | per second | p50 ms | p99 ms | ratio to the limit |\n|---|---|---|---|---|---|\n")
		loadRows(&b, "limit: bare handler", r.Limit)
		for _, p := range r.Posts {
			loadRows(&b, p.Database, p.Load)
		}
	}
	if len(r.Rooms) > 0 {
		b.WriteString("\n## Large rooms and a full store\n\n| | connections | per second | p50 ms | p99 ms | ratio to the limit |\n|---|---|---|---|---|---|\n")
		for _, p := range r.Rooms {
			loadRows(&b, fmt.Sprintf("%s, %d people, %d stored", p.Database, p.People, p.Stored), p.Load)
		}
	}
	if len(r.Reads) > 0 {
		fmt.Fprintf(&b, "\n## Reads: %d rooms of %d people, %d people\n\n| | connections | per second | p50 ms | p99 ms | p99 to the limit's |\n|---|---|---|---|---|---|\n", townRooms, roomMembers, townPeople)
		for _, q := range r.Reads {
			loadRows(&b, strings.TrimPrefix(q.Database+": "+q.What, ": "), q.Load)
		}
	}
	if len(r.Fanout) > 0 {
		b.WriteString("\n## From the post to the listeners\n\n| listeners | posts/s | p50 ms | p95 ms | p99 ms | server CPU | reports | cut off | missing |\n|---|---|---|---|---|---|---|---|---|\n")
		for _, f := range r.Fanout {
			fmt.Fprintf(&b, "| %d | %d | %.1f | %.1f | %.1f | %.0f %% | %d | %d | %d |\n",
				f.Listeners, f.Rate, f.P50, f.P95, f.P99, 100*f.ServerCPU, f.Reports, f.CutOff, f.Missing)
		}
	}
	if len(r.Startup) > 0 {
		b.WriteString("\n## Start-up to the first 200\n\n| messages stored | first ms | median ms |\n|---|---|---|\n")
		for _, s := range r.Startup {
			fmt.Fprintf(&b, "| %d | %.0f | %.0f |\n", s.Stored, s.First, s.Median)
		}
	}
	if m := r.Memory; m != nil {
		fmt.Fprintf(&b, "\n## Memory\n\nIdle %.1f MB; %.1f KB per idle listener; the binary has %.1f MB.\n", m.IdleMB, m.ListenerKB, m.BinaryMB)
	}
	return b.String()
}

func loadRows(b *strings.Builder, name string, list []throughput) {
	for _, t := range list {
		ratio := ""
		if t.Ratio > 0 {
			ratio = fmt.Sprintf("%.2f", t.Ratio)
		}
		fmt.Fprintf(b, "| %s | %d | %.0f | %.2f | %.2f | %s |\n", name, t.Connections, t.PerSecond, t.P50, t.P99, ratio)
	}
}
