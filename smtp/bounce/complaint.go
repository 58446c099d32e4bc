package bounce

import (
	"regexp"

	"plenary/smtp/message"
)

// complaining is the subject of complaints by servers that follow no standard.
var complaining = regexp.MustCompile(`(?i)^complaint about message from \S`)

// readComplaint reads a feedback report (RFC 5965).
func readComplaint(m *message.Message, n notice) []Failure {
	var all []Failure
	found := false
	m.Root.Walk(func(p *message.Part) bool {
		if p.Type == "message/feedback-report" {
			found = true
			for _, group := range groups(p.Decoded(maxText)) {
				kind, _ := message.Get(group, "Feedback-Type")
				for _, f := range group {
					if f.Is("Original-Rcpt-To") || f.Is("Removal-Recipient") {
						all = add(all, Failure{Recipient: oneAddress(f.Value()), Class: Feedback, Reason: kind.Value()})
					}
				}
			}
		}
		return p.Type != "message/rfc822"
	})
	if (found || complaining.MatchString(m.Subject)) && len(all) == 0 {
		for _, to := range n.returnedTo() {
			all = add(all, Failure{Recipient: to, Class: Feedback, Reason: "complaint"})
		}
	}
	return all
}
