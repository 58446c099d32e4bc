package smtp

import (
	"bytes"
	"io"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
)

func letter() Letter {
	return Letter{
		Key: "answer/q1", From: "dc-request@lists.example.org", FromName: "Data Coalition",
		To: []string{"ann@example.org"}, Subject: "Your commands", Text: "Done.\n",
		Date: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), AutoReplied: true,
	}
}

func TestLetterBytes(t *testing.T) {
	l := letter()
	l.InReplyTo, l.References = "a@b.example", []string{"x@y.example", "bad id@z"}
	b, err := l.Bytes("lists.example.org")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := l.Bytes("lists.example.org")
	if !bytes.Equal(b, again) {
		t.Error("the same letter gave other bytes")
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From": `"Data Coalition" <dc-request@lists.example.org>`, "To": "ann@example.org", "Subject": "Your commands",
		"Message-Id": "<" + l.MessageID("lists.example.org") + ">", "In-Reply-To": "<a@b.example>",
		"References": "<x@y.example> <a@b.example>", "Auto-Submitted": "auto-replied",
		"X-Auto-Response-Suppress": "All", "X-Loop": "plenary@lists.example.org",
		"Date": "Mon, 23 Nov 2026 09:00:00 +0000", "Content-Transfer-Encoding": "7bit",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if body, _ := io.ReadAll(m.Body); string(body) != "Done.\r\n" {
		t.Errorf("body %q", body)
	}
}

func TestLetterParts(t *testing.T) {
	l := letter()
	l.Text, l.HTML = "Grüße\n.\nline\n", "<p>Grüße</p>"
	b, err := l.Bytes("lists.example.org")
	if err != nil {
		t.Fatal(err)
	}
	e, err := message.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	e.Walk(func(_ []int, p *message.Entity, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := p.Header.ContentType()
		if strings.HasPrefix(kind, "multipart/") {
			got = append(got, kind)
			return nil
		}
		body, _ := io.ReadAll(p.Body)
		got = append(got, kind+" "+string(body))
		return nil
	})
	want := []string{"multipart/alternative", "text/plain Grüße\r\n.\r\nline\r\n",
		"text/html <p>Grüße</p>\r\n"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// No value can add a header field or a second address (invariant 8).
func TestLetterHoldsNoInjection(t *testing.T) {
	l := letter()
	l.Subject = "hello\r\nBcc: evil@example.net\r\n\r\nbody"
	l.FromName = "A\nX-Evil: 1\x00\x1b"
	l.Headers = [][2]string{{"X-List", "a\r\nX-Evil: 1"}}
	l.InReplyTo = "a@b>\r\nX-Evil: 1"
	b, err := l.Bytes("lists.example.org")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Bcc", "X-Evil", "In-Reply-To"} {
		if v, there := m.Header[name]; there {
			t.Errorf("%s: %q came in", name, v)
		}
	}
	for _, bad := range []func(*Letter){
		func(l *Letter) { l.To = []string{"a@b.example>\r\nBcc: x@y.example"} },
		func(l *Letter) { l.To = []string{"a@b.example, x@y.example"} },
		func(l *Letter) { l.To = nil },
		func(l *Letter) { l.From = "x y@z.example" },
		func(l *Letter) { l.Headers = [][2]string{{"X Evil", "1"}} },
		func(l *Letter) { l.Key = "" },
	} {
		l := letter()
		bad(&l)
		if b, err := l.Bytes("lists.example.org"); err == nil {
			t.Errorf("written: %q", b)
		}
	}
}

func FuzzLetterHeader(f *testing.F) {
	f.Add("Subject", "Name", "a@b.example")
	f.Add("x\r\nBcc: y", "\"", "a>\r\n@b")
	f.Fuzz(func(t *testing.T, subject, name, id string) {
		l := letter()
		l.Subject, l.FromName, l.InReplyTo = subject, name, id
		b, err := l.Bytes("lists.example.org")
		if err != nil {
			return
		}
		head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		for _, line := range bytes.Split(head, []byte("\r\n")) {
			if bytes.ContainsAny(line, "\r\n\x00") || len(line) > 998 {
				t.Fatalf("bad header line %q", line)
			}
			name, _, _ := bytes.Cut(line, []byte(":"))
			if line[0] != ' ' && line[0] != '\t' && !strings.Contains("Date From To Subject Message-Id In-Reply-To References Auto-Submitted X-Auto-Response-Suppress X-Loop Mime-Version Content-Type Content-Transfer-Encoding", string(name)) {
				t.Fatalf("field %q came in", line)
			}
		}
	})
}
