package chat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// SecretLen is the length of every secret: 62^43 is about 2^256, and foreign
// clients check for at least this length.
const SecretLen = 43

// NewSecret draws a secret of SecretLen letters and digits.
func NewSecret() string { return draw(SecretLen) }

// SignatureLen is the length of a webhook's signature, as receivers know it.
const SignatureLen = 16

// NewSignature draws a webhook's signature.
func NewSignature() string { return draw(SignatureLen) }

// draw draws letters and digits, each as likely as any other.
func draw(length int) string {
	const fair = 256 - 256%len(alphabet) // bytes from here on would favour early letters
	out := make([]byte, 0, length)
	buf := make([]byte, length)
	for len(out) < length {
		rand.Read(buf) // never fails
		for _, b := range buf {
			if int(b) < fair && len(out) < length {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}

// HashSecret gives the SHA-256 a secret is found by. Secrets have full entropy,
// so a fast hash does.
func HashSecret(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// Sealer hides one-time codes and the secrets of API keys and webhooks from
// whoever holds only the database, and signs links of files.
type Sealer struct {
	keys, webhooks cipher.AEAD
	codes          []byte // key of the hash of codes
	files          []byte // key that signs links of files
}

// MasterKeyLen is the length of a sealer's master key in bytes.
const MasterKeyLen = 32

// NewSealer makes a sealer from a master key of MasterKeyLen bytes.
func NewSealer(master []byte) (*Sealer, error) {
	if len(master) != MasterKeyLen {
		return nil, errors.New("the server key must have 32 bytes")
	}
	keys, err := sealUnder(master, "spika api key secrets v1")
	if err != nil {
		return nil, err
	}
	webhooks, err := sealUnder(master, "spika webhook signatures v1")
	if err != nil {
		return nil, err
	}
	codes, err := hkdf.Key(sha256.New, master, nil, "spika one-time codes v1", 32)
	if err != nil {
		return nil, err
	}
	files, err := hkdf.Key(sha256.New, master, nil, "spika file links v1", 32)
	return &Sealer{keys, webhooks, codes, files}, err
}

// sealUnder makes the cipher of one kind of secret: what was sealed as another
// does not open.
func sealUnder(master []byte, kind string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, master, nil, kind, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// CodeHash gives what a device's one-time code is checked against. There are few
// codes, so that only the key keeps them from being found out by trying.
func (s *Sealer) CodeHash(clientID, code string) []byte {
	h := hmac.New(sha256.New, s.codes)
	h.Write([]byte(code))
	h.Write([]byte{0})
	h.Write([]byte(clientID))
	return h.Sum(nil)
}

// signFile gives the signature of a link that opens a file until a moment.
func (s *Sealer) signFile(id, until int64) []byte {
	h := hmac.New(sha256.New, s.files)
	h.Write(rowData(id))
	h.Write(rowData(until))
	return h.Sum(nil)
}

// Seal hides a secret so that only Open with the same bot id gives it back: a
// sealed secret moved to another row does not open.
func (s *Sealer) Seal(bot int64, secret string) []byte {
	return s.keys.Seal(nil, nil, []byte(secret), rowData(bot))
}

// Open gives a sealed secret back, or fails when it was sealed under another
// key or for another bot.
func (s *Sealer) Open(bot int64, sealed []byte) (string, error) {
	b, err := s.keys.Open(nil, nil, sealed, rowData(bot))
	return string(b), err
}

// SealSignature hides a webhook's signature so that only OpenSignature with the
// same webhook's id gives it back.
func (s *Sealer) SealSignature(webhook int64, signature string) []byte {
	return s.webhooks.Seal(nil, nil, []byte(signature), rowData(webhook))
}

// OpenSignature gives a sealed signature back, or fails when it was sealed under
// another key or for another webhook.
func (s *Sealer) OpenSignature(webhook int64, sealed []byte) (string, error) {
	b, err := s.webhooks.Open(nil, nil, sealed, rowData(webhook))
	return string(b), err
}

func rowData(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }
