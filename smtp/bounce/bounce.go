// Package bounce tells what a delivery report says: for which addresses mail
// failed, and how badly; and keeps score of an address that fails.
//
// It reads complaints (RFC 5965) first, then reports (RFC 3464), whole or
// damaged, then the plain words of well-known mail servers in the languages
// they use, then automatic answers. Nothing a report says is proven: who may
// be believed (the token in the envelope sender, the address asked) is for the
// caller.
package bounce

import (
	"slices"
	"strings"

	"plenary/smtp/message"
)

// Class is how bad a failure is.
type Class string

// The classes.
const (
	Hard      Class = "hard"      // there is no such mailbox, and will be none
	Soft      Class = "soft"      // it may pass: full, busy, blocked, refused for its content
	Delivered Class = "delivered" // a report of success
	Feedback  Class = "feedback"  // the reader called the mail unwanted
	AutoReply Class = "autoreply" // a program answered for the reader; nothing failed
)

// Failure is what a report says of one recipient.
type Failure struct {
	Recipient string // as the reporter names it; it may have been forwarded to there
	Original  string // the address that we wrote to, where the report tells, else ""
	Class     Class
	Status    string // enhanced status code (RFC 3463), "" unknown
	Reason    string // the reporter's words in one line
}

// Report is what one mail reports.
type Report struct {
	Failures  []Failure
	MessageID string // of the mail that failed, where its header came along
}

// Limits on what is read of a report.
const (
	maxFailures = 500
	maxText     = 64 << 10 // of its words, and of its fields in all
	maxNotice   = 16 << 10 // of its words alone, without the mail given back
	maxReason   = 300      // of those words that are handed on
)

// Read tells what a mail reports; false: it is no report of any kind.
func Read(raw []byte) (Report, bool) {
	m, err := message.Parse(raw)
	if err != nil {
		return Report{}, false
	}
	n := readNotice(m)
	report := Report{MessageID: n.messageID()}
	for _, read := range []func(*message.Message, notice) []Failure{readComplaint, readStatus, readWrapped, readFlat, readPlain, readAutoReply} {
		if report.Failures = read(m, n); len(report.Failures) > 0 {
			return report, true
		}
	}
	return Report{}, false
}

// add puts a failure to the others, once an address, maxFailures at most.
func add(all []Failure, f Failure) []Failure {
	if f.Recipient == "" || known(all, f.Recipient) {
		return all
	}
	f.Reason = oneLine(f.Reason)
	return append(all, f)
}

// known tells whether nothing more is to be found out about a recipient. It is
// asked before that is tried: who is named a thousand times is looked up once.
func known(all []Failure, recipient string) bool {
	return len(all) == maxFailures || slices.ContainsFunc(all, func(f Failure) bool { return strings.EqualFold(f.Recipient, recipient) })
}

// oneLine makes words fit for a log line or a letter.
func oneLine(s string) string {
	s = s[:min(len(s), 8*maxReason)]
	s = message.DecodeWords(strings.Join(strings.Fields(s), " "))
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "") + "…"
	}
	return s
}
