// Package server puts Spika together: settings, database, use cases, live
// events, the HTTP interface and the web app, and runs it. It decides what is
// connected to what and when each thing starts and ends, and nothing else.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/httpapi"
	"spika/internal/hub"
	"spika/internal/job"
	"spika/web"
)

// Server is a running Spika server.
type Server struct {
	cfg      config.Config
	log      *slog.Logger
	listener net.Listener
	lock     *os.File // nil: nothing to lock
	core     *Core
	hub      *hub.Hub
	api      *httpapi.API
	place    int64 // of the newest event when the hub was made
	http     *http.Server
	pusher   *job.Pusher
	pushKey  string // what browsers subscribe with; empty: they are not pushed

	stop    context.CancelFunc
	running sync.WaitGroup // what runs in the background
	failed  chan error     // holds why serving ended by itself
}

// Bounds of one connection. A request has its body's time limit set when it
// comes, an event stream sets its own for each write.
const (
	headerTimeout  = 10 * time.Second
	writeTimeout   = time.Minute
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 32 << 10
)

// New listens and opens everything a server needs. It fails, with a sentence for
// the operator and nothing left open, when the settings are wrong, the address
// is in use, another server runs on the same database file, or the database
// cannot be opened. End it with Close.
func New(ctx context.Context, cfg config.Config, o Options) (*Server, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, log: cmp.Or(o.Logger, slog.Default()), failed: make(chan error, 1)}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context, o Options) error {
	var err error
	if s.listener, err = listen(ctx, string(s.cfg.Listen)); err != nil {
		return err
	}
	if path, ok := databaseFile(s.cfg.Base); ok {
		if err := makeDatabaseFile(path); err != nil {
			return err
		}
		if s.lock, err = lock(path); err != nil {
			return err
		}
	}
	if s.core, err = Open(ctx, s.cfg, Options{Logger: s.log, Clock: o.Clock}); err != nil {
		return err
	}
	if err := s.core.files.check(ctx, s.log); err != nil {
		return err
	}
	if s.place, _, err = s.core.store.Now(ctx); err != nil {
		return err
	}
	s.hub = hub.New(s.place, hub.Options{Source: s.core.Service, Renderer: httpapi.NewRenderer(s.core.Service), Logger: s.log})
	if s.pusher, err = s.newPusher(ctx, o); err != nil {
		return err
	}
	handler, err := s.handler()
	if err != nil {
		return err
	}
	s.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return nil
}

// listen opens the address and says in a sentence why it cannot.
func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port in use: another program listens at %s; stop it, or choose another address with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("no permission to listen at %s: choose a port from 1024 on with --listen", address)
	case err != nil:
		return nil, fmt.Errorf("cannot listen at %s: %w", address, err)
	}
	return l, nil
}

func (s *Server) handler() (http.Handler, error) {
	public, err := url.Parse(string(s.cfg.PublicURL))
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	app, err := web.Handler(web.Options{BasePath: public.Path})
	if err != nil {
		return nil, err
	}
	var proxies []netip.Prefix
	for _, n := range s.cfg.TrustedProxies {
		proxies = append(proxies, n.Prefix)
	}
	s.api, err = httpapi.New(httpapi.Options{
		Service: s.core.Service, Hub: s.hub, Log: s.log, Web: app, Links: s.links(), PushKey: s.pushKey,
		PublicURL: string(s.cfg.PublicURL), TrustedProxies: proxies,
		MaxText: int64(s.cfg.MaxText), MaxBody: int64(s.cfg.MaxBody),
		SignInLimit: s.cfg.SignInAttempts, SignInWindow: s.cfg.SignInWindow,
		CodeLimit: s.cfg.CodeRequests, CodeWindow: s.cfg.CodeWindow,
		StrictFiles: s.cfg.StrictFiles, FileMisses: s.cfg.FileMisses,
	})
	if err != nil {
		return nil, err
	}
	return limitBodies(underPath(public.Path, s.api)), nil
}

// Start begins to serve. It fails when the database cannot be written.
func (s *Server) Start(ctx context.Context) error {
	if err := s.core.noteAddress(ctx, s.URL()); err != nil {
		return fmt.Errorf("note the server's address: %w", err)
	}
	s.warnOfCodes()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.running.Go(func() { s.core.store.Follow(running, s.place, s.tell) })
	s.running.Go(func() { s.every(running, keyUsesEvery, "noting when keys were used", s.core.Service.FlushKeyUses) })
	s.running.Go(func() { s.every(running, dropEventsEvery, "dropping old events", s.core.Service.DropOldEvents) })
	s.running.Go(func() { s.pusher.Run(running) })
	s.running.Go(func() { s.every(running, sweepPushesEvery, "dropping old pushes", s.core.Service.SweepPushes) })
	s.running.Go(func() { s.every(running, dropCodesEvery, "dropping old codes", s.core.Service.DropOldCodes) })
	s.running.Go(func() { s.every(running, dropWalksEvery, "dropping old walks", s.core.Service.DropOldWalks) })
	s.running.Go(func() { s.every(running, finishPurgesEvery, "emptying destroyed rooms", s.core.Service.FinishPurges) })
	s.running.Go(func() {
		s.every(running, removeDroppedEvery, "removing deleted files", s.core.Service.RemoveDropped)
	})
	s.running.Go(func() { s.every(running, sweepFilesEvery, "dropping files not needed", s.core.Service.SweepFiles) })
	s.running.Go(func() { s.every(running, sweepBlobsEvery, "dropping lost files", s.core.Service.SweepBlobs) })
	s.running.Go(func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serving ended: %w", err)
		}
	})
	return nil
}

// Wait returns when ctx ends, or with an error when serving ended by itself.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case err := <-s.failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

// LocalURL gives the address at which programs on this machine reach the
// server, without a slash at its end.
func (s *Server) LocalURL() string {
	host, _, err := net.SplitHostPort(string(s.cfg.Listen))
	at, ok := s.listener.Addr().(*net.TCPAddr)
	if err != nil || !ok { // both were checked when listening began
		return s.cfg.Listen.URL()
	}
	return config.Listen(net.JoinHostPort(host, strconv.Itoa(at.Port))).URL()
}

// URL gives the address people use, without a slash at its end: the public one
// if it is set.
func (s *Server) URL() string { return cmp.Or(string(s.cfg.PublicURL), s.LocalURL()) }

// NewSetUpLink makes the link through which the first person makes the owner's
// account, and ends the one made before; "" when people have accounts already.
func (s *Server) NewSetUpLink(ctx context.Context) (string, error) {
	token, err := s.core.Service.NewSetUpLink(ctx)
	if err != nil || token == "" {
		return "", err
	}
	return s.URL() + "/setup#" + token, nil
}

// Service gives the use cases, for who runs the server in their own process.
func (s *Server) Service() *chat.Service { return s.core.Service }
