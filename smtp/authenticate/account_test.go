package authenticate

import (
	"strings"
	"testing"

	"plenary/smtp/message"
)

// TestSignedIn: what is said of an author who signed in can be read back, and
// replaces what a forger wrote under our name.
func TestSignedIn(t *testing.T) {
	raw := "Authentication-Results: lists.example.org; dmarc=pass\r\nAuthentication-Results: mx.elsewhere.example; spf=none\r\nFrom: o'neil+x@example.org\r\n\r\nHi.\r\n"
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	got := string(MarkSignedIn(m, "lists.example.org", "o'neil+x@example.org"))
	want := "Authentication-Results: lists.example.org;\r\n\tauth=pass smtp.auth=o'neil+x@example.org\r\nAuthentication-Results: mx.elsewhere.example; spf=none\r\nFrom: o'neil+x@example.org\r\n\r\nHi.\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if v := SignedIn("a=b@example.org"); !v.Believed || v.Refused() || v.Suspect() || !strings.Contains(v.Results, `smtp.auth="a=b@example.org"`) {
		t.Errorf("%+v", v)
	}
}
