package compose

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plenary/lists"
	"plenary/smtp/message"
)

func composer() *Composer {
	return &Composer{
		Site:           lists.Site{Domain: "lists.example.org", BaseURL: "https://lists.example.org"},
		Secret:         []byte("0123456789abcdef0123456789abcdef"),
		RewriteDomains: []string{"strict.example"},
	}
}

func maps() lists.List {
	return lists.List{ID: "dc-maps", Serial: 7, Family: "dc", ListID: "maps.dc.lists.example.org", Name: "dc-maps",
		Short: "maps", Title: "Maps", Post: lists.PostFamily, Archive: lists.ArchivePublic}
}

const plain = "Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\n" +
	"From: Ana <ana@member.example>\r\nTo: dc-maps@lists.example.org\r\nSubject: Hello\r\n" +
	"List-Id: <other.example>\r\nPrecedence: bulk\r\nLIST-UNSUBSCRIBE: <mailto:x@y.example>\r\n folded\r\n" +
	"X-Odd:   kept  as is \r\n\tfolded too\r\nMessage-ID: <m1@member.example>\r\n\r\nBody line.\r\n.dot\r\n"

func TestListFields(t *testing.T) {
	c := composer().Compose(context.Background(), Post{Raw: []byte(plain), List: maps(), Link: "https://lists.example.org/dc-maps/archive/abc"})
	if string(c.Body) != "Body line.\r\n.dot\r\n" {
		t.Errorf("body changed: %q", c.Body)
	}
	m := read(t, c, nil)
	for name, want := range map[string]string{
		"List-Id":        "<maps.dc.lists.example.org>",
		"List-Post":      "<mailto:dc-maps@lists.example.org>",
		"List-Help":      "<mailto:dc-maps-request@lists.example.org?subject=help>",
		"List-Subscribe": "<mailto:dc-maps-join@lists.example.org>",
		"List-Owner":     "<mailto:dc-maps-owner@lists.example.org>",
		"List-Archive":   "<https://lists.example.org/dc-maps/archive>",
		"Archived-At":    "<https://lists.example.org/dc-maps/archive/abc>",
		"Precedence":     "list",
		"X-Loop":         "dc-maps@lists.example.org",
		"From":           "Ana <ana@member.example>",
		"Sender":         "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if n := len(m.Header[name]); n > 1 {
			t.Errorf("%s stands %d times", name, n)
		}
	}
	if !bytes.Contains(c.Head, []byte("X-Odd:   kept  as is \r\n\tfolded too\r\n")) {
		t.Error("a field that is not ours was changed")
	}
	if bytes.Contains(c.Head, []byte("folded\r\nX-Odd")) && bytes.Contains(c.Head, []byte("x@y.example")) {
		t.Error("the author's List-Unsubscribe is still there")
	}
}

func TestPersonalFields(t *testing.T) {
	c := composer()
	m := read(t, c.Compose(context.Background(), Post{Raw: []byte(plain), List: maps()}), c.Personal(maps(), 42))
	token := lists.MemberToken(c.Secret, "leave", maps(), 42)
	want := "<https://lists.example.org/leave/" + token + ">, <mailto:dc-maps-leave+" + token + "@lists.example.org>"
	if got := m.Header.Get("List-Unsubscribe"); got != want {
		t.Errorf("List-Unsubscribe %q, want %q", got, want)
	}
	if got := m.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post %q", got)
	}
	for base, want := range map[string]bool{"": false, "http://lists.example.org": false, "http://127.0.0.1:8080": true, "http://localhost.evil.example": false} {
		c.Site.BaseURL = base
		if got := bytes.Contains(c.Personal(maps(), 42), []byte("One-Click")); got != want {
			t.Errorf("one click under base %q: %v, want %v", base, got, want)
		}
	}
	shared := maps()
	shared.Unsub = lists.UnsubscribeShared
	if c.Personal(shared, 42) != nil {
		t.Error("a shared list's copy has personal fields")
	}
	if got := read(t, c.Compose(context.Background(), Post{Raw: []byte(plain), List: shared}), nil).Header.Get("List-Unsubscribe"); !strings.Contains(got, "mailto:dc-maps-leave@") {
		t.Errorf("shared List-Unsubscribe %q", got)
	}
}

func TestFromAndReply(t *testing.T) {
	ana := Author{Name: "Ana \"Q\"\r\nBcc: x@y", Address: "ana@member.example"}
	for name, row := range map[string]struct {
		from   lists.FromMode
		reply  lists.ReplyMode
		author Author
		want   map[string]string
	}{
		"untouched": {lists.FromAuto, lists.ReplyAuthor, ana, map[string]string{"From": "Ana <ana@member.example>", "Reply-To": "", "Sender": "", "X-Original-From": ""}},
		"to list":   {lists.FromAuto, lists.ReplyList, ana, map[string]string{"From": "Ana <ana@member.example>", "Reply-To": "<dc-maps@lists.example.org>"}},
		"always":    {lists.FromAlways, lists.ReplyAuthor, ana, map[string]string{"From": `"Ana \"Q\"Bcc: x@y via Maps" <dc-maps@lists.example.org>`, "Reply-To": `"Ana \"Q\"Bcc: x@y" <ana@member.example>`, "X-Original-From": `"Ana \"Q\"Bcc: x@y" <ana@member.example>`}},
		"by domain": {lists.FromAuto, lists.ReplyAuthor, Author{Address: "bo@STRICT.example"}, map[string]string{"From": "bo via Maps <dc-maps@lists.example.org>", "Reply-To": "<bo@STRICT.example>", "Sender": "<dc-maps-bounces@lists.example.org>"}},
		"never":     {lists.FromNever, lists.ReplyAuthor, Author{Address: "bo@strict.example"}, map[string]string{"From": "Ana <ana@member.example>"}},
	} {
		l := maps()
		l.From, l.Reply = row.from, row.reply
		m := read(t, composer().Compose(context.Background(), Post{Raw: []byte(plain), List: l, Author: row.author}), nil)
		for field, want := range row.want {
			if got := m.Header.Get(field); got != want {
				t.Errorf("%s: %s %q, want %q", name, field, got, want)
			}
		}
	}
}

func TestSubjectTag(t *testing.T) {
	l := maps()
	l.SubjectTag = "[maps]"
	for in, want := range map[string]string{
		"Hello":                    "[maps] Hello",
		"Re: [MAPS] Hello":         "Re: [MAPS] Hello",
		"=?utf-8?q?=C3=9Cber?=":    "[maps] =?utf-8?q?=C3=9Cber?=",
		"=?utf-8?q?=5Bmaps=5D_x?=": "=?utf-8?q?=5Bmaps=5D_x?=",
	} {
		c := composer().Compose(context.Background(), Post{Raw: []byte("Subject: " + in + "\r\n\r\nx\r\n"), List: l})
		if !bytes.Contains(c.Head, []byte("Subject: "+want+"\r\n")) {
			t.Errorf("%q: %q has no %q", in, c.Head, want)
		}
	}
}

// A tag is known in any charset, so that answers do not gather one each; and
// parted from an encoded subject by a blank that is shown.
func TestSubjectTagInOtherCharsets(t *testing.T) {
	l := maps()
	l.SubjectTag = "Fu\u00dfweg"
	for in, want := range map[string]string{
		"Re: =?iso-8859-1?q?=5BFu=DFweg=5D_Treffen?=":                    "Re: [Fu\u00dfweg] Treffen",
		"=?windows-1252?b?W0Z139dlZ10=?= x":                              "[Fu\u00dfweg] [Fu\u00df\u00d7eg] x",
		"Re: =?gb2312?q?=5Bmaps=5D?= =?iso-8859-1?q?_=5BFU=DFWEG=5D_x?=": "Re: [maps] [FU\u00dfWEG] x",
		"=?utf-8?q?=C3=9Cber?=":                                          "[Fu\u00dfweg] \u00dcber",
		"Plain":                                                          "[Fu\u00dfweg] Plain",
	} {
		c := composer().Compose(context.Background(), Post{Raw: []byte("Subject: " + in + "\r\n\r\nx\r\n"), List: l})
		m, err := message.Parse(append(append([]byte(nil), c.Head...), c.Body...))
		if err != nil || m.Subject != want {
			t.Errorf("%q: %q, want %q (%v)", in, m.Subject, want, err)
		}
	}
	l.SubjectTag = "maps"
	again := "Subject: Re: =?gb2312?b?W21hcHNdIMTjusM=?=\r\n"
	c := composer().Compose(context.Background(), Post{Raw: []byte(again + "\r\nx\r\n"), List: l})
	if !bytes.Contains(c.Head, []byte(again)) {
		t.Errorf("tagged twice: %q", c.Head)
	}
}

func TestFooterByShape(t *testing.T) {
	l := maps()
	l.Footer = "Leave: dc-maps-leave@lists.example.org"
	alternative := "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\n" +
		"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGh0bWw+PGJvZHk+aGk8L2JvZHk+PC9odG1sPg==\r\n--b--\r\n"
	for name, row := range map[string]struct {
		in    string
		texts int // parts that carry the footer
	}{
		"plain":       {"Subject: x\r\n\r\nhi\r\n", 1},
		"alternative": {alternative, 2},
		"mixed":       {"Content-Type: multipart/mixed; boundary=\"m m\"\r\n\r\n--m m\r\nContent-Type: image/png\r\n\r\nxx\r\n--m m--\r\n", 1},
		"signed":      {"Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\nhi\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nxx\r\n--s--\r\n", 0},
		"broken":      {"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n", 0},
		"attachment":  {"Content-Disposition: attachment\r\nContent-Type: text/plain\r\n\r\nhi\r\n", 0},
	} {
		c := composer().Compose(context.Background(), Post{Raw: []byte(row.in), List: l})
		if got := count(t, c, "dc-maps-leave@lists"); got != row.texts {
			t.Errorf("%s: footer in %d parts, want %d:\n%s", name, got, row.texts, c.Body)
		}
		_, body := split([]byte(row.in))
		if row.texts == 0 && !bytes.Equal(c.Body, body) {
			t.Errorf("%s: body changed without a footer", name)
		}
	}
}

// A footer that the part can't carry as it is written has the part rewritten
// in UTF-8; one that brings its own line gets no second.
func TestFooterInOtherCharsets(t *testing.T) {
	l := maps()
	l.Footer = "-- \nPour quitter : à dc-maps-leave@lists.example.org"
	for name, in := range map[string]string{
		"no type":          "Subject: x\r\n\r\nhi\r\n",
		"ascii":            "Content-Type: text/plain; charset=us-ascii; format=flowed\r\n\r\nhi\r\n",
		"utf-8 in 7bit":    "Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nhi\r\n",
		"latin":            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhi \xe9\r\n",
		"latin, quoted":    "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhi =E9\r\n",
		"latin, in base64": "Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: base64\r\n\r\naGkg6Q0K\r\n",
		"alternative":      "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nhi \xe9\r\n--b--\r\n",
	} {
		c := composer().Compose(context.Background(), Post{Raw: []byte(in), List: l})
		m, err := message.Parse(append(append([]byte(nil), c.Head...), c.Body...))
		if err != nil {
			t.Fatal(err)
		}
		if m.Get("MIME-Version") != "1.0" {
			t.Errorf("%s: no MIME-Version says that its encoding counts", name)
		}
		text := strings.ReplaceAll(m.Text(1<<16), "\r\n", "\n")
		want := "\n\n-- \nPour quitter : à dc-maps-leave@lists.example.org"
		if !strings.HasPrefix(text, "hi") || !strings.HasSuffix(strings.TrimSpace(text), want) || strings.Count(text, "--") != 1 {
			t.Errorf("%s: %q", name, text)
		}
		if latin := strings.Contains(in, "\xe9") || strings.Contains(in, "=E9") || strings.Contains(in, "6Q0K"); latin != strings.Contains(text, "hi é") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// What is not in the charset that it names is not written anew: its readers
// may know better.
func TestFooterNotInWhatCannotBeRead(t *testing.T) {
	l := maps()
	l.Footer = "Pour quitter : à dc-maps-leave@lists.example.org"
	for _, in := range []string{
		"Content-Type: text/plain; charset=big5\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n",
		"Content-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FF=FF\r\n",
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nhi \xe9\r\n",
		"Content-Type: text/plain; charset=x-unknown\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhi \xe9\r\n",
	} {
		c := composer().Compose(context.Background(), Post{Raw: []byte(in), List: l})
		if _, body := split([]byte(in)); !bytes.Equal(c.Body, body) {
			t.Errorf("%q: %q", in, c.Body)
		}
	}
}

// The end of an HTML body is found whatever stands before it: octets that are
// no UTF-8, and letters that are longer or shorter in lower case.
func TestFooterInPagesBeyondASCII(t *testing.T) {
	l := maps()
	l.Footer = "Leave: dc-maps-leave@lists.example.org"
	for name, word := range map[string]string{
		"latin":   strings.Repeat("\xe9", 40),
		"turkish": strings.Repeat("\u0130", 40),
		"kelvin":  strings.Repeat("\u212a", 40),
		"longer":  strings.Repeat("\u023a", 40),
	} {
		page := "<html><BODY><p>" + word + "</p>"
		c := composer().Compose(context.Background(), Post{Raw: []byte("Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + page + "</BODY></html>\r\n"), List: l})
		body := string(c.Body)
		if !strings.HasPrefix(body, page+"\r\n<hr>") || !strings.HasSuffix(body, "</p>\r\n</BODY></html>\r\n") || !strings.Contains(body, "dc-maps-leave@") {
			t.Errorf("%s: %q", name, body)
		}
	}
}

func TestMissingMessageIDAndFromLine(t *testing.T) {
	c := composer().Compose(context.Background(), Post{Raw: []byte("From ana Mon Nov 23\r\nSubject: x"), List: maps(), DefaultID: "q1@lists.example.org"})
	m := read(t, c, nil)
	if m.Header.Get("Message-ID") != "<q1@lists.example.org>" || m.Header.Get("Subject") != "x" || len(c.Body) != 0 {
		t.Errorf("header %v body %q", m.Header, c.Body)
	}
}

// The files of the shared corpus keep every byte of body and of foreign fields.
func TestCorpusUntouched(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/mail/mime/*/*")
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("../shared/mail/mime is absent")
		}
		t.Skip("../shared/mail/mime is absent")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		// As SMTP brings it: every line ends in CR LF.
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		fields, body := split(raw)
		c := composer().Compose(context.Background(), Post{Raw: raw, List: maps()})
		if !bytes.Equal(c.Body, body) {
			t.Errorf("%s: body changed", file)
		}
		for _, f := range fields {
			if !composer().dropped(f.name, maps(), false) && !bytes.Contains(c.Head, f.raw) {
				t.Errorf("%s: field %q changed", file, f.name)
			}
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add([]byte(plain), "foot")
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b--"), "ö")
	f.Add([]byte("Content-Type: text/html; charset=iso-8859-1\r\nSubject: =?big5?b?pKQ=?=\r\n\r\n\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9</BODY>"), "x")
	f.Add([]byte("Subject: a\nTo: b\n folded\r\n\r\r\n\nbody"), "x")
	f.Fuzz(func(t *testing.T, raw []byte, footer string) {
		l := maps()
		l.Footer, l.SubjectTag, l.From = footer, "t", lists.FromAlways
		c := composer().Compose(context.Background(), Post{Raw: raw, List: l, Author: Author{Name: footer, Address: "a@b.example"}})
		if !bytes.HasSuffix(c.Head, []byte("\r\n\r\n")) {
			t.Fatalf("head does not end: %q", c.Head)
		}
		if i := bytes.Index(c.Head, []byte("\r\n\r\n")); i != len(c.Head)-4 {
			t.Fatalf("head ends early at %d of %d: %q", i, len(c.Head), c.Head)
		}
	})
}

func BenchmarkCompose(b *testing.B) {
	raw := []byte(plain + strings.Repeat("A line of a usual length, as people write them in mail.\r\n", 70))
	c := composer()
	for b.Loop() {
		c.Compose(context.Background(), Post{Raw: raw, List: maps()})
	}
}

func read(t *testing.T, c lists.Copy, personal []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(io.MultiReader(bytes.NewReader(personal), bytes.NewReader(c.Head), bytes.NewReader(c.Body)))
	if err != nil {
		t.Fatalf("the copy is no message: %v\n%s", err, c.Head)
	}
	return m
}

// count tells in how many leaf parts, decoded, the words stand.
func count(t *testing.T, c lists.Copy, words string) (n int) {
	t.Helper()
	fields, _ := split(append(append([]byte{}, c.Head...), c.Body...))
	kind, params := contentType(fields)
	if !strings.HasPrefix(kind, "multipart/") {
		return strings.Count(string(c.Body), words)
	}
	r := multipart.NewReader(bytes.NewReader(c.Body), params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err != nil {
			return n
		}
		b, _ := io.ReadAll(p)
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			dec, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(b)), ""))
			if err != nil {
				t.Fatal(err)
			}
			b = dec
		}
		if strings.Contains(string(b), words) {
			n++
		}
	}
}
