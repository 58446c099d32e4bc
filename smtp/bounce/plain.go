package bounce

import (
	"regexp"
	"strings"

	"plenary/smtp/message"
)

var (
	reporter = regexp.MustCompile(`(?i)mailer-?daemon|post_?master|mail[ _-]?delivery|mail administrator|mail system|delivery.?(?:subsystem|service)|^(?:double)?-?bounces?@`)
	failing  = regexp.MustCompile(`(?i)undeliver|deliver(?:y|ed|ing)?\b.*(?:fail|error|problem|status|report|notif|impossible|unable)|(?:fail|error|unable).*deliver|` +
		`failure notice|returned (?:mail|to sender)|mail fail|delivery failure|non.?deliver|not delivered|nondeliverable|warning: (?:could not send|message)|mail system error|` +
		`can't be delivered|could not be delivered|unzustellbar|mail could not|not? (?:a )?member|delivery notification|message status|user unknown`)
	// A line that begins with an address: "<ann@example.net>: …", "ann@example.net Invalid Address".
	entryLine = regexp.MustCompile(`^[ \t>*-]*(?:\d+\.[ \t]*|[45]\d\d[ -])?["'(\[]?<?(` + addrWord.String() + `)>?["')\]]?(?:[:;,. \t(]|$)`)
	// A line whose words say that an address in it is the one that failed.
	sayingLine = regexp.MustCompile(`(?i)deliver|recipient|address|failed|failure|mail to|message to|sent to|user|mailbox|account|unknown|rejected|rcpt to|does not exist|refus|group`)
	// A line that names whom to ask, not who failed.
	helpLine = regexp.MustCompile(`(?i)contact|assistance|questions?\b|for help|support team|unsubscribe|mailto:`)
	// What stands before the address of the mail's sender, on its line or the one above.
	senderNext = regexp.MustCompile(`(?i)\b(?:from|by|sender)[:\s]*[<"']?$`)
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
		if !known(all, bare(addr)) {
			all = add(all, n.failureOf(addr))
		}
	}
	return all
}

// answering begins the subject of a person's reply, to a report too.
var answering = regexp.MustCompile(`(?i)^(?:re|aw|antw|sv|vs|odp|rif|ynt|回复|答复|返信)(?:\[\d+\])? ?[:：]`)

// looksReport tells whether a mail server wrote the mail to say that another
// failed.
func looksReport(m *message.Message) bool {
	from := ""
	if len(m.From) > 0 {
		from = m.From[0].Name + " " + m.From[0].Addr
	}
	f, _ := message.Get(m.Fields, "From")
	if reporter.MatchString(from) || reporter.MatchString(f.Unfolded()) {
		return true
	}
	if answering.MatchString(m.Subject) && len(m.InReplyTo)+len(m.References) > 0 {
		return false
	}
	return failing.MatchString(m.Subject) || foreignFailing.MatchString(m.Subject)
}

// failuresInWords finds the recipients that a plain report names: those that
// begin a line, else those in a line that speaks of failure, else any, else
// those named without their domain, else to whom the mail given back was
// written.
func (n notice) failuresInWords(m *message.Message) []Failure {
	for _, found := range append(n.named(m), n.localNames(m), n.returnedTo()) {
		var all []Failure
		for _, addr := range found {
			if known(all, bare(addr)) {
				continue
			}
			f := n.failureOf(addr)
			if f.Status == "" && len(found) == 1 {
				f.Status = n.all.status
				f.Class = classify(f.Status, n.on(addr).signs, n.all.signs)
			}
			all = add(all, f)
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// named are the addresses in the words, the likeliest to have failed first.
func (n notice) named(m *message.Message) [][]string {
	ours := ourAddresses(m)
	var entries, said, any []string
	above := "" // the last line that was not empty
	for _, line := range strings.Split(n.all.text, "\n") {
		if ourLine.MatchString(line) {
			above = line
			continue
		}
		found := entryLine.FindStringSubmatch(line)
		if found != nil && !ours[strings.ToLower(found[1])] && !senderNext.MatchString(strings.TrimRight(above, " \t\r")) {
			entries = append(entries, found[1])
		}
		for _, at := range addrWord.FindAllStringIndex(line, 10) {
			addr := line[at[0]:at[1]]
			switch {
			case ours[strings.ToLower(addr)] || reporter.MatchString(addr) || senderNext.MatchString(line[:at[0]]) && !aliased.MatchString(line[:at[0]]) || helpLine.MatchString(line):
			case sayingLine.MatchString(line):
				said = append(said, addr)
			default:
				any = append(any, addr)
			}
		}
		if strings.TrimSpace(line) != "" {
			above = line
		}
	}
	return [][]string{entries, said, any}
}

var (
	// A line before names: "could not be delivered to the following:".
	listStart = regexp.MustCompile(`(?i)(?:recipient|address|deliver|following|user).*:\s*$`)
	// A name alone, its reason in brackets or quotes perhaps behind it.
	localName = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._+-]*)(?:\s*$|\s+[("])`)
)

// localNames are the recipients whom a report names without their domain,
// which is then its own.
func (n notice) localNames(m *message.Message) (found []string) {
	if len(m.From) != 1 || m.From[0].Addr == "" {
		return nil
	}
	domain := m.From[0].Addr[strings.LastIndexByte(m.From[0].Addr, '@')+1:]
	listing := false
	for _, line := range strings.Split(n.all.text, "\n") {
		name := localName.FindStringSubmatch(line)
		switch {
		case listStart.MatchString(line):
			listing = true
		case listing && name != nil:
			found = append(found, name[1]+"@"+domain)
		case strings.TrimSpace(line) != "":
			listing = false
		}
	}
	return found
}

// failureOf is what the notice's words say of one address.
func (n notice) failureOf(addr string) Failure {
	its, besides := n.on(addr), n.all
	if len(n.entries) > 1 && its != n.all && its.tell() {
		besides = its // the rest is about the others
	}
	return Failure{Recipient: bare(addr), Original: its.writtenTo(addr), Class: classify(its.status, its.signs, besides.signs), Status: its.status, Reason: its.text}
}

// ourAddresses are those that the report is from and to: never the one that
// failed.
func ourAddresses(m *message.Message) map[string]bool {
	ours := map[string]bool{}
	for _, name := range []string{"To", "From", "Delivered-To", "Envelope-To", "Reply-To"} {
		for _, b := range m.Addresses(name) {
			ours[strings.ToLower(b.Addr)] = true
			local, domain, _ := strings.Cut(strings.ToLower(b.Addr), "@")
			if list, isRole := cutRole(local); isRole { // the list itself, to whose envelope sender the report came
				ours[list+"@"+domain] = true
			}
		}
	}
	return ours
}

// cutRole cuts the role and the token off a list's address for reports.
func cutRole(local string) (list string, ok bool) {
	local, _, _ = strings.Cut(local, "+")
	for _, role := range []string{"-bounces", "-bounce", "-admin", "-owner", "-errors"} {
		if list, ok := strings.CutSuffix(local, role); ok && list != "" {
			return list, true
		}
	}
	return "", false
}

var autoSubject = regexp.MustCompile(`(?i)^(?:out of (?:the )?office|auto(?:matic|matische|mated)?[- ]?(?:reply|response|responder|antwort|re)\b|automatic reply|auto: |vacation|away\b|(?:i am |i'm )?(?:currently )?out of (?:the )?office)`)

// readAutoReply knows answers of absent readers (RFC 3834).
func readAutoReply(m *message.Message, _ notice) []Failure {
	auto := strings.HasPrefix(m.AutoSubmitted, "auto-replied") || m.Responder() != "" || autoSubject.MatchString(m.Subject) || foreignAuto.MatchString(m.Subject)
	if !auto || len(m.From) != 1 || m.From[0].Addr == "" {
		return nil
	}
	return add(nil, Failure{Recipient: m.From[0].Addr, Class: AutoReply, Reason: m.Subject})
}
