package lists

import "testing"

func TestMailbox(t *testing.T) {
	for in, want := range map[Address]string{
		"Ann@Example.org": "ann@example.org", "ann+lists@example.org": "ann@example.org", "a.b+c+d@EXAMPLE.org": "a.b@example.org",
		"+ann@example.org": "+ann@example.org", "ann@exa+mple.org": "ann@exa+mple.org",
	} {
		if got := in.Mailbox(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
