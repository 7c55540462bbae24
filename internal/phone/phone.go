// Package phone reads phone numbers as people and programs write them. It knows
// the world's numbering plans and nothing of who has a number.
package phone

import (
	"errors"

	"github.com/nyaruka/phonenumbers"
)

const (
	maxLen = 64              // longer than any number is written, in bytes
	minLen = len("+6831234") // of the shortest numbers there are, in E.164 form

	maxE164 = len("+123456789012345") // of the longest numbers that E.164 allows
)

// Normalize gives a number that was written with its country code in E.164 form:
// a plus and digits. It fails for what cannot be a number by its length. Whether
// the number is in use is not checked: new ranges are opened all the time, and an
// old list must not keep anyone out.
func Normalize(number string) (string, error) {
	clean, ok := parse(number)
	if !ok {
		return "", errNotANumber
	}
	// What is read as another number once it is written down is none: it is made
	// of zeros that may be dialled or not.
	if again, ok := parse(clean); !ok || again != clean {
		return "", errNotANumber
	}
	return clean, nil
}

func parse(number string) (string, bool) {
	if len(number) > maxLen {
		return "", false
	}
	n, err := phonenumbers.Parse(number, phonenumbers.UNKNOWN_REGION)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return "", false
	}
	clean := phonenumbers.Format(n, phonenumbers.E164)
	return clean, len(clean) >= minLen && len(clean) <= maxE164
}

var errNotANumber = errors.New("must be a phone number with its country code, like +385911234567")
