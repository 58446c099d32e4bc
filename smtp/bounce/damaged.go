package bounce

import (
	"bytes"
	"regexp"

	"plenary/smtp/message"
)

// readWrapped reads a report that came whole within another mail: filters
// wrap what they let through.
func readWrapped(m *message.Message, _ notice) []Failure {
	if !looksReport(m) {
		return nil
	}
	for _, p := range m.Root.Parts {
		if p.Type != "message/rfc822" {
			continue
		}
		inner, err := message.Parse(p.Decoded(maxWrapped))
		if err == nil && looksReport(inner) && inner.Root.Type == "multipart/report" {
			return readStatus(inner, readNotice(inner))
		}
	}
	return nil
}

// maxWrapped bounds what is read of a report within a mail.
const maxWrapped = 256 << 10

var (
	quotePrefix = regexp.MustCompile(`(?m)^[ \t]*(?:>[ \t]?)+`)
	statusStart = regexp.MustCompile(`(?mi)^(?:Reporting-MTA|Original-Recipient|Final-Recipient|Action):`)
	finalField  = regexp.MustCompile(`(?mi)^Final-Recipient:`)
)

// readFlat reads the fields of a report (RFC 3464) that stand in its text:
// its parts were lost on the way, or a person forwarded it.
func readFlat(m *message.Message, n notice) []Failure {
	if !looksReport(m) {
		return nil
	}
	text := []byte(m.Text(maxText))
	if !finalField.Match(text) {
		if text = quotePrefix.ReplaceAll(text, nil); !finalField.Match(text) {
			return nil
		}
	}
	var all []Failure
	for _, group := range groups(bytes.TrimSpace(text[statusStart.FindIndex(text)[0]:])) {
		for _, one := range splitRecipients(group) {
			if _, final := message.Get(one, "Final-Recipient"); !final {
				continue
			}
			if f, ok := n.oneRecipient(one, all); ok {
				all = add(all, f)
			}
		}
	}
	return all
}
