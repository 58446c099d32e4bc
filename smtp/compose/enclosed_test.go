package compose

import (
	"testing"

	"plenary/lists"
)

func TestEnclosed(t *testing.T) {
	c := &Composer{Site: lists.Site{Domain: "lists.example.org"}}
	l := lists.List{ID: "dc", Family: "dc", Name: "dc"}
	raw := "Authentication-Results: us; x\r\nReceived: from a\r\n\tby b\r\nReturn-Path: <x@x>\r\nDKIM-Signature: v=1;\r\n b=x\r\nReply-To: <me@x>\r\nSubject: =?utf-8?q?=C3=A9?=\r\n\r\n--b\r\n.dots and \xff\r\n"
	want := "DKIM-Signature: v=1;\r\n b=x\r\nReply-To: <me@x>\r\nSubject: =?utf-8?q?=C3=A9?=\r\n\r\n--b\r\n.dots and \xff\r\n"
	if got := string(c.Enclosed(l, []byte(raw))); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	l.Reply = lists.ReplyList
	want = "Reply-To: <dc@lists.example.org>\r\nSubject: x\r\n\r\nout of\r\na file\r\n"
	if got := string(c.Enclosed(l, []byte("Subject: x\nReply-To: <me@x>\n\nout of\na file\n"))); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}
