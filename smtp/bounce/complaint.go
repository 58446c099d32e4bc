package bounce

import (
	"regexp"
	"strings"

	"plenary/smtp/message"
)

// complaining is the subject of complaints by servers that follow no standard.
var complaining = regexp.MustCompile(`(?i)^complaint about message from \S`)

// readComplaint reads a feedback report (RFC 5965).
func readComplaint(m *message.Message, n notice) []Failure {
	var all []Failure
	found := false
	read := func(body []byte) {
		for _, group := range groups(body) {
			kind, _ := message.Get(group, "Feedback-Type")
			for _, f := range group {
				if f.Is("Original-Rcpt-To") || f.Is("Removal-Recipient") {
					all = add(all, Failure{Recipient: oneAddress(f.Value()), Class: Feedback, Reason: kind.Value()})
				}
			}
		}
	}
	m.Root.Walk(func(p *message.Part) bool {
		if p.Type == "message/feedback-report" {
			found = true
			read(p.Decoded(maxText))
		}
		return p.Type != "message/rfc822"
	})
	if kind, _ := message.Get(m.Fields, "Content-Type"); !found && strings.Contains(strings.ToLower(kind.Unfolded()), "feedback-report") {
		found = true // its boundary was lost, by a line that should have been folded
		read([]byte(m.Text(maxText)))
	}
	if (found || complaining.MatchString(m.Subject)) && len(all) == 0 {
		for _, to := range n.returnedTo() {
			all = add(all, Failure{Recipient: to, Class: Feedback, Reason: "complaint"})
		}
	}
	return all
}
