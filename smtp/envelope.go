// Package smtp holds the values that the mail rooms below it share: the
// envelope a message came in, the verdict on its sender, the reply that a
// client is given, and the letters that Plenary itself writes; and what all
// of them hold of others' octets: which content is fit to be taken, in which
// form it goes out, what of it may be shown or written back. It imports nothing
// of ours.
package smtp

import "time"

// Envelope is how a message reached us: what RFC 5321 calls the envelope,
// plus what the session knew.
type Envelope struct {
	ID       string    `json:"id"`                // queue id, in the 250 and in every log line
	From     string    `json:"from"`              // reverse-path without brackets, "" null sender
	To       []string  `json:"to"`                // our addresses, as given, each accepted at RCPT
	Remote   string    `json:"remote"`            // client's IP address, "" for LMTP and collection
	Helo     string    `json:"helo"`              // cleaned of control characters
	Protocol string    `json:"protocol"`          // ESMTP, ESMTPS, LMTP, IMAP … (RFC 3848)
	Account  string    `json:"account,omitempty"` // who signed in (AUTH), "" nobody
	SMTPUTF8 bool      `json:"smtputf8,omitempty"`
	EightBit bool      `json:"8bit,omitempty"`
	Received time.Time `json:"received"`
	Verdict  Verdict   `json:"verdict"`
}

// Verdict is what authentication says of the sender (package authenticate).
// The zero value says: nobody is believed.
type Verdict struct {
	Believed bool   `json:"believed,omitempty"` // From's one mailbox is proven (DESIGN, "Who may do what")
	Policy   string `json:"policy,omitempty"`   // what the From domain asks for failing mail: none, quarantine, reject
	Unasked  bool   `json:"unasked,omitempty"`  // what it asks for could not be looked up
	Reason   string `json:"reason,omitempty"`   // in words, for logs
	DMARC    string `json:"dmarc,omitempty"`    // pass, fail, none, temperror, permerror
	Chain    string `json:"chain,omitempty"`    // of its ARC sets: none, pass, fail, temperror
	Results  string `json:"results,omitempty"`  // what an Authentication-Results field says after the server's id
}

// Refused tells whether From's domain asks that such mail be refused.
func (v Verdict) Refused() bool { return v.DMARC == "fail" && v.Policy == "reject" }

// Strict tells whether From's domain asks others to refuse or to doubt mail
// that does not prove itself, or may do so: it could not be asked.
func (v Verdict) Strict() bool {
	return v.Unasked || v.Policy == "quarantine" || v.Policy == "reject"
}

// Suspect tells whether it asks that such mail be looked at first.
func (v Verdict) Suspect() bool { return v.DMARC == "fail" && v.Policy == "quarantine" }
