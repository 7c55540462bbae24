package chat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
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
func NewSecret() string {
	const fair = 256 - 256%len(alphabet) // bytes from here on would favour early letters
	out := make([]byte, 0, SecretLen)
	buf := make([]byte, SecretLen)
	for len(out) < SecretLen {
		rand.Read(buf) // never fails
		for _, b := range buf {
			if int(b) < fair && len(out) < SecretLen {
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

// Sealer hides API key secrets from whoever holds only the database.
type Sealer struct{ aead cipher.AEAD }

// MasterKeyLen is the length of a sealer's master key in bytes.
const MasterKeyLen = 32

// NewSealer makes a sealer from a master key of MasterKeyLen bytes.
func NewSealer(master []byte) (*Sealer, error) {
	if len(master) != MasterKeyLen {
		return nil, errors.New("the server key must have 32 bytes")
	}
	key, err := hkdf.Key(sha256.New, master, nil, "spika api key secrets v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead}, nil
}

// Seal hides a secret so that only Open with the same bot id gives it back: a
// sealed secret moved to another row does not open.
func (s *Sealer) Seal(bot int64, secret string) []byte {
	return s.aead.Seal(nil, nil, []byte(secret), rowData(bot))
}

// Open gives a sealed secret back, or fails when it was sealed under another
// key or for another bot.
func (s *Sealer) Open(bot int64, sealed []byte) (string, error) {
	b, err := s.aead.Open(nil, nil, sealed, rowData(bot))
	return string(b), err
}

func rowData(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }
