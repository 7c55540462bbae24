package server

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How long each step of stopping may take.
const (
	requestsTimeout = 10 * time.Second
	keyUsesTimeout  = 3 * time.Second
)

// Close stops the server in order: it takes no more connections, ends the event
// streams with a hint to come back, lets requests under way finish until ctx
// ends or 10 s have passed and then cuts them off, writes down when keys were
// used, and closes the database. Call it once, also when Start failed.
func (s *Server) Close(ctx context.Context) error {
	err := s.finishRequests(ctx)
	if s.stop != nil {
		s.stop()
	}
	s.running.Wait()
	return errors.Join(err, s.flushKeyUses(ctx), s.release())
}

// finishRequests stops accepting, ends the streams and waits for the rest. Also
// when requests had to be cut off, no stream goes on: it would read from a
// database that is closed.
func (s *Server) finishRequests(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestsTimeout)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- s.http.Shutdown(ctx) }()
	s.hub.Close() // a stream that is opened now ends at once
	err := <-stopped
	if err != nil {
		err = errors.Join(fmt.Errorf("requests under way were cut off: %w", err), s.http.Close())
	}
	s.api.EndStreams(ctx)
	return err
}

// flushKeyUses writes down what would be forgotten, even when the time to stop
// is up.
func (s *Server) flushKeyUses(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keyUsesTimeout)
	defer cancel()
	if err := s.core.Service.FlushKeyUses(ctx); err != nil {
		return fmt.Errorf("note when keys were used: %w", err)
	}
	return nil
}

// release gives up what is held, as far as it was opened.
func (s *Server) release() error {
	var errs []error
	if s.hub != nil {
		s.hub.Close()
	}
	if s.core != nil {
		errs = append(errs, s.core.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	if s.listener != nil {
		_ = s.listener.Close() // the HTTP server has closed it if it got that far
	}
	return errors.Join(errs...)
}
