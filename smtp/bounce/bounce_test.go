package bounce

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const dsn = `From: MAILER-DAEMON@mx.example.net
To: dc-bounces+tok@lists.example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry.

<ann@forward.example>: host mx said: 550 5.1.1 no such user
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

%s
--b
Content-Type: text/rfc822-headers

Message-ID: <post1@example.org>
To: dc@lists.example.org
--b--
`

func TestRead(t *testing.T) {
	tests := []struct {
		what, raw string
		want      []Failure
	}{
		{"unknown user, forwarded", fmt.Sprintf(dsn, "Original-Recipient: rfc822;ann@example.net\nFinal-Recipient: rfc822; ann@forward.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ann@forward.example>: no\n such user\n"),
			[]Failure{{"ann@forward.example", "ann@example.net", Hard, "5.1.1", "550 5.1.1 <ann@forward.example>: no such user"}}},
		{"mailbox full", fmt.Sprintf(dsn, "Final-Recipient: rfc822; <ann@example.net>\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 mailbox full\n"),
			[]Failure{{"ann@example.net", "", Soft, "5.2.2", "552 mailbox full"}}},
		{"delayed", fmt.Sprintf(dsn, "Final-Recipient: rfc822; ann@example.net\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; no such user\n"),
			[]Failure{{"ann@example.net", "", Soft, "4.4.1", "no such user"}}},
		{"delivered", fmt.Sprintf(dsn, "Final-Recipient: rfc822; ann@example.net\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 ok\n"),
			[]Failure{{"ann@example.net", "", Delivered, "2.0.0", "250 ok"}}},
		{"two recipients", fmt.Sprintf(dsn, "Final-Recipient: rfc822; ann@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; unknown user\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 looks like spam\n"),
			[]Failure{{"ann@example.net", "", Hard, "5.1.1", "unknown user"}, {"bob@example.net", "", Soft, "5.7.1", "550 5.7.1 looks like spam"}}},
		{"two without a line between", fmt.Sprintf(dsn, "Final-Recipient: rfc822; ann@example.net\nStatus: 5.1.1\nDiagnostic-Code: x; a\nFinal-Recipient: rfc822; bob@example.net\nStatus: 4.2.2\nDiagnostic-Code: x; b\n"),
			[]Failure{{"ann@example.net", "", Hard, "5.1.1", "a"}, {"bob@example.net", "", Soft, "4.2.2", "b"}}},
		{"qmail", "From: MAILER-DAEMON@mx.example.net\nTo: x@lists.example.org\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message.\n\n<ann@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <x@lists.example.org>\nTo: carl@example.net\n\nhello",
			[]Failure{{"ann@example.net", "", Hard, "5.1.1", "<ann@example.net>: Sorry, no mailbox here by that name. (#5.1.1)"}}},
		{"exim", "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nTo: x@lists.example.org\nX-Failed-Recipients: ann@example.net, bob@example.net\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed\n\nThe following addresses failed:\n\n  ann@example.net\n    mailbox is full\n  bob@example.net\n    Unrouteable address\n",
			[]Failure{{"ann@example.net", "", Soft, "", "ann@example.net mailbox is full"}, {"bob@example.net", "", Hard, "", "bob@example.net Unrouteable address"}}},
		{"complaint", "From: fbl@example.net\nTo: x@lists.example.org\nSubject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <ann@example.net>\n--b\nContent-Type: message/rfc822\n\nTo: dc@lists.example.org\n\nx\n--b--\n",
			[]Failure{{"ann@example.net", "", Feedback, "", "abuse"}}},
		{"absence", "From: Ann <ann@example.net>\nTo: x@lists.example.org\nSubject: Away\nAuto-Submitted: auto-replied\n\nback on Monday",
			[]Failure{{"ann@example.net", "", AutoReply, "", "Away"}}},
		{"absence by its subject", "From: Ann <ann@example.net>\nTo: x@lists.example.org\nSubject: Automatic reply: Maps\n\nback on Monday",
			[]Failure{{"ann@example.net", "", AutoReply, "", "Automatic reply: Maps"}}},
		{"a person's mail", "From: Ann <ann@example.net>\nTo: x@lists.example.org\nSubject: hello\n\nbob@example.net is a user", nil},
		{"nothing", "", nil},
		{"past the caps", strings.Repeat("A: b\n", 2000), nil},
	}
	for _, tt := range tests {
		got, ok := Read([]byte(tt.raw))
		if ok != (tt.want != nil) || !reflect.DeepEqual(got.Failures, tt.want) {
			t.Errorf("%s: %v\n%+v\nwant\n%+v", tt.what, ok, got.Failures, tt.want)
		}
	}
	if got, _ := Read([]byte(fmt.Sprintf(dsn, "Final-Recipient: rfc822; ann@example.net\n"))); got.MessageID != "post1@example.org" {
		t.Errorf("the report is about %q", got.MessageID)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(dsn, "Final-Recipient: rfc822; a@b.c\nStatus: 5.1.1\n\nx\n\nFinal-Recipient: a@b\n")))
	f.Add([]byte("From: mailer-daemon\nX-Failed-Recipients: a@b, c@d\n\na@b:\n x\n"))
	f.Add([]byte("Subject: failure notice\n\n<a@b.c>:\n550 5.1.1 no such user\n--- copy of\n"))
	f.Add([]byte("From: a@b\nSubject: out of office\n\n"))
	f.Add([]byte(plainReport("Returned mail", "to the following:\n\n\tann (x)\n\n<a@b.c>\n (expanded from: <d@e.f>)\n> Final-Recipient: rfc822; SMTP=a@b.c\n> Action: relayed (x)\n> Status: 4.92.3 5.1.1\n")))
	f.Add([]byte("From: postmaster@b\nSubject: complaint about message from 1\nContent-Type: multipart/mixed; boundary=w\n\n--w\nContent-Type: message/rfc822\n\nFrom: postmaster@c\nContent-Type: multipart/report; boundary=v\n\n--v\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.c\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, ok := Read(raw)
		if ok != (len(r.Failures) > 0) || len(r.Failures) > maxFailures {
			t.Fatalf("%v with %d failures", ok, len(r.Failures))
		}
		for _, f := range r.Failures {
			if f.Recipient == "" || f.Class == "" || strings.ContainsAny(f.Recipient+f.Reason+f.Status+f.Original, "\r\n\x00") || len(f.Reason) > maxReason+10 {
				t.Fatalf("%+v", f)
			}
		}
	})
}
