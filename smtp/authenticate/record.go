package authenticate

import "strings"

// record is a domain's DMARC policy record (RFC 9989 4.7).
type record struct {
	domain     string
	policy     string // p=
	sub        string // sp=, "" as p
	missing    string // np=, "" as sp
	strictDKIM bool   // adkim=s
	strictSPF  bool   // aspf=s
	testing    bool   // t=y
	psd        byte   // y, n, or u
}

// maxRecord is how long a record may be that is read.
const maxRecord = 4096

// parseRecord reads a TXT record. ok is false for what is no DMARC record, or
// one by which nothing is to be done.
func parseRecord(domain, text string) (r record, ok bool) {
	if len(text) > maxRecord {
		return r, false
	}
	tags := strings.Split(text, ";")
	if key, value, _ := strings.Cut(tags[0], "="); strings.TrimSpace(key) != "v" || strings.TrimSpace(value) != "DMARC1" {
		return r, false
	}
	r = record{domain: domain, psd: 'u'}
	broken, reports := false, false
	for _, tag := range tags[1:] {
		key, value, _ := strings.Cut(tag, "=")
		value = strings.TrimSpace(value)
		word := strings.ToLower(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "p":
			r.policy = word
		case "sp":
			r.sub = word
			broken = broken || !isPolicy(word)
		case "np":
			r.missing = word
			broken = broken || !isPolicy(word)
		case "adkim":
			r.strictDKIM = word == "s"
		case "aspf":
			r.strictSPF = word == "s"
		case "t":
			r.testing = word == "y"
		case "psd":
			if word == "y" || word == "n" {
				r.psd = word[0]
			}
		case "rua":
			reports = strings.Contains(word, "mailto:")
		}
	}
	if broken || !isPolicy(r.policy) {
		// Such a record asks for reports at most.
		r.policy, r.sub, r.missing = "none", "", ""
		return r, reports || r.psd != 'u'
	}
	return r, true
}

func isPolicy(word string) bool {
	return word == "none" || word == "quarantine" || word == "reject"
}

// asks is the policy for mail from the domain: the record's own, or one below
// it, which may not exist at all.
func (r record) asks(from string, exists func() bool) string {
	policy := r.policy
	if from != r.domain {
		if r.sub != "" {
			policy = r.sub
		}
		if r.missing != "" && !exists() {
			policy = r.missing
		}
	}
	if r.testing { // one step milder
		switch policy {
		case "reject":
			return "quarantine"
		case "quarantine":
			return "none"
		}
	}
	return policy
}
