package server

import (
	"context"
	"fmt"
	"os"
	"strings"

	"spika/internal/chat"
	"spika/internal/httpapi"
	"spika/internal/job"
)

// newPusher makes what pushes, through what the settings name.
func (s *Server) newPusher(ctx context.Context, o Options) (*job.Pusher, error) {
	senders := map[chat.PushKind]job.Sender{}
	text := httpapi.PushText{Preview: s.cfg.PushPreview}
	if s.cfg.FCMCredentials != "" {
		credentials, err := os.ReadFile(s.cfg.FCMCredentials)
		if err != nil {
			return nil, fmt.Errorf("--fcm-credentials: %w", err)
		}
		senders[chat.AppPush], err = job.NewFCM(job.FCMOptions{Credentials: credentials, URL: s.cfg.FCMURL, Data: text.App})
		if err != nil {
			return nil, fmt.Errorf("--fcm-credentials: %w", err)
		}
	}
	if s.cfg.WebPush {
		id, err := s.core.Service.PushIdentity(ctx)
		if err != nil {
			return nil, fmt.Errorf("the keys for pushing to browsers: %w", err)
		}
		s.pushKey = id.Public
		senders[chat.WebPush] = job.NewWebPush(job.WebPushOptions{
			Client: job.NewClient(job.ClientOptions{Allowed: s.allowed()}), Identity: id, Contact: s.contact(), Text: text.Web,
		})
	}
	clock := o.Clock
	if clock == nil {
		clock = chat.NewClock()
	}
	return job.NewPusher(job.PusherOptions{Source: s.core.Service, Clock: clock, Log: s.log, Senders: senders}), nil
}

// contact is whom push services can turn to. Some refuse pushes without a
// reachable one.
func (s *Server) contact() string {
	switch {
	case s.cfg.PushContact != "":
		return strings.TrimPrefix(s.cfg.PushContact, "mailto:")
	case strings.HasPrefix(string(s.cfg.PublicURL), "https:"):
		return string(s.cfg.PublicURL)
	}
	return "postmaster@localhost"
}
