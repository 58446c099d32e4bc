package message

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// shared is the mail that all rooms test with; see its README.
const shared = "../../../shared/mail"

// sharedMail gives the files of one folder there.
func sharedMail(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(shared, folder), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "LICENSE" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s: no mail to test with: %v", folder, err)
		}
		t.Skipf("the folder %s/%s is not here: nothing to test with", shared, folder)
	}
	return files
}

// Invariant 8: whatever arrives is refused by a cap's name or read; never a
// panic, and the header's bytes are never changed.
func TestHostileAndBrokenMail(t *testing.T) {
	refused := map[string]bool{"mime-nest-101.eml": true, "mime-nest-1000.eml": true, "mime-rfc822-nest-5000.eml": true}
	empty := map[string]bool{}
	for _, name := range strings.Fields(nothingToRead) {
		empty[name] = true
	}
	for _, folder := range []string{"attacks", "mime"} {
		for _, file := range sharedMail(t, folder) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			m, err := Parse(raw)
			if refused[name] != (err != nil) {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil {
				continue
			}
			check(t, name, m)
			if text := m.Text(1 << 16); (text == "") != empty[name] {
				t.Errorf("%s: its text is %.80q", name, text)
			}
		}
	}
}

// nothingToRead names mail without a word: pictures, attachments, scripts,
// no body at all. All other mail must give text.
const nothingToRead = `
attachment_with_quoted_filename.eml bad_date_header.eml missing_body.eml multipart_report_multiple_status.eml
xss-html-17.eml japanese_attachment_long_name.eml xss-html-19.eml missing_content_disposition.eml attachment-only.raw header-only.raw
xss-attachment-name.eml bad_date_header2.eml raw_email_with_binary_encoded.eml attachment-only-text-attachment.raw xss-html-01.eml xss-html-13.eml
attachment-only-inline.raw attachment_only_email.eml eicar-like-zip-name.eml header-only-no-body.eml empty_in_reply_to.eml must_supply_encoding.eml
xss-html-03.eml xss-html-11.eml xss-html-15.eml xss-html-07.eml xss-html-09.eml attachment-only-no-disposition.raw attachment_message_rfc822_inline_image.eml`

// check looks at what must hold of every mail that Parse takes.
func check(t *testing.T, name string, m *Message) {
	t.Helper()
	text := m.Text(1 << 16)
	if !utf8.ValidString(text) || len(text) > 1<<16 || strings.ContainsAny(text, "\x00\x1b\r") {
		t.Errorf("%s: its text is not clean", name)
	}
	if own := OwnText(text); len(own) > len(text) {
		t.Errorf("%s: its own text grew", name)
	}
	values := append([]string{m.Subject, m.MessageID, m.AutoSubmitted, m.Precedence}, append(append(m.ListIDs, m.References...), m.XLoop...)...)
	for _, f := range m.Fields {
		values = append(values, f.Name, f.Value())
	}
	for _, box := range append(m.From, m.Addresses("To")...) {
		values = append(values, box.Name, box.Addr)
	}
	for _, v := range values {
		if !utf8.ValidString(v) || strings.ContainsAny(v, "\r\n\x00\x1b") {
			t.Errorf("%s: a value is not clean: %.80q", name, v)
		}
	}
	if string(m.Header)+string(m.Body) != string(m.Raw) && len(m.Header)+len(m.Body) > len(m.Raw) {
		t.Errorf("%s: header and body overlap", name)
	}
	m.Root.Walk(func(p *Part) bool {
		if len(p.Decoded(1<<20)) > 1<<20 {
			t.Errorf("%s: a part grew past its limit", name)
		}
		return true
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"From: a@b\nSubject: =?utf-8?q?x?=\n\nbody", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--",
		"Content-Type: multipart/digest; boundary=\"\"\n\n--\n", "Content-Type: message/rfc822\n\nContent-Type: text/html\n\n<p>",
		"Content-Type: text/plain; format=flowed; delsp=yes\n\n> a \n>b", "Content-Type: text/html; charset=utf-7\nContent-Transfer-Encoding: base64\n\nPHA+",
		"To: \"a\\\" (b) <c@d>, e:f@g;\n\n", "References: <a <b@c> <d\n\n", "From x\n>From: y\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		BodyHash(raw)
		ReadFields(raw)
		if m, err := Parse(raw); err == nil {
			check(t, "fuzzed", m)
			text, left := m.Reading(100)
			if len(text) > 100 || !utf8.ValidString(text) {
				t.Fatalf("%q", text)
			}
			for _, p := range left {
				p.Name()
			}
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a<blockquote>b", "<a href=https://x>y</a>", "<pre>\n\n", "<div style=display:none><br>", "<script>", "a \n> b \n-- "} {
		f.Add(s, 100)
	}
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = max & 0xffff
		for _, header := range []string{"Content-Type: text/html\n\n", "Content-Type: text/plain; format=flowed\n\n"} {
			m, err := Parse([]byte(header + s))
			if err != nil {
				t.Fatal(err)
			}
			if text := m.Text(max); len(text) > max || !utf8.ValidString(text) {
				t.Fatalf("%q", text)
			}
		}
	})
}

// BenchmarkHostile shows the speed on mail that was made to be slow: a shape
// that is far slower than the others, or falls with size, is quadratic.
func BenchmarkHostile(b *testing.B) {
	for name, s := range hostile(hostileSize) {
		b.Run(name, func(b *testing.B) {
			raw := []byte(s)
			b.SetBytes(int64(len(raw)))
			for range b.N {
				if m, err := Parse(raw); err == nil {
					OwnText(m.Text(1 << 20))
					m.Reading(1 << 20)
				}
				BodyHash(raw)
			}
		})
	}
}

// hostileSize is in octets; within the caps, so that all of it is read.
const hostileSize = 250 << 10

// hostile is mail of some n octets, each made to be slow.
func hostile(n int) map[string]string {
	fill := func(unit string) string { return strings.Repeat(unit, n/len(unit)-20) }
	html, plain := "Content-Type: text/html\n\n", "Content-Type: text/plain\n\n"
	return map[string]string{
		"comments":       "From: " + fill("("),
		"angles":         "From: " + fill("<"),
		"angle commas":   "From: " + fill("<a@b,"),
		"quotes":         "From: " + fill(`"\\`),
		"encoded starts": "Subject: " + fill("=?a?q? "),
		"encoded words":  "Subject: " + fill("=?a?q?b?= "),
		"references":     "References: " + fill("<a"),
		"params":         "Content-Type: a/b" + fill(`;a*0="`),
		"boundaries":     "Content-Type: multipart/mixed; boundary=b\n\n" + fill("--\n"),
		"near bounds":    "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 60) + "\n\n" + fill("--"+strings.Repeat("b", 59)+"\n"),
		"tags":           html + fill("<blockquote>"),
		"quoted tags":    html + fill("<blockquote>a<br>"),
		"open tags":      html + fill("<a href='"),
		"comment starts": html + fill("<!--"),
		"scripts":        html + fill("<script>"),
		"entities":       html + fill("&amp"),
		"quoted lines":   plain + fill(">\n"),
		"blank lines":    plain + fill("\n"),
		"attributions":   plain + fill("on 1 a@b wrote:\n\n"),
		"openings":       plain + fill("on 1\n"),
		"from lines":     plain + fill("from: a\n"),
		"rules":          plain + fill("__________\n"),
		"flowed":         "Content-Type: text/plain; format=flowed\n\n" + fill("> a \n"),
		"flowed quotes":  "Content-Type: text/plain; format=flowed\n\n" + fill(">") + "a \n",
		"one line":       plain + fill("on a "),
	}
}
