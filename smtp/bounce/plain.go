package bounce

import (
	"regexp"
	"strings"

	"plenary/smtp/message"
)

var (
	reporter = regexp.MustCompile(`(?i)mailer-?daemon|postmaster|mail[ _-]?delivery|mail administrator|mail system|delivery.?(?:subsystem|service)|^(?:double)?-?bounces?@`)
	failing  = regexp.MustCompile(`(?i)undeliver|deliver(?:y|ed|ing)?\b.*(?:fail|error|problem|status|report|notif|impossible|unable)|(?:fail|error|unable).*deliver|` +
		`failure notice|returned (?:mail|to sender)|mail fail|delivery failure|non.?deliver|not delivered|nondeliverable|warning: (?:could not send|message)|mail system error|` +
		`can't be delivered|could not be delivered|unzustellbar|mail could not|not? (?:a )?member|delivery notification|message status|user unknown`)
	// A line that begins with an address: "<ann@example.net>: …", "ann@example.net Invalid Address".
	entryLine = regexp.MustCompile(`^[ \t>*-]*(?:\d+\.[ \t]*)?["'(\[]?<?(` + addrWord.String() + `)>?["')\]]?(?:[:;,. \t(]|$)`)
	// A line whose words say that an address in it is the one that failed.
	sayingLine = regexp.MustCompile(`(?i)deliver|recipient|address|failed|failure|mail to|message to|sent to|user|mailbox|account|unknown|rejected|rcpt to|does not exist|refus|group`)
	ourLine    = regexp.MustCompile(`(?i)^\s*(?:from|sender|reporting|message-id|date|subject|>>> mail from|mail from)\b`)
)

// readPlain reads reports that no standard shapes.
func readPlain(m *message.Message, n notice) []Failure {
	failed, listed := message.Get(m.Fields, "X-Failed-Recipients")
	if !listed && !looksReport(m) {
		return nil
	}
	if !listed {
		return n.failuresInWords(m)
	}
	var all []Failure
	for _, addr := range addrWord.FindAllString(failed.Value(), maxFailures) {
		all = add(all, n.failureOf(addr))
	}
	return all
}

// looksReport tells whether a mail server wrote the mail to say that another
// failed.
func looksReport(m *message.Message) bool {
	from := ""
	if len(m.From) > 0 {
		from = m.From[0].Name + " " + m.From[0].Addr
	}
	f, _ := message.Get(m.Fields, "From")
	return reporter.MatchString(from) || reporter.MatchString(f.Unfolded()) || failing.MatchString(m.Subject)
}

// failuresInWords finds the recipients that a plain report names: those that
// begin a line, else those in a line that speaks of failure, else any, else
// to whom the mail given back was written.
func (n notice) failuresInWords(m *message.Message) []Failure {
	ours := ourAddresses(m)
	var entries, said, any []string
	for _, line := range strings.Split(n.text, "\n") {
		if ourLine.MatchString(line) {
			continue
		}
		if found := entryLine.FindStringSubmatch(line); found != nil && !ours[strings.ToLower(found[1])] {
			entries = append(entries, found[1])
		}
		for _, addr := range addrWord.FindAllString(line, 10) {
			switch {
			case ours[strings.ToLower(addr)] || reporter.MatchString(addr):
			case sayingLine.MatchString(line):
				said = append(said, addr)
			default:
				any = append(any, addr)
			}
		}
	}
	for _, found := range [][]string{entries, said, any, n.returnedTo()} {
		var all []Failure
		for _, addr := range found[:min(len(found), maxFailures)] {
			f := n.failureOf(addr)
			if f.Status == "" && len(found) == 1 {
				f.Status = statusCode.FindString(n.text)
				f.Class = classify(f.Status, n.signsOn(addr), n.signs)
			}
			all = add(all, f)
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// failureOf is what the notice's words say of one address.
func (n notice) failureOf(addr string) Failure {
	words := n.wordsOn(addr)
	status := statusCode.FindString(words)
	return Failure{Recipient: strings.Trim(addr, ".'"), Class: classify(status, n.signsOn(addr), n.signs), Status: status, Reason: words}
}

// ourAddresses are those that the report is from and to: never the one that
// failed.
func ourAddresses(m *message.Message) map[string]bool {
	ours := map[string]bool{}
	for _, name := range []string{"To", "From", "Delivered-To", "Envelope-To", "Reply-To"} {
		for _, b := range m.Addresses(name) {
			ours[strings.ToLower(b.Addr)] = true
		}
	}
	return ours
}

var (
	autoSubject = regexp.MustCompile(`(?i)^(?:out of (?:the )?office|auto(?:matic|matische|mated)?[- ]?(?:reply|response|responder|antwort|re)\b|automatische antwort|automatic reply|abwesen|` +
		`r(?:é|e)ponse automatique|absence|respuesta automática|resposta automática|risposta automatica|автоответ|自动回复|自動返信|vacation|away\b)`)
	autoFields = []string{"X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply-From", "X-AutoReply-From", "X-Mail-Autoreply"}
)

// readAutoReply knows answers of absent readers (RFC 3834).
func readAutoReply(m *message.Message, _ notice) []Failure {
	auto := strings.HasPrefix(m.AutoSubmitted, "auto-replied") || m.Precedence == "auto_reply" || autoSubject.MatchString(m.Subject)
	for _, name := range autoFields {
		auto = auto || m.Has(name)
	}
	if !auto || len(m.From) != 1 || m.From[0].Addr == "" {
		return nil
	}
	return add(nil, Failure{Recipient: m.From[0].Addr, Class: AutoReply, Reason: m.Subject})
}
