package server

import (
	"log/slog"

	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/courier"
)

// codeOptions gives who may sign in by phone and what brings codes to them.
func codeOptions(cfg config.Config, log *slog.Logger) chat.CodeOptions {
	o := chat.CodeOptions{
		PhoneSignIn: chat.PhoneSignIn(cfg.PhoneSignIn), Life: cfg.CodeLife, OneMobile: cfg.OneMobileDevice,
	}
	switch cfg.CodeSender { // the settings have been checked
	case "log":
		o.Courier = courier.Log(log)
	case "sms":
		o.Courier = courier.NewSMS(courier.SMS{
			URL: cfg.GatewayURL(), Account: cfg.SMSAccount, Token: string(cfg.SMSToken), From: cfg.SMSFrom, AppHash: cfg.SMSAppHash,
		}, log)
	case "smtp":
		o.Courier = courier.NewMail(courier.Mail{
			Server: cfg.SMTPServer, TLS: courier.MailTLS(cfg.SMTPTLS), User: cfg.SMTPUser, Password: string(cfg.SMTPPassword), From: cfg.SMTPFrom,
		}, log)
	}
	return o
}

// warnOfCodes says at the start that whoever reads the log can sign in.
func (s *Server) warnOfCodes() {
	if s.cfg.CodeSender == "log" && s.cfg.PhoneSignIn != "off" {
		s.log.Warn("one-time codes are written into this log: whoever reads it can sign in as anyone with a phone number; --code-sender log is for trying things out")
	}
}
