package personal

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"plenary/lists"
)

func anEdition(language string) edition {
	return edition{list: lists.List{ID: "dc-maps", Family: "dc", Name: "dc-maps", Title: "Karten & Pläne", Language: language}, cadence: lists.Weekly,
		site: lists.Site{Domain: "lists.example.org", BaseURL: "https://lists.example.org"}, Year: 2026, Volume: 2, Number: 7,
		At: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
}

func somePosts() []lists.DigestPost {
	at := time.Date(2026, 11, 20, 9, 5, 0, 0, time.UTC)
	return []lists.DigestPost{
		{Number: 1, Subject: "A subject that is so long that it can't stand in one line of a terminal with eighty columns", From: "Ada Lovelace", At: at},
		{Number: 2, From: "bob", At: at},
	}
}

func TestPage(t *testing.T) {
	want := `Karten & Pläne <dc-maps@lists.example.org>
Weekly digest, volume 2, issue 7, Monday 23 November 2026

2 posts in 1 thread:

  1. A subject that is so long that it can't stand in one line of a
     terminal with eighty columns
     Ada Lovelace, Friday 20 November, 09:05
  2. (no subject)
     bob, Friday 20 November, 09:05

The other posts of this issue came to you in another way: one by one, or
in the digest of another list.

To answer a post, open it and answer from there. To write to the list,
write to dc-maps@lists.example.org.

To get each post as it comes, or none, write "set delivery each" or "set
delivery none" to dc-maps-request@lists.example.org.

https://lists.example.org/dc-maps/archive
`
	p := anEdition("en").page(somePosts(), 1, true, false)
	if got := strings.ReplaceAll(p.contents(), "\r\n", "\n"); got != want {
		t.Errorf("the page:\n%s\nwant:\n%s", got, want)
	}
	if p.Subject != "[dc-maps] Weekly Digest, Vol 2, Issue 7: 2 posts" {
		t.Errorf("subject %q", p.Subject)
	}
	for lang, want := range map[string]string{"fr": "[dc-maps] Recueil de la semaine, vol. 2, n° 7 : 2 messages", "es": "2 mensajes", "ar": "رسالتان"} {
		p := anEdition(lang).page(somePosts(), 1, false, false)
		if !strings.Contains(p.Subject, want) || strings.Contains(p.contents(), "own-") || strings.Contains(p.contents(), "{") {
			t.Errorf("%s: %s\n%s", lang, p.Subject, p.contents())
		}
	}
}

// What authors sent stands in a MIME digest octet for octet, signed parts,
// odd line starts and 8-bit headers included.
func TestMultipartHoldsPostsIntact(t *testing.T) {
	signed := "Content-Type: multipart/signed; micalg=pgp-sha256; protocol=\"application/pgp-signature\"; boundary=s\r\nSubject: x\r\n\r\n--s\r\n\r\n- -trailing  \r\n.dot\r\n--s--\r\n"
	eight := "Subject: Grüße\r\n\r\n\xff\xfe latin\r\n"
	id := "digest-1"
	clash := "Subject: clash\r\n\r\n--" + boundary(id+"/inner", nil) + "--\r\n"
	bodies := [][]byte{[]byte(signed), []byte(eight), []byte(clash), []byte("Subject: no end of line\r\n\r\nlast")}
	e := anEdition("en")
	raw := e.multipart(e.page(somePosts(), 1, false, false), id, bodies)
	if again := e.multipart(e.page(somePosts(), 1, false, false), id, bodies); !bytes.Equal(raw, again) {
		t.Error("made twice it is not the same")
	}
	for i, b := range bodies {
		if !bytes.Contains(raw, append(append([]byte("\r\n\r\n"), b...), "\r\n--=_digest_"...)) {
			t.Errorf("post %d is not whole in\n%s", i, raw)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != "Karten & Pläne" || from[0].Address != "dc-maps-request@lists.example.org" {
		t.Errorf("From %v, %v", from, err)
	}
	if m.Header.Get("Content-Transfer-Encoding") != "8bit" || m.Header.Get("Message-ID") != "<digest-1@lists.example.org>" {
		t.Errorf("header %v", m.Header)
	}
	if n := len(enclosed(t, raw)); n != len(bodies) {
		t.Errorf("%d posts found, want %d", n, len(bodies))
	}
	if !bytes.Contains(raw, []byte("Content-Type: message/global\r\n")) || bytes.Count(raw, []byte("Content-Type: message/rfc822\r\n")) != 3 {
		t.Errorf("a header in UTF-8 makes message/global:\n%s", raw)
	}
}

func TestHeaderWords(t *testing.T) {
	for _, name := range []string{"Maps", "Map of data protection", `He said "no"`, "a.b", "Pläne, und (mehr)", "=?utf-8?q?x?=", strings.Repeat("längliche Wörter ", 20) + "."} {
		read, err := mail.ParseAddress(strings.ReplaceAll(phrase(name), "\r\n", "") + " <a@b.example>")
		if err != nil || read.Name != name {
			t.Errorf("%q is written %q and read %v, %v", name, phrase(name), read, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(strings.ReplaceAll(unstructured(name), "\r\n", ""))
		if err != nil || subject != name && name != "=?utf-8?q?x?=" { // none of ours reads so
			t.Errorf("%q comes back as %q, %v", name, subject, err)
		}
		for _, line := range strings.Split(unstructured(name)+"\r\n"+phrase(name), "\r\n") {
			if len(line) > 200 {
				t.Errorf("a line of %d octets", len(line))
			}
		}
	}
}

func TestPlain(t *testing.T) {
	e := anEdition("en")
	readings := []Reading{
		{Fields: [][2]string{{"Date", "Fri, 20 Nov 2026 09:05:00 +0000"}, {"From", "Ada <ada@example.org>"}, {"Subject", "Long"}},
			Text: "\n" + strings.Repeat("word ", 400) + "\n" + between + "\n" + strings.Repeat("ü", 2000) + "\n\n", Attachments: []string{"map.csv (text/csv)"}},
		{Fields: [][2]string{{"From", "bob@example.org"}}, Text: "Short."},
	}
	raw := string(e.text(e.page(somePosts(), 2, false, true), "digest-1", readings))
	for _, want := range []string{"\r\n\r\n" + afterContents + "\r\n\r\nDate: Fri,", "\r\n " + between[1:] + "\r\n", "\r\n[Attached: map.csv (text/csv)]\r\n\r\n" + between + "\r\n\r\nFrom: bob@",
		"Short.\r\n\r\n" + between + "\r\n\r\nEnd of dc-maps Digest, Vol 2, Issue 7\r\n" + strings.Repeat("*", 37) + "\r\n", "Content-Type: text/plain; charset=utf-8\r\n"} {
		if !strings.Contains(raw, want) {
			t.Errorf("it lacks %q:\n%s", want, raw)
		}
	}
	// There is nothing to open in one text.
	if !strings.Contains(raw, "To answer a post, write to dc-maps@lists.example.org under its subject.") || strings.Contains(raw, "open it") {
		t.Errorf("it tells how to answer otherwise:\n%s", raw)
	}
	if n := strings.Count(raw, "\r\n"+between+"\r\n"); n != 2 {
		t.Errorf("%d separators for 2 posts", n)
	}
	// What we have no words for is said in English, and said to be so.
	for lang, want := range map[string]string{"": "en", "fr": "fr", "fr-CA": "fr", "ru": "en"} {
		e := anEdition(lang)
		if raw := string(e.text(e.page(somePosts(), 2, false, true), "digest-1", readings)); !strings.Contains(raw, "\r\nContent-Language: "+want+"\r\n") {
			t.Errorf("%q: not said to be in %s", lang, want)
		}
	}
	// Programs find the end by these words, whatever the list speaks.
	for _, language := range []string{"fr", "es", "ar"} {
		e := anEdition(language)
		if raw := string(e.text(e.page(somePosts(), 2, false, true), "digest-1", readings)); !strings.HasSuffix(raw, "\r\n\r\nEnd of dc-maps Digest, Vol 2, Issue 7\r\n"+strings.Repeat("*", 37)+"\r\n") {
			t.Errorf("%s: it ends %q", language, raw[len(raw)-120:])
		}
	}
}

// FuzzLines: whatever a post's text is, a plain digest's lines can be sent as
// they are, and none looks like a separator.
func FuzzLines(f *testing.F) {
	for _, s := range []string{"", "a\r\nb", between, strings.Repeat("x", 3000), strings.Repeat("ü", 999), "\xff\xfe", strings.Repeat("a ", 3000), "\x00\n\t" + between + between} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, line := range lines(s) {
			if len(line) > longest+1 || strings.ContainsAny(line, "\r\n") || strings.HasPrefix(line, between) || !utf8.ValidString(line) {
				t.Fatalf("%q of %q", line, s)
			}
		}
		for _, line := range wrap(s, "  ") {
			if strings.ContainsAny(line, "\r\n") {
				t.Fatalf("%q of %q", line, s)
			}
		}
	})
}
