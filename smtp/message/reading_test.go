package message

import (
	"strings"
	"testing"
)

// A post is read whole, also what stands below a picture; and what the text
// leaves out is named, but for other forms of it and pictures of its HTML.
func TestReading(t *testing.T) {
	plain := "Content-Type: text/plain; charset=utf-8\n\n"
	picture := "Content-Type: image/png\nContent-ID: <p>\n\nx\n"
	for name, row := range map[string]struct{ mail, text, left string }{
		"plain": {plain + "Hello.\n", "Hello.", ""},
		"text below a picture": {`Content-Type: multipart/mixed; boundary=b

--b
` + plain + `Above.
--b
Content-Type: image/jpeg; name="IMG_1.jpg"
Content-Disposition: inline; filename="IMG_1.jpg"

x
--b
` + plain + `Below.
--b--
`, "Above.\n\nBelow.", "IMG_1.jpg image/jpeg"},
		"a file's name in RFC 2231": {`Content-Type: multipart/mixed; boundary=b

--b
` + plain + `See it.
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''%C3%BCbersicht.pdf

x
--b--
`, "See it.", "übersicht.pdf application/pdf"},
		"a mail attached": {`Content-Type: multipart/mixed; boundary=b

--b
` + plain + `Look.
--b
Content-Type: message/rfc822

Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=

Inner.
--b--
`, "Look.", "Grüße message/rfc822"},
		"HTML with its pictures": {`Content-Type: multipart/alternative; boundary=a

--a
` + plain + `Words.
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>Words.<img src="cid:p"></p>
--r
` + picture + `--r
Content-Type: image/gif; name="logo.gif"
Content-ID: <l>

x
--r--
--a
Content-Type: text/calendar

BEGIN:VCALENDAR
--a--
`, "Words.", "logo.gif image/gif; text/calendar"},
		"the same twice": {`Content-Type: multipart/mixed; boundary=b

--b
` + plain + `Same  words.
--b
Content-Type: text/html

<p>Same words.</p>
--b
Content-Type: text/plain; name="notes.txt"

Notes.
--b
Content-Type: text/x-patch

+1
--b--
`, "Same  words.", "notes.txt text/plain; text/x-patch"},
		"signed": {`Content-Type: multipart/signed; boundary=s

--s
` + plain + `Signed.
--s
Content-Type: application/pgp-signature; name=signature.asc

x
--s--
`, "Signed.", "signature.asc application/pgp-signature"},
		"nothing to read": {`Content-Type: multipart/mixed; boundary=b

--b
` + plain + `
--b
Content-Type: application/pdf

x
--b--
`, "", "application/pdf"},
	} {
		m, err := Parse([]byte(strings.ReplaceAll("From: a@b.example\nMIME-Version: 1.0\n"+row.mail, "\n", "\r\n")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, left := m.Reading(1000)
		var names []string
		for _, p := range left {
			names = append(names, strings.TrimSpace(p.Name()+" "+p.Type))
		}
		if got := strings.Join(names, "; "); text != row.text || got != row.left {
			t.Errorf("%s: read %q, left out %q; want %q and %q", name, text, got, row.text, row.left)
		}
		if short, _ := m.Reading(8); len(short) > 8 {
			t.Errorf("%s: %q is more than was asked for", name, short)
		}
	}
}
