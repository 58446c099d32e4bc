package lists

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzParseAddress: what is taken for an address is one: two parts, no blank,
// no control character, nothing that ends or quotes it elsewhere, and it reads
// back as itself.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"ada@example.org", "a+b.c@ü.example", "\"a b\"@c.d", "a@b@c.d", "a@[127.0.0.1]", " a@b.c\r\n", "a@b.c\x00", "ü@example.org", "@", "a@localhost", "a..b@c.d",
		"xn--@xn--.org", strings.Repeat("a", 65) + "@b.c", "a@" + strings.Repeat("b.", 200) + "c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			return
		}
		if len(a) > 254 || len(a.Local()) > 64 || a.Local() == "" || a.Domain() == "" {
			t.Fatalf("%q has parts of wrong lengths", a)
		}
		if strings.ContainsFunc(string(a), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) || strings.ContainsAny(string(a), "<>,;:\"()\\") {
			t.Fatalf("%q holds what no address may", a)
		}
		again, err := ParseAddress(string(a))
		if err != nil || again != a || !again.Same(a) {
			t.Fatalf("%q reads back as %q, %v", a, again, err)
		}
	})
}

// FuzzPlainDomain: what is taken for a domain at a glance is one to whoever
// reads all the tables, and the same.
func FuzzPlainDomain(f *testing.F) {
	for _, s := range []string{"a.b", "m-1.example.org", "127.0.0.1", "a--b.c", "ab--c.d", "xn--a.b", "-a.b", "a-.b", "a.-b", "a.b-", "a..b", ".a", "a.b.", "localhost", "A.b", "ü.b",
		strings.Repeat("a", 64) + ".b", strings.Repeat("a.", 126) + "b", strings.Repeat("a.", 127) + "b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !plainDomain(s) {
			return
		}
		if d, no := anyDomain(s); no != nil || d != s {
			t.Fatalf("%q seems plain, and is %q, %v", s, d, no)
		}
	})
}
