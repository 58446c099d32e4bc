package parts

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// outline writes a tree in one line: text/plain, multipart/mixed[...],
// message/rfc822{...}.
func outline(p *Part) string {
	s := p.Type + "/" + p.Subtype
	if len(p.Parts) > 0 {
		var below []string
		for _, c := range p.Parts {
			below = append(below, outline(c))
		}
		s += "[" + strings.Join(below, " ") + "]"
	}
	if p.Message != nil {
		s += "{" + outline(p.Message) + "}"
	}
	return s
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"plain":                 {"Subject: x\n\nhello\n", "text/plain"},
		"empty":                 {"", "text/plain"},
		"header only":           {"Subject: x\n", "text/plain"},
		"type in odd case":      {"Content-TYPE: Text/HTML; charset=utf-8\n\nx", "text/html"},
		"broken type":           {"Content-Type: nonsense\n\nx", "text/plain"},
		"empty type":            {"Content-Type:\n\nx", "text/plain"},
		"alternative":           {"Content-Type: multipart/alternative; boundary=b\n\npreamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nepilogue\n", "multipart/alternative[text/plain text/html]"},
		"not closed":            {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo", "multipart/mixed[text/plain text/plain]"},
		"no boundary":           {"Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", "text/plain"},
		"boundary never used":   {"Content-Type: multipart/mixed; boundary=zzz\n\n--b\n\none\n--b--\n", "text/plain"},
		"similar boundaries":    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n", "multipart/mixed[multipart/mixed[text/plain] text/plain]"},
		"boundary in mid-line":  {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx --b\n--bc\n--b--\n", "multipart/mixed[text/plain]"},
		"outer ends inner":      {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--o\n\ntwo\n--o--\n", "multipart/mixed[multipart/mixed[text/plain] text/plain]"},
		"white after boundary":  {"Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\none\n--b-- \n", "multipart/mixed[text/plain]"},
		"attached message":      {"Content-Type: message/rfc822\n\nSubject: in\nContent-Type: text/html\n\nx", "message/rfc822{text/html}"},
		"encoded message":       {"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdA==\n", "application/octet-stream"},
		"digest":                {"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\nContent-Type: text/plain\n\ny\n--b--\n", "multipart/digest[message/rfc822{text/plain} text/plain]"},
		"broken type in digest": {"Content-Type: multipart/digest; boundary=b\n\n--b\nContent-Type: ;\n\nx\n--b--\n", "multipart/digest[text/plain]"},
	} {
		for ends, raw := range map[string]string{"lf": c.raw, "crlf": crlf(c.raw)} {
			if got := outline(Parse([]byte(raw))); got != c.want {
				t.Errorf("%s, %s: %s, want %s", name, ends, got, c.want)
			}
		}
	}
}

func TestParseIsCapped(t *testing.T) {
	deep := strings.Repeat("Content-Type: message/rfc822\n\n", 20000)
	count := func(raw string) (n int) {
		Parse([]byte(raw)).Walk(func(*Part) bool { n++; return true })
		return n
	}
	if n := count(deep); n != MaxDepth+1 {
		t.Errorf("20000 messages in each other make %d parts, want %d", n, MaxDepth+1)
	}
	nested := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 5000)
	if n := count(nested); n > MaxParts {
		t.Errorf("%d parts", n)
	}
	wide := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n", 50000)
	if n := count(wide); n != MaxParts {
		t.Errorf("%d parts, want %d", n, MaxParts)
	}
	last := Parse([]byte(strings.Repeat("Content-Type: message/rfc822\n\n", MaxDepth+5)))
	for last.Message != nil {
		last = last.Message
	}
	if last.Type != "application" || len(last.Body) == 0 {
		t.Errorf("what lies below the cap is %s/%s of %d octets, want one octet-stream", last.Type, last.Subtype, len(last.Body))
	}
}

func TestAt(t *testing.T) {
	raw := crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\nX: one\n\nfirst\n--b\nContent-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>\n--c--\n\n--b\nContent-Type: message/rfc822\n\nSubject: simple\n\nthere\n--b--\n")
	p := Parse([]byte(raw))
	for path, want := range map[string]string{
		"[1]": "first", "[2 1]": "plain", "[2 2]": "<p>", "[3 1]": "there",
		"[0]": "none", "[4]": "none", "[1 1]": "none", "[2 3]": "none", "[3 2]": "none", "[3 1 1]": "none", "[2 1 1]": "none",
	} {
		var numbers []int
		for _, f := range strings.Fields(strings.Trim(path, "[]")) {
			n := 0
			fmt.Sscan(f, &n)
			numbers = append(numbers, n)
		}
		got := "none"
		if child := p.At(numbers); child != nil {
			got = string(child.Body)
		}
		if got != want {
			t.Errorf("part %s is %q, want %q", path, got, want)
		}
	}
	if m := p.At([]int{2}).Message; m == nil || Fields(m.Header).Get("subject") != "in" {
		t.Error("part 2 has no message with its subject")
	}
	plain := Parse([]byte("A: b\n\ntext"))
	if got := plain.At([]int{1}); got != plain {
		t.Error("part 1 of a message without parts is not its text")
	}
}

func TestFields(t *testing.T) {
	raw := "From alice Thu Jan  1 00:00:00 2026\n lost\nSubject: =?utf-8?q?caf=C3=A9?=\n\tau lait\nno colon here\n lost too\nX-Odd : a\x00b\n: none\nTo: c\nsubject: second\n\nBody: no\n"
	header, body := Split([]byte(raw))
	if string(body) != "Body: no\n" {
		t.Errorf("body %q", body)
	}
	var got []string
	for _, f := range Fields(header) {
		got = append(got, f.Name+"="+f.Value())
	}
	want := []string{"Subject==?utf-8?q?caf=C3=A9?=\tau lait", "X-Odd=ab", "To=c", "subject=second"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("fields %q, want %q", got, want)
	}
	if s := DecodeWords(Fields(header).Get("SUBJECT")); s != "café\tau lait" {
		t.Errorf("subject %q", s)
	}
}

func TestParseParams(t *testing.T) {
	for in, want := range map[string]string{
		`text/plain; charset=utf-8`:                    `text/plain [{charset utf-8}]`,
		`Text/Plain; Charset="a;b\"c"; charset=x`:      `text/plain [{charset a;b"c}]`,
		`text/plain (a;(b)c) ; x=1 (y=2); broken; =z`:  `text/plain [{x 1}]`,
		`attachment; filename*0*=utf-8''a; filename=b`: `attachment [{filename*0* utf-8''a} {filename b}]`,
		`text/plain; name="open`:                       `text/plain [{name open}]`,
		``:                                             ` []`,
	} {
		word, params := ParseParams(in)
		if got := fmt.Sprint(word, " ", params); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{"", "text", "text/", "/plain", "te xt/plain", "text/pl/ain", "\xff/plain"} {
		if major, _, _ := ParseType(in); major != "" {
			t.Errorf("%q was read as a type", in)
		}
	}
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{
		"Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9":                                             "café",
		"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nY2Fm\n!w6kg\nYXU=":     "café au",
		"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nsoft=\n break":              "soft break",
		"Content-Type: text/plain; charset=no-such\n\nas it is \xff":                                          "as it is \uFFFD",
		"Content-Type: image/png\n\nxx":                                                                       "",
		"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nYWJjZA==***broken===":                 "abcd",
		"Content-Type: text/plain; charset=shift_jis\nContent-Transfer-Encoding: 8bit\n\n\x93\xfa\x96{":       "日本",
		"Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9=": "é",
	} {
		if got := Parse([]byte(raw)).Text(1000); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
	if got := Parse([]byte("\n" + strings.Repeat("x", 100))).Text(10); len(got) != 10 {
		t.Errorf("%d octets, want 10", len(got))
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		" a\r\n\tb\x00c ": "a b c", "\u202Eevil": "evil", strings.Repeat("é", 30): strings.Repeat("é", 19) + "…", "": "",
	} {
		if got := Line(in, 20); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// corpus is the mail of the shared folder, nil where it is absent.
func corpus(t testing.TB) map[string][]byte {
	found := map[string][]byte{}
	for _, dir := range []string{"enmime", "mail-gem"} {
		names, _ := filepath.Glob("../../../shared/mail/mime/" + dir + "/*.[er]*")
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found[filepath.Base(name)] = raw
		}
	}
	return found
}

// check holds what must be true of any message.
func check(t testing.TB, raw []byte) {
	p := Parse(raw)
	if !bytes.Equal(append(append([]byte(nil), p.Header...), p.Body...), raw) {
		t.Fatal("header and body are not the message")
	}
	n := 0
	p.Walk(func(q *Part) bool {
		n++
		q.Text(1 << 16)
		if q.Type == "" || q.Subtype == "" || (q.Type == "multipart") != (len(q.Parts) > 0) {
			t.Fatalf("part %s/%s with %d parts", q.Type, q.Subtype, len(q.Parts))
		}
		for _, f := range Fields(q.Header) {
			if !bytes.Contains(q.Header, f.Raw) {
				t.Fatalf("field %s is not in its header", f.Name)
			}
			Line(DecodeWords(f.Value()), 100)
		}
		return true
	})
	if n > MaxParts {
		t.Fatalf("%d parts", n)
	}
}

func TestParseTheSharedMail(t *testing.T) {
	mail := corpus(t)
	if len(mail) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("the shared mail is not there, and CI is set")
		}
		t.Skip("the shared mail is not there")
	}
	for name, raw := range mail {
		t.Run(name, func(t *testing.T) { check(t, raw) })
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Subject: x\r\n y\r\n\r\nbody"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: message/rfc822\n\nA: b\n\nx\n--b--"))
	f.Add([]byte("Content-Type: multipart/digest; boundary=b\n\n--b\n\n\n--b\n--b--\n"))
	f.Add([]byte("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\nAAAA"))
	f.Add([]byte(" folded first\n: \nX:\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw) })
}
