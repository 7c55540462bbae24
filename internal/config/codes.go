package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// Codes is who may sign in with a phone number and a one-time code, and how
// codes get to them.
type Codes struct {
	PhoneSignIn string `setting:"" default:"known" enum:"off,known,open" help:"Who may sign in with a phone number and a one-time code: off (nobody), known (people whose number an admin has entered) or open (anyone: a new number joins the team)."`
	CodeSender  string `setting:"" default:"none" enum:"none,log,sms,smtp" help:"How codes get to people: none (nobody signs in by phone), log (into the server's log, to try things out), sms (through an SMS gateway) or smtp (by e-mail, to people who have an address)."`
	// CodeLife is a minute to a day.
	CodeLife time.Duration `setting:"" default:"10m" help:"How long a code works."`
	// CodeRequests is at least 1, CodeWindow at least a second.
	CodeRequests    int           `setting:"" default:"5" help:"Codes that a phone number can ask for within the window. An address can ask for ten times as many."`
	CodeWindow      time.Duration `setting:"" default:"1h" help:"The window for --code-requests."`
	OneMobileDevice bool          `setting:"" help:"End a person's sessions on other mobile devices when they sign in on one by code. Devices that do not say what type they are, as today's apps, are left alone."`
}

// SMS is the gateway that sends SMS. It has the shape of Twilio's API.
type SMS struct {
	SMSURL     string `setting:"" name:"sms-url" default:"https://api.twilio.com" placeholder:"URL" help:"Address of the SMS gateway, which takes messages as Twilio does: POST /2010-04-01/Accounts/ACCOUNT/Messages.json."`
	SMSAccount string `setting:"" name:"sms-account" placeholder:"ACCOUNT" help:"Account at the SMS gateway (Twilio: account SID)."`
	SMSToken   Secret `setting:"" name:"sms-token" secret:"" hidden:"" help:"Password of the account at the SMS gateway (Twilio: auth token)."`
	SMSFrom    string `setting:"" name:"sms-from" placeholder:"NUMBER" help:"Number or name that SMS come from."`
	SMSAppHash string `setting:"" name:"sms-app-hash" placeholder:"HASH" help:"Eleven characters that Android puts an SMS to the app by. Added to messages for Android."`
}

// Mail is the server that sends e-mail.
type Mail struct {
	SMTPServer   string `setting:"" name:"smtp-server" placeholder:"HOST:PORT" help:"Mail server that codes are sent through."`
	SMTPTLS      string `setting:"" name:"smtp-tls" default:"starttls" enum:"starttls,tls,none" help:"How the connection to the mail server is encrypted: starttls, tls (from the start, as port 465 has it) or none (for one on the same machine)."`
	SMTPUser     string `setting:"" name:"smtp-user" placeholder:"NAME" help:"Account at the mail server. Without it, none is needed."`
	SMTPPassword Secret `setting:"" name:"smtp-password" secret:"" hidden:"" help:"Password of the account at the mail server."`
	SMTPFrom     string `setting:"" name:"smtp-from" placeholder:"ADDRESS" help:"E-mail address that mail comes from."`
}

func (c Config) checkCodes() error {
	switch {
	case c.CodeLife < time.Minute || c.CodeLife > 24*time.Hour:
		return errors.New("--code-life must be 1m to 24h")
	case c.CodeRequests < 1:
		return errors.New("--code-requests must be at least 1")
	case c.CodeWindow < time.Second:
		return errors.New("--code-window must be at least 1s")
	case c.PhoneSignIn == "open" && (c.CodeSender == "none" || c.CodeSender == "smtp"):
		return fmt.Errorf("--phone-sign-in open needs --code-sender sms or log: with %s no code gets to a new number", c.CodeSender)
	case c.CodeSender == "sms":
		return c.SMS.check()
	case c.CodeSender == "smtp":
		return c.Mail.check()
	}
	return nil
}

func (s SMS) check() error {
	u, err := url.Parse(s.SMSURL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return errors.New("--sms-url must be like https://api.twilio.com")
	case s.SMSAccount == "" || s.SMSToken == "" || s.SMSFrom == "":
		return errors.New("--code-sender sms needs --sms-account, --sms-from and the setting sms-token ($SPIKA_SMS_TOKEN)")
	}
	return nil
}

func (m Mail) check() error {
	if _, _, err := net.SplitHostPort(m.SMTPServer); err != nil {
		return errors.New("--code-sender smtp needs --smtp-server HOST:PORT")
	}
	if a, err := mail.ParseAddress(m.SMTPFrom); err != nil || a.Address != m.SMTPFrom {
		return errors.New("--code-sender smtp needs --smtp-from with an e-mail address")
	}
	return nil
}

// GatewayURL gives the SMS gateway's address without a slash at its end.
func (s SMS) GatewayURL() string { return strings.TrimRight(s.SMSURL, "/") }
