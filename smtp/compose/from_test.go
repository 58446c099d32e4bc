package compose

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"plenary/lists"
	"plenary/smtp"
)

// The rule of DESIGN section 4: whose domain others go by is rewritten, unless
// a signature holds on the very copy that goes out.
func TestFromByTheCopy(t *testing.T) {
	ana := Author{Name: "Ana", Address: "ana@member.example"}
	strict, quarantine, unasked, open := smtp.Verdict{Policy: "reject"}, smtp.Verdict{Policy: "quarantine"}, smtp.Verdict{Unasked: true}, smtp.Verdict{Policy: "none"}
	for name, row := range map[string]struct {
		verdict smtp.Verdict
		author  Author
		change  func(*lists.List)
		proven  bool
		rewrite bool
		asked   int
	}{
		"reject, nothing holds":        {strict, ana, nil, false, true, 1},
		"reject, a signature holds":    {strict, ana, nil, true, false, 1},
		"quarantine, nothing holds":    {quarantine, ana, nil, false, true, 1},
		"DNS failed, nothing holds":    {unasked, ana, nil, false, true, 1},
		"DNS failed, a signature does": {unasked, ana, nil, true, false, 1},
		"none":                         {open, ana, nil, false, false, 0},
		"no policy":                    {smtp.Verdict{}, ana, nil, false, false, 0},
		"by domain, nothing holds":     {open, Author{Address: "bo@STRICT.example"}, nil, false, true, 1},
		"by domain, a signature holds": {open, Author{Address: "bo@strict.example"}, nil, true, false, 1},
		"always":                       {open, ana, func(l *lists.List) { l.From = lists.FromAlways }, true, true, 0},
		"never":                        {strict, ana, func(l *lists.List) { l.From = lists.FromNever }, false, false, 0},
		"auto, by name":                {strict, ana, func(l *lists.List) { l.From = lists.FromAuto }, false, true, 1},
	} {
		c, l, asked := composer(), maps(), 0
		if row.change != nil {
			row.change(&l)
		}
		c.Proven = func(_ context.Context, a lists.Address, raw []byte) bool {
			asked++
			if a != row.author.Address || !bytes.Contains(raw, []byte("\r\nList-Id: <maps.")) || !bytes.HasPrefix(raw, []byte("List-Unsubscribe: ")) ||
				!bytes.HasSuffix(raw, []byte("\r\n\r\nBody line.\r\n.dot\r\n")) || !bytes.Contains(raw, []byte("\r\nFrom: Ana <ana@member.example>\r\n")) {
				t.Errorf("%s: asked about %s:\n%s", name, a, raw)
			}
			return row.proven
		}
		from := read(t, c.Compose(context.Background(), Post{Raw: []byte(plain), List: l, Author: row.author, Verdict: row.verdict}), nil).Header.Get("From")
		if rewritten := strings.Contains(from, "<dc-maps@lists.example.org>"); rewritten != row.rewrite || asked != row.asked {
			t.Errorf("%s: From %s, asked %d times", name, from, asked)
		}
	}
}

// Who the author wants answers to go to is kept when From is rewritten, and
// the author is among them.
func TestRepliesOfRewritten(t *testing.T) {
	for replyTo, want := range map[string]string{
		"":                                 "Ana <ana@member.example>",
		"Reply-To: team@m.example\r\n":     "<team@m.example>, Ana <ana@member.example>",
		"Reply-To: ANA@member.example\r\n": "<ANA@member.example>",
		"Reply-To: \"T, x\" <t@m.example>,\r\n ana@member.example\r\n": "\"T, x\" <t@m.example>, <ana@member.example>",
		"Reply-To: (nobody)\r\n": "Ana <ana@member.example>",
		"Reply-To: evil\r\n":     "Ana <ana@member.example>",
	} {
		l := maps()
		l.From = lists.FromAlways
		raw := []byte(replyTo + plain)
		c := composer()
		m := read(t, c.Compose(context.Background(), Post{Raw: raw, List: l, Author: Author{Name: "Ana", Address: "ana@member.example"}}), nil)
		if got := m.Header.Get("Reply-To"); got != want || len(m.Header["Reply-To"]) != 1 {
			t.Errorf("%q: %q, want %q", replyTo, got, want)
		}
		l.Reply = lists.ReplyList
		m = read(t, c.Compose(context.Background(), Post{Raw: raw, List: l, Author: Author{Name: "Ana", Address: "ana@member.example"}}), nil)
		if got := m.Header.Get("Reply-To"); got != "<dc-maps@lists.example.org>" || len(m.Header["Reply-To"]) != 1 {
			t.Errorf("%q, to the list: %q", replyTo, got)
		}
	}
}
