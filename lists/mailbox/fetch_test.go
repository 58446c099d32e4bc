package mailbox

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-imap/v2"

	"plenary/lists"
)

// literals reads an answer with its literals, up to the tagged line.
func (c *client) literals(command string) (answer string, found []string) {
	c.t.Helper()
	c.tags++
	tag := fmt.Sprintf("t%d", c.tags)
	c.send(tag + " " + command + "\r\n")
	for {
		line := c.line()
		answer += line + "\n"
		if strings.HasPrefix(line, tag+" ") {
			return answer, found
		}
		if m := regexp.MustCompile(`\{(\d+)\}$`).FindStringSubmatch(line); m != nil {
			n := 0
			fmt.Sscan(m[1], &n)
			b := make([]byte, n)
			if _, err := io.ReadFull(c.r, b); err != nil {
				c.t.Fatal(err)
			}
			found = append(found, string(b))
		}
	}
}

const nested = "From: Alice <alice@example.org>\r\nSubject: outer\r\n folded\r\nX-Odd : yes\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"preamble\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nX-Part: one\r\n\r\nfirst part\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" +
	"Subject: inner\r\nTo: bob@example.org\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nplain\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>html\r\n--c--\r\n\r\n--b--\r\nepilogue\r\n"

func TestFetchSections(t *testing.T) {
	w := start(t)
	w.archive.add("dc", nested)
	c := w.login(alice)
	c.want("EXAMINE dc", "OK")
	header, body, _ := strings.Cut(nested, "\r\n\r\n")
	inner := nested[strings.Index(nested, "Subject: inner"):strings.Index(nested, "\r\n--b--")]
	innerHeader, innerBody, _ := strings.Cut(inner, "\r\n\r\n")
	for item, want := range map[string]string{
		"BODY[]": nested, "RFC822": nested, "BODY[HEADER]": header + "\r\n\r\n", "RFC822.HEADER": header + "\r\n\r\n", "BODY[TEXT]": body, "RFC822.TEXT": body,
		"BODY[HEADER.FIELDS (subject X-ODD x-none)]":  "Subject: outer\r\n folded\r\nX-Odd : yes\r\n\r\n",
		"BODY[HEADER.FIELDS.NOT (From Content-Type)]": "Subject: outer\r\n folded\r\nX-Odd : yes\r\n\r\n",
		"BODY[HEADER.FIELDS (x-none)]":                "\r\n",
		"BODY[1]":                                     "first part",
		"BODY[1.MIME]":                                "Content-Type: text/plain; charset=utf-8\r\nX-Part: one\r\n\r\n",
		"BODY[2]":                                     inner,
		"BODY[2.MIME]":                                "Content-Type: message/rfc822\r\n\r\n",
		"BODY[2.HEADER]":                              innerHeader + "\r\n\r\n",
		"BODY[2.HEADER.FIELDS (To)]":                  "To: bob@example.org\r\n\r\n",
		"BODY[2.TEXT]":                                innerBody,
		"BODY[2.1]":                                   "plain",
		"BODY[2.2]":                                   "<p>html",
		"BODY[2.2.MIME]":                              "Content-Type: text/html\r\n\r\n",
		"BODY[1.HEADER]":                              "",
		"BODY[1.TEXT]":                                "",
		"BODY[3]":                                     "",
		"BODY[2.3]":                                   "",
		"BODY[MIME]":                                  "",
		"BODY[1.1.1.1.1.1]":                           "",
		"BODY[]<0.4>":                                 nested[:4],
		"BODY[]<10.4>":                                nested[10:14],
		fmt.Sprintf("BODY[]<%d.100>", len(nested)-3): nested[len(nested)-3:],
		fmt.Sprintf("BODY[]<%d.100>", len(nested)):   "",
		"BODY[]<0.0>": "",
		"BODY[]<9223372036854775807.9223372036854775807>": "",
		"BODY[]<1.9223372036854775807>":                   nested[1:],
		"BODY[2.2]<3.2>":                                  "ht",
		"BODY[4294967295]":                                "",
	} {
		answer, got := c.literals("FETCH 1 " + strings.Replace(item, "BODY[", "BODY.PEEK[", 1))
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", item, got, want)
		}
		if name := regexp.MustCompile(`<(\d+)\.\d+>`).ReplaceAllString(item, "<$1>"); !strings.Contains(strings.ToUpper(answer), strings.ToUpper(name[:5])) {
			t.Errorf("%s is answered as %q", item, answer)
		}
	}
	c.want("FETCH 1 BINARY[1]", "BAD")
	c.want("FETCH 1 BINARY.SIZE[1]", "BAD")
	c.want("FETCH 1 BODY[XYZZY]", "BAD")
	c.want("FETCH $ FLAGS", "BAD")
}

// What go-imap's own extraction changes, or loses, comes as it is stored.
func TestBodyIsWhatIsStored(t *testing.T) {
	w := start(t)
	odd := []string{
		"From alice Mon Jan  5 10:20:30 2026\r\nSubject: mbox\r\n\r\nx",
		"no colon here\r\nSubject: x\r\n\r\nbody",
		"Subject: bare\nTo: lf\n\nbody\nlf\n",
		"Subject: header only\r\n",
		"Subject: no end",
		"\r\nno header",
		"\n\n\n",
		"x",
		"Subject: nul \x00\xff\r\n\r\n\x00\x01\r\r\n\xff",
		"Content-Type: multipart/mixed\r\n\r\n--\r\n",
	}
	w.archive.add("dc", odd...)
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	for i, raw := range odd {
		answer, got := c.literals(fmt.Sprintf("FETCH %d (RFC822.SIZE BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT] BODY.PEEK[]<1.3>)", i+1))
		if !strings.Contains(answer, fmt.Sprintf("RFC822.SIZE %d ", len(raw))) {
			t.Errorf("%q: %s", raw, answer)
		}
		if len(got) != 4 || got[0] != raw || got[1]+got[2] != raw || got[3] != raw[min(1, len(raw)):min(4, len(raw))] {
			t.Errorf("%q: %q", raw, got)
		}
		c.want(fmt.Sprintf("FETCH %d FULL", i+1), "OK")
		c.want(fmt.Sprintf("FETCH %d BODYSTRUCTURE", i+1), "OK")
	}
}

func TestFetchStructure(t *testing.T) {
	w := start(t)
	w.archive.add("dc", nested,
		"Subject: =?utf-8?q?caf=C3=A9?=\r\nDate: Mon, 5 Jan 2026 11:20:30 +0100\r\nFrom: =?utf-8?q?J=C3=B6rg?= <j@x.org>\r\nTo: a@x.org, \"B\" <b@x.org>\r\n"+
			"Message-ID: <1@x.org>\r\nIn-Reply-To: <0@x.org>\r\nContent-Type: TEXT/Plain; Name=\"a;b\"; charset=utf-8\r\nContent-Transfer-Encoding: BASE64\r\nContent-Disposition: attachment; filename=x\r\nContent-Language: de, fr\r\n\r\nYQ==\r\n",
		"Content-Type: multipart/mixed; boundary=never\r\n\r\nx\r\n",
		"Content-Type: ;;;\r\nFrom: broken <\r\nDate: yesterday\r\nMessage-ID: none\r\nContent-Transfer-Encoding: a b\r\n\r\n\r\n\r\n")
	c := w.login(alice)
	c.want("EXAMINE dc", "OK")
	inner := nested[strings.Index(nested, "Subject: inner"):strings.Index(nested, "\r\n--b--")]
	for n, want := range []string{
		`(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 10 0 NIL NIL NIL NIL)("message" "rfc822" NIL NIL NIL "7bit" ` + fmt.Sprint(len(inner)) + ` (NIL "inner" NIL NIL NIL ((NIL NIL "bob" "example.org")) NIL NIL NIL NIL) ` +
			`(("text" "plain" NIL NIL NIL "7bit" 5 0 NIL NIL NIL NIL)("text" "html" NIL NIL NIL "7bit" 7 0 NIL NIL NIL NIL) "alternative" ("boundary" "c") NIL NIL NIL) ` + fmt.Sprint(strings.Count(inner, "\n")) + ` NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)`,
		`("text" "plain" ("charset" "utf-8" "name" "a;b") NIL NIL "base64" 6 1 NIL ("attachment" ("filename" "x")) ("de" "fr") NIL)`,
		`("text" "plain" NIL NIL NIL "7bit" 3 1 NIL NIL NIL NIL)`,
		`("text" "plain" NIL NIL NIL "7bit" 4 2 NIL NIL NIL NIL)`,
	} {
		got := c.want(fmt.Sprintf("FETCH %d BODYSTRUCTURE", n+1), "OK")
		equal(t, "BODYSTRUCTURE", got, []string{fmt.Sprintf("* %d FETCH (BODYSTRUCTURE %s)", n+1, want)})
	}
	equal(t, "ALL", c.want("FETCH 2 ALL", "OK"), []string{`* 2 FETCH (FLAGS () INTERNALDATE " 1-Dec-2026 12:00:00 +0000" RFC822.SIZE 351 ENVELOPE ("Mon, 05 Jan 2026 11:20:30 +0100" "=?utf-8?q?caf=C3=A9?=" ` +
		`(("=?utf-8?q?J=C3=B6rg?=" NIL "j" "x.org")) (("=?utf-8?q?J=C3=B6rg?=" NIL "j" "x.org")) (("=?utf-8?q?J=C3=B6rg?=" NIL "j" "x.org")) ((NIL NIL "a" "x.org") ("B" NIL "b" "x.org")) NIL NIL "<0@x.org>" "<1@x.org>"))`})
	equal(t, "BODY", c.want("FETCH 3 BODY", "OK"), []string{`* 3 FETCH (BODY ("text" "plain" NIL NIL NIL "7bit" 3 1))`})
}

// Twenty thousand messages in each other took go-imap 18 seconds; here they
// are a capped tree, read once however often it is asked for.
func TestFetchStructureOfABomb(t *testing.T) {
	w := start(t)
	w.archive.add("dc", strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 20000),
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 20000),
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--b\r\n\r\n", 100000))
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	for range 5 {
		for n := 1; n <= 3; n++ {
			c.want(fmt.Sprintf("FETCH %d (BODYSTRUCTURE BODY ENVELOPE)", n), "OK")
		}
	}
	if n := w.archive.count(); n != 3 {
		t.Errorf("three posts were read %d times", n)
	}
}

func TestFetchSets(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "a: 1\r\n\r\n", "a: 2\r\n\r\n", "a: 3\r\n\r\n", "a: 4\r\n\r\n")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	for command, want := range map[string]string{
		"FETCH 1 UID": "10", "FETCH 2:3 UID": "20 30", "FETCH 3:2 UID": "20 30", "FETCH * UID": "40", "FETCH 3:* UID": "30 40", "FETCH 9:* UID": "40", "FETCH 9 UID": "", "FETCH 1,1,1:2,2 UID": "10 20",
		"FETCH 1:4294967295 UID": "10 20 30 40", "UID FETCH 1:* UID": "10 20 30 40", "UID FETCH 20 UID": "20", "UID FETCH 15 UID": "", "UID FETCH 15:35 UID": "20 30", "UID FETCH * UID": "40", "UID FETCH 50:* UID": "40",
		"UID FETCH 41:49 UID": "", "UID FETCH 40,10,1:19 UID": "10 40", "UID FETCH 4294967295:1 UID": "10 20 30 40", "FETCH *:2 UID": "20 30 40", "FETCH *,1 UID": "10 40",
	} {
		var uids []string
		for _, line := range c.want(command, "OK") {
			uids = append(uids, regexp.MustCompile(`UID (\d+)`).FindStringSubmatch(line)[1])
		}
		if got := strings.Join(uids, " "); got != want {
			t.Errorf("%s: %s, want %s", command, got, want)
		}
	}
}

// A post is read in pieces by clients that are careful; it is not read anew
// for each of them. Many large ones are not all kept.
func TestBodiesAreKeptWithinMemory(t *testing.T) {
	w := start(t, func(c *Config) { c.Memory = 4 << 20 })
	large := "Subject: x\r\n\r\n" + strings.Repeat("0123456789", 100_000)
	for range 12 {
		w.archive.add("dc", large)
	}
	w.archive.add("dc", strings.Repeat("x", 5<<20)) // larger than all memory there is
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	var got strings.Builder
	for at := 0; at < len(large); at += 100_000 {
		_, piece := c.literals(fmt.Sprintf("FETCH 1 BODY.PEEK[]<%d.100000>", at))
		got.WriteString(piece[0])
	}
	if got.String() != large || w.archive.count() != 1 {
		t.Errorf("%d octets of %d, read %d times", got.Len(), len(large), w.archive.count())
	}
	for range 2 {
		for n := 1; n <= 13; n++ {
			c.literals(fmt.Sprintf("FETCH %d BODY.PEEK[TEXT]<0.1>", n))
		}
	}
	b := w.server.bodies
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := int64(0)
	for e := b.used.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*post).weight()
	}
	if b.size > 2<<20 || b.size != sum || len(b.kept) != b.used.Len() || len(b.kept) == 0 {
		t.Errorf("%d octets in %d posts (counted %d) are kept", b.size, len(b.kept), sum)
	}
	if !b.sending.TryAcquire(2 << 20) {
		t.Error("room for posts was not given back")
	}
}

// A thousand posts are fetched with the memory of one.
func TestFetchHoldsOnePostAtATime(t *testing.T) {
	w := start(t, func(c *Config) { c.Memory = 1 << 20 })
	body := strings.Repeat("0123456789abcdef", 8<<10)
	for i := range 100 {
		w.archive.add("dc", fmt.Sprintf("Subject: %d\r\n\r\n%s", i, body)) // one string, a hundred posts of 128 KB
	}
	var most atomic.Uint64
	w.archive.hook = func(uint32) error {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		most.Store(max(most.Load(), m.HeapAlloc))
		return nil
	}
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c.send("f FETCH 1:* BODY.PEEK[]\r\n")
	total := 0
	for {
		line, err := c.r.ReadSlice('\n')
		total += len(line)
		if strings.HasPrefix(string(line), "f OK") {
			break
		}
		if err != nil && total > 20<<20 {
			t.Fatal(err)
		}
	}
	if total < 12<<20 {
		t.Errorf("%d octets came", total)
	}
	if grown := int64(most.Load()) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap grew by %d octets for posts of 128 KB", grown)
	}
}

func TestNumbers(t *testing.T) {
	var rows []lists.ArchiveRow
	for i := range uint32(5) {
		rows = append(rows, lists.ArchiveRow{UID: i*2 + 1})
	}
	for _, c := range []struct {
		uid  bool
		in   []span
		want string
	}{
		{false, []span{{5, 5}, {1, 2}, {2, 3}}, "[{1 3} {5 5}]"}, {false, []span{{4, 0}, {5, 5}}, "[{4 5}]"}, {true, []span{{2, 2}}, "[]"}, {true, []span{{2, 3}, {8, 0}}, "[{2 2} {5 5}]"}, {true, []span{{0, 0}}, "[{5 5}]"},
	} {
		if got := fmt.Sprint(numbers(rows, c.uid, c.in)); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.uid, c.in, got, c.want)
		}
	}
	if got := numbers(nil, true, []span{{1, 0}}); got != nil {
		t.Errorf("in an empty folder: %v", got)
	}
	spans := []span{{2, 3}, {7, 9}}
	for n, want := range map[int]bool{1: false, 2: true, 3: true, 4: false, 6: false, 7: true, 8: true, 9: true, 10: false} {
		if within(spans, n) != want {
			t.Errorf("within %d: %v", n, !want)
		}
	}
}

func FuzzSection(f *testing.F) {
	f.Add([]byte(nested), 2, 1, int64(3), int64(4))
	f.Add([]byte("x"), 0, -1, int64(-1), int64(1)<<62)
	f.Fuzz(func(t *testing.T, raw []byte, one, two int, offset, size int64) {
		p := parse(postKey{}, raw)
		for _, path := range [][]int{nil, {one}, {one, two}} {
			for _, spec := range []imap.PartSpecifier{imap.PartSpecifierNone, imap.PartSpecifierHeader, imap.PartSpecifierText, imap.PartSpecifierMIME} {
				for _, only := range [][]string{nil, {"Subject"}} {
					section(p, &imap.FetchItemBodySection{Part: path, Specifier: spec, HeaderFields: only, Partial: &imap.SectionPartial{Offset: offset, Size: size}})
				}
			}
		}
		structure(p.top)
		envelope(p.top.Header)
	})
}
