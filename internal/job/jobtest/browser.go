package jobtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Browser is a made-up browser with its maker's push service.
type Browser struct {
	*httptest.Server
	t      testing.TB
	key    *ecdh.PrivateKey
	secret []byte

	mu     sync.Mutex
	status int
	got    []WebPush
}

// WebPush is a push as it arrived.
type WebPush struct {
	Text               string // decrypted
	Topic, TTL, Public string
	Subject            string // whom the server says to turn to
}

// NewBrowser starts one until the test ends.
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, key: key, secret: make([]byte, 16), status: http.StatusCreated}
	rand.Read(b.secret) // never fails
	b.Server = httptest.NewServer(http.HandlerFunc(b.take))
	t.Cleanup(b.Close)
	return b
}

// Endpoint, P256dh and Auth are the browser's subscription.
func (b *Browser) Endpoint() string { return b.URL + "/push/1" }

// P256dh is the browser's public key.
func (b *Browser) P256dh() string {
	return base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes())
}

// Auth is the browser's secret.
func (b *Browser) Auth() string { return base64.RawURLEncoding.EncodeToString(b.secret) }

// Answer sets the status that pushes are answered with.
func (b *Browser) Answer(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// Got gives the pushes that came, in order.
func (b *Browser) Got() []WebPush {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]WebPush{}, b.got...)
}

func (b *Browser) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" {
		b.t.Errorf("a push with the encoding %q, %v", r.Header.Get("Content-Encoding"), err)
	}
	text, err := b.open(body)
	if err != nil {
		b.t.Errorf("a push that does not open: %v", err)
	}
	p := WebPush{Text: string(text), Topic: r.Header.Get("Topic"), TTL: r.Header.Get("TTL")}
	if p.Public, p.Subject, err = checkVAPID(r.Header.Get("Authorization"), b.URL); err != nil {
		b.t.Errorf("a push that is not signed: %v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, p)
	w.WriteHeader(b.status)
}

// open decrypts a push (RFC 8291 over RFC 8188).
func (b *Browser) open(body []byte) ([]byte, error) {
	if len(body) < 16+4+1+65 || body[20] != 65 {
		return nil, errors.New("too short")
	}
	salt, sender, sealed := body[:16], body[21:21+65], body[21+65:]
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(public)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(sender)
	ikm, err := hkdf.Key(sha256.New, shared, b.secret, info, 32)
	if err != nil {
		return nil, err
	}
	key, keyErr := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, nonceErr := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, err := aes.NewCipher(key)
	if err := errors.Join(keyErr, nonceErr, err); err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	padded, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	text, ok := bytes.CutSuffix(bytes.TrimRight(padded, "\x00"), []byte{2})
	if !ok {
		return nil, errors.New("no end of the text")
	}
	return text, nil
}

// checkVAPID checks who signs a push (RFC 8292), and gives their public key and
// whom they say to turn to.
func checkVAPID(header, audience string) (public, subject string, err error) {
	rest, ok := strings.CutPrefix(header, "vapid t=")
	token, public, found := strings.Cut(rest, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !found || len(parts) != 3 {
		return "", "", errors.New("the header is " + header)
	}
	var raw [3][]byte
	for i, part := range append(parts[1:], public) {
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return "", "", err
		}
	}
	claims, signature, key := raw[0], raw[1], raw[2]
	if len(signature) != 64 {
		return "", "", errors.New("wrong lengths")
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key)
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(pub, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return "", "", errors.New("the signature is wrong")
	}
	var said struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(claims, &said); err != nil {
		return "", "", err
	}
	if said.Aud != audience || said.Exp < time.Now().Unix() || said.Exp > time.Now().Add(24*time.Hour).Unix() {
		return "", "", errors.New("the claims are " + string(claims))
	}
	return public, said.Sub, nil
}
