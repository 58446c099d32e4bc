package bounce

import (
	"regexp"
	"strings"

	"plenary/smtp"
	"plenary/smtp/message"
)

// notice is a report's words, apart from the mail that it gives back.
type notice struct {
	all      *saying            // what the reporter says
	entries  map[string]*saying // the lines on each address that begins one, by the address in lower case
	returned []message.Field    // header of the mail that failed, as far as given
}

// saying are words, and what is found in them: it is looked for once, however
// many recipients they speak of.
type saying struct {
	*signs
	text    string
	status  string // the status code that they name, "" none
	aliased []int  // where they say which address led to another, nil nowhere
}

func say(text string) *saying {
	return &saying{signs: readSigns(text), text: text, status: failedStatus(text), aliased: aliased.FindStringIndex(text)}
}

var (
	// A line that stands before the mail given back in a plain report.
	copyMark = regexp.MustCompile(`(?im)^[ \t>]*(?:-{2,}.*(?:original|copy of|returned|unsent|message follows|forwarded|header|メッセージ).*|` +
		`(?:original message follows|message headers? follow|below is a copy|included is a copy|your original message|original message:|the original message follows|\*{2,}\s*original).*)$`)
	// The first line of that mail.
	copyStart = regexp.MustCompile(`(?m)^(?:Return-Path|Received|DKIM-Signature|X-Originating-IP|X-Google-Smtp-Source):`)
	addrWord  = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]`)
)

// readNotice gathers the words and what came back.
func readNotice(m *message.Message) notice {
	var n notice
	text := m.Text(maxText)
	m.Root.Walk(func(p *message.Part) bool {
		if p == m.Root {
			return p.Type != "message/rfc822"
		}
		switch p.Type {
		case "message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global", "message/global-headers":
			if len(n.returned) == 0 {
				n.returned, _, _ = message.ReadFields(p.Decoded(message.MaxHeader))
			}
			return false
		}
		return true
	})
	at := len(text)
	if mark := copyMark.FindStringIndex(text); mark != nil {
		at = mark[0]
	}
	start := copyStart.FindStringIndex(text)
	if start != nil {
		at = min(at, start[0])
		if len(n.returned) == 0 {
			n.returned, _, _ = message.ReadFields([]byte(text[start[0]:]))
		}
	}
	n.all = say(text[:min(at, maxNotice)])
	n.entries = entries(n.all.text)
	return n
}

// entries gathers what a text says of each address: the lines from where one
// begins up to the next.
func entries(text string) map[string]*saying {
	lines := map[string]string{}
	addr, from, pos := "", 0, 0
	end := func() {
		if addr != "" {
			lines[addr] = strings.TrimSpace(lines[addr] + "\n" + text[from:pos])
		}
	}
	for _, line := range strings.SplitAfter(text, "\n") {
		if found := entryLine.FindStringSubmatch(strings.TrimRight(line, "\n")); found != nil && !strings.EqualFold(found[1], addr) {
			end()
			addr, from = strings.ToLower(found[1]), pos
		}
		pos += len(line)
	}
	end()
	all := make(map[string]*saying, len(lines))
	for addr, words := range lines {
		all[addr] = say(words)
	}
	return all
}

// on is what the notice says of one address, all of it where none of its lines
// begins with the address.
func (n notice) on(addr string) *saying {
	if its, ok := n.entries[strings.ToLower(addr)]; ok {
		return its
	}
	return n.all
}

func (n notice) messageID() string {
	f, _ := message.Get(n.returned, "Message-ID")
	id := strings.Trim(f.Value(), "<> ")
	if f.Raw == nil || !smtp.WellFormedID(id) {
		return ""
	}
	return id
}

// returnedTo is to whom the mail that came back was written.
func (n notice) returnedTo() []string {
	for _, name := range []string{"X-HmXmrOriginalRecipient", "X-Original-To", "Delivered-To", "Envelope-To", "X-RCPT-TO", "To"} {
		var found []string
		for _, f := range n.returned {
			if !f.Is(name) {
				continue
			}
			boxes, _ := message.Mailboxes(f.Unfolded())
			for _, b := range boxes {
				if b.Addr != "" {
					found = append(found, b.Addr)
				}
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// oneAddress is the address in a value such as "rfc822; <ann@example.net>".
func oneAddress(value string) string {
	if _, after, ok := strings.Cut(value, ";"); ok {
		value = after
	}
	return bare(addrWord.FindString(value))
}

// gateway begins an address that came through a gateway: "SMTP=ann@example.net".
var gateway = regexp.MustCompile(`(?i)^smtp[=:]`)

// bare is an address without what stands around it.
func bare(addr string) string { return gateway.ReplaceAllString(strings.Trim(addr, ".'"), "") }

// aliased stands before the address that we wrote to, where it led to another.
var aliased = regexp.MustCompile(`(?i)(?:expanded|generated|forwarded|aliased) (?:from|by)|(?:originally|was) (?:addressed|sent) to`)

// writtenTo is the address that led to the one that failed, where the words
// on that one tell.
func (s *saying) writtenTo(failed string) string {
	if s.aliased == nil {
		return ""
	}
	rest := s.text[s.aliased[1]:min(len(s.text), s.aliased[1]+400)]
	found := addrWord.FindStringIndex(rest)
	if found == nil || found[0] > 4 || strings.EqualFold(rest[found[0]:found[1]], failed) {
		return ""
	}
	return bare(rest[found[0]:found[1]])
}
