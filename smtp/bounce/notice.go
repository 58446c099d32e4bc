package bounce

import (
	"regexp"
	"strings"

	"plenary/smtp"
	"plenary/smtp/message"
)

// notice is a report's words, apart from the mail that it gives back.
type notice struct {
	text     string            // what the reporter says
	signs    *signs            // of all of it
	entries  map[string]string // the lines on each address that begins one, by the address in lower case
	returned []message.Field   // header of the mail that failed, as far as given
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
	n.text = m.Text(maxText)
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
	at := len(n.text)
	if mark := copyMark.FindStringIndex(n.text); mark != nil {
		at = mark[0]
	}
	start := copyStart.FindStringIndex(n.text)
	if start != nil {
		at = min(at, start[0])
		if len(n.returned) == 0 {
			n.returned, _, _ = message.ReadFields([]byte(n.text[start[0]:]))
		}
	}
	n.text = n.text[:min(at, maxNotice)]
	n.signs = readSigns(n.text)
	n.readEntries()
	return n
}

// readEntries gathers what the notice says of each address: the lines from
// where one begins up to the next.
func (n *notice) readEntries() {
	n.entries = map[string]string{}
	addr, from, pos := "", 0, 0
	end := func() {
		if addr != "" {
			n.entries[addr] = strings.TrimSpace(n.entries[addr] + "\n" + n.text[from:pos])
		}
	}
	for _, line := range strings.SplitAfter(n.text, "\n") {
		if found := entryLine.FindStringSubmatch(strings.TrimRight(line, "\n")); found != nil && !strings.EqualFold(found[1], addr) {
			end()
			addr, from = strings.ToLower(found[1]), pos
		}
		pos += len(line)
	}
	end()
}

// wordsOn is what the notice says of one address, all of it where none of
// its lines begins with the address.
func (n notice) wordsOn(addr string) string {
	if words, ok := n.entries[strings.ToLower(addr)]; ok {
		return words
	}
	return n.text
}

// signsOn are the signs of wordsOn.
func (n notice) signsOn(addr string) *signs {
	if words, ok := n.entries[strings.ToLower(addr)]; ok {
		return readSigns(words)
	}
	return n.signs
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
func writtenTo(words, failed string) string {
	at := aliased.FindStringIndex(words)
	if at == nil {
		return ""
	}
	rest := words[at[1]:min(len(words), at[1]+400)]
	found := addrWord.FindStringIndex(rest)
	if found == nil || found[0] > 4 || strings.EqualFold(rest[found[0]:found[1]], failed) {
		return ""
	}
	return bare(rest[found[0]:found[1]])
}
