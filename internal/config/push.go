package config

import "fmt"

// Push is how devices are told of messages while nobody looks at them.
type Push struct {
	FCMCredentials string `setting:"" name:"fcm-credentials" placeholder:"FILE" help:"Key file of a Google service account, as JSON, that may send through Firebase Cloud Messaging: with it, messages are pushed to apps."`
	FCMURL         string `setting:"" name:"fcm-url" default:"https://fcm.googleapis.com" placeholder:"URL" help:"Address of Firebase Cloud Messaging."`
	WebPush        bool   `setting:"" default:"true" help:"Push messages to browsers of people who switch it on for themselves."`
	PushContact    string `setting:"" placeholder:"ADDRESS" help:"E-mail address or https URL that push services can turn to. Without it, the public URL if that is https."`
	PushPreview    bool   `setting:"" default:"true" help:"Push what messages say. Without it, only who wrote and where."`
}

// Check refuses what is no address.
func (p Push) Check() error {
	var u PublicURL
	if err := u.UnmarshalText([]byte(p.FCMURL)); err != nil {
		return fmt.Errorf("--fcm-url %w", err)
	}
	return nil
}
