package message

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	tests := []struct{ what, raw, want string }{
		{"plain", "Subject: x\n\nHello,\n\nthere  \n\n\n", "Hello,\n\nthere"},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\ncaf=C3=A9 and a soft=\n break =3D =XX\n", "café and a soft break = =XX"},
		{"base64", "Content-Transfer-Encoding: BASE64\nContent-Type: text/plain; charset=utf-8\n\nam9p\nbiBtYX!Bz\n", "join maps"},
		{"base64, two texts joined", "Content-Transfer-Encoding: base64\n\nb25lCg==dHdv\n", "one\ntwo"},
		{"latin1", "Content-Type: text/plain; charset=ISO-8859-1\n\ncaf\xe9", "café"},
		{"no charset", "Subject: x\n\ncaf\xe9", "café"},
		{"says latin1, is UTF-8", "Content-Type: text/plain; charset=iso-8859-1\n\ncafé", "café"},
		{"says utf-8, is latin1", "Content-Type: text/plain; charset=utf-8\n\ncaf\xe9", "café"},
		{"unknown charset", "Content-Type: text/plain; charset=x-none\n\ncaf\xe9", "café"},
		{"koi8-r", "Content-Type: text/plain; charset=\"koi8-r\"\n\n\xd0\xd2\xc9\xd7\xc5\xd4", "привет"},
		{"shift_jis", "Content-Type: text/plain; charset=shift_jis\n\n\x93\xfa\x96\x7b", "日本"},
		{"iso-2022-jp, unlabelled", "Subject: x\n\n\x1b$BF|K\\\x1b(B", "日本"},
		{"gb2312", "Content-Type: text/plain; charset=gb2312\n\n\xd6\xd0\xce\xc4", "中文"},
		{"utf-16", "Content-Type: text/plain; charset=utf-16le\n\nj\x00o\x00", "jo"},
		{"utf-7 stays as it is", "Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-", "+ADw-script+AD4-"},
		{"control characters", "Subject: x\n\na\x00b\x1b[31mc\ufeffd", "ab[31mcd"},
		{"flowed", "Content-Type: text/plain; format=flowed\n\nThis goes \non and \non.\nNew.\n  stuffed\n> quoted \n> on\n>> deeper \n> back\n-- \nsig \n", "This goes on and on.\nNew.\n stuffed\n> quoted on\n>> deeper \n> back\n-- \nsig"},
		{"flowed, DelSp", "Content-Type: text/plain; format=flowed; delsp=yes\n\nwo \nrd\n", "word"},
		{"alternative", "Content-Type: multipart/alternative; boundary=b\n\npreamble\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>html\n--b--\nepilogue", "plain"},
		{"alternative, HTML first", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>html\n--b\nContent-Type: text/plain\n\nplain\n--b--\n", "plain"},
		{"alternative, empty plain", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>html\n--b--\n", "html"},
		{"mixed in related in signed", "Content-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: multipart/mixed; boundary=\"m m\"\n\n--m m\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<b>html</b>\n--r\nContent-Type: image/png\n\nx\n--r--\n--m m\nContent-Type: text/plain\n\nfooter\n--m m--\n--s\nContent-Type: application/pgp-signature\n\nx\n--s--\n", "html"},
		{"attachments are skipped", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nattached\n--b\n\nown\n--b--\n", "own"},
		{"attached mails are skipped", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\ninner\n--b\n\nown\n--b--\n", "own"},
		{"encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nVersion: 1\n--b--\n", ""},
		{"only a picture", "Content-Type: image/png\n\nx", ""},
		{"boundary never ended", "Content-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/html\n\n<b>x", "x"},
		{"boundary never seen", "Content-Type: multipart/mixed; boundary=q\n\nwords", "words"},
		{"boundary missing", "Content-Type: multipart/mixed\n\n--q\n\nwords", "--q\n\nwords"},
		{"similar boundaries", "Content-Type: multipart/mixed; boundary=q\n\n--qq\nno\n--q \nContent-Type: text/plain\n\n--qq\nyes\n--q--\n", "--qq\nyes"},
		{"an outer boundary ends inner parts", "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: image/png\n\nx\n--o\n\nouter\n--o--\n", "outer"},
		{"bad content type", "Content-Type: text\n\nwords", "words"},
		{"HTML without a type", "Subject: x\n\n<!DOCTYPE html><html><body>words</body></html>", "words"},
		{"plain that begins with a tag", "Content-Type: text/plain\n\n<html> is a tag", "<html> is a tag"},
		{"CRLF and lone CR", "Subject: x\r\n\r\na\r\nb\rc", "a\nb\nc"},
	}
	for _, tt := range tests {
		if got := parse(t, []byte(tt.raw)).Text(1000); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
}

func TestHTMLText(t *testing.T) {
	tests := []struct{ what, html, want string }{
		{"paragraphs", "<p>One\n two</p><p>Three</p>", "One two\n\nThree"},
		{"boxes and breaks", "<div>yes</div><div><br></div><div>more<br>and<br><br>more</div>", "yes\n\nmore\nand\n\nmore"},
		{"entities", "a &amp; b&nbsp;&lt;c&gt; &eacute;&#8364;", "a & b <c> é€"},
		{"script and style", "<style>p{}</style>a<script>alert('<p>')</script>b<title>t</title>", "ab"},
		{"script never ended", "a<script>b", "a"},
		{"hidden", "a<div style='display: none'>x<div>y</div>z</div>b", "a\nb"},
		{"comment", "a<!-- x <p> -->b", "ab"},
		{"link", `<a href="https://example.org/x">the map</a>.`, "the map (https://example.org/x)."},
		{"link that says itself", `<a href="https://example.org/">https://example.org</a> <a href="http://example.net">example.net</a>`, "https://example.org example.net"},
		{"link to mail or script", `<a href="mailto:a@b.c">write</a> <a href="javascript:alert(1)">x</a>`, "write x"},
		{"list", "<ul><li>one</li><li>two</li></ul>", "- one\n- two"},
		{"numbered list", "<ol><li>one<ul><li>a</li></ul></li><li>two</li></ol><ol start=4><li>four</li></ol></ol>", "1. one\n\n- a\n\n2. two\n\n4. four"},
		{"indented", `a<blockquote style="margin:0 0 0 40px;border:none;padding:0px">b</blockquote>c<blockquote>d</blockquote>e`, "a\n\nb\n\nc\n\n> d\n\ne"},
		{"signature", `a<div class="gmail_signature"><div></div><div>Ann</div></div>`, "a\n-- \nAnn"},
		{"empty signature", `a<div id="Signature"><div></div></div><div>b</div>`, "a\nb"},
		{"copied mail", `a<hr><div id="divRplyFwdMsg"><b>Feladó:</b> Ann</div><div>b</div>`, "a\n\n-----Original Message-----\nFeladó: Ann\nb"},
		{"table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"quote", "yes<blockquote>a<br>b<blockquote>c</blockquote></blockquote>no", "yes\n\n> a\n> b\n\n>> c\n\nno"},
		{"pre", "<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd"},
		{"ends without beginnings", "</blockquote></pre></div>a", "a"},
		{"control characters", "a&#0;b&#x1b;c\rd", "a\ufffdbc d"},
	}
	for _, tt := range tests {
		if got := strings.TrimSpace(htmlText(tt.html, 1000)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	gmail := `<div dir="ltr">Yes, please.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Nov 23, 2026 at 10:00 AM Plenary &lt;<a href="mailto:x@y.example">x@y.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote">Do you?</blockquote></div>`
	if got := OwnText(htmlText(gmail, 1000)); got != "Yes, please." {
		t.Errorf("Gmail: %q", got)
	}
	outlook := `<div>Yes</div><hr tabindex="-1"><div id="divRplyFwdMsg"><font><b>From:</b> Plenary<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> Join?</font><div>&nbsp;</div></div><div>Do you?</div>`
	if got := OwnText(htmlText(outlook, 1000)); got != "Yes" {
		t.Errorf("Outlook: %q", got)
	}
}

func TestTextIsBounded(t *testing.T) {
	raw := []byte("Content-Type: text/plain; charset=utf-8\n\n" + strings.Repeat("é", 1000))
	m := parse(t, raw)
	for _, n := range []int{0, 1, 2, 3, 99, 5000} {
		if got := m.Text(n); len(got) > n || strings.Trim(got, "é") != "" {
			t.Errorf("Text(%d) has %d octets", n, len(got))
		}
	}
	deep := parse(t, []byte("Content-Type: text/html\n\n"+strings.Repeat("<blockquote><div>", 20000)+"x"))
	if got := deep.Text(1000); got != ">>>>>>>>>> x" {
		t.Errorf("deep HTML: %.40q", got)
	}
	if got := parse(t, []byte("Content-Type: text/html\n\n"+strings.Repeat("<b>", 300000)+"x")).Text(10); got != "x" {
		t.Errorf("many tags: %q", got)
	}
}

func TestParams(t *testing.T) {
	tests := []struct{ in, kind, name, want string }{
		{"text/plain; charset=utf-8", "text/plain", "charset", "utf-8"},
		{`TEXT/Plain;charset="utf-8";;`, "text/plain", "charset", "utf-8"},
		{`text/plain (rich) ; x=y; charset=us-ascii (plain)`, "text/plain", "charset", "us-ascii"},
		{`multipart/mixed; boundary="a;b\"c"; boundary=second`, "multipart/mixed", "boundary", `a;b"c`},
		{`a/b; name*=utf-8'en'caf%C3%A9`, "a/b", "name", "café"},
		{`a/b; boundary*0="one"; boundary*1=two`, "a/b", "boundary", "onetwo"},
		{`a/b; name*1*=b%20c; name*0*=utf-8''a%20`, "a/b", "name", "a b c"},
		{`a/b; charset`, "a/b", "charset", ""},
		{``, "", "charset", ""},
	}
	for _, tt := range tests {
		kind, params := parseParams(tt.in)
		if kind != tt.kind || params[tt.name] != tt.want {
			t.Errorf("%q: %q, %q", tt.in, kind, params)
		}
	}
}
