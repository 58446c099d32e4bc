package smtp

import (
	"bytes"
	"strings"
	"testing"
)

func TestLineEnds(t *testing.T) {
	for raw, want := range map[string]string{
		"": "", "a": "a", "a\r\n": "a\r\n", "a\r\nb\r\n\r\nc": "a\r\nb\r\n\r\nc",
		"a\n": "a\r\n", "\n": "\r\n", "\r": "\r\n", "a\rb": "a\r\nb", "a\r\r\nb": "a\r\nb", "a\n\rb": "a\r\n\r\nb",
		"\r\r": "\r\n\r\n", "a\r\n\nb": "a\r\n\r\nb", "\r\n\r": "\r\n\r\n",
	} {
		if got := string(MendLineEnds([]byte(raw))); got != want {
			t.Errorf("MendLineEnds(%q) = %q, want %q", raw, got, want)
		}
		if got := BareLineEnds([]byte(raw)); got != (raw != want) {
			t.Errorf("BareLineEnds(%q) = %v", raw, got)
		}
	}
}

func FuzzMendLineEnds(f *testing.F) {
	for _, s := range []string{"a\r\nb", "\r\r\n\n\r", "x\n.\ny\r.\r"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := MendLineEnds(raw)
		if BareLineEnds(got) {
			t.Errorf("MendLineEnds(%q) = %q is still bare", raw, got)
		}
		if !BareLineEnds(raw) && !bytes.Equal(got, raw) {
			t.Errorf("mend changed %q, which needs none", raw)
		}
		drop := func(b []byte) []byte {
			return bytes.Map(func(r rune) rune {
				if r == '\r' || r == '\n' {
					return -1
				}
				return r
			}, bytes.ToValidUTF8(b, nil))
		}
		if !bytes.Equal(drop(got), drop(raw)) {
			t.Errorf("MendLineEnds(%q) = %q lost more than line ends", raw, got)
		}
	})
}

func TestCheckContent(t *testing.T) {
	hop := "Received: from a by b\r\n\tid c; d\r\n"
	for name, c := range map[string]struct {
		content string
		code    int
	}{
		"empty":             {"", 0},
		"body only":         {"\r\n" + strings.Repeat("X: y\r\n", 2000), 0},
		"NUL":               {"Subject: x\r\n\r\n\x00", 550},
		"fifty hops":        {strings.Repeat(hop, 50) + "\r\n", 0},
		"a hop more":        {strings.Repeat(hop, 49) + "RECEIVED : x\r\nreceived: y\r\n\r\n", 554},
		"hops in the body":  {"\r\n" + strings.Repeat(hop, 60), 0},
		"thousand fields":   {strings.Repeat("X: y\r\n", 1000) + "\r\n", 0},
		"a field more":      {strings.Repeat("X: y\r\n", 1001) + "\r\n", 550},
		"long header":       {"X: y\r\n" + strings.Repeat(" "+strings.Repeat("a", 997)+"\r\n", 263), 550},
		"no end of a line":  {strings.Repeat("a", 300<<10), 550},
		"LF only, for IMAP": {"Received: a\nReceived: b\n\n", 0},
	} {
		got := CheckContent([]byte(c.content))
		if got == nil && c.code != 0 || got != nil && got.Code != c.code {
			t.Errorf("%s: %v, want %d", name, got, c.code)
		}
	}
}
