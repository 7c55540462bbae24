package chat

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// PushIdentity is the pair of keys by which push services know this server
// (VAPID, RFC 8292), each in base64url. The public one is what browsers
// subscribe with.
type PushIdentity struct{ Public, Private string }

// pushIdentitySetting holds the private key, sealed.
const pushIdentitySetting = "push_identity"

// PushIdentity gives the server's keys, and makes them at the first time. When
// they were sealed under another server key, new ones are made and every
// subscription is dropped: browsers subscribe anew when they see another public
// key.
func (s *Service) PushIdentity(ctx context.Context) (PushIdentity, error) {
	kept, err := s.store.Setting(ctx, pushIdentitySetting)
	if err != nil {
		return PushIdentity{}, err
	}
	if id, ok := s.openIdentity(kept); ok {
		return id, nil
	}
	return update(ctx, s, func(ctx context.Context, tx Tx) (PushIdentity, error) {
		kept, err := tx.Setting(ctx, pushIdentitySetting)
		if err != nil {
			return PushIdentity{}, err
		}
		if id, ok := s.openIdentity(kept); ok { // another process was quicker
			return id, nil
		}
		key, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			return PushIdentity{}, err
		}
		private := base64.RawURLEncoding.EncodeToString(key.Bytes())
		sealed := base64.RawURLEncoding.EncodeToString(s.sealer.Seal(noRow, private))
		id, _ := s.openIdentity(sealed)
		if err := tx.DropSubscriptions(ctx); err != nil {
			return PushIdentity{}, err
		}
		return id, tx.SetSetting(ctx, pushIdentitySetting, sealed)
	})
}

// noRow is what the server's own secret is sealed for: nothing has this id.
const noRow = -1

func (s *Service) openIdentity(kept string) (PushIdentity, bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil || kept == "" {
		return PushIdentity{}, false
	}
	private, err := s.sealer.Open(noRow, sealed)
	if err != nil {
		return PushIdentity{}, false
	}
	b, err := base64.RawURLEncoding.DecodeString(private)
	if err != nil {
		return PushIdentity{}, false
	}
	key, err := ecdh.P256().NewPrivateKey(b)
	if err != nil {
		return PushIdentity{}, false
	}
	return PushIdentity{Public: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), Private: private}, true
}

const (
	// MaxEndpoint is the length of a subscription's address, in bytes.
	MaxEndpoint = 2_048
	// authLen is the length of a browser's authentication secret, in bytes.
	authLen = 16
)

// check refuses a subscription that nothing could be sent to.
func (s Subscription) check() error {
	u, err := url.Parse(s.Endpoint)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		len(s.Endpoint) > MaxEndpoint || !utf8.ValidString(s.Endpoint):
		return Errorf(Invalid, "Invalid params: endpoint must be an http or https address of at most %d bytes", MaxEndpoint)
	case !isPublicKey(s.Key):
		return Errorf(Invalid, "Invalid params: keys.p256dh must be a public key on P-256, uncompressed, in base64url")
	}
	if b, err := decodeKey(s.Secret); err != nil || len(b) != authLen {
		return Errorf(Invalid, "Invalid params: keys.auth must be %d bytes in base64url", authLen)
	}
	return nil
}

func isPublicKey(text string) bool {
	b, err := decodeKey(text)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(b)
	}
	return err == nil
}

// decodeKey reads base64url, with or without padding.
func decodeKey(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") { // which decoders skip
		return nil, errors.New("a line break")
	}
	if b, err := base64.RawURLEncoding.DecodeString(text); err == nil {
		return b, nil
	}
	return base64.URLEncoding.DecodeString(text)
}

// Subscribe has the asker's device pushed through a browser, in place of what
// was there before. Fails with Invalid when the subscription is none.
func (s *Service) Subscribe(ctx context.Context, who Session, sub Subscription) error {
	if err := sub.check(); err != nil {
		return err
	}
	sub.DeviceID, sub.UserID = who.Device.ID, who.User.ID
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.SetSubscription(ctx, sub) })
}

// Unsubscribe ends that, if it is so.
func (s *Service) Unsubscribe(ctx context.Context, who Session) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.DropSubscription(ctx, who.Device.ID) })
}
