package passwd

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errMalformed does not repeat the hash: errors end up in logs.
var errMalformed = errors.New("the stored password hash is not an argon2id hash in PHC form")

// What a stored hash may ask for, so that a damaged one cannot exhaust the
// machine.
const (
	maxMemory  = 1 << 18 // KiB
	maxPasses  = 16
	maxThreads = 16
	minSalt    = 8 // bytes
	minKey     = 16
	maxField   = 64 // bytes of salt and key
)

// phc is a password hash with what it was made from, as
// $argon2id$v=19$m=19456,t=2,p=1$SALT$KEY.
type phc struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
	salt    []byte
	key     []byte
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.passes, p.threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

// parse reads a hash in exactly the form that String writes.
func parse(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, errMalformed
	}
	cost := strings.Split(parts[3], ",")
	if len(cost) != 3 {
		return phc{}, errMalformed
	}
	m, okM := number(cost[0], "m=", maxMemory)
	t, okT := number(cost[1], "t=", maxPasses)
	p, okP := number(cost[2], "p=", maxThreads)
	salt, okS := field(parts[4], minSalt)
	key, okK := field(parts[5], minKey)
	if !okM || !okT || !okP || !okS || !okK {
		return phc{}, errMalformed
	}
	return phc{memory: uint32(m), passes: uint32(t), threads: uint8(p), salt: salt, key: key}, nil
}

// number reads a decimal from 1 to limit after its name.
func number(s, name string, limit uint64) (uint64, bool) {
	digits, ok := strings.CutPrefix(s, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	return n, ok && err == nil && n >= 1 && n <= limit && strconv.FormatUint(n, 10) == digits
}

// field reads base64 without padding, of at least shortest bytes.
func field(s string, shortest int) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") { // which the decoder would skip
		return nil, false
	}
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return b, err == nil && len(b) >= shortest && len(b) <= maxField
}
