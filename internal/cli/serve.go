package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"

	"spika/internal/config"
	"spika/internal/server"
)

// stopWithin is how long stopping may take before what is left is cut off.
const stopWithin = 15 * time.Second

type serve struct {
	config.Config
	CPUProfile string `name:"cpu-profile" hidden:"" placeholder:"FILE" help:"Write a CPU profile of the whole run."`
}

// Help is the long help.
func (serve) Help() string {
	return `Serves the web app and the API until it gets SIGINT or SIGTERM, and then lets requests under way finish; a second signal ends it at once.

While nobody has an account, it prints a link through which the first person makes the owner's account. The link works once, and until the next start.

With --json one object is printed when the server is ready: {"url"}, and "setupUrl" while nobody has an account.`
}

// Run is the command.
func (s *serve) Run(ctx context.Context, e *env) error {
	if err := s.Check(); err != nil {
		return &usageError{err.Error()}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	endProfile, err := startProfile(s.CPUProfile)
	if err != nil {
		return err
	}
	defer endProfile()
	log := logger(e, s.Logs)
	log.Debug("settings", slog.Any("settings", s.Config))
	srv, err := server.New(ctx, s.Config, server.Options{Logger: log})
	if err != nil {
		return err
	}
	err = s.serve(ctx, e, srv)
	stop() // the next signal ends the process
	log.Info("stopping")
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, srv.Close(closing))
	log.Info("stopped")
	return err
}

// startProfile begins a CPU profile if a file is named, and gives what ends it.
func startProfile(file string) (end func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, fmt.Errorf("CPU profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// serve runs the server until ctx ends.
func (s *serve) serve(ctx context.Context, e *env, srv *server.Server) error {
	if err := srv.Start(ctx); err != nil {
		return err
	}
	link, err := srv.NewSetUpLink(ctx)
	if err != nil {
		return fmt.Errorf("make the set-up link: %w", err)
	}
	if err := e.print(greeting(srv.URL(), link), ready{srv.URL(), link}); err != nil {
		return err
	}
	return srv.Wait(ctx)
}

type ready struct {
	URL      string `json:"url"`
	SetupURL string `json:"setupUrl,omitzero"`
}

func greeting(url, link string) string {
	out := "Spika is running at " + url + "\n"
	if link != "" {
		out += "\nNobody has an account yet. To set it up, open this link in a browser:\n\n    " + link + "\n"
	}
	return out
}

func logger(e *env, l config.Logs) *slog.Logger {
	opts := &slog.HandlerOptions{Level: l.LogLevel}
	if l.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(e.Err, opts))
	}
	return slog.New(slog.NewTextHandler(e.Err, opts))
}
