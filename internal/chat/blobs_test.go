package chat_test

import (
	"strings"
	"testing"

	"spika/internal/chat"
)

func TestCheckBlobName(t *testing.T) {
	for name, ok := range map[string]bool{
		"files/" + strings.Repeat("0f", 32): true,
		"chunks/a-b_C.9/12":                 true,
		"x":                                 true,
		"a/b/c/d":                           true,
		"":                                  false,
		"a/b/c/d/e":                         false,
		"/files/x":                          false,
		"files/":                            false,
		"files//x":                          false,
		"..":                                false,
		"files/../x":                        false,
		"files/.x":                          false,
		"files/x\\y":                        false,
		"files/x y":                         false,
		"files/x\n":                         false,
		"files/C:x":                         false,
		"files/" + strings.Repeat("x", 129): false,
	} {
		err := chat.CheckBlobName(name)
		if (err == nil) != ok {
			t.Errorf("CheckBlobName(%q) = %v, want ok = %v", name, err, ok)
		}
		if err != nil && chat.CodeOf(err) != chat.Invalid {
			t.Errorf("CheckBlobName(%q) = %v, want Invalid", name, err)
		}
	}
}
