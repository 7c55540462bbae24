package phone

import (
	"strings"
	"testing"

	"spika/internal/chat"
)

func TestNormalize(t *testing.T) {
	for number, want := range map[string]string{
		"+385911234567": "+385911234567", "+385 91 123-4567": "+385911234567", " +385 (91) 1234567 ": "+385911234567",
		"+44 (0)20 7946 0018": "+442079460018", "+1 (555) 010-0199": "+15550100199", "+39 06 698 12345": "+390669812345",
		"+٣٨٥٩١١٢٣٤٥٦٧": "+385911234567", "tel:+385-91-123-4567": "+385911234567",
		"": "", "+": "", "0911234567": "", "911234567": "", "+38591": "", "+999911234567": "", "+3859112345678901234": "",
		"ada@example.org": "", "+385 91 123 4567 ext. 89": "+385911234567", "+385911234567\x00": "", strings.Repeat("1", 65): "", "+ab": "",
		"+8100 1000 000 2002 2": "",
	} {
		got, err := Normalize(number)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v; want %q", number, got, err, want)
		}
	}
}

// FuzzNormalize checks that whatever comes out can be kept and stays as it is.
func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"+385911234567", "+1 (555) 010-0199", "tel:+44;phone-context=+44", "+٣٨٥", "\xff+1", "+800 1234 5678"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		clean, err := Normalize(number)
		if err != nil {
			return
		}
		if kept, err := chat.CleanPhone(clean); err != nil || kept != clean {
			t.Fatalf("%q becomes %q, which cannot be kept: %v", number, clean, err)
		}
		if again, err := Normalize(clean); err != nil || again != clean {
			t.Fatalf("%q becomes %q and then %q, %v", number, clean, again, err)
		}
	})
}
