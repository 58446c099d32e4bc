package bounce

import (
	"fmt"
	"strings"
	"testing"
)

// plainReport is a mail from a mail server, without MIME.
func plainReport(subject, text string) string {
	return "From: MAILER-DAEMON@mx.example.net\nTo: dc-bounces+tok@lists.example.org\nSubject: " + subject +
		"\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text
}

// said is a mail of somebody's.
func said(from, subject, text string) string {
	return "From: " + from + "\nTo: dc-bounces+tok@lists.example.org\nSubject: " + subject +
		"\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text
}

// inWords shows what a report says as "address class status".
func inWords(raw string) string {
	r, _ := Read([]byte(raw))
	var all []string
	for _, f := range r.Failures {
		one := strings.TrimSpace(f.Recipient + " " + string(f.Class) + " " + f.Status)
		if f.Original != "" {
			one += " for " + f.Original
		}
		all = append(all, one)
	}
	return strings.Join(all, ", ")
}

func TestKindsOfReports(t *testing.T) {
	status := func(fields string) string { return fmt.Sprintf(dsn, fields) }
	for _, c := range []struct{ what, raw, want string }{
		{"Sendmail handed it on", status("Final-Recipient: RFC822; ann@example.net\nAction: relayed (to non-DSN-aware mailer)\nStatus: 2.1.5\n"), "ann@example.net delivered 2.1.5"},
		{"no action, but success", status("Final-Recipient: rfc822; ann@example.net\nStatus: 2.0.0\n"), "ann@example.net delivered 2.0.0"},
		{"failed, whatever its status", status("Final-Recipient: rfc822; ann@example.net\nAction: failed\nStatus: 2.0.0\nDiagnostic-Code: smtp; 550 user unknown\n"), "ann@example.net hard 2.0.0"},
		{"delayed, with a comment", status("Final-Recipient: rfc822; ann@example.net\nAction: delayed (still trying)\nStatus: 4.4.1\n"), "ann@example.net soft 4.4.1"},
		{"a version is no status", plainReport("Mail delivery failed", "Exim 4.92.3 at 64.4.7.1 could not deliver to:\n\n  ann@example.net\n    550 no such user\n"), "ann@example.net hard"},
		{"an address of the network is no status", plainReport("failure notice", "<ann@example.net>:\n64.5.1.1 does not like recipient (#5.1.1)\n"), "ann@example.net hard 5.1.1"},
		{"success in the words of a failure", plainReport("failure notice", "<ann@example.net>: 550 no such user, though 2.0.0 was said before\n"), "ann@example.net hard"},
		{"the status that says most", plainReport("failure notice", "<ann@example.net>: 5.0.0 550 5.2.2 mailbox full\n"), "ann@example.net soft 5.2.2"},
		{"host not found for now", plainReport("Undelivered", "<ann@example.net>: Name service error for domain example.net: Host not found, try again\n"), "ann@example.net soft"},
		{"through a gateway", plainReport("Undeliverable: x", "did not reach the following recipient(s):\n\nc=US;a= ;p=X;dda:SMTP=ann@example.net; on Fri, 4 Oct\n    The recipient name is not recognized\n"), "ann@example.net hard"},
		{"expanded", plainReport("Returned mail", "   ----- The following addresses had permanent fatal errors -----\nbob@inner.example\n    (expanded from: <ann@example.net>)\n    (reason: 550 user unknown)\n"), "bob@inner.example hard for ann@example.net"},
		{"generated, Exim", plainReport("Mail delivery failed", "A message that you sent could not be delivered. The following address(es) failed:\n\n  bob@inner.example\n    (ultimately generated from ann@example.net)\n    Unrouteable address\n"), "bob@inner.example hard for ann@example.net"},
		{"whose mail it was is no recipient", plainReport("Mail delivery failed", "A message sent by\n\n  <someone@lists.example.com>\n\ncould not be delivered. The following address failed:\n\n  ann@example.net\n    Unrouteable address\n"), "ann@example.net hard"},
		{"whom to ask is no recipient", plainReport("Delivery failure", "Your mail to ann@example.net was rejected: no such user.\nPlease contact helpdesk@example.net with questions.\n"), "ann@example.net hard"},
		{"the list is no recipient", plainReport("Mail Delivery Problem", "Your mail to the following recipients could not be delivered because they are not accepting mail from dc@lists.example.org:\n\tscreenname\n"), "screenname@mx.example.net soft"},
		{"names without a domain", plainReport("Message status - undeliverable", "The message that you sent was undeliverable to the following:\n\n\tann (no such user)\n\tbob (mailbox full)\n"), "ann@mx.example.net soft, bob@mx.example.net soft"},
		{"a transcript", plainReport("Returned mail: User unknown", "   ----- Transcript of session follows -----\n>>> DATA\n554 <ann@example.net>... Remote protocol error\n550 <bob@example.net>... User unknown\n"), "ann@example.net soft, bob@example.net hard"},
		{"its parts lost", plainReport("Returned mail", "The message was received.\n\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ann@example.net\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.net\nAction: delayed\nStatus: 4.2.2\n\n--x--\n"), "ann@example.net hard 5.1.1, bob@example.net soft 4.2.2"},
		{"quoted", plainReport("Fwd: Returned mail", "Look:\n\n> Reporting-MTA: dns; mx.example.net\n>\n> Final-Recipient: rfc822; ann@example.net\n> Action: failed\n> Status: 5.1.1\n"), "ann@example.net hard 5.1.1"},
		{"wrapped", "From: postmaster@example.net\nTo: x@lists.example.org\nSubject: Delivery Status Notification (Failure)\nContent-Type: multipart/mixed; boundary=w\n\n--w\nContent-Type: message/rfc822\n\n" + status("Final-Recipient: rfc822; ann@example.net\nAction: failed\nStatus: 5.1.1\n") + "\n--w--\n", "ann@example.net hard 5.1.1"},
		{"complaint of Hotmail", "From: staff@hotmail.example\nTo: x@lists.example.org\nSubject: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: ann@hotmail.example\nTo: dc@lists.example.org\n\nx\n--b--\n", "ann@hotmail.example feedback"},

		{"complaint whose boundary is lost", "From: abuse@example.net\nTo: x@lists.example.org\nSubject: FW: x\nContent-Type: multipart/report; report-type=feedback-report;\nboundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: opt-out\nRemoval-Recipient: ann@example.net\n\n--b--\n", "ann@example.net feedback"},
		{"German", plainReport("Unzustellbar: Karten", "Ihre Nachricht konnte nicht zugestellt werden:\n\n<ann@example.net>: Der Empfänger ist unbekannt.\n"), "ann@example.net hard"},
		{"German, full", said("System <system@example.net>", "Nachricht nicht zugestellt", "ann@example.net: Das Postfach ist voll.\n"), "ann@example.net soft"},
		{"French", said("service@example.net", "Échec de la remise", "Votre message n'a pas pu être remis à\nann@example.net\nL'adresse de messagerie n'existe pas.\n"), "ann@example.net hard"},
		{"French, full", plainReport("Message non distribué", "ann@example.net\nLa boîte aux lettres du destinataire est pleine.\n"), "ann@example.net soft"},
		{"Spanish", said("correo@example.net", "No se puede entregar: Mapas", "ann@example.net\nLa dirección de correo no existe.\n"), "ann@example.net hard"},
		{"Portuguese", said("correio@example.net", "Mensagem não entregue", "ann@example.net\nO usuário não existe.\n"), "ann@example.net hard"},
		{"Italian", said("posta@example.net", "Messaggio non recapitabile", "ann@example.net\nCasella piena, quota superata.\n"), "ann@example.net soft"},
		{"Dutch", said("post@example.net", "Onbestelbaar: kaarten", "ann@example.net\nHet adres bestaat niet.\n"), "ann@example.net hard"},
		{"Polish", plainReport("Nie można dostarczyć", "<ann@example.net>: Użytkownik nie istnieje\n"), "ann@example.net hard"},
		{"Russian", said("robot@example.net", "Недоставленное сообщение", "ann@example.net\nПользователь не найден.\n"), "ann@example.net hard"},
		{"Japanese", said("info@example.net", "配信不能通知", "ann@example.net\n宛先のアドレスは存在しません。\n"), "ann@example.net hard"},
		{"Japanese, full", said("no-reply@example.net", "メールエラー通知", "送信先のメールボックスが一杯のため、送信できませんでした。\n Could not be delivered to: <ann@example.net>\n"), "ann@example.net soft"},
		{"Chinese", said("sys@example.net", "系统退信", "ann@example.net\n收件人不存在，邮件无法投递。\n"), "ann@example.net hard"},
		{"Chinese, full", said("sys@example.net", "系统退信", "ann@example.net\n对方邮箱已满。\n"), "ann@example.net soft"},
		{"Korean", said("sys@example.net", "전송 실패 알림", "ann@example.net\n사용자가 존재하지 않습니다. 수신자 없음\n"), "ann@example.net hard"},

		{"absent, German", said("Ann <ann@example.net>", "Abwesenheitsnotiz: Karten", "Ich bin nicht da."), "ann@example.net autoreply"},
		{"absent, Polish", said("Ann <ann@example.net>", "[Automatyczna odpowiedź] Mapy", "x"), "ann@example.net autoreply"},
		{"absent, Swedish", said("Ann <ann@example.net>", "Autosvar: kartor", "x"), "ann@example.net autoreply"},
		{"absent, Chinese", said("Ann <ann@example.net>", "自动回复: 地图", "x"), "ann@example.net autoreply"},
		{"absent, Notes", said("Ann <ann@example.net>", "AUTO: Ann is out of the office (returning 09/18/2026)", "x"), "ann@example.net autoreply"},

		{"a person's answer to a report", "In-Reply-To: <x@y.example>\n" + said("Ann <ann@example.net>", "Re: Undelivered Mail Returned to Sender", "Hm?\n\n> <bob@example.net>: 550 5.1.1 no such user\n"), ""},
		{"a person writes of a report", said("Ann <ann@example.net>", "Strange mail", "I got this:\n\n> Subject: Undelivered Mail\n> Final-Recipient: rfc822; bob@example.net\n> Status: 5.1.1\n"), ""},
		{"a post", said("Ann <ann@example.net>", "Minutes", "bob@example.net wrote: the user is unknown to me; absent: carl@example.net"), ""},
		{"absent friends", said("Ann <ann@example.net>", "Maps of an absent mind", "x"), ""},
	} {
		if got := inWords(c.raw); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
