// Command bench measures what the product is for: posting durably, and telling
// those who listen. The server runs on one core and the load generator on the
// other, on loopback, and every figure is set beside a bare standard-library
// handler measured in the same run.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"time"
)

// bench is one run.
type bench struct {
	dir     string // for stores
	spika   string // the server's binary
	bare    string
	pg      string // a PostgreSQL database that is emptied; empty: none
	each    time.Duration
	rounds  int
	stored  int // messages in the large store
	results results
}

func main() {
	b := &bench{}
	out := flag.String("out", "bench/results", "`folder` for the results; empty: only print them")
	flag.StringVar(&b.pg, "postgres", os.Getenv("SPIKA_TEST_POSTGRES"), "`URL` of a PostgreSQL database in which schemas may be made")
	flag.DurationVar(&b.each, "each", 5*time.Second, "how long each load runs")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each load runs; the median counts")
	flag.IntVar(&b.stored, "stored", 1_000_000, "messages in the large store")
	only := flag.String("only", "", "run only this part: posts, rooms, reads, fanout, startup or memory")
	profile := flag.String("profile", "", "write a CPU profile of the posts to this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := b.run(ctx, *only, *out, *profile)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context, only, out, profile string) error {
	dir, err := os.MkdirTemp("", "spika-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := pinSelf(); err != nil {
		return err
	}
	b.results.about(b)
	parts := []struct {
		name string
		run  func(context.Context) error
	}{
		{"posts", b.posts}, {"rooms", b.rooms}, {"reads", b.reads}, {"fanout", b.fanout}, {"startup", b.startup}, {"memory", b.memory},
	}
	for _, p := range parts {
		if only != "" && only != p.name {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", p.name)
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if profile != "" {
		if err := b.profile(ctx, profile); err != nil {
			return fmt.Errorf("profile: %w", err)
		}
	}
	return b.results.write(out)
}

// build builds what is measured, as make build does.
func (b *bench) build(ctx context.Context) error {
	b.spika, b.bare = filepath.Join(b.dir, "spika"), filepath.Join(b.dir, "bare")
	for bin, pkg := range map[string]string{b.spika: "./cmd/spika", b.bare: "./bench/bare"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w: %s", pkg, err, out)
		}
	}
	return nil
}

// pinSelf moves the load generator to its core.
func pinSelf() error {
	cmd := exec.Command("taskset", "-a", "-c", "-p", loadCore, fmt.Sprint(os.Getpid()))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("taskset: %w: %s", err, out)
	}
	return nil
}

// median gives the middle value.
func median[T cmp.Ordered](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
