package message

import (
	"bytes"
	"crypto/sha256"
	"testing"
)

// The examples are those of RFC 6376 3.4.5 and 3.4.6.
func TestCanonicalForms(t *testing.T) {
	for in, want := range map[string]string{
		"A: X\r\n":                "a:X\r\n",
		"B : Y\t\r\n\tZ  \r\n":    "b:Y Z\r\n",
		"Subject:\r\n":            "subject:\r\n",
		"X:  a \t b\r\n \r\n c":   "x:a b c\r\n",
		"List-Id: <a>\r\n   \r\n": "list-id:<a>\r\n",
	} {
		if got := string(RelaxedField(nil, []byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	body := []byte(" C \r\nD \t E\r\n\r\n\r\n")
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"relaxed":         {RelaxedBodyHash(body), " C\r\nD E\r\n"},
		"simple":          {SimpleBodyHash(body), " C \r\nD \t E\r\n"},
		"relaxed, none":   {RelaxedBodyHash(nil), ""},
		"simple, none":    {SimpleBodyHash(nil), "\r\n"},
		"simple, no end":  {SimpleBodyHash([]byte("x")), "x\r\n"},
		"relaxed, no end": {RelaxedBodyHash([]byte("x")), "x\r\n"},
	} {
		if want := sha256.Sum256([]byte(c.want)); !bytes.Equal(c.got, want[:]) {
			t.Errorf("%s: not the hash of %q", name, c.want)
		}
	}
}
