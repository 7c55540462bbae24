package server

import (
	"fmt"
	"os"

	"spika/internal/chat"
	"spika/internal/httpapi"
	"spika/internal/job"
)

// newPusher makes what pushes, through what the settings name.
func (s *Server) newPusher(o Options) (*job.Pusher, error) {
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
	clock := o.Clock
	if clock == nil {
		clock = chat.NewClock()
	}
	return job.NewPusher(job.PusherOptions{Source: s.core.Service, Clock: clock, Log: s.log, Senders: senders}), nil
}
