package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spika/internal/config"
)

// Work that fails is logged and tried again, and ends with its context.
func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &Server{log: slog.New(slog.NewTextHandler(&log, nil))}
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		begin, times := time.Now(), 0
		s.every(ctx, 10*time.Second, "counting", func(context.Context) error {
			if times++; times == 2 {
				return errors.New("no")
			}
			return nil
		})
		if times != 3 || time.Since(begin) != 25*time.Second {
			t.Errorf("it ran %d times within %v", times, time.Since(begin))
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "work=counting cause=no") {
			t.Errorf("the log is %q", log.String())
		}
	})
}

// When serving ends by itself, whoever waits for the server is told.
func TestServingEndsByItself(t *testing.T) {
	cfg := config.Default()
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	s, err := New(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.listener.Close()
	if err := s.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "serving ended: ") {
		t.Errorf("error %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
