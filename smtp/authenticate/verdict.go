package authenticate

import (
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// How old, or how far ahead, the Date of a signed command may be.
const commandAge = 24 * time.Hour

// Verdict is what the rest of the program goes by. Whether a signed message
// came before (Seen) is not asked here: where bySignature is true, From is
// believed only if it did not.
func (f Findings) Verdict(env smtp.Envelope, m *message.Message, now time.Time) (v smtp.Verdict, bySignature bool) {
	v = smtp.Verdict{Policy: f.DMARC.Policy, Unasked: f.DMARC.Unasked, DMARC: string(f.DMARC.Result), Reason: f.DMARC.Reason, Results: f.Results(), Chain: string(f.ARC.Result)}
	if f.From == "" || !f.DMARC.Aligned {
		return v, false
	}
	if f.SPF.Aligned && f.SPF.Result == Pass {
		v.Believed = true
		return v, false
	}
	why := "no aligned signature verifies here"
	for _, s := range f.DKIM {
		if s.Result != Pass || !s.Aligned {
			continue
		}
		if why = s.commands(env.To, m, now); why == "" {
			v.Believed = true
			return v, true
		}
	}
	v.Reason += "; not believed for commands: " + why
	return v, false
}

// Replayable tells whether an aligned signature verifies, or might when asked
// about again: then the message could be sent again by somebody else.
func (f Findings) Replayable() bool {
	for _, s := range f.DKIM {
		if s.Aligned && (s.Result == Pass || s.Result == TempError) {
			return true
		}
	}
	return false
}

// commands tells why a signature does not prove that its author sends these
// commands to these addresses now (DESIGN, "Who may do what"); "" it does.
func (s Signature) commands(to []string, m *message.Message, now time.Time) string {
	for _, name := range []string{"From", "Date", "Subject", "Message-ID"} {
		if !s.signs(m, name) {
			return name + " is not signed"
		}
	}
	named := map[string]bool{}
	for _, name := range []string{"To", "Cc"} {
		if !s.signs(m, name) {
			continue
		}
		for _, f := range m.Fields {
			if !f.Is(name) {
				continue
			}
			boxes, err := message.Mailboxes(f.Unfolded())
			if err != nil {
				return name + " names too many"
			}
			for _, box := range boxes {
				named[key(box.Addr)] = true
			}
		}
	}
	for _, address := range to {
		if !named[key(address)] {
			return "To and Cc, as far as they are signed, do not name the address it came to"
		}
	}
	switch {
	case m.MessageID == "":
		return "it has no Message-ID"
	case m.Date.IsZero():
		return "it has no Date"
	case m.Date.Before(now.Add(-commandAge)), m.Date.After(now.Add(commandAge)):
		return "its Date is not within 24 hours"
	}
	return ""
}

// key is an address to compare by.
func key(address string) string {
	if a, err := lists.ParseAddress(address); err == nil {
		return a.Key()
	}
	return strings.ToLower(address)
}
