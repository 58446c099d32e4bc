package deliver

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestContent(t *testing.T) {
	for _, c := range []struct{ head, body, plain, stuffed string }{
		{"A: b\r\n\r\n", "x\r\n", "A: b\r\n\r\nx\r\n", "A: b\r\n\r\nx\r\n"},
		{"A: b\r\n", "x\r\n", "A: b\r\n\r\nx\r\n", "A: b\r\n\r\nx\r\n"},
		{"A: b\r\n\r\n", "", "A: b\r\n\r\n", "A: b\r\n\r\n"},
		{"A: b\r\n\r\n", ".\r\n..\r\n.a", "A: b\r\n\r\n.\r\n..\r\n.a\r\n", "A: b\r\n\r\n..\r\n...\r\n..a\r\n"},
		{"A: b\r\n\r\n", "x\n.\ny\r.\rz", "A: b\r\n\r\nx\r\n.\r\ny\r\n.\r\nz\r\n", "A: b\r\n\r\nx\r\n..\r\ny\r\n..\r\nz\r\n"},
		{"A: b\r\n\r\n", "\r\r\n.\r\n", "A: b\r\n\r\n\r\n.\r\n", "A: b\r\n\r\n\r\n..\r\n"},
	} {
		got := newContent([]byte(c.head), []byte(c.body))
		if p := bytes.Join(got.plain, nil); string(p) != c.plain || got.size != len(p) {
			t.Errorf("%q: plain %q", c.body, p)
		}
		if s := got.stuffed; string(s) != c.stuffed {
			t.Errorf("%q: stuffed %q", c.body, s)
		}
	}
	if big := newContent([]byte("A: b\r\n\r\n"), []byte(strings.Repeat("x\r\n", flatSize))); len(big.plain) != 2 || big.stuffed != nil {
		t.Errorf("a large body was copied: %d pieces, %d octets stuffed", len(big.plain), len(big.stuffed))
	}
	if c := newContent([]byte("Subject: é\r\n\r\n"), nil); !c.utf8 || !c.eightBit {
		t.Error("a UTF-8 header was not seen")
	}
}

func FuzzContent(f *testing.F) {
	f.Add([]byte("a\r\n.\r\nb"))
	f.Add([]byte("\n.\n\r.\r\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := wholeContent(body)
		if c.stuffed == nil && c.size > 0 {
			t.Skip("too large")
		}
		for cut := range min(len(c.stuffed), 64) { // in blocks it is the same
			plain := c.plain[0]
			cut = min(cut, len(plain))
			one, start := stuffBlock(nil, plain[:cut], true)
			two, _ := stuffBlock(nil, plain[cut:], start || cut == 0)
			if got := slices.Concat(one, two); !bytes.Equal(got, c.stuffed) {
				t.Fatalf("cut at %d: %q, not %q", cut, got, c.stuffed)
			}
		}
		s := append(slices.Clone(c.stuffed), ".\r\n"...)
		if end := bytes.Index(append([]byte("\r\n"), s...), []byte("\r\n.\r\n")); end+3 != len(s) {
			t.Fatalf("the message ends at %d of %d: %q", end, len(s), s)
		}
		if n := bytes.Count(s, []byte("\r\n")); bytes.Count(s, []byte("\n")) != n || bytes.Count(s, []byte("\r")) != n {
			t.Fatalf("a lone CR or LF is left: %q", s)
		}
	})
}
