package smtp

import (
	"strings"
	"testing"
)

func TestWellFormedID(t *testing.T) {
	for id, want := range map[string]bool{
		"a@b": true, "": false, "a": false, "a b@c": false, "a@b\r\nX: y": false, "<a@b>": false, "ü@b": false, "@b": false, "a@": false, "a@b@c": false,
		"a@[192.0.2.1]": false, strings.Repeat("a", 197) + "@b": true, strings.Repeat("a", 198) + "@b": false,
	} {
		if WellFormedID(id) != want {
			t.Errorf("WellFormedID(%.40q) = %v", id, !want)
		}
	}
}

// What stands in a mail of somebody unproven gets into the header of a
// question only if it can't carry a message or break out.
func FuzzWellFormedID(f *testing.F) {
	for _, id := range []string{"a@b", "", "a@", "x y@z", "a@b>\r\nBcc: c@d", strings.Repeat("a", 250) + "@b", "\u202e@b", "a@b@c"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if !WellFormedID(id) {
			return
		}
		if len(id) >= 200 || strings.ContainsAny(id, " \t\r\n<>()\"") || strings.Count(id, "@") != 1 {
			t.Errorf("%q was taken", id)
		}
	})
}
