package bounce

import (
	"bytes"
	"regexp"
	"strings"

	"plenary/smtp/message"
)

// maxGroups bounds the groups of fields of a report.
const maxGroups = 1000

// statusCode is an enhanced status code (RFC 3463); an IP address or the
// version of a program may look like one.
var statusCode = regexp.MustCompile(`[245]\.[0-7]\.\d{1,3}`)

// findStatus is the code in s that says most, "" where there is none.
func findStatus(s string) string {
	first := ""
	for _, at := range statusCode.FindAllStringIndex(s, maxGroups) {
		code := s[at[0]:at[1]]
		switch {
		case at[0] > 0 && (s[at[0]-1] == '.' || isWord(s[at[0]-1])), at[1] < len(s) && isWord(s[at[1]]),
			at[1]+1 < len(s) && s[at[1]] == '.' && isWord(s[at[1]+1]):
		case !strings.HasSuffix(code, ".0.0"):
			return code
		case first == "":
			first = code
		}
	}
	return first
}

// failedStatus is findStatus of words that tell of a failure.
func failedStatus(s string) string {
	if code := findStatus(s); !strings.HasPrefix(code, "2") {
		return code
	}
	return ""
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// readStatus reads message/delivery-status parts (RFC 3464).
func readStatus(m *message.Message, n notice) []Failure {
	var all []Failure
	found, left := false, maxText
	m.Root.Walk(func(p *message.Part) bool {
		if p.Type == "message/delivery-status" || p.Type == "message/global-delivery-status" {
			found = true
			fields := p.Decoded(left)
			left -= len(fields)
			for _, group := range groups(fields) {
				for _, one := range splitRecipients(group) {
					if f, ok := n.oneRecipient(one, all); ok {
						all = add(all, f)
					}
				}
			}
		}
		return p.Type != "message/rfc822"
	})
	if found && len(all) == 0 {
		return n.failuresInWords(m)
	}
	return all
}

// groups splits a report's body into its groups of fields. Lines that are no
// fields are skipped.
func groups(body []byte) [][]message.Field {
	var all [][]message.Field
	for len(body) > 0 && len(all) < maxGroups {
		fields, rest, _ := message.ReadFields(body)
		if len(fields) > 0 {
			all = append(all, fields)
		}
		if len(rest) == len(body) { // a line that is no field
			line := bytes.IndexByte(body, '\n')
			if line < 0 {
				break
			}
			rest = body[line+1:]
		}
		body = rest
	}
	return all
}

// splitRecipients parts a group that names several recipients: some servers
// leave out the empty line between them. A field that comes a second time
// begins the next.
func splitRecipients(group []message.Field) [][]message.Field {
	var all [][]message.Field
	seen := map[string]bool{}
	start := 0
	for i, f := range group {
		name := strings.ToLower(f.Name)
		if name != "final-recipient" && name != "original-recipient" {
			continue
		}
		if seen[name] {
			all = append(all, group[start:i])
			start, seen = i, map[string]bool{}
		}
		seen[name] = true
	}
	return append(all, group[start:])
}

// oneRecipient reads a recipient's group of fields, unless it is of one of all.
func (n notice) oneRecipient(group []message.Field, all []Failure) (Failure, bool) {
	value := func(name string) string {
		f, ok := message.Get(group, name)
		if !ok {
			return ""
		}
		return f.Value()
	}
	f := Failure{Recipient: oneAddress(value("Final-Recipient")), Original: oneAddress(value("Original-Recipient"))}
	if f.Recipient == "" {
		f.Recipient = f.Original
	}
	if f.Recipient == "" {
		f.Recipient = oneAddress(value("X-Actual-Recipient"))
	}
	if f.Recipient == "" || known(all, f.Recipient) {
		return f, false
	}
	diagnosis := value("Diagnostic-Code")
	if kind, words, ok := strings.Cut(diagnosis, ";"); ok && !strings.Contains(kind, " ") {
		diagnosis = strings.TrimSpace(words)
	}
	f.Status = bestStatus(value("Status"), diagnosis)
	f.Reason = diagnosis
	if diagnosis == "" {
		f.Reason = n.on(f.Recipient).text
	}
	if f.Original == "" {
		f.Original = n.on(f.Recipient).writtenTo(f.Recipient)
	}
	action, _, _ := strings.Cut(strings.ToLower(value("Action")), " ") // "relayed (to non-DSN-aware mailer)"
	switch strings.Trim(action, ";,.") {
	case "delivered", "relayed", "expanded", "deliverable":
		f.Class = Delivered
	case "delayed":
		f.Class = Soft
	case "":
		if strings.HasPrefix(f.Status, "2.") {
			f.Class = Delivered
			break
		}
		fallthrough
	default:
		f.Class = classify(f.Status, readSigns(diagnosis), n.on(f.Recipient).signs)
	}
	return f, true
}

// bestStatus is the status code of a report, unless it says nothing (5.0.0)
// and the diagnosis more.
func bestStatus(status, diagnosis string) string {
	code := findStatus(status)
	if code == "" || strings.HasSuffix(code, ".0.0") {
		if better := findStatus(diagnosis); better != "" {
			return better
		}
	}
	return code
}
