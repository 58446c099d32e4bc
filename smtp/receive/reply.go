package receive

import (
	"errors"
	"strings"

	gosmtp "github.com/emersion/go-smtp"

	"plenary/smtp"
)

// The replies that several places give. go-smtp writes the text of any other
// kind of error to the client, so whatever leaves this package is one of its
// SMTPErrors, made by refusal.
var (
	replyTooBig    = smtp.Reply{Code: 552, Enhanced: [3]int{5, 3, 4}, Text: "The message is larger than this server takes"}
	replyBare      = smtp.Reply{Code: 550, Enhanced: [3]int{5, 6, 11}, Text: "A line of the message ends in a bare CR or LF; every line must end in CR LF (RFC 5321 2.3.8)"}
	replyBusy      = smtp.Reply{Code: 452, Enhanced: [3]int{4, 3, 1}, Text: "Too much mail is coming in at once, try again in a minute"}
	replyLater     = smtp.Reply{Code: 451, Enhanced: [3]int{4, 3, 0}, Text: "The message can not be stored now, try again later"}
	replyStuck     = smtp.Reply{Code: 421, Enhanced: [3]int{4, 3, 0}, Text: "The message could not be stored in time, try again later"}
	replyLookup    = smtp.Reply{Code: 451, Enhanced: [3]int{4, 3, 0}, Text: "Addresses can not be looked up now, try again later"}
	replyCut       = smtp.Reply{Code: 451, Enhanced: [3]int{4, 4, 2}, Text: "The connection ended inside the message; nothing was accepted"}
	replySlow      = smtp.Reply{Code: 421, Enhanced: [3]int{4, 4, 2}, Text: "The message came too slowly; nothing was accepted"}
	replyNoMail    = smtp.Reply{Code: 503, Enhanced: [3]int{5, 5, 1}, Text: "MAIL and RCPT come first"}
	replyNested    = smtp.Reply{Code: 503, Enhanced: [3]int{5, 5, 1}, Text: "A message is under way already; RSET drops it"}
	replyNoAddress = smtp.Reply{Code: 550, Enhanced: [3]int{5, 1, 1}, Text: "There is no such address here"}
	replyNoRelay   = smtp.Reply{Code: 550, Enhanced: [3]int{5, 7, 1}, Text: "This server takes mail for its own domain only (relaying refused)"}
	replyListsOnly = smtp.Reply{Code: 550, Enhanced: [3]int{5, 7, 1}, Text: "This server takes mail to its own lists only; send other mail by your own mail provider"}
	replySignIn    = smtp.Reply{Code: 530, Enhanced: [3]int{5, 7, 0}, Text: "Sign in first: your address and an app password, which the mail command \"password\" gives you"}
	replyNeedUTF8  = smtp.Reply{Code: 553, Enhanced: [3]int{5, 6, 7}, Text: "An address beyond ASCII needs SMTPUTF8 on the MAIL command (RFC 6531)"}
	replyBadSender = smtp.Reply{Code: 553, Enhanced: [3]int{5, 1, 7}, Text: "The sender's address is malformed"}
)

// queued is the reply that carries the queue id: to go-smtp an error, to the
// client a 250.
func queued(id string) *gosmtp.SMTPError {
	return &gosmtp.SMTPError{Code: 250, EnhancedCode: gosmtp.EnhancedCode{2, 0, 0}, Message: "Queued as " + printable(id, false)}
}

// refusal is r as go-smtp wants it. A reply that refuses nothing is a fault
// of ours and becomes a 451: better twice than lost.
func refusal(r smtp.Reply, utf8 bool) *gosmtp.SMTPError {
	if r.Code < 400 || r.Code > 599 {
		r = replyLater
	}
	return &gosmtp.SMTPError{Code: r.Code, EnhancedCode: gosmtp.EnhancedCode(r.Enhanced), Message: printable(r.Text, utf8)}
}

// asReply finds the reply that err carries; what carries none becomes other.
func asReply(err error, other smtp.Reply) smtp.Reply {
	var r *smtp.Reply
	if errors.As(err, &r) && r != nil {
		return *r
	}
	other.Cause = err
	return other
}

// printable is s as it may stand in a reply line: no controls, one line, and
// beyond ASCII only for a client that asked for SMTPUTF8.
func printable(s string, utf8 bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029:
			return ' '
		case r >= 0x80 && (!utf8 || r == 0xfffd):
			return '?'
		}
		return r
	}, s)
}
