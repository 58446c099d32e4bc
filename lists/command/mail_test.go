package command

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"plenary/smtp/message"
)

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Commands are read from every shape in which programs send text.
func TestCommandsInMail(t *testing.T) {
	const head = "From: a@example.org\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
	alternative := "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\njoin dc\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>leave dc</p>\r\n--b--\r\n"
	for _, c := range []struct{ name, mail, want string }{
		{"plain", head + "\r\njoin dc\r\nwho\r\n", "1 join dc\n2 who"},
		{"LF only", strings.ReplaceAll(head, "\r", "") + "\njoin dc\n", "1 join dc"},
		{"html only", head + "Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><style>p{}</style></head><body><div dir=\"ltr\">join dc</div><div><b>lists</b><br>who</div><blockquote>help</blockquote></body></html>\r\n", "1 join dc\n2 lists\n3 who"},
		{"html create", head + "Content-Type: text/html\r\n\r\n<div>create maps &ldquo;Data &amp; maps&rdquo;</div><div>purpose: Draw</div><div>join: open</div>", "1 create maps “Data & maps” | purpose=Draw | join=open"},
		{"html paragraphs", head + "Content-Type: text/html\r\n\r\n<p>create maps \"Map\"</p><p>purpose: Draw</p><p>leader: a@b.org</p>", "1 create maps \"Map\" | purpose=Draw | leader=a@b.org"},
		{"base64", head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte("progress maps Réunion à midi\n")) + "\r\n", `1 progress "maps Réunion à midi"`},
		{"quoted-printable", head + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nprogress maps R=E9union =\r\n=E0 midi\r\n", `1 progress "maps Réunion à midi"`},
		{"format=flowed", head + "Content-Type: text/plain; format=flowed\r\n\r\nnext maps Publish the outline of \r\nthe map by 2026-12-01\r\nwho\r\n> help\r\n-- \r\nhelp\r\n", "1 next maps Publish the outline of the map by 2026-12-01\n2 who"},
		{"iso-8859-1", head + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + encoded(t, charmap.ISO8859_1, "progress maps Müßig") + "\r\n", `1 progress "maps Müßig"`},
		{"koi8-r", head + "Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + encoded(t, charmap.KOI8R, "progress maps Мы встретились") + "\r\n", `1 progress "maps Мы встретились"`},
		{"gb2312", head + "Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + encoded(t, simplifiedchinese.GBK, "progress maps：我们见面了") + "\r\n", `1 progress "maps：我们见面了"`},
		{"alternatives", head + alternative, "1 join dc"},
		{"an attachment is not read", head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\njoin dc\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nleave dc\r\n--b--\r\n", "1 join dc"},
		{"encoded subject", "From: a@example.org\r\nSubject: =?utf-8?B?am9pbiBkYw==?=\r\n\r\n\r\n", "0 join dc"},
		{"gmail reply", head + "Content-Type: text/html\r\n\r\n<div dir=\"ltr\">lists</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Nov 23, 2026 at 10:00 AM Plenary &lt;<a href=\"mailto:dc-request@lists.example.org\">dc-request@lists.example.org</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\">help<br>join dc</blockquote></div>", "1 lists"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := message.Parse([]byte(c.mail))
			if err != nil {
				t.Fatal(err)
			}
			if got := told(Parse(m.Subject, m.Text(maxRead))); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s\ntext:\n%s", got, c.want, m.Text(maxRead))
			}
		})
	}
}

// Answers are read from every shape too.
func TestAnswersInMail(t *testing.T) {
	for _, c := range []struct {
		name, mail string
		want       Said
	}{
		{"gmail", "Content-Type: text/html\r\n\r\n<div dir=ltr>Yes</div><div class=gmail_quote>On Mon, Nov 23, 2026 at 10:00 AM Plenary &lt;x@y.org&gt; wrote:<br><blockquote>To say no, answer with the word no.</blockquote></div>", Yes},
		{"outlook", "\r\nNo\r\n\r\n________________________________\r\nFrom: dc\r\nSent: Monday\r\nTo: a\r\nSubject: x\r\n\r\nyes\r\n", No},
		{"nothing of one's own", "\r\nOn Mon, 23 Nov 2026 at 10:00, Data Coalition\r\n<dc-confirm+x@lists.example.org> wrote:\r\n> Please confirm\r\n", Empty},
		{"signature only", "\r\n-- \r\nNo Nonsense Ltd\r\n", Empty},
		{"phone", "\r\nok\r\n\r\nSent from my iPhone\r\n", Yes},
		{"below the quote", "\r\n> Please confirm\r\n\r\noui\r\n", Yes},
		{"koi8-r", "Content-Type: text/plain; charset=koi8-r\r\n\r\n" + encoded(t, charmap.KOI8R, "Да") + "\r\n", Yes},
		{"gb2312 in base64", "Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(encoded(t, simplifiedchinese.GBK, "取消"))) + "\r\n", No},
		{"prose", "\r\nWho are you, and why do you write to me?\r\n", Unclear},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := message.Parse([]byte("From: a@example.org\r\n" + c.mail))
			if err != nil {
				t.Fatal(err)
			}
			if got := Answer(message.OwnText(m.Text(maxRead)), false); got != c.want {
				t.Errorf("%d, want %d; own text:\n%s", got, c.want, message.OwnText(m.Text(maxRead)))
			}
		})
	}
}
