package desk

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

// Whatever an admin writes, the post has its header and its text, and no
// line that a server refuses.
func FuzzCompose(f *testing.F) {
	for _, s := range []string{"Plain", "Grüße\n.\nFrom here", "a\r\n\r\nb", strings.Repeat("x", 2000), "\x00\xff", "=?utf-8?q?x?="} {
		f.Add(s, s)
	}
	d := &Desk{site: site, now: func() time.Time { return time.Time{} }}
	f.Fuzz(func(t *testing.T, title, text string) {
		raw, err := d.compose(lists.List{Name: "dc", Title: title}, sitePost{id: "x", subject: title, text: text, replyTo: "dc-owner@lists.example.org"})
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v:\n%s", err, raw)
		}
		if len(m.Header) != 10 || m.Header.Get("Message-Id") != "<x@lists.example.org>" {
			t.Errorf("the header has %d fields: %v", len(m.Header), m.Header)
		}
		for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Errorf("a line of %d octets: %q", len(line), line)
			}
		}
	})
}
